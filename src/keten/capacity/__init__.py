# SPDX-License-Identifier: EUPL-1.2
"""What there is to work with: people as hours, where these are worked, and places in reception."""

from keten.capacity.locations import AtLocation, per_location, promised_beyond
from keten.capacity.places import ReceptionPlaces, load_reception_places, place_table
from keten.capacity.staff import Hire, Project, StaffPlan, double_promises, staff_hours
from keten.capacity.values import StaffValues, load_staff_values

__all__ = [
    "AtLocation",
    "Hire",
    "Project",
    "ReceptionPlaces",
    "StaffPlan",
    "StaffValues",
    "double_promises",
    "load_reception_places",
    "load_staff_values",
    "per_location",
    "place_table",
    "promised_beyond",
    "staff_hours",
]
