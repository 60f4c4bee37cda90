# SPDX-License-Identifier: EUPL-1.2
"""How the stock on a reference date is divided over stages, case classes and ages."""

from __future__ import annotations

from functools import lru_cache
from math import isclose
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from keten.parameters.reading import read_parameters
from keten.parameters.values import Quantity, Row

PACKAGED = Path(__file__).with_name("opening_stock.yaml")
AGE_BINS = "asylum_age_bins"


class OpeningPlace(Row):
    """The share of a group that stands in one stage with one case class."""

    stage: str
    case_class: str
    share: Quantity


class Condition(Row):
    """The values of a column that count; what they count is added."""

    column: str
    values: tuple[str, ...] = Field(min_length=1)


class CountedFlow(Row):
    """Rows of a table of observations that count what came into a group in a month, or what left it."""

    table: str
    where: tuple[Condition, ...] = Field(min_length=1)


class Flows(Row):
    """What comes into a group and what leaves it, for taking a count forward: opening + inflow - outflow = closing."""

    inflow: CountedFlow
    outflow: CountedFlow


class OpeningGroup(Row):
    """A group of the stock: its count (observed or assumed), its places, and how long it has waited.

    `between_counts` says what holds on a reference date on which nobody counted: the `nearest` count, a straight line
    between the counts before and after (`interpolate`), or the nearest count taken back or forward with the inflow and
    the calibrated outflow (`stock_identity`). Where `flows` names what comes in and leaves, an earlier count is taken
    forward over every whole month of which both are known. `count` holds only while nobody counted the group.
    """

    id: str
    observed: str | None = None
    within_days: int = Field(default=0, ge=0)
    between_counts: Literal["nearest", "interpolate", "stock_identity"] = "nearest"
    count: Quantity | None = None
    flows: Flows | None = None
    waited: Literal["asylum_age_bins"] | Quantity
    places: tuple[OpeningPlace, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.observed is None) == (self.count is None):
            raise ValueError("name the observed stock, or give a count; not both")
        total = sum(place.share.central for place in self.places)
        if not isclose(total, 1.0, abs_tol=1e-9):
            raise ValueError(f"the shares of the places add up to {total:g}; they must add up to 1")
        return self


@lru_cache(maxsize=8)
def load_opening_stock(path: Path = PACKAGED) -> tuple[OpeningGroup, ...]:
    """Load and check the division of the opening stock.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    found: tuple[OpeningGroup, ...] = read_parameters(path, tuple[OpeningGroup, ...])
    return found
