# SPDX-License-Identifier: EUPL-1.2
"""What follows when a decision is late: notice of default, appeal, judgment, penalty, payment.

Each case has its own clock. What will follow its deadline, and when, is drawn before the flow for all cases at once, as
a schedule. A step really comes when the case is still undecided on its day: a decision in time at that point means that
nothing further is owed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.deadlines import Law
from keten.deadlines.amounts import administrative_penalty_applies, administrative_scale
from keten.deadlines.practice import court_penalties, court_terms
from keten.domain.words import Reading
from keten.flow.draws import triangular_draws, uniform_draws
from keten.flow.kernel import NO_DEADLINE, OPENING, Calendar, Run, Workload
from keten.flow.network import TRACK_GROUPS, Choose, Network, Span
from keten.parameters.late_decisions import LateDecisions
from keten.parameters.law import CourtPenalty, CourtTerm
from keten.parameters.values import Quantity

Days = NDArray[np.int64]
Amounts = NDArray[np.float64]
Owed = Callable[[Days, Days], Amounts]
"""Amount (eur) that some cases, given by their row, owe at the end of a day."""

_TWO_WEEKS = 14
_FAMILY = TRACK_GROUPS.index("family_reunification")
_NAMES = tuple(name for name in TRACK_GROUPS if name != "none")
_TYPE_OF_FAMILY = "family_reunification"
_PURPOSES = 2**50
"""First purpose of the draws of this clock; far above those of the flow (see `keten.flow.draws.purpose_code`)."""


@dataclass(frozen=True)
class Practice:
    """The law and the practice under which penalties are worked out, as far as known on the knowledge date.

    Without `carry_over` the appeals that were lodged before the first day are left out.
    """

    law: Law
    parameters: LateDecisions
    known_on: date
    reading: Reading
    carry_over: bool = True


@dataclass(frozen=True)
class Schedule:
    """What will follow if a case is still undecided when the day comes; `NO_DEADLINE` for a step that never comes.

    One element per case whose deadline lies before the horizon; `case` is its number in the workload. The schedule does
    not depend on the flow: whether a step really comes is a matter of being undecided on its day.
    """

    case: NDArray[np.intp]
    group: Days
    notice: Days
    appeal: Days
    judgment: Days
    term_end: Days
    per_day: Amounts
    maximum: Amounts
    paid_after: Days


@dataclass(frozen=True)
class Clock:
    """The steps that really came, with the day of the decision."""

    group: Days
    decided: Days
    notice: Days
    appeal: Days
    judgment: Days
    term_end: Days
    per_day: Amounts
    maximum: Amounts
    paid_after: Days


def schedule_late_decisions(
    span: Span, network: Network, workload: Workload, practice: Practice, *, key: np.uint64, choose: Choose
) -> Schedule:
    """Draw for every case what follows its deadline, as long as it stays undecided."""
    case = _may_be_late(network, workload, span.days)
    identity, deadline = workload.identity[case], workload.deadline[case].astype(np.int64)
    group = network.track_group[workload.case_class[case]].astype(np.int64)
    parameters, number = practice.parameters, iter(range(_PURPOSES, _PURPOSES + 16))

    def happens(name: str, quantity: Quantity) -> NDArray[np.bool_]:
        drawn: NDArray[np.bool_] = uniform_draws(key, identity, next(number)) < choose(f"late/{name}", quantity)
        return drawn

    def delay(quantity: Quantity) -> Days:
        low, high = quantity.bounds
        drawn = triangular_draws(uniform_draws(key, identity, next(number)), low, quantity.central, high)
        return np.rint(drawn).astype(np.int64)

    def after(day: Days, later: Days, comes: NDArray[np.bool_] | bool = True) -> Days:
        return np.where((day < NO_DEADLINE) & comes, day + later, NO_DEADLINE)

    notice = after(deadline, delay(parameters.notice_delay), happens("notice_share", parameters.notice_share))
    wait = _TWO_WEEKS + 1 + delay(parameters.appeal_delay)
    appeal = after(notice, wait, happens("appeal_share", parameters.appeal_share))
    if not practice.carry_over:
        appeal = np.where(appeal < 0, NO_DEADLINE, appeal)
    judgment = after(appeal, delay(parameters.court_delay))
    weeks = _court_weeks(span, practice, judgment, group, uniform_draws(key, identity, next(number)))
    penalty = _court_penalty(span, practice, judgment, uniform_draws(key, identity, next(number)))
    return Schedule(
        case=case,
        group=group,
        notice=notice,
        appeal=appeal,
        judgment=judgment,
        term_end=after(judgment, 7 * weeks),
        per_day=penalty[:, 0],
        maximum=penalty[:, 1],
        paid_after=delay(parameters.payment_delay),
    )


def with_court_orders(workload: Workload, schedule: Schedule) -> Workload:
    """Tell the flow on which day a court would set a term for each case, and when that term ends."""
    judged, term_end = workload.judged.copy(), workload.term_end.copy()
    judged[schedule.case] = schedule.judgment
    term_end[schedule.case] = schedule.term_end
    return workload._replace(judged=judged, term_end=term_end)


def _may_be_late(network: Network, workload: Workload, days: int) -> NDArray[np.intp]:
    """Find the cases whose deadline passes before the horizon and that were not decided before the first day."""
    was_decided = (workload.arrival == OPENING) & ~network.undecided[workload.stage]
    counted = network.track_group[workload.case_class] < len(_NAMES)
    return np.flatnonzero((workload.deadline < days) & counted & ~was_decided)


def _clock(schedule: Schedule, run: Run) -> Clock:
    """Keep the steps on whose day the case was still undecided."""
    decided = run.cases.decided[schedule.case].astype(np.int64)

    def came(day: Days) -> Days:
        return np.where(day < decided, day, NO_DEADLINE)

    judgment = came(schedule.judgment)
    return Clock(
        group=schedule.group,
        decided=decided,
        notice=came(schedule.notice),
        appeal=came(schedule.appeal),
        judgment=judgment,
        term_end=np.where(judgment < NO_DEADLINE, schedule.term_end, NO_DEADLINE),
        per_day=schedule.per_day,
        maximum=schedule.maximum,
        paid_after=schedule.paid_after,
    )


def late_decision_table(
    span: Span,
    network: Network,
    calendar: Calendar,
    run: Run,
    schedule: Schedule,
    practice: Practice,
    *,
    replication: int,
) -> pl.DataFrame:
    """Count notices, appeals, judgments and penalties per month and track (see `keten.domain.ledger.DEADLINES`)."""
    clock = _clock(schedule, run)
    months, groups = len(calendar.month_end), len(_NAMES)
    accrued, paid = _judicial(clock, calendar)
    administrative = _administrative(span, clock, calendar, practice)
    accrued[:, _FAMILY] += administrative[0]
    paid[:, _FAMILY] += administrative[1]
    overdue = _overdue(network, run)
    counts = [_per_month(day, clock.group, calendar) for day in (clock.notice, clock.appeal, clock.judgment)]
    return pl.DataFrame(
        {
            "replication": np.full(months * groups, replication, dtype=np.int32),
            "period_end": [span.day(int(day)) for day in calendar.month_end for _ in _NAMES],
            "track": list(_NAMES) * months,
            "overdue": overdue.ravel(),
            "notices": counts[0].ravel(),
            "late_decision_appeals": counts[1].ravel(),
            "judgments": counts[2].ravel(),
            "penalties_accrued_eur": accrued.ravel(),
            "penalties_paid_eur": paid.ravel(),
        }
    )


def _known_day(span: Span, practice: Practice, day: int) -> date:
    """Give the day whose practice is applied: practice of after the knowledge date is not known yet."""
    return min(span.day(day), practice.known_on)


def _court_weeks(span: Span, practice: Practice, judgment: Days, group: Days, uniform: Amounts) -> Days:
    weeks = np.zeros(len(judgment), dtype=np.int64)
    for phase, chosen in (("family_reunification", group == _FAMILY), ("not_heard", group != _FAMILY)):
        for day, rows in _by_practice_day(span, practice, np.where(chosen, judgment, NO_DEADLINE)):
            weeks[rows] = court_terms(practice.law, phase, day).draw(uniform[rows])[:, 0].astype(np.int64)
    return weeks


def _court_penalty(span: Span, practice: Practice, judgment: Days, uniform: Amounts) -> Amounts:
    penalty = np.zeros((len(judgment), 2))
    for day, rows in _by_practice_day(span, practice, judgment):
        penalty[rows] = court_penalties(practice.law, "first", day).draw(uniform[rows])
    return penalty


def _by_practice_day(span: Span, practice: Practice, judgment: Days) -> list[tuple[date, NDArray[np.intp]]]:
    """Group the judgments by the period whose practice holds for them, each with one of its days.

    Practice of after the knowledge date is not known yet, so later judgments follow the practice of that date.
    """
    rows = np.flatnonzero(judgment < NO_DEADLINE)
    effective = np.minimum(judgment[rows], span.number(practice.known_on))
    period = np.searchsorted(_changes_of_practice(span, practice), effective, side="right")
    order = np.argsort(period, kind="stable")
    _, starts = np.unique(period[order], return_index=True)
    return [
        (span.day(int(effective[order][start])), part)
        for start, part in zip(starts, np.split(rows[order], starts)[1:], strict=True)
    ]


def _changes_of_practice(span: Span, practice: Practice) -> Days:
    """Day numbers on which the practice of courts changes."""
    rows: list[CourtTerm | CourtPenalty] = [*practice.law.court_terms, *practice.law.court_penalties]
    days = {row.valid_from for row in rows} | {row.valid_until for row in rows}
    return np.array(sorted(span.number(day) for day in days), dtype=np.int64)


def _per_month(day: Days, group: Days, calendar: Calendar) -> NDArray[np.int64]:
    months, groups = len(calendar.month_end), len(_NAMES)
    inside = (day >= 0) & (day < len(calendar.month_of_day))
    places = calendar.month_of_day[day[inside]].astype(np.int64) * groups + group[inside]
    return np.bincount(places, minlength=months * groups).reshape(months, groups)


def _judicial(clock: Clock, calendar: Calendar) -> tuple[Amounts, Amounts]:
    """Accrue per day from the end of the court's term to the decision or the maximum; pay some time after that."""
    owing = np.flatnonzero(clock.term_end < clock.decided)
    per_day, maximum = clock.per_day[owing], clock.maximum[owing]
    start, decided = clock.term_end[owing], clock.decided[owing]
    to_maximum = np.ceil(maximum / np.maximum(per_day, 1.0)).astype(np.int64)

    def owed_on(rows: Days, day: Days) -> Amounts:
        """Amount owed by cases at the end of a day; the day of the decision itself is no day in default."""
        running = np.clip(np.minimum(day, decided[rows] - 1) - start[rows], 0, None)
        return np.minimum(running * per_day[rows], maximum[rows])

    return _accrued_and_paid(
        owed_on,
        start=start,
        stop=np.minimum(decided, start + to_maximum),
        paid_after=clock.paid_after[owing],
        group=clock.group[owing],
        calendar=calendar,
    )


