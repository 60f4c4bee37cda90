# SPDX-License-Identifier: EUPL-1.2
"""Queues in continuous time, beside SimPy and Ciw: fifty servers, and five stages with priorities.

The peers get the draws of the kernel as ready tables, so they need not draw and must find the same waiting times
(`tests/properties/test_queueing_engines.py`); Ciw draws for itself in the network. They do fewer customers, and what
counts is services per second. Time is processor time of one core, the best of some runs, without compiling.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any

import ciw
import numpy as np
import simpy

from benchmarks import Row, seconds
from benchmarks.oracles.theory import Draws, Spread, Stations, room_for, simulate, stations
from benchmarks.oracles.waiting_times import visits_per_time

MANY, FEW = 1_000_000, 20_000
SEED = 7
VISITS = 60
"""Visits per customer that the tables for the peers have room for; one in 10**20 customers would need more."""
SHARES = (
    (0.0, 0.9, 0.0, 0.0, 0.0),
    (0.1, 0.0, 0.7, 0.2, 0.0),
    (0.0, 0.0, 0.0, 0.5, 0.3),
    (0.0, 0.0, 0.0, 0.0, 0.6),
    (0.0, 0.1, 0.0, 0.0, 0.0),
)
"""From each of five stages to each; the rest leaves. Two ways lead back."""

Waits = dict[tuple[int, int], float]
"""Time waited per customer and station."""


def many_servers(servers: int = 50, load: float = 0.95) -> Stations:
    """One station with many servers: M/M/c."""
    return stations(
        rates=[load * servers], servers=[servers], mean_service=[[1.0]], spread=[Spread.EXPONENTIAL]
    )  # fmt: skip


def five_stages(load: float = 0.9) -> Stations:
    """Five stages with two ways back and three classes, each stage as busy as the others."""
    servers, rates = (10, 8, 12, 6, 9), (2.0, 3.0, 5.0)
    spread = [Spread.EXPONENTIAL] * len(servers)
    idle = stations(rates=rates, servers=servers, mean_service=[[1.0] * 3] * 5, spread=spread, routes=SHARES)
    mean = [load * size / seen for size, seen in zip(servers, visits_per_time(idle), strict=True)]
    return stations(
        rates=rates, servers=servers, mean_service=[[each] * 3 for each in mean], spread=spread, routes=SHARES
    )


def simpy_resource(network: Stations, draws: Draws) -> Waits:
    """One station in SimPy as its manual writes it: a process per customer and a resource."""
    environment = simpy.Environment()
    servers = simpy.Resource(environment, int(network.servers[0]))
    waits: Waits = {}

    def customer(number: int) -> Generator[Any, Any, None]:
        with servers.request() as turn:
            entered = environment.now
            yield turn
            waits[number, 0] = environment.now - entered
            yield environment.timeout(draws.service_time(number, 0, 0))

    def source() -> Generator[Any, Any, None]:
        for number, gap in enumerate(draws.gap):
            yield environment.timeout(gap)
            environment.process(customer(number))

    environment.process(source())
    environment.run()
    return waits


def simpy_store(network: Stations, draws: Draws) -> Waits:
    """Run a network with priorities in SimPy as its manual writes it: a process per server, a store per station.

    `simpy.PriorityResource` sorts its whole queue at every request; a `simpy.PriorityStore` keeps a heap.
    """
    environment = simpy.Environment()
    stores = [simpy.PriorityStore(environment) for _ in network.servers]
    entered: dict[int, float] = {}
    visits: dict[int, int] = {}
    tickets = count()
    waits: Waits = {}

    def enter(number: int, station: int) -> None:
        entered[number] = environment.now
        stores[station].put((draws.customer_class[number], next(tickets), number))

    def server(station: int) -> Generator[Any, Any, None]:
        while True:
            _, _, number = yield stores[station].get()
            waits[number, station] = waits.get((number, station), 0.0) + (environment.now - entered[number])
            visit = visits.get(number, 0)
            yield environment.timeout(draws.service_time(number, visit, station))
            visits[number] = visit + 1
            onward = draws.onward(number, visit, station)
            if onward < len(stores):
                enter(number, onward)

    def source() -> Generator[Any, Any, None]:
        for number, gap in enumerate(draws.gap):
            yield environment.timeout(gap)
            enter(number, draws.entry[draws.customer_class[number]])

    for station, servers in enumerate(network.servers.tolist()):
        for _ in range(servers):
            environment.process(server(station))
    environment.process(source())
    environment.run()
    return waits


def simpy_heaps(network: Stations, draws: Draws) -> Waits:
    """Run a network in SimPy with the queues written by hand: a process per customer, a heap of who waits per station.

    The fastest way we know in SimPy that still is a process per customer.
    """
    environment = simpy.Environment()
    free: list[int] = network.servers.tolist()
    waiting: list[list[tuple[int, int, simpy.Event]]] = [[] for _ in free]
    tickets = count()
    waits: Waits = {}

    def customer(number: int) -> Generator[Any, Any, None]:
        customer_class = draws.customer_class[number]
        station, visit = draws.entry[customer_class], 0
        while station < len(free):
            entered = environment.now
            if free[station]:
                free[station] -= 1
            else:
                turn = environment.event()
                heappush(waiting[station], (customer_class, next(tickets), turn))
                yield turn
            waits[number, station] = waits.get((number, station), 0.0) + (environment.now - entered)
            yield environment.timeout(draws.service_time(number, visit, station))
            if waiting[station]:
                heappop(waiting[station])[2].succeed()
            else:
                free[station] += 1
            station, visit = draws.onward(number, visit, station), visit + 1

    def source() -> Generator[Any, Any, None]:
        for number, gap in enumerate(draws.gap):
            yield environment.timeout(gap)
            environment.process(customer(number))

    environment.process(source())
    environment.run()
    return waits


def ciw_network(network: Stations, customers: int, seed: int) -> list[Any]:
    """Run the same network in Ciw, which draws for itself; gives its records."""
    ciw.seed(seed)
    places, classes = network.mean_service.shape
    names = [f"Class {number}" for number in range(classes)]
    rates = (np.diff(network.class_until, prepend=0.0) / network.mean_gap).tolist()
    onward = np.diff(network.route_until, axis=1, prepend=0.0)[:, :places].tolist()

    def arrivals(number: int) -> list[Any]:
        entry = int(network.entry[number])
        return [ciw.dists.Exponential(rates[number]) if place == entry else None for place in range(places)]

    def services(number: int) -> list[Any]:
        return [ciw.dists.Exponential(1.0 / float(network.mean_service[place, number])) for place in range(places)]

    described = ciw.create_network(
        arrival_distributions={name: arrivals(number) for number, name in enumerate(names)},
        service_distributions={name: services(number) for number, name in enumerate(names)},
        routing=dict.fromkeys(names, onward),
        number_of_servers=network.servers.tolist(),
        priority_classes={name: number for number, name in enumerate(names)},
    )
    simulation = ciw.Simulation(described)
    simulation.simulate_until_max_customers(customers, method="Finish")
    records: list[Any] = simulation.get_all_records()
    return records


def rows() -> Iterator[Row]:
    """Give services per second of the kernel beside each peer, and the memory per customer."""
    queue, network = many_servers(), five_stages()
    ours = _speed_of_kernel(queue)
    title = "queue with 50 servers, load 0.95 (M/M/c)"
    yield _beside(f"{title}, same draws", ours, "SimPy, Resource", _speed_of_simpy(simpy_resource, queue))
    yield _beside(f"{title}, same law", ours, "Ciw", _speed_of_ciw(queue))
    ours = _speed_of_kernel(network)
    title = "five stages with priorities, load 0.90"
    yield _beside(f"{title}, same draws", ours, "SimPy, PriorityStore", _speed_of_simpy(simpy_store, network))
    yield _beside(f"{title}, same draws", ours, "SimPy, heaps by hand", _speed_of_simpy(simpy_heaps, network))
    yield _beside(f"{title}, same law", ours, "Ciw", _speed_of_ciw(network))
    yield Row(
        "memory of the kernel per customer, results left out",
        "bytes",
        room_for(network, MANY).size / MANY,
        note="arrays made before the run; it allocates nothing while it runs",
    )


def _beside(name: str, ours: float, peer: str, value: float) -> Row:
    note = f"{1e9 / ours:,.0f} against {1e9 / value:,.0f} ns per service; {MANY:,} customers, the peer {FEW:,}"
    return Row(name, "services/s", ours, peer, value, note)


def _speed_of_kernel(network: Stations) -> float:
    services = float(simulate(network, MANY, seed=SEED).visits.sum())
    return services / seconds(lambda: simulate(network, MANY, seed=SEED), clock=time.process_time)


def _speed_of_simpy(peer: Callable[[Stations, Draws], Waits], network: Stations) -> float:
    draws = Draws(network, FEW, seed=SEED, visits=VISITS)
    services = float(simulate(network, FEW, seed=SEED).visits.sum())
    return services / seconds(lambda: peer(network, draws), repeat=2, clock=time.process_time)


def _speed_of_ciw(network: Stations) -> float:
    services = len(ciw_network(network, FEW, SEED))
    return services / seconds(lambda: ciw_network(network, FEW, SEED), repeat=1, clock=time.process_time)
