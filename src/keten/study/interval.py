# SPDX-License-Identifier: EUPL-1.2
"""How sure a mean is: the confidence interval of the mean of a few replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, inf, sqrt
from statistics import fmean

from keten.domain.student import student_quantile

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean with the interval that holds it with 95% confidence; without limits when there is one outcome."""

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Distance from the mean to either end."""
        return (self.high - self.low) / 2

    @property
    def excludes_zero(self) -> bool:
        """True when the mean differs from zero with 95% confidence."""
        return self.low > 0 or self.high < 0


def interval_of_mean(outcomes: Sequence[float]) -> Interval:
    """Work out the interval of the mean of independent outcomes, with the distribution of Student.

    Raises
    ------
    ValueError
        When there are no outcomes.
    """
    if not outcomes:
        raise ValueError("The mean of no outcomes does not exist; run at least one replication.")
    mean = fmean(outcomes)
    if len(outcomes) == 1:
        return Interval(mean, -inf, inf)
    variance = fsum((outcome - mean) ** 2 for outcome in outcomes) / (len(outcomes) - 1)
    half = student_quantile((1 + CONFIDENCE) / 2, len(outcomes) - 1) * sqrt(variance / len(outcomes))
    return Interval(mean, mean - half, mean + half)


def interval_of_outcome(outcomes: Sequence[float]) -> Interval:
    """Work out the interval that holds one more outcome with 95% probability: reality is one outcome, not a mean.

    Wider than the interval of the mean, and it stays wide however many replications there are: it holds the luck of
    one course of events and the doubt about the parameters.

    Raises
    ------
    ValueError
        When there are no outcomes.
    """
    of_mean = interval_of_mean(outcomes)
    half = of_mean.half_width * sqrt(len(outcomes) + 1)
    return Interval(of_mean.mean, of_mean.mean - half, of_mean.mean + half)
