# SPDX-License-Identifier: EUPL-1.2
"""A figure never travels without its unit and its origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

QUANTILES = (0.1, 0.5, 0.9)


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

    Quantiles are taken at the nearest rank, so that a count of cases stays a count that really occurred.

    Raises
    ------
    ValueError
        When there are no outcomes.
    """
    if not outcomes:
        raise ValueError("A range of no outcomes does not exist; run at least one replication.")
    ranked = sorted(float(outcome) for outcome in outcomes)
    p10, p50, p90 = (ranked[round(quantile * (len(ranked) - 1))] for quantile in QUANTILES)
    return Range(p10=p10, p50=p50, p90=p90, mean=sum(ranked) / len(ranked))
