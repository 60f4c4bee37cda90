# SPDX-License-Identifier: EUPL-1.2
"""The voices of the ensemble: simple ways to go on from a row of quarters, each wrong in its own way.

Every voice takes the logarithms of the quarters known (oldest first, at least `fewest_quarters`) and a number of
quarters ahead, and gives the logarithm of what it expects for each of them. None of them sees a later quarter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from keten.forecast.assumptions import assumptions
from keten.forecast.ensemble.history import QUARTERS_A_YEAR

Logs = NDArray[np.float64]
Voice = Callable[[Logs, int], Logs]

SMOOTHING = tuple(step / 10 for step in range(2, 11))
"""Shares of a surprise that the level may take over; the one that would have missed least so far is used."""


def last_year(logs: Logs, ahead: int) -> Logs:
    """Repeat for every quarter the same quarter of the last year that is known."""
    return np.resize(logs[-QUARTERS_A_YEAR:], ahead)


def last_four_quarters(logs: Logs, ahead: int) -> Logs:
    """Take for every quarter the mean of the last four."""
    return np.full(ahead, np.log(np.exp(logs[-QUARTERS_A_YEAR:]).mean()))


def level(logs: Logs, ahead: int) -> Logs:
    """Keep the level of now (exponential smoothing), with half of the usual season."""
    season = _season(logs)
    return _smoothed(logs - _seasons(season, 0, len(logs))) + _seasons(season, len(logs), ahead)


def returning_level(logs: Logs, ahead: int) -> Logs:
    """Let the level of now return step by step to the mean of six years, with half of the usual season."""
    rules, season = assumptions().ensemble, _season(logs)
    plain = logs - _seasons(season, 0, len(logs))
    mean = plain[-int(rules.return_quarters.central) :].mean()
    kept = rules.return_kept.central ** np.arange(1, ahead + 1)
    return np.asarray(mean + kept * (_smoothed(plain) - mean) + _seasons(season, len(logs), ahead))


def _seasons(season: Logs, begin: int, number: int) -> Logs:
    return season[(begin + np.arange(number)) % QUARTERS_A_YEAR]


def _season(logs: Logs) -> Logs:
    """Mean distance of each quarter of the year to the moving mean around it, shrunk; none within two years."""
    if len(logs) < 2 * QUARTERS_A_YEAR:
        return np.zeros(QUARTERS_A_YEAR)
    window = np.array([0.5, 1.0, 1.0, 1.0, 0.5]) / QUARTERS_A_YEAR
    around = np.convolve(logs, window, mode="valid")
    place = np.arange(2, 2 + len(around)) % QUARTERS_A_YEAR
    distance = np.bincount(place, logs[2 : 2 + len(around)] - around) / np.bincount(place)
    return np.asarray(assumptions().ensemble.season_kept.central * (distance - distance.mean()))


def _smoothed(plain: Logs) -> float:
    """Level after the last quarter, by the smoothing that would have missed least one quarter ahead."""
    return min(_run(plain.tolist(), share) for share in SMOOTHING)[1]


def _run(values: list[float], share: float) -> tuple[float, float]:
    level_now, missed = values[0], 0.0
    for value in values[1:]:
        surprise = value - level_now
        missed += surprise * surprise
        level_now += share * surprise
    return missed, level_now


VOICES: Mapping[str, Voice] = {
    "last_year": last_year,
    "last_four_quarters": last_four_quarters,
    "level": level,
    "returning_level": returning_level,
}
"""The voices that count alike, by name."""


@lru_cache(maxsize=4096)
def said(name: str, logs: tuple[float, ...], ahead: int) -> Logs:
    """Ask a voice once: the same question has the same answer, and rolling origins ask it often."""
    return VOICES[name](np.array(logs), ahead)
