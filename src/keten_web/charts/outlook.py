# SPDX-License-Identifier: EUPL-1.2
"""The past as counted points, the future as a band with its median, in one line through the reference date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from keten.domain.figures import Range

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
HEIGHT = 320


@dataclass(frozen=True)
class Line:
    """One quantity in the chart: its label, its colours (tokens), what was counted and what is forecast."""

    label: str
    months: Mapping[date, Range]
    observed: Sequence[tuple[date, float]] = ()
    colour: str = "--forecast"
    band: str = "--band-80"


@dataclass(frozen=True)
class Labels:
    """The words in the chart, in the language of the page."""

    day: str
    counted: str
    middle: str
    band: str
    reference_date: str
    signal_value: str = ""


@dataclass(frozen=True)
class Norm:
    """A stretch of time over which a signal value holds."""

    start: date
    end: date
    value: float


def chart(
    lines: Sequence[Line],
    labels: Labels,
    *,
    reference_date: date,
    number_format: str,
    norms: Sequence[Norm] = (),
    highest: float | None = None,
) -> dict[str, Any]:
    """Specify the chart.

    Parameters
    ----------
    number_format
        d3 format of the values, for instance `,.0f` or `.0%`.
    norms
        Signal values through time, drawn as a dashed line.
    highest
        Top of the vertical axis, so that charts that are compared share a scale.
    """
    vertical: dict[str, Any] = {
        "type": "quantitative",
        "title": None,
        "scale": {"zero": True, "nice": True, **({"domainMax": highest} if highest else {})},
        "axis": {"format": number_format, "tickCount": 5},
    }
    layers = [layer for line in lines for layer in _forecast(line, labels, vertical, number_format)]
    layers += [layer for line in lines for layer in _past(line, labels, vertical, number_format)]
    if norms:
        layers.append(_norm(norms, labels, vertical))
    layers.append(_today(reference_date, labels))
    layers += [_direct_label(line, vertical) for line in lines if len(lines) > 1]
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": HEIGHT,
        "autosize": {"type": "fit", "contains": "padding"},
        "layer": layers,
    }


_TIME = {"field": "on", "type": "temporal", "title": None, "axis": {"format": "%b %Y", "labelOverlap": True}}


def _values(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"values": rows, "format": {"parse": {"on": "date:'%Y-%m-%d'"}}}


def _forecast(line: Line, labels: Labels, vertical: dict[str, Any], number_format: str) -> list[dict[str, Any]]:
    if not line.months:
        return []
    rows = [
        {"on": on.isoformat(), "low": spread.p10, "middle": spread.p50, "high": spread.p90}
        for on, spread in line.months.items()
    ]
    tooltip = [
        {"field": "on", "type": "temporal", "title": labels.day, "format": "%-d %B %Y"},
        {"field": "middle", "type": "quantitative", "title": labels.middle, "format": number_format},
        {"field": "low", "type": "quantitative", "title": f"{labels.band} 10%", "format": number_format},
        {"field": "high", "type": "quantitative", "title": f"{labels.band} 90%", "format": number_format},
    ]
    return [
        {
            "data": _values(rows),
            "mark": {"type": "area", "color": line.band, "opacity": 1},
            "encoding": {"x": _TIME, "y": {"field": "low", **vertical}, "y2": {"field": "high"}},
        },
        {
            "data": _values(rows),
            "mark": {"type": "line", "color": line.colour, "strokeWidth": 2.5},
            "encoding": {"x": _TIME, "y": {"field": "middle", **vertical}},
        },
        {
            "data": _values(rows),
            "mark": {"type": "point", "color": line.colour, "filled": True, "size": 160, "opacity": 0},
            "encoding": {"x": _TIME, "y": {"field": "middle", **vertical}, "tooltip": tooltip},
        },
    ]


def _past(line: Line, labels: Labels, vertical: dict[str, Any], number_format: str) -> list[dict[str, Any]]:
    if not line.observed:
        return []
    rows = [{"on": on.isoformat(), "value": value} for on, value in line.observed]
    tooltip = [
        {"field": "on", "type": "temporal", "title": labels.day, "format": "%-d %B %Y"},
        {"field": "value", "type": "quantitative", "title": labels.counted, "format": number_format},
    ]
    encoding = {"x": _TIME, "y": {"field": "value", **vertical}}
    return [
        {
            "data": _values(rows),
            "mark": {"type": "line", "color": "--past", "strokeWidth": 1, "strokeDash": [2, 3]},
            "encoding": encoding,
        },
        {
            "data": _values(rows),
            "mark": {"type": "point", "color": "--past", "filled": True, "size": 55, "opacity": 1},
            "encoding": {**encoding, "tooltip": tooltip},
        },
    ]


def _norm(norms: Sequence[Norm], labels: Labels, vertical: dict[str, Any]) -> dict[str, Any]:
    rows = [{"on": day.isoformat(), "value": norm.value} for norm in norms for day in (norm.start, norm.end)]
    last = rows[-1:]
    encoding = {"x": _TIME, "y": {"field": "value", **vertical}}
    return {
        "layer": [
            {
                "data": _values(rows),
                "mark": {"type": "line", "color": "--signal-line", "strokeDash": [6, 4], "strokeWidth": 1.5},
                "encoding": encoding,
            },
            {
                "data": _values(last),
                "mark": {
                    "type": "text",
                    "text": labels.signal_value,
                    "align": "right",
                    "dy": -7,
                    "color": "--ink-2",
                },
                "encoding": encoding,
            },
        ]
    }


def _today(reference_date: date, labels: Labels) -> dict[str, Any]:
    data = _values([{"on": reference_date.isoformat()}])
    return {
        "layer": [
            {"data": data, "mark": {"type": "rule", "color": "--ink-2", "strokeWidth": 1}, "encoding": {"x": _TIME}},
            {
                "data": data,
                "mark": {
                    "type": "text",
                    "text": labels.reference_date,
                    "align": "left",
                    "baseline": "top",
                    "dx": 6,
                    "dy": 2,
                    "color": "--ink-2",
                },
                "encoding": {"x": _TIME, "y": {"value": 0}},
            },
        ]
    }


def _direct_label(line: Line, vertical: dict[str, Any]) -> dict[str, Any]:
    on, value = next(
        ((on, spread.p50) for on, spread in reversed(list(line.months.items()))),
        line.observed[-1] if line.observed else (date.min, 0.0),
    )
    return {
        "data": _values([{"on": on.isoformat(), "value": value}]),
        "mark": {
            "type": "text",
            "text": line.label,
            "align": "right",
            "baseline": "bottom",
            "dy": -8,
            "color": line.colour,
            "fontWeight": 600,
        },
        "encoding": {"x": _TIME, "y": {"field": "value", **vertical}},
    }
