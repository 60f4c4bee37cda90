# SPDX-License-Identifier: EUPL-1.2
"""The statutory clock: decision deadlines and what a late decision costs, for one case and for a million."""

from keten.deadlines.amounts import (
    administrative_amounts,
    administrative_penalty_applies,
    administrative_scale,
    judicial_amounts,
    judicial_penalty_allowed,
    late_decision_appeal_allowed,
)
from keten.deadlines.answer import Answer, OtherReading, deadline_for_notice, decision_deadline
from keten.deadlines.cases import Case, Suspension, check_case
from keten.deadlines.citation import address_of, citation
from keten.deadlines.explanation import RuleUsed
from keten.deadlines.penalties import (
    Event,
    Judgment,
    JudgmentOutcome,
    LateDecision,
    LateDecisionCost,
    late_decision_cost,
)
from keten.deadlines.practice import Distribution, court_penalties, court_terms, phases
from keten.deadlines.questions import OpenQuestion, ReadingOfLaw
from keten.deadlines.repeat import code_of, question_of
from keten.deadlines.stock import (
    Movement,
    Rules,
    compare,
    doubled_cases,
    read_cases,
    stock_deadlines,
    with_deadlines,
    write_whole,
)
from keten.deadlines.terms import TermEnd, holds_on, notice_ends, term_end, term_questions, terms
from keten.deadlines.vector import Events, deadline_days, has_rule, nationality_codes, type_codes
from keten.deadlines.wording import Text
from keten.parameters.amendments import law_from
from keten.parameters.law import Law, load_law

__all__ = [
    "Answer",
    "Case",
    "Distribution",
    "Event",
    "Events",
    "Judgment",
    "JudgmentOutcome",
    "LateDecision",
    "LateDecisionCost",
    "Law",
    "Movement",
    "OpenQuestion",
    "OtherReading",
    "ReadingOfLaw",
    "RuleUsed",
    "Rules",
    "Suspension",
    "TermEnd",
    "Text",
    "address_of",
    "administrative_amounts",
    "administrative_penalty_applies",
    "administrative_scale",
    "check_case",
    "citation",
    "code_of",
    "compare",
    "court_penalties",
    "court_terms",
    "deadline_days",
    "deadline_for_notice",
    "doubled_cases",
    "decision_deadline",
    "has_rule",
    "holds_on",
    "judicial_amounts",
    "judicial_penalty_allowed",
    "late_decision_appeal_allowed",
    "late_decision_cost",
    "law_from",
    "load_law",
    "nationality_codes",
    "notice_ends",
    "phases",
    "question_of",
    "read_cases",
    "stock_deadlines",
    "term_end",
    "term_questions",
    "terms",
    "type_codes",
    "with_deadlines",
    "write_whole",
]
