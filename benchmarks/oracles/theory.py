# SPDX-License-Identifier: EUPL-1.2
"""Queues in continuous time, event by event, to lay beside queueing theory (see `benchmarks.oracles.waiting_times`).

The kernel of the chain works in days and cannot be laid beside a textbook. This small one can: stations with servers,
priority classes that never interrupt a service, and routes between the stations. It uses the same draws, so it shows
that the draws and the way of working give the waiting times of theory, and a peer that is fed the same draws must
give the same numbers.

What happens at one instant happens in the order in which it was planned:

1. an arriving customer enters its station, and only then the next arrival is planned;
2. a server that becomes free first takes up who is next in its own station, and only then the customer who left
   enters its next station;
3. who enters a station with a free server begins there at once; who waits is taken up by class, the lowest number
   first, and within a class in order of entering.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keten.domain.errors import Problem, UsageError
from keten.flow.compiled import compiled, index, inlined
from keten.flow.draws import drawn, luck_of, stream, uniform_draws

NOBODY = -1
PLANNED, ORDERS = 0, 1
"""Places in the sizes of a room: how many departures are planned, and the last order that was given out."""
PURPOSE_ARRIVAL, PURPOSE_CLASS, PURPOSE_SERVICE, PURPOSE_ROUTE = 0, 1, 2, 3
PURPOSES = 4
"""Number of purposes per visit of a customer; arrival and class are drawn once, with visit 0."""


class Spread(IntEnum):
    """How service times lie around their mean."""

    FIXED = 0
    UNIFORM = 1
    """Even between zero and twice the mean."""
    EXPONENTIAL = 2


SQUARED_VARIATION = {Spread.FIXED: 0.0, Spread.UNIFORM: 1 / 3, Spread.EXPONENTIAL: 1.0}
"""Variance of a service time divided by the square of its mean."""


class Stations(NamedTuple):
    """A network as the kernel sees it: S stations, K classes of customers (class 0 goes first).

    `class_until` and `route_until` are running totals of shares; the last column of `route_until` leaves the network.
    """

    mean_gap: float
    class_until: NDArray[np.float64]
    entry: NDArray[np.int64]
    servers: NDArray[np.int64]
    mean_service: NDArray[np.float64]
    spread: NDArray[np.int64]
    route_until: NDArray[np.float64]


class Tally(NamedTuple):
    """What is counted: per station and class the visits and the time waited, per station the time in use.

    `queued` and `busy` are customers x time, counted from the length of the queue and not from who waited how long.
    """

    visits: NDArray[np.int64]
    waited: NDArray[np.float64]
    queued: NDArray[np.float64]
    busy: NDArray[np.float64]
    finished: NDArray[np.float64]

    def mean_wait(self, station: int = 0, customer_class: int | None = None) -> float:
        """Give the mean time waited per visit, of one class or of all."""
        chosen = slice(None) if customer_class is None else customer_class
        return float(self.waited[station, chosen].sum() / self.visits[station, chosen].sum())


CUSTOMER = np.dtype(
    [
        ("luck", np.uint64),
        ("entered", np.float64),
        ("following", np.int32),
        ("visit", np.int32),
        ("station", np.uint16),
        ("customer_class", np.uint8),
    ],
    align=True,
)
"""What is known of a customer: all its draws follow from its `luck`; `entered` is when it came into its `station`, and
`following` who stands behind it there. Numbers that serve to look something up have no sign (see
`keten.flow.compiled.index`)."""
DEPARTURE = np.dtype([("time", np.float64), ("order", np.int64), ("customer", np.uint32)], align=True)
"""A planned end of a service; of two at one instant the one with the lowest `order` comes first."""


class Room(NamedTuple):
    """Arrays in which a run works, made before it starts; `waits` has a row per customer when it is asked for.

    `planned` is a binary heap: one place per server at work, the first to happen at place 0, `sizes[PLANNED]` in all.
    """

    customers: NDArray[np.void]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    waiting: NDArray[np.int64]
    in_service: NDArray[np.int64]
    changed: NDArray[np.float64]
    planned: NDArray[np.void]
    sizes: NDArray[np.int64]
    waits: NDArray[np.float64]

    @property
    def size(self) -> int:
        """Bytes in use, the waits per customer left out: those are a result."""
        return sum(column.nbytes for column in self) - self.waits.nbytes


class _World(NamedTuple):
    stations: Stations
    room: Room
    tally: Tally
    key: np.uint64


def stations(
    *,
    rates: Sequence[float],
    servers: Sequence[int],
    mean_service: Sequence[Sequence[float]],
    spread: Sequence[Spread],
    routes: Sequence[Sequence[float]] | None = None,
    entry: Sequence[int] | None = None,
) -> Stations:
    """Describe a network.

    Parameters
    ----------
    rates
        Arrivals per unit of time from outside, per class; arrivals are Poisson.
    servers
        Number of servers per station.
    mean_service
        Mean service time per station and class.
    spread
        How service times lie around their mean, per station.
    routes
        Share of the customers of a station who go on to each station; the rest leaves. Without it all leave.
    entry
        Station where a class enters; the first station without it.

    Raises
    ------
    UsageError
        With every problem, when the numbers describe no network.
    """
    count = len(servers)
    shares = np.array(routes if routes is not None else np.zeros((count, count)), dtype=np.float64)
    entries = list(entry) if entry is not None else [0] * len(rates)
    problems = list(_problems(rates, servers, mean_service, spread, shares, entries))
    if problems:
        raise UsageError("The network of queues", problems)
    running = np.concatenate([np.cumsum(shares, axis=1), np.ones((count, 1))], axis=1)
    arrivals = np.cumsum(np.array(rates, dtype=np.float64))
    return Stations(
        mean_gap=float(1.0 / arrivals[-1]),
        class_until=np.append(arrivals[:-1] / arrivals[-1], 1.0),
        entry=np.array(entries, dtype=np.int64),
        servers=np.array(servers, dtype=np.int64),
        mean_service=np.array(mean_service, dtype=np.float64),
        spread=np.array(spread, dtype=np.int64),
        route_until=np.minimum(running, 1.0),
    )


def _problems(
    rates: Sequence[float],
    servers: Sequence[int],
    mean_service: Sequence[Sequence[float]],
    spread: Sequence[Spread],
    shares: NDArray[np.float64],
    entry: Sequence[int],
) -> list[Problem]:
    count, classes = len(servers), len(rates)
    found = []
    if not classes or min(rates) < 0 or sum(rates) <= 0:
        found.append(Problem("rates", "nobody arrives, or fewer than nobody.", "Give every class a rate above zero."))
    if not count or min(servers) < 1:
        found.append(Problem("servers", "a station has no server.", "Give every station at least one."))
    if np.shape(mean_service) != (count, classes) or np.min(mean_service, initial=0.0) < 0:
        found.append(Problem("mean_service", "not one time per station and class.", "Give each a time of 0 or more."))
    if len(spread) != count:
        found.append(Problem("spread", "not one per station.", "Give every station its spread."))
    if shares.shape != (count, count) or shares.min(initial=0.0) < 0 or (shares.sum(axis=1) > 1 + 1e-9).any():
        found.append(Problem("routes", "shares onward are below 0 or above 1 in all.", "Give one row per station."))
    if len(entry) != classes or not all(0 <= station < count for station in entry):
        found.append(Problem("entry", "a class enters no station.", "Give every class a station of the network."))
    return found


def room_for(network: Stations, customers: int, *, keep_waits: bool = False) -> Room:
    """Make the arrays for a run of `customers` customers."""
    count, classes = network.mean_service.shape
    return Room(
        customers=np.empty(customers, dtype=CUSTOMER),
        first=np.full((count, classes), NOBODY, dtype=np.int32),
        last=np.full((count, classes), NOBODY, dtype=np.int32),
        waiting=np.zeros(count, dtype=np.int64),
        in_service=np.zeros(count, dtype=np.int64),
        changed=np.zeros(count),
        planned=np.zeros(int(network.servers.sum()) + 1, dtype=DEPARTURE),
        sizes=np.zeros(2, dtype=np.int64),
        waits=np.zeros((customers if keep_waits else 0, count)),
    )


def simulate(network: Stations, customers: int, *, seed: int, replication: int = 0, room: Room | None = None) -> Tally:
    """Let `customers` customers arrive and run until the last has left.

    Parameters
    ----------
    room
        Fresh room, for who wants to read the waits per customer afterwards (see `room_for`).
    """
    shape = network.mean_service.shape
    tally = Tally(
        visits=np.zeros(shape, dtype=np.int64),
        waited=np.zeros(shape),
        queued=np.zeros(shape[0]),
        busy=np.zeros(shape[0]),
        finished=np.zeros(1),
    )
    key = np.uint64(stream(seed, replication))
    _run(_World(network, room or room_for(network, customers), tally, key), customers)
    return tally


@compiled
def _run(world: _World, customers: int) -> None:
    room = world.room
    upcoming, arrives = 0, 0.0
    if customers > 0:
        arrives = _expect(world, index(0), 0.0)
    arrival_order = _next_order(room)
    while upcoming < customers or room.sizes[PLANNED] > 0:
        if upcoming < customers and _comes_first(room, arrives, arrival_order):
            now, number = arrives, index(upcoming)
            customer = room.customers[number]
            customer.customer_class = _class_of(world, number)
            _enter(world, number, index(world.stations.entry[customer.customer_class]), now)
            upcoming += 1
            if upcoming < customers:
                arrives = _expect(world, index(upcoming), now)
                arrival_order = _next_order(room)
        else:
            now, number = room.planned[0].time, room.planned[0].customer
            _free_server(world, index(room.customers[number].station), now)
            _move_on(world, number, now)
        world.tally.finished[0] = now


@inlined
def _next_order(room: Room) -> int:
    room.sizes[ORDERS] += 1
    return room.sizes[ORDERS]


@inlined
def _comes_first(room: Room, time: float, order: int) -> bool:
    """Tell whether an arrival comes before all planned departures."""
    return room.sizes[PLANNED] == 0 or _before(room, time, order, index(0))


@inlined
def _before(room: Room, time: float, order: int, place: int) -> bool:
    """Tell whether something planned comes before the departure that stands at a place."""
    departure = room.planned[place]
    if time == departure.time:
        return order < departure.order
    return time < departure.time


@inlined
def _draw(world: _World, number: int, purpose: int) -> float:
    """Draw for a customer at this visit."""
    customer = world.room.customers[number]
    return drawn(customer.luck, np.uint64(customer.visit * PURPOSES + purpose))


@inlined
def _expect(world: _World, number: int, now: float) -> float:
    """Make the record of the customer who arrives next and tell when that is."""
    customer = world.room.customers[number]
    customer.luck = luck_of(world.key, number)
    customer.following = NOBODY
    customer.visit = 0
    return now + _exponential(_draw(world, number, PURPOSE_ARRIVAL), world.stations.mean_gap)


@inlined
def _exponential(draw: float, mean: float) -> float:
    return -math.log(1.0 - draw) * mean


@inlined
def _class_of(world: _World, number: int) -> int:
    until = world.stations.class_until
    if len(until) == 1:
        return 0
    draw, chosen = _draw(world, number, PURPOSE_CLASS), 0
    while draw >= until[index(chosen)]:
        chosen += 1
    return chosen


@inlined
def _service_time(world: _World, number: int, station: int) -> float:
    mean: float = world.stations.mean_service[station, world.room.customers[number].customer_class]
    spread = world.stations.spread[station]
    if spread == 0:
        return mean
    draw = _draw(world, number, PURPOSE_SERVICE)
    return 2.0 * mean * draw if spread == 1 else _exponential(draw, mean)


@inlined
def _enter(world: _World, number: int, station: int, now: float) -> None:
    """Begin at a free server, or stand at the end of the queue of one's class."""
    room = world.room
    customer = room.customers[number]
    customer.station = station
    customer.entered = now
    _count_until(world, station, now)
    if room.in_service[station] < world.stations.servers[station]:
        room.in_service[station] += 1
        order = _next_order(room)
        _plan(room, _begin(world, number, station, now), order, number)
        return
    tail = room.last[station, customer.customer_class]
    if tail == NOBODY:
        room.first[station, customer.customer_class] = number
    else:
        room.customers[index(tail)].following = number
    room.last[station, customer.customer_class] = number
    room.waiting[station] += 1


