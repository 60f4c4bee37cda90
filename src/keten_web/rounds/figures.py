# SPDX-License-Identifier: EUPL-1.2
"""The counted figures a closing rests on, written out so that they stand still and can be compared a month later."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from keten.indicators.observed import ObservedPoint, observed_measures, observed_series
from keten.indicators.registry import indicators
from keten.parameters.load import load_chain
from keten_web.deliveries import known as stream
from keten_web.steering.evidence import month_end

Figures = Mapping[str, Mapping[str, float]]
"""Name of a measure or an indicator -> day counted, as ISO -> value."""


Definitions = Mapping[str, Mapping[str, str]]
"""Name of a measure or an indicator -> day counted, as ISO -> what its sender says was counted."""


def known(known_on: date, until: date) -> Figures:
    """Give every counted figure up to the end of a month, as it was known on a day."""
    return {
        name: {point.on.isoformat(): point.value for point in points}
        for name, points in _series(known_on, until).items()
    }


def definitions(known_on: date, until: date) -> Definitions:
    """Give of every counted figure what exactly was counted, where its sender said so."""
    series = _series(known_on, until).items()
    said = {name: {one.on.isoformat(): one.counted for one in points if one.counted} for name, points in series}
    return {name: days for name, days in said.items() if days}


def _series(known_on: date, until: date) -> Mapping[str, Sequence[ObservedPoint]]:
    published, chain = stream.known_on(known_on), load_chain()
    series = dict(observed_measures(published, chain))
    for indicator in indicators():
        series.setdefault(indicator.id, observed_series(indicator.id, published, chain))
    return {
        name: [point for point in points if point.on <= until and point.published <= known_on]
        for name, points in sorted(series.items())
    }


def breaks(said: Definitions, end: date) -> list[dict[str, str]]:
    """Name the series of which something else is counted since a month: nothing before it is worked out anew."""
    found = []
    for name, days in sorted(said.items()):
        before = [day for day in sorted(days) if month_end(date.fromisoformat(day)) < end]
        here = [day for day in sorted(days) if month_end(date.fromisoformat(day)) == end]
        if before and here and days[before[-1]] != days[here[-1]]:
            found.append({"measure": name, "since": here[-1], "before": days[before[-1]], "after": days[here[-1]]})
    return found


@dataclass(frozen=True)
class Moved:
    """A figure that differs from what an earlier closing used; None where it was not known."""

    name: str
    on: date
    before: float | None
    after: float | None
    redefined: bool = False
    """Whether the later figure counts something else than the earlier one: it is no correction."""

    def as_document(self) -> dict[str, Any]:
        told = {"name": self.name, "on": self.on.isoformat(), "before": self.before, "after": self.after}
        return {**told, "redefined": True} if self.redefined else told


def differences(
    before: Figures, after: Figures, *, until: date, said: tuple[Definitions, Definitions] = ({}, {})
) -> Iterator[Moved]:
    """Say which figures about days up to `until` came later or were corrected, or count something else since."""
    for name in sorted({*before, *after}):
        earlier, later = before.get(name, {}), after.get(name, {})
        counted = [one.get(name, {}) for one in said]
        for day in sorted({*earlier, *later}):
            if date.fromisoformat(day) <= until and earlier.get(day) != later.get(day):
                was, becomes = (one.get(day, "") for one in counted)
                redefined = bool(was and becomes and was != becomes)
                yield Moved(name, date.fromisoformat(day), earlier.get(day), later.get(day), redefined)


def growth(figures: Figures, names: tuple[str, ...], end: date, broken: Container[str] = ()) -> list[dict[str, Any]]:
    """Give the counts at the end of a month beside the last ones before it, where both are known.

    Of a series that broke the two are not compared.
    """
    found = []
    for name in names:
        days = sorted(figures.get(name, {}))
        here = [day for day in days if month_end(date.fromisoformat(day)) == end]
        before = [day for day in days if month_end(date.fromisoformat(day)) < end]
        if here and before:
            rows = [(day, figures[name][day]) for day in (before[-1], here[-1])]
            found.append({"measure": name, "from": rows[0], "to": rows[1], "is_broken": name in broken})
    return found
