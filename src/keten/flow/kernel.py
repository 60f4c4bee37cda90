# SPDX-License-Identifier: EUPL-1.2
"""Case by case, day by day: the compiled heart of the simulation.

Order within a day, which the reference engine of the tests follows to the letter:

1. cases that arrive today enter their first stage, in order of case number;
2. cases whose waiting ends today leave, in the order in which their wait was set, and enter their next stage; a case
   whose planning horizon ends joins its queue;
3. cases for which a court sets a term today go to the front of their queue, where the queue rule says so;
4. each resource, in table order, works on its queues; cases it finishes leave their stage, and
5. when all have worked, those cases enter their next stage, in the order in which they were finished.

So work that arrives today can be done today, and work that was finished today is at the next desk tomorrow. Hours that
a case needs beyond today's hours are a debt on the hours of the days that follow. Nothing scans all cases: work is done
only where a case moves, and what merely lasts (being overdue) is written once, when it ends, into a difference array.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keten.flow.compiled import compiled
from keten.flow.draws import (
    PURPOSE_DELAY,
    PURPOSE_ELAPSED,
    PURPOSE_NO_SHOW,
    PURPOSE_ORDER,
    PURPOSE_ROUTE,
    purpose_code,
    triangular,
    uniform,
)
from keten.flow.network import TRACK_GROUPS, WAIT, Network
from keten.flow.queues import NO_DAY, NOBODY, Queues, empty_queues, first_day, push, remove, waits_beside

OPENING = -1
NO_DEADLINE = 2**30
EVENT_ENTER, EVENT_LEAVE = 0, 1
LOTS = 256
"""Number of places that a lot can give; who draws the same lot goes in order of arrival."""
LONGEST_TERM = 400
"""Days that the term of a court may run beyond the horizon and still be told apart."""
NEGLIGIBLE = 1e-9
"""Hours too few to begin a case in; a share of the hours such as 0.3 * 80 leaves a rounding error of that order."""
_EVERYONE, _OVERDUE, _NOT_OVERDUE = 0, 1, 2


class Workload(NamedTuple):
    """The cases of one run, sorted by arrival; days count from the first simulated day.

    `arrival` is `OPENING` for cases that are there at the start; `lodged` and `deadline` may be negative;
    `identity` keys the draws, so a case keeps its luck when other cases come or go. `judged` is the day on which a
    court would set a term if the case is still undecided, `term_end` the last day of it; `NO_DEADLINE` for never.
    """

    case_class: NDArray[np.int16]
    stage: NDArray[np.int16]
    arrival: NDArray[np.int32]
    lodged: NDArray[np.int32]
    deadline: NDArray[np.int32]
    identity: NDArray[np.int64]
    judged: NDArray[np.int32]
    term_end: NDArray[np.int32]


class Calendar(NamedTuple):
    """Which month each day falls in, and the last day of each month (both as numbers)."""

    month_of_day: NDArray[np.int32]
    month_end: NDArray[np.int32]


class Cases(NamedTuple):
    """Where every case is, and since when; from `planned` on it can be worked on."""

    case_class: NDArray[np.int16]
    stage: NDArray[np.int16]
    entered: NDArray[np.int32]
    turn: NDArray[np.int16]
    decided: NDArray[np.int32]
    planned: NDArray[np.int32]


class Counts(NamedTuple):
    """What is counted per month: cases in and out, overdue (as differences), decisions and hours."""

    inflow: NDArray[np.int32]
    outflow: NDArray[np.int32]
    overdue_change: NDArray[np.int32]
    decisions: NDArray[np.int64]
    hours_used: NDArray[np.float64]
    hours_asked: NDArray[np.float64]


class Events(NamedTuple):
    """A log of moves, as long as there is room; `size[0]` is how many there were."""

    case: NDArray[np.int32]
    case_class: NDArray[np.int16]
    kind: NDArray[np.int8]
    stage: NDArray[np.int16]
    day: NDArray[np.int32]
    size: NDArray[np.int64]


class Run(NamedTuple):
    """Everything one replication leaves behind."""

    cases: Cases
    counts: Counts
    events: Events


class _Worked(NamedTuple):
    """The cases on which work was done today, and whether the applicant was missed."""

    case: NDArray[np.int32]
    missed: NDArray[np.bool_]
    size: NDArray[np.int64]


class _World(NamedTuple):
    network: Network
    workload: Workload
    calendar: Calendar
    queues: Queues
    waiting: Queues
    cases: Cases
    counts: Counts
    events: Events
    key: np.uint64
    origin: int
    order_days: int
    court_days: int
    judgments: NDArray[np.int32]


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


def run(
    network: Network,
    workload: Workload,
    capacity: NDArray[np.float64],
    calendar: Calendar,
    key: np.uint64,
    events: Events | None = None,
) -> Run:
    """Send every case through the chain and count.

    Parameters
    ----------
    capacity
        Hours (or persons) per resource and day.
    key
        The stream of this replication (see `keten.flow.draws.stream`).
    events
        Room for a log of moves; none by default.
    """
    cases, (stages, classes), months = len(workload.case_class), network.queue_of.shape, len(calendar.month_end)
    days = capacity.shape[1]
    origin = min(0, int(workload.lodged.min(initial=0)), int(workload.deadline.min(initial=0)))
    furthest = workload.deadline[workload.deadline < NO_DEADLINE].max(initial=days)
    order_days = max(max(days, int(furthest)) - origin + 2, LOTS)
    # The days of the courts' terms come before all other order days, so a court's term always goes first.
    court_days = days + LONGEST_TERM if network.court_first.any() else 0
    queues = empty_queues(max(1, len(network.queue_order)), court_days + order_days, cases)
    world = _World(
        network=network,
        workload=workload,
        calendar=calendar,
        queues=queues,
        waiting=waits_beside(queues, days + 1),
        cases=Cases(
            case_class=workload.case_class.copy(),
            stage=workload.stage.copy(),
            entered=np.full(cases, OPENING, dtype=np.int32),
            turn=np.zeros(cases, dtype=np.int16),
            decided=np.full(cases, NO_DAY, dtype=np.int32),
            planned=np.full(cases, OPENING, dtype=np.int32),
        ),
        counts=Counts(
            inflow=np.zeros((months, stages, classes), dtype=np.int32),
            outflow=np.zeros((months, stages, classes), dtype=np.int32),
            overdue_change=np.zeros((months + 1, stages, classes), dtype=np.int32),
            decisions=np.zeros((months, len(TRACK_GROUPS), 3), dtype=np.int64),
            hours_used=np.zeros((months, capacity.shape[0])),
            hours_asked=np.zeros((months, capacity.shape[0])),
        ),
        events=events or no_events(),
        key=np.uint64(key),
        origin=origin,
        order_days=order_days,
        court_days=court_days,
        judgments=_judgments(workload, days) if court_days else np.zeros(0, dtype=np.int32),
    )
    worked = _Worked(
        case=np.empty(cases, dtype=np.int32),
        missed=np.empty(cases, dtype=np.bool_),
        size=np.zeros(1, dtype=np.int64),
    )
    _run_days(world, capacity, np.zeros(len(capacity)), worked)
    return Run(world.cases, world.counts, world.events)


def _judgments(workload: Workload, days: int) -> NDArray[np.int32]:
    """List the cases for which a court would set a term within the span, in order of day and then of case number."""
    found = np.flatnonzero((workload.judged >= 0) & (workload.judged < days))
    return found[np.argsort(workload.judged[found], kind="stable")].astype(np.int32)


@compiled
def _run_days(world: _World, capacity: NDArray[np.float64], debt: NDArray[np.float64], worked: _Worked) -> None:
    resources, days = capacity.shape
    arrivals = world.workload.arrival
    upcoming, ordered = 0, 0
    while upcoming < len(arrivals) and arrivals[upcoming] == OPENING:
        _take_place(world, upcoming, OPENING)
        upcoming += 1
    for day in range(days):
        while upcoming < len(arrivals) and arrivals[upcoming] == day:
            _enter(world, upcoming, day)
            upcoming += 1
        _end_waits(world, day)
        while ordered < len(world.judgments) and world.workload.judged[world.judgments[ordered]] == day:
            _put_in_front(world, world.judgments[ordered], day)
            ordered += 1
        worked.size[0] = 0
        for resource in range(resources):
            _work(world, resource, day, capacity[resource, day], debt, worked)
        for position in range(worked.size[0]):
            if worked.missed[position]:
                _take_place(world, worked.case[position], day)
            else:
                _enter(world, worked.case[position], day)
    for case in range(upcoming):
        _write_overdue(world, case, len(world.calendar.month_end))


@compiled
def _enter(world: _World, case: int, day: int) -> None:
    """Count a case into its stage and give it its place there."""
    cases = world.cases
    cases.entered[case] = day
    month = world.calendar.month_of_day[day]
    stage, case_class = cases.stage[case], cases.case_class[case]
    world.counts.inflow[month, stage, case_class] += 1
    queue = world.network.queue_of[stage, case_class]
    if queue != NOBODY:
        epoch = world.network.epoch_of_day[day]
        resource = world.network.queue_resource[queue]
        world.counts.hours_asked[month, resource] += world.network.queue_effort[epoch, queue]
    _log(world, case, EVENT_ENTER, day)
    _take_place(world, case, day)


@compiled
def _take_place(world: _World, case: int, day: int) -> None:
    """Stand in the queue of a work stage, or start the wait of a wait stage; from an exit nobody leaves."""
    cases, network = world.cases, world.network
    stage = cases.stage[case]
    queue = network.queue_of[stage, cases.case_class[case]]
    if queue != NOBODY:
        horizon = network.queue_horizon[queue]
        cases.planned[case] = day + horizon
        if horizon == 0:
            _join(world, case, queue, day)
        elif day + horizon < len(world.calendar.month_of_day):
            push(world.waiting, 0, day + horizon, case)
    elif network.kind[stage] == WAIT:
        leaves = day + _wait(world, case, day)
        if leaves < len(world.calendar.month_of_day):
            push(world.waiting, 0, leaves, case)


@compiled
def _join(world: _World, case: int, queue: int, day: int) -> None:
    """Join a queue on a day: among the courts' terms when a court has set one, else where the rule says."""
    if _is_ordered(world, case, queue, day):
        push(world.queues, queue, _court_day(world, case), case)
    else:
        push(world.queues, queue, _order_day(world, case, queue), case)


