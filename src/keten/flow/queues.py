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

from keten.flow.compiled import compiled

NOBODY = -1
NO_DAY = 2**30
_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_SHIFT_58 = np.uint64(58)
_POSITION = np.zeros(64, dtype=np.int64)
for _bit in range(64):
    _POSITION[((1 << _bit) * int(_DE_BRUIJN) & int(_ALL)) >> 58] = _bit


class Queues(NamedTuple):
    """All queues of one run: `first` and `last` case per (queue, order day), and links per case."""

    first: NDArray[np.int32]
    last: NDArray[np.int32]
    following: NDArray[np.int32]
    preceding: NDArray[np.int32]
    day_bits: NDArray[np.uint64]
    word_bits: NDArray[np.uint64]


def empty_queues(queues: int, order_days: int, cases: int) -> Queues:
    """Make room for `queues` queues over `order_days` days and `cases` cases."""
    words = (order_days + 63) // 64
    return Queues(
        first=np.full((queues, order_days), NOBODY, dtype=np.int32),
        last=np.full((queues, order_days), NOBODY, dtype=np.int32),
        following=np.full(cases, NOBODY, dtype=np.int32),
        preceding=np.full(cases, NOBODY, dtype=np.int32),
        day_bits=np.zeros((queues, words), dtype=np.uint64),
        word_bits=np.zeros((queues, (words + 63) // 64), dtype=np.uint64),
    )


def waits_beside(queues: Queues, days: int) -> Queues:
    """Make room for waits by the day on which they end; a case that waits stands in no queue, so links are shared."""
    return empty_queues(1, days, 0)._replace(following=queues.following, preceding=queues.preceding)


@compiled
def _lowest(bits: np.uint64) -> int:
    isolated = bits & (~bits + _ONE)
    return int(_POSITION[(isolated * _DE_BRUIJN) >> _SHIFT_58])


@compiled
def _from(position: int) -> np.uint64:
    return _ALL << np.uint64(position)


@compiled
def first_day(queues: Queues, queue: int, day: int) -> int:
    """Find the first order day from `day` on with somebody in the queue; `NO_DAY` when there is none."""
    word = day >> 6
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


@compiled
def push(queues: Queues, queue: int, day: int, case: int) -> None:
    """Put a case at the end of the bucket of its order day."""
    tail = queues.last[queue, day]
    queues.preceding[case] = tail
    queues.following[case] = NOBODY
    queues.last[queue, day] = case
    if tail != NOBODY:
        queues.following[tail] = case
        return
    queues.first[queue, day] = case
    word = day >> 6
    queues.day_bits[queue, word] |= _ONE << np.uint64(day & 63)
    queues.word_bits[queue, word >> 6] |= _ONE << np.uint64(word & 63)


@compiled
def remove(queues: Queues, queue: int, day: int, case: int) -> None:
    """Take a case out of its bucket, wherever it stands."""
    before, after = queues.preceding[case], queues.following[case]
    if before != NOBODY:
        queues.following[before] = after
    else:
        queues.first[queue, day] = after
    if after != NOBODY:
        queues.preceding[after] = before
    else:
        queues.last[queue, day] = before
    if before != NOBODY or after != NOBODY:
        return
    word = day >> 6
    queues.day_bits[queue, word] &= ~(_ONE << np.uint64(day & 63))
    if queues.day_bits[queue, word] == _ZERO:
        queues.word_bits[queue, word >> 6] &= ~(_ONE << np.uint64(word & 63))
