# SPDX-License-Identifier: EUPL-1.2
"""The term counted on dates, step by step, with the sentence of each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from keten.deadlines.calendar import add_months, closed_days, moves
from keten.deadlines.cases import Case, Suspension, merged
from keten.deadlines.explanation import RuleUsed, law_used, moratorium_used, no_longer_believed, rule_used
from keten.deadlines.rules import (
    Applied,
    Composition,
    compose,
    moratoria_of,
    pending_extensions,
    require,
    select,
    starts_at_registration,
)
from keten.deadlines.wording import Text, dated, sentence, span
from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import Law, Moratorium, MoratoriumBelief, MoratoriumEffect, TermCalendar, Unit


@dataclass
class _Count:
    """The term while it is being counted."""

    start: date
    anchor: date
    months: int
    suspended: int = 0
    stopped: list[tuple[date, date]] = field(default_factory=list)
    rules: list[RuleUsed] = field(default_factory=list)
    steps: list[Text] = field(default_factory=list)

    @property
    def end(self) -> date:
        return add_months(self.anchor, self.months) + timedelta(days=self.suspended)

    def stop(self, first: date, until: date) -> int:
        """Stop the clock; returns the days in which it stood still already."""
        double = sum(max((min(until, other) - max(first, day)).days, 0) for day, other in self.stopped)
        self.stopped.append((first, until))
        return double

    def tell(self, en: str, nl: str, **days: date) -> None:
        self.steps.append(sentence(dated(en, nl, **days)))


@dataclass(frozen=True)
class Outcome:
    """The deadline, the deadline by statute alone, the start, and the rules and steps that led there."""

    deadline: date
    statutory_deadline: date
    starts_on: date
    rules: tuple[RuleUsed, ...]
    steps: tuple[Text, ...]


def work_out(
    case: Case,
    law: Law,
    known_on: date,
    reading: Reading,
    *,
    began_by: date = date.max,
    effect: MoratoriumEffect | None = None,
) -> Outcome:
    """Count the term of a case.

    Parameters
    ----------
    began_by
        A moratorium that began after this day is left out (see `answer.deadline_for_notice`).
    effect
        Effect of moratoria, instead of the one that is believed.

    Raises
    ------
    UsageError
        When no rule holds for the case, or its individual extension is longer than the law allows.
    """
    composition = _composition(case, law, known_on, reading)
    count = _started(case, law, known_on, reading)
    _count_periods(case, law, composition, count, known_on, reading)
    for _, happens in sorted(_later_law(case, law, known_on, reading, composition, began_by, effect), key=_day):
        happens(count)
    end = _capped(composition, count)
    deadline = _moved(law, composition.calendar, end, count)
    return Outcome(
        deadline=deadline,
        statutory_deadline=_statutory(case, law, composition, count.start),
        starts_on=count.start,
        rules=tuple(count.rules),
        steps=tuple(count.steps),
    )


def _day(event: tuple[date, Callable[[_Count], None]]) -> date:
    return event[0]


def _later_law(
    case: Case,
    law: Law,
    known_on: date,
    reading: Reading,
    composition: Composition,
    began_by: date,
    effect: MoratoriumEffect | None,
) -> Iterator[tuple[date, Callable[[_Count], None]]]:
    """Give what happens to a running period, each on its day: suspensions, moratoria, decrees for pending cases.

    The order of the days decides: a suspension may keep a period alive until a moratorium or a decree reaches it.
    """
    for suspension in merged(case.suspensions):
        yield suspension.from_day, partial(_suspend, suspension, law)
    for moratorium, belief in moratoria_of(law, case.application_type, case.nationality, known_on, reading):
        if moratorium.valid_from <= began_by:
            effect_here = effect or belief.effect
            yield moratorium.valid_from, partial(_apply_moratorium, moratorium, belief, effect_here, composition)
    for day, found in pending_extensions(law, case.application_type, case.lodged_on, known_on, reading):
        yield day, partial(_reach_pending, found, day, case.extension or 0)


def _reach_pending(found: Applied, day: date, already: int, count: _Count) -> None:
    """Extend an older period that has not ended on the day of the decree, as far as its power was not used yet."""
    months = max(found.value.number - already, 0)
    if count.end < day or not months:
        return
    count.months += months
    count.rules.append(rule_used(found))
    length = span(months, Unit.MONTHS)
    source = f"({found.value.article}; {found.value.instrument})"
    count.tell(
        f"{found.rule.en}: + {length.en}, because the period had not ended on {{day}} {source}; now {{end}}.",
        f"{found.rule.nl}: + {length.nl}, omdat de termijn op {{day}} niet was verstreken {source}; nu {{end}}.",
        day=day,
        end=count.end,
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
        count.rules += [rule_used(found) for found in starts if found is not None]
    return count


def _count_periods(
    case: Case, law: Law, composition: Composition, count: _Count, known_on: date, reading: Reading
) -> None:
    periods = [found for found in composition.applied if found.rule.kind != "ceiling"]
    periods += _individual_extension(case, law, known_on, reading)
    for found in periods:
        _tell_period(found, count)
    for rule, value, ended in no_longer_believed(case, law, known_on, reading):
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
    count.rules.append(rule_used(found))
    length, sign = span(found.value.number, found.rule.unit), "" if found.rule.kind == "decision_period" else "+ "
    count.tell(
        f"{found.rule.en}: {sign}{length.en} ({found.value.article}; {found.value.instrument}).",
        f"{found.rule.nl}: {sign}{length.nl} ({found.value.article}; {found.value.instrument}).",
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
    if count.start >= moratorium.valid_until or _longest(moratorium, composition, count) < moratorium.valid_from:
        return
    if effect is MoratoriumEffect.EXTRA_TERM:
        count.months += moratorium.extra_months
        months = span(moratorium.extra_months, Unit.MONTHS)
        how = Text(f"+ {months.en}", f"+ {months.nl}")
    elif count.end < moratorium.valid_from:
        return
    elif count.start <= moratorium.valid_from:
        count.suspended -= count.stop(moratorium.valid_from, moratorium.valid_until)
        count.months += moratorium.months
        months = span(moratorium.months, Unit.MONTHS)
        how = Text(f"suspended for the {months.en} it lasted", f"opgeschort voor de {months.nl} dat het duurde")
    else:
        count.suspended -= count.stop(count.start, moratorium.valid_until)
        count.anchor += moratorium.valid_until - count.start
        how = dated("suspended until {day}", "opgeschort tot {day}", day=moratorium.valid_until)
    count.rules.append(moratorium_used(moratorium, belief, effect))
    count.tell(
        f"{moratorium.en}: {how.en} ({moratorium.article}); the term now ends on {{end}}.",
        f"{moratorium.nl}: {how.nl} ({moratorium.article}); de termijn eindigt nu op {{end}}.",
        end=count.end,
    )


def _longest(moratorium: Moratorium, composition: Composition, count: _Count) -> date:
    """Last day to which the moratorium could bring the period; before its own start there is nothing to extend."""
    extended = add_months(count.anchor, count.months + moratorium.extra_months) + timedelta(days=count.suspended)
    return extended if composition.ceiling is None else min(extended, add_months(count.start, composition.ceiling))


def _suspend(suspension: Suspension, law: Law, count: _Count) -> None:
    if suspension.from_day > count.end:
        count.tell(
            "The suspension from {day} starts after the end of the term and changes nothing.",
            "De opschorting vanaf {day} begint na het einde van de termijn en verandert niets.",
            day=suspension.from_day,
        )
        return
    ground = next(row for row in law.suspension_grounds if row.id == suspension.ground)
    added = suspension.days - count.stop(suspension.from_day, suspension.until_day)
    count.suspended += added
    days = span(added, Unit.DAYS)
    count.rules.append(
        law_used(
            ground,
            rule=f"suspension_{ground.id}",
            name=Text(ground.en, ground.nl),
            value=added,
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
    count.rules.append(rule_used(ceiling))
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
