# SPDX-License-Identifier: EUPL-1.2
"""Case by case, day by day: the compiled heart of the simulation.

Order within a day, which the reference engine of the tests follows to the letter:

1. cases that arrive today enter their first stage, in order of case number;
2. cases whose waiting ends today leave, in the order in which their wait was set, and enter their next stage; a case
   whose planning horizon ends joins its queue;
3. cases for which a court sets a term today go to the front of their queue, where the queue rule says so;
4. undecided cases whose applicant withdraws today leave the chain from wherever they stand;
5. each resource, in table order, works on its queues; cases it finishes leave their stage, and
6. when all have worked, those cases enter their next stage, in the order in which they were finished.

So work that arrives today can be done today, and work that was finished today is at the next desk tomorrow. Hours that
a case needs beyond today's hours are a debt on the hours of the days that follow. Nothing scans all cases: work is done
only where a case moves, and what merely lasts (being overdue) is written once, when it ends, into a difference array.

A case is one record of 32 bytes (`CASE`), half a cache line: whoever moves a case touches one place in memory, not one
per property.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keten.flow.compiled import compiled, index, inlined
from keten.flow.draws import (
    PURPOSE_DELAY,
    PURPOSE_ELAPSED,
    PURPOSE_NO_SHOW,
    PURPOSE_ORDER,
    PURPOSE_ROUTE,
    drawn,
    purpose_code,
    triangular,
)
from keten.flow.network import TRACK_GROUPS, WAIT, Network
from keten.flow.queues import LINKS, NO_DAY, NO_QUEUE, NOBODY, Queues, empty_queues, first_day, push, remove

OPENING = -1
NEVER = 2**15 - 1
"""A day that does not come. Days are kept in 16 bits, so a span and the past it needs fit in ninety years."""
CASE = np.dtype(
    [
        ("luck", np.uint64),
        *LINKS,
        ("lodged", np.int16),
        ("deadline", np.int16),
        ("term_end", np.int16),
        ("entered", np.int16),
        ("planned", np.int16),
        ("decided", np.int16),
        ("turn", np.int16),
        ("stage", np.uint8),
        ("case_class", np.uint8),
    ]
)
"""What is known of a case. Days count from the first simulated day and may be negative.

