# SPDX-License-Identifier: EUPL-1.2
"""The values that turn people into hours."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

import keten.parameters
from keten.domain.errors import ParameterError, Problem
from keten.parameters.values import Quantity, Row

PACKAGED = Path(keten.parameters.__file__).with_name("staff.yaml")


class StaffValues(Row):
    """Lead times in months, productivity and attrition as shares, and the net hours of a full-time officer per day."""

    hours_per_fte: Quantity
    recruitment_months: Quantity
    training_months: Quantity
    training_productivity: Quantity
    attrition_per_year: Quantity
    external_start_months: Quantity
    external_productivity: Quantity


def load_staff_values(path: Path = PACKAGED) -> StaffValues:
    """Load the values of staff.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    try:
        return StaffValues.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise ParameterError(
            path.name,
            [
                Problem(".".join(map(str, detail["loc"])), f"{detail['msg']}.", "Correct the value and load again.")
                for detail in error.errors()
            ],
        ) from None
