# SPDX-License-Identifier: EUPL-1.2
"""Several variants of a study over the same replications, so that what differs comes from the variant alone.

Every draw is keyed by seed, replication and what it decides. Variants that are run with the same seed and the same
replication numbers therefore see the same arrivals, the same luck per case and the same parameters (common random
numbers), and are compared pair by pair. Every question that compares (compare, explain, seek, waterbed, tornado) is
asked through this file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import partial
from typing import NamedTuple

import polars as pl

from keten.domain.errors import Problem, ScenarioError
from keten.flow.network import Choose
from keten.flow.tables import Outcome
from keten.indicators import Tables
from keten.indicators.measures import measures
from keten.study.inputs import Inputs
from keten.study.replicate import Progress, Replication, replicate
from keten.study.work import Workers

Look = Callable[[Inputs, Replication], pl.DataFrame]
"""What is kept of a replication: a function of a module, so that it can travel to a worker."""

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
    return Tables(**outcome, places=replication.places, costs=replication.costs, complete=True)


def measures_of(inputs: Inputs, replication: Replication) -> pl.DataFrame:
    """Compute the measures of one replication: measure, unit, replication, period_end, value."""
    return measures(tables_of(replication), inputs.chain)


def run_variants(
    variants: Sequence[Variant],
    *,
    replications: int,
    seed: int = 7,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
    look: Look = measures_of,
) -> pl.DataFrame:
    """Run every variant over replications 0, 1, 2, ... of one seed.

    The result is the same with and without workers, however many there are.

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
    tasks = [
        _Task(position, seed, replication) for position in range(len(variants)) for replication in range(replications)
    ]
    shared = _Shared(tuple(variants), look)
    found = map(partial(_run, shared), tasks) if workers is None else workers.in_order(_run, shared, tasks)
    frames = []
    for frame in found:
        frames.append(frame)
        progress(len(frames))
    return pl.concat(frames)


class _Task(NamedTuple):
    variant: int
    seed: int
    replication: int


class _Shared(NamedTuple):
    variants: tuple[Variant, ...]
    look: Look


def _run(shared: _Shared, task: _Task) -> pl.DataFrame:
    variant = shared.variants[task.variant]
    done = replicate(variant.inputs, task.seed, task.replication, choose=variant.choose)
    return shared.look(variant.inputs, done).select(pl.lit(variant.name).alias("variant"), pl.all())


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