All draws of a case follow from its `luck` (see `keten.flow.draws.luck_of`), which it keeps when other cases come or go.
`lodged` and `deadline` are given; `term_end` is the last day of the term of a court, from the day of the judgment on;
`entered` is the day on which the case came into its `stage`; from `planned` on it can be worked on; `decided` is the
day of the decision. `turn` counts how often the case came back. `NEVER` for a day that is not there. `stage` and
`case_class` have no sign, as everything that serves to look something up (see `keten.flow.compiled.index`).
"""
EVENT_ENTER, EVENT_LEAVE = 0, 1
LOTS = 256
"""Number of places that a lot can give; who draws the same lot goes in order of arrival."""
LONGEST_TERM = 400
"""Days that the term of a court may run beyond the horizon and still be told apart."""
NEGLIGIBLE = 1e-9
"""Hours too few to begin a case in; a share of the hours such as 0.3 * 80 leaves a rounding error of that order."""
_RANK = 2**32
"""More than any order day: a turn is a rank times this, and an order day."""
_NO_TURN = 2**62
"""The turn of a service with nobody to serve."""
_EVERYONE, _OVERDUE, _NOT_OVERDUE = 0, 1, 2


class Workload(NamedTuple):
    """The cases of one run, opening stock first and then by day of arrival; a run moves them, so they serve once.

    `cases` are records (see `CASE`), `first` the number of the first case that arrives on each day, one element more
    than there are days. Cases before `first[0]` are there at the start. No case is lodged or has its deadline before
    the day `earliest` (never after day 0), and none that has a deadline has it after the day `latest`.
    """

    cases: NDArray[np.void]
    first: NDArray[np.int64]
    earliest: int
    latest: int


class Judgments(NamedTuple):
    """On which day a court sets a term for which case, and the last day of that term; in order of day."""

    case: NDArray[np.int32]
    day: NDArray[np.int32]
    term_end: NDArray[np.int32]


class Withdrawals(NamedTuple):
    """On which day an applicant would withdraw if the case is still undecided; in order of day."""

    case: NDArray[np.int32]
    day: NDArray[np.int32]


class Calendar(NamedTuple):
    """Which month each day falls in, and the last day of each month (both as numbers)."""

    month_of_day: NDArray[np.uint16]
    month_end: NDArray[np.int32]


class Counts(NamedTuple):
    """What is counted: the opening stock, and per month cases in and out, overdue (as differences), decisions, hours.

    `undecided_change` has by how much the undecided cases changed, at the start (row 0) and in each month, per group of
    tracks and per week of lodging, counted from the origin of the run. `decisions` has per month and group of tracks
    how many were taken, how many of them in time, their days since lodging added up, and how many were grants.
    `appointments` has per month and stage how often a case was taken up, and how often the applicant was missed;
    `hours_lost` the hours that the missed ones cost.
    """

    opening: NDArray[np.int32]
    opening_overdue: NDArray[np.int32]
    inflow: NDArray[np.int32]
    outflow: NDArray[np.int32]
    overdue_change: NDArray[np.int32]
    undecided_change: NDArray[np.int32]
    decisions: NDArray[np.int64]
    appointments: NDArray[np.int64]
    hours_used: NDArray[np.float64]
    hours_asked: NDArray[np.float64]
    hours_lost: NDArray[np.float64]


class Events(NamedTuple):
    """A log of moves, as long as there is room; `size[0]` is how many there were."""

    case: NDArray[np.int32]
    case_class: NDArray[np.int16]
    kind: NDArray[np.int8]
    stage: NDArray[np.int16]
    day: NDArray[np.int32]
    size: NDArray[np.int64]


class Run(NamedTuple):
    """Everything one replication leaves behind: the cases where they ended, the counts, and the log of moves.

    `origin` is the earliest day of which the run knows; weeks of lodging count from there.
    """

    cases: NDArray[np.void]
    counts: Counts
    events: Events
    origin: int


class _Worked(NamedTuple):
    """The cases on which work was done today, and whether the applicant was missed."""

    case: NDArray[np.int32]
    missed: NDArray[np.bool_]
    size: NDArray[np.int64]


class _World(NamedTuple):
    """All that the functions of a day work on; `turns` is room to write down whose turn it is, per service."""

    network: Network
    cases: NDArray[np.void]
    calendar: Calendar
    queues: Queues
    waiting: Queues
    turns: NDArray[np.int64]
    counts: Counts
    events: Events
    origin: int
    order_days: int
    court_days: int


class _Today(NamedTuple):
    """A day, and the numbers of the month and the epoch in which it lies."""

    day: int
    month: np.uint32
    epoch: np.uint32


def no_events() -> Events:
    """Keep no log."""
    return room_for_events(0)


def room_for_events(size: int) -> Events:
    """Make room for a log of `size` moves."""
    return Events(
        case=np.zeros(size, dtype=np.int32),
        case_class=np.zeros(size, dtype=np.int16),
        kind=np.zeros(size, dtype=np.int8),
        stage=np.zeros(size, dtype=np.int16),
        day=np.zeros(size, dtype=np.int32),
        size=np.zeros(1, dtype=np.int64),
    )


def no_judgments() -> Judgments:
    """No court sets a term."""
    return Judgments(*(np.zeros(0, dtype=np.int32) for _ in Judgments._fields))


def no_withdrawals() -> Withdrawals:
    """Nobody withdraws while waiting."""
    return Withdrawals(*(np.zeros(0, dtype=np.int32) for _ in Withdrawals._fields))


def run(
    network: Network,
    workload: Workload,
    capacity: NDArray[np.float64],
    calendar: Calendar,
    *,
    judgments: Judgments | None = None,
    withdrawals: Withdrawals | None = None,
    events: Events | None = None,
) -> Run:
    """Send every case through the chain and count; the cases of the workload are moved in place.

    Parameters
    ----------
    capacity
        Hours (or persons) per resource and day.
    judgments, withdrawals
        What happens to a case from outside on a day, as long as it is undecided; nothing by default.
    events
        Room for a log of moves; none by default.
    """
    cases, days = workload.cases, capacity.shape[1]
    origin = workload.earliest
    order_days = max(max(days, workload.latest) - origin + 2, LOTS)
    # The days of the courts' terms come before all other order days, so a court's term always goes first.
    court_days = days + LONGEST_TERM if network.court_first.any() else 0
    world = _World(
        network=network,
        cases=cases,
        calendar=calendar,
        queues=empty_queues(max(1, len(network.queue_order)), court_days + order_days),
        waiting=empty_queues(1, days + 1),
        turns=np.empty(len(network.service_queue), dtype=np.int64),
        counts=_nothing_counted(network, len(calendar.month_end), len(capacity), weeks=(days - origin) // 7 + 1),
        events=events or no_events(),
        origin=origin,
        order_days=order_days,
        court_days=court_days,
    )
    worked = _Worked(
        case=np.empty(len(cases), dtype=np.int32),
        missed=np.empty(len(cases), dtype=np.bool_),
        size=np.zeros(1, dtype=np.int64),
    )
    outside = judgments or no_judgments(), withdrawals or no_withdrawals()
    _run_days(world, workload.first, *outside, capacity, np.zeros(len(capacity)), worked)
    return Run(world.cases, world.counts, world.events, origin)


def _nothing_counted(network: Network, months: int, resources: int, *, weeks: int) -> Counts:
    stages, classes = network.queue_of.shape
    return Counts(
        opening=np.zeros((stages, classes), dtype=np.int32),
        opening_overdue=np.zeros((stages, classes), dtype=np.int32),
        inflow=np.zeros((months, stages, classes), dtype=np.int32),
        outflow=np.zeros((months, stages, classes), dtype=np.int32),
        overdue_change=np.zeros((months + 1, stages, classes), dtype=np.int32),
        undecided_change=np.zeros((months + 1, len(TRACK_GROUPS), weeks), dtype=np.int32),
        decisions=np.zeros((months, len(TRACK_GROUPS), 4), dtype=np.int64),
        appointments=np.zeros((months, stages, 2), dtype=np.int64),
        hours_used=np.zeros((months, resources)),
        hours_asked=np.zeros((months, resources)),
        hours_lost=np.zeros((months, resources)),
    )


@compiled
def _run_days(
    world: _World,
    first: NDArray[np.int64],
    judgments: Judgments,
    withdrawals: Withdrawals,
    capacity: NDArray[np.float64],
    debt: NDArray[np.float64],
    worked: _Worked,
) -> None:
    resources, days = capacity.shape
    known, withdrawn = _tell_of_judgments(world, judgments, 0, OPENING), 0
    opening = _Today(OPENING, index(0), index(0))
    for number in range(first[0]):
        _count_opening(world, index(number), opening)
        _stay(world, index(number), opening)
    for day in range(days):
        today = _Today(day, index(_month(world, day)), index(world.network.epoch_of_day[index(day)]))
        ordered, known = known, _tell_of_judgments(world, judgments, known, day)
        for number in range(first[day], first[day + 1]):
            _count_arrival(world, index(number), today)
            _enter(world, index(number), today)
        _end_waits(world, today)
        for position in range(ordered, known):
            _put_in_front(world, index(judgments.case[position]), today)
        while withdrawn < len(withdrawals.case) and withdrawals.day[withdrawn] == day:
            _withdraw(world, index(withdrawals.case[withdrawn]), today)
            withdrawn += 1
        worked.size[0] = 0
        for resource in range(resources):
            _work(world, resource, today, capacity[resource, day], debt, worked)
        _hand_over(world, worked, today)
    for number in range(first[days]):
        _write_overdue(world, index(number), len(world.calendar.month_end))


@inlined
def _month(world: _World, day: int) -> int:
    return world.calendar.month_of_day[index(day)]


@inlined
def _tell_of_judgments(world: _World, judgments: Judgments, position: int, day: int) -> int:
    """Write the terms that courts have set up to a day in the cases; returns where the later judgments start."""
    while position < len(judgments.case) and judgments.day[position] <= day:
        world.cases[judgments.case[position]].term_end = judgments.term_end[position]
        position += 1
    return position


@inlined
def _hand_over(world: _World, worked: _Worked, today: _Today) -> None:
    """Bring the cases of today to the next stage, or back to their queue when the applicant was missed."""
    for position in range(worked.size[0]):
        number = index(worked.case[position])
        if worked.missed[position]:
            _stay(world, number, today)
        else:
            _enter(world, number, today)


@inlined
def _count_opening(world: _World, number: int, opening: _Today) -> None:
    """Count a case of the opening stock, and whether its deadline had passed before the reference date."""
    case = world.cases[number]
    case.entered = OPENING
    world.counts.opening[case.stage, case.case_class] += 1
    if world.network.undecided[case.stage]:
        _count_undecided(world, case.lodged, case.case_class, opening, 1)
        if case.deadline < OPENING:
            world.counts.opening_overdue[case.stage, case.case_class] += 1


@inlined
def _count_arrival(world: _World, number: int, today: _Today) -> None:
    """Count a case that arrives among those that wait for a decision."""
    case = world.cases[number]
    if world.network.undecided[case.stage]:
        _count_undecided(world, case.lodged, case.case_class, today, 1)


@inlined
def _enter(world: _World, number: int, today: _Today) -> None:
    """Count a case into its stage and give it its place there."""
    case = world.cases[number]
    stage, case_class = case.stage, case.case_class
    case.entered = today.day
    world.counts.inflow[today.month, stage, case_class] += 1
    queue = world.network.queue_of[stage, case_class]
    if queue != NO_QUEUE:
        resource = world.network.queue_resource[queue]
        world.counts.hours_asked[today.month, resource] += world.network.queue_effort[today.epoch, queue]
    _log(world, number, EVENT_ENTER, today)
    _take_place(world, number, stage, queue, today)


@inlined
def _stay(world: _World, number: int, today: _Today) -> None:
    """Give a case a place in the stage in which it already is."""
    case = world.cases[number]
    _take_place(world, number, case.stage, world.network.queue_of[case.stage, case.case_class], today)


@inlined
def _take_place(world: _World, number: int, stage: int, queue: int, today: _Today) -> None:
    """Stand in the queue of a work stage, or start the wait of a wait stage; from an exit nobody leaves."""
    case, network = world.cases[number], world.network
    if queue != NO_QUEUE:
        horizon = network.queue_horizon[queue]
        if horizon == 0:
            case.planned = today.day
            _join(world, number, queue)
        else:
            _wait_until(world, number, today.day + horizon)
    elif network.kind[stage] == WAIT:
        _wait_until(world, number, today.day + _wait(world, number, today))


@inlined
def _wait_until(world: _World, number: int, day: int) -> None:
    """Wait until a day; who waits beyond the horizon stands nowhere."""
    world.cases[number].planned = min(day, NEVER)
    if day < len(world.calendar.month_of_day):
        push(world.waiting, world.cases, 0, day, number)


@inlined
def _join(world: _World, number: int, queue: int) -> None:
    push(world.queues, world.cases, queue, _place(world, number, queue), number)


@inlined
def _place(world: _World, number: int, queue: int) -> int:
    """Give the place in a queue: among the courts' terms when a court has set one, else where the rule says."""
    if _is_ordered(world, number, queue):
        return max(0, min(int(world.cases[number].term_end), world.court_days - 1))
    return _order_day(world, number, queue)


