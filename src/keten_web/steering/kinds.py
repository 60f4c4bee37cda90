# SPDX-License-Identifier: EUPL-1.2
"""The kinds of this app: who may write what, and which steps are lawful."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules.predicates import predicate

from keten_web.accounts.models import User
from keten_web.accounts.roles import Permission
from keten_web.record.kinds import Kind, Transition, Withdrawal, register
from keten_web.record.permissions import Relation, approves_own, is_own, right, steers, writes_own
from keten_web.steering import models, queries, steps


@predicate
def is_bound(by: User, record: models.PolicyFramework | None) -> bool:
    """Belongs to a partner that the framework binds, or to the ministry, which speaks for the minister of the chain."""
    return record is not None and by.partner_id in {*record.partners_bound, "MINISTRY"}


@predicate
def has_seat(by: User, record: Any) -> bool:
    """Has a seat, through the own partner, in the body of the row."""
    return record is not None and steps.has_seat(by, record.body)


@predicate
def has_say(by: User, record: models.PerformanceAgreement | None) -> bool:
    """Has a consent to give: that of a partner in it, or of a minister."""
    return record is not None and steps.has_say(by, record)


@predicate
def speaks_for_minister(by: User, record: models.PolicyFramework | None) -> bool:
    """Belongs to the partner that speaks for a minister whose approval this framework needs."""
    return record is not None and bool(steps.ministers_of(by, record))


@predicate
def delivers(by: User, record: models.Actual | None) -> bool:
    """Is the actual of the own partner, under an agreement that this partner is a party to."""
    if record is None or record.agreement_id is None:
        return bool(is_own(by, record))
    return bool(is_own(by, record)) and by.partner_id in record.agreement.owners()


BOUND = Relation("bound", _("whose framework binds the own organisation, or any for the ministry"), is_bound)
SEAT = Relation("seat", _("that lie with a body in which the own organisation has a seat"), has_seat)
SAY = Relation("say", _("that ask consent of the own organisation, or of the minister it speaks for"), has_say)
MINISTER = Relation("minister", _("that need a minister for whom the own organisation speaks"), speaks_for_minister)
DELIVERS = Relation("delivers", _("of the own organisation, under an agreement it is a party to"), delivers)

files = right(Permission.WRITE_OWN, DELIVERS)
answers = right(Permission.APPROVE, SEAT) | steers

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
                "instemmen", _("Agree for your organisation"), ("draft",), "draft",
                right(Permission.APPROVE, BOUND),
                needs_reason=False, effect=steps.agree_to_framework,
            ),
            Transition(
                "overeenkomen", _("Lay down what the partners agreed"), ("draft",), "agreed", steers,
                problems=steps.obstacles_to("agreed"),
            ),
            Transition(
                "goedkeuren-namens", _("Record the approval of your minister"), ("agreed",), "agreed",
                right(Permission.APPROVE, MINISTER), effect=steps.approve_framework,
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
        shows_owner=False, may_write=steers,
    )
)  # fmt: skip
CHAIN_GOALS = register(
    Kind(
        models.ChainGoal, "ketendoelen", theme="framework", edited=("parent", "order"), listed=("parent",),
        template="steering/goal.html", context=queries.goal, shows_owner=False, may_write=steers,
    )
)  # fmt: skip
PRIORITIES = register(
    Kind(
        models.PoliticalPriority, "politieke-prioriteiten", theme="framework", edited=("framework", "goal", "order"),
        listed=("framework", "goal"), filtered=("framework",), shows_owner=False, may_write=steers,
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
        template="steering/framework_line.html",
        transitions=(
            Transition(
                "overnemen",
                _("Take over in the framework"),
                ("proposed", "dropped"),
                "taken",
                steers,
                effect=steps.take_over,
            ),
            Transition("laten-vallen", _("Drop, with the reason"), ("proposed", "taken"), "dropped", steers),
        ),
        shows_owner=False,
    )
)
REFERENCE_MODELS = register(
    Kind(
        models.ReferenceModel, "referentiemodellen", theme="agreements", edited=("valid_from", "valid_until"),
        listed=("valid_from", "valid_until"), template="steering/reference_model.html",
        context=queries.reference_model, shows_owner=False, may_write=steers,
    )
)  # fmt: skip
HANDOVER_POINTS = register(
    Kind(
        models.HandoverPoint,
        "koppelvlakken",
        theme="handover-points",
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
            "duties_en", "indicator", "counts", "unit", "direction", "counting", "norms", "norm_per", "term_start",
            "term_end", "still_to_be_agreed",
            "still_to_be_agreed_en", "is_exercise",
            "error_budget_unit", "error_budget_share", "covers",
        ),
        listed=("subject", "handover_point", "state"),
        filtered=("framework", "handover_point", "subject", "state"),
        may_write=writes_own,
        writable_states=("draft", "offered", "agreed"),
        transitions=(
            Transition(
                "voorleggen", _("Offer to who must agree"), ("draft",), "offered", writes_own, needs_reason=False,
            ),
            Transition(
                "instemmen", _("Agree for your organisation"), ("offered",), "offered", right(Permission.APPROVE, SAY),
                needs_reason=False, effect=steps.sign_agreement,
            ),
            Transition(
                "terugnemen", _("Take the offer back"), ("offered",), "draft", writes_own, effect=steps.take_offer_back
            ),
            Transition("beeindigen", _("End"), ("agreed",), "ended", approves_own),
        ),
        withdrawals=(Withdrawal(("draft",), writes_own), Withdrawal((), steers)),
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
            "agreement", "period_start", "period_end", "recorded_on", "value", "counts", "kept", "cases", "missed",
            "corrects",
        ),
        listed=("agreement", "period_start", "period_end", "value", "state"),
        filtered=("agreement", "state"),
        may_write=files,
        writable_states=("open",),
        transitions=(Transition("vastzetten", _("Lock the period"), ("open",), "locked", files),),
        withdrawals=(Withdrawal(("open",), files), Withdrawal((), steers)),
        stays_in_sight=True,
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
        may_write=steers,
        writable_states=("raised", "acknowledged"),
        withdrawals=(Withdrawal((), steers),),
        stays_in_sight=True,
        transitions=(
            Transition(
                "bevestigen", _("Acknowledge"), ("raised",), "acknowledged",
                writes_own | approves_own | steers, needs_reason=False, effect=steps.acknowledge, asks=("body",),
            ),
            Transition(
                "besluiten", _("End in a decision"), ("raised", "acknowledged", "escalated"), "answered",
                answers, needs_reason=False, problems=steps.obstacles_to_answer("decision"),
                effect=steps.answer("decision"), asks=("needs", "steering_decision", "verdict"),
                blocked=steps.no_decision_possible,
            ),
            Transition(
                "geen-actie", _("No action, with the reason"), ("raised", "acknowledged", "escalated"), "answered",
                answers, needs_reason=False, problems=steps.obstacles_to_answer("no_action"),
                effect=steps.answer("no_action"), asks=("verdict",), blocked=steps.lies_nowhere,
            ),
            Transition(
                "escaleren", _("Escalate to a body with the mandate"), ("raised", "acknowledged", "escalated"),
                "escalated", answers, needs_reason=False,
                problems=steps.obstacles_to_answer("escalation"), effect=steps.answer("escalation"),
                asks=("needs", "escalated_to", "verdict"), blocked=steps.no_escalation_possible,
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
                "nemen", _("Take the decision and freeze its figures"), ("draft",), "taken",
                right(Permission.APPROVE, SEAT),
                problems=steps.obstacles_to_decision, effect=steps.freeze_evidence,
            ),
            Transition(
                "terugkijken", _("Write down what came of it"), ("taken",), "reviewed", answers,
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
            Transition("afronden", _("Done"), ("open",), "done", writes_own, needs_reason=False, asks=("result",)),
            Transition("laten-vallen", _("Drop, with the reason"), ("open",), "dropped", writes_own | steers),
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
        may_write=steers,
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
        may_write=steers,
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
