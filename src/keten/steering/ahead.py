# SPDX-License-Identifier: EUPL-1.2
"""Signals ahead: raised before an indicator crosses its signal value, while there is still something to be done.

A measure that works after a year must be decided a year before. So a signal is raised as soon as it is likely that the
indicator crosses, and stays across, within the lead time of the measure that could stop it and the time to answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Self

from pydantic import model_validator

from keten.capacity import StaffValues, load_staff_values
from keten.domain.words import SignalState
from keten.indicators import Indicator, signal_states
from keten.parameters.reading import read_parameters
from keten.parameters.values import Quantity, Row
from keten.steering.outcomes import DAYS_TO_ANSWER
from keten.steering.risks import LIKELY
from keten.steering.signals import PERSISTENCE, watch_indicator

PACKAGED = Path(__file__).with_name("remedies.yaml")
DAYS_PER_MONTH = 365.25 / 12
SMALLEST_BAND = 0.1
"""How far the probability must at least fall below likely before a signal ahead ends. An assumption: one outcome in
ten, the edge of the range that is shown everywhere."""

Months = Sequence[tuple[date, float | None]]
"""Period end and value, oldest first."""


class _Remedy(Row):
    nl: str
    en: str
    indicators: tuple[str, ...]
    staff: tuple[str, ...] = ()
    months: Quantity | None = None

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        unknown = [name for name in self.staff if name not in StaffValues.model_fields]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is no lead time of staff")
        if not self.staff and self.months is None:
            raise ValueError("a measure says how long it takes: name lead times of staff, or give months")
        return self


class _Remedies(Row):
    remedies: dict[str, _Remedy]

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, content: object) -> object:
        return {"remedies": content}


@dataclass(frozen=True)
class Remedy:
    """A measure that could stop a crossing, with the parts of its lead time, each in months and with its origin."""

    id: str
    nl: str
    en: str
    indicators: tuple[str, ...]
    parts: tuple[Quantity, ...]

    @property
    def lead_months(self) -> float:
        """Months from the decision until the measure works, in the middle of the ranges."""
        return sum(part.central for part in self.parts)

    @property
    def lead_days(self) -> int:
        """The same in whole days."""
        return round(self.lead_months * DAYS_PER_MONTH)

    @property
    def is_assumed(self) -> bool:
        """True when a part of the lead time was not published."""
        return any(part.source is None for part in self.parts)


@cache
def load_remedies(path: Path = PACKAGED) -> tuple[Remedy, ...]:
    """Read the measures that can stop a crossing.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    found: _Remedies = read_parameters(path, _Remedies)
    staff = load_staff_values()
    return tuple(
        Remedy(
            id=name,
            nl=row.nl,
            en=row.en,
            indicators=row.indicators,
            parts=(*(getattr(staff, part) for part in row.staff), *([row.months] if row.months else [])),
        )
        for name, row in found.remedies.items()
    )


def remedy_for(indicator: str) -> Remedy | None:
    """Give the measure that could stop an indicator from crossing; None when none is known."""
    return next((row for row in load_remedies() if indicator in row.indicators), None)


class Outlook(StrEnum):
    """What a forecast says of an indicator: crossed already, crosses too soon, or nothing to be signalled."""

    CROSSED = "crossed"
    AHEAD = "ahead"
    QUIET = "quiet"


@dataclass(frozen=True)
class Ahead:
    """What the replications of a forecast say of one indicator on one day.

    Parameters
    ----------
    probability
        Share of the replications that cross before `window_end` and stay across for the persistence.
    crossing
        The month end of the crossing in the middle of those replications; None when none crosses.
    act_by
        The last day on which the measure can be decided and still work before the crossing.
    """

    indicator: str
    remedy: Remedy
    on: date
    outlook: Outlook
    probability: float
    replications: int
    window_end: date
    crossing: date | None
    act_by: date | None

    @property
    def is_too_late(self) -> bool:
        """True when the measure, decided on this very day, works only after the crossing."""
        return self.act_by is not None and self.act_by < self.on


def look_ahead(
    indicator: Indicator,
    paths: Sequence[Months],
    *,
    history: Months,
    on: date,
    remedy: Remedy,
    was_raised: bool = False,
    persistence: int = PERSISTENCE,
) -> Ahead:
    """Say whether an indicator must be signalled before it crosses.

    Parameters
    ----------
    paths
        The months after `on`, for each replication.
    history
        The published months up to `on`; they matter because of the dead band, and because a signal that was seen
        already needs no forecast.
    was_raised
        True when a signal ahead is open; it ends only when the probability leaves the dead band.

    Raises
    ------
    ValueError
        When there are no replications.
    """
    if not paths:
        raise ValueError("A probability of no replications does not exist; run at least one.")
    window_end = on + timedelta(days=remedy.lead_days + DAYS_TO_ANSWER)
    crossings = sorted(
        found
        for path in paths
        if (found := crossing(indicator, history, path, persistence=persistence)) is not None and found <= window_end
    )
    probability = len(crossings) / len(paths)
    middle = crossings[(len(crossings) - 1) // 2] if crossings else None
    outlook = Outlook.QUIET
    if is_crossed(indicator, history, persistence=persistence):
        outlook = Outlook.CROSSED
    elif is_raised(probability, was_raised=was_raised, replications=len(paths)):
        outlook = Outlook.AHEAD
    return Ahead(
        indicator=indicator.id,
        remedy=remedy,
        on=on,
        outlook=outlook,
        probability=probability,
        replications=len(paths),
        window_end=window_end,
        crossing=middle,
        act_by=middle - timedelta(days=remedy.lead_days) if middle else None,
    )


def crossing(indicator: Indicator, history: Months, path: Months, *, persistence: int = PERSISTENCE) -> date | None:
    """Find the month in which a path crosses the signal value and stays across for the persistence; None for never.

    The dead band is that of the indicator: a path that hovers around the value is across until it has come back by more
    than the band.
    """
    states = signal_states(indicator, [*history, *path])[len(history) :]
    for start, (on, _value) in enumerate(path):
        run = states[start : start + persistence]
        if len(run) == persistence and all(state is SignalState.SIGNAL for state in run):
            return on
    return None


def is_crossed(indicator: Indicator, history: Months, *, persistence: int = PERSISTENCE) -> bool:
    """Say whether the published months already hold a signal, so that there is nothing left to foresee."""
    watched = watch_indicator(indicator, history, persistence=persistence)
    return bool(watched) and watched[-1].state is SignalState.SIGNAL


def dead_band(replications: int) -> float:
    """Give how far the probability must fall below likely before an open signal ends.

    At least as far as two runs of the same forecast with other seeds differ in 95 cases of 100, so that chance alone
    does not end a signal: 1.96 times the standard deviation of the difference of two shares near one half.
    """
    return min(LIKELY, max(SMALLEST_BAND, 1.96 * sqrt(2 * 0.25 / replications)))


def is_raised(probability: float, *, was_raised: bool, replications: int) -> bool:
    """Say whether a signal ahead is open: raised from likely on, ended only below the dead band."""
    return probability > LIKELY - dead_band(replications) if was_raised else probability >= LIKELY
