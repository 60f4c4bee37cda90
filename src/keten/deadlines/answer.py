# SPDX-License-Identifier: EUPL-1.2
"""The decision deadline of one case, with everything that led to it.

The same selection of rules as the vector (`rules.compose`); the counting is done on dates, step by step, so that each
step can be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from keten.deadlines.calendar import add_months, closed_days, moves
from keten.deadlines.cases import Case, check_case, merged
from keten.deadlines.rules import Applied, Composition, compose, moratoria_of, require, select, starts_at_registration
from keten.deadlines.wording import Text, dated, span
from keten.domain.errors import Problem, UsageError
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
    TermCalendar,
    Unit,
)

OTHER = {Reading.AUTHORITY: Reading.COURTS, Reading.COURTS: Reading.AUTHORITY}


@dataclass(frozen=True)
class RuleUsed:
    """A rule in an answer: what it says, where it is written, for which cases and since when it is known.

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
    known_by: str | None
    source: str
    verified: bool
    unverified: Text | None = None
    note: str | None = None
    effect: str | None = None


@dataclass(frozen=True)
class OtherReading:
    """What the answer would have been under the other reading, and which rules make the difference."""

    reading: Reading
    deadline: date
    differs_by_days: int
    because: tuple[Text, ...]


@dataclass(frozen=True)
class Answer:
    """The last day on which a decision is in time, and how that day was found.

    Parameters
    ----------
    deadline
        Last day on which a decision is still in time; default starts the day after.
    statutory_deadline
        The same by the statute alone: without extensions and moratoria, with suspensions.
    starts_on
        The day from which the term is counted; the day itself does not count.
    not_verified
        What is not confirmed about the rules used, and law that is known to exist but is not applied.
    other_reading
        The answer under the other reading.
    moratorium_readings
        Deadline by effect of the moratorium, when one concerns the case.
    """

    case: Case
    known_on: date
    reading: Reading
    deadline: date
    statutory_deadline: date
    starts_on: date
    rules: tuple[RuleUsed, ...]
    steps: tuple[Text, ...]
    not_verified: tuple[Text, ...]
    other_reading: OtherReading
    moratorium_readings: dict[str, date] = field(default_factory=dict)


@dataclass
class _Count:
    """The term while it is being counted."""

    start: date
    anchor: date
    months: int
    suspended: int = 0
    rules: list[RuleUsed] = field(default_factory=list)
    steps: list[Text] = field(default_factory=list)

    @property
    def end(self) -> date:
        return add_months(self.anchor, self.months) + timedelta(days=self.suspended)

    def tell(self, en: str, nl: str, **days: date) -> None:
        self.steps.append(dated(en, nl, **days))


@dataclass(frozen=True)
class _Outcome:
    deadline: date
    statutory_deadline: date
    starts_on: date
    rules: tuple[RuleUsed, ...]
    steps: tuple[Text, ...]


def decision_deadline(case: Case, law: Law, *, known_on: date, reading: Reading = Reading.AUTHORITY) -> Answer:
    """Last day on which a decision on the application is in time, with its explanation.

    Parameters
    ----------
    known_on
        Knowledge date: decrees and rulings known by then decide.
    reading
        Whose reading of a contested rule is applied.

    Raises
    ------
    UsageError
        When the case cannot exist, or no rule holds for it.
    """
    check_case(case, law)
    reading = Reading(reading)
    own = _work_out(case, law, known_on, reading)
    other = _work_out(case, law, known_on, OTHER[reading])
    return Answer(
        case=case,
        known_on=known_on,
        reading=reading,
        deadline=own.deadline,
        statutory_deadline=own.statutory_deadline,
        starts_on=own.starts_on,
        rules=own.rules,
        steps=own.steps,
        not_verified=_not_verified(case, law, own, known_on, reading),
        other_reading=OtherReading(
            reading=OTHER[reading],
            deadline=other.deadline,
            differs_by_days=(other.deadline - own.deadline).days,
            because=_differences(own, other),
        ),
        moratorium_readings=_moratorium_readings(case, law, known_on, reading),
    )


def deadline_for_notice(
    case: Case, notice_received_on: date, law: Law, *, known_on: date, reading: Reading = Reading.AUTHORITY
) -> date:
    """Give the deadline against which a notice of default is held.

    A moratorium that began after the notice was received leaves the notice as it was (RBDHA:2025:14982), so such a
    moratorium does not count here. The notice is premature when it was received on or before this day.
    """
    check_case(case, law)
    return _work_out(case, law, known_on, Reading(reading), began_by=notice_received_on).deadline