@inlined
def _is_ordered(world: _World, number: int, queue: int) -> bool:
    case = world.cases[number]
    return world.network.court_first[queue] and case.term_end != NEVER and world.network.undecided[case.stage]


@inlined
def _put_in_front(world: _World, number: int, today: _Today) -> None:
    """Move a case to the courts' terms on the day of the judgment, when it stands in a queue that heeds them.

    Who joined the queue today knows of the judgment already; who is planned for later will know when it joins.
    """
    case = world.cases[number]
    queue = world.network.queue_of[case.stage, case.case_class]
    if queue == NO_QUEUE or case.planned >= today.day or not _is_ordered(world, number, queue):
        return
    remove(world.queues, world.cases, queue, _order_day(world, number, queue), number)
    _join(world, number, queue)


@inlined
def _withdraw(world: _World, number: int, today: _Today) -> None:
    """Let an undecided case leave the chain from the queue or the wait in which it stands."""
    case, network = world.cases[number], world.network
    if not network.undecided[case.stage]:
        return
    queue = network.queue_of[case.stage, case.case_class]
    if queue != NO_QUEUE and case.planned <= today.day:
        remove(world.queues, world.cases, queue, _place(world, number, queue), number)
    elif case.planned < len(world.calendar.month_of_day):
        remove(world.waiting, world.cases, 0, int(case.planned), number)
    _count_out(world, number, today)
    _count_undecided(world, case.lodged, case.case_class, today, -1)
    case.decided = today.day
    case.stage = network.withdrawn_stage
    _enter(world, number, today)


