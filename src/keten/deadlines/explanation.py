# SPDX-License-Identifier: EUPL-1.2
"""Which rules an answer rests on, what is not confirmed about them, and where the readings part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from keten.deadlines.cases import Case
from keten.deadlines.citation import address_of, citation, dutch_name, in_full, is_official
from keten.deadlines.rules import Applied
from keten.deadlines.wording import Text, dated, span
from keten.domain.words import Reading
from keten.parameters.law import (
    Known,
    Law,
    LawRule,
    LawValue,
    Moratorium,
    MoratoriumBelief,
    MoratoriumEffect,
    Sourced,
    Unit,
    followed,
)

OTHER = {Reading.AUTHORITY: Reading.COURTS, Reading.COURTS: Reading.AUTHORITY}
"""The reading that is not asked for."""


@dataclass(frozen=True)
class RuleUsed:
    """A rule in an answer: what it says, where it is written, for which cases, and from when until when it is believed.

    `known_by` is the decree or ruling that made it known; `effect` tells for a moratorium which reading was applied.
    """

    rule: str
    name: Text
    value: int | str
    unit: str
    article: str
    instrument: str
    valid_from: date
    valid_until: date | None
    known_from: date | None
    known_until: date | None
    known_by: str | None
    source: str
    verified: bool
    unverified: Text | None = None
    note: str | None = None
    effect: str | None = None
    known_by_nl: str | None = None
    note_nl: str | None = None
    row: Sourced | None = field(default=None, compare=False, repr=False)
    article_nl: str = ""
    instrument_nl: str = ""
    address: str = ""
    read_elsewhere: bool = False


def with_citation(used: RuleUsed, law: Law, day: date) -> RuleUsed:
    """Add how lawyers write the article, and the address of its text on the day that counts for the case.

    `read_elsewhere` says that what stands here was read on another page than that of the text itself.
    """
    if used.row is None:
        return used
    day = (
        max(day, used.valid_from)
        if used.valid_until is None or used.valid_from <= day < used.valid_until
        else used.valid_from
    )
    return replace(
        used,
        article_nl=citation(used.article, day, law).text.nl,
        instrument_nl=dutch_name(law, used.instrument),
        address=address_of(used.row, day, law),
        read_elsewhere=not is_official(used.source),
    )


def law_used(
    row: Sourced,
    *,
    rule: str,
    name: Text,
    value: int | str,
    unit: Unit,
    valid: tuple[date, date | None],
    known_from: date | None = None,
    known_until: date | None = None,
    known_by: str | None = None,
    effect: str | None = None,
    source: str | None = None,
    known_by_nl: str | None = None,
) -> RuleUsed:
    """Tell a piece of law that was applied, with its article, instrument and source."""
    return RuleUsed(
        rule=rule,
        name=name,
        value=value,
        unit=unit.value,
        article=row.article,
        instrument=row.instrument,
        valid_from=valid[0],
        valid_until=valid[1],
        known_from=known_from,
        known_until=known_until,
        known_by=known_by,
        source=source or row.source,
        verified=row.verified,
        unverified=None if row.unverified is None else Text(row.unverified, row.unverified_nl or row.unverified),
        note=row.note,
        effect=effect,
        known_by_nl=known_by_nl or known_by,
        note_nl=row.note_nl or row.note,
        row=row,
    )


def rule_used(found: Applied) -> RuleUsed:
    """Tell the value of a rule that was applied."""
    value = found.value
    return law_used(
        value,
        rule=found.rule.rule,
        name=Text(found.rule.en, found.rule.nl),
        value=value.value if isinstance(value.value, str) else value.number,
        unit=found.unit,
        valid=(value.valid_from, found.valid_until),
        known_from=found.known_from,
        known_until=found.known_until,
        known_by=found.known_by,
        known_by_nl=found.known_by_nl,
    )


def moratorium_used(moratorium: Moratorium, belief: MoratoriumBelief, effect: MoratoriumEffect) -> RuleUsed:
    """Tell the moratorium that was applied, with its effect."""
    return law_used(
        moratorium,
        rule=moratorium.rule,
        name=Text(moratorium.en, moratorium.nl),
        value=moratorium.extra_months if effect is MoratoriumEffect.EXTRA_TERM else moratorium.months,
        unit=Unit.MONTHS,
        valid=(moratorium.valid_from, moratorium.valid_until),
        known_from=belief.valid_from,
        known_until=None if belief.valid_until == date.max else belief.valid_until,
        known_by=belief.by,
        known_by_nl=belief.by_nl or belief.by,
        effect=effect.value,
        source=belief.source if effect is belief.effect else None,
    )


def no_longer_believed(
    case: Case, law: Law, known_on: date, reading: Reading
) -> Iterator[tuple[LawRule, LawValue, Known]]:
    """Give the extensions that cover the case, were believed under this reading, and are no longer."""
    for rule in law.of_kind("extension", case.application_type):
        for value in rule.values:
            if value.covers(case.lodged_on) and value.belief(known_on, reading) is None:
                ended = [
                    known
                    for known in value.beliefs
                    if known.reading in (None, reading) and known.valid_until <= known_on
                ]
                if ended:
                    yield rule, value, max(ended, key=lambda known: known.valid_until)


def ended_by(value: LawValue, ended: Known, reading: Reading) -> Text:
    """Say in brackets what ended a belief: the ruling that courts follow since, or what the file says about it."""
    spoken = followed(value.rulings, ended.valid_until) if reading is Reading.COURTS else None
    if spoken is not None:
        return Text(f" ({in_full(spoken.ecli)})", f" ({in_full(spoken.ecli)})")
    if not ended.by:
        return Text("", "")
    return Text(f" ({ended.by})", f" ({ended.by_nl or ended.by})")


def unverified_of(
    case: Case, law: Law, rules: Iterable[RuleUsed], known_on: date, reading: Reading
) -> tuple[Text, ...]:
    """Say what is not confirmed about the rules used, and about what no longer counts."""
    doubts = [
        Text(
            f"{in_full(used.instrument)}: {used.unverified.en}",
            f"{dutch_name(law, used.instrument)}: {used.unverified.nl}",
        )
        for used in rules
        if used.unverified
    ]
    doubts += [
        Text(f"{value.instrument}: {value.unverified}", f"{dutch_name(law, value.instrument)}: {value.unverified_nl}")
        for _, value, _ in no_longer_believed(case, law, known_on, reading)
        if value.unverified
    ]
    return tuple(doubts)


def differences(own: Sequence[RuleUsed], other: Sequence[RuleUsed], law: Law) -> tuple[Text, ...]:
    """Tell which rules only one of the two readings uses, or uses with another effect."""

    def key(used: RuleUsed) -> tuple[object, ...]:
        return (used.rule, used.instrument, used.value, used.effect)

    mine, theirs = {key(used) for used in own}, {key(used) for used in other}
    here = [
        _difference(used, law, "only in this reading", "alleen in deze lezing")
        for used in own
        if key(used) not in theirs
    ]
    there = [
        _difference(used, law, "only in the other reading", "alleen in de andere lezing")
        for used in other
        if key(used) not in mine
    ]
    return tuple(here + there)


def fallen_for_one(case: Case, law: Law, known_on: date, reading: Reading) -> Iterator[Text]:
    """Tell what ended the belief of one reading in an extension that the other still applies."""
    fallen = {
        which: {
            (rule.rule, value.valid_from): (rule, value, known)
            for rule, value, known in no_longer_believed(case, law, known_on, which)
        }
        for which in Reading
    }
    for which in Reading:
        for key, (rule, value, known) in fallen[which].items():
            if key in fallen[OTHER[which]]:
                continue
            why = ended_by(value, known, which)
            here = which == reading
            yield dated(
                f"{value.instrument}, {rule.en}: not in {'this' if here else 'the other'} reading since "
                f"{{day}}{why.en}",
                f"{dutch_name(law, value.instrument)}, {rule.nl}: sinds {{day}} niet in "
                f"{'deze' if here else 'de andere'} lezing{why.nl}",
                day=known.valid_until,
            )


_EFFECTS = {
    MoratoriumEffect.EXTRA_TERM.value: Text(", as extra time", ", als extra termijn"),
    MoratoriumEffect.SUSPENSION.value: Text(", as a suspension", ", als opschorting"),
    None: Text("", ""),
}


def _difference(used: RuleUsed, law: Law, en: str, nl: str) -> Text:
    by = (
        Text(f", {in_full(used.known_by)}", f", {in_full(used.known_by_nl or used.known_by)}")
        if used.known_by
        else Text("", "")
    )
    length = Text(used.value, used.value) if isinstance(used.value, str) else span(used.value, Unit(used.unit))
    if isinstance(used.value, str):
        length = _STARTS.get(used.value, length)
    effect = _EFFECTS[used.effect]
    return Text(
        f"{en}: {used.name.en} ({in_full(used.instrument)}{effect.en}: {length.en}{by.en})",
        f"{nl}: {used.name.nl} ({dutch_name(law, used.instrument)}{effect.nl}: {length.nl}{by.nl})",
    )


_STARTS = {
    "form_signed": Text("receipt of the signed application", "ontvangst van de ondertekende aanvraag"),
    "registration_document": Text("registration document", "loopbrief"),
}
