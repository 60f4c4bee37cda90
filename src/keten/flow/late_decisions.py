# SPDX-License-Identifier: EUPL-1.2
"""What follows when a decision is late: notice of default, appeal, judgment, penalty, payment.

Each case has its own clock. What will follow its deadline, and when, is drawn before the flow for all cases at once, as
a schedule. A step really comes when the case is still undecided on its day: a decision in time at that point means that
nothing further is owed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.deadlines import Law
from keten.deadlines.amounts import administrative_penalty_applies, administrative_scale
from keten.deadlines.practice import court_penalties, court_terms
from keten.domain.words import Reading
from keten.flow.compiled import compiled, index, inlined
from keten.flow.draws import drawn, drawn_for_each, triangular, triangular_draws
from keten.flow.kernel import NEVER, OPENING, Calendar, Judgments, Run, Workload
from keten.flow.network import TRACK_GROUPS, Choose, Network, Span
from keten.parameters.late_decisions import LateDecisions
from keten.parameters.law import CourtPenalty, CourtTerm
from keten.parameters.values import Quantity

Days = NDArray[np.int32]
Amounts = NDArray[np.float64]
_TWO_WEEKS = 14
_FAMILY = TRACK_GROUPS.index("family_reunification")
_NAMES = tuple(name for name in TRACK_GROUPS if name != "none")
_COUNTED = len(_NAMES)
"""Groups of tracks from here on are not counted: for those no deadline runs."""
_TYPE_OF_FAMILY = "family_reunification"
_PURPOSES = 2**50
"""First purpose of the draws of this clock; far above those of the flow (see `keten.flow.draws.purpose_code`)."""
_NOTICE_DELAY, _NOTICE, _APPEAL_DELAY, _APPEAL, _COURT_DELAY, _TERM, _PENALTY, _PAYMENT_DELAY = range(
    _PURPOSES, _PURPOSES + 8
)


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
    """What will follow if a case is still undecided when the day comes; `NEVER` for a step that never comes.

    One element per case for which a notice would come before the horizon; `case` is its number in the workload. The
    schedule does not depend on the flow: whether a step really comes is a matter of being undecided on its day.
    """

    case: NDArray[np.int32]
    group: Days
    notice: Days
    appeal: Days
    judgment: Days
    term_end: Days


class _Chances(NamedTuple):
    """What is drawn from: shares, and low, mode and high of delays in days; no appeal counts before `first_appeal`."""

    notice_share: float
    notice_delay: Amounts
    appeal_share: float
    appeal_delay: Amounts
    court_delay: Amounts
    first_appeal: int


def schedule_late_decisions(
    span: Span, network: Network, workload: Workload, practice: Practice, *, choose: Choose
) -> Schedule:
    """Draw for every case what follows its deadline, as long as it stays undecided."""
    parameters = practice.parameters
    chances = _Chances(
        notice_share=choose("late/notice_share", parameters.notice_share),
        notice_delay=_bounds(parameters.notice_delay),
        appeal_share=choose("late/appeal_share", parameters.appeal_share),
        appeal_delay=_bounds(parameters.appeal_delay),
        court_delay=_bounds(parameters.court_delay),
        first_appeal=-NEVER if practice.carry_over else OPENING + 1,
    )
    room = _Steps(*(np.empty(len(workload.cases), dtype=np.int32) for _ in _Steps._fields))
    rows = _draw_steps(
        workload.cases, int(workload.first[0]), network.undecided, network.track_group, span.days, chances, room
    )
    steps = _Steps(*(column[:rows].copy() for column in room))
    term_end = _term_ends(span, practice, steps, workload.cases)
    return Schedule(**steps._asdict(), term_end=term_end)


def _bounds(quantity: Quantity) -> Amounts:
    """Give low, mode and high of a delay, which differs between cases and is never narrowed to one number."""
    low, high = quantity.bounds
    return np.array([low, quantity.central, high])


class _Steps(NamedTuple):
    """The columns of a schedule that are drawn case by case (see `Schedule`)."""

    case: Days
    group: Days
    notice: Days
    appeal: Days
    judgment: Days


@compiled
def _draw_steps(
    cases: NDArray[np.void],
    there: int,
    undecided: NDArray[np.bool_],
    track_group: NDArray[np.uint8],
    days: int,
    chances: _Chances,
    steps: _Steps,
) -> int:
    """Draw who gives notice before the horizon, who of those appeals, and when a court would judge; returns how many.

    Left out is who cannot be late: without a deadline before the horizon, or decided before the first day.
    """
    row = 0
    for number in range(len(cases)):
        case = cases[index(number)]
        group = track_group[case.case_class]
        if case.deadline >= days or group >= _COUNTED or (number < there and not undecided[case.stage]):
            continue
        if drawn(case.luck, np.uint64(_NOTICE)) >= chances.notice_share:
            continue
        notice = case.deadline + _draw_days(case.luck, _NOTICE_DELAY, chances.notice_delay)
        if notice >= days:
            continue
        steps.case[row], steps.group[row], steps.notice[row] = number, group, notice
        steps.appeal[row] = steps.judgment[row] = NEVER
        if drawn(case.luck, np.uint64(_APPEAL)) < chances.appeal_share:
            appeal = notice + _TWO_WEEKS + 1 + _draw_days(case.luck, _APPEAL_DELAY, chances.appeal_delay)
            if chances.first_appeal <= appeal < NEVER:
                steps.appeal[row] = appeal
                judgment = appeal + _draw_days(case.luck, _COURT_DELAY, chances.court_delay)
                steps.judgment[row] = min(judgment, NEVER)
        row += 1
    return row


@inlined
def _draw_days(luck: np.uint64, purpose: int, delay: Amounts) -> int:
    """Draw a number of days for one case."""
    return int(np.rint(triangular(drawn(luck, np.uint64(purpose)), delay[0], delay[1], delay[2])))


def _term_ends(span: Span, practice: Practice, steps: _Steps, cases: NDArray[np.void]) -> Days:
    """Draw the last day of the term that a court would set, for the judgments within the span."""
    term_end = np.full(len(steps.case), NEVER, dtype=np.int32)
    row = np.flatnonzero(steps.judgment < span.days)
    judgment = steps.judgment[row]
    draws = drawn_for_each(cases["luck"][steps.case[row]], _TERM)
    term_end[row] = np.minimum(judgment + 7 * _court_weeks(span, practice, judgment, steps.group[row], draws), NEVER)
    return term_end


def _delay(luck: NDArray[np.uint64], purpose: int, quantity: Quantity) -> Days:
    """Draw a number of days for each of some cases."""
    low, high = quantity.bounds
    days = triangular_draws(drawn_for_each(luck, purpose), low, quantity.central, high)
    return np.rint(days).astype(np.int32)


def court_orders(schedule: Schedule, days: int) -> Judgments:
    """Tell the flow on which day a court would set a term, for which case, and when that term ends."""
    row = np.flatnonzero(schedule.judgment < days)
    row = row[np.argsort(schedule.judgment[row].astype(np.int16), kind="stable")]  # 16 bits sort in linear time
    columns = (schedule.case[row], schedule.judgment[row], schedule.term_end[row])
    return Judgments(*columns)


class _Came(NamedTuple):
    """What really came of a schedule, per row: the day of the decision, and whether money is owed.

    `steps` counts notices, appeals and judgments (first axis) per month and track.
    """

    decided: Days
    in_default: NDArray[np.bool_]
    owing: NDArray[np.bool_]
    steps: NDArray[np.int64]


def _what_came(schedule: Schedule, run: Run, calendar: Calendar) -> _Came:
    """Keep the steps on whose day the case was still undecided."""
    rows = len(schedule.case)
    came = _Came(
        decided=np.empty(rows, dtype=np.int32),
        in_default=np.empty(rows, dtype=np.bool_),
        owing=np.empty(rows, dtype=np.bool_),
        steps=np.zeros((3, len(calendar.month_end), len(TRACK_GROUPS)), dtype=np.int64),
    )
    columns = (schedule.notice, schedule.appeal, schedule.judgment, schedule.term_end)
    _compare_with_decision(run.cases, schedule.case, schedule.group, *columns, calendar, came)
    return came


@compiled
def _compare_with_decision(
    cases: NDArray[np.void],
    case: NDArray[np.int32],
    group: Days,
    notice: Days,
    appeal: Days,
    judgment: Days,
    term_end: Days,
    calendar: Calendar,
    came: _Came,
) -> None:
    for row in range(len(case)):
        decided = cases[case[row]].decided
        came.decided[row] = decided
        came.in_default[row] = notice[row] < decided
        came.owing[row] = judgment[row] < decided and term_end[row] < decided
        for step, day in enumerate((notice[row], appeal[row], judgment[row])):
            if 0 <= day < min(decided, len(calendar.month_of_day)):
                came.steps[step, calendar.month_of_day[day], group[row]] += 1


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
    came = _what_came(schedule, run, calendar)
    months, groups = len(calendar.month_end), len(_NAMES)
    judicial = _judicial(span, schedule, came, run, calendar, practice)
    administrative = _administrative(span, schedule, came, run, calendar, practice)
    accrued, paid = judicial[0] + administrative[0], judicial[1] + administrative[1]
    overdue = _overdue(network, run)
    counts = came.steps[:, :, :groups]
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
    weeks = np.zeros(len(judgment), dtype=np.int32)
    for day, rows in _by_practice_day(span, practice, judgment):
        is_family = group[rows] == _FAMILY
        for phase, part in (("family_reunification", rows[is_family]), ("not_heard", rows[~is_family])):
            weeks[part] = court_terms(practice.law, phase, day).draw(uniform[part])[:, 0].astype(np.int32)
    return weeks


def _court_penalty(span: Span, practice: Practice, judgment: Days, uniform: Amounts) -> Amounts:
    """Draw what courts attach to a judgment: eur per day and the maximum in eur."""
    penalty = np.zeros((len(judgment), 2))
    for day, rows in _by_practice_day(span, practice, judgment):
        penalty[rows] = court_penalties(practice.law, "first", day).draw(uniform[rows])
    return penalty


def _by_practice_day(span: Span, practice: Practice, judgment: Days) -> list[tuple[date, NDArray[np.intp]]]:
    """Group the judgments within the span by the period whose practice holds for them, each with one of its days.

    Practice of after the knowledge date is not known yet, so later judgments follow the practice of that date.
    """
    last = span.number(practice.known_on)
    rows = np.flatnonzero(judgment < span.days)
    effective = np.minimum(judgment[rows], last)
    earliest = int(effective.min(initial=last))
    days = np.arange(earliest, last + 1)
    period_of_day = np.searchsorted(_changes_of_practice(span, practice), days, side="right")
    period = period_of_day[effective - earliest].astype(np.uint16)  # 16 bits sort in linear time
    order = np.argsort(period, kind="stable")
    found = np.split(order, np.cumsum(np.bincount(period))[:-1])
    return [(span.day(int(effective[part[0]])), rows[part]) for part in found if len(part)]


def _changes_of_practice(span: Span, practice: Practice) -> Days:
    """Day numbers on which the practice of courts changes."""
    rows: list[CourtTerm | CourtPenalty] = [*practice.law.court_terms, *practice.law.court_penalties]
    days = {row.valid_from for row in rows} | {row.valid_until for row in rows}
    return np.array(sorted(span.number(day) for day in days), dtype=np.int64)


def _judicial(
    span: Span, schedule: Schedule, came: _Came, run: Run, calendar: Calendar, practice: Practice
) -> tuple[Amounts, Amounts]:
    """Accrue per day from the end of the court's term to the decision or the maximum; pay some time after that."""
    row = np.flatnonzero(came.owing)
    luck = run.cases["luck"][schedule.case[row]]
    amounts = _court_penalty(span, practice, schedule.judgment[row], drawn_for_each(luck, _PENALTY))
    per_day, maximum = amounts[:, 0], amounts[:, 1]
    start, end = schedule.term_end[row], came.decided[row]
    stop = np.minimum(end, start + np.ceil(maximum / np.maximum(per_day, 1.0)).astype(np.int32))
    accrued, paid = _nothing_owed(calendar)
    paid_on = stop + _delay(luck, _PAYMENT_DELAY, practice.parameters.payment_delay)
    _accrue(start, end, stop, paid_on, per_day, maximum, schedule.group[row], np.zeros(0), calendar, accrued, paid)
    return accrued, paid


