# SPDX-License-Identifier: EUPL-1.2
"""The lines of the record: what a row of each file in `letters` holds.

Every line says where it comes from: paragraphs of the letters (`said_in`), another public address (`source`), or the
reason why it was assumed (`assumption`). Texts are there in Dutch and in English.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from keten.domain.words import ChainGoal, Direction
from keten.indicators.registry import indicators
from keten.parameters.values import Quantity, Row
from keten.steering.agreements import BudgetUnit, Counting, Nature, Parties, Subject
from keten.steering.bodies import GovernanceLevel, Mandate
from keten.steering.frameworks import FrameworkState
from keten.steering.risks import Impact, RiskLevel

Dated = Annotated[date, Field(alias="dated")]
"""The day of a line; `on` is a truth value in YAML, so the files say `dated`."""


class Texts(Row):
    """A line with its identifier, a name and a short text in both languages."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    nl: str = Field(min_length=1)
    en: str = Field(min_length=1)
    text_nl: str = ""
    text_en: str = ""

    @model_validator(mode="after")
    def _both_languages(self) -> Self:
        pairs = [(name, f"{name.removesuffix('_nl')}_en") for name in type(self).model_fields if name.endswith("_nl")]
        for dutch, english in pairs:
            if bool(getattr(self, dutch)) != bool(getattr(self, english, None)):
                raise ValueError(f"{dutch} and {english} are both there or both not; translate the one that is")
        return self


class Sourced(Row):
    """Where a line comes from; one of the three is there."""

    said_in: tuple[str, ...] = ()
    source: str | None = Field(default=None, pattern=r"^https?://\S+$")
    assumption: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _says_where_from(self) -> Self:
        if not (self.said_in or self.source or self.assumption):
            raise ValueError("no line without an origin; name a paragraph, an address, or why it is assumed")
        return self


class Line(Texts, Sourced):
    """A line with texts and an origin."""


class Letter(Texts):
    """A letter to parliament."""

    on: Dated
    source: str


class Paragraph(Texts):
    """A place in a letter, described in own words."""

    letter: str


class Instrument(Line):
    """A steering instrument of the model of 2007, and the recommendation whose bottleneck it answers."""

    answers_to: str


class PolicyFramework(Line):
    """The policy framework of a year and the partners it binds."""

    year: int
    state: FrameworkState
    partners: tuple[str, ...]


class PoliticalPriority(Line):
    """What the ministers put first in a framework."""

    framework: str


class SubGoal(Line):
    """A part of a chain goal; without an indicator it says why."""

    indicators: tuple[str, ...] = ()
    no_indicator_nl: str = ""
    no_indicator_en: str = ""

    @model_validator(mode="after")
    def _is_shown_or_says_why_not(self) -> Self:
        if bool(self.indicators) == bool(self.no_indicator_nl):
            raise ValueError("a goal has indicators or says why not; name the indicators, or the reason")
        return self