def _administrative(
    span: Span, clock: Clock, calendar: Calendar, practice: Practice
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Work out the administrative penalty of family reunification: 42 days that start two weeks after the notice."""
    months = len(calendar.month_end)
    day = _known_day(span, practice, 0)
    applies, _ = administrative_penalty_applies(
        practice.law, _TYPE_OF_FAMILY, notice_received_on=day, known_on=practice.known_on, reading=practice.reading
    )
    owing = np.flatnonzero((clock.group == _FAMILY) & (clock.notice < NO_DEADLINE))
    if not applies or not len(owing):
        return np.zeros(months), np.zeros(months)
    scale = administrative_scale(practice.law, day, known_on=practice.known_on).astype(np.float64)
    start, decided = clock.notice[owing] + _TWO_WEEKS, clock.decided[owing]

    def owed_on(rows: Days, day: Days) -> Amounts:
        running = np.clip(np.minimum(day, decided[rows] - 1) - start[rows], 0, len(scale) - 1)
        amounts: Amounts = scale[running]
        return amounts

    accrued, paid = _accrued_and_paid(
        owed_on,
        start=start,
        stop=np.minimum(decided, start + len(scale) - 1),
        paid_after=clock.paid_after[owing],
        group=clock.group[owing],
        calendar=calendar,
    )
    return accrued[:, _FAMILY], paid[:, _FAMILY]


def _accrued_and_paid(
    owed_on: Owed, *, start: Days, stop: Days, paid_after: Days, group: Days, calendar: Calendar
) -> tuple[Amounts, Amounts]:
    """Sum per month what accrues between start and stop, and what is paid some time after the stop.

    Only the months in which a case accrues are looked at; what accrued before the first simulated day does not count.
    """
    month_end = calendar.month_end.astype(np.int64)
    first = np.searchsorted(month_end, start, side="right")
    last = np.minimum(np.searchsorted(month_end, stop), len(month_end) - 1)
    months = np.maximum(last - first + 1, 0)
    rows = np.repeat(np.arange(len(start)), months)
    month = np.arange(len(rows)) - np.repeat(np.cumsum(months) - months - first, months)
    before = np.concatenate([[OPENING], month_end])[month]
    amounts = owed_on(rows, month_end[month]) - owed_on(rows, before)
    every = np.arange(len(start))
    at_last = owed_on(every, np.full(len(start), NO_DEADLINE))
    return _sums(month, amounts, group[rows], calendar), _on_day(stop + paid_after, at_last, group, calendar)


def _on_day(day: Days, amount: Amounts, group: Days, calendar: Calendar) -> Amounts:
    inside = (day >= 0) & (day < len(calendar.month_of_day))
    month = calendar.month_of_day[day[inside]].astype(np.int64)
    return _sums(month, amount[inside], group[inside], calendar)


def _sums(month: Days, amount: Amounts, group: Days, calendar: Calendar) -> Amounts:
    months, groups = len(calendar.month_end), len(_NAMES)
    sums = np.bincount(month * groups + group, amount, minlength=months * groups).astype(np.float64)
    return sums.reshape(months, groups)


def _overdue(network: Network, run: Run) -> NDArray[np.int64]:
    """Sum the overdue cases at each month end over stages, per track."""
    per_class = np.cumsum(run.counts.overdue_change[:-1], axis=0).sum(axis=1)
    totals = np.zeros((per_class.shape[0], len(TRACK_GROUPS)), dtype=np.int64)
    np.add.at(totals.T, network.track_group, per_class.T)
    return totals[:, : len(_NAMES)]
