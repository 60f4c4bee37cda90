# SPDX-License-Identifier: EUPL-1.2
"""What all changed values of a scenario share: an account of them, and their place among dated values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import Field

from keten.parameters.values import Quantity, Row


class Accounted(Row):
    """What every changed value carries: its owner, the reason, and the source."""

    owner: str = Field(min_length=2)
    reason: str = Field(min_length=5)
    source: str = Field(min_length=3)


def outside(quantity: Quantity, start: date, end: date) -> Iterator[Quantity]:
    """Give what is left of a dated value when a period is cut out of it."""
    if quantity.valid_until <= start or end <= quantity.valid_from:
        yield quantity
        return
    if quantity.valid_from < start:
        yield quantity.model_copy(update={"valid_until": start})
    if end < quantity.valid_until:
        yield quantity.model_copy(update={"valid_from": end})
