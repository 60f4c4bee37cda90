# SPDX-License-Identifier: EUPL-1.2
"""The small line of a tile: two years of counted values, the forecast band to the horizon, the signal line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from keten.domain.figures import Range

WIDTH, HEIGHT, MARGIN = 240.0, 56.0, 4.0


@dataclass(frozen=True)
class Sparkline:
    """Points and paths of the drawing, ready for an SVG of `WIDTH` by `HEIGHT`."""

    points: tuple[tuple[float, float], ...]
    past: str
    band: str
    middle: str
    norm: str
    reference: float
    first: date
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date
    highest: float

    def across(self, on: date) -> float:
        share = (on - self.first).days / max(1, (self.last - self.first).days)
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    def up(self, value: float) -> float:
        return round(HEIGHT - MARGIN - value / self.highest * (HEIGHT - 2 * MARGIN), 1)

    def path(self, points: Sequence[tuple[date, float]]) -> str:
        return "M" + "L".join(f"{self.across(on)} {self.up(value)}" for on, value in points) if points else ""


def sparkline(
    observed: Sequence[tuple[date, float]],
    months: Mapping[date, Range],
    norms: Sequence[tuple[date, date, float]],
    *,
    reference_date: date,
    horizon: date,
) -> Sparkline:
    """Draw it; the vertical axis starts at zero."""
    first = date(reference_date.year - 2, reference_date.month, 1)
    seen = [(on, value) for on, value in observed if on >= first]
    norms = [(max(start, first), min(end, horizon), value) for start, end, value in norms]
    heights = [value for _, value in seen] + [row.p90 for row in months.values()] + [value for *_, value in norms]
    scale = _Scale(first, horizon, max([*heights, 0.0]) * 1.05 or 1.0)
    upper = [(on, row.p90) for on, row in months.items()]
    lower = [(on, row.p10) for on, row in reversed(list(months.items()))]
    return Sparkline(
        points=tuple((scale.across(on), scale.up(value)) for on, value in seen),
        past=scale.path(seen),
        band=scale.path(upper + lower) + "Z" if months else "",
        middle=scale.path([(on, row.p50) for on, row in months.items()]),
        norm="".join(scale.path([(start, value), (end, value)]) for start, end, value in norms if start < end),
        reference=scale.across(reference_date),
        first=first,
    )
