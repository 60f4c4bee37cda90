# SPDX-License-Identifier: EUPL-1.2
"""Random numbers without a generator: a draw is a function of who it is for and what it decides.

The key is (seed, replication, case, purpose). So two scenarios with the same seed differ only by their policy, and a
result does not depend on the number of workers or on the order in which cases are handled. The mixing function is the
finaliser of SplitMix64 (Steele, Lea and Flood, 2014, https://doi.org/10.1145/2660193.2660195).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keten.flow.compiled import compiled, inlined

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_SHIFT_30, _SHIFT_27, _SHIFT_31, _SHIFT_11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_ONE = np.uint64(1)
_TO_UNIT = 2.0**-53

PURPOSE_ROUTE = 0
PURPOSE_DELAY = 1
PURPOSE_NO_SHOW = 2
PURPOSE_ELAPSED = 3
PURPOSE_ORDER = 4
PURPOSE_WITHDRAWAL = 5
PURPOSES = 8
"""Number of purposes per (stage, turn); see `purpose_code`."""


@inlined
def mix(bits: np.uint64) -> np.uint64:
    """Scramble 64 bits so that neighbouring keys give unrelated numbers."""
    bits = (bits ^ (bits >> _SHIFT_30)) * _FIRST
    bits = (bits ^ (bits >> _SHIFT_27)) * _SECOND
    return bits ^ (bits >> _SHIFT_31)


@inlined
def stream(seed: int, replication: int) -> np.uint64:
    """Derive the key of one replication of one study."""
    return mix(mix(np.uint64(seed) + _GOLDEN) + np.uint64(replication) * _GOLDEN)


@inlined
def purpose_code(stage: int, turn: int, purpose: int) -> np.uint64:
    """Give what a draw decides a number: one purpose, at one stage, the `turn`-th time around."""
    return np.uint64((turn * 1024 + stage) * PURPOSES + purpose)


@inlined
def luck_of(key: np.uint64, case: int) -> np.uint64:
    """Give what all draws of one case in one replication follow from."""
    return mix(np.uint64(key) + (np.uint64(case) + _ONE) * _GOLDEN)


@inlined
def drawn(luck: np.uint64, purpose: np.uint64) -> float:
    """Draw a number in [0, 1) for one purpose of the case with this luck."""
    bits = mix(luck + (np.uint64(purpose) + _ONE) * _GOLDEN)
    return float(bits >> _SHIFT_11) * _TO_UNIT


@inlined
def uniform(key: np.uint64, case: int, purpose: np.uint64) -> float:
    """Draw a number in [0, 1) for one case and one purpose."""
    return drawn(luck_of(key, case), purpose)


@inlined
def triangular(draw: float, low: float, mode: float, high: float) -> float:
    """Turn a uniform draw into a draw from the triangular distribution (inverse transform)."""
    width = high - low
    if width <= 0.0:
        return low
    if draw * width < mode - low:
        return low + float(np.sqrt(draw * width * (mode - low)))
    return high - float(np.sqrt((1.0 - draw) * width * (high - mode)))


@compiled
def _fill_uniforms(key: np.uint64, cases: NDArray[np.int64], purpose: np.uint64, drawn: NDArray[np.float64]) -> None:
    for position in range(len(cases)):
        drawn[position] = uniform(key, cases[position], purpose)


def uniform_draws(key: np.uint64, cases: NDArray[np.int64], purpose: int) -> NDArray[np.float64]:
    """Draw a number in [0, 1) for each of many cases and one purpose."""
    drawn = np.empty(len(cases))
    _fill_uniforms(np.uint64(key), cases, np.uint64(purpose), drawn)
    return drawn