def _work_out(
    case: Case,
    law: Law,
    known_on: date,
    reading: Reading,
    *,
    began_by: date = date.max,
    effect: MoratoriumEffect | None = None,
) -> _Outcome:
    composition = _composition(case, law, known_on, reading)
    count = _started(case, law, known_on, reading)
    _count_periods(case, law, composition, count, known_on, reading)
    for moratorium, belief in moratoria_of(law, case.application_type, case.nationality, known_on, reading):
        if moratorium.valid_from <= began_by:
            _apply_moratorium(moratorium, belief, effect or belief.effect, composition, count)
    _suspend(case, law, count)
    end = _capped(composition, count)
    deadline = _moved(law, composition.calendar, end, count)
    return _Outcome(
        deadline=deadline,
        statutory_deadline=_statutory(case, law, composition, count.start),
        starts_on=count.start,
        rules=tuple(count.rules),
        steps=tuple(count.steps),
    )


def _composition(case: Case, law: Law, known_on: date, reading: Reading) -> Composition:
    found = compose(law, case.application_type, case.lodged_on, known_on, reading, optional=case.extension is None)
    if found is None:
        rules = law.of_kind("decision_period", case.application_type)
        require(rules, case.lodged_on, known_on, reading, what=f"the decision period of {case.application_type}")
    assert found is not None  # require raised
    return found


def _started(case: Case, law: Law, known_on: date, reading: Reading) -> _Count:
    at_registration = starts_at_registration(law, case.application_type, case.lodged_on, known_on, reading)
    start = case.registered_on if at_registration and case.registered_on else case.lodged_on
    count = _Count(start=start, anchor=start, months=0)
    if start != case.lodged_on:
        count.tell(
            "The term starts on {day}: the registration document.",
            "De termijn begint op {day}: de loopbrief.",
            day=start,
        )
    else:
        count.tell(
            "The term starts on {day}: receipt of the application. That day itself does not count.",
            "De termijn begint op {day}: de ontvangst van de aanvraag. Die dag zelf telt niet mee.",
            day=start,
        )
    if case.registered_on:
        starts = (
            select(rule, case.lodged_on, known_on, reading) for rule in law.of_kind("start", case.application_type)
        )
        count.rules += [_used(found) for found in starts if found is not None]
    return count


def _count_periods(
    case: Case, law: Law, composition: Composition, count: _Count, known_on: date, reading: Reading
) -> None:
    periods = [found for found in composition.applied if found.rule.kind != "ceiling"]
    periods += _individual_extension(case, law, known_on, reading)
    for found in periods:
        _tell_period(found, count)
    for rule, value, ended in _no_longer_believed(case, law, known_on, reading):
        why = f" ({ended.by})" if ended.by else ""
        count.tell(
            f"{value.instrument}, {rule.en}: does not count since {{day}}{why}.",
            f"{value.instrument}, {rule.nl}: telt sinds {{day}} niet mee{why}.",
            day=ended.valid_until,
        )
    extension = max(composition.months - composition.statutory_months, case.extension or 0)
    count.anchor = count.start + timedelta(days=composition.days)
    count.months = composition.statutory_months + extension
    if composition.days and count.months:
        days, months = span(composition.days, Unit.DAYS), span(count.months, Unit.MONTHS)
        count.tell(
            f"{days.en} end on {{first}}; {months.en} from there end on {{end}}.",
            f"{days.nl} eindigen op {{first}}; {months.nl} daarna is {{end}}.",
            first=count.anchor,
            end=count.end,
        )
    elif composition.days:
        days = span(composition.days, Unit.DAYS)
        count.tell(f"{days.en} end on {{end}}.", f"{days.nl} eindigen op {{end}}.", end=count.end)
    else:
        months = span(count.months, Unit.MONTHS)
        count.tell(
            f"{months.en}, counted in one step, end on {{end}}.",
            f"{months.nl}, in één keer geteld, eindigen op {{end}}.",
            end=count.end,
        )


def _tell_period(found: Applied, count: _Count) -> None:
    count.rules.append(_used(found))
    length, sign = span(found.value.number, found.rule.unit), "" if found.rule.kind == "decision_period" else "+ "
    count.steps.append(
        Text(
            f"{found.rule.en}: {sign}{length.en} ({found.value.article}; {found.value.instrument}).",
            f"{found.rule.nl}: {sign}{length.nl} ({found.value.article}; {found.value.instrument}).",
        )
    )