@compiled
def _is_ordered(world: _World, case: int, queue: int, day: int) -> bool:
    undecided = world.network.undecided[world.cases.stage[case]]
    return undecided and world.network.court_first[queue] and world.workload.judged[case] <= day


@compiled
def _put_in_front(world: _World, case: int, day: int) -> None:
    """Move a case to the courts' terms on the day of the judgment, when it stands in a queue that heeds them.

    Who joined the queue today knows of the judgment already; who is planned for later will know when it joins.
    """
    queue = world.network.queue_of[world.cases.stage[case], world.cases.case_class[case]]
    if queue == NOBODY or world.cases.planned[case] >= day or not _is_ordered(world, case, queue, day):
        return
    remove(world.queues, queue, _order_day(world, case, queue), case)
    push(world.queues, queue, _court_day(world, case), case)


@compiled
def _court_day(world: _World, case: int) -> int:
    """Order the courts' terms by their last day."""
    return max(0, min(world.workload.term_end[case], world.court_days - 1))


@compiled
def _order_day(world: _World, case: int, queue: int) -> int:
    order = world.network.queue_order[queue]
    day = world.cases.entered[case]
    if order == 0:
        day = world.workload.lodged[case]
    elif order == 1:
        day = world.workload.deadline[case]
    elif order == 3:
        day = world.origin + _lot(world, case)
    return world.court_days + max(0, min(day - world.origin, world.order_days - 1))


