# SPDX-License-Identifier: EUPL-1.2
"""What queueing theory says about mean waiting times; a load of one and more has no mean, the queue grows for ever."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.oracles.theory import Stations
from keten.domain.errors import Problem, UsageError


def erlang_c(servers: int, load: float) -> float:
    """Give the chance that an arriving customer must wait in M/M/c.

    Parameters
    ----------
    servers
        Number of servers.
    load
        Share of the servers' time in use, at least 0 and below 1.

    Raises
    ------
    UsageError
        When the load is 1 or more.

    Notes
    -----
    Erlang's formula for delay, from his formula for loss, which is worked out server by server so that no large powers
    occur. With one class it is what Cobham (1954), equation 6, rests on: https://doi.org/10.1287/opre.2.1.70.
    """
    _refuse_overload(load)
    offered, blocked = load * servers, 1.0
    for number in range(1, servers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked / (1.0 - load * (1.0 - blocked))


def mean_wait_many_servers(servers: int, load: float, mean_service: float) -> float:
    """Give the mean wait in M/M/c: Erlang C divided by the spare capacity (see `erlang_c`)."""
    return erlang_c(servers, load) * mean_service / (servers * (1.0 - load))


def mean_wait_general_service(load: float, mean_service: float, squared_variation: float) -> float:
    """Give the mean wait in M/G/1 after Pollaczek and Khinchine.

    It is Cobham (1954), equation 3, with one class: https://doi.org/10.1287/opre.2.1.70.

    Parameters
    ----------
    squared_variation
        Variance of a service time divided by the square of its mean.
    """
    _refuse_overload(load)
    return load * mean_service * (1.0 + squared_variation) / (2.0 * (1.0 - load))


def mean_wait_by_class(
    rates: Sequence[float], mean_service: Sequence[float], squared_variation: float = 1.0
) -> list[float]:
    """Give the mean wait per class, first class first, at one server that never interrupts a service.

    Cobham (1954), equation 3, https://doi.org/10.1287/opre.2.1.70.
    """
    loads = [rate * mean for rate, mean in zip(rates, mean_service, strict=True)]
    _refuse_overload(sum(loads))
    remaining = sum(
        rate * mean**2 * (1.0 + squared_variation) / 2.0 for rate, mean in zip(rates, mean_service, strict=True)
    )
    until = np.concatenate([[0.0], np.cumsum(loads)])
    return [
        float(remaining / ((1.0 - before) * (1.0 - after))) for before, after in zip(until, until[1:], strict=False)
    ]


def mean_wait_by_class_many_servers(servers: int, rates: Sequence[float], mean_service: float) -> list[float]:
    """Give the mean wait per class at many servers with one exponential service time for all classes.

    Cobham (1954), equation 6, https://doi.org/10.1287/opre.2.1.70.
    """
    loads = [rate * mean_service / servers for rate in rates]
    remaining = erlang_c(servers, sum(loads)) * mean_service / servers
    until = np.concatenate([[0.0], np.cumsum(loads)])
    return [
        float(remaining / ((1.0 - before) * (1.0 - after))) for before, after in zip(until, until[1:], strict=False)
    ]


def visits_per_time(network: Stations) -> NDArray[np.float64]:
    """Give the customers per unit of time that each station sees, loops included.

    The traffic equations of Jackson (1963), https://doi.org/10.1287/mnsc.1040.0268.
    """
    count = len(network.servers)
    outside = np.zeros(count)
    np.add.at(outside, network.entry, np.diff(network.class_until, prepend=0.0) / network.mean_gap)
    shares = np.diff(network.route_until, axis=1, prepend=0.0)[:, :count]
    return np.linalg.solve(np.eye(count) - shares.T, outside).astype(np.float64)


def _refuse_overload(load: float) -> None:
    if not 0.0 <= load < 1.0:
        what = f"is {load:g}; at 1 and above the queue grows for ever and has no mean."
        raise UsageError("The load", [Problem("load", what, "Give a load of at least 0 and below 1.")])
