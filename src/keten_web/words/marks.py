# SPDX-License-Identifier: EUPL-1.2
"""Levels of a study in a page, each with a mark that says which figure it is, of which month.

A mark is `<data value="64222.0" data-figure="stock.track_4" data-month="2024-12">`. By the marks a machine reads the
pages, and a test compares every place where one figure stands. `data-way` is there where a figure was got otherwise
than from the study itself: counted, or from fewer replications; the page says so in words too.
"""

from __future__ import annotations

from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from keten.domain.figures import Range
from keten.indicators.disclosure import NotShown
from keten_web.words import wording

COUNTED = "counted"


def mark(written: str, figure: str, on: date, value: float, *, way: str = "") -> SafeString:
    """Mark what is written of a figure; a count that is not shown has no value to mark."""
    if isinstance(value, NotShown):
        return format_html("{}", written)
    got = format_html(' data-way="{}"', way) if way else mark_safe("")  # noqa: S308  # nothing in it
    return format_html(
        '<data value="{}" data-figure="{}" data-month="{}"{}>{}</data>',
        repr(value),
        figure,
        f"{on:%Y-%m}",
        got,
        written,
    )


def forecast(figure: str, on: date, spread: Range, unit: str) -> SafeString:
    """Write a level with its band: circa 36.000 (80%: 34.000–38.500)."""
    return mark(wording.forecast(spread, unit), figure, on, spread.p50)


def about(figure: str, on: date, spread: Range, unit: str, *, way: str = "") -> SafeString:
    """Write a level without its band: circa 36.000."""
    return mark(wording.about(spread, unit), figure, on, spread.p50, way=way)


def middle(figure: str, on: date, spread: Range, unit: str) -> SafeString:
    """Write a level where the page says already that it is the middle: 36.000."""
    return mark(wording.middle(spread, unit), figure, on, spread.p50)
