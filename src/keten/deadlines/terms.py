# SPDX-License-Identifier: EUPL-1.2
"""Any other term of the law: notice of default, appeal, departure, Dublin, detention."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from keten.deadlines.calendar import FIRST_DAY, LAST_START, Days, closed_days, count_term, moves
from keten.deadlines.rules import Applied, require, select
from keten.deadlines.wording import Text
from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import Doubt, Law, LawRule, LawValue, TermCalendar, Unit


@dataclass(frozen=True)
class TermEnd:
    """The last day of a term, and the rule that gives it.

    `unmoved` is the last day before the calendar of the term is applied.
    """

    last_day: date
    unmoved: date
    starts_on: date
    value: int
    unit: Unit
    calendar: TermCalendar
    applied: Applied


def terms(law: Law) -> tuple[LawRule, ...]:
    """All terms of the law that are no decision period."""
    return tuple(law.of_kind("term"))


def term_end(
    rule_id: str,
    starts_on: date,
    law: Law,
    *,
    known_on: date,
    reading: Reading = Reading.AUTHORITY,
    value: int | None = None,
) -> TermEnd:
    """Last day of a term that an event on `starts_on` sets in motion; that day itself does not count.

    Parameters
    ----------
    rule_id
        A term of the law, for instance `appeal_period`.
    value
        Another length than the rule has, where somebody else sets it: a court gives eight weeks.

    Raises
    ------
    UsageError
        When the law has no such term, or none on that day.
    """
    if not FIRST_DAY <= starts_on <= LAST_START:
        problem = Problem(str(starts_on), f"lies outside {FIRST_DAY} to {LAST_START}.", "Check the year.")
        raise UsageError(f"the term {rule_id}", [problem])
    rule = law.rule(rule_id)
    if rule.kind != "term":
        problem = Problem(
            rule_id, "is no term that starts on a day.", "Ask for a decision period with `keten deadline`."
        )
        raise UsageError("the term", [problem])
    applied = require([rule], starts_on, known_on, Reading(reading), what=f"the term {rule_id}")
    length = applied.value.number if value is None else value
    if applied.unit is Unit.WORKING_DAYS:
        end = closed_days(law).add_working_days(starts_on, length)
    else:
        end = count_term(starts_on, length, applied.unit)
    return TermEnd(
        last_day=closed_days(law).move(end) if moves(applied.calendar) else end,
        unmoved=end,
        starts_on=starts_on,
        value=length,
        unit=applied.unit,
        calendar=applied.calendar,
        applied=applied,
    )


def holds_on(rule: LawRule, day: date) -> Applied | None:
    """Give the value of a term that holds for an event on `day`, as known then; none when it ended or has not begun."""
    return select(rule, day, day, Reading.AUTHORITY)


def ends_of_weeks(rule_id: str, starts: Days, law: Law) -> Days:
    """Last days of a term in weeks that starts on many days, as day numbers; the vector form of `term_end`."""
    rule = law.rule(rule_id)
    weeks = np.zeros(starts.shape, np.int32)
    for value in sorted(rule.values, key=lambda each: each.valid_from):
        weeks[starts >= value.valid_from.toordinal()] = value.number
    ends: Days = (starts + weeks * 7).astype(np.int32)
    return closed_days(law).move_days(ends) if moves(rule.calendar) else ends


@dataclass(frozen=True)
class TermQuestion:
    """A question about a term that nobody has answered, with its last day on each side."""

    question: Text
    days: tuple[date, ...]
    settled_by: Text


def term_questions(found: TermEnd, law: Law) -> tuple[TermQuestion, ...]:
    """Collect what is open about a term: whether it moves off a closed day, on which day its rule began."""
    return tuple(
        TermQuestion(Text(doubt.en, doubt.nl), days, Text(doubt.settled_by_en, doubt.settled_by_nl))
        for value in found.applied.rule.values
        for doubt in value.doubts
        if len(days := _days_if(found, law, value, doubt)) > 1 or (not days and value is found.applied.value)
    )


def _days_if(found: TermEnd, law: Law, value: LawValue, doubt: Doubt) -> tuple[date, ...]:
    """Give the last day and the other one; one day when the question makes no difference, none when it has no day."""
    if doubt.calendar is not None:
        other = closed_days(law).move(found.unmoved) if moves(doubt.calendar) else found.unmoved
        return tuple(dict.fromkeys((found.last_day, other))) if value is found.applied.value else (found.last_day,)
    if doubt.valid_from is None:
        return ()
    first, last = sorted((doubt.valid_from, value.valid_from))
    if not first <= found.starts_on < last:
        return (found.last_day,)
    others = [each for each in found.applied.rule.values if each.covers(found.starts_on) and each is not value]
    if value is not found.applied.value or not others:
        return (found.last_day,)
    before = max(others, key=lambda each: each.valid_from)
    applied = replace(found.applied, value=before)
    end = count_term(found.starts_on, before.number, applied.unit)
    return tuple(dict.fromkeys((found.last_day, closed_days(law).move(end) if moves(applied.calendar) else end)))


def notice_ends(notice_days: Days, law: Law, *, known_on: date) -> Days:
    """Last day of the two weeks after a notice of default, as day numbers; the vector form of `notice_period`."""
    rule = law.rule("notice_period")
    applied = require([rule], known_on, known_on, Reading.AUTHORITY, what="the term notice_period")
    ends = (notice_days + applied.value.number * 7).astype(notice_days.dtype)
    return closed_days(law).move_days(ends) if moves(rule.calendar) else ends
