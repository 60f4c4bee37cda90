# SPDX-License-Identifier: EUPL-1.2
"""From months to half-years and years: each replication has one value for a whole period, then they are summarised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from keten.indicators.measure_words import OverPeriod, words_of

KEYS = ("measure", "unit", "replication", "period")


def by_period(values: pl.DataFrame, reference_date: date) -> pl.DataFrame:
    """Work out the value of each measure over the whole half-years and years that a study simulated.

    Parameters
    ----------
    values
        measure, unit, replication, period_end, value, as `keten.indicators.measures.measures` gives them.
    reference_date
        Last day of the past; its month is no part of a period.

    Returns
    -------
    polars.DataFrame
        measure, unit, replication, period (`2023-H2` or `2024`), value. A flow adds up, a stock is that of the last
        month, a rate is the mean of the months, each by its weight: the share of the whole period. A flow of which a
        month is unknown has no row.
    """
    ends = sorted(day for day in values["period_end"].unique() if day > reference_date)
    inside = values.join(_months_of_periods(ends), on="period_end", how="inner", maintain_order="left")
    weighed = inside.join(_ways(values["measure"].unique().sort().to_list()), on="measure", how="left")
    weights = values.select(weight="measure", replication="replication", period_end="period_end", share="value")
    weighed = weighed.join(weights, on=["weight", "replication", "period_end"], how="left", maintain_order="left")
    return _over_periods(weighed.with_columns(share=pl.when(pl.col("weight") == "").then(1.0).otherwise("share")))


def whole_periods(ends: Sequence[date]) -> Iterator[tuple[str, tuple[date, ...]]]:
    """Name each whole half-year and year among month ends, with its months in order."""
    for year in sorted({end.year for end in ends}):
        months = {end.month: end for end in ends if end.year == year}
        halves = {f"{year}-H1": range(1, 7), f"{year}-H2": range(7, 13), str(year): range(1, 13)}
        for name, wanted in halves.items():
            if all(month in months for month in wanted):
                yield name, tuple(months[month] for month in wanted)


def _months_of_periods(ends: Sequence[date]) -> pl.DataFrame:
    rows = [
        {"period_end": month, "period": name, "months": len(months), "last": month == months[-1]}
        for name, months in whole_periods(ends)
        for month in months
    ]
    return pl.DataFrame(
        rows, schema={"period_end": pl.Date, "period": pl.String, "months": pl.UInt32, "last": pl.Boolean}
    )


def _ways(names: Sequence[str]) -> pl.DataFrame:
    """Tell of each measure how its months become one value, and by which measure they weigh."""
    words = [words_of(name) for name in names]
    rows = [(name, row.over_period.value, row.weight) for name, row in zip(names, words, strict=True)]
    return pl.DataFrame(rows, schema={"measure": pl.String, "way": pl.String, "weight": pl.String}, orient="row")


def _over_periods(weighed: pl.DataFrame) -> pl.DataFrame:
    value, way = pl.col("value"), pl.col("way").first()
    whole = pl.len() == pl.col("months").first()
    mean = (value * pl.col("share")).sum() / pl.col("share").sum()
    found = weighed.group_by(KEYS, maintain_order=True).agg(
        pl.when((way == OverPeriod.SUM.value) & whole)
        .then(value.sum())
        .when(way == OverPeriod.LAST.value)
        .then(value.filter("last").first())
        .when((way == OverPeriod.MEAN.value) & (whole | (pl.col("weight").first() != "")))
        .then(mean)
        .alias("value")
    )
    return found.filter(pl.col("value").is_finite()).sort("measure", "period", "replication")
