# SPDX-License-Identifier: EUPL-1.2
"""What all changed values of a scenario share: an account of them, and their place among dated values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from keten.parameters.values import Quantity, Row
from keten.scenario.bounds import bounds, legible, named_day

Text = Annotated[str, AfterValidator(legible)]
"""A text that can be read, stored and printed."""

NamedDay = Annotated[date, AfterValidator(named_day)]
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
