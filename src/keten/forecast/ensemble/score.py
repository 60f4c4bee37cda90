# SPDX-License-Identifier: EUPL-1.2
"""How good forecasts were: the weighted interval score, how often the truth fell inside, and which way they erred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keten.forecast.ensemble.spread import LEVELS


@dataclass(frozen=True)
class Judged:
    """One forecast held against what came.

    Parameters
    ----------
    method
        Name of the method.
    ahead
        Quarters ahead (for a sum: the first of them).
    quarters
        Number of quarters that the forecast adds up; 1 for a single quarter.
    origin
        Label of the last quarter known, for instance "2015-10".
    score, baseline
        Weighted interval score of the method and of the baseline, in persons; lower is better.
    inside_50, inside_80
        Whether the truth lay within the band of that width, its bounds included.
    above
        Share of the levels that lay below the truth: above 0.5 the forecast was too low.
    """

    method: str
    ahead: int
    quarters: int
    origin: str
    score: float
    baseline: float
    inside_50: bool
    inside_80: bool
    above: float


@dataclass(frozen=True)
class Skill:
    """The scores of many forecasts together; `ratio` below 1 means better than seasonal naive."""

    wis: float
    ratio_to_seasonal_naive: float
    coverage_50: float
    coverage_80: float
    bias: float
    origins: int


def interval_score(quantiles: NDArray[np.float64], outcome: float) -> float:
    """Weighted interval score of quantiles at `LEVELS`: twice the mean pinball loss, in the unit of the outcome.

    Source
    ------
    Bracher, Ray, Gneiting and Reich (2021), https://doi.org/10.1371/journal.pcbi.1008618.
    """
    below = outcome - quantiles
    return float(2 * np.maximum(LEVELS * below, (LEVELS - 1) * below).mean())


def inside(quantiles: NDArray[np.float64], outcome: float, width: float) -> bool:
    """Tell whether the outcome lies in the central band of a width, for instance 0.8."""
    low, high = np.interp([(1 - width) / 2, (1 + width) / 2], LEVELS, quantiles)
    return bool(low <= outcome <= high)


def skill(judged: Iterable[Judged]) -> Skill:
    """Put single judgements together; the ratio is one of means, so that large quarters weigh as they are."""
    rows = list(judged)
    wis = float(np.mean([row.score for row in rows]))
    return Skill(
        wis=wis,
        ratio_to_seasonal_naive=wis / float(np.mean([row.baseline for row in rows])),
        coverage_50=float(np.mean([row.inside_50 for row in rows])),
        coverage_80=float(np.mean([row.inside_80 for row in rows])),
        bias=float(np.mean([row.above for row in rows])) - 0.5,
        origins=len({row.origin for row in rows}),
    )
