# SPDX-License-Identifier: EUPL-1.2
"""The statutory clock: decision deadlines and what a late decision costs, for one case and for a million."""

from keten.deadlines.cases import Case, Suspension
from keten.deadlines.vector import deadline_days, nationality_codes, type_codes
from keten.parameters.law import Law, load_law

__all__ = [
    "Case",
    "Law",
    "Suspension",
    "deadline_days",
    "load_law",
    "nationality_codes",
    "type_codes",
]