def _administrative(
    span: Span, schedule: Schedule, came: _Came, run: Run, calendar: Calendar, practice: Practice
) -> tuple[Amounts, Amounts]:
    """Work out the administrative penalty of family reunification: 42 days that start two weeks after the notice."""
    day = _known_day(span, practice, 0)
    applies, _ = administrative_penalty_applies(
        practice.law, _TYPE_OF_FAMILY, notice_received_on=day, known_on=practice.known_on, reading=practice.reading
    )
    scale = administrative_scale(practice.law, day, known_on=practice.known_on).astype(np.float64)
    row = np.flatnonzero((schedule.group == _FAMILY) & came.in_default & applies)
    start, end, none = schedule.notice[row] + _TWO_WEEKS, came.decided[row], np.zeros(len(row))
    stop = np.minimum(end, start + len(scale) - 1)
    luck = run.cases["luck"][schedule.case[row]]
    paid_on = stop + _delay(luck, _PAYMENT_DELAY, practice.parameters.payment_delay)
    accrued, paid = _nothing_owed(calendar)
    _accrue(start, end, stop, paid_on, none, none, schedule.group[row], scale, calendar, accrued, paid)
    return accrued, paid


def _nothing_owed(calendar: Calendar) -> tuple[Amounts, Amounts]:
    shape = len(calendar.month_end), len(_NAMES)
    return np.zeros(shape), np.zeros(shape)


