# SPDX-License-Identifier: EUPL-1.2
"""The chain tables as flat arrays, for one span of days and one choice of every uncertain value.

A table value may change on a date. The span is therefore cut into *epochs* within which nothing changes, and every
array that holds such values has the epoch as its first axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keten.domain.words import ApplicationType, Track
from keten.flow.queues import NO_QUEUE, NOBODY
from keten.parameters.chain import (
    DECISIONS,
    WITHDRAWN,
    CaseClass,
    Chain,
    Outcome,
    Route,
    Service,
    Stage,
    StageKind,
    matches,
)
from keten.parameters.paths import Place, routes_from, ways_onward
from keten.parameters.values import Quantity, at

Choose = Callable[[str, Quantity], float]
"""Chooses one number for a quantity; the name says which parameter it is."""

KINDS = {StageKind.WORK: 0, StageKind.WAIT: 1, StageKind.EXIT: 2}
WORK, WAIT, EXIT = 0, 1, 2
ORDERS = {"lodged": 0, "deadline": 1, "entered": 2, "unpredictable": 3}
DAYS_PER_YEAR = 365.25
TRACK_GROUPS = ("track_1", "track_2", "track_4", "subsequent", "family_reunification", "none")


def central(_name: str, quantity: Quantity) -> float:
    """Choose the value, or the mode of a range."""
    return quantity.central


def track_group(case_class: CaseClass) -> str:
    """Name the group under which the decisions of a case class are counted."""
    if case_class.application_type is ApplicationType.FAMILY_REUNIFICATION:
        return "family_reunification"
    if case_class.application_type is ApplicationType.SUBSEQUENT:
        return "subsequent"
    if case_class.track in (Track.TRACK_1, Track.TRACK_2, Track.TRACK_4):
        return f"track_{case_class.track.value}"
    return "none"


@dataclass(frozen=True)
class QueueRule:
    """In which order a resource takes up its work.

    Parameters
    ----------
    order
        `lodged` (first in, first out by application date), `deadline` (earliest deadline first) or `entered`
        (first in, first out by arrival in the stage) or `unpredictable` (by lot).
    overdue_share
        Share of the hours for cases whose deadline has passed; the rest goes to the others. Hours that one group
        cannot use go to the other. Needs the order `deadline`. None: no division.
    first
        Patterns of case classes that go before all others.
    horizon
        Days between entering the queue and the appointment, for the classes of `first`: the planning horizon.
    court_first
        Whether a case for which a court has set a term goes before everything, the earliest term first.
    """

    order: str = "lodged"
    overdue_share: float | None = None
    first: tuple[str, ...] = ()
    horizon: int = 0
    court_first: bool = False


class Network(NamedTuple):
    """The chain as the kernel sees it. S stages, K case classes, Q queues, R resources, E epochs.

    `withdrawal` is the rate per day at which undecided cases are withdrawn, per epoch and case class. `queue_of` a
    stage and case class is `NO_QUEUE` where nobody works; `withdrawn_stage` is the exit to which withdrawn cases go,
    `NOBODY` when the chain has none. What serves to look something up has no sign (see `keten.flow.compiled.index`).
    """

    kind: NDArray[np.int8]
    undecided: NDArray[np.bool_]
    track_group: NDArray[np.uint8]
    withdrawn_stage: int
    withdrawal: NDArray[np.float64]
    queue_of: NDArray[np.uint16]
    queue_order: NDArray[np.int8]
    queue_rank: NDArray[np.int8]
    queue_horizon: NDArray[np.int32]
    court_first: NDArray[np.bool_]
    queue_resource: NDArray[np.uint16]
    queue_effort: NDArray[np.float64]
    delay: NDArray[np.float64]
    no_show: NDArray[np.float64]
    service_start: NDArray[np.int32]
    service_queue: NDArray[np.uint16]
    service_resource: NDArray[np.uint16]
    service_effort: NDArray[np.float64]
    overdue_share: NDArray[np.float64]
    route_start: NDArray[np.uint32]
    route_until: NDArray[np.float64]
    route_stage: NDArray[np.uint8]
    route_class: NDArray[np.int32]
    route_decides: NDArray[np.bool_]
    route_grants: NDArray[np.bool_]
    epoch_of_day: NDArray[np.uint16]


@dataclass(frozen=True)
class Span:
    """The simulated days: the first is the day after the reference date, the last is the horizon."""

    reference_date: date
    horizon: date

    @property
    def days(self) -> int:
        """Number of simulated days."""
        return (self.horizon - self.reference_date).days

    def day(self, number: int) -> date:
        """Return the calendar date of a day number; day 0 is the day after the reference date."""
        return self.reference_date + timedelta(days=number + 1)

    def number(self, day: date) -> int:
        """Return the day number of a calendar date; negative for the reference date and before."""
        return (day - self.reference_date).days - 1

    @cached_property
    def dates(self) -> list[date]:
        """All simulated dates, in order."""
        return [self.day(number) for number in range(self.days)]

    @cached_property
    def ordinals(self) -> NDArray[np.int64]:
        """All simulated dates as ordinal days."""
        return np.arange(self.days) + self.day(0).toordinal()


def _epoch_starts(chain: Chain, span: Span) -> list[date]:
    """First days of the epochs: wherever a dated value of a stage, service or route starts or ends."""
    first = span.day(0)
    changes = {first}
    for quantity in _dated_quantities(chain):
        changes |= {day for day in (quantity.valid_from, quantity.valid_until) if first < day <= span.horizon}
    return sorted(changes)


def _dated_quantities(chain: Chain) -> Iterator[Quantity]:
    for stage in chain.stages:
        yield from (stage.delay or ()) + (stage.no_show or ())
    for row in chain.case_classes:
        yield from row.withdrawal or ()
    for service in chain.services:
        yield from service.effort
    for route in chain.routes:
        yield from route.share


class _Values:
    """Uncertain values by epoch: which quantity holds where, so that numbers can be chosen again and again."""

    def __init__(self, epochs: Sequence[date], columns: Sequence[tuple[str, Sequence[Quantity]]]) -> None:
        self.rows = [[(name, at(row, day, name=name)) for name, row in columns] for day in epochs]
        self.shape = (len(epochs), len(columns))

    def choose(self, choose: Choose) -> NDArray[np.float64]:
        """Choose a number for each, epochs by columns."""
        chosen = [[choose(name, quantity) for name, quantity in row] for row in self.rows]
        return np.array(chosen, dtype=np.float64).reshape(self.shape)


class Layout:
    """The chain over one span, worked out as far as no number has to be chosen; made once for many replications.

    Parameters
    ----------
    chain
        Checked chain tables; a scenario has already made its changes in them.
    rules
        Queue rule per resource; first in, first out by application date where none is given.
    opening
        Places (stage, case class) where the opening stock stands, also when no arrival could come there.

    Raises
    ------
    ParameterError
        When a value does not hold on a day of the span.
    """

    def __init__(
        self,
        chain: Chain,
        span: Span,
        *,
        rules: Mapping[str, QueueRule] | None = None,
        opening: Iterable[tuple[str, str]] = (),
    ) -> None:
        self._chain, self._rules = chain, rules or {}
        self._stage_index = {stage.id: index for index, stage in enumerate(chain.stages)}
        self._class_index = {row.id: index for index, row in enumerate(chain.case_classes)}
        self._epochs = _epoch_starts(chain, span)
        self._reachable = ways_onward(chain, (Place(*place) for place in opening))
        places = sorted(self._reachable, key=lambda place: (self._stage_index[place[0]], self._class_index[place[1]]))
        self._queues = [place for place in places if chain.stage(place[0]).kind is StageKind.WORK]
        self._services = list(self._find_services())
        self._efforts = self._values((f"effort/{row.resource}/{row.stage}", row.effort) for _, _, row in self._services)
        missable = [(index, stage) for index, stage in enumerate(chain.stages) if stage.no_show]
        self._missable = [index for index, _ in missable]
        self._no_shows = self._values((f"no_show/{stage.id}", stage.no_show or ()) for _, stage in missable)
        withdrawable = [(index, row) for index, row in enumerate(chain.case_classes) if row.withdrawal]
        self._withdrawable = [index for index, _ in withdrawable]
        self._withdrawals = self._values((f"withdrawal/{row.id}", row.withdrawal or ()) for _, row in withdrawable)
        found = [self._routes_from(stage.id, row.id) for stage in chain.stages for row in chain.case_classes]
        self._shares = self._values((_route_name(route), route.share) for routes in found for route in routes)
        self._fixed = self._without_choice(span, found)

    def network(self, choose: Choose = central) -> Network:
        """Choose a number for each uncertain quantity, and give the arrays of the kernel."""
        fixed, epochs = self._fixed, len(self._epochs)
        effort = self._efforts.choose(choose)
        # The first resource that can do the work decides the order of the queue and bears the hours asked.
        queue_effort = np.zeros((epochs, len(self._queues)))
        for row, (_, queue, _service) in reversed(list(enumerate(self._services))):
            queue_effort[:, queue] = effort[:, row]
        no_show = np.zeros((epochs, len(self._chain.stages)))
        no_show[:, self._missable] = self._no_shows.choose(choose)
        share = np.zeros((epochs, len(self._chain.case_classes)))
        share[:, self._withdrawable] = self._withdrawals.choose(choose)
        return fixed._replace(
            service_effort=effort,
            queue_effort=queue_effort,
            no_show=no_show,
            withdrawal=-np.log1p(-share) / DAYS_PER_YEAR,
            route_until=_running_totals(self._shares.choose(choose), fixed.route_start),
        )

    def _values(self, columns: Iterable[tuple[str, Sequence[Quantity]]]) -> _Values:
        return _Values(self._epochs, list(columns))

    def _rule(self, resource: int) -> QueueRule:
        return self._rules.get(self._chain.resources[resource].id, QueueRule())

    def _find_services(self) -> Iterator[tuple[int, int, Service]]:
        """All (resource, queue, service row), by resource and then by queue."""
        for position, resource in enumerate(self._chain.resources):
            rows = [service for service in self._chain.services if service.resource == resource.id]
            for queue, (stage, case_class) in enumerate(self._queues):
                fitting = (row for row in rows if row.stage == stage and matches(case_class, row.case_classes))
                if (row := next(fitting, None)) is not None:
                    yield position, queue, row

    def _routes_from(self, stage: str, case_class: str) -> tuple[Route, ...]:
        place = Place(stage, case_class)
        return routes_from(self._chain, place) if place in self._reachable else ()

    def _delay(self, stage: Stage, day: date) -> tuple[float, float, float]:
        """Give low, mode and high in days: a delay differs between cases, so its range is never narrowed to one."""
        if not stage.delay:
            return 0.0, 0.0, 0.0
        quantity = at(stage.delay, day, name=f"delay/{stage.id}")
        low, high = quantity.bounds
        return low, quantity.central, high

    def _without_choice(self, span: Span, found: Sequence[Sequence[Route]]) -> Network:
        """Lay out everything that is the same whatever numbers are chosen; what is chosen stays empty."""
        chain, none = self._chain, np.zeros((0, 0))
        routes = [route for place in found for route in place]
        queue_of = np.full((len(chain.stages), len(chain.case_classes)), NO_QUEUE, dtype=np.uint16)
        for queue, (stage, case_class) in enumerate(self._queues):
            queue_of[self._stage_index[stage], self._class_index[case_class]] = queue
        queue_resource = np.full(len(self._queues), NOBODY, dtype=np.int32)
        for resource, queue, _ in reversed(self._services):
            queue_resource[queue] = resource
        rules = [self._rule(int(resource)) for resource in queue_resource]
        in_front = np.array(
            [matches(row, rule.first) for (_, row), rule in zip(self._queues, rules, strict=True)], dtype=np.bool_
        )
        per_resource = [sum(1 for row in self._services if row[0] == index) for index in range(len(chain.resources))]
        shares = [self._rule(index).overdue_share for index in range(len(chain.resources))]
        becomes = [NOBODY if route.becomes is None else self._class_index[route.becomes] for route in routes]
        starts = np.searchsorted([day.toordinal() for day in self._epochs], span.ordinals, side="right") - 1
        return Network(
            kind=np.array([KINDS[stage.kind] for stage in chain.stages], dtype=np.int8),
            undecided=np.array([stage.undecided for stage in chain.stages], dtype=np.bool_),
            track_group=np.array([TRACK_GROUPS.index(track_group(row)) for row in chain.case_classes], dtype=np.uint8),
            withdrawn_stage=self._stage_index.get(WITHDRAWN, NOBODY),
            withdrawal=none,
            queue_of=queue_of,
            queue_order=np.array([ORDERS[rule.order] for rule in rules], dtype=np.int8),
            queue_rank=np.where(in_front, 0, 1).astype(np.int8),
            queue_horizon=np.where(in_front, [rule.horizon for rule in rules], 0).astype(np.int32),
            court_first=np.array([rule.court_first for rule in rules], dtype=np.bool_),
            queue_resource=queue_resource.astype(np.uint16),
            queue_effort=none,
            delay=np.array([[self._delay(stage, day) for stage in chain.stages] for day in self._epochs]),
            no_show=none,
            service_start=np.concatenate([[0], np.cumsum(per_resource)]).astype(np.int32),
            service_queue=np.array([queue for _, queue, _ in self._services], dtype=np.uint16),
            service_resource=np.array([resource for resource, _, _ in self._services], dtype=np.uint16),
            service_effort=none,
            overdue_share=np.array([-1.0 if share is None else share for share in shares]),
            route_start=np.cumsum([0, *(len(place) for place in found)]).astype(np.uint32),
            route_until=none,
            route_stage=np.array([self._stage_index[route.to] for route in routes], dtype=np.uint8),
            route_class=np.array(becomes, dtype=np.int32),
            route_decides=np.array([route.outcome in DECISIONS for route in routes], dtype=np.bool_),
            route_grants=np.array([route.outcome is Outcome.GRANT for route in routes], dtype=np.bool_),
            epoch_of_day=starts.astype(np.uint16),
        )


def _running_totals(shares: NDArray[np.float64], route_start: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Turn the shares of the routes of each place into running totals that end at one, also when they were sampled."""
    totals = np.zeros_like(shares)
    for start, end in zip(route_start[:-1], route_start[1:], strict=True):
        if start < end:
            chosen = shares[:, start:end]
            totals[:, start:end] = np.cumsum(chosen, axis=1) / chosen.sum(axis=1, keepdims=True)
            totals[:, end - 1] = 1.0
    return totals


