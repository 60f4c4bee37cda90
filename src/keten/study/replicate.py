# SPDX-License-Identifier: EUPL-1.2
"""One replication, and many of them over a pool of processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from keten.capacity import staff_hours
from keten.costs import cost_table
from keten.flow.cases import build_workload
from keten.flow.draws import stream
from keten.flow.kernel import Events, Workload, room_for_events, run
from keten.flow.late_decisions import late_decision_table, schedule_late_decisions, with_court_orders
from keten.flow.network import Choose, capacity_per_day, compile_network
from keten.flow.tables import Outcome, tabulate, tabulate_events
from keten.flow.uncertainty import sampled
from keten.forecast import sample_arrivals
from keten.study.inputs import Inputs

Progress = Callable[[int], None]
"""Is told how many replications are done."""

CHUNK = 4
"""Replications per task: few enough for a smooth progress bar, enough to make the way there and back cheap."""


@dataclass(frozen=True)
class Replication:
    """The tables of one replication, what it cost, and its events when they were asked for."""

    outcome: Outcome
    costs: pl.DataFrame
    events: pl.DataFrame | None = None


def replicate(
    inputs: Inputs, seed: int, replication: int, *, with_events: bool = False, choose: Choose | None = None
) -> Replication:
    """Run one replication; the result depends on nothing but the arguments.

    Uncertain parameters are drawn from their ranges, unless `choose` says otherwise.
    """
    choose = choose or sampled(seed, replication)
    places = inputs.opening.stock.places(inputs.chain)
    network = compile_network(inputs.chain, inputs.span, rules=inputs.rules, choose=choose, opening=places)
    capacity = staff_hours(
        inputs.staff,
        inputs.staff_values,
        resources=[resource.id for resource in inputs.chain.resources],
        dates=inputs.span.dates,
        capacity=capacity_per_day(inputs.chain, inputs.span, inputs.working_day, choose=choose),
        choose=choose,
    )
    workload = _workload(inputs, seed, replication)
    key = np.uint64(stream(seed, replication))
    schedule = schedule_late_decisions(inputs.span, network, workload, inputs.practice, key=key, choose=choose)
    workload = with_court_orders(workload, schedule)
    events = _room(workload) if with_events else None
    outcome = run(network, workload, capacity, inputs.calendar, key, events)
    if events is not None and outcome.events.size[0] > len(events.case):
        outcome = run(network, workload, capacity, inputs.calendar, key, room_for_events(int(outcome.events.size[0])))
    deadlines = late_decision_table(
        inputs.span, network, inputs.calendar, outcome, schedule, inputs.practice, replication=replication
    )
    tables = tabulate(
        inputs.chain, inputs.span, network, workload, inputs.calendar, capacity, outcome, deadlines, replication
    )
    log = tabulate_events(inputs.chain, inputs.span, outcome) if with_events else None
    costs = cost_table(
        inputs.unit_costs,
        resources=tables.resources,
        reception=tables.reception,
        deadlines=tables.deadlines,
        choose=choose,
    )
    return Replication(tables, costs, log)


def _workload(inputs: Inputs, seed: int, replication: int) -> Workload:
    arrivals = sample_arrivals(
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
        counts[:, column] = arrivals.of(row.id) + spread_over_weeks(
            inputs.extra_per_week.get(row.id, 0), inputs.span.days
        )
    return build_workload(inputs.chain, inputs.span, inputs.opening.stock, counts, inputs.deadlines)


def spread_over_weeks(per_week: int, days: int) -> np.ndarray:
    """Spread a number of cases per week evenly over the days, in whole cases."""
    return np.diff(np.arange(days + 1) * per_week // 7).astype(np.int32)


def _room(workload: Workload) -> Events:
    """Room for eight visits per case, in and out; a run that needs more is done again with the size it asked for."""
    return room_for_events(16 * len(workload.case_class))


_inputs: Inputs | None = None


def _set_inputs(inputs: Inputs) -> None:
    """Keep the inputs in a worker, so that they travel once and not with every task."""
    global _inputs  # noqa: PLW0603 - a worker process has one study
    _inputs = inputs


def _replicate_chunk(seed: int, replications: Sequence[int]) -> list[Replication]:
    assert _inputs is not None
    return [replicate(_inputs, seed, replication) for replication in replications]


def replicate_all(
    inputs: Inputs,
    *,
    seed: int,
    replications: int,
    workers: int,
    with_events: bool,
    progress: Progress,
    after: int = 0,
) -> Iterator[Replication]:
    """Run replications 0, 1, 2, ... and give them back in that order, whatever the number of workers.

    With `after`, that many were run before and only the ones that follow are.

    Raises
    ------
    concurrent.futures.process.BrokenProcessPool
        When a worker was killed; nothing of the study is then kept.
    """
    if not after:
        yield replicate(inputs, seed, 0, with_events=with_events)
        progress(1)
    rest = range(max(1, after), replications)
    if workers <= 1 or len(rest) <= CHUNK:
        for replication in rest:
            yield replicate(inputs, seed, replication)
            progress(replication + 1)
        return
    with pool(workers, __name__, _set_inputs, inputs) as executor:
        yield from _in_order(executor, seed, rest, progress)


def pool(workers: int, module: str, initializer: Callable[..., None] | None = None, *arguments: Any) -> Executor:
    """Open a pool of processes that have imported a module, and that each start by calling the initializer."""
    # Workers are forked from a server that has imported the code but started no thread: a fork of this process would
    # inherit locks of polars and numba, and a fresh interpreter per worker would import everything once more.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=initializer, initargs=arguments)


def _in_order(executor: Executor, seed: int, rest: range, progress: Progress) -> Iterator[Replication]:
    chunks = [rest[start : start + CHUNK] for start in range(0, len(rest), CHUNK)]
    futures = [executor.submit(_replicate_chunk, seed, chunk) for chunk in chunks]
    done = rest.start
    for future in futures:
        for replication in future.result():
            done += 1
            yield replication
        progress(done)
