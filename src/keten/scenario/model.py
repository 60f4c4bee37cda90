# SPDX-License-Identifier: EUPL-1.2
"""A scenario is a difference on the base: every value it changes says who wants it, why, and from where it comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator, model_validator

from keten.capacity import AtLocation, Hire, Project, StaffPlan
from keten.domain.words import Reading
from keten.flow.network import ORDERS, QueueRule
from keten.parameters.late_decisions import LateDecisions
from keten.parameters.values import Quantity, Row
from keten.scenario.bounds import beyond, bounds, number_within, studied_day
from keten.scenario.changed import (
    MOST_ROWS,
    Accounted,
    NamedDay,
    Real,
    Text,
    TrueOrFalse,
    Whole,
    WrittenDay,
    Year,
    one_at_a_time,
    said_once,
)
from keten.scenario.reroute import Reroute

StudiedDay = Annotated[WrittenDay, AfterValidator(studied_day)]
"""A day that a study can speak of."""


class Number(Accounted):
    """A changed number: one value, or a range of low, mode and high; within the bound of its kind."""

    bound: ClassVar[str | None] = None
    value: Real | None = None
    low: Real | None = None
    mode: Real | None = None
    high: Real | None = None

    @model_validator(mode="after")
    def _is_a_quantity(self) -> Self:
        try:
            quantity = self.as_quantity("-")
        except ValidationError as error:
            raise ValueError("; ".join(plain(row["msg"]) for row in error.errors())) from None
        if self.bound is not None:
            number_within(self.bound, *quantity.bounds)
        return self

    def as_quantity(self, unit: str, *, valid_from: date = date.min, valid_until: date = date.max) -> Quantity:
        """Turn the change into a quantity of the parameter tables."""
        content = {
            "value": self.value,
            "low": self.low,
            "mode": self.mode,
            "high": self.high,
            "unit": unit,
            "from": valid_from,
            "until": valid_until,
            "assumption": f"{self.owner}: {self.reason} ({self.source})",
        }
        return Quantity.model_validate(content)


class Persons(Number):
    """A changed number of persons in a year."""

    bound = "persons_a_year"


class Share(Number):
    """A changed share of a whole."""

    bound = "share"


class Day(Accounted):
    """A chosen date."""

    value: NamedDay


class ChosenReading(Accounted):
    """Whose reading of contested rules is applied."""

    value: Reading


class Order(Accounted):
    """A chosen order of work."""

    value: Literal["lodged", "deadline", "entered", "unpredictable"]


class Groups(Accounted):
    """Case classes that go before all others, as name patterns."""

    value: tuple[str, ...] = Field(max_length=MOST_ROWS)


class Horizon(Accounted):
    """A planning horizon in days."""

    value: Whole = Field(ge=0, le=365)


class Division(Accounted):
    """The share of the hours for overdue cases, between 0 and 1; `none` takes a division of the base away."""

    value: Annotated[Real, Field(ge=0, le=1)] | Literal["none"]

    @property
    def share(self) -> float | None:
        """The share, or None when the hours are not divided."""
        return None if self.value == "none" else float(self.value)


class Dated(Number):
    """A changed number from one day until another."""

    valid_from: NamedDay = Field(alias="from")
    valid_until: NamedDay = Field(default=date.max, alias="until")

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if self.valid_from >= self.valid_until:
            raise ValueError("from must lie before until")
        return self


class Capacity(Dated):
    """Capacity of a resource: hours or persons per working or calendar day, or places, as the resource counts it."""

    bound = "capacity"


class Places(Dated):
    """A changed number of places, for a period."""

    bound = "places"


class NoShow(Dated):
    """Share of the appointments of a stage at which the applicant does not appear."""

    bound = "no_show"


class Law(Row):
    """Which law the scenario applies: known on which day, in whose reading.

    Figures and the practice of courts are taken as known on that day too, unless `figures_known_on` says another: so a
    rule of later can be tried on the figures of then.
    """

    known_on: Day
    reading: ChosenReading
    figures_known_on: Day | None = None

    @property
    def figures_date(self) -> date:
        """The day on which figures and court practice are taken as known."""
        return (self.figures_known_on or self.known_on).value


class Switch(Accounted):
    """Something that is counted or left out."""

    value: TrueOrFalse


class Policy(Row):
    """How a resource takes up its work."""

    order: Order | None = None
    overdue_share: Division | None = None
    first: Groups | None = None
    horizon: Horizon | None = None
    court_first: Switch | None = None

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        divided = self.overdue_share is not None and self.overdue_share.share is not None
        if divided and (self.order is None or self.order.value != "deadline"):
            raise ValueError('overdue_share needs order.value = "deadline": who is overdue shows in that order only')
        if self.horizon and not self.first:
            raise ValueError("horizon is the planning horizon of the groups in first; name them")
        return self

    def as_rule(self) -> QueueRule:
        """Turn the policy into the queue rule of the kernel."""
        return QueueRule(
            order=self.order.value if self.order else next(iter(ORDERS)),
            overdue_share=self.overdue_share.share if self.overdue_share else None,
            first=self.first.value if self.first else (),
            horizon=self.horizon.value if self.horizon else 0,
            court_first=self.court_first is not None and self.court_first.value,
        )


class ChosenForecast(Accounted):
    """Which scenario of the multi-year production forecast is followed, or Keten's own expectation."""

    value: Literal["minimum", "medium", "maximum", "most_likely", "own_expectation"]


