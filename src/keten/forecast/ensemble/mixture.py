# SPDX-License-Identifier: EUPL-1.2
"""The voices together: quantiles of the logarithm, averaged level by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from keten.domain.errors import Problem, ScenarioError
from keten.forecast.assumptions import assumptions
from keten.forecast.ensemble.history import QuarterHistory
from keten.forecast.ensemble.spread import LEVELS, mirrored_quantiles, misses, offsets
from keten.forecast.ensemble.voices import VOICES, Logs, said

BASELINE = "seasonal_naive"
"""What a method must beat: last year again, with the mirrored quantiles of its own misses and nothing else."""


@dataclass(frozen=True)
class QuarterForecast:
    """What may come in the quarters that follow a history.

    Parameters
    ----------
    first
        First day of the first quarter that is forecast.
    logs
        Natural logarithm of persons; quarters ahead x levels of `LEVELS`, not falling from left to right.
    """

    first: date
    logs: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.logs)

    @property
    def persons(self) -> NDArray[np.float64]:
        """Persons per quarter; quarters ahead x levels."""
        return np.exp(self.logs)


def forecast_quarters(
    history: QuarterHistory,
    ahead: int,
    *,
    voices: Sequence[str] = tuple(VOICES),
    edition: NDArray[np.float64] | None = None,
) -> QuarterForecast:
    """Let voices speak together, each with the spread of its own past misses.

    Parameters
    ----------
    history
        The quarters known.
    ahead
        Number of quarters asked for.
    voices
        Names of `VOICES` that count alike.
    edition
        What an edition of the ministries says (logarithms; quarters ahead x levels), NaN where it says nothing; it
        counts for the declared share, where it speaks.

    Raises
    ------
    ScenarioError
        When fewer quarters are known than a voice needs.
    """
    logs = checked_logs(history)
    each = [_spoken(name, logs, ahead) for name in voices]
    together = np.mean(each, axis=0)
    if edition is not None:
        share = np.where(np.isnan(edition), 0.0, assumptions().ensemble.edition_weight.central)
        together = (1 - share) * together + share * np.nan_to_num(edition)
    return QuarterForecast(history.next_quarter, together)


def forecast_baseline(history: QuarterHistory, ahead: int) -> QuarterForecast:
    """Give the seasonal naive forecast, for comparison only."""
    logs = checked_logs(history)
    centre = said("last_year", tuple(logs.tolist()), ahead)
    spread = [_own_quantiles(misses("last_year", logs, step)) for step in range(1, ahead + 1)]
    return QuarterForecast(history.next_quarter, centre[:, np.newaxis] + np.array(spread))


def checked_logs(history: QuarterHistory) -> Logs:
    """Give the logarithms of a history that is long enough to speak about."""
    fewest = int(assumptions().ensemble.fewest_quarters.central)
    if len(history) < fewest:
        what = f"{len(history)} quarters in a row are known, a forecast needs {fewest}."
        raise ScenarioError("Forecast", [Problem("quarters", what, "Deliver older quarters, or choose a later day.")])
    return history.logs


def _spoken(name: str, logs: Logs, ahead: int) -> Logs:
    centre = said(name, tuple(logs.tolist()), ahead)
    spread = np.array([offsets(name, logs, step) for step in range(1, ahead + 1)])
    return np.sort(centre[:, np.newaxis] + spread, axis=1)


def _own_quantiles(missed: Logs) -> Logs:
    return mirrored_quantiles(missed) if len(missed) else np.zeros(len(LEVELS))
