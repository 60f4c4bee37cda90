# SPDX-License-Identifier: EUPL-1.2
"""Pictures of the answers of a study, as Vega-Lite specifications, and their SVG.

The specifications are plain dictionaries: the same one serves a page, a report and a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vl_convert

from keten.domain.errors import Problem, UsageError

UP, DOWN, TOTAL = "#b4530a", "#00736b", "#36424e"
LABEL_WIDTH = 420

Spec = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, from `start` to `end`, with its name and the figure that is printed beside it."""

    name: str
    start: float
    end: float
    figure: str
    kind: str


def waterfall(title: str, unit: str, base: tuple[str, float], steps: Sequence[tuple[str, float]], other: str) -> Spec:
    """Draw the steps from the base to the other as a waterfall; the last bar is where the steps end."""
    name, level = base
    bars = [Bar(name, 0.0, level, f"{level:,.0f}", "total")]
    for step, effect in steps:
        bars.append(Bar(step, level, level + effect, f"{effect:+,.0f}", "up" if effect > 0 else "down"))
        level += effect
    bars.append(Bar(other, 0.0, level, f"{level:,.0f}", "total"))
    return _horizontal(title, unit, bars, zero=False)


def tornado(title: str, unit: str, central: float, rows: Sequence[tuple[str, float, float]]) -> Spec:
    """Draw per parameter the outcome at its low and at its high value, around the central outcome."""
    bars = [
        Bar(name, central, outcome, f"{outcome - central:+,.0f}" if outcome in shown else "", kind)
        for name, low, high in rows
        for shown in [_beside_each_other(central, low, high)]
        for kind, outcome in (("low", low), ("high", high))
    ]
    return _horizontal(title, unit, bars, zero=False, colours={"low": DOWN, "high": UP})


def _beside_each_other(central: float, low: float, high: float) -> tuple[float, ...]:
    """Give the outcomes whose figures have room: both when they lie on either side, else the one furthest out."""
    if (low - central) * (high - central) < 0:
        return low, high
    return (max(low, high, key=lambda outcome: abs(outcome - central)),)


def _horizontal(
    title: str, unit: str, bars: Sequence[Bar], *, zero: bool, colours: dict[str, str] | None = None
) -> Spec:
    chosen = colours or {"total": TOTAL, "up": UP, "down": DOWN}
    values = [
        {"order": order, "name": bar.name, "start": bar.start, "end": bar.end, "figure": bar.figure, "kind": bar.kind}
        for order, bar in enumerate(bars)
    ]
    names = list(dict.fromkeys(bar.name for bar in bars))
    across = {
        "field": "start",
        "type": "quantitative",
        "title": unit,
        "scale": {"zero": zero, "padding": 0 if colours is None else 50},
        "axis": {"format": ",.0f"},
    }
    along = {
        "field": "name",
        "type": "nominal",
        "sort": names,
        "title": None,
        "axis": {"labelLimit": LABEL_WIDTH, "domain": False, "ticks": False},
    }
    scale = {"domain": list(chosen), "range": list(chosen.values())}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": title, "anchor": "start"},
        "description": f"{title} ({unit}): " + "; ".join(f"{bar.name} {bar.figure}" for bar in bars),
        "width": 520,
        "height": {"step": 28},
        "data": {"values": values},
        "encoding": {"y": along},
        "layer": [
            {
                "mark": {"type": "bar", "height": {"band": 0.7}},
                "encoding": {
                    "x": across,
                    "x2": {"field": "end"},
                    "color": {"field": "kind", "type": "nominal", "scale": scale, "legend": _legend(colours)},
                },
            },
            _figures("left", 4, "datum.end >= datum.start"),
            _figures("right", -4, "datum.end < datum.start")
            if colours
            else _figures("left", 4, "datum.end < datum.start"),
        ],
        "config": {"view": {"stroke": None}, "font": "Fira Sans, Liberation Sans, Arial, sans-serif"},
    }


def _figures(align: str, distance: int, test: str) -> Spec:
    """Print the figures of the bars that pass a test beside their end, on the side that is asked."""
    edge = "end" if align == "right" else "edge"
    return {
        "transform": [{"filter": test}, {"calculate": "max(datum.start, datum.end)", "as": "edge"}],
        "mark": {"type": "text", "align": align, "dx": distance},
        "encoding": {"x": {"field": edge, "type": "quantitative"}, "text": {"field": "figure"}},
    }


def _legend(colours: dict[str, str] | None) -> dict[str, Any] | None:
    return {"title": None, "orient": "top"} if colours else None


def heat_map(title: str, unit: str, cells: Sequence[tuple[str, str, str, float]]) -> Spec:
    """Draw a matrix of effects: cells of (panel, row, column, value), red above zero and green below."""
    values = [{"panel": panel, "row": row, "column": column, "value": value} for panel, row, column, value in cells]
    largest = max((abs(value) for *_, value in cells), default=1.0) or 1.0
    field = {"type": "nominal", "title": None}
    columns = list(dict.fromkeys(column for _, _, column, _ in cells))
    rows = list(dict.fromkeys(row for _, row, _, _ in cells))
    panels = list(dict.fromkeys(panel for panel, *_ in cells))
    tiles = {
        "mark": "rect",
        "encoding": {
            "color": {
                "field": "value",
                "type": "quantitative",
                "title": unit,
                "scale": {"domain": [-largest, 0, largest], "range": [DOWN, "#ffffff", UP], "interpolate": "rgb"},
            }
        },
    }
    figures = {
        "mark": {"type": "text", "fontSize": 9},
        "encoding": {"text": {"field": "value", "type": "quantitative", "format": "+.1f"}},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": title, "anchor": "start"},
        "description": f"{title} ({unit})",
        "data": {"values": values},
        "facet": {"row": {"field": "panel", "type": "nominal", "title": None, "sort": panels}},
        "spec": {
            "width": {"step": 46},
            "height": {"step": 18},
            "encoding": {
                "x": {"field": "column", **field, "sort": columns, "axis": {"labelAngle": -45, "labelLimit": 200}},
                "y": {"field": "row", **field, "sort": rows, "axis": {"labelLimit": LABEL_WIDTH}},
            },
            "layer": [tiles, figures],
        },
        "config": {"view": {"stroke": None}, "font": "Fira Sans, Liberation Sans, Arial, sans-serif"},
    }


def write_svg(spec: Spec, path: Path) -> None:
    """Write a chart as SVG.

    Raises
    ------
    UsageError
        When the file cannot be written.
    """
    drawn = vl_convert.vegalite_to_svg(spec)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    except OSError as error:
        problem = Problem(str(path), f"it cannot be written: {error.strerror}.", "Choose another file with --chart.")
        raise UsageError("The chart", [problem]) from error
