# SPDX-License-Identifier: EUPL-1.2
"""What about an answer is open, what the day would be otherwise, and who reads the law otherwise.

A question that makes no difference to the case is not asked; one that does is told with the days on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from keten.deadlines.calendar import closed_days, moves
from keten.deadlines.cases import Case
from keten.deadlines.citation import in_full
from keten.deadlines.counting import Outcome, work_out
from keten.deadlines.rules import OBJECTION_PERIODS, StartDay, starts_of
from keten.deadlines.variants import moratoria_as_ruled, moratorium_if, value_as_ruled, value_if
from keten.deadlines.wording import Text
from keten.domain.errors import UsageError
from keten.domain.words import Reading
from keten.parameters.law import Doubt, Law, LawRule, LawValue, Ruling, followed


@dataclass(frozen=True)
class OpenQuestion:
    """A question about the law or the case that nobody has answered.

    Parameters
    ----------
    days
        The last day on each side of the question, that of the answer first; empty where it has no other day.
    settled_by
        What would answer it.
    """

    question: Text
    days: tuple[date, ...] = ()
    settled_by: Text | None = None


@dataclass(frozen=True)
class ReadingOfLaw:
    """A reading of the law with its day: who reads it so, since when, and whether courts follow it.

    `side` is authority or courts; `instance` is that of the ruling, or `authority` for its own decree.
    """

    side: Reading
    instance: str
    by: Text
    on: date | None
    deadline: date
    says: Text
    contests: bool = False


@dataclass(frozen=True)
class Asked:
    """The question as it was put: what every variant of the law is asked again."""

    case: Case
    law: Law
    known_on: date
    reading: Reading

    def under(self, law: Law, reading: Reading | None = None) -> date | None:
        """Deadline of the same case under another law; none where that law has no rule for it."""
        try:
            return work_out(self.case, law, self.known_on, reading or self.reading).deadline
        except UsageError:
            return None


def open_questions(asked: Asked, outcome: Outcome) -> tuple[OpenQuestion, ...]:
    """Collect what is open about an answer, each question once."""
    found = [
        *_missing_days(asked, outcome),
        *_about_values(asked, outcome),
        *_about_moratoria(asked, outcome),
        *_about_groups(asked, outcome),
        *_about_closed_days(asked, outcome),
        *_about_gaps(asked),
    ]
    return tuple(dict.fromkeys(found))


def _question(doubt: Doubt, days: tuple[date, ...]) -> OpenQuestion:
    return OpenQuestion(Text(doubt.en, doubt.nl), days, Text(doubt.settled_by_en, doubt.settled_by_nl))


def _missing_days(asked: Asked, outcome: Outcome) -> Iterator[OpenQuestion]:
    """Tell that the term starts on a day that the case does not give, and what was taken instead."""
    case = asked.case
    starts = {
        start for start, _ in starts_of(asked.law, case.application_type, case.lodged_on, asked.known_on, asked.reading)
    }
    if StartDay.FEE_PAID_ON in starts and case.fee_paid_on is None:
        yield OpenQuestion(
            Text(
                "The day on which the fee was paid or exemption was given is not known. The term starts only then; "
                "it is "
                "counted from the lodging, the earliest possibility.",
                "Niet bekend is op welke dag het recht is betaald of ontheffing is gegeven. De termijn begint pas "
                "dan; er is "
                "gerekend vanaf de indiening, de vroegste mogelijkheid.",
            ),
            (outcome.deadline,),
        )
    if starts & OBJECTION_PERIODS and case.decision_on is None:
        later = work_out(_objected_on(case, case.lodged_on), asked.law, asked.known_on, asked.reading).deadline
        yield OpenQuestion(
            Text(
                "The day on which the decision was made known is not known. The term starts after the period to "
                "object; "
                "the earliest and the latest possibility are given.",
                "Niet bekend is op welke dag het besluit is bekendgemaakt. De termijn begint na de bezwaartermijn; "
                "de vroegste "
                "en de laatste mogelijkheid staan hier.",
            ),
            (outcome.deadline, later),
        )
    if case.application_type == "temporary_protection" and case.protected_until is None:
        yield OpenQuestion(
            Text(
                "The day on which the temporary protection ends is not known. While it lasts the term does not "
                "pass; it is "
                "counted from receipt as if there were no protection.",
                "Niet bekend is op welke dag de tijdelijke bescherming eindigt. Zolang die duurt verstrijkt de "
                "termijn niet; er "
                "is gerekend vanaf de ontvangst, alsof er geen bescherming was.",
            ),
            (outcome.deadline,),
        )


def _objected_on(case: Case, decided_on: date) -> Case:
    return Case(case.application_type, case.lodged_on, decision_on=decided_on, suspensions=case.suspensions,
                extension=case.extension)  # fmt: skip


_OF_A_PERIOD = {"decision_period", "extension", "individual_extension", "ceiling", "start", "open_extension"}


def _about_values(asked: Asked, outcome: Outcome) -> Iterator[OpenQuestion]:
    used = {id(rule.row) for rule in outcome.rules}
    for rule in asked.law.rules:
        if asked.case.application_type not in rule.types or rule.kind not in _OF_A_PERIOD:
            continue
        for value in rule.values:
            for doubt in value.doubts:
                yield from _about_value(asked, outcome, rule, value, doubt, is_used=id(value) in used)


def _about_value(
    asked: Asked, outcome: Outcome, rule: LawRule, value: LawValue, doubt: Doubt, *, is_used: bool
) -> Iterator[OpenQuestion]:
    if doubt.calendar is not None:
        if is_used:
            yield from _if_calendar(asked, outcome, doubt)
    elif doubt.valid_from or doubt.valid_until or doubt.absent:
        if is_used or _within(doubt, value, asked.case.lodged_on):
            yield from _if_otherwise(asked.under(value_if(asked.law, rule, value, doubt)), outcome, doubt)
    elif is_used:
        yield _question(doubt, ())


def _within(doubt: Doubt, value: LawValue, day: date) -> bool:
    """Whether a day lies between a boundary and where it may lie instead."""
    edges = [(doubt.valid_from, value.valid_from), (doubt.valid_until, value.valid_until)]
    return any(
        other is not None and own is not None and min(other, own) <= day < max(other, own) for other, own in edges
    )


def _if_otherwise(other: date | None, outcome: Outcome, doubt: Doubt) -> Iterator[OpenQuestion]:
    if other is None:
        yield _question(doubt, ())
    elif other != outcome.deadline:
        yield _question(doubt, (outcome.deadline, other))


def _if_calendar(asked: Asked, outcome: Outcome, doubt: Doubt) -> Iterator[OpenQuestion]:
    """Ask whether the term moves off a closed day, where its last day is one."""
    assert doubt.calendar is not None  # the caller asks only then
    end = outcome.unmoved
    other = closed_days(asked.law).move(end) if moves(doubt.calendar) else end
    if other != outcome.deadline:
        yield _question(doubt, (outcome.deadline, other))


def _about_moratoria(asked: Asked, outcome: Outcome) -> Iterator[OpenQuestion]:
    case = asked.case
    for moratorium in asked.law.moratoria:
        if case.application_type not in moratorium.types or not moratorium.concerns(case.nationality, case.group):
            continue
        for doubt in moratorium.doubts:
            other = asked.under(moratorium_if(asked.law, moratorium, doubt))
            yield from _if_otherwise(other, outcome, doubt)


def _about_groups(asked: Asked, outcome: Outcome) -> Iterator[OpenQuestion]:
    """Tell of a moratorium on a part of the nationality, when the case does not say whether it belongs to that part."""
    case = asked.case
    if case.group is not None:
        return
    for group in asked.law.groups:
        if group.nationality != case.nationality:
            continue
        inside = Asked(_in_group(case, group.id), asked.law, asked.known_on, asked.reading)
        other = inside.under(asked.law)
        if other is not None and other != outcome.deadline:
            yield OpenQuestion(
                Text(
                    f"There was a decision moratorium on a group: {group.en}. The case does not say whether it "
                    f"belongs to it.",
                    f"Er gold een besluitmoratorium voor een groep: {group.nl}. De zaak zegt niet of zij daartoe "
                    f"behoort.",
                ),
                (outcome.deadline, other),
                Text("the group of the applicant", "de groep waartoe de aanvrager behoort"),
            )


def _in_group(case: Case, group: str) -> Case:
    return Case(**{**{name: getattr(case, name) for name in Case.__dataclass_fields__}, "group": group})


def _about_gaps(asked: Asked) -> Iterator[OpenQuestion]:
    """Tell of law that is known to have existed and is not applied, because its dates or fate are not confirmed."""
    case = asked.case
    for gap in asked.law.gaps:
        if gap.concerns(case.application_type, case.lodged_on, case.nationality):
            settled = Text(gap.settled_by_en or gap.source, gap.settled_by_nl or gap.source)
            yield OpenQuestion(Text(gap.en, gap.nl), (), settled)


def _about_closed_days(asked: Asked, outcome: Outcome) -> Iterator[OpenQuestion]:
    """Tell of a day of which it is not confirmed whether it was equated with a holiday, where the term passes it."""
    if outcome.unmoved == outcome.deadline and not _moves(asked, outcome):
        return
    for row in asked.law.equated_days:
        if row.confirmed or not outcome.unmoved <= row.day <= outcome.deadline:
            continue
        closed = closed_days(asked.law)
        other = closed.move(row.day + timedelta(days=1)) if not row.closed else row.day
        yield OpenQuestion(
            Text(
                f"Whether {row.day.isoformat()} was equated with a holiday is not confirmed.",
                f"Niet bevestigd is of {row.day.isoformat()} met een feestdag was gelijkgesteld.",
            ),
            (outcome.deadline, other),
            Text("the royal decree in the Government Gazette", "het koninklijk besluit in de Staatscourant"),
        )


def _moves(asked: Asked, outcome: Outcome) -> bool:
    kinds = {"decision_period", "extension", "individual_extension"}
    last = [used for used in outcome.rules if used.row is not None and asked.law.kind_of(used.rule) in kinds]
    return bool(last) and moves(asked.law.calendar_of(last[-1].rule, last[-1].row))


# --- readings ---------------------------------------------------------------------------------------------------------

_SIDE = {Reading.AUTHORITY: Text("the authority", "de IND"), Reading.COURTS: Text("the courts", "de rechter")}


def readings(asked: Asked, own: Outcome, other: Outcome) -> tuple[ReadingOfLaw, ...]:
    """List who reads the law of a case how: the authority, the courts, and rulings that courts do not follow."""
    by_side = {asked.reading: own, _opposite(asked.reading): other}
    courts = by_side[Reading.COURTS].deadline
    spoken = [each for each in _rulings(asked) if each.ruling.spoken <= asked.known_on]
    listed = [
        ReadingOfLaw(
            Reading.AUTHORITY, "authority", _SIDE[Reading.AUTHORITY], None, by_side[Reading.AUTHORITY].deadline,
            Text("its own decrees and policy", "eigen besluiten en beleid"),
        ),
        _of_the_courts([each.ruling for each in spoken if each.leads], courts),
    ]  # fmt: skip
    for each in spoken:
        day = None if each.leads else asked.under(each.variant(), Reading.COURTS)
        if day is not None and day != courts:
            ruling = each.ruling
            what = Text(ruling.en, ruling.nl)
            listed.append(
                ReadingOfLaw(
                    Reading.COURTS, ruling.instance.value, _named([ruling]), ruling.spoken, day, what, contests=True
                )
            )
    return tuple(dict.fromkeys(listed))


def _of_the_courts(leading: list[Ruling], deadline: date) -> ReadingOfLaw:
    """Tell the reading that courts follow: on each contested rule the highest instance that spoke."""
    if not leading:
        says = Text("no ruling on a contested rule of this case", "geen uitspraak over een betwiste regel in deze zaak")
        return ReadingOfLaw(Reading.COURTS, "courts", _SIDE[Reading.COURTS], None, deadline, says)
    highest = max(leading, key=lambda ruling: ruling.weight)
    says = Text("; ".join(ruling.en for ruling in leading), "; ".join(ruling.nl for ruling in leading))
    last = max(ruling.spoken for ruling in leading)
    return ReadingOfLaw(Reading.COURTS, highest.instance.value, _named(leading), last, deadline, says)


def _opposite(reading: Reading) -> Reading:
    return Reading.COURTS if reading is Reading.AUTHORITY else Reading.AUTHORITY


def _named(rulings: list[Ruling]) -> Text:
    names = "; ".join(in_full(ruling.ecli) for ruling in rulings)
    return Text(names, names)


@dataclass(frozen=True)
class _Spoken:
    """A ruling about a rule of the case, whether courts follow it, and the law in which it alone is followed."""

    ruling: Ruling
    leads: bool
    variant: Callable[[], Law]


def _rulings(asked: Asked) -> Iterator[_Spoken]:
    case, law = asked.case, asked.law
    for rule in law.rules:
        if case.application_type not in rule.types:
            continue
        for position, value in enumerate(rule.values):
            leading = followed(value.rulings, asked.known_on) if value.covers(case.lodged_on) else None
            for number, ruling in enumerate(value.rulings if leading else ()):
                yield _Spoken(ruling, ruling is leading, partial(value_as_ruled, law, rule.rule, position, number))
    seen: set[str] = set()
    for moratorium in law.moratoria:
        if case.application_type in moratorium.types and moratorium.concerns(case.nationality, case.group):
            leading = followed(moratorium.rulings, asked.known_on)
            for ruling in moratorium.rulings:
                if ruling.ecli not in seen:
                    seen.add(ruling.ecli)
                    yield _Spoken(ruling, ruling is leading, partial(moratoria_as_ruled, law, ruling))
