# SPDX-License-Identifier: EUPL-1.2
"""From quantities to money."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from keten.costs.unit_costs import UnitCost
from keten.parameters.chain import matches
from keten.parameters.values import Quantity

_INDEX = ("replication", "period_end")
_PERSON_DAYS = pl.col("persons") * pl.col("period_end").dt.day()


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
    quantities = pl.concat(
        [
            _driver("hours_used", resources, "resource", pl.col("hours_used")),
            _driver("persons_days", _staying(places, resources), "kind", _PERSON_DAYS),
            _driver("interpreter_hours", interviews, "stage", pl.col("interpreter_hours")),
            _driver("eur_paid", deadlines, "track", pl.col("penalties_paid_eur")),
            _driver("judgments", deadlines, "track", pl.col("judgments")),
        ]
    )
    lines = _lines(unit_costs, quantities.select("driver", "name").unique(), choose)
    # Sums are taken in order of size: so the order in which rows happen to come cannot change the last bit.
    cents = (pl.col("quantity").sort().sum() * pl.col("rate").first()).round(2)
    return (
        quantities.join(lines, on=["driver", "name"], how="inner")
        .group_by("line", *_INDEX, "partner", "budget_line")
        .agg(cost_eur=cents)
        .sort("line", *_INDEX)
        .select(*_INDEX, "partner", "budget_line", "cost_eur")
    )


def _staying(places: pl.DataFrame, resources: pl.DataFrame) -> pl.DataFrame:
    """Leave the reference date itself out: it costs nothing."""
    return places.filter(pl.col("period_end") >= resources["period_end"].min())


def _driver(driver: str, table: pl.DataFrame, name: str, quantity: pl.Expr) -> pl.DataFrame:
    return table.select(*_INDEX, driver=pl.lit(driver), name=pl.col(name), quantity=quantity.cast(pl.Float64))


def _lines(
    unit_costs: Sequence[UnitCost], known: pl.DataFrame, choose: Callable[[str, Quantity], float]
) -> pl.DataFrame:
    """Say of every driver and name on which budget lines it is counted, and at which rate."""
    rows = [
        (row.driver, name, line, row.partner, row.budget_line, rate)
        for line, row in enumerate(unit_costs)
        for rate in [choose(f"unit_cost/{row.budget_line}", row.cost)]
        for driver, name in known.iter_rows()
        if driver == row.driver and matches(name, row.of)
    ]
    columns = ["driver", "name", "line", "partner", "budget_line", "rate"]
    return pl.DataFrame(rows, schema=columns, orient="row")
