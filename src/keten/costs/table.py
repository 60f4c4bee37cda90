# SPDX-License-Identifier: EUPL-1.2
"""From quantities to money."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from keten.costs.unit_costs import UnitCost
from keten.parameters.chain import matches
from keten.parameters.values import Quantity

_INDEX = ("replication", "period_end")


def cost_table(
    unit_costs: Sequence[UnitCost],
    *,
    resources: pl.DataFrame,
    places: pl.DataFrame,
    interviews: pl.DataFrame,
    deadlines: pl.DataFrame,
    choose: Callable[[str, Quantity], float],
) -> pl.DataFrame:
    """Work out the cost per month, partner and budget line, to the cent.

    Persons in reception are counted at the end of a month and cost every day of it; the reference date itself costs
    nothing.

    Returns
    -------
    polars.DataFrame
        replication, period_end, partner, budget_line, cost_eur.
    """
    first = resources["period_end"].min()
    staying = places.filter(pl.col("period_end") >= first)
    quantities = {
        "persons_days": staying.select(
            *_INDEX, name=pl.col("kind"), quantity=pl.col("persons") * pl.col("period_end").dt.day()
        ),
        "hours_used": resources.select(*_INDEX, name=pl.col("resource"), quantity=pl.col("hours_used")),
        "interpreter_hours": interviews.select(*_INDEX, name=pl.col("stage"), quantity=pl.col("interpreter_hours")),
        "eur_paid": deadlines.select(*_INDEX, name=pl.col("track"), quantity=pl.col("penalties_paid_eur")),
        "judgments": deadlines.select(*_INDEX, name=pl.col("track"), quantity=pl.col("judgments")),
    }
    return pl.concat([_line(row, quantities[row.driver], choose) for row in unit_costs])


def _line(row: UnitCost, quantities: pl.DataFrame, choose: Callable[[str, Quantity], float]) -> pl.DataFrame:
    chosen = [name for name in quantities["name"].unique() if matches(name, row.of)]
    rate = choose(f"unit_cost/{row.budget_line}", row.cost)
    months = quantities.filter(pl.col("name").is_in(chosen)).group_by(_INDEX, maintain_order=True)
    cents = (pl.col("quantity").cast(pl.Float64).sort().sum() * rate).round(2)
    return months.agg(cost_eur=cents).select(
        *_INDEX, pl.lit(row.partner).alias("partner"), pl.lit(row.budget_line).alias("budget_line"), "cost_eur"
    )
