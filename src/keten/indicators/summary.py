# SPDX-License-Identifier: EUPL-1.2
"""From replications to ranges: the vectorised twin of `keten.domain.figures.summarise`."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from keten.domain.figures import QUANTILES


def summarise_replications(values: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Summarise the column `value` over the replications as a range.

    Quantiles are taken at the nearest rank, as in `keten.domain.figures.summarise`.

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
    ranked = [
        known.sort().get(_rank(known.len(), quantile), null_on_oob=True).alias(f"p{round(quantile * 100)}")
        for quantile in QUANTILES
    ]
    return values.group_by(by).agg(*ranked, known.sort().mean().alias("mean"), known.len().alias("outcomes")).sort(by)


def _rank(outcomes: pl.Expr, quantile: float) -> pl.Expr:
    last = outcomes.cast(pl.Float64) - 1
    return (last * quantile).round(mode="half_to_even").cast(pl.Int64)
