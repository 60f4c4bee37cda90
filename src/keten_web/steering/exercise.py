# SPDX-License-Identifier: EUPL-1.2
"""The meetings of the exercise with agendas, decisions, actions and answers, in the record of a demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from keten.steering.exercise import AnswerLine, Exercise, ExerciseDecision, load_exercise
from keten.steering.outcomes import OutcomeKind
from keten_web.record import actions as record
from keten_web.record.kinds import Kind
from keten_web.record.queries import by_code, every_row
from keten_web.steering import evidence, kinds, models

REASON = "Oefening: van deze overleggen is niets gepubliceerd."
CHAIR = "MINISTRY"
"""Owner of what belongs to a meeting of the chain."""


Figures = Callable[[Iterable[str]], list[dict[str, Any]]]


def load_meetings(known_on: date, figures: Figures) -> int:
    """Bring the exercise in the record, and give how many rows it has; again is the same.

    `figures` gives the key figures of the letters with these names, as they are frozen under a decision.
    """
    exercise = load_exercise()
    for line in exercise.meetings:
        values = {
            "body": every_row(models.GovernanceBody).get(code=line.body),
            "on": line.on,
            "minutes": line.minutes,
            "seats": list(line.seats),
            "state": "held" if line.is_held else "planned",
        }
        _put(exercise, kinds.MEETINGS, line, CHAIR, values)
    for decision in exercise.decisions:
        _put(exercise, kinds.DECISIONS, decision, CHAIR, _decision(decision, known_on, figures))
    for action in exercise.actions:
        values = {
            "decision": every_row(models.SteeringDecision).get(code=action.decision),
            "due_on": action.due_on,
            "result": action.result,
            "state": "done" if action.result else "open",
        }
        _put(exercise, kinds.ACTION_ITEMS, action, action.partner, values)
    _answers(exercise.answers)
    for order, item in enumerate(exercise.agenda):
        values = {
            "body": every_row(models.GovernanceBody).get(code=item.body),
            "meeting": by_code(models.Meeting, item.meeting),
            "goal": by_code(models.ChainGoal, item.goal),
            "signal": _signal(item.signal, known_on) if item.signal else None,
            "decision": by_code(models.SteeringDecision, item.decision),
            "order": order,
        }
        _put(exercise, kinds.AGENDA_ITEMS, item, CHAIR, values)
    return sum(map(len, (exercise.meetings, exercise.decisions, exercise.actions, exercise.agenda)))


def _put(exercise: Exercise, kind: Kind, line: Any, partner: str, values: dict[str, Any]) -> None:
    texts = {"title": line.nl, "title_en": line.en, "text": line.text_nl, "text_en": line.text_en}
    origin = {"partner_id": partner, "assumption": exercise.assumption}
    record.load(kind, line.id, {**texts, **origin, **values}, reason=REASON)


def _decision(line: ExerciseDecision, known_on: date, figures: Figures) -> dict[str, Any]:
    """Give the values of a decision, with the figures of its agreement as they were known that day."""
    agreement = every_row(models.PerformanceAgreement).get(code=line.agreement)
    of_year = agreement.actuals.filter(is_withdrawn=False, period_start__year=line.on.year)
    known = of_year.filter(recorded_on__lte=line.on).order_by("period_start", "code")
    frozen = {
        "frozen_at": line.on.isoformat(),
        "agreement": agreement.code,
        "figures": [*figures(line.evidence), *(evidence.of_actual(agreement, actual) for actual in known)],
    }
    return {
        "body": every_row(models.GovernanceBody).get(code=line.body),
        "meeting": every_row(models.Meeting).get(code=line.meeting),
        "taken_on": line.on,
        "agreement": agreement,
        "handover_point": agreement.handover_point,
        "goal": agreement.goal,
        "about": [agreement.code],
        "needs": line.needs.value,
        "expected": line.expected,
        "review_on": line.review_on,
        "outcome": line.outcome,
        "evidence": frozen,
        "evidence_hash": evidence.digest(frozen),
        "state": "reviewed" if line.outcome and line.review_on <= known_on else "taken",
    }


def _signal(indicator: str, on: date) -> Any | None:
    """Give the latest signal of an indicator that was raised by a day."""
    return every_row(models.Signal).filter(indicator=indicator, raised_on__lte=on).order_by("-raised_on").first()


def _answers(lines: Sequence[AnswerLine]) -> None:
    """Add what bodies did with signals; a signal that was not raised has no answer."""
    given: dict[str, list[AnswerLine]] = {}
    for line in lines:
        signal = _signal(line.signal, line.on)
        if signal is not None:
            given.setdefault(signal.code, []).append(line)
    for code, answers in given.items():
        record.load(kinds.SIGNALS, code, _answered(answers), reason=REASON)


def _answered(answers: Sequence[AnswerLine]) -> dict[str, Any]:
    last = answers[-1]
    escalated = last.kind is OutcomeKind.ESCALATION
    lies_with = last.escalated_to if escalated else last.body
    return {
        "acknowledged_on": answers[0].on,
        "body": every_row(models.GovernanceBody).get(code=lies_with),
        "needs": last.needs.value,
        "escalated_to": every_row(models.GovernanceBody).get(code=last.escalated_to) if escalated else None,
        "steering_decision": by_code(models.SteeringDecision, last.decision),
        "verdict": last.reason,
        "outcomes": [
            {
                "kind": line.kind.value,
                "on": line.on.isoformat(),
                "body": line.body,
                "reason": line.reason,
                "needs": line.needs.value,
                "steering_decision": line.decision,
                "escalated_to": line.escalated_to,
            }
            for line in answers
        ],
        "state": "escalated" if escalated else "answered",
    }
