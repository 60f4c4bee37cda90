# SPDX-License-Identifier: EUPL-1.2
"""The few operations all formulas are made of, over all replications at once.

Each gives a frame with the columns replication, period_end and value; a month without a row is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from keten.indicators.tables import EMPTY, INDEX, Tables, index_columns

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
    months = tables.ledger_months
    if column in _FLOWS:
        months = months.filter("moved")
    there = [tables.ledger_by_stage[stage] for stage in stages if stage in tables.ledger_by_stage]
    rows = pl.concat(part.lazy() for part in (there or [tables.ledger.clear()]))
    if case_classes is not None:
        rows = rows.filter(pl.col("case_class").is_in(case_classes))
    return _sum_per_month(rows, column, months.select(INDEX), absent_is_zero=tables.complete)


def column_sum(tables: Tables, table: str, column: str, *chosen: pl.Expr) -> pl.DataFrame:
    """Sum one column of another table per month, over the chosen rows; unknown when the table is not there."""
    frame = tables.frames.get(table)
    if frame is None:
        return EMPTY
    rows = frame.lazy().filter(*chosen)
    return _sum_per_month(rows, column, tables.months_by_table[table], absent_is_zero=tables.complete)


def column_ratios(tables: Tables, table: str, numerator: str, denominator: str, by: str) -> dict[str, pl.DataFrame]:
    """Divide two sums of columns per month for each value of another column, in order of that value.

    Unknown where one of the two sums is unknown or the denominator is zero, as in `ratio`.
    """
    frame = tables.frames.get(table)
    if frame is None:
        return {}
    both = (
        frame.lazy()
        .group_by(by, *index_columns())
        .agg(_total(numerator).alias("value"), _total(denominator).alias("base"))
    )
    divided = both.filter(pl.col("base") != 0).select(by, *INDEX, pl.col("value") / pl.col("base")).drop_nulls("value")
    parts = divided.sort(by, *INDEX).collect().partition_by(by, as_dict=True, include_key=False)
    return {str(key): part for (key,), part in parts.items()}


def column_value(tables: Tables, table: str, column: str, *chosen: pl.Expr) -> pl.DataFrame:
    """Give one column of another table as it stands, where the choice leaves one row a month; else unknown."""
    frame = tables.frames.get(table)
    if frame is None:
        return EMPTY
    return frame.filter(*chosen).select(*index_columns(), pl.col(column).cast(pl.Float64).alias("value")).sort(INDEX)


def _total(column: str) -> pl.Expr:
    """Add up a group; when one of the terms is an empty cell the sum is unknown, not smaller.

    In order of size: threads gather a group in any order, and the last bit of a float sum depends on the order.
    """
    terms = pl.col(column)
    return pl.when(terms.null_count() == 0).then(terms.sort().sum()).cast(pl.Float64).round(6)


def _sum_per_month(rows: pl.LazyFrame, column: str, months: pl.DataFrame, *, absent_is_zero: bool) -> pl.DataFrame:
    """Add per month; of a month without rows the caller says whether it counts nothing or is unknown."""
    sums = rows.group_by(index_columns()).agg(_total(column).alias("value"), pl.lit(True).alias("there"))
    joined = months.lazy().join(sums, on=INDEX, how="left")
    if absent_is_zero:
        nothing = pl.when(pl.col("there").is_null()).then(0.0)
        joined = joined.with_columns(pl.coalesce(nothing, "value").alias("value"))
    return joined.filter(pl.col("value").is_not_null()).select(*INDEX, "value").sort(INDEX).collect()


def ratio(numerator: pl.DataFrame, denominator: pl.DataFrame, *, times: float = 1.0) -> pl.DataFrame:
    """Divide month by month; unknown where one of the two is unknown or the denominator is zero."""
    both = numerator.lazy().join(denominator.lazy().rename({"value": "base"}), on=INDEX, how="inner")
    return both.filter(pl.col("base") != 0).select(*INDEX, pl.col("value") / pl.col("base") * times).collect()


def add(*frames: pl.DataFrame) -> pl.DataFrame:
    """Add month by month; unknown where one of the terms is unknown."""
    stacked = pl.concat(frames).group_by(INDEX).agg(pl.col("value").sort().sum(), terms=pl.len())
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
