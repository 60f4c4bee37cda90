# SPDX-License-Identifier: EUPL-1.2
"""Unit costs with their definition: the same product has another price when the definition changes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter, ValidationError

import keten.parameters
from keten.domain.errors import ParameterError, Problem
from keten.parameters.values import Quantity, Row

PACKAGED = Path(keten.parameters.__file__).with_name("unit_costs.yaml")


class UnitCost(Row):
    """The cost of one unit of a budget line: who bears it, and which quantity it is multiplied with."""

    budget_line: str
    nl: str
    en: str
    partner: str
    driver: Literal["persons_days", "hours_used", "eur_paid", "judgments"]
    of: tuple[str, ...]
    cost: Quantity


def load_unit_costs(path: Path = PACKAGED) -> tuple[UnitCost, ...]:
    """Load the unit costs.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    try:
        return TypeAdapter(tuple[UnitCost, ...]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise ParameterError(
            path.name,
            [
                Problem(".".join(map(str, detail["loc"])), f"{detail['msg']}.", "Correct the row and load again.")
                for detail in error.errors()
            ],
        ) from None
