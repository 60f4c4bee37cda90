# SPDX-License-Identifier: EUPL-1.2
"""The statutory clock: decision deadlines and what a late decision costs, for one case and for a million."""

from keten.deadlines.answer import Answer, OtherReading, RuleUsed, deadline_for_notice, decision_deadline
from keten.deadlines.cases import Case, Suspension
from keten.deadlines.vector import deadline_days, nationality_codes, type_codes
from keten.parameters.law import Law, load_law

__all__ = [
    "Answer",
    "Case",
    "Law",
    "OtherReading",
    "RuleUsed",
    "Suspension",
    "deadline_days",
    "deadline_for_notice",
    "decision_deadline",
    "load_law",
    "nationality_codes",
    "type_codes",
]
