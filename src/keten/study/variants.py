# SPDX-License-Identifier: EUPL-1.2
"""Several variants of a study over the same replications, so that what differs comes from the variant alone.

Every draw is keyed by seed, replication and what it decides. Variants that are run with the same seed and the same
replication numbers therefore see the same arrivals, the same luck per case and the same parameters (common random
numbers), and are compared pair by pair. Every question that compares (compare, explain, seek, waterbed, tornado) is
asked through this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from difflib import get_close_matches

import polars as pl

from keten.domain.errors import Problem, ScenarioError
from keten.flow.network import Choose
from keten.flow.tables import Outcome
from keten.indicators import Tables
from keten.indicators.measures import measures
from keten.study.inputs import Inputs
from keten.study.replicate import CHUNK, Progress, Replication, pool, replicate

Look = Callable[[Inputs, Replication], pl.DataFrame]
"""What is kept of a replication: a function of a module, so that it can travel to a worker."""

_Task = tuple["Variant", Look, int, range]
KEY = ("measure", "unit", "replication", "period_end")


@dataclass(frozen=True)
class Variant:
    """One variant of the inputs; uncertain parameters are drawn per replication unless `choose` says otherwise."""

    name: str
    inputs: Inputs
    choose: Choose | None = None


def tables_of(replication: Replication) -> Tables:
    """Bundle the tables of one replication for the indicators."""
    outcome = {field.name: getattr(replication.outcome, field.name) for field in fields(Outcome)}
    return Tables(**outcome, costs=replication.costs, complete=True)


def measures_of(inputs: Inputs, replication: Replication) -> pl.DataFrame:
    """Compute the measures of one replication: measure, unit, replication, period_end, value."""
    return measures(tables_of(replication), inputs.chain)


@contextmanager
def workers_for(workers: int, runs: int) -> Iterator[Executor | None]:
    """Open a pool for a question of so many runs, or none where starting it would take longer than the runs."""
    if workers <= 1 or runs <= 2 * CHUNK:
        yield None
        return
    with pool(workers, __name__) as executor:
        yield executor


def run_variants(
    variants: Sequence[Variant],
    *,
    replications: int,
    seed: int = 7,
    executor: Executor | None = None,
    progress: Progress = lambda _done: None,
    look: Look = measures_of,
) -> pl.DataFrame:
    """Run every variant over replications 0, 1, 2, ... of one seed.

    The result is the same with and without a pool, whatever its size.

    Returns
    -------
    polars.DataFrame
        variant, then the columns of `look` (by default measure, unit, replication, period_end, value); by variant in
        the order given, then by replication.

    Raises
    ------
    ScenarioError
        When fewer than one replication is asked for.
    """
    if replications < 1:
        raise ScenarioError(
            "The question", [Problem("--replications", f"{replications} is too few.", "Ask for 1 or more.")]
        )
    size = CHUNK if executor else 1
    tasks = [
        (variant, look, seed, range(start, min(start + size, replications)))
        for variant in variants
        for start in range(0, replications, size)
    ]
    frames = []
    done = 0
    for frame, task in zip(_results(tasks, executor), tasks, strict=True):
        done += len(task[-1])
        progress(done)
        frames.append(frame)
    return pl.concat(frames)


def _results(tasks: Sequence[_Task], executor: Executor | None) -> Iterator[pl.DataFrame]:
    if executor is None:
        yield from (_run(*task) for task in tasks)
        return
    futures = [executor.submit(_run, *task) for task in tasks]
    try:
        for future in futures:
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _run(variant: Variant, look: Look, seed: int, replications: Sequence[int]) -> pl.DataFrame:
    looks = [
        look(variant.inputs, replicate(variant.inputs, seed, replication, choose=variant.choose))
        for replication in replications
    ]
    return pl.concat(looks).select(pl.lit(variant.name).alias("variant"), pl.all())


def paired(base: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Subtract replication by replication: measure, unit, replication, period_end, value (other minus base).

    A month in which one of the two does not know a measure has no difference.
    """
    both = other.select(*KEY, "value").join(base.select(*KEY, before="value"), on=KEY, how="inner")
    return both.select(*KEY, value=pl.col("value") - pl.col("before")).sort(KEY)


def of_variant(values: pl.DataFrame, name: str) -> pl.DataFrame:
    """Take the rows of one variant."""
    return values.filter(pl.col("variant") == name).drop("variant")


def known_name(where: str, name: str, known: Sequence[str], kind: str) -> list[Problem]:
    """Say of a name that does not exist which names do, the nearest first."""
    if name in known:
        return []
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    remedy = f"Did you mean {close[0]}?" if close else f"Choose one of: {', '.join(sorted(known))}."
    return [Problem(where, f"there is no {kind} {name}.", remedy)]


def month_asked(where: str, month: str, known: Sequence[str]) -> list[Problem]:
    """Say of a month (`2024-12`) outside a study which months it speaks of."""
    if month in known:
        return []
    return [Problem(where, f"the study does not speak of {month}.", f"Choose a month from {known[0]} to {known[-1]}.")]
