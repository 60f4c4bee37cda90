# SPDX-License-Identifier: EUPL-1.2
"""The chain as tables: who does what, in which order, for which cases, with which people.

A case moves from stage to stage. A *work* stage is a queue in front of people with hours; a *wait* stage lets time
pass; an *exit* ends the case's way through the chain. Routes say where a case goes from a stage, services say which
resource can do the work of a stage and at what effort. Case classes are matched by name patterns, so that one row can
speak for several classes.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import Field

from keten.domain.words import ApplicationType, CoreProcess, Prospects, Track
from keten.parameters.values import Dated, DatedValues, Quantity, Row


class StageKind(StrEnum):
    """What happens to a case in a stage."""

    WORK = "work"
    WAIT = "wait"
    EXIT = "exit"


class Outcome(StrEnum):
    """What leaving a stage by a route means for the case."""

    ONWARD = "onward"
    GRANT = "grant"
    REJECTION = "rejection"
    NOT_RESPONSIBLE = "not_responsible"
    WITHDRAWAL = "withdrawal"
    QUASHED = "quashed"
    UPHELD = "upheld"
    TERM_LAPSED = "term_lapsed"


WITHDRAWN = "withdrawn"
"""The exit to which a case goes whose applicant withdraws while it waits."""
DECISIONS = frozenset({Outcome.GRANT, Outcome.REJECTION, Outcome.NOT_RESPONSIBLE})
"""Outcomes that are a first-instance decision when they end an undecided stage."""


class Named(Row):
    """A row with an identifier and a name in both languages."""

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    nl: str
    en: str


class SteeringRelation(Row):
    """How the ministry steers a partner in a period; it decides who may approve what."""

    valid_from: date = Field(alias="from")
    valid_until: date = Field(default=date.max, alias="until")
    relation: Literal[
        "director",
        "hierarchical",
        "agency",
        "independent_body",
        "subsidy",
        "managed_by_other_minister",
        "independent_judiciary",
        "local_government",
        "private_organisation",
    ]
    responsible: str
    core_processes: tuple[CoreProcess, ...]
    role_nl: str
    role_en: str
    source: str
    note: str | None = None


class EarlierName(Row):
    """What an organisation was called in a period that is over; `until` is the first day of the next name."""

    valid_from: date = Field(default=date.min, alias="from")
    valid_until: date = Field(alias="until")
    nl: str
    en: str
    source: str


class Partner(Named):
    """An organisation in the chain with its steering relation in 2007 and today; `nl` and `en` are its name now."""

    relations: tuple[SteeringRelation, ...]
    earlier_names: tuple[EarlierName, ...] = ()

    def named_on(self, day: date) -> Partner | EarlierName:
        """Give the row with the name that the organisation had on a day, in both languages."""
        held = (row for row in self.earlier_names if row.valid_from <= day < row.valid_until)
        return next(held, self)


class ReceptionGroup(Named):
    """A group of persons in reception, for instance people in a process reception centre."""


class StayInReception(Row):
    """Which share of the cases in a stage stays in reception, and in which group they are counted."""

    group: str
    share: Quantity


class Stage(Named, DatedValues):
    """A place where a case is, with the partner who has it.

    `undecided` marks first-instance stages in which the decision period runs. `delay` (days) belongs to wait stages.
    `no_show` is the share of appointments at which the applicant does not appear; the hours are spent, the case
    returns to the queue. `interpreter_hours` are those of one appointment, kept or missed.
    """

    core_process: CoreProcess
    partner: str
    kind: StageKind
    undecided: bool = False
    delay: Dated | None = None
    no_show: Dated | None = None
    interpreter_hours: Dated | None = None
    reception: StayInReception | None = None
    source: str | None = None
    note: str | None = None


class CaseClass(Named, DatedValues):
    """A group of cases that take the same way; never a prediction about one person.

    Nationality groups exist only where policy itself names the nationality; `policy` says where. `withdrawal` is the
    share of the undecided cases that entered the chain in the class whose applicant withdraws in a year of waiting.
    """

    application_type: ApplicationType | None = None
    track: Track | None = None
    nationalities: tuple[str, ...] = ()
    prospects: Prospects = Prospects.MIXED
    policy: str | None = None
    withdrawal: Dated | None = None
    note: str | None = None


class Resource(Named, DatedValues):
    """People or places that do the work of one or more stages.

    `capacity` is what is available nationally, in `unit` per working day or per calendar day as `rhythm` says.
    """

    partner: str
    unit: Literal["hours", "persons"]
    rhythm: Literal["working_day", "calendar_day"] = "working_day"
    capacity: Dated
    note: str | None = None


class Service(DatedValues):
    """Which resource can do the work of a stage for which case classes, and the effort of one case."""

    resource: str
    stage: str
    case_classes: tuple[str, ...] = ("*",)
    effort: Dated
    note: str | None = None


class Route(DatedValues):
    """Where a case goes from a stage: the share of the cases that take this way."""

    stage: str
    case_classes: tuple[str, ...] = ("*",)
    to: str
    becomes: str | None = None
    outcome: Outcome = Outcome.ONWARD
    share: Dated
    note: str | None = None


class HandoverPoint(Named):
    """A point where one partner or core process hands a case to another; the heart of the model of 2007."""

    from_stages: tuple[str, ...] = Field(min_length=1)
    to_stages: tuple[str, ...] = Field(min_length=1)
    from_partner: str
    to_partner: str
    norm: Quantity | None = None
    note: str | None = None


class Entry(Row):
    """Where cases of a class enter the chain."""

    case_class: str
    stage: str


class Chain(Row):
    """All chain tables together, checked on loading (see `keten.parameters.check`)."""

    partners: tuple[Partner, ...]
    reception_groups: tuple[ReceptionGroup, ...]
    stages: tuple[Stage, ...]
    case_classes: tuple[CaseClass, ...]
    resources: tuple[Resource, ...]
    services: tuple[Service, ...]
    routes: tuple[Route, ...]
    handover_points: tuple[HandoverPoint, ...]
    entries: tuple[Entry, ...]

    def stage(self, identifier: str) -> Stage:
        """Look a stage up by its identifier."""
        return next(stage for stage in self.stages if stage.id == identifier)

    def case_class(self, identifier: str) -> CaseClass:
        """Look a case class up by its identifier."""
        return next(row for row in self.case_classes if row.id == identifier)

    def partner(self, identifier: str) -> Partner:
        """Look a partner up by its identifier."""
        return next(partner for partner in self.partners if partner.id == identifier)

    def resource(self, identifier: str) -> Resource:
        """Look a resource up by its identifier."""
        return next(resource for resource in self.resources if resource.id == identifier)


def matches(case_class: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a case class is meant by one of the patterns, for instance `first_track_4_*`."""
    return any(fnmatchcase(case_class, pattern) for pattern in patterns)