@inlined
def _order_day(world: _World, number: int, queue: int) -> int:
    case = world.cases[number]
    order = world.network.queue_order[queue]
    day = int(case.entered)
    if order == 0:
        day = int(case.lodged)
    elif order == 1:
        day = int(case.deadline)
    elif order == 3:
        day = world.origin + _lot(world, number)
    return world.court_days + max(0, min(day - world.origin, world.order_days - 1))


@inlined
def _draw(world: _World, number: int, purpose: int) -> float:
    """Draw for a case at its stage, this turn."""
    case = world.cases[number]
    return drawn(case.luck, purpose_code(int(case.stage), int(case.turn), purpose))


@inlined
def _lot(world: _World, number: int) -> int:
    """Draw one of the lots, once per stage and turn: an order that nobody can foresee."""
    return int(_draw(world, number, PURPOSE_ORDER) * LOTS)


@inlined
def _wait(world: _World, number: int, today: _Today) -> int:
    """Draw how many days a case waits; of an opening case a uniform part of its wait has passed."""
    low, mode, high = world.network.delay[today.epoch, world.cases[number].stage]
    length = triangular(_draw(world, number, PURPOSE_DELAY), low, mode, high)
    if today.day == OPENING:
        length *= _draw(world, number, PURPOSE_ELAPSED)
    return max(1, int(np.floor(length + 0.5)))


