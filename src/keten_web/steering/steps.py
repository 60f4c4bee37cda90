# SPDX-License-Identifier: EUPL-1.2
"""What a step does to a row, and what stands in its way; the rules themselves are those of `keten.steering`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from keten.domain.errors import KetenError
from keten.parameters.load import load_chain
from keten.steering import authority, frameworks, outcomes
from keten.steering.agreements import Verdict
from keten.steering.authority import Matter
from keten.steering.bodies import Mandate
from keten_web.accounts.models import User
from keten_web.config.telling import reasons
from keten_web.config.today import today
from keten_web.steering import actions, evidence, judging, models
from keten_web.steering.words import in_full

CHAIN_MINISTRY = "MINISTRY"


# --- framework --------------------------------------------------------------------------------------------------------


def in_year(year: int) -> date:
    """Give the day by which the relations of a framework are read: the middle of its year."""
    return date(year, 7, 1)


def _bare_framework(row: models.PolicyFramework) -> frameworks.Framework:
    """Give a framework with its consents, without what is judged of its year."""
    return frameworks.Framework(
        year=row.year,
        state=frameworks.FrameworkState(row.state),
        partners=tuple(row.partners_bound),
        agreed_by=frozenset(row.agreed_by),
        approved_by=frozenset(row.approved_by),
    )


def _as_framework(row: models.PolicyFramework) -> frameworks.Framework:
    bare = _bare_framework(row)
    return replace(
        bare,
        open_agreements=tuple(_open_agreements(row)),
        silent_signals=tuple(_silent_signals(row)),
        undecided_lines=tuple(_undecided_lines(row)),
        unsigned_agreements=tuple(_unsigned_agreements(row)),
    )


def _undecided_lines(row: models.PolicyFramework) -> list[str]:
    lines = models.FrameworkLine.objects.filter(framework=row, state="proposed", is_withdrawn=False)
    return [f"“{line.name}”" for line in lines]


def _unsigned_agreements(row: models.PolicyFramework) -> list[str]:
    """Name the agreements with a norm to which not every side consented yet."""
    found = models.PerformanceAgreement.objects.filter(
        framework=row, state__in=("draft", "offered"), is_withdrawn=False
    )
    return [f"“{agreement.name}”" for agreement in found if not agreement.still_to_be_agreed]


def take_over(row: models.FrameworkLine, _by: User) -> None:
    """Make the draft agreement of a line that is taken over, when it is about an agreement of the year before."""
    before = models.PerformanceAgreement.objects.filter(code=row.about, is_withdrawn=False).first()
    if before is not None and row.agreement is None:
        row.agreement = actions.carry_over(before, row.framework)


def _open_agreements(row: models.PolicyFramework) -> list[str]:
    judged = evidence.judge_framework(row, today())
    return [found.row.code for found in judged if found.verdict in {Verdict.RUNNING, Verdict.UNKNOWN}]


def _silent_signals(row: models.PolicyFramework) -> list[str]:
    signals = models.Signal.objects.filter(raised_on__year=row.year, is_withdrawn=False)
    return [signal.code for signal in signals if not outcomes.is_answered(judging.as_signal(signal))]


def obstacles_to(state: str) -> Callable[[Any, User], Sequence[str]]:
    """Give the check of a move to a state: everything that stands in the way, or nothing."""

    def obstacles(row: models.PolicyFramework, _by: User) -> Sequence[str]:
        to = frameworks.FrameworkState(state)
        on = today() if to is frameworks.FrameworkState.CLOSED else in_year(row.year)
        try:
            return reasons(frameworks.problems_of_move(load_chain(), _as_framework(row), to, on=on), in_full)
        except KetenError as error:
            return reasons(error.problems, in_full)

    return obstacles


def agree_to_framework(row: models.PolicyFramework, by: User) -> None:
    """Write down that the partner of the user agrees."""
    row.agreed_by = sorted({*row.agreed_by, by.partner_id, *names_of(by, in_year(row.year))})


def approve_framework(row: models.PolicyFramework, by: User) -> None:
    """Write down that the minister for whom the partner of the user speaks approves."""
    row.approved_by = sorted({*row.approved_by, *ministers_of(by, row)})


def ministers_of(by: User, row: models.PolicyFramework) -> set[str]:
    """Give the ministers whose approval a framework needs and for whom the partner of a user speaks."""
    on = in_year(row.year)
    try:
        needed = frameworks.who_must_approve(load_chain(), _bare_framework(row), on=on)
    except KetenError:
        return set()
    return {minister.name for minister in needed} & (names_of(by, on) - {str(by.partner_id)})


def give_back(row: models.PolicyFramework, _by: User) -> None:
    """Take the consents away: what was agreed was another text."""
    row.agreed_by, row.approved_by = [], []


def obstacles_to_opening(row: models.PolicyFramework, _by: User) -> Sequence[str]:
    """Say why the next framework cannot be opened."""
    if models.PolicyFramework.objects.filter(year=row.year + 1).exists():
        return [_("There is a framework of %(year)s already; work on that one.") % {"year": row.year + 1}]
    return []


def open_next(row: models.PolicyFramework, _by: User) -> None:
    """Open the framework of the next year with the lines that this year proposes; this one stays as it is."""
    row.state = type(row).objects.get(pk=row.pk).state
    actions.open_next(row)


# --- who speaks for whom ----------------------------------------------------------------------------------------------


def names_of(by: User, on: date) -> set[str]:
    """Give the names with which a user may consent: the own partner, and the minister for whom that partner speaks.

    The ministry speaks for the minister of the chain; a partner that another minister manages speaks for that one.
    """
    names = {str(by.partner_id)}
    try:
        relation = authority.relation_on(load_chain(), str(by.partner_id), on)
    except KetenError:
        return names
    if relation.relation in {"director", "managed_by_other_minister"}:
        names.add(relation.responsible)
    return names


def approvers_of(row: models.PerformanceAgreement) -> tuple[authority.Approver, ...]:
    """Give everybody who must consent to an agreement, by the relation of each partner in it."""
    production = row.subject == "production"
    matter = Matter.PRODUCTION_AGREEMENT if production else Matter.PERFORMANCE_AGREEMENT
    partners = (row.partner_id, *row.counterparts)
    try:
        return authority.consent_of_all(load_chain(), partners, matter, on=agreement_day(row))
    except KetenError:
        return tuple(authority.Approver(authority.Role.PARTNER, partner) for partner in partners)


def agreement_day(row: models.PerformanceAgreement) -> date:
    """Give the day by which the relations of an agreement are read: that of its framework, else today."""
    return in_year(row.framework.year) if row.framework_id else today()


def has_say(by: User, row: models.PerformanceAgreement) -> bool:
    """Tell whether the consent of a user is asked for and not given yet."""
    asked = {approver.name for approver in approvers_of(row)} - set(row.signed_by)
    return bool(asked & names_of(by, agreement_day(row)))


def sign_agreement(row: models.PerformanceAgreement, by: User) -> None:
    """Write down the consent; with the last one the agreement holds."""
    asked = {approver.name for approver in approvers_of(row)}
    row.signed_by = sorted({*row.signed_by, *(asked & names_of(by, agreement_day(row)))})
    if asked <= set(row.signed_by):
        row.state = "agreed"


def take_offer_back(row: models.PerformanceAgreement, _by: User) -> None:
    """Take the consents away: who agreed, agreed to what was offered."""
    row.signed_by = []


def has_seat(by: User, body: Any) -> bool:
    return body is not None and by.partner_id in dict(judging.seats_of(body.seats))


# --- signals ----------------------------------------------------------------------------------------------------------


def acknowledge(row: models.Signal, _by: User) -> None:
    row.acknowledged_on = today()


def _outcome(row: models.Signal, kind: str) -> dict[str, Any]:
    """Give the outcome as it will be kept; what a step does not ask stays out of it."""
    decision = row.steering_decision if kind == "decision" else None
    higher = row.escalated_to if kind == "escalation" else None
    return {
        "kind": kind,
        "on": today().isoformat(),
        "body": row.body.code if row.body else "",
        "reason": row.verdict,
        "needs": row.needs if kind != "no_action" else Mandate.ACKNOWLEDGE_SIGNAL.value,
        "steering_decision": decision.code if decision else None,
        "escalated_to": higher.code if higher else None,
    }


def obstacles_to_answer(kind: str) -> Callable[[Any, User], Sequence[str]]:
    """Give the check of an outcome of a signal."""

    def obstacles(row: models.Signal, _by: User) -> Sequence[str]:
        bodies = {body.code: judging.as_body(body) for body in models.GovernanceBody.objects.filter(is_withdrawn=False)}
        made = judging.as_outcome(_outcome(row, kind))
        return reasons(outcomes.problems_of(made, judging.as_signal(row), bodies), in_full)

    return obstacles


def lies_nowhere(row: models.Signal, _by: User) -> Sequence[str]:
    """Say that a signal has no answer before it lies with a body: nobody would have given it."""
    if row.body is not None:
        return ()
    return [_("It lies with no body yet; acknowledge it first and say with which.")]


def no_decision_possible(row: models.Signal, by: User) -> Sequence[str]:
    """Say why a signal cannot end in a decision yet."""
    found = [*lies_nowhere(row, by)]
    if not models.SteeringDecision.objects.filter(is_withdrawn=False).exists():
        found.append(_("There is no decision to end it with; record the decision first."))
    return found


def no_escalation_possible(row: models.Signal, by: User) -> Sequence[str]:
    """Say why a signal cannot go to a higher body."""
    found = [*lies_nowhere(row, by)]
    if row.body is not None and not _higher_bodies(row.body):
        found.append(_("No body stands above %(body)s; this body answers it itself.") % {"body": row.body.name})
    return found


def _higher_bodies(row: models.GovernanceBody) -> list[Any]:
    own = judging.as_body(row)
    return [
        other
        for other in models.GovernanceBody.objects.filter(is_withdrawn=False).exclude(pk=row.pk)
        if judging.as_body(other).is_above(own)
    ]


def answer(kind: str) -> Callable[[Any, User], None]:
    """Give the effect of an outcome: it is added, and an escalation lies with the higher body from now on."""

    def effect(row: models.Signal, _by: User) -> None:
        row.outcomes = [*row.outcomes, _outcome(row, kind)]
        row.acknowledged_on = row.acknowledged_on or today()
        if kind == "escalation":
            row.body = row.escalated_to

    return effect


# --- decisions --------------------------------------------------------------------------------------------------------


def obstacles_to_decision(row: models.SteeringDecision, _by: User) -> Sequence[str]:
    """Say what a decision lacks: a mandate, or figures to rest on."""
    found = []
    if not judging.as_body(row.body).may(Mandate(row.needs)):
        found.append(
            _("%(body)s has no mandate to %(what)s; bring it to a body that has.")
            % {"body": row.body.name, "what": row.get_needs_display()}
        )
    unknown = [name for name in row.indicators if not evidence.is_known(name)]
    if unknown:
        found.append(_("There is no indicator called “%(name)s”.") % {"name": "”, “".join(unknown)})
    if not row.indicators and row.agreement_id is None:
        found.append(_("Name an indicator or an agreement: a decision rests on figures."))
    return found


def freeze_evidence(row: models.SteeringDecision, _by: User) -> None:
    """Keep the figures as they are now, with a hash under them."""
    row.taken_on = row.taken_on or today()
    row.evidence = evidence.of_decision(row)
    row.evidence_hash = evidence.digest(row.evidence)
