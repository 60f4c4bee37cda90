# SPDX-License-Identifier: EUPL-1.2
"""The term counted on dates, step by step, with the sentence of each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from keten.deadlines.calendar import add_months, closed_days, moves
from keten.deadlines.cases import Case, Suspension, merged
from keten.deadlines.citation import cited_as, dutch_name
from keten.deadlines.explanation import (
    RuleUsed,
    ended_by,
    law_used,
    moratorium_used,
    no_longer_believed,
    rule_used,
)
from keten.deadlines.rules import (
    DAYS_PER,
    LATER,
    OBJECTION_PERIODS,
    Applied,
    Composition,
    StartDay,
    compose,
    individual_extensions,
    moratoria_of,
    pending_extensions,
    require,
    select,
    starts_of,
)
from keten.deadlines.terms import term_end
from keten.deadlines.wording import Text, dated, sentence, span
from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import Law, Moratorium, MoratoriumBelief, MoratoriumEffect, Sourced, TermCalendar, Unit


@dataclass
class _Count:
    """The term while it is being counted."""

    law: Law
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

    def tell(self, en: str, nl: str, cited: Applied | Sourced | None = None, **days: date) -> None:
        """Add a step; `{cite}` in the sentence becomes the article as lawyers write it, with its instrument."""
        if cited is not None:
            row = cited.value if isinstance(cited, Applied) else cited
            where = cited_as(row, self.law)
            en, nl = en.replace("{cite}", f" ({where.en})"), nl.replace("{cite}", f" ({where.nl})")
        self.steps.append(sentence(dated(en, nl, **days)))


@dataclass(frozen=True)
class Outcome:
    """The deadline, the deadline by statute alone, the start, and the rules and steps that led there."""

    deadline: date
    statutory_deadline: date
    starts_on: date
    unmoved: date
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
    calendar = _count_periods(case, law, composition, count, known_on, reading)
    for _, happens in sorted(_later_law(case, law, known_on, reading, composition, began_by, effect), key=_day):
        happens(count)
    end = _capped(composition, count)
    deadline = _moved(law, calendar, end, count)
    return Outcome(
        deadline=deadline,
        statutory_deadline=_statutory(case, law, composition, count.start, known_on),
        starts_on=count.start,
        unmoved=end,
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
    ongoing = {suspension.from_day for suspension in case.suspensions if suspension.until_day is None}
    for suspension in merged(case.suspensions, open_until=known_on):
        still = any(suspension.from_day <= day <= (suspension.until_day or day) for day in ongoing)
        yield suspension.from_day, partial(_suspend, suspension, law, still)
    if case.extended_to is not None:
        return
    concerned = moratoria_of(
        law, case.application_type, case.nationality, known_on, reading, group=case.group, lodged_on=case.lodged_on
    )
    for moratorium, belief in concerned:
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
    count.tell(
        f"{found.rule.en}: + {length.en}, because the period had not ended on {{day}}{{cite}}; now {{end}}.",
        f"{found.rule.nl}: + {length.nl}, omdat de termijn op {{day}} niet was verstreken{{cite}}; nu {{end}}.",
        found,
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


_BEGINNINGS = {
    StartDay.FORM_SIGNED: Text("receipt of the application", "de ontvangst van de aanvraag"),
    StartDay.LODGED_ON: Text("lodging of the application", "de indiening van de aanvraag"),
    StartDay.REGISTRATION_DOCUMENT: Text("the registration document", "de loopbrief"),
    StartDay.REGISTERED_ON: Text("registration of the application", "de registratie van de aanvraag"),
    StartDay.RESPONSIBLE_ON: Text(
        "the day on which it was established that the Netherlands is responsible",
        "de dag waarop is vastgesteld dat Nederland verantwoordelijk is",
    ),
    StartDay.FEE_PAID_ON: Text(
        "payment of the fee, or exemption from it", "de betaling van het recht, of de ontheffing daarvan"
    ),
    StartDay.PROTECTED_UNTIL: Text("end of the temporary protection", "het einde van de tijdelijke bescherming"),
    StartDay.OBJECTION_PERIOD: Text("last day of the period to object", "de laatste dag van de bezwaartermijn"),
    StartDay.OBJECTION_PERIOD_AWB: Text("last day of the period to object", "de laatste dag van de bezwaartermijn"),
}


def _day_of(start: StartDay, case: Case, law: Law, known_on: date) -> date | None:
    """Give the day of the case on which a term starts by a rule; none where the case does not give it."""
    if start in OBJECTION_PERIODS:
        return None if case.decision_on is None else term_end(start, case.decision_on, law, known_on=known_on).last_day
    if start in (StartDay.REGISTRATION_DOCUMENT, StartDay.REGISTERED_ON):
        return case.registered_on
    if start in LATER:
        day: date | None = getattr(case, start.value)
        return None if day is None or day < case.lodged_on else day
    return None


def _started(case: Case, law: Law, known_on: date, reading: Reading) -> _Count:
    starts = starts_of(law, case.application_type, case.lodged_on, known_on, reading)
    given = [(day, start, found) for start, found in starts if (day := _day_of(start, case, law, known_on)) is not None]
    later = [row for row in given if row[1] in LATER]
    chosen = max(later, key=lambda row: row[0]) if later else given[0] if given else None
    start = case.lodged_on if chosen is None else chosen[0]
    count = _Count(law=law, start=start, anchor=start, months=0)
    used = chosen[2] if chosen else None
    if chosen is not None:
        words = _BEGINNINGS[chosen[1]]
    elif any(begin is StartDay.LODGED_ON for begin, _ in starts):
        words = _BEGINNINGS[StartDay.LODGED_ON]
    else:
        words = _first_day_of(case, law)
    ground = next((row for row in law.responsibility_grounds if row.id == case.responsible_by), None)
    if ground is not None and chosen is not None and chosen[1] is StartDay.RESPONSIBLE_ON:
        words = Text(f"{words.en} ({ground.en})", f"{words.nl} ({ground.nl})")
    count.tell(
        f"The term starts on {{day}}: {words.en}. That day itself does not count.",
        f"De termijn begint op {{day}}: {words.nl}. Die dag zelf telt niet mee.",
        day=start,
    )
    if case.responsible_on is not None and (chosen is None or chosen[1] is not StartDay.RESPONSIBLE_ON):
        count.tell(
            "The day of responsibility, {day}, does not start the term of this case.",
            "De dag waarop Nederland verantwoordelijk werd, {day}, begint de termijn in deze zaak niet.",
            day=case.responsible_on,
        )
    if case.registered_on:
        count.rules += [rule_used(found) for start, found in starts if start in _RECEIPT_OR_REGISTRATION]
        if used is not None and chosen is not None and chosen[1] in _RECEIPT_OR_REGISTRATION:
            used = None
    if used is not None:
        count.rules.append(rule_used(used))
    return count


def _first_day_of(case: Case, law: Law) -> Text:
    """Name the day that is asked first for a kind of case; what follows a semicolon is for the form only."""
    kind = next(row for row in law.types if row.id == case.application_type)
    return Text(kind.counts_en.partition(";")[0], kind.counts_nl.partition(";")[0])


_RECEIPT_OR_REGISTRATION = {StartDay.FORM_SIGNED, StartDay.REGISTRATION_DOCUMENT, StartDay.REGISTERED_ON}


def _count_periods(
    case: Case, law: Law, composition: Composition, count: _Count, known_on: date, reading: Reading
) -> TermCalendar:
    """Count the period with its extensions; gives the calendar of the last of them."""
    for found in composition.applied:
        if found.rule.kind != "ceiling":
            _tell_period(found, count)
    individual = _individual_extension(case, law, known_on, reading)
    for found, given in individual:
        _tell_individual(found, given, count)
    for rule, value, ended in no_longer_believed(case, law, known_on, reading):
        why = ended_by(value, ended, reading)
        count.tell(
            f"{value.instrument}, {rule.en}: does not count since {{day}}{why.en}.",
            f"{dutch_name(law, value.instrument)}, {rule.nl}: telt sinds {{day}} niet mee{why.nl}.",
            day=ended.valid_until,
        )
    by_decree = composition.months - composition.statutory_months
    in_months = sum(given for found, given in individual if found.unit is Unit.MONTHS)
    in_days = sum(given * DAYS_PER.get(found.unit, 0) for found, given in individual)
    if by_decree and in_months:
        _tell_both(by_decree, in_months, count)
    if composition.working_days:
        count.anchor = closed_days(law).add_working_days(count.start, composition.working_days)
    else:
        count.anchor = count.start + timedelta(days=composition.days + in_days)
    count.months = composition.statutory_months + max(by_decree, in_months)
    _tell_end(composition, composition.days + in_days, count)
    calendar = individual[-1][0].calendar if individual else composition.calendar
    if case.extended_to is not None:
        _extend_to_day(case, law, count, known_on, reading)
        calendar = TermCalendar.UNMOVED
    return calendar


def _tell_both(by_decree: int, given: int, count: _Count) -> None:
    """Say how an individual extension relates to a decree: both use one power, so the longer one counts."""
    decree, own = span(by_decree, Unit.MONTHS), span(given, Unit.MONTHS)
    longest = span(max(by_decree, given), Unit.MONTHS)
    count.tell(
        f"The decree ({decree.en}) and the decision in the case ({own.en}) use the same power: they do not add up, "
        f"{longest.en} count.",
        f"Het besluit voor de hele categorie ({decree.nl}) en de verlenging in deze zaak ({own.nl}) berusten op "
        f"dezelfde "
        f"bevoegdheid: zij tellen niet op, {longest.nl} gelden.",
    )


def _tell_end(composition: Composition, all_days: int, count: _Count) -> None:
    if composition.working_days:
        days = span(composition.working_days, Unit.WORKING_DAYS)
        count.tell(f"{days.en} end on {{end}}.", f"{days.nl} eindigen op {{end}}.", end=count.end)
    elif all_days and count.months:
        days, months = span(all_days, Unit.DAYS), span(count.months, Unit.MONTHS)
        count.tell(
            f"{days.en} end on {{first}}; {months.en} from there end on {{end}}.",
            f"{days.nl} eindigen op {{first}}; {months.nl} daarna is {{end}}.",
            first=count.anchor,
            end=count.end,
        )
    elif all_days:
        weeks = span(all_days // 7, Unit.WEEKS) if _in_weeks(composition) else span(all_days, Unit.DAYS)
        count.tell(f"{weeks.en} end on {{end}}.", f"{weeks.nl} eindigen op {{end}}.", end=count.end)
    else:
        months = span(count.months, Unit.MONTHS)
        count.tell(
            f"{months.en}, counted in one step, end on {{end}}.",
            f"{months.nl}, in één keer geteld, eindigen op {{end}}.",
            end=count.end,
        )


def _in_weeks(composition: Composition) -> bool:
    return all(found.unit is Unit.WEEKS for found in composition.applied if found.rule.kind != "ceiling")


def _extend_to_day(case: Case, law: Law, count: _Count, known_on: date, reading: Reading) -> None:
    """Take the day that the decision to extend gives itself, within what the law allows."""
    assert case.extended_to is not None  # the caller asks only then
    kinds = ("individual_extension", "open_extension")
    rules = [rule for kind in kinds for rule in law.of_kind(kind, case.application_type)]
    found = [used for rule in rules if (used := select(rule, case.lodged_on, known_on, reading)) is not None]
    is_open = any(used.rule.kind == "open_extension" for used in found)
    longest = count.end
    for used in found:
        unit, length = used.unit, used.value.number
        longest = add_months(longest, length) if unit is Unit.MONTHS else longest + timedelta(DAYS_PER[unit] * length)
    if not found or (not is_open and case.extended_to > longest):
        raise UsageError(
            "the individual extension",
            [
                Problem(
                    f"extended to {case.extended_to}",
                    f"is later than the law allows for {case.application_type} lodged on {case.lodged_on} ({longest}).",
                    "Check the day that the decision to extend gives.",
                )
            ],
        )
    count.rules += [rule_used(used) for used in found[:1]]
    count.anchor, count.months = case.extended_to, 0
    count.tell(
        "The decision to extend gives {day} as the last day itself.",
        "De verlenging noemt zelf {day} als laatste dag.",
        day=case.extended_to,
    )


def _tell_period(found: Applied, count: _Count) -> None:
    count.rules.append(rule_used(found))
    length, sign = span(found.value.number, found.unit), "" if found.rule.kind == "decision_period" else "+ "
    count.tell(f"{found.rule.en}: {sign}{length.en}{{cite}}.", f"{found.rule.nl}: {sign}{length.nl}{{cite}}.", found)


def _tell_individual(found: Applied, given: int, count: _Count) -> None:
    count.rules.append(replace(rule_used(found), value=given))
    length, most = span(given, found.unit), span(found.value.number, found.unit)
    of = (
        Text(f"; the law allows {most.en}", f"; de wet staat {most.nl} toe")
        if given < found.value.number
        else Text("", "")
    )
    count.tell(
        f"{found.rule.en}: + {length.en}{of.en}{{cite}}.", f"{found.rule.nl}: + {length.nl}{of.nl}{{cite}}.", found
    )


def _individual_extension(case: Case, law: Law, known_on: date, reading: Reading) -> list[tuple[Applied, int]]:
    """Give the rules that an individual extension rests on, with the part of each; refuses one that is too long."""
    if not case.extension:
        return []
    found = individual_extensions(law, case.application_type, case.lodged_on, known_on, reading)
    used: list[tuple[Applied, int]] = []
    left = case.extension
    for applied in found:
        if left > 0:
            used.append((applied, min(left, applied.value.number)))
        left -= applied.value.number
    if left > 0:
        units = {applied.unit.value for applied in found} or {"months"}
        allowed = " + ".join(str(applied.value.number) for applied in found) or "none"
        raise UsageError(
            "the individual extension",
            [
                Problem(
                    f"extension of {case.extension} {'/'.join(sorted(units))}",
                    f"is longer than the law allows for {case.application_type} lodged on {case.lodged_on} "
                    f"({'/'.join(sorted(units))}: {allowed}).",
                    "Give at most that; a second extension follows only after the full first one. Where the law "
                    "names no "
                    "length, give the day that the decision names.",
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
        f"{moratorium.en}: {how.en}{{cite}}; the term now ends on {{end}}.",
        f"{moratorium.nl}: {how.nl}{{cite}}; de termijn eindigt nu op {{end}}.",
        moratorium,
        end=count.end,
    )


def _longest(moratorium: Moratorium, composition: Composition, count: _Count) -> date:
    """Last day to which the moratorium could bring the period; before its own start there is nothing to extend."""
    extended = add_months(count.anchor, count.months + moratorium.extra_months) + timedelta(days=count.suspended)
    return extended if composition.ceiling is None else min(extended, add_months(count.start, composition.ceiling))


def _suspend(suspension: Suspension, law: Law, still: bool, count: _Count) -> None:
    assert suspension.until_day is not None  # merged() gave it an end
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
        f"Suspended from {{day}} until {{until}}: + {days.en}, {ground.en}{{cite}}; now {{end}}.",
        f"Opgeschort van {{day}} tot {{until}}: + {days.nl}, {ground.nl}{{cite}}; nu {{end}}.",
        ground,
        day=suspension.from_day,
        until=suspension.until_day,
        end=count.end,
    )
    if still:
        count.tell(
            "The clock still stands still. This is the earliest last day: it moves by a day for each day that it "
            "lasts.",
            "De klok staat nog stil. Dit is de vroegste laatste dag: die schuift op met elke dag dat dit duurt.",
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
        f"The examination may take at most {months.en}{{cite}}: the term ends on {{end}}.",
        f"De behandeling mag ten hoogste {months.nl} duren{{cite}}: de termijn eindigt op {{end}}.",
        ceiling,
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
            f"{{end}} is een gesloten dag ({name.nl}) en blijft de laatste dag: {_WHY_UNMOVED.nl}.",
            end=end,
        )
        return end
    count.tell(
        f"{{end}} is a closed day ({name.en}); the term runs on to {{opens}} "
        "(General Extension of Time-Limits Act, art. 1).",
        f"{{end}} is een gesloten dag ({name.nl}); de termijn loopt door tot en met {{opens}} "
        "(artikel 1 van de Algemene termijnenwet).",
        end=end,
        opens=opens,
    )
    return opens


def _statutory(case: Case, law: Law, composition: Composition, start: date, known_on: date) -> date:
    if composition.working_days:
        end = closed_days(law).add_working_days(start, composition.working_days)
    else:
        end = add_months(start + timedelta(days=composition.statutory_days), composition.statutory_months)
    for suspension in merged(case.suspensions, open_until=known_on):
        if suspension.from_day <= end:
            end += timedelta(days=suspension.days)
    if composition.ceiling is not None:
        end = min(end, add_months(start, composition.ceiling))
    return closed_days(law).move(end) if moves(composition.statutory_calendar) else end
