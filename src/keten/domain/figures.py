# SPDX-License-Identifier: EUPL-1.2
"""A figure never travels without its unit and its origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

PERCENTS = (10, 50, 90)
"""The quantiles that a range is made of, in percent of the outcomes."""


@dataclass(frozen=True)
class Provenance:
    """Where a figure comes from, complete enough to make it again.

    `source` is an address or the name of a study; `published` is the date from which the figure could be known.
    """

    source: str
    published: date | None = None
    definition: str = ""
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """One value with name, unit, date and origin."""

    name: str
    value: float
    unit: str
    on: date
    provenance: Provenance


@dataclass(frozen=True)
class Range:
    """A forecast as a range: 10%, 50% and 90% of the outcomes lie below low, middle and high."""

    p10: float
    p50: float
    p90: float
    mean: float


def summarise(outcomes: Sequence[float]) -> Range:
    """Summarise sampled outcomes of one quantity as a range.

    Raises
    ------
    ValueError
        When there are no outcomes.
    """
    if not outcomes:
        raise ValueError("A range of no outcomes does not exist; run at least one replication.")
    ranked = sorted(float(outcome) for outcome in outcomes)
    p10, p50, p90 = (_between(ranked, percent) for percent in PERCENTS)
    return Range(p10=p10, p50=p50, p90=p90, mean=sum(ranked) / len(ranked))


def quantile(outcomes: Sequence[float], percent: int) -> float:
    """Find the value that so many percent of the outcomes lie below: the one rule for every quantile and median.

    Taken at the nearest rank, so that a count of cases stays a count that really occurred; halfway between two ranks it
    is the mean of both. So the median of an even number of outcomes is the mean of the two in the middle.
    `keten.indicators.summary.quantile` is the same rule for a column of a table.

    Raises
    ------
    ValueError
        When there are no outcomes.
    """
    if not outcomes:
        raise ValueError("A quantile of no outcomes does not exist; run at least one replication.")
    return _between(sorted(float(outcome) for outcome in outcomes), percent)


def _between(ranked: Sequence[float], percent: int) -> float:
    low, rest = divmod(percent * (len(ranked) - 1), 100)
    return (ranked[low + (rest > 50)] + ranked[low + (rest >= 50)]) / 2
