# SPDX-License-Identifier: EUPL-1.2
"""How far the values of a scenario can go: bounds as data, each with the reason that a refusal repeats."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from keten.parameters import __file__ as parameters
from keten.parameters.reading import read_parameters
from keten.parameters.values import Row

PACKAGED = Path(parameters).with_name("scenario_bounds.yaml")
ALWAYS = (date.min, date.max)
"""How a value says that it has no first or last day; never written by hand."""


class NumberBound(Row):
    """Least and most that a number can be."""

    id: str
    low: float
    high: float
    unit: str
    reason: str


class DayBound(Row):
    """First and last day that can be named."""

    id: str
    low: date
    high: date
    reason: str


class SizeBound(Row):
    """How much there can be of something."""

    id: str
    high: int
    unit: str
    reason: str


class Bounds(Row):
    """Every bound on the values of a scenario."""

    numbers: tuple[NumberBound, ...]
    days: tuple[DayBound, ...]
    sizes: tuple[SizeBound, ...]

    def number(self, identifier: str) -> NumberBound:
        """Give the bound of a kind of number."""
        return next(row for row in self.numbers if row.id == identifier)

    def day(self, identifier: str) -> DayBound:
        """Give the bound of a kind of day."""
        return next(row for row in self.days if row.id == identifier)

    def size(self, identifier: str) -> SizeBound:
        """Give the bound of a kind of size."""
        return next(row for row in self.sizes if row.id == identifier)


@lru_cache(maxsize=1)
def bounds() -> Bounds:
    """Load the bounds.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    found: Bounds = read_parameters(PACKAGED, Bounds)
    return found


def number_within(identifier: str, *values: float) -> None:
    """Refuse numbers outside their bound.

    Raises
    ------
    ValueError
        When one of them lies outside it, with the reason of the bound.
    """
    bound = bounds().number(identifier)
    for value in values:
        if not bound.low <= value <= bound.high:
            raise ValueError(f"{value:,.10g} lies outside {bound.low:,.10g} to {bound.high:,.10g}: {bound.reason}")


def studied_day(day: date) -> date:
    """Give a day back that a study can speak of.

    Raises
    ------
    ValueError
        When it lies outside its bound.
    """
    return _day_within(bounds().day("studied"), day)


def named_day(day: date) -> date:
    """Give a day back that a value can name; one without first or last day is left as it is.

    Raises
    ------
    ValueError
        When it lies outside its bound.
    """
    return day if day in ALWAYS else _day_within(bounds().day("named"), day)


def _day_within(bound: DayBound, day: date) -> date:
    if not bound.low <= day <= bound.high:
        raise ValueError(f"{day} lies outside {bound.low} to {bound.high}: {bound.reason}")
    return day


def beyond(identifier: str, size: int) -> str:
    """Say that something is too much, with the reason; empty when it is not."""
    bound = bounds().size(identifier)
    return f"{size:,} {bound.unit} are more than {bound.high:,}: {bound.reason}" if size > bound.high else ""


def legible(text: str) -> str:
    """Give a text back that can be read, stored and printed.

    Raises
    ------
    ValueError
        When it is too long, or holds characters that no text holds.
    """
    if too_much := beyond("characters", len(text)):
        raise ValueError(too_much)
    odd = sorted({f"U+{ord(sign):04X}" for sign in text if unicodedata.category(sign) == "Cc" and sign not in "\n\r\t"})
    if odd:
        raise ValueError(f"it holds characters that no text holds ({', '.join(odd)}); type it again")
    return text


def too_deep(content: object) -> str:
    """Say that tables lie too deep within each other; empty when they do not. Never deep itself."""
    level: list[object] = [content]
    deepest = bounds().size("depth").high
    for _depth in range(deepest + 1):
        level = [inside for part in level for inside in _inside(part)]
    return beyond("depth", deepest + 1) if level else ""


def _inside(part: object) -> Iterator[object]:
    if isinstance(part, dict):
        yield from part.values()
    elif isinstance(part, list):
        yield from part