@inlined
def _end_waits(world: _World, today: _Today) -> None:
    while True:
        first = world.waiting.ends[0, index(today.day), 0]
        if first == NOBODY:
            return
        number = index(first)
        remove(world.waiting, world.cases, 0, today.day, number)
        case = world.cases[number]
        queue = world.network.queue_of[case.stage, case.case_class]
        if queue != NO_QUEUE:
            _join(world, number, queue)
        else:
            _leave(world, number, today)
            _enter(world, number, today)


@inlined
def _work(
    world: _World, resource: int, today: _Today, hours: float, debt: NDArray[np.float64], worked: _Worked
) -> None:
    """Let a resource spend the hours of a day, after paying its debt of hours."""
    if hours <= 0.0:
        return
    left = hours - debt[resource]
    if left > 0.0:
        share = world.network.overdue_share[resource]
        if share < 0.0:
            left = _serve(world, resource, today, left, _EVERYONE, worked)
        else:
            others = (1.0 - share) * left
            left = _serve(world, resource, today, share * left, _OVERDUE, worked)
            left = _serve(world, resource, today, left + others, _NOT_OVERDUE, worked)
            left = _serve(world, resource, today, left, _OVERDUE, worked)
    debt[resource] = max(0.0, -left)
    world.counts.hours_used[today.month, resource] += hours - max(0.0, left)


