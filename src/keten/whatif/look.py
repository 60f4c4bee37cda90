# SPDX-License-Identifier: EUPL-1.2
"""A look at what choices do: base and variant replication by replication, and who feels it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

import polars as pl

from keten.domain.errors import Problem, ScenarioError
from keten.domain.figures import Range, summarise
from keten.indicators import Tables
from keten.indicators.measures import measures
from keten.questions.compare import Difference, differences
from keten.scenario.model import Scenario
from keten.study.figure_values import HELD, SPENT, cases_by_partner, costs_by_partner, of_partner
from keten.study.inputs import Inputs, prepare
from keten.study.interval import Interval, interval_of_mean
from keten.study.replicate import Progress, Replication, concatenated, replicate_all
from keten.study.sustain import Load, load_ranges, loads_of
from keten.study.variants import KEY
from keten.study.work import Workers


@dataclass(frozen=True)
class Simulated:
    """What was kept of some replications of one scenario, enough to compare it with another.

    `values` has measure, unit, replication, period_end, value; `cases` and `costs` have partner, replication,
    period_end and a number: the cases a partner holds at the end of the month, and what the month costs it in euro.
    `loads` has resource, replication, load (see `keten.study.sustain.loads_of`).
    """

    inputs: Inputs
    seed: int
    replications: int
    values: pl.DataFrame
    cases: pl.DataFrame
    costs: pl.DataFrame
    loads: pl.DataFrame

    def of(self, figure: str) -> pl.DataFrame:
        """Give the values of a measure, or of what a partner holds or spends: replication, period_end, value."""
        kind, _, partner = figure.partition(".")
        if kind in (HELD, SPENT):
            return of_partner(self.cases if kind == HELD else self.costs, partner)
        return self.values.filter(pl.col("measure") == figure).select("replication", "period_end", "value")

    @property
    def overloaded(self) -> tuple[Load, ...]:
        """Resources of which nine outcomes in ten ask more than there is."""
        return tuple(row for row in load_ranges(self.inputs, self.loads) if row.stays_above_one)


def simulate(
    inputs: Inputs,
    *,
    replications: int,
    seed: int,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
    after: int = 0,
) -> Simulated:
    """Run replications 0, 1, 2, ... of a seed, as a study does, and keep what a comparison asks for.

    With `after`, that many were run before and only the ones that follow are (see `joined`).
    """
    found = replicate_all(inputs, seed=seed, replications=replications, workers=workers, progress=progress, after=after)
    tables = _tables(list(found))
    return Simulated(
        inputs,
        seed,
        replications,
        measures(tables, inputs.chain).sort(KEY),
        cases_by_partner(tables, inputs.chain),
        costs_by_partner(tables),
        loads_of(tables, inputs),
    )


def joined(first: Simulated, more: Simulated) -> Simulated:
    """Put replications that followed later behind those that were there; the same as running them all at once."""
    return replace(
        more,
        values=pl.concat([first.values, more.values]).sort(KEY),
        cases=pl.concat([first.cases, more.cases]).sort("partner", "replication", "period_end"),
        costs=pl.concat([first.costs, more.costs]).sort("partner", "replication", "period_end"),
        loads=pl.concat([first.loads, more.loads]).sort("resource", "replication"),
    )


def _tables(done: Sequence[Replication]) -> Tables:
    return Tables(**concatenated(done), complete=True)


@dataclass(frozen=True)
class ForPartner:
    """What a choice does to one partner: the cases it holds at the horizon, and what it costs until then, in euro."""

    partner: str
    cases_base: float
    cases: Interval
    cost_base: float
    cost: Interval

    @property
    def gains(self) -> bool:
        """True when the partner surely holds fewer cases."""
        return self.cases.high < 0

    @property
    def pays(self) -> bool:
        """True when the partner surely holds more cases."""
        return self.cases.low > 0


@dataclass(frozen=True)
class QuickLook:
    """What choices do: base, variant and the paired difference of every measure and month, and who feels it.

    `totals` are the flows added up from the first month to the horizon, such as the penalties that are paid.
    """

    base: Simulated
    variant: Simulated
    differences: tuple[Difference, ...]
    totals: tuple[Difference, ...]
    partners: tuple[ForPartner, ...]

    def at(self, measure: str, month: str) -> Difference | None:
        """Give the difference of a measure in a month (`2024-12`); None when one of the two does not know it."""
        for row in self.differences:
            if row.measure == measure and f"{row.period_end:%Y-%m}" == month:
                return row
        return None

    def total(self, measure: str) -> Difference | None:
        """Give the difference of a flow over the whole period; None when it is no flow that adds up."""
        return next((row for row in self.totals if row.measure == measure), None)

    @property
    def overloaded(self) -> tuple[Load, ...]:
        """Resources of which nine outcomes in ten ask more than there is, with these choices."""
        return self.variant.overloaded

    @property
    def newly_overloaded(self) -> tuple[Load, ...]:
        """Resources that stay overloaded with these choices, and were not in the base."""
        before = {row.resource for row in self.base.overloaded}
        return tuple(row for row in self.overloaded if row.resource not in before)


FLOWS = (
    "production.track_4",
    "withdrawn.track_4",
    "remitted",
    "penalties.paid",
    "penalties.accrued",
    "cost.total",
    "no_shows",
    "inflow.total",
)
"""Measures that add up over months."""


def compare_runs(base: Simulated, variant: Simulated) -> QuickLook:
    """Compare two runs replication by replication.

    Raises
    ------
    ScenarioError
        When their replications are no pairs.
    """
    if (base.seed, base.replications) != (variant.seed, variant.replications):
        remedy = "Run both with the same seed and number of replications."
        raise ScenarioError("The what-if question", [Problem("replications", "these are no pairs.", remedy)])
    return QuickLook(
        base,
        variant,
        tuple(differences(base.values, variant.values)),
        tuple(differences(_totals(base.values), _totals(variant.values))),
        tuple(_for_partners(base, variant)),
    )


def _totals(values: pl.DataFrame) -> pl.DataFrame:
    flows = values.filter(pl.col("measure").is_in(FLOWS)).sort("measure", "replication", "period_end")
    return flows.group_by("measure", "unit", "replication", maintain_order=True).agg(
        period_end=pl.col("period_end").max(), value=pl.col("value").sum()
    )


def _for_partners(base: Simulated, variant: Simulated) -> Iterator[ForPartner]:
    last = base.cases["period_end"].max()
    names = [partner.id for partner in base.inputs.chain.partners]
    held = [_per_replication(run.cases.filter(pl.col("period_end") == last), run) for run in (base, variant)]
    spent = [_per_replication(run.costs, run) for run in (base, variant)]
    for name in names:
        if name in held[0] or name in held[1] or name in spent[0] or name in spent[1]:
            none = [0.0] * base.replications
            cases, costs = ([side.get(name, none) for side in sides] for sides in (held, spent))
            yield ForPartner(
                name,
                _mean(cases[0]),
                interval_of_mean([after - before for before, after in zip(*cases, strict=True)]),
                _mean(costs[0]),
                interval_of_mean([after - before for before, after in zip(*costs, strict=True)]),
            )


def _per_replication(rows: pl.DataFrame, run: Simulated) -> dict[str, list[float]]:
    """Add up a number per partner, in the order of the replications; a replication without rows counts nothing."""
    found: dict[str, list[float]] = {}
    summed = rows.group_by("partner", "replication").agg(pl.col("number").sort().sum())
    for partner, replication, number in summed.sort("partner", "replication").iter_rows():
        found.setdefault(partner, [0.0] * run.replications)[replication] = number
    return found


def _mean(outcomes: Sequence[float]) -> float:
    return sum(outcomes) / len(outcomes)


def quick_look(base: Inputs, scenario: Scenario, *, replications: int, seed: int) -> QuickLook:
    """Run a base and a scenario over the same replications and compare them."""
    return compare_runs(
        simulate(base, replications=replications, seed=seed),
        simulate(prepare(scenario, observations=base.observations), replications=replications, seed=seed),
    )


def ranges(values: pl.DataFrame) -> dict[str, dict[date, Range]]:
    """Summarise measures per replication as ranges, by measure and month; the same as `summary.json` of a study."""
    found: dict[str, dict[date, Range]] = {}
    ordered = values.sort("measure", "period_end", "replication").select("measure", "period_end", "value").iter_rows()
    for (measure, on), rows in groupby(ordered, key=lambda row: row[:2]):
        found.setdefault(measure, {})[on] = summarise([value for _, _, value in rows])
    return found