@inlined
def _begin(world: _World, number: int, station: int, now: float) -> float:
    """Begin a service and tell when it ends."""
    room, tally = world.room, world.tally
    customer = room.customers[number]
    waited = now - customer.entered
    tally.visits[station, customer.customer_class] += 1
    tally.waited[station, customer.customer_class] += waited
    if number < len(room.waits):
        room.waits[number, station] += waited
    return now + _service_time(world, number, station)


@inlined
def _free_server(world: _World, station: int, now: float) -> None:
    """Let the server of the first planned departure take up who is next, or stand idle."""
    room = world.room
    _count_until(world, station, now)
    if room.waiting[station] == 0:
        room.in_service[station] -= 1
        _forget_first(room)
        return
    turn = 0
    while room.first[station, index(turn)] == NOBODY:
        turn += 1
    customer_class = index(turn)
    number = index(room.first[station, customer_class])
    customer = room.customers[number]
    room.first[station, customer_class] = customer.following
    if customer.following == NOBODY:
        room.last[station, customer_class] = NOBODY
    customer.following = NOBODY
    room.waiting[station] -= 1
    order = _next_order(room)
    _replace_first(room, _begin(world, number, station, now), order, number)


@inlined
def _move_on(world: _World, number: int, now: float) -> None:
    """Choose where a customer goes after its service."""
    customer, until = world.room.customers[number], world.stations.route_until
    station, outside = index(customer.station), len(until)
    if until[station, index(outside - 1)] <= 0.0:  # from here everybody leaves
        return
    draw, onward = _draw(world, number, PURPOSE_ROUTE), 0
    while draw >= until[station, index(onward)]:
        onward += 1
    customer.visit += 1
    if onward < outside:
        _enter(world, number, index(onward), now)


