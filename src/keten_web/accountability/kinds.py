# SPDX-License-Identifier: EUPL-1.2
"""The kinds of this app: who may write what, and which steps are lawful."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keten_web.accountability import models, queries, steps
from keten_web.record.kinds import Kind, Transition, Withdrawal, register
from keten_web.record.permissions import approves_own, steers, writes_own

WRITES = writes_own | steers
HOLDS_TO_ACCOUNT = (Withdrawal((), steers),)
"""What others said of a partner, or what was promised: that partner does not take it away."""
OPEN_RECOMMENDATION = ("in_progress", "not_named", "carried_over")

RISKS = register(
    Kind(
        models.ChainRisk,
        "ketenrisicos",
        theme="risks",
        edited=(
            "goal", "impact", "measure", "direction", "crossing_value", "unit", "first_month", "last_month",
            "crossing_reason", "typed_level", "level_reason", "level_reason_en", "study", "covered_by",
        ),
        listed=("goal", "impact", "typed_level", "state"),
        filtered=("impact", "state"),
        may_write=WRITES,
        writable_states=("open", "accepted"),
        transitions=(
            Transition("aanvaarden", _("Accept the risk"), ("open",), "accepted", approves_own | steers),
            Transition("heropenen", _("Open again"), ("accepted", "closed"), "open", WRITES),
            Transition("sluiten", pgettext_lazy("risk", "Close"), ("open", "accepted"), "closed", WRITES),
        ),
        template="accountability/risk.html",
        context=queries.risk,
    )
)  # fmt: skip
INCIDENTS = register(
    Kind(
        models.Incident,
        "incidenten",
        theme="incidents",
        edited=(
            "started_on", "ended_on", "severity", "severity_reason", "severity_reason_en", "communication",
            "communication_en", "goal", "handover_point", "indicators", "involved",
        ),
        listed=("started_on", "severity", "state"),
        filtered=("severity", "state"),
        may_write=WRITES,
        withdrawals=HOLDS_TO_ACCOUNT,
        writable_states=("open", "contained"),
        transitions=(
            Transition("beheerst", _("It is over"), ("open",), "contained", WRITES, problems=steps.is_not_over,
                       asks=("ended_on",)),
            Transition("sluiten", pgettext_lazy("incident", "Close"), ("contained",), "closed", steers,
                       problems=steps.open_lessons),
            Transition("heropenen", _("Open again"), ("contained", "closed"), "open", steers),
        ),
        template="accountability/incident.html",
        context=queries.incident,
    )
)  # fmt: skip
MOMENTS = register(
    Kind(
        models.IncidentMoment,
        "incidentmomenten",
        theme="incidents",
        edited=("incident", "on", "at", "nature", "role"),
        listed=("incident", "on", "nature", "role"),
        filtered=("incident", "nature"),
        may_write=WRITES,
    )
)
LESSONS = register(
    Kind(
        models.Lesson,
        "lessen",
        theme="incidents",
        edited=("incident", "learned_on", "agreement", "handover_point", "indicator"),
        listed=("incident", "learned_on", "state"),
        filtered=("incident", "state"),
        may_write=WRITES,
        withdrawals=HOLDS_TO_ACCOUNT,
        writable_states=("open",),
        transitions=(
            Transition("verwerken", _("Taken in"), ("open",), "taken", WRITES),
            Transition("laten-vallen", _("Drop, with the reason"), ("open",), "dropped", steers),
            Transition("heropenen", _("Open again"), ("taken", "dropped"), "open", WRITES),
        ),
    )
)
FUNDING_RELATIONS = register(
    Kind(
        models.FundingRelation,
        "financieringsrelaties",
        theme="finance",
        edited=("funder", "instrument", "valid_from", "valid_until"),
        listed=("funder", "instrument", "valid_from", "valid_until"),
        filtered=("instrument",),
        may_write=steers,
    )
)
BUDGET_LINES = register(
    Kind(
        models.BudgetLine,
        "begrotingsregels",
        theme="finance",
        edited=("framework", "year", "until_year", "stage", "line", "amount_eur"),
        listed=("year", "stage", "amount_eur"),
        filtered=("stage", "framework"),
        may_write=steers,
    )
)
BUDGET_CLAIMS = register(
    Kind(
        models.BudgetClaim,
        "budgetclaims",
        theme="finance",
        edited=("round", "round_en", "year", "line", "asked_eur", "goal"),
        listed=("round", "year", "asked_eur", "granted_eur", "state"),
        filtered=("state",),
        may_write=WRITES,
        writable_states=("draft",),
        transitions=(
            Transition("indienen", _("Submit"), ("draft",), "submitted", WRITES, problems=steps.nothing_asked,
                       needs_reason=False),
            Transition("toekennen", _("Grant"), ("submitted",), "granted", steers, asks=("granted_eur",),
                       problems=steps.nothing_granted),
            Transition("afwijzen", _("Refuse"), ("submitted",), "refused", steers, effect=steps.grant_nothing),
            Transition("terugnemen", _("Take back"), ("submitted",), "draft", WRITES),
        ),
    )
)  # fmt: skip
REPORTS = register(
    Kind(
        models.Report,
        "rapporten",
        theme="recommendations",
        edited=("published_on", "author", "leads_to"),
        listed=("author", "published_on", "state"),
        filtered=("state",),
        may_write=WRITES,
        withdrawals=HOLDS_TO_ACCOUNT,
        transitions=(
            Transition("sluiten", _("Close the report"), ("monitored", "answered"), "closed", steers,
                       problems=steps.matters_without_home, effect=steps.close_today),
            Transition("heropenen", _("Follow it again"), ("closed", "answered"), "monitored", steers,
                       effect=steps.not_closed),
        ),
        template="accountability/report.html",
        context=queries.report,
    )
)  # fmt: skip
RECOMMENDATIONS = register(
    Kind(
        models.Recommendation,
        "aanbevelingen",
        theme="recommendations",
        edited=(
            "report", "goal", "indicator", "evidence", "evidence_en", "carried_to", "home_plan", "home_commitment",
            "home_partner",
        ),
        listed=("report", "state"),
        filtered=("report", "state"),
        may_write=WRITES,
        withdrawals=HOLDS_TO_ACCOUNT,
        writable_states=OPEN_RECOMMENDATION,
        transitions=(
            Transition("afronden", _("Implemented"), ("in_progress", "not_named"), "implemented", WRITES,
                       asks=("evidence", "evidence_en"), problems=steps.no_evidence, effect=steps.leave_home),
            Transition("overdragen", _("Carry over to another recommendation"), OPEN_RECOMMENDATION, "carried_over",
                       WRITES, asks=("carried_to",), effect=steps.only_carried),
            Transition("onderbrengen", _("Give it a home"), OPEN_RECOMMENDATION, "in_progress", WRITES,
                       asks=("home_plan", "home_commitment", "home_partner"), problems=steps.no_home,
                       effect=steps.not_carried),
            Transition("zonder-gevolg", _("Close without effect"), OPEN_RECOMMENDATION, "not_followed", steers,
                       effect=steps.leave_home),
            Transition("heropenen", _("Open again"), ("implemented", "not_followed"), "in_progress", steers,
                       asks=("home_plan", "home_commitment", "home_partner")),
        ),
        template="accountability/recommendation.html",
        context=queries.recommendation,
    )
)  # fmt: skip
COMMITMENTS = register(
    Kind(
        models.Commitment,
        "toezeggingen",
        theme="commitments",
        edited=(
            "made_on", "due_on", "due_said", "due_said_en", "agreement", "decision", "plan", "outcome", "outcome_en",
            "outcome_on",
        ),
        listed=("made_on", "due_on", "state"),
        filtered=("state",),
        may_write=WRITES,
        withdrawals=HOLDS_TO_ACCOUNT,
        writable_states=("open", "in_progress"),
        transitions=(
            Transition("oppakken", _("Take it up"), ("open",), "in_progress", WRITES, needs_reason=False),
            Transition("nakomen", _("Kept"), ("open", "in_progress"), "kept", WRITES,
                       asks=("outcome", "outcome_en", "outcome_on"), problems=steps.no_outcome),
            Transition("herformuleren", _("Restate"), ("open", "in_progress"), "restated", steers,
                       asks=("outcome", "outcome_en", "outcome_on", "continued_by"), problems=steps.no_successor),
            Transition("heropenen", _("Open again"), ("kept", "restated"), "open", steers),
        ),
        template="accountability/commitment.html",
        context=queries.commitment,
    )
)  # fmt: skip
