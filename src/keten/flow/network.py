# SPDX-License-Identifier: EUPL-1.2
"""The chain tables as flat arrays, for one span of days and one choice of every uncertain value.

A table value may change on a date. The span is therefore cut into *epochs* within which nothing changes, and every
array that holds such values has the epoch as its first axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keten.domain.words import ApplicationType, Track
from keten.flow.queues import NOBODY
from keten.parameters.chain import DECISIONS, CaseClass, Chain, Route, Service, Stage, StageKind, matches
from keten.parameters.paths import Place, routes_from, ways_onward
from keten.parameters.values import Quantity, at

Choose = Callable[[str, Quantity], float]
"""Chooses one number for a quantity; the name says which parameter it is."""

KINDS = {StageKind.WORK: 0, StageKind.WAIT: 1, StageKind.EXIT: 2}
WORK, WAIT, EXIT = 0, 1, 2
ORDERS = {"lodged": 0, "deadline": 1, "entered": 2, "unpredictable": 3}
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
    """The chain as the kernel sees it. S stages, K case classes, Q queues, R resources, E epochs."""

    kind: NDArray[np.int8]
    undecided: NDArray[np.bool_]
    track_group: NDArray[np.int8]
    queue_of: NDArray[np.int32]
    queue_order: NDArray[np.int8]
    queue_rank: NDArray[np.int8]
    queue_horizon: NDArray[np.int32]
    court_first: NDArray[np.bool_]
    queue_resource: NDArray[np.int32]
    queue_effort: NDArray[np.float64]
    delay: NDArray[np.float64]
    no_show: NDArray[np.float64]
    service_start: NDArray[np.int32]
    service_queue: NDArray[np.int32]
    service_effort: NDArray[np.float64]
    overdue_share: NDArray[np.float64]
    route_start: NDArray[np.int32]
    route_until: NDArray[np.float64]
    route_stage: NDArray[np.int32]
    route_class: NDArray[np.int32]
    route_decides: NDArray[np.bool_]
    epoch_of_day: NDArray[np.int32]


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

    @property
    def dates(self) -> list[date]:
        """All simulated dates, in order."""
        return [self.day(number) for number in range(self.days)]


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
    for service in chain.services:
        yield from service.effort
    for route in chain.routes:
        yield from route.share


class _Compiler:
    """Turns tables into arrays for one span and one choice of values; used once and thrown away."""

    def __init__(
        self,
        chain: Chain,
        span: Span,
        rules: Mapping[str, QueueRule],
        choose: Choose,
        opening: Iterable[tuple[str, str]],
    ) -> None:
        self.chain, self.span, self.rules, self.choose = chain, span, rules, choose
        self.stage_index = {stage.id: index for index, stage in enumerate(chain.stages)}
        self.class_index = {row.id: index for index, row in enumerate(chain.case_classes)}
        self.epochs = _epoch_starts(chain, span)
        self.reachable = ways_onward(chain, (Place(*place) for place in opening))
        self.places = sorted(self.reachable, key=lambda place: (self.stage_index[place[0]], self.class_index[place[1]]))
        self.queues = [place for place in self.places if chain.stage(place[0]).kind is StageKind.WORK]
        self.queue_index = {place: index for index, place in enumerate(self.queues)}

    def value(self, name: str, quantities: Sequence[Quantity], day: date) -> float:
        return self.choose(name, at(quantities, day, name=name))

    def stage_values(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        delay = np.zeros((len(self.epochs), len(self.chain.stages), 3))
        no_show = np.zeros((len(self.epochs), len(self.chain.stages)))
        for row, day in enumerate(self.epochs):
            for column, stage in enumerate(self.chain.stages):
                delay[row, column] = self.delay_of(stage, day)
                if stage.no_show:
                    no_show[row, column] = self.value(f"no_show/{stage.id}", stage.no_show, day)
        return delay, no_show

    def delay_of(self, stage: Stage, day: date) -> tuple[float, float, float]:
        """Give low, mode and high in days: a delay differs between cases, so its range is never narrowed to one."""
        if not stage.delay:
            return 0.0, 0.0, 0.0
        quantity = at(stage.delay, day, name=f"delay/{stage.id}")
        low, high = quantity.bounds
        return low, quantity.central, high

    def services(self) -> list[tuple[int, int, Service]]:
        """All (resource, queue, service row), by resource and then by queue."""
        found = []
        for position, resource in enumerate(self.chain.resources):
            for queue, (stage, case_class) in enumerate(self.queues):
                row = next(
                    (
                        service
                        for service in self.chain.services
                        if service.resource == resource.id
                        and service.stage == stage
                        and matches(case_class, service.case_classes)
                    ),
                    None,
                )
                if row is not None:
                    found.append((position, queue, row))
        return found

    def effort(self, service: Service, day: date) -> float:
        return self.value(f"effort/{service.resource}/{service.stage}", service.effort, day)

    def rule_of(self, resource: int) -> QueueRule:
        return self.rules.get(self.chain.resources[resource].id, QueueRule())

    def routes(self) -> tuple[list[int], list[Route], NDArray[np.float64]]:
        """Routes per place in rows, where each place starts, and the cumulative share per epoch."""
        starts: list[int] = [0]
        rows: list[Route] = []
        shares: list[list[float]] = [[] for _ in self.epochs]
        for stage in self.chain.stages:
            for row in self.chain.case_classes:
                known = (stage.id, row.id) in self.reachable
                found = routes_from(self.chain, Place(stage.id, row.id)) if known else ()
                rows.extend(found)
                starts.append(len(rows))
                for epoch, day in enumerate(self.epochs):
                    shares[epoch] += self.cumulative(found, day)
        return starts, rows, np.array(shares, dtype=np.float64).reshape(len(self.epochs), len(rows))

    def cumulative(self, routes: Sequence[Route], day: date) -> list[float]:
        """Chosen shares as a running total that ends at exactly one, also when a range was sampled."""
        if not routes:
            return []
        chosen = np.array([self.value(_route_name(route), route.share, day) for route in routes])
        running = np.cumsum(chosen) / chosen.sum()
        return [*(float(share) for share in running[:-1]), 1.0]


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
    """Compile chain tables into the arrays of the kernel.

    Parameters
    ----------
    chain
        Checked chain tables; a scenario has already made its changes in them.
    rules
        Queue rule per resource; first in, first out by application date where none is given.
    choose
        Chooses one number for each uncertain quantity; by default the central value.
    opening
        Places (stage, case class) where the opening stock stands, also when no arrival could come there.

    Raises
    ------
    ParameterError
        When a value does not hold on a day of the span.
    """
    made = _Compiler(chain, span, rules or {}, choose, opening)
    services = made.services()
    starts, routes, shares = made.routes()
    delay, no_show = made.stage_values()
    stage_count, class_count, queue_count = len(chain.stages), len(chain.case_classes), len(made.queues)
    queue_of = np.full((stage_count, class_count), NOBODY, dtype=np.int32)
    for (stage, case_class), queue in made.queue_index.items():
        queue_of[made.stage_index[stage], made.class_index[case_class]] = queue
    # The first resource that can do the work decides the order of the queue and bears the hours asked.
    queue_resource = np.full(queue_count, NOBODY, dtype=np.int32)
    queue_effort = np.zeros((len(made.epochs), queue_count))
    for resource, queue, service in services:
        if queue_resource[queue] == NOBODY:
            queue_resource[queue] = resource
            queue_effort[:, queue] = [made.effort(service, day) for day in made.epochs]
    rules_of_queues = [made.rule_of(int(resource)) for resource in queue_resource]
    in_front = np.array(
        [matches(case_class, rule.first) for (_, case_class), rule in zip(made.queues, rules_of_queues, strict=True)],
        dtype=np.bool_,
    )
    per_resource = [sum(1 for row in services if row[0] == resource) for resource in range(len(chain.resources))]
    return Network(
        kind=np.array([KINDS[stage.kind] for stage in chain.stages], dtype=np.int8),
        undecided=np.array([stage.undecided for stage in chain.stages], dtype=np.bool_),
        track_group=np.array([TRACK_GROUPS.index(track_group(row)) for row in chain.case_classes], dtype=np.int8),
        queue_of=queue_of,
        queue_order=np.array([ORDERS[rule.order] for rule in rules_of_queues], dtype=np.int8),
        queue_rank=np.where(in_front, 0, 1).astype(np.int8),
        queue_horizon=np.where(in_front, [rule.horizon for rule in rules_of_queues], 0).astype(np.int32),
        court_first=np.array([rule.court_first for rule in rules_of_queues], dtype=np.bool_),
        queue_resource=queue_resource,
        queue_effort=queue_effort,
        delay=delay,
        no_show=no_show,
        service_start=np.concatenate([[0], np.cumsum(per_resource)]).astype(np.int32),
        service_queue=np.array([queue for _, queue, _ in services], dtype=np.int32),
        service_effort=np.array(
            [[made.effort(service, day) for _, _, service in services] for day in made.epochs]
        ).reshape(len(made.epochs), len(services)),
        overdue_share=np.array(
            [
                -1.0 if (share := made.rule_of(resource).overdue_share) is None else share
                for resource in range(len(chain.resources))
            ]
        ),
        route_start=np.array(starts, dtype=np.int32),
        route_until=shares,
        route_stage=np.array([made.stage_index[route.to] for route in routes], dtype=np.int32),
        route_class=np.array(
            [NOBODY if route.becomes is None else made.class_index[route.becomes] for route in routes],
            dtype=np.int32,
        ),
        route_decides=np.array([route.outcome in DECISIONS for route in routes], dtype=np.bool_),
        epoch_of_day=np.array(
            [sum(1 for start in made.epochs if start <= day) - 1 for day in span.dates], dtype=np.int32
        ),
    )


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
