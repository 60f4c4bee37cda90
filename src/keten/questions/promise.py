# SPDX-License-Identifier: EUPL-1.2
"""Can this promise be kept? The fastest lawful way of a case group to its decision, beside that of another.

Only what no capacity can shorten is counted here: interviews that must be held, waiting times of the law, and what must
be offered. What the promise costs in capacity is a question for `keten.questions.seek`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

import keten.parameters
from keten.domain.errors import Problem, ScenarioError
from keten.domain.language import Words
from keten.parameters.chain import DECISIONS, Chain, Stage, StageKind
from keten.parameters.check import nearest
from keten.parameters.paths import Place, entry_places, routes_from
from keten.parameters.reading import read_parameters
from keten.parameters.values import Row, at

PACKAGED = Path(keten.parameters.__file__).with_name("procedure_requirements.yaml")


class Requirement(Row):
    """Something that must be offered or done in a stage, from one day until another."""

    id: str
    nl: str
    en: str
    stage: str
    valid_from: date = Field(alias="from")
    valid_until: date = Field(default=date.max, alias="until")
    source: str
    note: str = ""


def load_requirements(path: Path = PACKAGED) -> tuple[Requirement, ...]:
    """Load what procedures must hold.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    found: tuple[Requirement, ...] = read_parameters(path, tuple[Requirement, ...])
    return found


@dataclass(frozen=True)
class Step:
    """A stage on the way, with the days that it takes at least."""

    stage: Stage
    least_days: float

    @property
    def is_interview(self) -> bool:
        """True when the applicant is heard, with an interpreter, in this stage."""
        return self.stage.interpreter_hours is not None


@dataclass(frozen=True)
class Way:
    """The fastest lawful way of a case group to its decision: the fewest days that must pass, then the fewest steps."""

    case_class: str
    on: date
    steps: tuple[Step, ...]
    requirements: tuple[Requirement, ...]

    @property
    def least_days(self) -> float:
        """Days that pass at least, however much capacity there is."""
        return sum(step.least_days for step in self.steps)

    @property
    def interviews(self) -> tuple[Step, ...]:
        """Stages in which the applicant is heard."""
        return tuple(step for step in self.steps if step.is_interview)


@dataclass(frozen=True)
class Reason:
    """Why one group cannot go as fast as another, with its source."""

    kind: Literal["interviews", "waiting", "requirement"]
    words: Words
    source: str


@dataclass(frozen=True)
class PromiseAnswer:
    """Whether a group can lawfully go as fast as another, and if not, why."""

    way: Way
    other: Way
    reasons: tuple[Reason, ...]

    @property
    def can_be_kept(self) -> bool:
        """True when the law holds nothing that makes the group slower."""
        return not self.reasons


def fastest_way(chain: Chain, case_class: str, on: date) -> Way:
    """Find the fastest lawful way of a case class to its first-instance decision.

    Raises
    ------
    ScenarioError
        When the chain has no such class, or no way leads it to a decision.
    """
    known = [row.id for row in chain.case_classes]
    if case_class not in known:
        remedy = "Choose a class of `keten chain show case-classes`."
        problem = Problem("case class", f"the chain has no {case_class}{nearest(case_class, known)}.", remedy)
        raise ScenarioError("The promise", [problem])
    starts = sorted(place for place in entry_places(chain) if place.case_class == case_class)
    best: dict[Place, tuple[float, tuple[Step, ...]]] = {}
    waiting: list[tuple[Place, float, tuple[Step, ...]]] = [(place, 0.0, ()) for place in starts]
    found: list[tuple[float, tuple[Step, ...]]] = []
    while waiting:
        place, days, before = waiting.pop(0)
        stage = chain.stage(place.stage)
        step = Step(stage, _least_days(stage, on))
        steps, total = (*before, step), days + step.least_days
        known_before = best.get(place)
        if known_before is not None and (known_before[0], len(known_before[1])) <= (total, len(steps)):
            continue
        best[place] = (total, steps)
        for route in routes_from(chain, place):
            if route.becomes not in (None, case_class):
                continue  # another track is another way
            if route.outcome in DECISIONS:
                found.append((total, steps))
            elif chain.stage(route.to).undecided or route.to == "registration":
                waiting.append((Place(stage=route.to, case_class=case_class), total, steps))
    if not found:
        remedy = "Choose a class that is decided in the Netherlands."
        raise ScenarioError("The promise", [Problem("case class", f"no way leads {case_class} to a decision.", remedy)])
    _, steps = min(found, key=lambda row: (row[0], len(row[1])))
    passed = {step.stage.id for step in steps}
    requirements = tuple(
        row for row in load_requirements() if row.stage in passed and row.valid_from <= on < row.valid_until
    )
    return Way(case_class, on, steps, requirements)


def _least_days(stage: Stage, on: date) -> float:
    """Give the lower end of a waiting time; work takes no day that capacity could not shorten."""
    if stage.kind is not StageKind.WAIT or stage.delay is None:
        return 0.0
    return at(stage.delay, on, name=stage.id).bounds[0]


def as_fast_as(chain: Chain, case_class: str, other: str, on: date) -> PromiseAnswer:
    """Answer the promise that a case group goes as fast as another, under the law of a day.

    Raises
    ------
    ScenarioError
        When the chain has no such class, or no way leads it to a decision.
    """
    way, faster = fastest_way(chain, case_class, on), fastest_way(chain, other, on)
    return PromiseAnswer(way, faster, (*_interviews(way, faster), *_waiting(way, faster), *_requirements(way, faster)))


def _interviews(way: Way, other: Way) -> tuple[Reason, ...]:
    mine, theirs = len(way.interviews), len(other.interviews)
    if mine <= theirs:
        return ()
    names_nl = ", ".join(step.stage.nl.lower() for step in way.interviews)
    names_en = ", ".join(step.stage.en.lower() for step in way.interviews)
    words = Words(
        nl=f"{mine} gehoren in plaats van {theirs}: {names_nl}",
        en=f"{mine} interviews instead of {theirs}: {names_en}",
    )
    return (Reason("interviews", words, next(step.stage.source or "" for step in way.interviews)),)


def _waiting(way: Way, other: Way) -> tuple[Reason, ...]:
    elsewhere = {step.stage.id for step in other.steps}
    return tuple(
        Reason(
            "waiting",
            Words(
                nl=f"{step.stage.nl}: ten minste {step.least_days:g} dagen",
                en=f"{step.stage.en}: at least {step.least_days:g} days",
            ),
            _source_of_delay(step.stage, way.on),
        )
        for step in way.steps
        if step.least_days > 0 and step.stage.id not in elsewhere
    )


def _source_of_delay(stage: Stage, on: date) -> str:
    quantity = at(stage.delay or (), on, name=stage.id)
    return str(quantity.source or quantity.assumption)


def _requirements(way: Way, other: Way) -> tuple[Reason, ...]:
    elsewhere = {row.id for row in other.requirements}
    return tuple(
        Reason("requirement", Words(nl=row.nl, en=row.en), row.source)
        for row in way.requirements
        if row.id not in elsewhere
    )