@inlined
def _serve(world: _World, resource: int, today: _Today, left: float, who: int, worked: _Worked) -> float:
    """Take up cases while hours are left; returns the hours that remain, negative when the last case ran over."""
    start, end = index(world.network.service_start[resource]), index(world.network.service_start[resource + 1])
    if left <= NEGLIGIBLE or start == end:
        return left
    for service in range(start, end):
        world.turns[index(service)] = _turn(world, index(service), today, who)
    while left > NEGLIGIBLE:
        service = _next_service(world.turns, start, end)
        turn = world.turns[service]
        if turn == _NO_TURN:
            return left
        left = _serve_bucket(world, service, int(turn % _RANK), today, left, worked)
        # Services of a resource never share a queue, and who is served joins none before the end of the day: so no
        # other turn has changed.
        world.turns[service] = _turn(world, service, today, who)
    return left


@inlined
def _serve_bucket(world: _World, service: int, order_day: int, today: _Today, left: float, worked: _Worked) -> float:
    """Take up the cases of one bucket while hours are left; nothing comes before a bucket that was chosen."""
    network = world.network
    queue, effort = network.service_queue[service], network.service_effort[today.epoch, service]
    before, first = worked.size[0], world.queues.ends[queue, index(order_day), 0]
    stage = world.cases[index(first)].stage  # of all who stand in one queue
    while first != NOBODY and left > NEGLIGIBLE:
        number = index(first)
        remove(world.queues, world.cases, queue, order_day, number)
        left -= effort
        missed = _is_missed(world, number, network.no_show[today.epoch, stage])
        if missed:
            world.counts.appointments[today.month, stage, 1] += 1
            world.counts.hours_lost[today.month, network.service_resource[service]] += effort
        else:
            _leave(world, number, today)
        worked.case[worked.size[0]] = number
        worked.missed[worked.size[0]] = missed
        worked.size[0] += 1
        first = world.queues.ends[queue, index(order_day), 0]
    world.counts.appointments[today.month, stage, 0] += worked.size[0] - before
    return left


@inlined
def _turn(world: _World, service: int, today: _Today, who: int) -> int:
    """Give the turn of a service as one number, the lowest first: a court's term, then rank, then order day."""
    network = world.network
    queue = network.service_queue[service]
    now = world.court_days + max(0, today.day - world.origin)
    order_day = first_day(world.queues, queue, now if who == _NOT_OVERDUE else 0)
    if order_day == NO_DAY or (who == _OVERDUE and order_day >= now):
        return _NO_TURN
    if order_day < world.court_days:
        return order_day
    return _RANK * (1 + int(network.queue_rank[queue])) + order_day


@inlined
def _next_service(turns: NDArray[np.int64], start: int, end: int) -> np.uint32:
    """Find whose turn comes first; with the same turn, who comes first in the table."""
    first = start
    for service in range(start, end):
        if turns[index(service)] < turns[index(first)]:
            first = service
    return index(first)


@inlined
def _is_missed(world: _World, number: int, share: float) -> bool:
    """Decide whether the applicant does not appear; then the hours are lost and the case keeps its place."""
    case = world.cases[number]
    if share <= 0.0 or _draw(world, number, PURPOSE_NO_SHOW) >= share:
        return False
    case.turn += 1
    return True


