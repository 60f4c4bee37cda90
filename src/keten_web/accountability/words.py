# SPDX-License-Identifier: EUPL-1.2
"""The closed lists of this app with their names on the screen; the values are those of the core."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keten.domain.words import Direction
from keten.steering.lessons import Warned
from keten.steering.record_lines import CommitmentState, FundingInstrument, MomentKind, RecommendationState, ReportState
from keten.steering.risks import Impact, RiskLevel

IMPACTS = [
    (Impact.SMALL.value, _("small")),
    (Impact.SERIOUS.value, _("serious")),
    (Impact.SEVERE.value, _("severe")),
]
LEVELS = [
    (RiskLevel.LOW.value, pgettext_lazy("risk", "low")),
    (RiskLevel.MEDIUM.value, pgettext_lazy("risk", "medium")),
    (RiskLevel.HIGH.value, pgettext_lazy("risk", "high")),
    (RiskLevel.UNKNOWN.value, pgettext_lazy("risk", "unknown")),
]
STATE_OF_LEVEL = {
    RiskLevel.LOW: "on_course",
    RiskLevel.MEDIUM: "attention",
    RiskLevel.HIGH: "signal",
    RiskLevel.UNKNOWN: "unknown",
}
"""How a level is drawn: with the shapes and colours of the signal states."""

RISK_STATES = [("open", _("open")), ("accepted", _("accepted")), ("closed", _("closed"))]
DIRECTIONS = [
    (Direction.LOWER_IS_BETTER.value, _("rises above")),
    (Direction.HIGHER_IS_BETTER.value, _("falls below")),
]
INCIDENT_STATES = [
    ("open", _("going on")),
    ("contained", _("over, lessons still open")),
    ("closed", _("closed")),
]
MOMENTS = [
    (MomentKind.EVENT.value, _("event")),
    (MomentKind.DECISION.value, pgettext_lazy("of an incident", "decision")),
    (MomentKind.ACTION.value, pgettext_lazy("of an incident", "action")),
    (MomentKind.COMMUNICATION.value, _("communication")),
]
LESSON_STATES = [("open", _("open")), ("taken", _("taken in")), ("dropped", _("dropped"))]
WARNED = {
    Warned.YES: _("Yes: the indicator showed a signal."),
    Warned.ATTENTION_ONLY: _("In part: the indicator asked attention, but showed no signal."),
    Warned.NO: _("No: the indicator was on course."),
    Warned.NO_DATA: _("No: there was no figure at the time that could be judged."),
    Warned.NO_INDICATOR: _("No: nothing that is measured looks at this."),
}
STATE_OF_WARNED = {
    Warned.YES: "signal",
    Warned.ATTENTION_ONLY: "attention",
    Warned.NO: "on_course",
    Warned.NO_DATA: "unknown",
    Warned.NO_INDICATOR: "unknown",
}
INSTRUMENTS = [
    (FundingInstrument.OUTPUT_PRICE.value, _("price times quantity")),
    (FundingInstrument.CONTRIBUTION.value, _("contribution")),
    (FundingInstrument.SUBSIDY.value, _("subsidy")),
    (FundingInstrument.OTHER_BUDGET.value, _("budget of another minister")),
]
BUDGET_STAGES = [
    ("original", _("original budget")),
    ("first_supplementary", _("first supplementary budget")),
    ("september_supplementary", _("September supplementary budget")),
    ("forecast", _("forecast")),
]
CLAIM_STATES = [
    ("draft", _("draft")),
    ("submitted", _("submitted")),
    ("granted", _("granted")),
    ("refused", _("refused")),
]
REPORT_STATES = [
    (ReportState.ANSWERED.value, _("answered")),
    (ReportState.MONITORED.value, _("monitored")),
    (ReportState.CLOSED.value, _("closed")),
]
RECOMMENDATION_STATES = [
    (RecommendationState.IN_PROGRESS.value, _("in progress")),
    (RecommendationState.IMPLEMENTED.value, _("implemented")),
    (RecommendationState.CARRIED_OVER.value, _("carried over")),
    (RecommendationState.NOT_FOLLOWED.value, _("closed without effect")),
    (RecommendationState.NOT_NAMED.value, _("not named")),
]
STATE_OF_RECOMMENDATION = {
    RecommendationState.IMPLEMENTED.value: "on_course",
    RecommendationState.IN_PROGRESS.value: "attention",
    RecommendationState.CARRIED_OVER.value: "attention",
    RecommendationState.NOT_FOLLOWED.value: "unknown",
    RecommendationState.NOT_NAMED.value: "unknown",
}
COMMITMENT_STATES = [
    (CommitmentState.OPEN.value, _("open")),
    (CommitmentState.IN_PROGRESS.value, _("in progress")),
    (CommitmentState.KEPT.value, _("kept")),
    (CommitmentState.RESTATED.value, _("restated")),
]
"""Who answers for a partner, as the chain tables name them."""

MEASURES = {
    "stock.track_4": _("Stock of track 4"),
    "overdue.track_4": _("Track-4 cases past the decision deadline"),
    "late_decision_appeals": _("Appeals for late decision in the month"),
    "load.decision_officers_track_4": _("Hours asked against hours available, decision officers of track 4"),
    "reception.occupancy": _("People in reception"),
}
"""Measures of a study that risks speak of."""
