# SPDX-License-Identifier: EUPL-1.2
"""The waterbed: what a little more capacity or inflow at one place does to the stock of every partner.

A case is somewhere: with the partner of its stage, or out of the chain through an exit. So one FTE more moves cases and
makes none, and its row adds up to zero; one case per week more adds exactly the cases that came. A nudge of one is
small beside the luck of single cases, which changes place when a queue moves faster; therefore the nudge is made larger
and the effect divided by the same number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import polars as pl

from keten.domain.errors import Problem, ScenarioError
from keten.domain.language import Words
from keten.parameters.chain import Chain, Resource, StageKind
from keten.parameters.paths import entry_places
from keten.parameters.values import Quantity
from keten.scenario.model import Scenario
from keten.study.inputs import Inputs
from keten.study.interval import Interval, interval_of_mean
from keten.study.replicate import Progress, Replication, spread_over_weeks
from keten.study.results import month_end
from keten.study.variants import Variant, of_variant, run_variants
from keten.study.work import Workers

TERMS = (3, 12, 24)
"""Months after the reference date at which the effect is read."""

BASE = "base"
EXIT = "exit:"
"""Mark of a column that counts an exit instead of the stock of a partner."""

Kind = Literal["fte", "place", "arrivals"]
_KEY = ("period_end", "column")


@dataclass(frozen=True)
class Nudge:
    """A little more at one place: FTE at a resource, places or homes, or cases per week at an entry.

    `inputs` are those of the base with the nudge made, as many times as the scale of the waterbed says.
    """

    id: str
    kind: Kind
    words: Words
    inputs: Inputs


@dataclass(frozen=True)
class Effect:
    """What one nudge of one does to one column after a term: mean over the paired replications, with its interval."""

    nudge: str
    months: int
    column: str
    change: Interval


@dataclass(frozen=True)
class Waterbed:
    """The matrix; `deltas` is what it was made of: nudge, months, column, replication, delta (in whole cases)."""

    nudges: tuple[Nudge, ...]
    columns: tuple[str, ...]
    terms: tuple[int, ...]
    scale: int
    deltas: pl.DataFrame
    effects: tuple[Effect, ...]

    def row(self, nudge: str, months: int) -> dict[str, Interval]:
        """Give the effects of a nudge after a term, by column."""
        return {row.column: row.change for row in self.effects if (row.nudge, row.months) == (nudge, months)}

    def total(self, nudge: str, months: int) -> float:
        """Add a row up: the mean number of cases that the nudge put into the chain, per one."""
        rows = self.deltas.filter((pl.col("nudge") == nudge) & (pl.col("months") == months))
        return int(rows["delta"].sum()) / (rows["replication"].n_unique() * self.scale)


def long_enough(scenario: Scenario, terms: Sequence[int] = TERMS) -> Scenario:
    """Move the horizon of a scenario to the end of the last term, when it lies before it."""
    end = term_end(scenario.reference_date, max(terms))
    return scenario if scenario.horizon >= end else scenario.model_copy(update={"horizon": end})


def term_end(reference_date: date, months: int) -> date:
    """Give the month end so many months after the month of the reference date."""
    years, month = divmod(reference_date.month - 1 + months, 12)
    return month_end(f"{reference_date.year + years}-{month + 1}")


def nudges(inputs: Inputs, scale: int) -> list[Nudge]:
    """List the nudges: one FTE (or place) at every resource, one case a week at every entry, `scale` times."""
    chain = inputs.chain
    entering = {place.case_class for place in entry_places(chain)}
    return [_at_resource(inputs, resource, scale) for resource in chain.resources] + [
        _at_entry(inputs, row.id, scale) for row in chain.case_classes if row.id in entering
    ]


def _at_resource(inputs: Inputs, resource: Resource, scale: int) -> Nudge:
    kind, one, unit = _one_more(inputs, resource)
    raised = resource.model_copy(update={"capacity": tuple(plus(row, scale * one) for row in resource.capacity)})
    resources = tuple(raised if row.id == resource.id else row for row in inputs.chain.resources)
    return Nudge(
        f"{kind}:{resource.id}",
        kind,
        Words(nl=f"+1 {unit.nl}: {resource.nl}", en=f"+1 {unit.en}: {resource.en}"),
        replace(inputs, chain=inputs.chain.model_copy(update={"resources": resources})),
    )


def _one_more(inputs: Inputs, resource: Resource) -> tuple[Kind, float, Words]:
    """Say what one more is: an FTE of hours, a place that is filled once, or a place each week."""
    if resource.unit == "hours":
        return "fte", inputs.staff_values.hours_per_fte.central, Words(nl="fte", en="FTE")
    if resource.rhythm == "working_day":
        return "place", 1 / 5, Words(nl="plaats per week", en="place per week")
    return "place", 1.0, Words(nl="plaats", en="place")


def plus(quantity: Quantity, more: float) -> Quantity:
    """Raise a quantity, its whole range when it has one."""
    parts = {
        name: None if part is None else part + more
        for name, part in (
            ("value", quantity.value),
            ("low", quantity.low),
            ("mode", quantity.mode),
            ("high", quantity.high),
        )
    }
    return quantity.model_copy(update=parts)


def _at_entry(inputs: Inputs, case_class: str, scale: int) -> Nudge:
    row = inputs.chain.case_class(case_class)
    words = Words(nl=f"+1 zaak per week: {row.nl}", en=f"+1 case per week: {row.en}")
    more = {**inputs.extra_per_week, case_class: inputs.extra_per_week.get(case_class, 0) + scale}
    return Nudge(f"arrivals:{case_class}", "arrivals", words, replace(inputs, extra_per_week=more))


def columns_of(chain: Chain) -> tuple[str, ...]:
    """List the columns of the matrix: partners that hold stock, then the exits, in the order of the stages."""
    partners = dict.fromkeys(stage.partner for stage in chain.stages if stage.kind is not StageKind.EXIT)
    exits = [f"{EXIT}{stage.id}" for stage in chain.stages if stage.kind is StageKind.EXIT]
    return (*partners, *exits)


def stock_by_partner(inputs: Inputs, replication: Replication) -> pl.DataFrame:
    """Count the cases with every partner, and those that left through every exit: whole cases per month end."""
    column = {
        stage.id: f"{EXIT}{stage.id}" if stage.kind is StageKind.EXIT else stage.partner
        for stage in inputs.chain.stages
    }
    ledger = replication.outcome.ledger.with_columns(column=pl.col("stage").replace_strict(column))
    return (
        ledger.group_by("replication", *_KEY)
        .agg(cases=pl.col("closing").cast(pl.Int64).sum())
        .sort("replication", *_KEY)
    )


def extra_cases(inputs: Inputs, case_class: str, until: date) -> int:
    """Count the extra cases of a class that came up to and including a day."""
    days = spread_over_weeks(inputs.extra_per_week.get(case_class, 0), inputs.span.days)
    return int(days[: inputs.span.number(until) + 1].sum())


def waterbed(
    inputs: Inputs,
    *,
    replications: int,
    seed: int = 7,
    scale: int = 10,
    terms: Sequence[int] = TERMS,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
) -> Waterbed:
    """Work out the matrix; the horizon must reach the last term (see `long_enough`).

    Raises
    ------
    ScenarioError
        When the scale is below one, or the horizon lies before the last term.
    """
    last = term_end(inputs.span.reference_date, max(terms))
    problems = question_problems(scale, terms)
    if inputs.span.horizon < last:
        problems.append(Problem("horizon", f"{inputs.span.horizon} is before {last}.", f"End on {last} or later."))
    if problems:
        raise ScenarioError("The waterbed", problems)
    made = nudges(inputs, scale)
    values = run_variants(
        [Variant(BASE, inputs), *(Variant(nudge.id, nudge.inputs) for nudge in made)],
        replications=replications,
        seed=seed,
        workers=workers,
        progress=progress,
        look=stock_by_partner,
    )
    columns = columns_of(inputs.chain)
    ends = {term_end(inputs.span.reference_date, months): months for months in terms}
    deltas = _deltas(values, [nudge.id for nudge in made], columns, ends)
    return Waterbed(tuple(made), columns, tuple(terms), scale, deltas, _effects(deltas, scale))


def question_problems(scale: int, terms: Sequence[int]) -> list[Problem]:
    """Say what is wrong with a scale or terms, before anything is run."""
    problems = [Problem("--after", f"{term} months is not later.", "Give 1 or more.") for term in terms if term < 1]
    if scale < 1:
        problems.append(Problem("--scale", f"{scale} is too small.", "Make the nudge 1 or more."))
    return problems


def _deltas(values: pl.DataFrame, names: Sequence[str], columns: Sequence[str], ends: dict[date, int]) -> pl.DataFrame:
    """Subtract the base, replication by replication; a partner without cases in a run has none."""
    key = ["replication", *_KEY]
    rows = values.filter(pl.col("period_end").is_in(list(ends)))
    every = (
        rows.select("replication", "period_end")
        .unique()
        .join(pl.DataFrame({"column": list(columns)}), how="cross")
        .sort(key)
    )

    def cases(name: str) -> pl.DataFrame:
        counted = of_variant(rows, name)
        return every.join(counted, on=key, how="left").with_columns(pl.col("cases").fill_null(0)).sort(key)

    base = cases(BASE)["cases"]
    frames = [
        every.select(
            pl.lit(name).alias("nudge"),
            pl.col("period_end").replace_strict(list(ends), list(ends.values()), return_dtype=pl.Int64).alias("months"),
            "column",
            "replication",
            delta=cases(name)["cases"] - base,
        )
        for name in names
    ]
    return pl.concat(frames)


def _effects(deltas: pl.DataFrame, scale: int) -> tuple[Effect, ...]:
    return tuple(
        Effect(str(nudge), int(months), str(column), interval_of_mean([delta / scale for delta in group["delta"]]))
        for (nudge, months, column), group in deltas.group_by("nudge", "months", "column", maintain_order=True)
    )


def column_words(column: str, chain: Chain) -> Words:
    """Name a column: the partner, or the exit."""
    if column.startswith(EXIT):
        stage = chain.stage(column.removeprefix(EXIT))
        return Words(nl=stage.nl, en=stage.en)
    partner = chain.partner(column)
    return Words(nl=partner.nl, en=partner.en)
