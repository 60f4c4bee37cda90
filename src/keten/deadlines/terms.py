# SPDX-License-Identifier: EUPL-1.2
"""Any other term of the law: notice of default, appeal, departure, Dublin, detention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from keten.deadlines.calendar import FIRST_DAY, LAST_START, Days, closed_days, count_term, moves
from keten.deadlines.rules import Applied, require
from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import Law, LawRule, TermCalendar, Unit


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
    end = count_term(starts_on, length, rule.unit)
    return TermEnd(
        last_day=closed_days(law).move(end) if moves(rule.calendar) else end,
        unmoved=end,
        starts_on=starts_on,
        value=length,
        unit=rule.unit,
        calendar=rule.calendar,
        applied=applied,
    )


def notice_ends(notice_days: Days, law: Law, *, known_on: date) -> Days:
    """Last day of the two weeks after a notice of default, as day numbers; the vector form of `notice_period`."""
    rule = law.rule("notice_period")
    applied = require([rule], known_on, known_on, Reading.AUTHORITY, what="the term notice_period")
    ends = (notice_days + applied.value.number * 7).astype(notice_days.dtype)
    return closed_days(law).move_days(ends) if moves(rule.calendar) else ends