class Goal(Line):
    """A chain goal with its sub-goals; which indicators show it stands in the files of the indicators."""

    goal: ChainGoal
    sub_goals: tuple[SubGoal, ...] = ()

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that name this goal as theirs."""
        return tuple(row.id for row in indicators() if row.goal is self.goal)


class PlanKind(StrEnum):
    """How work is commissioned and planned."""

    COMMISSIONING_LETTER = "commissioning_letter"
    REMIT_LETTER = "remit_letter"
    ANNUAL_PLAN = "annual_plan"
    CHAIN_PLAN = "chain_plan"


class Plan(Line):
    """A commissioning letter, remit letter, annual plan or the chain plan, attached to goals and agreements."""

    kind: PlanKind
    year: int
    until_year: int | None = None
    partner: str
    framework: str
    goals: tuple[str, ...] = Field(min_length=1)
    agreements: tuple[str, ...] = ()


class AgreedNorm(Quantity):
    """The norm in a period; with `spread` it is for the whole period and is divided evenly over its months."""

    spread: bool = False


class DutyLine(Row):
    """What one side must do."""

    partner: str
    nl: str
    en: str


class BudgetOfErrors(Row):
    """The share of periods or cases that may miss."""

    unit: BudgetUnit
    share: float


class AgreementLine(Line):
    """A performance agreement as it was made; `is_exercise` marks one that was never published as an agreement.

    `counts` names the definition of what is counted, where that differs from the indicator. `term_start` and `term_end`
    are its first and last day, where it does not follow the calendar year.
    """

    framework: str
    parties: Parties
    nature: Nature
    subject: Subject
    counting: Counting
    partners: tuple[str, ...]
    duties: tuple[DutyLine, ...]
    direction: Direction = Direction.HIGHER_IS_BETTER
    unit: str = ""
    norms: tuple[AgreedNorm, ...] = ()
    norm_from_indicator: str | None = None
    still_to_be_agreed_nl: str = ""
    still_to_be_agreed_en: str = ""
    error_budget: BudgetOfErrors | None = None
    goal: str
    indicator: str | None = None
    counts: str | None = None
    term_start: date | None = None
    term_end: date | None = None
    handover_point: str | None = None
    covers: tuple[str, ...] = ()
    is_exercise: bool = False


class ActualLine(Sourced):
    """What a period of an agreement brought, known since `recorded_on`."""

    agreement: str
    period_start: date
    period_end: date
    recorded_on: date
    value: float | None = None
    kept: bool | None = None
    cases: int | None = None
    missed: int | None = None


class KeyFigure(Line):
    """A figure that a letter states; `measure` is the measure of a study that means the same."""

    value: float
    unit: str
    on: Dated
    measure: str | None = None


class BodyLine(Line):
    """A governance body; rhythm and length are there only when they were published."""

    level: GovernanceLevel
    mandates: tuple[Mandate, ...]
    partners: tuple[str, ...]
    meetings_per_year: float | None = None
    minutes: int | None = None


class DecisionLine(Line):
    """A steering decision: by whom, on which key figures, and about what."""

    on: Dated
    taken_by_nl: str
    taken_by_en: str
    evidence: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


class RiskStatement(Quantity):
    """A risk as a statement about a study: the measure goes beyond the value in a month of the period."""

    measure: str
    direction: Direction
    first_month: str = Field(pattern=r"^\d{4}-\d{2}$")
    last_month: str = Field(pattern=r"^\d{4}-\d{2}$")


class RiskLine(Line):
    """A chain risk: computed from a study when it has a statement, else typed with its reason."""

    goal: str
    owner: str
    impact: Impact
    statement: RiskStatement | None = None
    typed_level: RiskLevel | None = None
    level_reason_nl: str = ""
    level_reason_en: str = ""
    study: str | None = None
    covered_by: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_computed_or_typed(self) -> Self:
        if (self.statement is None) == (self.typed_level is None):
            raise ValueError("a risk is computed or typed; give a statement about a study, or a level")
        if self.typed_level and not self.level_reason_nl:
            raise ValueError("a typed level has a reason; say why it is that high")
        return self


class MomentKind(StrEnum):
    """What kind of moment it is on the time line of an incident."""

    EVENT = "event"
    DECISION = "decision"
    ACTION = "action"
    COMMUNICATION = "communication"


class Moment(Sourced):
    """A moment on the time line of an incident; `role` is a partner, or the inspectorate."""

    on: Dated
    role: str
    kind: MomentKind
    nl: str
    en: str


class LessonLine(Line):
    """What was learned, and what it concerns."""

    learned_on: date
    agreement: str | None = None
    indicator: str | None = None
    handover_point: str | None = None


class IncidentLine(Texts):
    """A publicly documented incident; every moment has its own source."""

    started_on: date
    ended_on: date | None = None
    severity: Impact
    severity_reason_nl: str = Field(min_length=1)
    severity_reason_en: str = Field(min_length=1)
    communication_nl: str = ""
    communication_en: str = ""
    goal: str
    partners: tuple[str, ...]
    handover_point: str | None = None
    indicators: tuple[str, ...] = ()
    timeline: tuple[Moment, ...] = Field(min_length=1)
    lessons: tuple[LessonLine, ...] = ()


class FundingInstrument(StrEnum):
    """How money reaches a partner; `OTHER_BUDGET`: not from the budget of the chain."""

    OUTPUT_PRICE = "output_price"
    CONTRIBUTION = "contribution"
    SUBSIDY = "subsidy"
    OTHER_BUDGET = "other_budget"


class FundingRelation(Line):
    """Who funds whom with which instrument, in a period; no funder in the chain when it is another budget."""

    funder: str | None
    partner: str
    instrument: FundingInstrument
    valid_from: date = Field(alias="from")
    valid_until: date = Field(default=date.max, alias="until")


class BudgetLine(Line):
    """An amount (euro) in one budget document; `line` is the same through the documents of a year."""

    year: int
    until_year: int | None = None
    stage: Literal["original", "first_supplementary", "september_supplementary", "forecast"]
    line: str
    partner: str | None
    amount_eur: float


class BudgetClaim(Line):
    """What a round brought to a budget line (euro); what was asked is None when it is not public."""

    round_nl: str
    round_en: str
    year: int
    line: str
    partner: str | None
    asked_eur: float | None
    granted_eur: float | None


class ReportState(StrEnum):
    """Whether a report is still followed."""

    ANSWERED = "answered"
    MONITORED = "monitored"
    CLOSED = "closed"


class ReportLine(Line):
    """A report with recommendations; `leads_to` is the report that took over what was left."""

    on: Dated
    author: str
    partner: str
    state: ReportState
    closed_on: date | None = None
    leads_to: str | None = None


class RecommendationState(StrEnum):
    """What became of a recommendation; `NOT_NAMED`: it exists, but the letter does not say what it is."""

    IMPLEMENTED = "implemented"
    IN_PROGRESS = "in_progress"
    CARRIED_OVER = "carried_over"
    NOT_FOLLOWED = "not_followed"
    NOT_NAMED = "not_named"


class RecommendationLine(Line):
    """A recommendation with its owner and evidence.

    `home` says who has it when its report is closed: `recommendation:ID`, `plan:ID`, `commitment:ID` or `partner:ID`.
    """

    report: str
    state: RecommendationState
    owner: str
    home: str | None = Field(default=None, pattern=r"^(recommendation|plan|commitment|partner):\w+$")
    goal: str | None = None
    indicator: str | None = None
    commitment: str | None = None
    evidence_nl: str = ""
    evidence_en: str = ""


class CommitmentState(StrEnum):
    """What became of a promise to parliament; `RESTATED`: it could not be kept and another took its place."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    KEPT = "kept"
    RESTATED = "restated"


class CommitmentLine(Line):
    """A promise to parliament; `due_said_*` is how the letter puts the date, `due_on` the last day of it."""

    made_on: date
    due_on: date | None = None
    due_said_nl: str = ""
    due_said_en: str = ""
    state: CommitmentState
    owner: str
    outcome_on: date | None = None
    outcome_nl: str = ""
    outcome_en: str = ""
    continued_by: str | None = None
    agreement: str | None = None
    decision: str | None = None
    plan: str | None = None

    def is_overdue(self, on: date) -> bool:
        """Say whether the promise is late on a day: still open after its due date."""
        is_open = self.state in {CommitmentState.OPEN, CommitmentState.IN_PROGRESS}
        return is_open and self.due_on is not None and self.due_on < on