@inlined
def _count_until(world: _World, station: int, now: float) -> None:
    """Count the time that the queue and the servers were as they are until now."""
    room = world.room
    passed = now - room.changed[station]
    world.tally.queued[station] += passed * room.waiting[station]
    world.tally.busy[station] += passed * room.in_service[station]
    room.changed[station] = now


@inlined
def _put(room: Room, place: int, time: float, order: int, number: int) -> None:
    departure = room.planned[place]
    departure.time, departure.order, departure.customer = time, order, number


@inlined
def _move(room: Room, place: int, to: int) -> None:
    departure = room.planned[place]
    _put(room, to, departure.time, departure.order, departure.customer)


@inlined
def _plan(room: Room, time: float, order: int, number: int) -> None:
    """Add a departure at the end."""
    place = index(room.sizes[PLANNED])
    room.sizes[PLANNED] += 1
    _rise(room, place, time, order, number)


@inlined
def _rise(room: Room, place: np.uint32, time: float, order: int, number: int) -> None:
    """Put a departure at a place or above: what happens later moves down to make place."""
    while place > index(0):
        above = (place - index(1)) >> index(1)
        if not _before(room, time, order, above):
            break
        _move(room, above, place)
        place = above
    _put(room, place, time, order, number)


@inlined
def _replace_first(room: Room, time: float, order: int, number: int) -> None:
    """Put another departure in the place of the first.

    Whatever happens earlier of two moves up, all the way to the end, and the new one rises from there. A new departure
    is seldom among the first, so asking on the way whether it may stay costs more than it saves.
    """
    place, other, size = index(0), index(2), index(room.sizes[PLANNED])
    while other < size:
        departure = room.planned[other]
        earliest = other - index(not _before(room, departure.time, departure.order, other - index(1)))
        _move(room, earliest, place)
        place, other = earliest, index(2) * earliest + index(2)
    if other == size:
        _move(room, other - index(1), place)
        place = other - index(1)
    _rise(room, place, time, order, number)