def _individual_extension(case: Case, law: Law, known_on: date, reading: Reading) -> list[Applied]:
    """Give the rules on which an individual extension rests; refuses one that is longer than they allow."""
    if not case.extension:
        return []
    rules = tuple(law.of_kind("individual_extension", case.application_type))
    found = [applied for rule in rules if (applied := select(rule, case.lodged_on, known_on, reading)) is not None]
    used: list[Applied] = []
    room = 0
    for applied in found:
        if case.extension > room:
            used.append(applied)
        room += applied.value.number
    if case.extension > room:
        allowed = " + ".join(str(applied.value.number) for applied in found) or "none"
        raise UsageError(
            "the individual extension",
            [
                Problem(
                    f"extension of {case.extension} months",
                    f"is longer than the law allows for {case.application_type} lodged on {case.lodged_on} "
                    f"(months: {allowed}).",
                    "Give at most that many months; the second extension follows only after the full first one.",
                )
            ],
        )
    return used


def _apply_moratorium(
    moratorium: Moratorium,
    belief: MoratoriumBelief,
    effect: MoratoriumEffect,
    composition: Composition,
    count: _Count,
) -> None:
    if count.start >= moratorium.valid_until:
        return
    if composition.ceiling is not None and add_months(count.start, composition.ceiling) < moratorium.valid_from:
        return
    if effect is MoratoriumEffect.EXTRA_TERM:
        count.months += moratorium.extra_months
        months = span(moratorium.extra_months, Unit.MONTHS)
        how = Text(f"+ {months.en}", f"+ {months.nl}")
    elif count.end < moratorium.valid_from:
        return
    elif count.start <= moratorium.valid_from:
        count.months += moratorium.months
        months = span(moratorium.months, Unit.MONTHS)
        how = Text(f"suspended for the {months.en} it lasted", f"opgeschort voor de {months.nl} dat het duurde")
    else:
        count.anchor += moratorium.valid_until - count.start
        how = dated("suspended until {day}", "opgeschort tot {day}", day=moratorium.valid_until)
    count.rules.append(_moratorium_used(moratorium, belief, effect))
    count.tell(
        f"{moratorium.en}: {how.en} ({moratorium.article}); the term now ends on {{end}}.",
        f"{moratorium.nl}: {how.nl} ({moratorium.article}); de termijn eindigt nu op {{end}}.",
        end=count.end,
    )


def _suspend(case: Case, law: Law, count: _Count) -> None:
    grounds = {ground.id: ground for ground in law.suspension_grounds}
    for suspension in merged(case.suspensions):
        ground = grounds[suspension.ground]
        if suspension.from_day > count.end:
            count.tell(
                "The suspension from {day} starts after the end of the term and changes nothing.",
                "De opschorting vanaf {day} begint na het einde van de termijn en verandert niets.",
                day=suspension.from_day,
            )
            continue
        count.suspended += suspension.days
        days = span(suspension.days, Unit.DAYS)
        count.rules.append(
            _rule_used(
                ground,
                rule=f"suspension_{ground.id}",
                name=Text(ground.en, ground.nl),
                value=suspension.days,
                unit=Unit.DAYS,
                valid=(suspension.from_day, suspension.until_day),
            )
        )
        count.tell(
            f"Suspended from {{day}} until {{until}}: + {days.en} ({ground.en}; {ground.article}); now {{end}}.",
            f"Opgeschort van {{day}} tot {{until}}: + {days.nl} ({ground.nl}; {ground.article}); nu {{end}}.",
            day=suspension.from_day,
            until=suspension.until_day,
            end=count.end,
        )


def _capped(composition: Composition, count: _Count) -> date:
    if composition.ceiling is None:
        return count.end
    limit = add_months(count.start, composition.ceiling)
    if count.end <= limit:
        return count.end
    ceiling = next(found for found in composition.applied if found.rule.kind == "ceiling")
    count.rules.append(_used(ceiling))
    months = span(composition.ceiling, Unit.MONTHS)
    count.tell(
        f"The examination may take at most {months.en} ({ceiling.value.article}): the term ends on {{end}}.",
        f"De behandeling mag ten hoogste {months.nl} duren ({ceiling.value.article}): de termijn eindigt op {{end}}.",
        end=limit,
    )
    return limit


_WHY_UNMOVED = Text(
    "a term of more than three months, or of an EU regulation, is outside the General Extension of Time-Limits Act",
    "een termijn van meer dan drie maanden, of uit een EU-verordening, valt buiten de Algemene termijnenwet",
)


