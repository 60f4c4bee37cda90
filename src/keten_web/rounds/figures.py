# SPDX-License-Identifier: EUPL-1.2
"""The counted figures a closing rests on, written out so that they stand still and can be compared a month later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from keten.indicators.observed import observed_measures, observed_series
from keten.indicators.registry import indicators
from keten.parameters.load import load_chain
from keten_web.deliveries import known as stream
from keten_web.steering.evidence import month_end

Figures = Mapping[str, Mapping[str, float]]
"""Name of a measure or an indicator -> day counted, as ISO -> value."""


def known(known_on: date, until: date) -> Figures:
    """Give every counted figure up to the end of a month, as it was known on a day."""
    published, chain = stream.known_on(known_on), load_chain()
    series = dict(observed_measures(published, chain))
    for indicator in indicators():
        series.setdefault(indicator.id, observed_series(indicator.id, published, chain))
    return {
        name: {
            point.on.isoformat(): point.value for point in points if point.on <= until and point.published <= known_on
        }
        for name, points in sorted(series.items())
    }


@dataclass(frozen=True)
class Moved:
    """A figure that differs from what an earlier closing used; None where it was not known."""

    name: str
    on: date
    before: float | None
    after: float | None

    def as_document(self) -> dict[str, Any]:
        return {"name": self.name, "on": self.on.isoformat(), "before": self.before, "after": self.after}


def differences(before: Figures, after: Figures, *, until: date) -> Iterator[Moved]:
    """Say which figures about days up to `until` came later or were corrected."""
    for name in sorted({*before, *after}):
        earlier, later = before.get(name, {}), after.get(name, {})
        for day in sorted({*earlier, *later}):
            if date.fromisoformat(day) <= until and earlier.get(day) != later.get(day):
                yield Moved(name, date.fromisoformat(day), earlier.get(day), later.get(day))


def growth(figures: Figures, names: tuple[str, ...], end: date) -> list[dict[str, Any]]:
    """Give the counts at the end of a month beside the last ones before it, where both are known."""
    found = []
    for name in names:
        days = sorted(figures.get(name, {}))
        here = [day for day in days if month_end(date.fromisoformat(day)) == end]
        before = [day for day in days if month_end(date.fromisoformat(day)) < end]
        if here and before:
            rows = [(day, figures[name][day]) for day in (before[-1], here[-1])]
            found.append({"measure": name, "from": rows[0], "to": rows[1]})
    return found
