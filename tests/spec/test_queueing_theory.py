# SPDX-License-Identifier: EUPL-1.2
"""What queueing theory says must come out of the draws and the event-driven kernel.

A mean over independent runs has a standard error that the runs themselves show. A test asks two things: the mean lies
within the asked share of theory, and within four standard errors of it. The seed is fixed, so a test that passes
passes always; the loads are chosen so that four standard errors fit well inside the asked share.
"""

import numpy as np
import pytest

from benchmarks.oracles.theory import SQUARED_VARIATION, Spread, room_for, simulate, stations
from benchmarks.oracles.waiting_times import (
    erlang_c,
    mean_wait_by_class,
    mean_wait_by_class_many_servers,
    mean_wait_general_service,
    mean_wait_many_servers,
    visits_per_time,
)
from keten.domain.errors import UsageError

MILLION = 1_000_000
SEED = 20230430


def one_station(*, servers=1, rates=(1.0,), mean=1.0, spread=Spread.EXPONENTIAL):
    return stations(rates=rates, servers=[servers], mean_service=[[mean] * len(rates)], spread=[spread])


def check_mean(values, expected, *, within):
    mean, error = np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))
    assert abs(mean - expected) < within * expected, (mean, expected)
    assert abs(mean - expected) < 4 * error, (mean, expected, error)


def runs(network, *, customers=MILLION, number=8):
    return [simulate(network, customers, seed=SEED, replication=replication) for replication in range(number)]


@pytest.mark.parametrize(
    ("servers", "load", "number", "within"),
    [
        (1, 0.5, 8, 0.01),
        (2, 0.6, 8, 0.01),
        (5, 0.7, 8, 0.01),
        # Few wait at fifty servers, and then together: a run of a million has a standard deviation of 4%.
        (50, 0.85, 16, 0.03),
    ],
)
def test_the_wait_at_many_servers_is_that_of_erlang(servers, load, number, within):
    """M/M/c, runs of a million customers."""
    found = [run.mean_wait() for run in runs(one_station(servers=servers, rates=[load * servers]), number=number)]
    check_mean(found, mean_wait_many_servers(servers, load, 1.0), within=within)


@pytest.mark.parametrize("spread", list(Spread))
def test_the_wait_at_one_server_is_that_of_pollaczek_and_khinchine(spread):
    """M/G/1: the more service times differ, the longer the wait at the same load."""
    load, mean = 0.6, 2.0
    found = [run.mean_wait() for run in runs(one_station(rates=[load / mean], mean=mean, spread=spread))]
    check_mean(found, mean_wait_general_service(load, mean, SQUARED_VARIATION[spread]), within=0.01)


@pytest.mark.parametrize("spread", list(Spread))
def test_with_priorities_each_class_waits_as_long_as_cobham_says(spread):
    rates, mean = (0.1, 0.2, 0.3), 1.0
    done = runs(one_station(rates=rates, mean=mean, spread=spread))
    expected = mean_wait_by_class(rates, [mean] * 3, SQUARED_VARIATION[spread])
    for customer_class, wait in enumerate(expected):
        check_mean([run.mean_wait(0, customer_class) for run in done], wait, within=0.01)


def test_with_priorities_and_many_servers_each_class_waits_as_long_as_cobham_says():
    rates = (1.0, 1.5, 1.0)
    done = runs(one_station(servers=5, rates=rates))
    for customer_class, wait in enumerate(mean_wait_by_class_many_servers(5, rates, 1.0)):
        check_mean([run.mean_wait(0, customer_class) for run in done], wait, within=0.015)


def test_every_stage_of_a_network_waits_as_if_it_stood_alone():
    """Jackson: with Poisson arrivals and exponential services each stage is an M/M/c of its own, loops included."""
    servers, mean = (3, 2, 4), (1.0, 0.5, 1.4)
    network = stations(
        rates=[2.0],
        servers=servers,
        mean_service=[[each] for each in mean],
        spread=[Spread.EXPONENTIAL] * 3,
        routes=[[0.0, 0.8, 0.0], [0.2, 0.0, 0.7], [0.0, 0.1, 0.0]],
    )
    done = runs(network, customers=MILLION // 2)
    for station, seen in enumerate(visits_per_time(network)):
        load = seen * mean[station] / servers[station]
        expected = mean_wait_many_servers(servers[station], load, mean[station])
        check_mean([run.mean_wait(station) for run in done], expected, within=0.015)


def test_littles_law_and_the_load_hold_to_the_last_customer():
    """Customer-time in the queue, counted from its length, is the time that the customers say they waited."""
    network = one_station(servers=3, rates=(1.0, 1.2))
    run = simulate(network, 200_000, seed=SEED)
    assert run.queued[0] == pytest.approx(run.waited.sum(), rel=1e-9)
    assert run.visits.sum() == 200_000
    assert run.busy[0] / (3 * run.finished[0]) == pytest.approx(2.2 / 3, rel=0.01)


def test_the_waits_per_customer_add_up_to_the_waits_per_station():
    network = one_station(servers=2, rates=(1.5,))
    room = room_for(network, 10_000, keep_waits=True)
    run = simulate(network, 10_000, seed=SEED, room=room)
    assert room.waits.sum() == pytest.approx(run.waited.sum(), rel=1e-12)


def test_a_run_is_repeated_by_its_seed_and_replication_alone():
    network = one_station(servers=2, rates=(1.5,))
    first, again = (simulate(network, 5_000, seed=3, replication=4) for _ in range(2))
    other = simulate(network, 5_000, seed=3, replication=5)
    assert first.waited[0, 0] == again.waited[0, 0] != other.waited[0, 0]


def test_the_formulas_give_the_values_that_can_be_worked_out_by_hand():
    """One server: a customer waits with chance rho, rho/(1-rho) long. Two servers: 2 rho^2 / (1 + rho)."""
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert erlang_c(2, 0.5) == pytest.approx(2 * 0.5**2 / 1.5)
    assert mean_wait_many_servers(1, 0.5, 3.0) == pytest.approx(3.0)
    assert mean_wait_general_service(0.5, 3.0, 0.0) == pytest.approx(1.5)
    assert mean_wait_by_class([0.5], [1.0]) == pytest.approx([1.0])
    assert mean_wait_by_class([0.25, 0.25], [1.0, 1.0]) == pytest.approx([0.5 / 0.75, 0.5 / (0.75 * 0.5)])


@pytest.mark.parametrize("load", [1.0, 1.2, -0.1])
def test_a_load_without_a_mean_is_refused(load):
    with pytest.raises(UsageError, match="Give a load"):
        erlang_c(3, load)


def test_a_network_that_cannot_be_is_refused_with_every_problem():
    with pytest.raises(UsageError) as refused:
        stations(
            rates=[-1.0], servers=[0], mean_service=[[1.0, 2.0]], spread=[], routes=[[1.5]], entry=[3]
        )  # fmt: skip
    where = [problem.where for problem in refused.value.problems]
    assert where == ["rates", "servers", "mean_service", "spread", "routes", "entry"]
