# SPDX-License-Identifier: EUPL-1.2
"""The distribution of Student, for whole degrees of freedom, without a statistics library."""

from __future__ import annotations

from functools import lru_cache
from math import atan, cos, pi, sin, sqrt


@lru_cache
def student_quantile(level: float, degrees: int) -> float:
    """Find the value below which Student's t lies with a probability, for instance 0.975.

    Found by halving on `probability_within`; right to ten digits.

    Raises
    ------
    ValueError
        When the level does not lie between 0 and 1, both excluded.
    """
    if not 0 < level < 1:
        raise ValueError(f"A level lies between 0 and 1, not at {level}.")
    within, sign = abs(2 * level - 1), 1.0 if level >= 0.5 else -1.0
    low, high = 0.0, 1.0
    while probability_within(high, degrees) < within:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        if probability_within(middle, degrees) < within:
            low = middle
        else:
            high = middle
    return sign * high


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
