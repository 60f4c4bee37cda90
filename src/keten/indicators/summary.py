# SPDX-License-Identifier: EUPL-1.2
"""From replications to ranges: the vectorised twin of `keten.domain.figures.summarise`."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from keten.domain.figures import PERCENTS


def summarise_replications(values: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Summarise the column `value` over the replications as a range.

    Parameters
    ----------
    by
        Columns that stay, for instance `["measure", "period_end"]`.

    Returns
    -------
    polars.DataFrame
        The columns of `by`, then p10, p50, p90 and mean, and `outcomes`: how many replications had a known value.
        Where none had, the range is null.
    """
    known = pl.col("value").drop_nulls()
    ranked = [quantile(pl.col("value"), percent).alias(f"p{percent}") for percent in PERCENTS]
    return values.group_by(by).agg(*ranked, known.sort().mean().alias("mean"), known.len().alias("outcomes")).sort(by)


def quantile(values: pl.Expr, percent: int) -> pl.Expr:
    """Find the value that so many percent of the known values lie below, by the rule of `domain.figures.quantile`."""
    ranked = values.drop_nulls().cast(pl.Float64).sort()
    hundredths = (ranked.len().cast(pl.Int64) - 1) * percent
    low, rest = hundredths // 100, hundredths % 100
    below, above = (ranked.get(low + is_above.cast(pl.Int64), null_on_oob=True) for is_above in (rest > 50, rest >= 50))
    return (below + above) / 2
