# SPDX-License-Identifier: EUPL-1.2
"""What an indicator says of itself: on course, attention, signal, or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import isfinite

from keten.domain.counted import Counted
from keten.domain.words import Direction, SignalState
from keten.indicators.definitions import definition
from keten.indicators.registry import Indicator

_ORDER = (SignalState.ON_COURSE, SignalState.ATTENTION, SignalState.SIGNAL)
_DECIMALS = 9
"""Differences smaller than this are the arithmetic of the machine, not a crossing."""


def shortfall(indicator: Indicator, value: Counted, signal_value: Counted) -> float:
    """How much worse than the signal value a value is, in the unit of the indicator; negative when better.

    Raises
    ------
    UsageError
        When the two count different things.
    """
    is_low_better = indicator.direction is Direction.LOWER_IS_BETTER
    worse = value.above(signal_value) if is_low_better else signal_value.above(value)
    return round(worse, _DECIMALS)


def signal_state(
    indicator: Indicator, value: float | None, history: Sequence[float | None] = (), *, on: date
) -> SignalState:
    """Judge a value against the signal value that holds on a day.

    Parameters
    ----------
    value
        The value to judge; None or not finite when it is not known.
    history
        Earlier values, oldest first. They matter because of the dead band: a state improves only when the value has
        come back over the line by more than the dead band. A gap in the history is skipped.
    on
        The day that selects the signal value.

    Returns
    -------
    SignalState
        `UNKNOWN` when the value is missing, when no signal value holds on that day, and for a key figure:
        missing data are never on course.
    """
    norm = indicator.rule.at(on) if indicator.rule else None
    if indicator.rule is None or norm is None or not _known(value):
        return SignalState.UNKNOWN
    attention, dead = indicator.rule.attention_band.central, indicator.rule.dead_band.central
    line, counted = Counted(norm.central, definition(indicator.rule.counts)), definition(indicator.counts)
    level = 0
    for outcome in (*history, value):
        if outcome is not None and isfinite(outcome):
            level = _next_level(level, shortfall(indicator, Counted(outcome, counted), line), attention, dead)
    return _ORDER[level]


def signal_states(indicator: Indicator, months: Sequence[tuple[date, float | None]]) -> list[SignalState]:
    """Judge a series of (period end, value), oldest first, each with the months before it as its history."""
    values = [value for _, value in months]
    return [signal_state(indicator, value, values[:n], on=on) for n, (on, value) in enumerate(months)]


def _known(value: float | None) -> bool:
    return value is not None and isfinite(value)


def _next_level(level: int, worse: float, attention: float, dead: float) -> int:
    if worse > 0 or (level == 2 and worse > round(-dead, _DECIMALS)):
        return 2
    if worse > round(-attention, _DECIMALS) or (level >= 1 and worse > round(-attention - dead, _DECIMALS)):
        return 1
    return 0
