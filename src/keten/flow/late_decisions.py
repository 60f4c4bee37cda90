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
from keten.deadlines.practice import court_penalties, court_terms
from keten.domain.words import Reading
from keten.flow.compiled import compiled, index, inlined
from keten.flow.courts import PHASES, UNKNOWN, Courts, court_penalty, court_weeks, lay_out_courts
from keten.flow.draws import drawn, triangular
from keten.flow.kernel import NEVER, OPENING, Calendar, Judgments, Run, Workload
from keten.flow.network import TRACK_GROUPS, Choose, Network, Span
from keten.flow.penalty_rules import (
    PenaltyRules,
    days_to_maximum,
    judicial_amount,
    lay_out_penalties,
    penalty_days,
    penalty_last_day,
)
from keten.flow.queues import NOBODY
from keten.parameters.late_decisions import LateDecisions
from keten.parameters.values import Quantity

Days = NDArray[np.int32]
Amounts = NDArray[np.float64]
_FAMILY = TRACK_GROUPS.index("family_reunification")
_NAMES = tuple(name for name in TRACK_GROUPS if name != "none")
_COUNTED = len(_NAMES)
"""Groups of tracks from here on are not counted: for those no deadline runs."""
_NO_SCALE = np.zeros(0)
_NO_PRACTICE = -NEVER - 1
"""End of a term of which it is not known how long courts made it."""
_PURPOSES = 2**50
"""First purpose of the draws of this clock; far above those of the flow (see `keten.flow.draws.purpose_code`)."""
_NOTICE_DELAY, _NOTICE, _APPEAL_DELAY, _APPEAL, _COURT_DELAY, _TERM, PENALTY, _PAYMENT_DELAY = range(
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

    @cached_property
    def penalties(self) -> PenaltyRules:
        """What a late decision costs, as believed on the knowledge date."""
        return lay_out_penalties(self.law, self.known_on, self.reading)


class Schedule(NamedTuple):
    """What will follow if a case is still undecided when the day comes; `NEVER` for a step that never comes.

    One element per case for which a notice would come before the horizon; `case` is its number in the workload,
    `grace` the last day of the two weeks after the notice, `term_end` that of the term that a court would set. The
    schedule does not depend on the flow: whether a step really comes is a matter of being undecided on its day.
    """

    case: Days
    group: Days
    notice: Days
    grace: Days
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
        practice.penalties,
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
    rules: PenaltyRules,
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
        grace = int(rules.notice_ends[_day_of_rules(rules, first_day + notice)]) + rules.first_day - first_day
        appeal = judgment = term_end = NEVER
        if drawn(case.luck, np.uint64(_APPEAL)) < chances.appeal_share:
            lodged = grace + 1 + _draw_days(case.luck, _APPEAL_DELAY, chances.appeal_delay)
            if chances.first_appeal <= lodged < NEVER:
                appeal = lodged
                judgment = min(appeal + _draw_days(case.luck, _COURT_DELAY, chances.court_delay), NEVER)
                if judgment < days:
                    draw = drawn(case.luck, np.uint64(_TERM))
                    weeks = court_weeks(courts, int(group == _FAMILY), first_day + judgment, draw)
                    term_end = min(judgment + 7 * weeks, NEVER) if weeks != UNKNOWN else _NO_PRACTICE
        steps.case[row], steps.group[row], steps.notice[row], steps.grace[row] = number, group, notice, grace
        steps.appeal[row], steps.judgment[row], steps.term_end[row] = appeal, judgment, term_end
        row += 1
    return row


@inlined
def _day_of_rules(rules: PenaltyRules, day: int) -> np.uint32:
    """Give the place of a day (ordinal) in the tables of the rules; a day outside them has the rules of the nearest."""
    return index(min(max(day - rules.first_day, 0), len(rules.notice_ends) - 1))


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


class Money(NamedTuple):
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
    steps, money = settle(span, calendar, run.cases, schedule, practice)
    months = len(calendar.month_end)
    return pl.DataFrame(
        {
            "replication": np.full(months * len(_NAMES), replication, dtype=np.int32),
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


def settle(
    span: Span, calendar: Calendar, cases: NDArray[np.void], schedule: Schedule, practice: Practice
) -> tuple[NDArray[np.int64], Money]:
    """Count what came of a schedule, per month and group of tracks: notices, appeals and judgments, and the money.

    Raises
    ------
    UsageError
        When a court judged on a day of which no practice is known.
    """
    months, groups = len(calendar.month_end), len(_NAMES)
    steps = np.zeros((3, months, groups), dtype=np.int64)
    money = Money(np.zeros((months, groups)), np.zeros((months, groups)))
    delay, first_day = _bounds(practice.parameters.payment_delay), span.day(0).toordinal()
    rules = practice.penalties
    stops = rules.stops + (rules.first_day - first_day)
    refused = _settle(
        cases, schedule, calendar, practice.courts, rules, stops, first_day, _NO_SCALE, delay, steps, money
    )
    if refused != NOBODY:
        court_penalties(practice.law, "first", span.day(int(schedule.judgment[refused])))  # says what is missing
    return steps, money


@compiled
def _settle(
    cases: NDArray[np.void],
    schedule: Schedule,
    calendar: Calendar,
    courts: Courts,
    rules: PenaltyRules,
    stops: NDArray[np.int64],
    first_day: int,
    no_scale: Amounts,
    payment_delay: Amounts,
    steps: NDArray[np.int64],
    money: Money,
) -> int:
    """Keep what really came of a schedule: the steps on whose day the case was undecided, and what is owed for them.

    The judicial penalty accrues per day after the court's term to the decision or the maximum; the administrative one,
    where the law knows it, by its scale after the two weeks that follow the notice. Returns the first row of whose
    judgment no practice is known, or `NOBODY`.
    """
    refused, days = NOBODY, len(calendar.month_of_day)
    for row in range(len(schedule.case)):
        case, group = cases[index(schedule.case[row])], index(schedule.group[row])
        notice, judgment, decided = int(schedule.notice[row]), int(schedule.judgment[row]), int(case.decided)
        for step, day in enumerate((notice, int(schedule.appeal[row]), judgment)):
            if 0 <= day < min(decided, days):
                steps[step, calendar.month_of_day[day], group] += 1
        kind = index(group == _FAMILY)
        start = int(schedule.term_end[row])
        if judgment < decided and start < decided:
            draw = drawn(case.luck, np.uint64(PENALTY))
            per_day, maximum = court_penalty(courts, first_day + judgment, draw)
            if per_day == UNKNOWN and refused == NOBODY:
                refused = row
            last = penalty_last_day(start, days_to_maximum(per_day, maximum), stops[kind])
            paid_on = min(decided, last) + _draw_days(case.luck, _PAYMENT_DELAY, payment_delay)
            _accrue(start, decided, paid_on, per_day, maximum, group, no_scale, stops[kind], calendar, money)
        scale = rules.scales[rules.scale_of[kind, _day_of_rules(rules, first_day + notice)]]
        start = int(schedule.grace[row])
        if scale[-1] > 0.0 and start < decided:
            last = penalty_last_day(start, len(scale) - 1, stops[kind])
            paid_on = min(decided, last) + _draw_days(case.luck, _PAYMENT_DELAY, payment_delay)
            _accrue(start, decided, paid_on, 0.0, 0.0, group, scale, stops[kind], calendar, money)
    return refused


@inlined
def _accrue(
    start: int,
    decided: int,
    paid_on: int,
    per_day: float,
    maximum: float,
    group: int,
    scale: Amounts,
    stops: NDArray[np.int64],
    calendar: Calendar,
    money: Money,
) -> None:
    """Add per month what accrues after the last day in time to the decision, and what is paid some time after it stops.

    The day of the decision counts (see `keten.deadlines.amounts.days_of_penalty`). What accrued before the first
    simulated day does not count, but it is paid with the rest. `scale` is the amount owed after so many days; without
    one the amounts of the case's own judgment hold.
    """
    days = len(calendar.month_of_day)
    whole = _owed(penalty_days(start, decided, stops), per_day, maximum, scale)
    before = _owed(penalty_days(start, min(OPENING, decided), stops), per_day, maximum, scale)
    day = max(start + 1, 0)
    while before < whole and day <= decided and day < days:
        month = calendar.month_of_day[index(day)]
        month_end = int(calendar.month_end[month])
        owed = _owed(penalty_days(start, min(month_end, decided), stops), per_day, maximum, scale)
        money.accrued[month, group] += owed - before
        before, day = owed, month_end + 1
    if 0 <= paid_on < days:
        money.paid[calendar.month_of_day[index(paid_on)], group] += whole


@inlined
def _owed(days: int, per_day: float, maximum: float, scale: Amounts) -> float:
    """Amount (eur) owed after so many days of the penalty."""
    if len(scale):
        return scale[min(days, len(scale) - 1)]
    return judicial_amount(days, per_day, maximum)


def _overdue(network: Network, run: Run) -> NDArray[np.int64]:
    """Sum the overdue cases at each month end over stages, per track."""
    per_class = np.cumsum(run.counts.overdue_change[:-1], axis=0).sum(axis=1)
    totals = np.zeros((per_class.shape[0], len(TRACK_GROUPS)), dtype=np.int64)
    np.add.at(totals.T, network.track_group, per_class.T)
    return totals[:, : len(_NAMES)]