class Inflow(Row):
    """Inflow of asylum per calendar year, in one named definition; `years` replace totals of the forecast."""

    definition: Literal["mpp_inflow"]
    forecast: ChosenForecast
    years: Mapping[Year, Persons] = Field(default_factory=dict)

    @field_validator("years")
    @classmethod
    def _can_be_studied(cls, years: Mapping[int, Persons]) -> Mapping[int, Persons]:
        bound = bounds().day("studied")
        for year in years:
            if not bound.low.year <= year <= bound.high.year:
                raise ValueError(f"{year} lies outside {bound.low.year} to {bound.high.year}: {bound.reason}")
        return years


class LateDecisionChoices(Row):
    """What applicants and courts do when a decision is late, where it differs from the parameters.

    Shares lie between 0 and 1; `carry_over` counts the appeals that were lodged before the first day.
    """

    carry_over: Switch | None = None
    notice_share: Share | None = None
    appeal_share: Share | None = None

    def changes(self, parameters: LateDecisions) -> LateDecisions:
        """Put the chosen shares in the place of the parameters."""
        chosen = {"notice_share": self.notice_share, "appeal_share": self.appeal_share}
        changed = {name: number.as_quantity("share") for name, number in chosen.items() if number is not None}
        return parameters.model_copy(update=changed)


def _in_order(start: date, end: date, names: str) -> None:
    if start >= end:
        raise ValueError(f"{names} ({start} and {end}): the first must lie before the second")


def _within(bound: str) -> AfterValidator:
    def check(value: float) -> float:
        number_within(bound, value)
        return value

    return AfterValidator(check)


Fte = Annotated[Real, _within("fte")]
Capacities = Annotated[Real, _within("capacity")]


class HireChoice(Accounted):
    """People who are recruited, or hired from outside, for a resource."""

    resource: str
    fte: Fte = Field(gt=0)
    requested_on: NamedDay
    kind: Literal["own", "external"] = "own"
    until: NamedDay = date.max

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        _in_order(self.requested_on, self.until, "requested_on and until")
        return self

    def as_hire(self) -> Hire:
        """Give the hire to the capacity room."""
        return Hire(self.resource, self.fte, self.requested_on, self.kind, self.until)


class ProjectChoice(Accounted):
    """A project that draws trained people from one resource to another."""

    name: Text
    lender: str
    borrower: str
    fte: Fte = Field(gt=0)
    valid_from: NamedDay = Field(alias="from")
    valid_until: NamedDay = Field(default=date.max, alias="until")

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        _in_order(self.valid_from, self.valid_until, "from and until")
        if self.lender == self.borrower:
            raise ValueError("lender and borrower are the same resource")
        return self

    def as_project(self) -> Project:
        """Give the project to the capacity room."""
        return Project(self.name, self.lender, self.borrower, self.fte, self.valid_from, self.valid_until)


class LeaveChoice(Accounted):
    """Extra leave of a resource: the share of its hours that is not worked in a period."""

    resource: str
    share: Real = Field(ge=0, le=1)
    valid_from: NamedDay = Field(alias="from")
    valid_until: NamedDay = Field(alias="until")

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        _in_order(self.valid_from, self.valid_until, "from and until")
        return self


class LocationChoice(Accounted):
    """A location: hours of a resource that are worked there on every working day of a period."""

    name: Text = Field(min_length=1)
    resource: str
    hours_per_day: Capacities = Field(gt=0)
    valid_from: NamedDay = Field(default=date.min, alias="from")
    valid_until: NamedDay = Field(default=date.max, alias="until")

    def as_location(self) -> AtLocation:
        """Give the location to the capacity room."""
        return AtLocation(self.name, self.resource, self.hours_per_day, self.valid_from, self.valid_until)


