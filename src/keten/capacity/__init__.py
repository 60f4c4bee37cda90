# SPDX-License-Identifier: EUPL-1.2
"""People as hours: hiring, training, attrition, external hire, and projects that draw on the same people."""

from keten.capacity.staff import Hire, Project, StaffPlan, double_promises, staff_hours
from keten.capacity.values import StaffValues, load_staff_values

__all__ = [
    "Hire",
    "Project",
    "StaffPlan",
    "StaffValues",
    "double_promises",
    "load_staff_values",
    "staff_hours",
]
