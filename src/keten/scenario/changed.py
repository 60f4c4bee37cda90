# SPDX-License-Identifier: EUPL-1.2
"""What all changed values of a scenario share: an account of them, and their place among dated values."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Annotated, Protocol, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from keten.parameters.values import Quantity, Row
from keten.scenario.bounds import bounds, legible, named_day

Text = Annotated[str, AfterValidator(legible)]
"""A text that can be read, stored and printed."""


def _is_a_number(raw: object) -> object:
    if isinstance(raw, bool):
        raise ValueError(f"{str(raw).lower()} is no number; write how many")
    if isinstance(raw, str | bytes):
        raise ValueError(f"{str(raw)[:40]!r} is text and no number; write the number without quotes")
    return raw


def _is_true_or_false(raw: object) -> object:
    if not isinstance(raw, bool):
        raise ValueError(f"{str(raw)[:40]!r} is not true or false; write true or false without quotes")
    return raw


def _is_a_day(raw: object) -> object:
    # A number would be read as seconds since 1970, and a moment says more than a scenario can mean.
    if isinstance(raw, date) or (isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw)):
        return raw
    raise ValueError(f"{str(raw)[:40]!r} is no day; write it as year-month-day, for instance 2023-09-01")


def _is_a_year(raw: object) -> object:
    if (isinstance(raw, int) and not isinstance(raw, bool)) or (isinstance(raw, str) and re.fullmatch(r"\d{4}", raw)):
        return raw
    raise ValueError(f"{str(raw)[:40]!r} is no year; write it in four digits")


Real = Annotated[float, BeforeValidator(_is_a_number)]
"""A number as a number, whole or not: neither text nor true or false."""

Whole = Annotated[int, BeforeValidator(_is_a_number)]
"""A whole number as a number."""

TrueOrFalse = Annotated[bool, BeforeValidator(_is_true_or_false)]
"""True or false, and no number or word that stands for it."""

Year = Annotated[int, BeforeValidator(_is_a_year)]
"""A year; the names of tables are text, so text of four digits is one."""

WrittenDay = Annotated[date, BeforeValidator(_is_a_day)]
"""A day; in a document that was kept it is text: year-month-day."""

NamedDay = Annotated[WrittenDay, AfterValidator(named_day)]
"""A day that a value of a scenario can name."""

MOST_ROWS = bounds().size("rows").high
"""Rows of one kind that a scenario can have."""


class Accounted(Row):
    """What every changed value carries: its owner, the reason, and the source."""

    owner: Text = Field(min_length=2)
    reason: Text = Field(min_length=5)
    source: Text = Field(min_length=3)


def outside(quantity: Quantity, start: date, end: date) -> Iterator[Quantity]:
    """Give what is left of a dated value when a period is cut out of it."""
    if quantity.valid_until <= start or end <= quantity.valid_from:
        yield quantity
        return
    if quantity.valid_from < start:
        yield quantity.model_copy(update={"valid_until": start})
    if end < quantity.valid_until:
        yield quantity.model_copy(update={"valid_from": end})


# Rows of one list ----------------------------------------------------------------------------------------------------


class Period(Protocol):
    """From one day until another."""

    @property
    def valid_from(self) -> date:
        """First day."""
        ...

    @property
    def valid_until(self) -> date:
        """First day on which it no longer holds."""
        ...


_Period = TypeVar("_Period", bound=Period)
_Row = TypeVar("_Row")


def one_at_a_time(rows: tuple[_Period, ...]) -> tuple[_Period, ...]:
    """Give rows back of which never two hold on one day; of two values for a day nobody could say which one counts.

    Raises
    ------
    ValueError
        With the rows that hold on one day, and what to do.
    """
    if told := holding_together(rows):
        raise ValueError("; ".join(told))
    return rows


def holding_together(
    rows: Sequence[Period], are_alike: Callable[[int, int], bool] = lambda _one, _other: True
) -> list[str]:
    """Say of every two rows about the same that hold on one day which they are and what to do; rows count from 1."""
    told = []
    for one, other in combinations(range(len(rows)), 2):
        since, until = (
            max(rows[one].valid_from, rows[other].valid_from), min(rows[one].valid_until, rows[other].valid_until),
        )  # fmt: skip
        if since >= until or not are_alike(one, other):
            continue
        if rows[one].valid_from == rows[other].valid_from:
            told.append(f"rows {one + 1} and {other + 1} both begin on {since}; leave one out, or give it other days")
            continue
        first, second = sorted((one, other), key=lambda number: rows[number].valid_from)
        told.append(
            f"row {first + 1} still holds on {since}, when row {second + 1} begins; end row {first + 1} then "
            f"(until = {since}), or leave one out"
        )
    return told


def said_once(key: Callable[[_Row], Hashable]) -> Callable[[tuple[_Row, ...]], tuple[_Row, ...]]:
    """Make the check of a list whose rows add up: a row that says what another says would count twice.

    `key` gives what makes two rows the same, its account left out.
    """

    def check(rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
        seen: dict[Hashable, int] = {}
        told = []
        for number, row in enumerate(rows, start=1):
            if (first := seen.setdefault(key(row), number)) != number:
                told.append(f"rows {first} and {number} say the same of the same day, so it would count twice; "
                            "leave one out, or write the sum in one row")  # fmt: skip
        if told:
            raise ValueError("; ".join(told))
        return rows

    return check
