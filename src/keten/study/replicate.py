# SPDX-License-Identifier: EUPL-1.2
"""One replication, and many of them over a pool of processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.capacity import per_location, place_table, staff_hours
from keten.costs import cost_table
from keten.flow.cases import withdrawals
from keten.flow.draws import stream
from keten.flow.kernel import Events, Workload, room_for_events, run
from keten.flow.late_decisions import court_orders, late_decision_table, schedule_late_decisions
from keten.flow.network import Choose, capacity_per_day
from keten.flow.tables import Outcome, tabulate, tabulate_events
from keten.flow.uncertainty import sampled
from keten.forecast import sample_arrivals
from keten.study.inputs import Inputs
from keten.study.work import Workers

Progress = Callable[[int], None]
"""Is told how many replications are done."""


@dataclass(frozen=True)
class Replication:
    """The tables of one replication, what it cost, and its events when they were asked for."""

    outcome: Outcome
    places: pl.DataFrame
    costs: pl.DataFrame
    events: pl.DataFrame | None = None


def concatenated(done: Sequence[Replication]) -> dict[str, pl.DataFrame]:
    """Put the tables of replications behind each other, by name.

    A large table comes back from a worker in pieces, and Parquet keeps the pieces apart: in one piece per replication
    the bytes are the same, whoever ran it.
    """
    frames = {
        field.name: pl.concat([getattr(row.outcome, field.name).rechunk() for row in done]) for field in fields(Outcome)
    }
    beside = {name: pl.concat([getattr(row, name).rechunk() for row in done]) for name in ("places", "costs")}
    return frames | beside


def replicate(
    inputs: Inputs, seed: int, replication: int, *, with_events: bool = False, choose: Choose | None = None
) -> Replication:
    """Run one replication; the result depends on nothing but the arguments.

    Uncertain parameters are drawn from their ranges, unless `choose` says otherwise.
    """
    choose = choose or sampled(seed, replication)
    network = inputs.layout.network(choose)
    names = [resource.id for resource in inputs.chain.resources]
    capacity = staff_hours(
        inputs.staff,
        inputs.staff_values,
        resources=names,
        dates=inputs.span.dates,
        capacity=capacity_per_day(inputs.chain, inputs.span, inputs.working_day, choose=choose),
        choose=choose,
    )
    arrivals = _arrivals(inputs, seed, replication)
    key = np.uint64(stream(seed, replication))
    workload = _workload(inputs, arrivals, key)
    schedule = schedule_late_decisions(inputs.span, network, workload, inputs.practice, choose=choose)
    flow = partial(
        run,
        network,
        capacity=capacity,
        calendar=inputs.calendar,
        judgments=court_orders(schedule, inputs.span.days) if network.court_first.any() else None,
        withdrawals=withdrawals(network, workload),
    )
    events = _room(workload) if with_events else None
    outcome = flow(workload, events=events)
    if events is not None and (moves := int(outcome.events.size[0])) > len(events.case):
        outcome = flow(_workload(inputs, arrivals, key), events=room_for_events(moves))
    deadlines = late_decision_table(
        inputs.span, network, inputs.calendar, outcome, schedule, inputs.practice, replication=replication
    )
    tables = tabulate(
        inputs.chain, inputs.span, network, arrivals, inputs.calendar, capacity, outcome, deadlines, replication
    )
    log = tabulate_events(inputs.chain, inputs.span, outcome) if with_events else None
    places = place_table(tables.reception, inputs.regular_places, choose=choose)
    costs = cost_table(
        inputs.unit_costs,
        resources=tables.resources,
        places=places,
        interviews=tables.interviews,
        deadlines=tables.deadlines,
        choose=choose,
    )
    resources = per_location(
        tables.resources, inputs.locations, names=names, dates=inputs.span.dates, capacity=capacity
    )
    return Replication(replace(tables, resources=resources), places, costs, log)


def _arrivals(inputs: Inputs, seed: int, replication: int) -> NDArray[np.int32]:
    """Draw the arrivals by day and case class, or take those that are known."""
    known = inputs.known_arrivals
    if known is not None and (known >= 0).all():
        return known
    drawn = sample_arrivals(
        plan=inputs.plan,
        seasonality=inputs.seasonality,
        shares=inputs.shares,
        start=inputs.span.day(0),
        end=inputs.span.horizon,
        seed=seed,
        replication=replication,
    )
    counts = np.zeros((inputs.span.days, len(inputs.chain.case_classes)), dtype=np.int32)
    for column, row in enumerate(inputs.chain.case_classes):
        counts[:, column] = drawn.of(row.id) + spread_over_weeks(inputs.extra_per_week.get(row.id, 0), inputs.span.days)
    return counts if known is None else np.where(known < 0, counts, known)


def _workload(inputs: Inputs, arrivals: NDArray[np.int32], key: np.uint64) -> Workload:
    return inputs.intake.workload(arrivals, key=key)


def spread_over_weeks(per_week: int, days: int) -> np.ndarray:
    """Spread a number of cases per week evenly over the days, in whole cases."""
    return np.diff(np.arange(days + 1) * per_week // 7).astype(np.int32)


def _room(workload: Workload) -> Events:
    """Room for eight visits per case, in and out; a run that needs more is done again with the size it asked for."""
    return room_for_events(16 * len(workload.cases))


def replicate_all(
    inputs: Inputs,
    *,
    seed: int,
    replications: int,
    workers: Workers | None = None,
    with_events: bool = False,
    progress: Progress = lambda _done: None,
    after: int = 0,
) -> Iterator[Replication]:
    """Run replications 0, 1, 2, ... and give them back in that order, whoever runs them.

    With `after`, that many were run before and only the ones that follow are.

    Raises
    ------
    RunError
        When workers keep being lost.
    """
    tasks = [_Task(seed, number, with_events and number == 0) for number in range(after, replications)]
    found = map(partial(_replicate, inputs), tasks) if workers is None else workers.in_order(_replicate, inputs, tasks)
    for task, replication in zip(tasks, found, strict=True):
        yield replication
        progress(task.replication + 1)


class _Task(NamedTuple):
    seed: int
    replication: int
    with_events: bool


def _replicate(inputs: Inputs, task: _Task) -> Replication:
    return replicate(inputs, task.seed, task.replication, with_events=task.with_events)
