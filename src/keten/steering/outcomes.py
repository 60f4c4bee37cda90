# SPDX-License-Identifier: EUPL-1.2
"""No signal stays silent.

Each ends in a decision, a reasoned "no action", or an escalation to a body with the mandate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from keten.domain.errors import Problem, UsageError
from keten.domain.language import Words
from keten.steering.bodies import GovernanceBody, Mandate
from keten.steering.problems import (
    ANSWERED_ALREADY,
    BEFORE_LAST,
    BEFORE_SIGNAL,
    ESCALATED_NOWHERE,
    LIES_ELSEWHERE,
    NO_BODY,
    NO_MANDATE,
    NO_REASON,
    NO_STEERING_DECISION,
    NOT_ABOVE,
)

DAYS_TO_ANSWER = 30
"""Days within which a signal or an escalation is answered when nothing else was agreed: the monthly rhythm of the
figures, so that an answer is there before the next ones. An assumption; no term was published."""


class OutcomeKind(StrEnum):
    """How a signal can end."""

    DECISION = "decision"
    NO_ACTION = "no_action"
    ESCALATION = "escalation"


@dataclass(frozen=True)
class Outcome:
    """What a body did with a signal.

    `steering_decision` names the decision taken, `escalated_to` the body it went to, and `needs` the mandate that was
    asked for. A reason is always there: a reader years later has nothing else.
    """

    kind: OutcomeKind
    on: date
    body: str
    reason: str
    steering_decision: str | None = None
    needs: Mandate = Mandate.ACKNOWLEDGE_SIGNAL
    escalated_to: str | None = None


@dataclass(frozen=True)
class AnsweredSignal:
    """A raised signal with who owns it and what was done with it, oldest outcome first."""

    id: str
    raised_on: date
    owner: str | None = None
    acknowledged_on: date | None = None
    ended_on: date | None = None
    outcomes: tuple[Outcome, ...] = ()


class Silence(StrEnum):
    """Why a signal counts as silent."""

    NOT_ACKNOWLEDGED = "not_acknowledged"
    NO_OUTCOME = "no_outcome"
    ESCALATION_UNANSWERED = "escalation_unanswered"


@dataclass(frozen=True)
class SilentSignal:
    """A signal without an answer: why it is silent, with whom it lies, since when, and whether it is overdue."""

    signal: AnsweredSignal
    why: Silence
    lies_with: str | None
    since: date
    days: int
    overdue: bool


def is_answered(signal: AnsweredSignal) -> bool:
    """Say whether a signal has its answer: its last outcome is a decision or a reasoned "no action"."""
    return bool(signal.outcomes) and signal.outcomes[-1].kind is not OutcomeKind.ESCALATION


def silent(
    signals: Iterable[AnsweredSignal], *, on: date, days_to_answer: int = DAYS_TO_ANSWER
) -> tuple[SilentSignal, ...]:
    """Find the signals without an answer on a day, the longest silent first.

    A signal that ended by itself stays in the list: that the figure recovered does not say why it was bad. Only what
    had happened by that day counts.
    """
    open_signals = [_as_known_on(signal, on) for signal in signals if signal.raised_on <= on]
    rows = [_silence(signal, on, days_to_answer) for signal in open_signals if not is_answered(signal)]
    return tuple(sorted(rows, key=lambda row: (-row.days, row.signal.id)))


def problems_of(outcome: Outcome, signal: AnsweredSignal, bodies: Mapping[str, GovernanceBody]) -> list[Problem]:
    """Find what makes an outcome no lawful end of a signal; empty when it is in order."""
    where = Words(nl=f"uitkomst van signaal {signal.id}", en=f"outcome of signal {signal.id}")
    found: list[Problem] = []
    if not outcome.reason.strip():
        found.append(NO_REASON.of())
    if outcome.on < signal.raised_on:
        found.append(BEFORE_SIGNAL.of(on=outcome.on, raised_on=signal.raised_on))
    if signal.outcomes and outcome.on < signal.outcomes[-1].on:
        found.append(BEFORE_LAST.of(on=outcome.on))
    if is_answered(signal):
        found.append(ANSWERED_ALREADY.of())
    body = bodies.get(outcome.body)
    if body is None:
        found.append(NO_BODY.of(body=outcome.body))
    else:
        found += _mandate_problems(outcome, signal, body, bodies)
    return [problem.at(where) for problem in found]


def answer(signal: AnsweredSignal, outcome: Outcome, bodies: Mapping[str, GovernanceBody]) -> AnsweredSignal:
    """Add an outcome to a signal.

    Raises
    ------
    UsageError
        With everything that is wrong with it: no reason, no mandate, an escalation that goes nowhere.
    """
    problems = problems_of(outcome, signal, bodies)
    if problems:
        raise UsageError(Words(nl="De uitkomst", en="The outcome"), problems)
    return AnsweredSignal(
        id=signal.id,
        raised_on=signal.raised_on,
        owner=signal.owner,
        acknowledged_on=signal.acknowledged_on or outcome.on,
        ended_on=signal.ended_on,
        outcomes=(*signal.outcomes, outcome),
    )


def _mandate_problems(
    outcome: Outcome, signal: AnsweredSignal, body: GovernanceBody, bodies: Mapping[str, GovernanceBody]
) -> list[Problem]:
    last = signal.outcomes[-1] if signal.outcomes else None
    found: list[Problem] = []
    if last and last.kind is OutcomeKind.ESCALATION and last.escalated_to != body.id:
        found.append(LIES_ELSEWHERE.of(escalated_to=last.escalated_to, id=body.id))
    if outcome.kind is OutcomeKind.ESCALATION:
        return found + _escalation_problems(outcome, body, bodies)
    if not body.may(outcome.needs):
        found.append(NO_MANDATE.of(id=body.id, needs=outcome.needs))
    if outcome.kind is OutcomeKind.DECISION and not outcome.steering_decision:
        found.append(NO_STEERING_DECISION.of())
    return found


def _escalation_problems(outcome: Outcome, body: GovernanceBody, bodies: Mapping[str, GovernanceBody]) -> list[Problem]:
    higher = bodies.get(outcome.escalated_to or "")
    if higher is None:
        return [ESCALATED_NOWHERE.of()]
    found: list[Problem] = []
    if not higher.is_above(body):
        found.append(NOT_ABOVE.of(id=higher.id, b=body.id))
    if not higher.may(outcome.needs):
        found.append(NO_MANDATE.of(id=higher.id, needs=outcome.needs))
    return found


def _as_known_on(signal: AnsweredSignal, on: date) -> AnsweredSignal:
    acknowledged = signal.acknowledged_on
    return AnsweredSignal(
        id=signal.id,
        raised_on=signal.raised_on,
        owner=signal.owner,
        acknowledged_on=acknowledged if acknowledged and acknowledged <= on else None,
        ended_on=signal.ended_on if signal.ended_on and signal.ended_on <= on else None,
        outcomes=tuple(outcome for outcome in signal.outcomes if outcome.on <= on),
    )


def _silence(signal: AnsweredSignal, on: date, days_to_answer: int) -> SilentSignal:
    why, lies_with, since = Silence.NO_OUTCOME, signal.owner, signal.raised_on
    if signal.outcomes:
        last = signal.outcomes[-1]
        why, lies_with, since = Silence.ESCALATION_UNANSWERED, last.escalated_to, last.on
    elif signal.acknowledged_on is None:
        why = Silence.NOT_ACKNOWLEDGED
    days = (on - since).days
    return SilentSignal(signal, why, lies_with, since, days, on > since + timedelta(days=days_to_answer))
