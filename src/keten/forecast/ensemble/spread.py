# SPDX-License-Identifier: EUPL-1.2
"""How far a voice may miss: quantiles of the logarithm around what it says, learned from its own past misses."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from keten.domain.student import student_quantile
from keten.forecast.assumptions import assumptions
from keten.forecast.ensemble.voices import Logs, said

LEVELS = np.array([0.01, 0.025, *(np.arange(1, 20) / 20), 0.975, 0.99])
"""The 23 probabilities at which a forecast is told, as forecast hubs ask it."""


def misses(name: str, logs: Logs, ahead: int) -> Logs:
    """Give what came less what the voice had said `ahead` quarters before, for every past quarter (logarithms)."""
    rules = assumptions().ensemble
    known, furthest = tuple(logs.tolist()), int(rules.quarters_ahead.central)
    origins = range(int(rules.fewest_quarters.central), len(known) - ahead + 1)
    return np.array([known[end + ahead - 1] - said(name, known[:end], furthest)[ahead - 1] for end in origins])


def offsets(name: str, logs: Logs, ahead: int) -> Logs:
    """Give the distance of each level of `LEVELS` to what the voice says `ahead` quarters on (logarithms).

    A t distribution whose variance mixes a declared start with the misses at this distance and its neighbours; when
    the voice has missed often enough, half-way to the quantiles of its own misses, mirrored: that it was too low so
    far says nothing about next time.
    """
    rules = assumptions().ensemble
    furthest = int(rules.quarters_ahead.central)
    ahead = min(ahead, furthest)
    near = np.concatenate([misses(name, logs, g) for g in (ahead - 1, ahead, ahead + 1) if 1 <= g <= furthest])
    own = misses(name, logs, ahead)
    start, weight = rules.start_spread.central + rules.start_growth.central * (ahead - 1), rules.start_weight.central
    learned = len(own) * float((near**2).mean()) if len(near) else 0.0
    deviation = sqrt((learned + weight * start**2) / (len(own) + weight))
    assumed = deviation * unit_t(int(rules.tail_freedom.central))
    if len(own) < rules.own_misses_from.central:
        return assumed
    share = len(own) / (len(own) + rules.own_misses_weight.central)
    return np.asarray((1 - share) * assumed + share * mirrored_quantiles(own))


def mirrored_quantiles(missed: Logs) -> Logs:
    """Quantiles at `LEVELS` of the misses and their mirror image."""
    return np.asarray(np.quantile(np.concatenate([missed, -missed]), LEVELS))


@lru_cache
def unit_t(freedom: int) -> NDArray[np.float64]:
    """Quantiles at `LEVELS` of the t distribution, scaled to a variance of one."""
    scale = sqrt((freedom - 2) / freedom)
    return np.array([scale * student_quantile(level, freedom) for level in LEVELS.tolist()])
