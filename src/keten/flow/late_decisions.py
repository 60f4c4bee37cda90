# SPDX-License-Identifier: EUPL-1.2
"""What follows when a decision is late: notice of default, appeal, judgment, penalty, payment.

Each case has its own clock. What will follow its deadline, and when, is drawn before the flow for all cases at once, as
a schedule. A step really comes when the case is still undecided on its day: a decision in time at that point means that
nothing further is owed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.deadlines import Law
from keten.deadlines.amounts import administrative_penalty_applies, administrative_scale
from keten.deadlines.practice import court_penalties, court_terms
from keten.domain.words import Reading
from keten.flow.compiled import compiled, index, inlined
from keten.flow.courts import PHASES, UNKNOWN, Courts, court_penalty, court_weeks, lay_out_courts
from keten.flow.draws import drawn, triangular
from keten.flow.kernel import NEVER, OPENING, Calendar, Judgments, Run, Workload
from keten.flow.network import TRACK_GROUPS, Choose, Network, Span
from keten.flow.queues import NOBODY
from keten.parameters.late_decisions import LateDecisions
from keten.parameters.values import Quantity

Days = NDArray[np.int32]
Amounts = NDArray[np.float64]
_TWO_WEEKS = 14
_FAMILY = TRACK_GROUPS.index("family_reunification")
_NAMES = tuple(name for name in TRACK_GROUPS if name != "none")
_COUNTED = len(_NAMES)
"""Groups of tracks from here on are not counted: for those no deadline runs."""
_TYPE_OF_FAMILY = "family_reunification"
_NO_SCALE = np.zeros(0)
_NO_PRACTICE = -NEVER - 1
"""End of a term of which it is not known how long courts made it."""
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

    @cached_property
    def courts(self) -> Courts:
        """What courts do, as far as known on the knowledge date."""
        return lay_out_courts(self.law, self.known_on)


class Schedule(NamedTuple):
    """What will follow if a case is still undecided when the day comes; `NEVER` for a step that never comes.

    One element per case for which a notice would come before the horizon; `case` is its number in the workload, and
    `term_end` the last day of the term that a court would set. The schedule does not depend on the flow: whether a step
    really comes is a matter of being undecided on its day.
    """

    case: Days
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
    room = Schedule(*(np.empty(len(workload.cases), dtype=np.int32) for _ in Schedule._fields))
    first_day, there = span.day(0).toordinal(), int(workload.first[0])
    rows = _draw_steps(
        workload.cases,
        there,
        network.undecided,
        network.track_group,
        span.days,
        chances,
        practice.courts,
        first_day,
        room,
    )
    schedule = Schedule(*(column[:rows] for column in room))
    for row in np.flatnonzero(schedule.term_end == _NO_PRACTICE)[:1]:
        phase = PHASES[int(schedule.group[row] == _FAMILY)]
        court_terms(practice.law, phase, span.day(int(schedule.judgment[row])))  # refuses, and says what is missing
    return schedule


def _bounds(quantity: Quantity) -> Amounts:
    """Give low, mode and high of a delay, which differs between cases and is never narrowed to one number."""
    low, high = quantity.bounds
    return np.array([low, quantity.central, high])


@compiled
def _draw_steps(
    cases: NDArray[np.void],
    there: int,
    undecided: NDArray[np.bool_],
    track_group: NDArray[np.uint8],
    days: int,
    chances: _Chances,
    courts: Courts,
    first_day: int,
    steps: Schedule,
) -> int:
    """Draw who gives notice before the horizon, who of those appeals, and what a court would say; returns how many.

    Left out is who cannot be late: without a deadline before the horizon, or decided before the first day (ordinal).
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
        appeal = judgment = term_end = NEVER
        if drawn(case.luck, np.uint64(_APPEAL)) < chances.appeal_share:
            lodged = notice + _TWO_WEEKS + 1 + _draw_days(case.luck, _APPEAL_DELAY, chances.appeal_delay)
            if chances.first_appeal <= lodged < NEVER:
                appeal = lodged
                judgment = min(appeal + _draw_days(case.luck, _COURT_DELAY, chances.court_delay), NEVER)
                if judgment < days:
                    draw = drawn(case.luck, np.uint64(_TERM))
                    weeks = court_weeks(courts, int(group == _FAMILY), first_day + judgment, draw)
                    term_end = min(judgment + 7 * weeks, NEVER) if weeks != UNKNOWN else _NO_PRACTICE
        steps.case[row], steps.group[row], steps.notice[row] = number, group, notice
        steps.appeal[row], steps.judgment[row], steps.term_end[row] = appeal, judgment, term_end
        row += 1
    return row


@inlined
def _draw_days(luck: np.uint64, purpose: int, delay: Amounts) -> int:
    """Draw a number of days for one case."""
    return int(np.rint(triangular(drawn(luck, np.uint64(purpose)), delay[0], delay[1], delay[2])))


def court_orders(schedule: Schedule, days: int) -> Judgments:
    """Tell the flow on which day a court would set a term, for which case, and when that term ends."""
    row = np.flatnonzero(schedule.judgment < days)
    row = row[np.argsort(schedule.judgment[row].astype(np.int16), kind="stable")]  # 16 bits sort in linear time
    columns = (schedule.case[row], schedule.judgment[row], schedule.term_end[row])
    return Judgments(*columns)


