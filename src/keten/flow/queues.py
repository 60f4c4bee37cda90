# SPDX-License-Identifier: EUPL-1.2
"""Queues in day buckets: put a case in, find the first, take it out, all without sorting.

A queue keeps its cases in one bucket per order day (the day that decides who goes first: lodged, deadline or entered).
Within a bucket cases stand in the order in which they came. A bitmap with one bit per day, and above it one bit per
word of 64 days, finds the first non-empty bucket from a given day on in a few steps.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keten.flow.compiled import index, inlined

NOBODY = -1
NO_QUEUE = 2**16 - 1
NO_DAY = 2**30
_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_SHIFT_58 = np.uint64(58)
_POSITION = np.zeros(64, dtype=np.int64)
for _bit in range(64):
    _POSITION[((1 << _bit) * int(_DE_BRUIJN) & int(_ALL)) >> 58] = _bit


LINKS = (("following", np.int32), ("preceding", np.int32))
"""Fields that a record needs to stand in a queue: the next in the bucket and the one before."""


class Queues(NamedTuple):
    """All queues of one run: the first and the last case per (queue, order day); the links are in the cases."""

    ends: NDArray[np.int32]
    day_bits: NDArray[np.uint64]
    word_bits: NDArray[np.uint64]


def empty_queues(queues: int, order_days: int) -> Queues:
    """Make room for `queues` queues over `order_days` days."""
    words = (order_days + 63) // 64
    return Queues(
        ends=np.full((queues, order_days, 2), NOBODY, dtype=np.int32),
        day_bits=np.zeros((queues, words), dtype=np.uint64),
        word_bits=np.zeros((queues, (words + 63) // 64), dtype=np.uint64),
    )


@inlined
def _lowest(bits: np.uint64) -> int:
    isolated = bits & (~bits + _ONE)
    return int(_POSITION[(isolated * _DE_BRUIJN) >> _SHIFT_58])


@inlined
def _from(position: int) -> np.uint64:
    return _ALL << np.uint64(position)


@inlined
def first_day(queues: Queues, queue: int, day: int) -> int:
    """Find the first order day from `day` on with somebody in the queue; `NO_DAY` when there is none."""
    word = index(day) >> 6
    if word >= queues.day_bits.shape[1]:
        return NO_DAY
    bits = queues.day_bits[queue, word] & _from(day & 63)
    if bits != _ZERO:
        return (word << 6) + _lowest(bits)
    word += 1
    top = word >> 6
    if top >= queues.word_bits.shape[1]:
        return NO_DAY
    tops = queues.word_bits[queue, top] & _from(word & 63)
    while tops == _ZERO:
        top += 1
        if top >= queues.word_bits.shape[1]:
            return NO_DAY
        tops = queues.word_bits[queue, top]
    word = (top << 6) + _lowest(tops)
    return (word << 6) + _lowest(queues.day_bits[queue, word])


@inlined
def push(queues: Queues, cases: NDArray[np.void], queue: int, day: int, case: int) -> None:
    """Put a case at the end of the bucket of its order day."""
    bucket = index(day)
    tail = queues.ends[queue, bucket, 1]
    cases[case].preceding = tail
    cases[case].following = NOBODY
    queues.ends[queue, bucket, 1] = case
    if tail != NOBODY:
        cases[index(tail)].following = case
        return
    queues.ends[queue, bucket, 0] = case
    word = bucket >> 6
    queues.day_bits[queue, word] |= _ONE << np.uint64(day & 63)
    queues.word_bits[queue, word >> 6] |= _ONE << np.uint64(word & 63)


@inlined
def remove(queues: Queues, cases: NDArray[np.void], queue: int, day: int, case: int) -> None:
    """Take a case out of its bucket, wherever it stands."""
    bucket = index(day)
    before, after = cases[case].preceding, cases[case].following
    if before != NOBODY:
        cases[index(before)].following = after
    else:
        queues.ends[queue, bucket, 0] = after
    if after != NOBODY:
        cases[index(after)].preceding = before
    else:
        queues.ends[queue, bucket, 1] = before
    if before != NOBODY or after != NOBODY:
        return
    word = bucket >> 6
    queues.day_bits[queue, word] &= ~(_ONE << np.uint64(day & 63))
    if queues.day_bits[queue, word] == _ZERO:
        queues.word_bits[queue, word >> 6] &= ~(_ONE << np.uint64(word & 63))