@inlined
def _forget_first(room: Room) -> None:
    room.sizes[PLANNED] -= 1
    end = room.planned[room.sizes[PLANNED]]
    if room.sizes[PLANNED] > 0:
        _replace_first(room, end.time, end.order, end.customer)


class Draws:
    """The draws of the kernel as tables, to feed to a peer: row per customer, column per visit.

    Parameters
    ----------
    visits
        Visits per customer to make tables for; a customer who needs more raises an `IndexError`.
    """

    def __init__(self, network: Stations, customers: int, *, seed: int, replication: int = 0, visits: int = 1) -> None:
        key = np.uint64(stream(seed, replication))
        numbers = np.arange(customers, dtype=np.int64)

        def column(visit: int, purpose: int) -> NDArray[np.float64]:
            return uniform_draws(key, numbers, visit * PURPOSES + purpose)

        def table(purpose: int) -> list[list[float]]:
            rows: list[list[float]] = np.stack([column(visit, purpose) for visit in range(visits)], axis=1).tolist()
            return rows

        self.gap = [-math.log(1.0 - draw) * network.mean_gap for draw in column(0, PURPOSE_ARRIVAL).tolist()]
        class_until = network.class_until.tolist()
        self.customer_class = [bisect_right(class_until, draw) for draw in column(0, PURPOSE_CLASS).tolist()]
        self.entry: list[int] = network.entry.tolist()
        self._mean_service: list[list[float]] = network.mean_service.tolist()
        self._spread: list[int] = network.spread.tolist()
        self._route_until: list[list[float]] = network.route_until.tolist()
        self._service, self._route = table(PURPOSE_SERVICE), table(PURPOSE_ROUTE)

    def service_time(self, customer: int, visit: int, station: int) -> float:
        """Give the service time of a visit."""
        mean = self._mean_service[station][self.customer_class[customer]]
        spread = self._spread[station]
        if spread == Spread.FIXED:
            return mean
        draw = self._service[customer][visit]
        return 2.0 * mean * draw if spread == Spread.UNIFORM else -math.log(1.0 - draw) * mean

    def onward(self, customer: int, visit: int, station: int) -> int:
        """Give the station to which a customer goes after a visit; the number of stations when it leaves."""
        return bisect_right(self._route_until[station], self._route[customer][visit])
