# SPDX-License-Identifier: EUPL-1.2
"""The closed lists of the record with their names on the screen; the values are those of the core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keten.domain.bounds import UNITS as KNOWN_UNITS
from keten.domain.counted import Definition
from keten.domain.words import CoreProcess, Direction
from keten.indicators.definitions import definitions
from keten.steering.agreements import BudgetUnit, Counting, Nature, NormPer, Parties, Subject, Unjudged, Verdict
from keten.steering.bodies import GovernanceLevel, Mandate
from keten.steering.frameworks import Evidence, FrameworkState, Proposal
from keten_web.record.units import NAMES
from keten_web.words import names, wording

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
NORMS_PER = [
    (NormPer.MONTH.value, _("per month")),
    (NormPer.QUARTER.value, _("per quarter")),
    (NormPer.HALF_YEAR.value, _("per half-year")),
    (NormPer.YEAR.value, _("per year")),
    (NormPer.WHOLE.value, _("for the whole time the norm holds")),
]
UNJUDGED = {
    Unjudged.NO_VALUE: _("Not yet to be judged: there is no value."),
    Unjudged.PARTS_OF_MONTHS: _("Not to be judged: the norm is spread over whole months, and this period is none."),
    Unjudged.PARTLY_AGREED: _("Not to be judged: for a part of this period no norm holds."),
    Unjudged.NORM_CHANGES: _("Not to be judged: the norm changes during this period."),
    Unjudged.OUTSIDE_TERM: _("Does not count: this period lies outside the term of the agreement."),
    Unjudged.COUNTED_ELSEWHERE: _("Does not count: other figures tell the same months."),
    Unjudged.COUNTS_OTHERWISE: _("Not to be judged: this figure counts something else than was agreed."),
}
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


def _in_language(row: Definition) -> str:
    return row.en if get_language() == "en" else row.nl


_told = lazy(_in_language, str)


def counted(identifier: str) -> str:
    """Say what a definition counts; one that is not known keeps its own name."""
    found = definitions().get(identifier)
    return _in_language(found) if found is not None else identifier


def definitions_to_choose() -> list[tuple[str, str | Promise]]:
    """Give every definition of what can be counted, told in the language of the reader."""
    return [(name, _told(row)) for name, row in definitions().items()]


def outcomes_in_words(outcomes: Sequence[Mapping[str, Any]] | None) -> str:
    """Write how a signal was answered, one answer after the other; the page of the signal has the rest."""
    return "; ".join(
        f"{OUTCOMES[said['kind']]} ({wording.day(date.fromisoformat(said['on']))}): {said['reason']}"
        for said in outcomes or ()
    )


def evidence_in_words(evidence: Mapping[str, Any] | None) -> str:
    """Say how many figures are kept with a decision; its page shows them."""
    if not evidence:
        return ""
    number = len(evidence.get("figures", ()))
    return ngettext("%(number)s figure kept", "%(number)s figures kept", number) % {"number": number}


def in_full(value: object) -> object:
    """Call what a rule of the core names as the pages call it: a mandate, a unit, a state, a partner, a minister."""
    if isinstance(value, date):
        return wording.day(value)
    if not isinstance(value, str):
        return value
    known = dict(MANDATES) | dict(UNITS) | dict(FRAMEWORK_STATES)
    return str(known[value]) if value in known else names.approver(value)
