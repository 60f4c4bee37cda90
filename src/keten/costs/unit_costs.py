# SPDX-License-Identifier: EUPL-1.2
"""Unit costs with their definition: the same product has another price when the definition changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import keten.parameters
from keten.parameters.reading import read_parameters
from keten.parameters.values import Quantity, Row

PACKAGED = Path(keten.parameters.__file__).with_name("unit_costs.yaml")


class UnitCost(Row):
    """The cost of one unit of a budget line: who bears it, and which quantity it is multiplied with."""

    budget_line: str
    nl: str
    en: str
    partner: str
    driver: Literal["persons_days", "hours_used", "interpreter_hours", "eur_paid", "judgments"]
    of: tuple[str, ...]
    cost: Quantity


@lru_cache(maxsize=8)
def load_unit_costs(path: Path = PACKAGED) -> tuple[UnitCost, ...]:
    """Load the unit costs.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    found: tuple[UnitCost, ...] = read_parameters(path, tuple[UnitCost, ...])
    return found
