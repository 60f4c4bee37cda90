# SPDX-License-Identifier: EUPL-1.2
"""The values that turn people into hours."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import keten.parameters
from keten.parameters.reading import read_parameters
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


@lru_cache(maxsize=8)
def load_staff_values(path: Path = PACKAGED) -> StaffValues:
    """Load the values of staff.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    found: StaffValues = read_parameters(path, StaffValues)
    return found
