# SPDX-License-Identifier: EUPL-1.2
"""What a promise costs: the people it takes with and without priority, and what that does to other case groups.

How long a group waits is its undecided stock over its decisions of the last three months: the weeks in which the
present pace would clear it. Two ways to keep a promise are worked out on the same luck: everybody in the usual order
and more people, and the group first with as many people more as that still asks. The least number is found by halving.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import inf, isfinite
from typing import Any, Literal

import polars as pl

from keten.domain.errors import Problem, ScenarioError
from keten.domain.figures import Range, summarise
from keten.flow.network import QueueRule
from keten.parameters.chain import DECISIONS, Chain, StageKind, matches
from keten.parameters.paths import Place, first_server, routes_from
from keten.questions.compare import interval_document
from keten.questions.promise import Way, fastest_way
from keten.questions.seek import Lever, least_that, month_ends, turned
from keten.study.inputs import Inputs
from keten.study.interval import Interval, interval_of_mean
from keten.study.replicate import Progress, Replication
from keten.study.sustain import effort_of
from keten.study.variants import Variant, run_variants
from keten.study.work import Workers

PACE = 3
"""Months over which the pace of decisions is taken."""

MOST_TIMES = 4
"""Extra people that are tried, as a multiple of those that are there; more than this nobody can seat."""

STEPS = 128
"""Into how many steps the bounds are divided: the answer is that precise."""

Manner = Literal["as_planned", "more_people", "priority"]


@dataclass(frozen=True)
class Commitment:
    """A promise: this group decided within so many weeks, from a month on."""

    case_class: str
    weeks: float
    by: date


@dataclass(frozen=True)
class GroupEffect:
    """What a way of keeping the promise does to one case group in the month of the promise.

    `stock` is the change of its undecided cases, paired with the base; weeks are endless where nothing is decided.
    """

    case_class: str
    stock_base: float
    stock: Interval
    weeks_base: float
    weeks: float


@dataclass(frozen=True)
class Keeping:
    """One way of keeping the promise: extra people, what they cost until then, and who notices."""

    manner: Manner
    is_kept: bool
    fte: float
    hours_per_day: float
    cost_eur: float
    weeks: Range
    chain_cost: Interval
    groups: tuple[GroupEffect, ...]


@dataclass(frozen=True)
class Price:
    """The promise, the law it meets, the resource that carries it, and the ways to keep it.

    `independent_on` is the day on which somebody who is asked for on the first day decides without help.
    """

    commitment: Commitment
    way: Way
    resource: str
    present_fte: float
    hours_per_case: float
    independent_on: date
    keepings: tuple[Keeping, ...]

    @property
    def is_lawful(self) -> bool:
        """True when the waiting that the law asks fits within the promise."""
        return self.way.least_days <= 7 * self.commitment.weeks

    def by_manner(self, manner: Manner) -> Keeping:
        """Give one of the ways."""
        return next(row for row in self.keepings if row.manner == manner)


# The question --------------------------------------------------------------------------------------------------------


def carrying_resource(inputs: Inputs, way: Way) -> tuple[str, float]:
    """Find the resource that does most of the work on a way, and its hours per case.

    Raises
    ------
    ScenarioError
        When nobody's hours are asked on it.
    """
    hours: dict[str, float] = {}
    for step in way.steps:
        server = first_server(inputs.chain, step.stage.id, way.case_class)
        if server is not None and server.unit == "hours":
            place = Place(step.stage.id, way.case_class)
            hours[server.id] = hours.get(server.id, 0.0) + effort_of(inputs.chain, server.id, place, inputs)
    if not hours:
        problem = Problem("case class", f"no hours are asked for {way.case_class}.", "Choose another group.")
        raise ScenarioError("The promise", [problem])
    most = max(hours, key=lambda name: hours[name])
    return most, hours[most]


def commitment_problems(inputs: Inputs, weeks: float, by: date) -> list[Problem]:
    """Say what is wrong with the weeks or the month of a promise."""
    ends = month_ends(inputs)[PACE:]
    problems = []
    if not (isfinite(weeks) and weeks > 0):
        problems.append(Problem("weeks", f"{weeks:g} is no time.", "Give a number of weeks above zero."))
    if by not in ends:
        remedy = f"Choose a month from {ends[0]:%Y-%m} to {ends[-1]:%Y-%m}." if ends else "Choose a longer study."
        problems.append(Problem("by", f"the study does not speak of the pace in {by:%Y-%m}.", remedy))
    return problems


def runs_at_most() -> int:
    """Count the variants that are run at most, for a progress bar."""
    return 2 + 2 * (2 + STEPS.bit_length())


def price_of(
    inputs: Inputs,
    commitment: Commitment,
    *,
    replications: int,
    seed: int = 7,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
) -> Price:
    """Work out what a promise takes, and what that does to other groups.

    Raises
    ------
    ScenarioError
        When there is no such group, or the promise lies outside the study.
    """
    way = fastest_way(inputs.chain, commitment.case_class, inputs.span.day(0))
    problems = commitment_problems(inputs, commitment.weeks, commitment.by)
    if problems:
        raise ScenarioError("The promise", problems)
    resource, hours_per_case = carrying_resource(inputs, way)
    runs = _Runs(inputs, commitment, resource, replications, seed, workers, progress)
    values = inputs.staff_values
    months = values.recruitment_months.central + values.training_months.central
    asked: tuple[tuple[Manner, float], ...] = (
        ("as_planned", 0.0),
        ("more_people", runs.least(first=False)),
        ("priority", runs.least(first=True)),
    )
    return Price(
        commitment=commitment,
        way=way,
        resource=resource,
        present_fte=runs.present / values.hours_per_fte.central,
        hours_per_case=hours_per_case,
        independent_on=inputs.span.day(0) + timedelta(days=round(months * 365.25 / 12)),
        keepings=tuple(runs.keeping(manner, extra) for manner, extra in asked),
    )


class _Runs:
    """The runs of one question; each is made once."""

    def __init__(
        self,
        inputs: Inputs,
        commitment: Commitment,
        resource: str,
        replications: int,
        seed: int,
        workers: Workers | None,
        progress: Progress,
    ) -> None:
        self.inputs, self.commitment, self.resource = inputs, commitment, resource
        self.replications, self.seed, self.workers, self.progress = replications, seed, workers, progress
        present = next(
            row
            for row in inputs.chain.resource(resource).capacity
            if row.valid_from <= inputs.span.day(0) < row.valid_until
        )
        self.present = present.central
        self.lever = Lever("capacity", resource, 0.0, MOST_TIMES * self.present, MOST_TIMES * self.present / STEPS)
        self.done: dict[tuple[bool, float], pl.DataFrame] = {}

    def run(self, extra: float, *, first: bool) -> pl.DataFrame:
        """Run a way of keeping the promise: with so many extra hours a day, and the group first or not."""
        key = (first, extra)
        if key not in self.done:
            inputs = turned(self.inputs, self.lever, extra) if extra else self.inputs
            if first:
                inputs = with_priority(inputs, self.commitment.case_class)
            before = self.replications * len(self.done)
            self.done[key] = run_variants(
                [Variant("tried", inputs)],
                replications=self.replications,
                seed=self.seed,
                workers=self.workers,
                progress=lambda done: self.progress(before + done),
                look=by_group,
            )
        return self.done[key]

    def weeks(self, extra: float, *, first: bool) -> list[float]:
        """Give the weeks of the group in every replication."""
        return weeks_of(self.run(extra, first=first), self.commitment.case_class, self.commitment.by)

    def least(self, *, first: bool) -> float:
        """Find the fewest extra hours a day that keep the promise; the most that was tried when nothing does."""
        values = self.lever.values
        position = least_that(lambda number: self.is_kept(values[number], first=first), len(values))
        return values[-1] if position is None else values[position]

    def is_kept(self, extra: float, *, first: bool) -> bool:
        """Say whether the middle of the outcomes keeps the promise."""
        ranked = sorted(self.weeks(extra, first=first))
        return ranked[len(ranked) // 2] <= self.commitment.weeks

    def keeping(self, manner: Manner, extra: float) -> Keeping:
        """Put a way of keeping the promise beside the base."""
        first = manner == "priority"
        base, other = self.run(0.0, first=False), self.run(extra, first=first)
        hours, by = extra * self._working_days(), self.commitment.by
        groups = [name.removeprefix("stock/") for name in base["name"].unique().sort() if name.startswith("stock/")]
        return Keeping(
            manner=manner,
            is_kept=self.is_kept(extra, first=first),
            fte=extra / self.inputs.staff_values.hours_per_fte.central,
            hours_per_day=extra,
            cost_eur=hours * cost_per_hour(self.inputs, self.resource),
            weeks=summarise([min(value, 1e6) for value in self.weeks(extra, first=first)]),
            chain_cost=_change(_summed(base, "cost", by), _summed(other, "cost", by)),
            groups=tuple(_effect(base, other, name, by) for name in groups),
        )

    def _working_days(self) -> int:
        last = self.inputs.span.number(self.commitment.by)
        return int(self.inputs.working_day[: last + 1].sum())


def with_priority(inputs: Inputs, case_class: str) -> Inputs:
    """Let a group go first at every resource, beside the groups that do so already."""
    rules = {row.id: inputs.rules.get(row.id, QueueRule()) for row in inputs.chain.resources}
    first = {name: replace(rule, first=(*rule.first, case_class), horizon=0) for name, rule in rules.items()}
    return replace(inputs, rules=first)


def cost_per_hour(inputs: Inputs, resource: str) -> float:
    """Give what an hour of a resource costs, in euro; zero when no unit cost is known for it."""
    return sum(
        row.cost.central for row in inputs.unit_costs if row.driver == "hours_used" and matches(resource, tuple(row.of))
    )


def document_of(price: Price) -> dict[str, Any]:
    """Write a price out for a machine; what is endless or unknown is null."""
    return {
        "group": price.commitment.case_class,
        "weeks": price.commitment.weeks,
        "by": f"{price.commitment.by:%Y-%m}",
        "lawful": price.is_lawful,
        "least_days_by_law": price.way.least_days,
        "resource": price.resource,
        "present_fte": price.present_fte,
        "hours_per_case": price.hours_per_case,
        "independent_on": price.independent_on.isoformat(),
        "ways": [
            {
                "manner": row.manner,
                "kept": row.is_kept,
                "fte": row.fte,
                "hours_per_working_day": row.hours_per_day,
                "cost_eur": row.cost_eur,
                "weeks": {name: getattr(row.weeks, name) for name in ("p10", "p50", "p90", "mean")},
                "cost_of_the_chain_eur": interval_document(row.chain_cost),
                "groups": [_group_document(effect) for effect in row.groups],
            }
            for row in price.keepings
        ],
    }


def _group_document(effect: GroupEffect) -> dict[str, Any]:
    return {
        "group": effect.case_class,
        "stock_base": effect.stock_base,
        "stock": interval_document(effect.stock),
        "weeks_base": effect.weeks_base if isfinite(effect.weeks_base) else None,
        "weeks": effect.weeks if isfinite(effect.weeks) else None,
    }


# The outcomes --------------------------------------------------------------------------------------------------------


def last_stages(chain: Chain, case_class: str) -> tuple[str, ...]:
    """Name the undecided stages in which a group is decided."""
    return tuple(
        stage.id
        for stage in chain.stages
        if stage.undecided
        and any(route.outcome in DECISIONS for route in routes_from(chain, Place(stage.id, case_class)))
    )


def by_group(inputs: Inputs, replication: Replication) -> pl.DataFrame:
    """Count per month and group the undecided stock and the decided cases, and what the chain costs.

    Returns
    -------
    polars.DataFrame
        name (`stock/CLASS`, `decided/CLASS` or `cost`), replication, period_end, value.
    """
    chain, ledger = inputs.chain, replication.outcome.ledger
    undecided = [stage.id for stage in chain.stages if stage.undecided and stage.kind is not StageKind.EXIT]
    ends = pl.concat(
        [
            ledger.filter((pl.col("case_class") == row.id) & pl.col("stage").is_in(list(last_stages(chain, row.id))))
            for row in chain.case_classes
        ]
    )
    month = ["replication", "period_end"]
    stock = _counted(ledger.filter(pl.col("stage").is_in(undecided)), "stock/", "closing")
    decided = _counted(ends, "decided/", "outflow")
    cost = replication.costs.group_by(month).agg(value=pl.col("cost_eur").sort().sum())
    cost = cost.select(pl.lit("cost").alias("name"), pl.col("replication").cast(pl.Int64), "period_end", "value")
    return pl.concat([stock, decided, cost]).sort("name", "replication", "period_end")


def _counted(rows: pl.DataFrame, prefix: str, column: str) -> pl.DataFrame:
    return (
        rows.group_by("case_class", "replication", "period_end")
        .agg(value=pl.col(column).cast(pl.Int64).sum())
        .select(
            (pl.lit(prefix) + pl.col("case_class")).alias("name"),
            pl.col("replication").cast(pl.Int64),
            "period_end",
            pl.col("value").cast(pl.Float64),
        )
    )


def weeks_of(values: pl.DataFrame, case_class: str, by: date) -> list[float]:
    """Give the weeks that a group waits in a month, in every replication; endless where nothing is decided."""
    stock = _at(values, f"stock/{case_class}", by)
    decided = values.filter((pl.col("name") == f"decided/{case_class}") & (pl.col("period_end") <= by))
    months = decided["period_end"].unique().sort()[-PACE:].to_list()
    days = sum(month.day for month in months)
    pace = _summed(decided.filter(pl.col("period_end").is_in(months)), f"decided/{case_class}", by)
    return [
        there / (pace[number] / (days / 7)) if pace.get(number) else (inf if there else 0.0)
        for number, there in stock.items()
    ]


def _at(values: pl.DataFrame, name: str, by: date) -> dict[int, float]:
    rows = values.filter((pl.col("name") == name) & (pl.col("period_end") == by)).sort("replication")
    return dict(rows.select("replication", "value").iter_rows())


def _summed(values: pl.DataFrame, name: str, by: date) -> dict[int, float]:
    rows = values.filter((pl.col("name") == name) & (pl.col("period_end") <= by))
    summed = rows.group_by("replication").agg(pl.col("value").sort().sum()).sort("replication")
    return dict(summed.iter_rows())


def _change(base: Mapping[int, float], other: Mapping[int, float]) -> Interval:
    return interval_of_mean([other.get(number, 0.0) - before for number, before in base.items()])


def _effect(base: pl.DataFrame, other: pl.DataFrame, case_class: str, by: date) -> GroupEffect:
    before, after = (_at(values, f"stock/{case_class}", by) for values in (base, other))
    weeks = [weeks_of(values, case_class, by) for values in (base, other)]
    return GroupEffect(
        case_class, _mean(list(before.values())), _change(before, after), _mean(weeks[0]), _mean(weeks[1])
    )


def _mean(outcomes: Sequence[float]) -> float:
    return sum(outcomes) / len(outcomes) if outcomes else 0.0
