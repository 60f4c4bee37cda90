# SPDX-License-Identifier: EUPL-1.2
"""When a signal is raised and when it ends: a crossing that persists, without flapping, and never green without data.

`keten.indicators` judges each month against the signal value, with its dead band. Here those judgments become a signal
that somebody must answer: a state settles only after it has been seen for a number of months on end, and it freezes
when values are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from keten.domain.words import SignalState
from keten.indicators import Indicator, signal_states

PERSISTENCE = 2
"""Months on end before a state settles, when nothing else was agreed: one month may be chance. An assumption: the
signal values and rules of the chain dashboard are not public."""

_SEVERITY = {SignalState.ON_COURSE: 0, SignalState.ATTENTION: 1, SignalState.SIGNAL: 2}


@dataclass(frozen=True)
class Watched:
    """One month of a watched series.

    Parameters
    ----------
    seen
        What the month by itself says.
    state
        What holds after persistence. While frozen this is the last settled state, or unknown when that was on course:
        missing data are never green.
    frozen
        True when the month has no value that can be judged.
    since
        Period end from which `state` holds.
    """

    period_end: date
    value: float | None
    seen: SignalState
    state: SignalState
    frozen: bool
    since: date


@dataclass(frozen=True)
class Episode:
    """A signal from the month it was raised until the month it ended; None while it lasts.

    `raised_on` is the period end at which persistence was reached, `first_seen_on` the first crossing of that run, and
    `frozen` tells that the latest month has no data, so that nobody knows whether it still holds.
    """

    first_seen_on: date
    raised_on: date
    ended_on: date | None
    value: float | None
    frozen: bool


def watch(
    months: Sequence[tuple[date, float | None, SignalState]], *, persistence: int = PERSISTENCE
) -> tuple[Watched, ...]:
    """Settle the judgments of a series, oldest first.

    A worse state settles after `persistence` months at least as bad; months without data in between do not count and
    do not interrupt. A better state settles after `persistence` known months on end: a gap starts the count again,
    because nobody saw that it went well. The first known month settles at once.

    Raises
    ------
    ValueError
        When the persistence is below one, or the months are not in order.
    """
    if persistence < 1:
        raise ValueError(f"A state is seen for at least one month before it settles, not {persistence}.")
    if any(later[0] <= earlier[0] for earlier, later in zip(months, months[1:], strict=False)):
        raise ValueError("The months of a series are in order, oldest first, each once.")
    return tuple(_settle(months, persistence))


def watch_indicator(
    indicator: Indicator, months: Sequence[tuple[date, float | None]], *, persistence: int = PERSISTENCE
) -> tuple[Watched, ...]:
    """Watch a series of (period end, value) of an indicator, against its signal value and with its dead band."""
    states = signal_states(indicator, months)
    return watch(
        [(on, value, state) for (on, value), state in zip(months, states, strict=True)], persistence=persistence
    )


def episodes(watched: Sequence[Watched]) -> tuple[Episode, ...]:
    """Find the signals of a watched series, each from being raised until it ended."""
    found: list[Episode] = []
    raised: Watched | None = None
    for month in watched:
        if raised is None and month.state is SignalState.SIGNAL:
            raised = month
        elif raised is not None and not month.frozen and month.state is not SignalState.SIGNAL:
            found.append(_episode(watched, raised, month.period_end, frozen=False))
            raised = None
    if raised is not None:
        found.append(_episode(watched, raised, None, frozen=watched[-1].frozen))
    return tuple(found)


def _settle(months: Sequence[tuple[date, float | None, SignalState]], persistence: int) -> list[Watched]:
    settled: SignalState | None = None
    run: list[SignalState] = []
    rows: list[Watched] = []
    for on, value, seen in months:
        if seen is SignalState.UNKNOWN:
            run = [state for state in run if settled is not None and _SEVERITY[state] > _SEVERITY[settled]]
        else:
            run = _run(run, settled, seen)
            if settled is None or len(run) >= persistence:
                settled = _reached(run, settled, seen)
                run = _beyond(run, settled)
        frozen = seen is SignalState.UNKNOWN
        state = _shown(settled, frozen)
        since = rows[-1].since if rows and rows[-1].state is state else on
        rows.append(Watched(on, value, seen, state, frozen, since))
    return rows


def _run(run: Sequence[SignalState], settled: SignalState | None, seen: SignalState) -> list[SignalState]:
    """Collect the months on end that differ from the settled state in the same direction."""
    if settled is None or _SEVERITY[seen] == _SEVERITY[settled]:
        return []
    worse = _SEVERITY[seen] > _SEVERITY[settled]
    return [state for state in run if (_SEVERITY[state] > _SEVERITY[settled]) == worse] + [seen]


def _reached(run: Sequence[SignalState], settled: SignalState | None, seen: SignalState) -> SignalState:
    """Say what a complete run proves: the least that every month of it says."""
    if settled is None:
        return seen
    worse = _SEVERITY[seen] > _SEVERITY[settled]
    nearest = min if worse else max
    return nearest(run, key=_SEVERITY.__getitem__)


def _beyond(run: Sequence[SignalState], settled: SignalState) -> list[SignalState]:
    """Keep the last months on end that already point further the same way, so that they need not be seen again."""
    return list(reversed(list(takewhile(lambda state: state is not settled, reversed(run)))))


def _shown(settled: SignalState | None, frozen: bool) -> SignalState:
    if settled is None or (frozen and settled is SignalState.ON_COURSE):
        return SignalState.UNKNOWN
    return settled


def _episode(watched: Sequence[Watched], raised: Watched, ended_on: date | None, *, frozen: bool) -> Episode:
    before = [month for month in watched if month.period_end <= raised.period_end]
    first = raised
    for month in reversed(before):
        if month.seen is SignalState.SIGNAL:
            first = month
        elif month.seen is not SignalState.UNKNOWN:
            break
    return Episode(first.period_end, raised.period_end, ended_on, raised.value, frozen)
