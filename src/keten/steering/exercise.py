# SPDX-License-Identifier: EUPL-1.2
"""An exercise of the steering cycle: meetings that were never published, so that a demonstration shows how one works.

The letters name bodies and decisions, but no meeting, agenda or action. Everything here is made up around figures and
agreements that are real, and every name begins with “Oefening” or “Exercise”.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from keten.domain.errors import ParameterError
from keten.domain.language import Words
from keten.domain.yaml_text import parse_yaml
from keten.parameters.values import Row
from keten.steering.bodies import Mandate
from keten.steering.outcomes import OutcomeKind
from keten.steering.problems import NOT_MARKED
from keten.steering.record_lines import Dated, Texts

PACKAGED = Path(__file__).with_name("exercise.yaml")
MARKS = ("Oefening: ", "Exercise: ")
"""How a name begins in Dutch and in English."""


class MeetingLine(Texts):
    """A meeting of a body: minutes, and seats per partner as in “IND 2”."""

    body: str
    on: Dated
    minutes: int
    seats: tuple[str, ...]
    is_held: bool = True


class AgendaLine(Texts):
    """A point on the agenda of a meeting, or without one on the strategic agenda; `signal` names an indicator."""

    body: str
    meeting: str | None = None
    goal: str | None = None
    signal: str | None = None
    decision: str | None = None


class ExerciseDecision(Texts):
    """A decision of a meeting about an agreement.

    It rests on the actuals of that agreement known by then, and on key figures of the letters (`evidence`).
    """

    body: str
    meeting: str
    on: Dated
    agreement: str
    needs: Mandate
    evidence: tuple[str, ...] = ()
    expected: str
    review_on: date
    outcome: str = ""


class ActionLine(Texts):
    """What a partner does because of a decision; done when there is a result."""

    decision: str
    partner: str
    due_on: date
    result: str = ""


class AnswerLine(Row):
    """What a body did with the latest signal of an indicator that was raised by then."""

    signal: str
    kind: OutcomeKind
    on: Dated
    body: str
    reason: str = Field(min_length=1)
    needs: Mandate = Mandate.ACKNOWLEDGE_SIGNAL
    decision: str | None = None
    escalated_to: str | None = None


class Exercise(Row):
    """The whole exercise, and why it is there."""

    kind: Literal["exercise"]
    assumption: str
    meetings: tuple[MeetingLine, ...]
    agenda: tuple[AgendaLine, ...]
    decisions: tuple[ExerciseDecision, ...]
    actions: tuple[ActionLine, ...]
    answers: tuple[AnswerLine, ...]


@cache
def load_exercise() -> Exercise:
    """Read the exercise that comes with Keten.

    Raises
    ------
    ParameterError
        When a name does not say in both languages that it is an exercise.
    """
    exercise = Exercise.model_validate(parse_yaml(PACKAGED.read_text(encoding="utf-8")))
    named: list[Texts] = [*exercise.meetings, *exercise.agenda, *exercise.decisions, *exercise.actions]
    problems = [
        NOT_MARKED.at(f"{PACKAGED.name}, {row.id}", marks=MARKS)
        for row in named
        if not (row.nl.startswith(MARKS[0]) and row.en.startswith(MARKS[1]))
    ]
    if problems:
        raise ParameterError(Words(nl="De oefening", en="The exercise"), problems)
    return exercise
