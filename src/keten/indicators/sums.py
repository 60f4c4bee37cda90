# SPDX-License-Identifier: EUPL-1.2
"""The few operations all formulas are made of, over all replications at once.

Each gives a frame with the columns replication, period_end and value; a month without a row is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.indicators.sheets import Rows, Sheet
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
    ledger = tables.sheets["ledger"]
    rows = ledger.among("stage", stages)
    if case_classes is not None:
        rows &= ledger.among("case_class", case_classes)
    known = tables.moved if column in _FLOWS else None
    return _sum_per_month(tables, ledger, column, rows, known)


def column_sum(tables: Tables, table: str, column: str, *chosen: pl.Expr) -> pl.DataFrame:
    """Sum one column of another table per month, over the chosen rows; unknown when the table is not there."""
    sheet = tables.sheets.get(table)
    if sheet is None:
        return EMPTY
    return _sum_per_month(tables, sheet, column, sheet.where(*chosen))


def _sum_per_month(
    tables: Tables, sheet: Sheet, column: str, rows: Rows, known: NDArray[np.bool_] | None = None
) -> pl.DataFrame:
    """Add up per month; a month without any of the rows counts nothing in a run, and is unknown among figures."""
    values, there = sheet.per_month(column, rows)
    known = ~np.isnan(values) & (True if known is None else known) & (tables.complete | (there > 0))
    return sheet.of_months(values, known)


def column_ratios(tables: Tables, table: str, numerator: str, denominator: str, by: str) -> dict[str, pl.DataFrame]:
    """Divide two sums of columns per month for each value of another column, in order of that value.

    Unknown where one of the two sums is unknown or the denominator is zero, as in `ratio`.
    """
    sheet = tables.sheets.get(table)
    if sheet is None:
        return {}
    found = {}
    for name in sheet.frame[by].unique().sort():
        rows = sheet.among(by, [name])
        above, below = (sheet.per_month(column, rows)[0] for column in (numerator, denominator))
        known = ~np.isnan(above) & ~np.isnan(below) & (below != 0)
        divided = np.divide(above, below, where=known, out=np.zeros_like(above))
        found[str(name)] = sheet.of_months(divided, known)
    return found


def column_value(tables: Tables, table: str, column: str, *chosen: pl.Expr) -> pl.DataFrame:
    """Give one column of another table as it stands, where the choice leaves one row a month; else unknown."""
    frame = tables.frames.get(table)
    if frame is None:
        return EMPTY
    return frame.filter(*chosen).select(*index_columns(), pl.col(column).cast(pl.Float64).alias("value")).sort(INDEX)


def ratio(numerator: pl.DataFrame, denominator: pl.DataFrame, *, times: float = 1.0) -> pl.DataFrame:
    """Divide month by month; unknown where one of the two is unknown or the denominator is zero."""
    bases = denominator.lazy().rename({"value": "base"})
    both = numerator.lazy().join(bases, on=INDEX, how="inner", maintain_order="left")
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
