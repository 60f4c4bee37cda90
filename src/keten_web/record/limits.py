# SPDX-License-Identifier: EUPL-1.2
"""What can be true of one number of a row; a model says it in its class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from keten.domain.bounds import Bounds, bounds_of


@dataclass(frozen=True)
class Limit:
    """What can be true of a number of a row: fixed bounds, or those of the unit that the row says it is in.

    `unit` is where the unit stands, for instance `agreement.unit`; `observed` tells that single things were counted.
    Such a number, and one that is `counted` otherwise, is protected when it is small; norms and plans are not.
    """

    bounds: Bounds | None = None
    unit: str = ""
    observed: bool = False
    counted: bool = False

    def unit_of(self, row: Any) -> str:
        """Give the unit of this number in a row; empty when it has none."""
        found = row
        for name in filter(None, self.unit.split(".")):
            found = getattr(found, name, None)
        return found if self.unit and isinstance(found, str) else ""

    def of(self, row: Any) -> Bounds | None:
        """Give the bounds that hold for a row; None when its unit is not known."""
        return self.bounds or bounds_of(self.unit_of(row))
