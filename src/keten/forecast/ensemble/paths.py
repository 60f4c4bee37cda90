# SPDX-License-Identifier: EUPL-1.2
"""Paths: quarters drawn together, so that the band of a year is not too narrow.

Each path is one row of normal scores in which neighbours hang together; the score of a quarter picks its quantile.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from keten.forecast.assumptions import assumptions
from keten.forecast.ensemble.mixture import QuarterForecast
from keten.forecast.ensemble.spread import LEVELS

LEVEL_SCORES = np.array([NormalDist().inv_cdf(level) for level in LEVELS])


def draw_scores(rng: Generator, paths: int, quarters: int) -> NDArray[np.float64]:
    """Draw normal scores, paths x quarters, in which neighbours correlate as declared."""
    kept = assumptions().ensemble.neighbour_correlation.central
    fresh = rng.standard_normal((paths, quarters))
    scores = np.empty_like(fresh)
    scores[:, 0] = fresh[:, 0]
    for quarter in range(1, quarters):
        scores[:, quarter] = kept * scores[:, quarter - 1] + np.sqrt(1 - kept**2) * fresh[:, quarter]
    return scores


def draw_paths(forecast: QuarterForecast, rng: Generator, paths: int) -> NDArray[np.float64]:
    """Draw persons per quarter; paths x quarters, never negative."""
    scores = draw_scores(rng, paths, len(forecast))
    columns = [_at_scores(logs, scores[:, place]) for place, logs in enumerate(forecast.logs)]
    return np.exp(np.column_stack(columns))


def _at_scores(logs: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Read quantiles at normal scores; beyond the outer levels the last slope goes on."""
    inner = np.interp(scores, LEVEL_SCORES, logs)
    low = (logs[1] - logs[0]) / (LEVEL_SCORES[1] - LEVEL_SCORES[0])
    high = (logs[-1] - logs[-2]) / (LEVEL_SCORES[-1] - LEVEL_SCORES[-2])
    under = np.minimum(scores - LEVEL_SCORES[0], 0.0) * low
    over = np.maximum(scores - LEVEL_SCORES[-1], 0.0) * high
    return np.asarray(inner + under + over)