@compiled
def _lot(world: _World, case: int) -> int:
    """Draw one of the lots, once per stage and turn: an order that nobody can foresee."""
    purpose = purpose_code(world.cases.stage[case], world.cases.turn[case], PURPOSE_ORDER)
    return int(uniform(world.key, world.workload.identity[case], purpose) * LOTS)


@compiled
def _wait(world: _World, case: int, day: int) -> int:
    """Draw how many days a case waits; of an opening case a uniform part of its wait has passed."""
    stage, turn = world.cases.stage[case], world.cases.turn[case]
    low, mode, high = world.network.delay[world.network.epoch_of_day[max(day, 0)], stage]
    identity = world.workload.identity[case]
    length = triangular(uniform(world.key, identity, purpose_code(stage, turn, PURPOSE_DELAY)), low, mode, high)
    if day == OPENING:
        length *= uniform(world.key, identity, purpose_code(stage, turn, PURPOSE_ELAPSED))
    return max(1, int(np.floor(length + 0.5)))


@compiled
def _end_waits(world: _World, day: int) -> None:
    while True:
        case = world.waiting.first[0, day]
        if case == NOBODY:
            return
        remove(world.waiting, 0, day, case)
        queue = world.network.queue_of[world.cases.stage[case], world.cases.case_class[case]]
        if queue != NOBODY:
            _join(world, case, queue, day)
        else:
            _leave(world, case, day)
            _enter(world, case, day)