def _route_name(route: Route) -> str:
    return f"share/{route.stage}/{route.to}/{'+'.join(route.case_classes)}/{route.outcome.value}"


def compile_network(
    chain: Chain,
    span: Span,
    *,
    rules: Mapping[str, QueueRule] | None = None,
    choose: Choose = central,
    opening: Iterable[tuple[str, str]] = (),
) -> Network:
    """Compile chain tables into the arrays of the kernel, for one replication (see `Layout`)."""
    return Layout(chain, span, rules=rules, opening=opening).network(choose)


def capacity_per_day(
    chain: Chain, span: Span, working_day: NDArray[np.bool_], *, choose: Choose = central
) -> NDArray[np.float64]:
    """Lay out what each resource has on each day: zero on days on which it does not work.

    Returns
    -------
    Array of resources by days, in the unit of the resource (hours or persons).
    """
    capacity = np.zeros((len(chain.resources), span.days))
    dates = span.dates
    for row, resource in enumerate(chain.resources):
        name = f"capacity/{resource.id}"
        works = np.ones(span.days, dtype=np.bool_) if resource.rhythm == "calendar_day" else working_day
        number = 0
        while number < span.days:
            quantity = at(resource.capacity, dates[number], name=name)
            until = span.days if quantity.valid_until > span.horizon else span.number(quantity.valid_until)
            capacity[row, number:until] = choose(name, quantity) * works[number:until]
            number = until
    return capacity
