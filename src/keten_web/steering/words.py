# SPDX-License-Identifier: EUPL-1.2
"""The closed lists of the record with their names on the screen; the values are those of the core."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keten.domain.bounds import UNITS as KNOWN_UNITS
from keten.domain.words import CoreProcess, Direction
from keten.steering.agreements import BudgetUnit, Counting, Nature, Parties, Subject, Verdict
from keten.steering.bodies import GovernanceLevel, Mandate
from keten.steering.frameworks import Evidence, FrameworkState, Proposal
from keten_web.record.units import NAMES

UNITS = [(unit, NAMES[unit]) for unit in KNOWN_UNITS]
FRAMEWORK_STATES = [
    (FrameworkState.DRAFT.value, _("draft")),
    (FrameworkState.AGREED.value, _("agreed by the partners")),
    (FrameworkState.APPROVED.value, _("approved by the ministers")),
    (FrameworkState.CLOSED.value, _("closed")),
]
PURPOSES = [("purpose", _("chain purpose")), ("core_value", _("core value"))]
PLAN_DOCUMENTS = [
    ("remit_letter", _("remit letter")),
    ("commissioning_letter", _("commissioning letter")),
    ("annual_plan", _("annual plan")),
    ("chain_plan", _("chain plan")),
]
PROPOSALS = [
    (Proposal.CONTINUE.value, _("continue")),
    (Proposal.RENEGOTIATE.value, _("renegotiate")),
    (Proposal.AGREE_NORM.value, _("agree a norm")),
    (Proposal.REPAIR_FIGURES.value, _("repair the figures")),
    (Proposal.COVER_RISK.value, _("cover the risk")),
    (Proposal.ANSWER_SIGNAL.value, _("answer the signal")),
    (Proposal.CHECK_EFFECT.value, _("check the effect")),
    (Proposal.TAKE_IN_LESSON.value, _("take in the lesson")),
    (Proposal.CARRY_OVER.value, _("carry over")),
]
EVIDENCE = [
    (Evidence.ACTUALS.value, _("actuals")),
    (Evidence.SIGNAL.value, _("a signal")),
    (Evidence.LESSON.value, _("a lesson")),
    (Evidence.RISK.value, _("a risk")),
    (Evidence.OPEN_MATTER.value, _("an open matter")),
]
LINE_STATES = [("proposed", _("proposed")), ("taken", _("taken over")), ("dropped", _("dropped"))]
CORE_PROCESSES = [
    (CoreProcess.ENTRY.value, _("Entry")),
    (CoreProcess.ADMISSION.value, _("Admission")),
    (CoreProcess.SUPERVISION.value, _("Supervision")),
    (CoreProcess.RETURN.value, _("Return")),
    (CoreProcess.RECEPTION.value, _("Reception")),
    (CoreProcess.DETENTION.value, _("Detention")),
]
PARTIES = [(Parties.JOINT.value, _("joint")), (Parties.BILATERAL.value, _("bilateral"))]
NATURES = [(Nature.QUANTITATIVE.value, _("quantitative")), (Nature.QUALITATIVE.value, _("qualitative"))]
SUBJECTS = [
    (Subject.PERFORMANCE.value, _("performance")),
    (Subject.RESULT.value, _("result")),
    (Subject.PRODUCTION.value, _("production")),
]
DIRECTIONS = [
    (Direction.HIGHER_IS_BETTER.value, _("at least")),
    (Direction.LOWER_IS_BETTER.value, _("at most")),
]
COUNTINGS = [
    (Counting.ADDS_UP.value, _("periods add up over the year")),
    (Counting.STANDS_ALONE.value, _("each period stands alone")),
]
BUDGET_UNITS = [(BudgetUnit.PERIODS.value, _("periods")), (BudgetUnit.CASES.value, pgettext_lazy("counted", "cases"))]
AGREEMENT_STATES = [
    ("draft", _("draft")),
    ("offered", pgettext_lazy("agreement", "offered")),
    ("agreed", pgettext_lazy("agreement", "agreed")),
    ("ended", _("ended")),
]
ACTUAL_STATES = [("open", _("open")), ("locked", _("locked"))]
LEVELS = [
    (GovernanceLevel.EXECUTIVE.value, _("executive")),
    (GovernanceLevel.TACTICAL.value, _("tactical")),
    (GovernanceLevel.OPERATIONAL.value, _("operational")),
]
MANDATES = [
    (Mandate.ACKNOWLEDGE_SIGNAL.value, _("acknowledge a signal")),
    (Mandate.CHANGE_PLANNING.value, _("change the planning")),
    (Mandate.MOVE_CAPACITY.value, _("move capacity")),
    (Mandate.CHANGE_AGREEMENT.value, _("change an agreement")),
    (Mandate.CHANGE_FRAMEWORK.value, _("change the framework")),
    (Mandate.CLAIM_BUDGET.value, _("claim budget")),
]
MEETING_STATES = [("planned", _("planned")), ("held", _("held"))]
DECISION_STATES = [
    ("draft", _("draft")),
    ("taken", pgettext_lazy("decision", "taken")),
    ("reviewed", _("looked back on")),
]
ACTION_STATES = [("open", _("open")), ("done", _("done")), ("dropped", _("dropped"))]
SIGNAL_STATES = [
    ("raised", _("raised")),
    ("acknowledged", _("acknowledged")),
    ("escalated", _("escalated")),
    ("answered", _("answered")),
]
OUTCOMES = {"decision": _("decision"), "no_action": _("no action"), "escalation": _("escalation")}
VERDICTS = {
    Verdict.KEPT: _("kept"),
    Verdict.BROKEN: _("broken"),
    Verdict.RUNNING: _("still running"),
    Verdict.UNKNOWN: _("unknown"),
    Verdict.NOT_AGREED: _("no norm agreed"),
}