@compiled
def _work(world: _World, resource: int, day: int, hours: float, debt: NDArray[np.float64], worked: _Worked) -> None:
    """Let a resource spend the hours of a day, after paying its debt of hours."""
    if hours <= 0.0:
        return
    left = hours - debt[resource]
    if left > 0.0:
        share = world.network.overdue_share[resource]
        if share < 0.0:
            left = _serve(world, resource, day, left, _EVERYONE, worked)
        else:
            others = (1.0 - share) * left
            left = _serve(world, resource, day, share * left, _OVERDUE, worked)
            left = _serve(world, resource, day, left + others, _NOT_OVERDUE, worked)
            left = _serve(world, resource, day, left, _OVERDUE, worked)
    debt[resource] = max(0.0, -left)
    world.counts.hours_used[world.calendar.month_of_day[day], resource] += hours - max(0.0, left)


@compiled
def _serve(world: _World, resource: int, day: int, left: float, who: int, worked: _Worked) -> float:
    """Take up cases while hours are left; returns the hours that remain, negative when the last case ran over."""
    while left > NEGLIGIBLE:
        row, order_day = _next_bucket(world, resource, day, who)
        if row == NOBODY:
            return left
        left = _serve_bucket(world, row, order_day, day, left, worked)
    return left


@compiled
def _serve_bucket(world: _World, row: int, order_day: int, day: int, left: float, worked: _Worked) -> float:
    """Take up the cases of one bucket while hours are left; nothing comes before a bucket that was chosen."""
    network = world.network
    epoch = network.epoch_of_day[day]
    queue, effort = network.service_queue[row], network.service_effort[epoch, row]
    case = world.queues.first[queue, order_day]
    while case != NOBODY and left > NEGLIGIBLE:
        remove(world.queues, queue, order_day, case)
        left -= effort
        missed = _is_missed(world, case, epoch)
        if not missed:
            _leave(world, case, day)
        worked.case[worked.size[0]] = case
        worked.missed[worked.size[0]] = missed
        worked.size[0] += 1
        case = world.queues.first[queue, order_day]
    return left


@compiled
def _next_bucket(world: _World, resource: int, day: int, who: int) -> tuple[int, int]:
    """Choose whose turn it is: a court's term, then lowest rank, then earliest order day, then table order."""
    network = world.network
    today = world.court_days + max(0, day - world.origin)
    best, best_rank, best_day = NOBODY, 127, NO_DAY
    for row in range(network.service_start[resource], network.service_start[resource + 1]):
        queue = network.service_queue[row]
        order_day = first_day(world.queues, queue, today if who == _NOT_OVERDUE else 0)
        if order_day == NO_DAY or (who == _OVERDUE and order_day >= today):
            continue
        rank = -1 if order_day < world.court_days else network.queue_rank[queue]
        if rank < best_rank or (rank == best_rank and order_day < best_day):
            best, best_rank, best_day = row, rank, order_day
    return best, best_day


