# SPDX-License-Identifier: EUPL-1.2
"""The kinds of this app: who may write what, and which steps are lawful."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rules import predicate

from keten_web.accounts.models import User
from keten_web.record.kinds import Kind, Transition, register
from keten_web.record.models import Record
from keten_web.record.permissions import approves, approves_own, is_own, plans, steers, writes_own
from keten_web.steering import models, queries, steps


@predicate
def is_bound(by: User, record: Record | None) -> bool:
    """Belongs to a partner that the framework binds, or to the ministry, which speaks for the minister of the chain."""
    return record is not None and by.partner_id in {*record.partners_bound, "MINISTRY"}


@predicate
def has_seat(by: User, record: Record | None) -> bool:
    """Has a seat, through the own partner, in the body of the row."""
    return record is not None and steps.has_seat(by, record.body)


@predicate
def has_say(by: User, record: Record | None) -> bool:
    """Has a consent to give: that of a partner in it, or of a minister."""
    return record is not None and steps.has_say(by, record)


@predicate
def owns_or_steers(by: User, record: Record | None) -> bool:
    """Owns the signal, or steers the chain."""
    return record is not None and (by.partner_id == record.partner_id or steers.test(by, record))


CHAIN_WIDE = {"may_write": steers}

POLICY_FRAMEWORKS = register(
    Kind(
        models.PolicyFramework,
        "beleidskaders",
        theme="framework",
        edited=("year", "partners_bound"),
        listed=("year", "state"),
        filtered=("state",),
        may_write=steers,
        writable_states=("draft",),
        transitions=(
            Transition(
                "instemmen", _("Agree for your organisation"), ("draft",), "draft", approves & is_bound,
                needs_reason=False, effect=steps.agree_to_framework,
            ),
            Transition(
                "overeenkomen", _("Lay down what the partners agreed"), ("draft",), "agreed", steers,
                problems=steps.obstacles_to("agreed"),
            ),
            Transition(
                "goedkeuren-namens", _("Record the approval of your minister"), ("agreed",), "agreed",
                approves & is_bound, effect=steps.approve_framework,
            ),
            Transition(
                "goedkeuren", _("Lay down what the ministers approved"), ("agreed",), "approved", steers,
                problems=steps.obstacles_to("approved"),
            ),
            Transition(
                "teruggeven", _("Give back to the partners"), ("agreed",), "draft", steers, effect=steps.give_back
            ),
            Transition(
                "sluiten", _("Close the year"), ("approved",), "closed", steers, problems=steps.obstacles_to("closed")
            ),
            Transition(
                "openen", _("Open the framework of next year"), ("approved", "closed"), "approved", steers,
                needs_reason=False, problems=steps.obstacles_to_opening, effect=steps.open_next,
            ),
        ),
        template="steering/framework.html",
        context=queries.framework,
        shows_owner=False,
    )
)  # fmt: skip
CHAIN_PURPOSES = register(
    Kind(
        models.ChainPurpose, "ketenbedoelingen", theme="framework", edited=("nature", "order"), listed=("nature",),
        shows_owner=False, **CHAIN_WIDE,
    )
)  # fmt: skip
CHAIN_GOALS = register(
    Kind(
        models.ChainGoal, "ketendoelen", theme="framework", edited=("parent", "order"), listed=("parent",),
        template="steering/goal.html", context=queries.goal, shows_owner=False, **CHAIN_WIDE,
    )
)  # fmt: skip
PRIORITIES = register(
    Kind(
        models.PoliticalPriority, "politieke-prioriteiten", theme="framework", edited=("framework", "goal", "order"),
        listed=("framework", "goal"), filtered=("framework",), shows_owner=False, **CHAIN_WIDE,
    )
)  # fmt: skip
PLAN_DOCUMENTS = register(
    Kind(
        models.PlanDocument,
        "plannen-en-brieven",
        theme="framework",
        edited=("nature", "framework", "dated", "first_year", "last_year", "goals"),
        listed=("nature", "dated"),
        filtered=("nature", "framework"),
        may_write=writes_own | steers,
        template="steering/plan.html",
        context=queries.plan,
    )
)
FRAMEWORK_LINES = register(
    Kind(
        models.FrameworkLine,
        "kaderregels",
        theme="framework",
        edited=("framework", "proposal", "evidence", "about"),
        listed=("framework", "proposal", "evidence", "state"),
        filtered=("framework", "state"),
        may_write=steers,
        writable_states=("proposed",),
        transitions=(
            Transition("overnemen", _("Take over in the framework"), ("proposed", "dropped"), "taken", steers),
            Transition("laten-vallen", _("Drop, with the reason"), ("proposed", "taken"), "dropped", steers),
        ),
        shows_owner=False,
    )
)
REFERENCE_MODELS = register(
    Kind(
        models.ReferenceModel, "referentiemodellen", theme="agreements", edited=("valid_from", "valid_until"),
        listed=("valid_from", "valid_until"), template="steering/reference_model.html",
        context=queries.reference_model, shows_owner=False, **CHAIN_WIDE,
    )
)  # fmt: skip
HANDOVER_POINTS = register(
    Kind(
        models.HandoverPoint,
        "koppelvlakken",
        theme="agreements",
        edited=("reference_model", "from_process", "to_process", "counterpart", "chain_points"),
        listed=("from_process", "to_process", "counterpart"),
        filtered=("from_process", "to_process", "reference_model"),
        may_write=writes_own | steers,
        template="steering/handover_point.html",
        context=queries.handover_point,
    )
)
AGREEMENTS = register(
    Kind(
        models.PerformanceAgreement,
        "prestatieafspraken",
        theme="agreements",
        edited=(
            "framework", "handover_point", "goal", "plan", "parties", "nature", "subject", "counterparts", "duties",
            "duties_en", "indicator", "unit", "direction", "counting", "norms", "still_to_be_agreed",
            "still_to_be_agreed_en", "is_exercise",
            "error_budget_unit", "error_budget_share", "covers",
        ),
        listed=("subject", "handover_point", "state"),
        filtered=("framework", "handover_point", "subject", "state"),
        may_write=writes_own,
        writable_states=("draft", "agreed"),
        transitions=(
            Transition(
                "instemmen", _("Agree for your organisation"), ("draft",), "draft", approves & has_say,
                needs_reason=False, effect=steps.sign_agreement,
            ),
            Transition("beeindigen", _("End"), ("agreed",), "ended", approves_own),
        ),
        template="steering/agreement.html",
        context=queries.agreement,
    )
)  # fmt: skip
ACTUALS = register(
    Kind(
        models.Actual,
        "realisaties",
        theme="agreements",
        edited=(
            "agreement", "period_start", "period_end", "recorded_on", "value", "kept", "cases", "missed", "corrects",
        ),
        listed=("agreement", "period_start", "period_end", "value", "state"),
        filtered=("agreement", "state"),
        may_write=writes_own,
        writable_states=("open",),
        transitions=(Transition("vastzetten", _("Lock the period"), ("open",), "locked", plans & is_own),),
    )
)  # fmt: skip
SIGNALS = register(
    Kind(
        models.Signal,
        "signalen",
        theme="signals",
        edited=(
            "indicator", "agreement", "handover_point", "goal", "first_seen_on", "raised_on", "ended_on", "is_frozen",
            "figure", "signal_value", "unit", "body", "needs",
        ),
        listed=("indicator", "raised_on", "state"),
        filtered=("state",),
        may_write=writes_own | steers,
        may_create=steers,
        writable_states=("raised", "acknowledged"),
        transitions=(
            Transition(
                "bevestigen", _("Acknowledge"), ("raised",), "acknowledged", owns_or_steers & (plans | approves),
                needs_reason=False, effect=steps.acknowledge, asks=("body",),
            ),
            Transition(
                "besluiten", _("End in a decision"), ("raised", "acknowledged", "escalated"), "answered",
                (approves & has_seat) | steers, needs_reason=False, problems=steps.obstacles_to_answer("decision"),
                effect=steps.answer("decision"), asks=("needs", "steering_decision", "verdict"),
            ),
            Transition(
                "geen-actie", _("No action, with the reason"), ("raised", "acknowledged", "escalated"), "answered",
                (approves & has_seat) | steers, needs_reason=False, problems=steps.obstacles_to_answer("no_action"),
                effect=steps.answer("no_action"), asks=("verdict",),
            ),
            Transition(
                "escaleren", _("Escalate to a body with the mandate"), ("raised", "acknowledged", "escalated"),
                "escalated", (approves & has_seat) | steers, needs_reason=False,
                problems=steps.obstacles_to_answer("escalation"), effect=steps.answer("escalation"),
                asks=("needs", "escalated_to", "verdict"),
            ),
        ),
        template="steering/signal.html",
        context=queries.signal,
    )
)  # fmt: skip
DECISIONS = register(
    Kind(
        models.SteeringDecision,
        "besluiten",
        theme="decisions",
        edited=(
            "body", "meeting", "taken_by", "taken_by_en", "taken_on", "goal", "handover_point", "agreement", "about",
            "needs", "indicators", "expected", "review_on",
        ),
        listed=("who", "taken_on", "state"),
        filtered=("body", "state", "handover_point"),
        may_write=writes_own | steers,
        writable_states=("draft",),
        transitions=(
            Transition(
                "nemen", _("Take the decision and freeze its figures"), ("draft",), "taken", approves & has_seat,
                problems=steps.obstacles_to_decision, effect=steps.freeze_evidence,
            ),
            Transition(
                "terugkijken", _("Write down what came of it"), ("taken",), "reviewed", (approves & has_seat) | steers,
                needs_reason=False, asks=("outcome",),
            ),
        ),
        template="steering/decision.html",
        context=queries.decision,
    )
)  # fmt: skip
ACTION_ITEMS = register(
    Kind(
        models.ActionItem,
        "acties",
        theme="decisions",
        edited=("decision", "due_on"),
        listed=("decision", "due_on", "state"),
        filtered=("state",),
        may_write=writes_own | steers,
        writable_states=("open",),
        transitions=(
            Transition("afronden", _("Done"), ("open",), "done", plans & is_own, needs_reason=False, asks=("result",)),
            Transition("laten-vallen", _("Drop, with the reason"), ("open",), "dropped", (plans & is_own) | steers),
        ),
    )
)
BODIES = register(
    Kind(
        models.GovernanceBody,
        "overleggremia",
        theme="decisions",
        edited=("level", "mandates", "seats", "meetings_per_year", "minutes", "preparation_minutes"),
        listed=("level", "meetings_per_year"),
        filtered=("level",),
        template="steering/body.html",
        context=queries.body,
        shows_owner=False,
        **CHAIN_WIDE,
    )
)
MEETINGS = register(
    Kind(
        models.Meeting,
        "vergaderingen",
        theme="decisions",
        edited=("body", "on", "minutes", "seats"),
        listed=("body", "on", "state"),
        filtered=("body", "state"),
        transitions=(
            Transition("houden", _("The meeting was held"), ("planned",), "held", steers, needs_reason=False),
        ),
        template="steering/meeting.html",
        context=queries.meeting,
        shows_owner=False,
        **CHAIN_WIDE,
    )
)
AGENDA_ITEMS = register(
    Kind(
        models.AgendaItem,
        "agendapunten",
        theme="decisions",
        edited=("body", "meeting", "goal", "signal", "decision", "order"),
        listed=("body", "meeting", "goal"),
        filtered=("body",),
        may_write=writes_own | steers,
    )
)