class _Money(NamedTuple):
    """Penalties (eur) per month and track: what accrues, and what is paid some time after it stopped."""

    accrued: Amounts
    paid: Amounts


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
    months, groups = len(calendar.month_end), len(_NAMES)
    steps = np.zeros((3, months, groups), dtype=np.int64)
    money = _Money(np.zeros((months, groups)), np.zeros((months, groups)))
    delay, scale = _bounds(practice.parameters.payment_delay), _administrative_scale(span, practice)
    first_day = span.day(0).toordinal()
    refused = _settle(run.cases, schedule, calendar, practice.courts, first_day, scale, _NO_SCALE, delay, steps, money)
    if refused != NOBODY:
        court_penalties(practice.law, "first", span.day(int(schedule.judgment[refused])))  # says what is missing
    return pl.DataFrame(
        {
            "replication": np.full(months * groups, replication, dtype=np.int32),
            "period_end": [span.day(int(day)) for day in calendar.month_end for _ in _NAMES],
            "track": list(_NAMES) * months,
            "overdue": _overdue(network, run).ravel(),
            "notices": steps[0].ravel(),
            "late_decision_appeals": steps[1].ravel(),
            "judgments": steps[2].ravel(),
            "penalties_accrued_eur": money.accrued.ravel(),
            "penalties_paid_eur": money.paid.ravel(),
        }
    )


@compiled
def _settle(
    cases: NDArray[np.void],
    schedule: Schedule,
    calendar: Calendar,
    courts: Courts,
    first_day: int,
    scale: Amounts,
    no_scale: Amounts,
    payment_delay: Amounts,
    steps: NDArray[np.int64],
    money: _Money,
) -> int:
    """Keep what really came of a schedule: the steps on whose day the case was undecided, and what is owed for them.

    The judicial penalty accrues per day from the end of the court's term to the decision or the maximum; the
    administrative one, of family reunification, by its scale from two weeks after the notice. Returns the first row of
    whose judgment no practice is known, or `NOBODY`.
    """
    refused, days = NOBODY, len(calendar.month_of_day)
    for row in range(len(schedule.case)):
        case, group = cases[index(schedule.case[row])], index(schedule.group[row])
        notice, judgment, decided = int(schedule.notice[row]), int(schedule.judgment[row]), int(case.decided)
        for step, day in enumerate((notice, int(schedule.appeal[row]), judgment)):
            if 0 <= day < min(decided, days):
                steps[step, calendar.month_of_day[day], group] += 1
        start = int(schedule.term_end[row])
        if judgment < decided and start < decided:
            draw = drawn(case.luck, np.uint64(_PENALTY))
            per_day, maximum = court_penalty(courts, first_day + judgment, draw)
            if per_day == UNKNOWN and refused == NOBODY:
                refused = row
            stop = min(decided, start + int(np.ceil(maximum / max(per_day, 1.0))))
            paid_on = stop + _draw_days(case.luck, _PAYMENT_DELAY, payment_delay)
            _accrue(start, decided, stop, paid_on, per_day, maximum, group, no_scale, calendar, money)
        if group == _FAMILY and len(scale) and notice < decided:
            start = notice + _TWO_WEEKS
            stop = min(decided, start + len(scale) - 1)
            paid_on = stop + _draw_days(case.luck, _PAYMENT_DELAY, payment_delay)
            _accrue(start, decided, stop, paid_on, 0.0, 0.0, group, scale, calendar, money)
    return refused


def _known_day(span: Span, practice: Practice, day: int) -> date:
    """Give the day whose practice is applied: practice of after the knowledge date is not known yet."""
    return min(span.day(day), practice.known_on)


def _administrative_scale(span: Span, practice: Practice) -> Amounts:
    """Give what is owed after so many days of administrative penalty; empty where that penalty does not apply."""
    day = _known_day(span, practice, 0)
    applies, _ = administrative_penalty_applies(
        practice.law, _TYPE_OF_FAMILY, notice_received_on=day, known_on=practice.known_on, reading=practice.reading
    )
    if not applies:
        return _NO_SCALE
    return administrative_scale(practice.law, day, known_on=practice.known_on).astype(np.float64)


@inlined
def _accrue(
    start: int,
    decided: int,
    stop: int,
    paid_on: int,
    per_day: float,
    maximum: float,
    group: int,
    scale: Amounts,
    calendar: Calendar,
    money: _Money,
) -> None:
    """Add per month what accrues between start and stop, and what is paid some time after the stop.

    What accrued before the first simulated day does not count, but it is paid with the rest. `scale` is the amount owed
    after so many days; without one the amounts of the case's own judgment hold.
    """
    days = len(calendar.month_of_day)
    # The day of the decision itself is no day in default.
    last = decided - 1 - start
    before = _owed(min(OPENING - start, last), per_day, maximum, scale)
    day = max(start, 0)
    while day <= stop and day < days:
        month = calendar.month_of_day[index(day)]
        month_end = int(calendar.month_end[month])
        owed = _owed(min(month_end - start, last), per_day, maximum, scale)
        money.accrued[month, group] += owed - before
        before, day = owed, month_end + 1
    if 0 <= paid_on < days:
        money.paid[calendar.month_of_day[index(paid_on)], group] += _owed(last, per_day, maximum, scale)


@inlined
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