@compiled
def _accrue(
    start: Days,
    decided: Days,
    stop: Days,
    paid_on: Days,
    per_day: Amounts,
    maximum: Amounts,
    group: Days,
    scale: Amounts,
    calendar: Calendar,
    accrued: Amounts,
    paid: Amounts,
) -> None:
    """Sum per month and track what accrues between start and stop, and what is paid some time after the stop.

    What accrued before the first simulated day does not count, but it is paid with the rest. `scale` is the amount owed
    after so many days; without one the amounts of the case's own judgment hold.
    """
    days = len(calendar.month_of_day)
    for row in range(len(start)):
        # The day of the decision itself is no day in default.
        last = decided[row] - 1 - start[row]
        before = _owed(min(OPENING - start[row], last), per_day[row], maximum[row], scale)
        day = max(start[row], 0)
        while day <= stop[row] and day < days:
            month = calendar.month_of_day[day]
            month_end = calendar.month_end[month]
            owed = _owed(min(month_end - start[row], last), per_day[row], maximum[row], scale)
            accrued[month, group[row]] += owed - before
            before, day = owed, month_end + 1
        if 0 <= paid_on[row] < days:
            paid[calendar.month_of_day[paid_on[row]], group[row]] += _owed(last, per_day[row], maximum[row], scale)


@compiled
def _owed(days: int, per_day: float, maximum: float, scale: Amounts) -> float:
    """Amount (eur) owed after so many days in default."""
    if days <= 0:
        return 0.0
    if len(scale):
        return scale[min(days, len(scale) - 1)]
    return min(days * per_day, maximum)


def _overdue(network: Network, run: Run) -> NDArray[np.int64]:
    """Sum the overdue cases at each month end over stages, per track."""
    per_class = np.cumsum(run.counts.overdue_change[:-1], axis=0).sum(axis=1)
    totals = np.zeros((per_class.shape[0], len(TRACK_GROUPS)), dtype=np.int64)
    np.add.at(totals.T, network.track_group, per_class.T)
    return totals[:, : len(_NAMES)]
