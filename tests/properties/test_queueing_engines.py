# SPDX-License-Identifier: EUPL-1.2
"""The event-driven kernel beside SimPy and Ciw: on the same draws the same waiting times."""

from heapq import heappop, heappush
from itertools import count

import ciw
import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.oracles.theory import Draws, Spread, room_for, simulate, stations
from benchmarks.queueing import ciw_network, five_stages, many_servers, simpy_heaps, simpy_resource, simpy_store

VISITS = 400


@st.composite
def networks(draw, spreads=tuple(Spread), own_loops=True):
    """One to four stations, one to three classes, any routes that let a quarter of the customers leave."""
    count_of_stations, classes = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    weights = st.lists(st.integers(0, 5), min_size=count_of_stations, max_size=count_of_stations)
    rows = draw(st.lists(weights, min_size=count_of_stations, max_size=count_of_stations))
    if not own_loops:
        rows = [[0 if to == station else weight for to, weight in enumerate(row)] for station, row in enumerate(rows)]
    times = st.sampled_from([0.5, 1.0, 1.5])
    return stations(
        rates=draw(st.lists(st.sampled_from([0.25, 0.5, 1.0]), min_size=classes, max_size=classes)),
        servers=draw(st.lists(st.integers(1, 3), min_size=count_of_stations, max_size=count_of_stations)),
        mean_service=draw(
            st.lists(
                st.lists(times, min_size=classes, max_size=classes),
                min_size=count_of_stations,
                max_size=count_of_stations,
            )
        ),
        spread=draw(st.lists(st.sampled_from(spreads), min_size=count_of_stations, max_size=count_of_stations)),
        routes=[[0.75 * weight / max(1, sum(row)) for weight in row] for row in rows],
        entry=draw(st.lists(st.integers(0, count_of_stations - 1), min_size=classes, max_size=classes)),
    )


def waits_of_kernel(network, customers, seed):
    room = room_for(network, customers, keep_waits=True)
    simulate(network, customers, seed=seed, room=room)
    return room.waits


def as_table(waits, network, customers):
    table = np.zeros((customers, len(network.servers)))
    for (customer, station), waited in waits.items():
        table[customer, station] = waited
    return table


class SimpyByTheRules:
    """SimPy as a list of events, with the order of same-instant events as the kernel states it."""

    def __init__(self, network, draws):
        self.draws, self.environment = draws, simpy.Environment()
        self.free = network.servers.tolist()
        self.waiting = [[] for _ in self.free]
        self.tickets = count()
        self.waits = {}

    def run(self):
        self.expect(0)
        self.environment.run()
        return self.waits

    def after(self, delay, happens):
        self.environment.timeout(delay).callbacks.append(lambda _: happens())

    def expect(self, customer):
        if customer < len(self.draws.gap):
            self.after(self.draws.gap[customer], lambda: self.arrive(customer))

    def arrive(self, customer):
        self.enter(customer, 0, self.draws.entry[self.draws.customer_class[customer]])
        self.expect(customer + 1)

    def enter(self, customer, visit, station):
        arrived = (customer, visit, self.environment.now)
        if self.free[station]:
            self.free[station] -= 1
            self.begin(station, *arrived)
        else:
            heappush(self.waiting[station], (self.draws.customer_class[customer], next(self.tickets), arrived))

    def begin(self, station, customer, visit, entered):
        waited = self.environment.now - entered
        self.waits[customer, station] = self.waits.get((customer, station), 0.0) + waited
        self.after(self.draws.service_time(customer, visit, station), lambda: self.leave(customer, visit, station))

    def leave(self, customer, visit, station):
        if self.waiting[station]:
            self.begin(station, *heappop(self.waiting[station])[2])
        else:
            self.free[station] += 1
        onward = self.draws.onward(customer, visit, station)
        if onward < len(self.free):
            self.enter(customer, visit + 1, onward)


@given(networks(), st.integers(1, 120), st.integers(0, 2**31))
@settings(max_examples=100, deadline=None)
def test_simpy_finds_the_same_waits_to_the_last_bit_also_when_events_coincide(network, customers, seed):
    draws = Draws(network, customers, seed=seed, visits=VISITS)
    expected = as_table(SimpyByTheRules(network, draws).run(), network, customers)
    assert (waits_of_kernel(network, customers, seed) == expected).all()


@given(
    networks(spreads=(Spread.EXPONENTIAL, Spread.UNIFORM), own_loops=False), st.integers(1, 120), st.integers(0, 2**31)
)
@settings(max_examples=50, deadline=None)
def test_what_the_benchmark_times_in_simpy_finds_the_same_waits(network, customers, seed):
    """Processes leave the order of same-instant events to SimPy; here only leaving and entering elsewhere coincide."""
    draws = Draws(network, customers, seed=seed, visits=VISITS)
    found = waits_of_kernel(network, customers, seed)
    for peer in (simpy_heaps, simpy_store):
        assert (found == as_table(peer(network, draws), network, customers)).all()


def test_the_queue_and_the_network_of_the_benchmark_give_the_same_waits_in_simpy():
    customers = 2_000
    for network, peers in ((many_servers(5), [simpy_resource]), (five_stages(), [simpy_heaps, simpy_store])):
        draws = Draws(network, customers, seed=11, visits=60)
        for peer in peers:
            expected = as_table(peer(network, draws), network, customers)
            assert (waits_of_kernel(network, customers, 11) == expected).all()


@pytest.mark.parametrize("servers", [1, 3])
def test_ciw_finds_the_same_waits_when_it_is_fed_the_same_draws(servers):
    """First in, first out: who arrives first begins first, so the service times can be fed in order of arrival."""
    customers, network = 1_000, many_servers(servers, load=0.9)
    draws = Draws(network, customers, seed=5)
    described = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*draws.gap, float("inf")])],
        service_distributions=[ciw.dists.Sequential([draws.service_time(each, 0, 0) for each in range(customers)])],
        number_of_servers=[servers],
    )
    simulation = ciw.Simulation(described)
    simulation.simulate_until_max_customers(customers, method="Finish")
    waits = {record.id_number - 1: record.waiting_time for record in simulation.get_all_records()}
    found = waits_of_kernel(network, customers, 5)[:, 0]
    assert found == pytest.approx([waits[customer] for customer in range(customers)], abs=1e-9)


def test_ciw_finds_waits_of_the_same_law_in_the_network_with_priorities():
    """Ciw draws for itself: the means per stage must agree within four standard errors of their difference."""
    customers, runs, network = 3_000, 10, five_stages(load=0.8)

    def means_of_ciw(seed):
        records = ciw_network(network, customers, seed)
        return [
            np.mean([row.waiting_time for row in records if row.node == station + 1])
            for station in range(len(network.servers))
        ]

    ours = np.array(
        [
            [simulate(network, customers, seed=3, replication=run).mean_wait(station) for station in range(5)]
            for run in range(200)
        ]
    )
    theirs = np.array([means_of_ciw(seed) for seed in range(runs)])
    error = np.sqrt(ours.var(axis=0, ddof=1) / len(ours) + theirs.var(axis=0, ddof=1) / runs)
    assert (abs(ours.mean(axis=0) - theirs.mean(axis=0)) < 4 * error).all()
