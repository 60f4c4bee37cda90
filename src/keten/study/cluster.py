# SPDX-License-Identifier: EUPL-1.2
"""Runs on the workers of a Dask cluster, for whom one machine is too small.

Every worker must hold the same Keten: before its first run it compares the hashes of its code, parameters and
observations, and the versions of the libraries, with those of the one who asks. Else a result could depend on who did
the run.
"""

from __future__ import annotations

import asyncio
import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

from keten.domain.errors import KetenError, Problem, RunError, UsageError
from keten.observations.store import figures
from keten.study.receipt import hash_of_code, hash_of_parameters, library_versions
from keten.study.work import Work

SECONDS_TO_ANSWER = 10
"""How long a scheduler may take to answer, and its first worker to be there."""


@contextmanager
def connected(scheduler: str) -> Iterator[Cluster]:
    """Connect with the scheduler of a cluster, such as `tcp://10.0.0.5:8786`, and leave it at the end.

    Raises
    ------
    UsageError
        When the package that talks to it is missing, the address does not answer, or it has no workers.
    """
    distributed = _distributed()
    client = _client(distributed, scheduler)
    try:
        yield Cluster(client)
    finally:
        client.close(timeout=SECONDS_TO_ANSWER)


def _distributed() -> ModuleType:
    try:
        return import_module("distributed")
    except ImportError:
        remedy = "Install it with `pip install keten[cluster]`, or leave --scheduler out to use this machine."
        raise _unusable("the package distributed", "is not installed.", remedy) from None


def _client(distributed: ModuleType, scheduler: str) -> Any:
    remedy = "Start one with `dask scheduler` and give the address that it prints, such as tcp://127.0.0.1:8786."
    try:
        asyncio.run(_reach(distributed, scheduler))
        client = distributed.Client(scheduler, timeout=SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        what = f"no scheduler answers there ({str(error).splitlines()[0].rstrip('.')})."
        raise _unusable(scheduler, what, remedy) from None
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_ANSWER)
    except TimeoutError:
        client.close()
        raise _unusable(scheduler, "it has no workers.", f"Start one or more: `dask worker {scheduler}`.") from None
    return client


async def _reach(distributed: ModuleType, scheduler: str) -> None:
    """Call the scheduler once, before there is a client.

    A client that cannot connect stays behind half made; when it is cleared away while the next one starts, both wait
    for ever for the same lock.
    """
    credentials = distributed.Security().get_connection_args("client")
    line = await distributed.comm.connect(scheduler, timeout=SECONDS_TO_ANSWER, **credentials)
    await line.close()


def _unusable(where: str, what: str, remedy: str) -> UsageError:
    return UsageError("--scheduler", [Problem(where, what, remedy)])


class Cluster:
    """The workers of a cluster, through a client that is connected with its scheduler."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def in_order(self, work: Work, shared: Any, tasks: Sequence[Any]) -> Iterator[Any]:
        """Do the work for every task and give the results in the order of the tasks.

        A task whose worker is lost is done again by another; the scheduler sees to that.

        Raises
        ------
        RunError
            When a task takes every worker with it, the scheduler goes away, or a worker lacks Keten.
        UsageError
            When a worker holds another Keten.
        """
        content = zlib.compress(pickle.dumps((work, shared), pickle.HIGHEST_PROTOCOL), level=1)
        # A parcel that is itself a task can be made again when the worker that keeps it is lost.
        parcel = self._client.submit(_same, content, pure=False)
        futures = [self._client.submit(_perform, parcel, task, _equipment(), pure=False) for task in tasks]
        try:
            for position, future in enumerate(futures):
                yield _result(future.result)
                futures[position] = None  # the worker need not keep what has come in
        finally:
            self._client.cancel([future for future in futures if future is not None])


def _result(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except KetenError:
        raise
    except Exception as error:
        raise _broken_off(error) from error


def _broken_off(error: Exception) -> RunError:
    told = f"{type(error).__name__}: {error}".splitlines()[0].rstrip(".")
    remedy = (
        "See in the log of the scheduler and its workers what happened; they need the same Keten as this machine and "
        "enough memory. Then run it again."
    )
    return RunError("The run", [Problem("cluster", f"{told}.", remedy)])


@cache
def _equipment() -> dict[str, str]:
    """Give what must be the same everywhere for results to be the same."""
    hashes = {"code": hash_of_code(), "parameters": hash_of_parameters(), "observations": figures().fingerprint()}
    return hashes | library_versions()


def _same(content: bytes) -> bytes:
    return content


def _perform(parcel: bytes, task: Any, asked: dict[str, str]) -> Any:
    """Do one task on a worker."""
    here = _equipment()
    if other := [name for name, value in asked.items() if here.get(name) != value]:
        remedy = (
            "Install the same release of Keten there, with the versions of requirements/run.txt, and start it again."
        )
        raise _unusable("a worker", f"holds another Keten: {', '.join(other)} differ.", remedy)
    work, shared = _opened(parcel)
    return work(shared, task)


@lru_cache(maxsize=2)
def _opened(parcel: bytes) -> tuple[Work, Any]:
    """Unpack what is shared once per question."""
    opened: tuple[Work, Any] = pickle.loads(zlib.decompress(parcel))
    return opened
