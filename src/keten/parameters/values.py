# SPDX-License-Identifier: EUPL-1.2
"""The number with everything a number needs: unit, validity, and a source or a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from keten.domain.errors import ParameterError, Problem


class Row(BaseModel):
    """A row of a parameter table: frozen; a misspelt field is an error, and so is a number that is none (inf, nan)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class Quantity(Row):
    """One value, or a low-mode-high range, with its unit, its validity and its source or assumption.

    A number that somebody published has a `source` (an address). A number that nobody published has an
    `assumption`: the reason why this value and not another. One of the two is required.
    """

    value: float | None = None
    low: float | None = None
    mode: float | None = None
    high: float | None = None
    unit: str
    valid_from: date = Field(default=date.min, alias="from")
    valid_until: date = Field(default=date.max, alias="until")
    source: str | None = None
    assumption: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        point, spread = self.value is not None, (self.low, self.mode, self.high)
        if point == any(part is not None for part in spread):
            raise ValueError("a number is a value or a range, not both; give either value, or low, mode and high")
        if not point:
            if None in spread:
                raise ValueError("part of low, mode and high is missing; add the missing part, or give one value")
            low, mode, high = (float(part) for part in spread if part is not None)
            if not low <= mode <= high:
                raise ValueError(
                    f"low {low} <= mode {mode} <= high {high} does not hold; put them in order, or give one value"
                )
        if bool(self.source) == bool(self.assumption):
            raise ValueError(
                "a number has a source or an assumption, never both and never neither; "
                "give the address of the source, or mark the number as an assumption with its reason"
            )
        if self.valid_from >= self.valid_until:
            raise ValueError(
                "from does not lie before until; move one of the two dates (until is the first day on which the value "
                "no longer holds), or leave until out"
            )
        return self

    @property
    def central(self) -> float:
        """The value, or the mode of the range."""
        return float(self.value if self.value is not None else self.mode)  # type: ignore[arg-type]

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value that is thought possible."""
        if self.value is not None:
            return self.value, self.value
        return float(self.low), float(self.high)  # type: ignore[arg-type]


def _as_sequence(raw: object) -> object:
    return raw if isinstance(raw, list | tuple) else (raw,)


def _without_overlap(quantities: Sequence[Quantity]) -> Sequence[Quantity]:
    ordered = sorted(quantities, key=lambda quantity: quantity.valid_from)
    for earlier, later in pairwise(ordered):
        if later.valid_from < earlier.valid_until:
            raise ValueError(
                f"validity overlaps: until {earlier.valid_until} and from {later.valid_from}; "
                "end the earlier value on the day the later one starts, or start the later one when the earlier ends"
            )
    return tuple(ordered)


Dated = Annotated[tuple[Quantity, ...], BeforeValidator(_as_sequence), Field(min_length=1)]
"""A value through time: one quantity, or several whose validities do not overlap."""


class DatedValues(Row):
    """Mixin check for rows that hold dated values: no validity may overlap another."""

    @model_validator(mode="after")
    def _validities_do_not_overlap(self) -> Self:
        for name in type(self).model_fields:
            field = getattr(self, name)
            if isinstance(field, tuple) and field and all(isinstance(part, Quantity) for part in field):
                _without_overlap(field)
        return self


def at(quantities: Sequence[Quantity], day: date, *, name: str) -> Quantity:
    """Find the quantity that holds on `day`.

    Raises
    ------
    ParameterError
        When no value holds on that day: a parameter never falls back on a neighbour.
    """
    for quantity in quantities:
        if quantity.valid_from <= day < quantity.valid_until:
            return quantity
    known = ", ".join(f"{quantity.valid_from}..{quantity.valid_until}" for quantity in quantities)
    raise ParameterError(
        name,
        [Problem(str(day), f"no value holds on this day (known: {known}).", "Add the value with its source.")],
    )
