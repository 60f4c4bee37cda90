# SPDX-License-Identifier: EUPL-1.2
"""The few operations all formulas are made of, over all replications at once.

Each gives a frame with the columns replication, period_end and value; a month without a row is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from keten.indicators.tables import EMPTY, INDEX, Tables

WEEKS_PER_MONTH = 365.25 / 12 / 7
"""Average number of weeks in a month."""

_FLOWS = ("inflow", "outflow")


def ledger_sum(
    tables: Tables,
    column: Literal["closing", "overdue", "inflow", "outflow"],
    stages: Sequence[str],
    case_classes: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Cases of the ledger per month, added over stages and case classes (all classes when None).

    Flows are unknown in a month in which nothing moved anywhere: such rows hold the stock on the reference date.
    """
    if tables.ledger is None or not stages or (case_classes is not None and not case_classes):
        return EMPTY
    chosen = pl.col("stage").is_in(stages)
    if case_classes is not None:
        chosen &= pl.col("case_class").is_in(case_classes)
    months = tables.ledger_months
    if column in _FLOWS:
        months = months.filter("moved")
    sums = _sum_per_month(tables.ledger.lazy().filter(chosen), pl.col(column))
    joined = months.select(INDEX).join(sums, on=INDEX, how="left" if tables.complete else "inner")
    return joined.with_columns(pl.col("value").fill_null(0.0))


def column_sum(frame: pl.DataFrame | None, column: str, *chosen: pl.Expr) -> pl.DataFrame:
    """Sum one column per month over the chosen rows of a table; unknown without the table or the rows."""
    if frame is None:
        return EMPTY
    return _sum_per_month(frame.lazy().filter(*chosen), pl.col(column))


def _sum_per_month(rows: pl.LazyFrame, column: pl.Expr) -> pl.DataFrame:
    return (
        rows.group_by(pl.col("replication").cast(pl.Int64), pl.col("period_end").cast(pl.Date))
        .agg(column.sum().cast(pl.Float64).alias("value"))
        .sort(INDEX)
        .collect()
    )


def ratio(numerator: pl.DataFrame, denominator: pl.DataFrame, *, times: float = 1.0) -> pl.DataFrame:
    """Divide month by month; unknown where one of the two is unknown or the denominator is zero."""
    both = numerator.join(denominator.rename({"value": "base"}), on=INDEX, how="inner")
    return both.filter(pl.col("base") != 0).select(*INDEX, pl.col("value") / pl.col("base") * times)


def add(*frames: pl.DataFrame) -> pl.DataFrame:
    """Add month by month; unknown where one of the terms is unknown."""
    stacked = pl.concat(frames).group_by(INDEX).agg(pl.col("value").sum(), terms=pl.len())
    return stacked.filter(pl.col("terms") == len(frames)).select(*INDEX, "value").sort(INDEX)


def trailing_sum(frame: pl.DataFrame, months: int, *, at_least: int = 1) -> pl.DataFrame:
    """Sum over the last `months` calendar months, this one included; unknown with fewer than `at_least` of them."""
    return _trailing(frame, pl.col("value").rolling_sum_by("_month", f"{months}mo", min_samples=at_least))


def trailing_mean(frame: pl.DataFrame, months: int) -> pl.DataFrame:
    """Average over the known months among the last `months` calendar months, this one included."""
    return _trailing(frame, pl.col("value").rolling_mean_by("_month", f"{months}mo"))


def _trailing(frame: pl.DataFrame, rolled: pl.Expr) -> pl.DataFrame:
    by_month = frame.sort(INDEX).with_columns(_month=pl.col("period_end").dt.month_start())
    return by_month.select(*INDEX, rolled.over("replication")).filter(pl.col("value").is_not_null())
