# SPDX-License-Identifier: EUPL-1.2
"""Random streams that depend on nothing but (seed, replication, purpose).

Replication 7 is the same whether ten or a thousand are run, in whatever order and on however many workers; and a
scenario that changes a total leaves the shares of the same replication untouched. The bits are those of Philox (a
counter-based generator) keyed by a hash of the three; how numpy turns bits into a multinomial draw may change with its
version, which the lock file fixes.
"""

from __future__ import annotations

from hashlib import blake2b
from math import sqrt

from numpy.random import Generator, Philox


def stream(seed: int, replication: int, purpose: str) -> Generator:
    """Open the random stream of one replication for one purpose, for instance "inflow_days:2024"."""
    digest = blake2b(f"{seed}|{replication}|{purpose}".encode(), digest_size=16).digest()
    return Generator(Philox(key=int.from_bytes(digest, "little")))


def triangular(uniform: float, low: float, mode: float, high: float) -> float:
    """Turn a uniform draw into a triangular one (inverse transform), so that one draw can drive several totals."""
    width = high - low
    if width <= 0:
        return mode
    if uniform * width < mode - low:
        return low + sqrt(uniform * width * (mode - low))
    return high - sqrt((1 - uniform) * width * (high - mode))