@compiled
def _is_missed(world: _World, case: int, epoch: int) -> bool:
    """Decide whether the applicant does not appear; then the hours are lost and the case keeps its place."""
    stage, turn = world.cases.stage[case], world.cases.turn[case]
    share = world.network.no_show[epoch, stage]
    if share <= 0.0:
        return False
    draw = uniform(world.key, world.workload.identity[case], purpose_code(stage, turn, PURPOSE_NO_SHOW))
    if draw >= share:
        return False
    world.cases.turn[case] += 1
    return True


@compiled
def _leave(world: _World, case: int, day: int) -> None:
    """Count a case out of its stage and choose its route; it stands at the door of the next stage."""
    cases, network = world.cases, world.network
    month = world.calendar.month_of_day[day]
    stage, case_class = cases.stage[case], cases.case_class[case]
    world.counts.outflow[month, stage, case_class] += 1
    _write_overdue(world, case, month)
    _log(world, case, EVENT_LEAVE, day)
    route = _route(world, case, day)
    following = network.route_stage[route]
    if network.undecided[stage] and not network.undecided[following]:
        cases.decided[case] = day
        if network.route_decides[route]:
            _count_decision(world, case, day, month)
    # Coming back to an earlier stage starts a new turn: the same question then gets another draw.
    if following <= stage:
        cases.turn[case] += 1
    cases.stage[case] = following
    if network.route_class[route] != NOBODY:
        cases.case_class[case] = network.route_class[route]


@compiled
def _route(world: _World, case: int, day: int) -> int:
    network = world.network
    stage = world.cases.stage[case]
    place = stage * network.queue_of.shape[1] + world.cases.case_class[case]
    route = network.route_start[place]
    if network.route_start[place + 1] - route == 1:
        return route
    epoch = network.epoch_of_day[day]
    draw = uniform(
        world.key,
        world.workload.identity[case],
        purpose_code(stage, world.cases.turn[case], PURPOSE_ROUTE),
    )
    while draw >= network.route_until[epoch, route]:
        route += 1
    return route


@compiled
def _count_decision(world: _World, case: int, day: int, month: int) -> None:
    group = world.network.track_group[world.cases.case_class[case]]
    decisions = world.counts.decisions
    decisions[month, group, 0] += 1
    decisions[month, group, 1] += day <= world.workload.deadline[case]
    decisions[month, group, 2] += day - world.workload.lodged[case]


@compiled
def _write_overdue(world: _World, case: int, until_month: int) -> None:
    """Write the months at whose end the case was in its stage, undecided, with its deadline passed."""
    stage, case_class = world.cases.stage[case], world.cases.case_class[case]
    deadline = world.workload.deadline[case]
    if not world.network.undecided[stage] or deadline >= NO_DEADLINE:
        return
    month = _first_month_end_after(world, max(deadline, world.cases.entered[case] - 1))
    if month < until_month:
        world.counts.overdue_change[month, stage, case_class] += 1
        world.counts.overdue_change[until_month, stage, case_class] -= 1


@compiled
def _first_month_end_after(world: _World, day: int) -> int:
    """Find the first month whose last day lies after `day`."""
    calendar = world.calendar
    if day < 0:
        return 0
    if day >= len(calendar.month_of_day):
        return len(calendar.month_end)
    month = calendar.month_of_day[day]
    return month if calendar.month_end[month] > day else month + 1


@compiled
def _log(world: _World, case: int, kind: int, day: int) -> None:
    events = world.events
    position = events.size[0]
    events.size[0] += 1
    if position < len(events.case):
        events.case[position] = case
        events.case_class[position] = world.cases.case_class[case]
        events.kind[position] = kind
        events.stage[position] = world.cases.stage[case]
        events.day[position] = day
