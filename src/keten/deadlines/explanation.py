# SPDX-License-Identifier: EUPL-1.2
"""Which rules an answer rests on, what is not confirmed about them, and where the readings part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from keten.deadlines.cases import Case
from keten.deadlines.rules import Applied
from keten.deadlines.wording import Text, dated
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
    )


def rule_used(found: Applied) -> RuleUsed:
    """Tell the value of a rule that was applied."""
    value = found.value
    return law_used(
        value,
        rule=found.rule.rule,
        name=Text(found.rule.en, found.rule.nl),
        value=value.value if isinstance(value.value, str) else value.number,
        unit=found.rule.unit,
        valid=(value.valid_from, found.valid_until),
        known_from=found.known_from,
        known_until=found.known_until,
        known_by=found.known_by,
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
                    known for known in value.known if known.reading in (None, reading) and known.valid_until <= known_on
                ]
                if ended:
                    yield rule, value, max(ended, key=lambda known: known.valid_until)


def doubts_about(case: Case, law: Law, rules: Iterable[RuleUsed], known_on: date, reading: Reading) -> tuple[Text, ...]:
    """Say what is not confirmed: about the rules used, about what no longer counts, and law whose dates are unknown."""
    doubts = [
        Text(f"{used.instrument}: {used.unverified.en}", f"{used.instrument}: {used.unverified.nl}")
        for used in rules
        if used.unverified
    ]
    doubts += [
        Text(f"{value.instrument}: {value.unverified}", f"{value.instrument}: {value.unverified_nl}")
        for _, value, _ in no_longer_believed(case, law, known_on, reading)
        if value.unverified
    ]
    doubts += [
        Text(gap.en, gap.nl)
        for gap in law.gaps
        if gap.concerns(case.application_type, case.lodged_on, case.nationality)
    ]
    return tuple(doubts)


def differences(own: Sequence[RuleUsed], other: Sequence[RuleUsed]) -> tuple[Text, ...]:
    """Tell which rules only one of the two readings uses, or uses with another effect."""

    def key(used: RuleUsed) -> tuple[object, ...]:
        return (used.rule, used.instrument, used.value, used.effect)

    mine, theirs = {key(used) for used in own}, {key(used) for used in other}
    here = [
        _difference(used, "only in this reading", "alleen in deze lezing") for used in own if key(used) not in theirs
    ]
    there = [
        _difference(used, "only in the other reading", "alleen in de andere lezing")
        for used in other
        if key(used) not in mine
    ]
    return tuple(here + there)


def fallen_for_one(case: Case, law: Law, known_on: date, reading: Reading) -> Iterator[Text]:
    """Tell what ended the belief of one reading in an extension that the other still applies."""
    fallen = {
        which: {value: (rule, known) for rule, value, known in no_longer_believed(case, law, known_on, which)}
        for which in Reading
    }
    for which in Reading:
        for value, (rule, known) in fallen[which].items():
            if value in fallen[OTHER[which]]:
                continue
            why = f" ({known.by})" if known.by else ""
            here = which == reading
            yield dated(
                f"{value.instrument}, {rule.en}: not in {'this' if here else 'the other'} reading since {{day}}{why}",
                f"{value.instrument}, {rule.nl}: sinds {{day}} niet in {'deze' if here else 'de andere'} lezing{why}",
                day=known.valid_until,
            )


def _difference(used: RuleUsed, en: str, nl: str) -> Text:
    by = f", {used.known_by}" if used.known_by else ""
    effect = f", {used.effect}" if used.effect else ""
    what = f"{used.instrument}{effect}: {used.value}"
    return Text(f"{en}: {used.name.en} ({what} {used.unit}{by})", f"{nl}: {used.name.nl} ({what} {used.unit}{by})")
