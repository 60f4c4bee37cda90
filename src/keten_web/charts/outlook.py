# SPDX-License-Identifier: EUPL-1.2
"""The past as counted points, the future as a band with its median, in one line through the reference date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from keten.domain.figures import Range

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
HEIGHT = 320
PAST_YEARS = 3
"""Older counts are in the table; on the chart they would press the years that matter together."""
QUIET_START = timedelta(days=183)
"""Room before the reference date when nothing was counted there."""

Specification = dict[str, Any]


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
    low: str
    high: str
    reference_date: str


@dataclass(frozen=True)
class Norm:
    """A stretch of time over which a signal value holds."""

    start: date
    end: date
    value: float


@dataclass(frozen=True)
class _Axes:
    """What all layers share. The ranges are given, not found by the browser: layers then agree whatever they hold."""

    first: date
    last: date
    highest: float
    number_format: str

    @property
    def across(self) -> Specification:
        return {
            "field": "on",
            "type": "temporal",
            "title": None,
            "scale": {"domain": [_moment(self.first), _moment(self.last)]},
            "axis": {"format": "%b %Y", "labelOverlap": "greedy", "labelSeparation": 10},
        }

    def up(self, field: str) -> Specification:
        return {
            "field": field,
            "type": "quantitative",
            "title": None,
            "scale": {"domain": [0, self.highest], "nice": True},
            "axis": {"format": self.number_format, "tickCount": 5},
        }

    def tooltip(self, day: str, *fields: tuple[str, str]) -> list[Specification]:
        figures = [
            {"field": field, "type": "quantitative", "title": title, "format": self.number_format}
            for field, title in fields
        ]
        return [{"field": "on", "type": "temporal", "title": day, "format": "%-d %B %Y"}, *figures]


def chart(
    lines: Sequence[Line],
    labels: Labels,
    *,
    reference_date: date,
    number_format: str,
    norms: Sequence[Norm] = (),
) -> Specification:
    """Specify the chart.

    Parameters
    ----------
    number_format
        d3 format of the values, for instance `,.0f` or `.0%`.
    norms
        Signal values through time, drawn as a dashed line.
    """
    axes = _axes(lines, norms, reference_date, number_format)
    layers = [layer for line in lines for layer in _forecast(line, labels, axes)]
    layers += [layer for line in lines for layer in _past(line, labels, axes)]
    layers += _norms(norms, axes)
    layers += _today(reference_date, labels, axes)
    layers += [layer for line in lines if len(lines) > 1 for layer in _direct_label(line, axes)]
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": HEIGHT,
        "autosize": {"type": "fit", "contains": "padding"},
        "layer": layers,
    }


def _axes(lines: Sequence[Line], norms: Sequence[Norm], reference_date: date, number_format: str) -> _Axes:
    earliest = date(reference_date.year - PAST_YEARS, 1, 1)
    counted = [(on, value) for line in lines for on, value in line.observed if on >= earliest]
    months = [on for line in lines for on in line.months]
    values = [value for _on, value in counted] + [norm.value for norm in norms]
    values += [spread.p90 for line in lines for spread in line.months.values()]
    return _Axes(
        first=min([reference_date - QUIET_START, *(on for on, _value in counted)]),
        last=max([reference_date, *months, *(on for on, _value in counted)]),
        highest=max([0.0, *values]) * 1.05 or 1.0,
        number_format=number_format,
    )


def _moment(on: date) -> str:
    """Write noon, so that no time zone makes it another day."""
    return f"{on.isoformat()}T12:00:00"


def _layer(rows: Sequence[Specification], mark: Specification, encoding: Specification) -> Specification:
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}


def _forecast(line: Line, labels: Labels, axes: _Axes) -> list[Specification]:
    rows = [
        {"on": _moment(on), "low": spread.p10, "middle": spread.p50, "high": spread.p90}
        for on, spread in line.months.items()
    ]
    middle = {"x": axes.across, "y": axes.up("middle")}
    tooltip = axes.tooltip(labels.day, ("middle", labels.middle), ("low", labels.low), ("high", labels.high))
    return [
        _layer(
            rows,
            {"type": "area", "color": line.band, "opacity": 1},
            {"x": axes.across, "y": axes.up("low"), "y2": {"field": "high"}},
        ),
        _layer(rows, {"type": "line", "color": line.colour, "strokeWidth": 2.5}, middle),
        _layer(rows, {"type": "point", "size": 160, "opacity": 0, "filled": True}, {**middle, "tooltip": tooltip}),
    ]


def _past(line: Line, labels: Labels, axes: _Axes) -> list[Specification]:
    rows = [{"on": _moment(on), "value": value} for on, value in line.observed if on >= axes.first]
    encoding = {"x": axes.across, "y": axes.up("value")}
    tooltip = axes.tooltip(labels.day, ("value", labels.counted))
    return [
        _layer(rows, {"type": "line", "color": "--past", "strokeWidth": 1, "strokeDash": [2, 3]}, encoding),
        _layer(
            rows,
            {"type": "point", "color": "--past", "filled": True, "size": 55, "opacity": 1},
            {**encoding, "tooltip": tooltip},
        ),
    ]


def _norms(norms: Sequence[Norm], axes: _Axes) -> list[Specification]:
    """Draw the signal values; what they are stands in the key, where no point or line can run through it."""
    if not norms:
        return []
    rows = [
        {"on": _moment(max(day, axes.first)), "value": norm.value}
        for norm in norms
        for day in (norm.start, norm.end)
        if norm.end > axes.first
    ]
    encoding = {"x": axes.across, "y": axes.up("value")}
    return [
        _layer(
            rows,
            {"type": "line", "color": "--signal-line", "strokeDash": [6, 4], "strokeWidth": 1.5},
            encoding,
        )
    ]


def _today(reference_date: date, labels: Labels, axes: _Axes) -> list[Specification]:
    rows = [{"on": _moment(reference_date)}]
    is_left = (reference_date - axes.first) < (axes.last - axes.first) * 0.45
    text = {
        "type": "text",
        "text": labels.reference_date,
        "align": "left" if is_left else "right",
        "baseline": "bottom",
        "dx": 6 if is_left else -6,
        "dy": -8,  # above the drawing, so that it stands on no label of an axis or a line
        "color": "--ink-2",
    }
    return [
        _layer(rows, {"type": "rule", "color": "--ink-2", "strokeWidth": 1}, {"x": axes.across}),
        _layer(rows, text, {"x": axes.across, "y": {"value": 0}}),
    ]


def _direct_label(line: Line, axes: _Axes) -> list[Specification]:
    """Name a line at its end, inside the chart, so that no legend is needed."""
    ends = [(on, spread.p50) for on, spread in line.months.items()] or list(line.observed)
    rows = [{"on": _moment(on), "value": value} for on, value in ends[-1:]]
    text = {
        "type": "text",
        "text": line.label,
        "align": "right",
        "baseline": "bottom",
        "dx": -4,
        "dy": -8,
        "color": line.colour,
        "fontWeight": 600,
    }
    return [_layer(rows, text, {"x": axes.across, "y": axes.up("value")})]


def names_apart(spec: Specification) -> Specification:
    """Write the name of the lowest line under it, so that two names never stand on each other."""
    named = [layer for layer in spec["layer"] if layer["mark"].get("fontWeight")]
    lowest = min(named, key=lambda layer: layer["data"]["values"][0]["value"])
    lowest["mark"] |= {"baseline": "top", "dy": 8}
    return spec
