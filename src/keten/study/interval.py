# SPDX-License-Identifier: EUPL-1.2
"""How sure a mean is: the confidence interval of the mean of a few replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import atan, cos, fsum, inf, pi, sin, sqrt
from statistics import fmean

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
    half = student(len(outcomes) - 1) * sqrt(variance / len(outcomes))
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


@lru_cache
def student(degrees: int) -> float:
    """Find the value that Student's t stays within, either way, with 95% probability.

    Found by halving on `probability_within`; right to ten digits.
    """
    low, high = 0.0, 1.0
    while probability_within(high, degrees) < CONFIDENCE:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        if probability_within(middle, degrees) < CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def probability_within(value: float, degrees: int) -> float:
    """Work out the probability that Student's t lies between minus and plus `value`.

    The finite sums for whole degrees of freedom: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and
    26.7.4 (https://personal.math.ubc.ca/~cbm/aands/page_948.htm).
    """
    angle = atan(value / sqrt(degrees))
    term = cos(angle) if degrees % 2 else 1.0
    total = 0.0
    for number in range(2 + degrees % 2, degrees + 1, 2):
        total += term
        term *= cos(angle) ** 2 * (number - 1) / number
    if degrees % 2:
        return 2 / pi * (angle + sin(angle) * total)
    return sin(angle) * total
