# SPDX-License-Identifier: EUPL-1.2
"""What is fast and what is not, measured: every file in this folder gives `rows()`.

`make bench` prints them as a table and writes `out/bench.json`. A benchmark asks the clock, so it is not a test.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement of ours, beside the same work done by a peer where there is one.

    Parameters
    ----------
    name
        What is done, with its size: "decision deadlines, 1,000,000 cases".
    unit
        Of both values: "s" when less is better, "cases/s" and the like when more is better.
    peer
        Who did the same work: a library, or a plainer way of our own.
    """

    name: str
    unit: str
    ours: float
    peer: str = ""
    peer_value: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better ours is; below 1 the peer is better."""
        if not self.peer_value or not self.ours:
            return None
        return self.ours / self.peer_value if self.unit.endswith("/s") else self.peer_value / self.ours

    def as_json(self) -> dict[str, str | float | None]:
        """Give the row in the shape of `out/bench.json`."""
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": self.ours,
            "peer": self.peer or None,
            "peer_value": self.peer_value,
            "ratio": self.ratio,
            "note": self.note,
        }


def seconds(work: Callable[[], object], *, repeat: int = 3, clock: Callable[[], float] = time.perf_counter) -> float:
    """Time of the quickest of some runs, after one that does not count (it compiles and fills caches).

    With `time.process_time` as the clock only the time of our own process on a core counts, so that other work on the
    same machine spoils less of it.
    """
    work()
    times = []
    for _ in range(repeat):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def topics() -> tuple[str, ...]:
    """Names of the files that measure something, in alphabetical order."""
    return tuple(
        sorted(found.name for found in pkgutil.iter_modules(__path__) if not (found.ispkg or found.name == "__main__"))
    )


def collect(chosen: Iterable[str]) -> Iterator[Row]:
    """Measure, one topic after the other."""
    for topic in chosen:
        yield from importlib.import_module(f"{__name__}.{topic}").rows()