@inlined
def _leave(world: _World, number: int, today: _Today) -> None:
    """Count a case out of its stage and choose its route; it stands at the door of the next stage."""
    case, network = world.cases[number], world.network
    stage, case_class = case.stage, case.case_class
    _count_out(world, number, today)
    route = index(_route(world, number, index(stage * network.queue_of.shape[1] + case_class), today))
    following, following_class = network.route_stage[route], network.route_class[route]
    if following_class == NOBODY:
        following_class = case_class
    if network.undecided[stage]:
        _count_undecided(world, case.lodged, case_class, today, -1)
        if not network.undecided[following]:
            case.decided = today.day
            if network.route_decides[route]:
                _count_decision(world, number, today, network.route_grants[route])
    # Coming back to an earlier stage starts a new turn: the same question then gets another draw.
    if following <= stage:
        case.turn += 1
    case.stage, case.case_class = following, following_class
    if network.undecided[following]:
        _count_undecided(world, case.lodged, following_class, today, 1)


@inlined
def _count_undecided(world: _World, lodged: int, case_class: int, today: _Today, change: int) -> None:
    """Count a case among those that wait for a decision, by track and week of lodging, or no longer."""
    row = index(0) if today.day == OPENING else today.month + index(1)
    week = index(lodged - world.origin) // index(7)
    world.counts.undecided_change[row, world.network.track_group[index(case_class)], week] += change


@inlined
def _count_out(world: _World, number: int, today: _Today) -> None:
    """Count a case out of its stage."""
    case = world.cases[number]
    world.counts.outflow[today.month, case.stage, case.case_class] += 1
    _write_overdue(world, number, today.month)
    _log(world, number, EVENT_LEAVE, today)


@inlined
def _route(world: _World, number: int, place: int, today: _Today) -> int:
    network = world.network
    route = network.route_start[place]
    if network.route_start[place + 1] - route == 1:
        return route
    draw = _draw(world, number, PURPOSE_ROUTE)
    while draw >= network.route_until[today.epoch, index(route)]:
        route += 1
    return route


@inlined
def _count_decision(world: _World, number: int, today: _Today, granted: bool) -> None:
    case, decisions = world.cases[number], world.counts.decisions
    group = world.network.track_group[case.case_class]
    decisions[today.month, group, 0] += 1
    decisions[today.month, group, 1] += today.day <= case.deadline
    decisions[today.month, group, 2] += today.day - case.lodged
    decisions[today.month, group, 3] += granted


@inlined
def _write_overdue(world: _World, number: int, until_month: int) -> None:
    """Write the months at whose end the case was in its stage, undecided, with its deadline passed."""
    case = world.cases[number]
    if not world.network.undecided[case.stage] or case.deadline == NEVER:
        return
    month = index(_first_month_end_after(world, max(int(case.deadline), int(case.entered) - 1)))
    if month < until_month:
        world.counts.overdue_change[month, case.stage, case.case_class] += 1
        world.counts.overdue_change[index(until_month), case.stage, case.case_class] -= 1


@inlined
def _first_month_end_after(world: _World, day: int) -> int:
    """Find the first month whose last day lies after `day`."""
    calendar = world.calendar
    if day < 0:
        return 0
    if day >= len(calendar.month_of_day):
        return len(calendar.month_end)
    month = _month(world, day)
    return month if calendar.month_end[index(month)] > day else month + 1


@inlined
def _log(world: _World, number: int, kind: int, today: _Today) -> None:
    events, case = world.events, world.cases[number]
    if len(events.case) == 0:
        return
    position = events.size[0]
    events.size[0] += 1
    if position < len(events.case):
        events.case[position] = number
        events.case_class[position] = case.case_class
        events.kind[position] = kind
        events.stage[position] = case.stage
        events.day[position] = today.day