class ReceptionChoices(Row):
    """What a scenario changes in reception: the number of regular places, nationally."""

    regular_places: Annotated[tuple[Places, ...], AfterValidator(one_at_a_time)] = Field(
        default=(), max_length=MOST_ROWS
    )


_Locations = Annotated[
    tuple[LocationChoice, ...],
    AfterValidator(said_once(lambda row: (row.name, row.resource, row.valid_from))),
]
_Hires = Annotated[
    tuple[HireChoice, ...],
    AfterValidator(said_once(lambda row: (row.resource, row.kind, row.requested_on, row.until, row.fte))),
]
_Projects = Annotated[
    tuple[ProjectChoice, ...],
    AfterValidator(said_once(lambda row: (row.name, row.lender, row.borrower, row.valid_from))),
]
_Leave = Annotated[
    tuple[LeaveChoice, ...],
    AfterValidator(said_once(lambda row: (row.resource, row.valid_from))),
]


class StaffChoices(Row):
    """What a scenario changes in staff; hours are promised once. Locations say where hours are worked."""

    locations: _Locations = Field(default=(), max_length=MOST_ROWS)
    hires: _Hires = Field(default=(), max_length=MOST_ROWS)
    projects: _Projects = Field(default=(), max_length=MOST_ROWS)
    leave: _Leave = Field(default=(), max_length=MOST_ROWS)

    def resources(self) -> Iterator[tuple[str, str]]:
        """Give every resource that is named, with the place where."""
        for number, location in enumerate(self.locations):
            yield f"staff.locations.{number}.resource", location.resource
        for number, hire in enumerate(self.hires):
            yield f"staff.hires.{number}.resource", hire.resource
        for number, project in enumerate(self.projects):
            yield f"staff.projects.{number}.lender", project.lender
            yield f"staff.projects.{number}.borrower", project.borrower
        for number, leave in enumerate(self.leave):
            yield f"staff.leave.{number}.resource", leave.resource

    def as_plan(self) -> StaffPlan:
        """Give the plan to the capacity room."""
        leave: dict[str, tuple[tuple[date, date, float], ...]] = {}
        for row in self.leave:
            leave[row.resource] = (*leave.get(row.resource, ()), (row.valid_from, row.valid_until, row.share))
        return StaffPlan(
            hires=tuple(hire.as_hire() for hire in self.hires),
            projects=tuple(project.as_project() for project in self.projects),
            leave=leave,
        )


class Title(Row):
    """The name of a scenario in both languages."""

    nl: Text
    en: Text


_Dated = TypeVar("_Dated")
Changes = Annotated[
    Mapping[str, Annotated[tuple[_Dated, ...], Field(max_length=MOST_ROWS)]], Field(max_length=MOST_ROWS)
]
"""Changes of one kind by the name of what they change."""

_Values = TypeVar("_Values", bound=Dated)
Values = Annotated[
    Mapping[str, Annotated[tuple[_Values, ...], Field(max_length=MOST_ROWS), AfterValidator(one_at_a_time)]],
    Field(max_length=MOST_ROWS),
]
"""Values of one kind by the name of what has them; never two on one day."""


class Scenario(Row):
    """Everything an analyst chooses; what is left out is as in the parameter tables."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=120)
    title: Title
    description: Title | None = None
    reference_date: StudiedDay
    horizon: StudiedDay
    law: Law
    inflow: Inflow
    policies: Mapping[str, Policy] = Field(default_factory=dict)
    capacity: Values[Capacity] = Field(default_factory=dict)
    late_decisions: LateDecisionChoices = LateDecisionChoices()
    staff: StaffChoices = StaffChoices()
    no_show: Values[NoShow] = Field(default_factory=dict)
    reception: ReceptionChoices = ReceptionChoices()
    routes: Changes[Reroute] = Field(default_factory=dict)

    @field_validator("horizon")
    @classmethod
    def _ends_after_it_starts(cls, horizon: date, others: ValidationInfo) -> date:
        # A check of this field and not of the whole, so that it is told beside what is wrong elsewhere.
        reference_date = others.data.get("reference_date")
        if reference_date is not None and horizon <= reference_date:
            raise ValueError(f"horizon {horizon} must lie after reference_date {reference_date}")
        too_long = reference_date and beyond("days_of_a_study", (horizon - reference_date).days)
        if too_long:
            raise ValueError(f"{too_long}; choose an earlier horizon")
        return horizon


def plain(message: str) -> str:
    """Give what a check says without the name of its kind and without a full stop."""
    return message.removeprefix("Value error, ").rstrip(".")