def _moved(law: Law, calendar: TermCalendar, end: date, count: _Count) -> date:
    closed = closed_days(law)
    opens = closed.move(end)
    if opens == end:
        return end
    name = closed.why_closed(end)
    if not moves(calendar):
        count.tell(
            f"{{end}} is a closed day ({name.en}) and stays the last day: {_WHY_UNMOVED.en}.",
            f"{{end}} is een {name.nl} en blijft de laatste dag: {_WHY_UNMOVED.nl}.",
            end=end,
        )
        return end
    count.tell(
        f"{{end}} is a closed day ({name.en}); the term runs on to {{opens}} "
        "(General Extension of Time-Limits Act, art. 1).",
        f"{{end}} is een {name.nl}; de termijn loopt door tot en met {{opens}} (Algemene termijnenwet, art. 1).",
        end=end,
        opens=opens,
    )
    return opens


def _statutory(case: Case, law: Law, composition: Composition, start: date) -> date:
    end = add_months(start + timedelta(days=composition.statutory_days), composition.statutory_months)
    for suspension in merged(case.suspensions):
        if suspension.from_day <= end:
            end += timedelta(days=suspension.days)
    if composition.ceiling is not None:
        end = min(end, add_months(start, composition.ceiling))
    return closed_days(law).move(end) if moves(composition.statutory_calendar) else end


def _rule_used(
    row: Sourced,
    *,
    rule: str,
    name: Text,
    value: int | str,
    unit: Unit,
    valid: tuple[date, date | None],
    known_from: date | None = None,
    known_by: str | None = None,
    effect: str | None = None,
) -> RuleUsed:
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
        known_by=known_by,
        source=row.source,
        verified=row.verified,
        unverified=None if row.unverified is None else Text(row.unverified, row.unverified_nl or row.unverified),
        note=row.note,
        effect=effect,
    )


def _used(found: Applied) -> RuleUsed:
    value = found.value
    return _rule_used(
        value,
        rule=found.rule.rule,
        name=Text(found.rule.en, found.rule.nl),
        value=value.value if isinstance(value.value, str) else value.number,
        unit=found.rule.unit,
        valid=(value.valid_from, found.valid_until),
        known_from=found.known_from,
        known_by=found.known_by,
    )


def _moratorium_used(moratorium: Moratorium, belief: MoratoriumBelief, effect: MoratoriumEffect) -> RuleUsed:
    return _rule_used(
        moratorium,
        rule=moratorium.rule,
        name=Text(moratorium.en, moratorium.nl),
        value=moratorium.extra_months if effect is MoratoriumEffect.EXTRA_TERM else moratorium.months,
        unit=Unit.MONTHS,
        valid=(moratorium.valid_from, moratorium.valid_until),
        known_from=belief.valid_from,
        known_by=belief.by,
        effect=effect.value,
    )


def _no_longer_believed(
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


def _not_verified(case: Case, law: Law, outcome: _Outcome, known_on: date, reading: Reading) -> tuple[Text, ...]:
    doubts = [
        Text(f"{used.instrument}: {used.unverified.en}", f"{used.instrument}: {used.unverified.nl}")
        for used in outcome.rules
        if used.unverified
    ]
    doubts += [
        Text(f"{value.instrument}: {value.unverified}", f"{value.instrument}: {value.unverified_nl}")
        for _, value, _ in _no_longer_believed(case, law, known_on, reading)
        if value.unverified
    ]
    doubts += [
        Text(gap.en, gap.nl)
        for gap in law.gaps
        if gap.concerns(case.application_type, case.lodged_on, case.nationality)
    ]
    return tuple(doubts)


def _differences(own: _Outcome, other: _Outcome) -> tuple[Text, ...]:
    """Tell which rules only one of the two readings uses, or uses with another effect."""

    def key(used: RuleUsed) -> tuple[object, ...]:
        return (used.rule, used.instrument, used.value, used.effect)

    mine, theirs = {key(used) for used in own.rules}, {key(used) for used in other.rules}
    here = [
        _difference(used, "only in this reading", "alleen in deze lezing")
        for used in own.rules
        if key(used) not in theirs
    ]
    there = [
        _difference(used, "only in the other reading", "alleen in de andere lezing")
        for used in other.rules
        if key(used) not in mine
    ]
    return tuple(here + there)


def _difference(used: RuleUsed, en: str, nl: str) -> Text:
    by = f", {used.known_by}" if used.known_by else ""
    effect = f", {used.effect}" if used.effect else ""
    what = f"{used.instrument}{effect}: {used.value}"
    return Text(f"{en}: {used.name.en} ({what} {used.unit}{by})", f"{nl}: {used.name.nl} ({what} {used.unit}{by})")


def _moratorium_readings(case: Case, law: Law, known_on: date, reading: Reading) -> dict[str, date]:
    if not moratoria_of(law, case.application_type, case.nationality, known_on, reading):
        return {}
    return {
        effect.value: _work_out(case, law, known_on, reading, effect=effect).deadline for effect in MoratoriumEffect
    }
