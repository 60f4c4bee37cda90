# SPDX-License-Identifier: EUPL-1.2
"""Where the organisations and the money between them stand in the drawing of who funds whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

WIDTH = 760
ROW = 48
TOP = 24
LEFT, RIGHT = 150, 430
THICKEST = 26
THINNEST = 1.5
DASHED = "6 5"


@dataclass(frozen=True)
class Wish:
    """A stream of money to draw; no amount when it was not published."""

    name: str
    words: str
    amount_eur: float | None
    from_chain: bool
    address: str


@dataclass(frozen=True)
class Stream:
    """A stream as a path, with its thickness and the places of its words."""

    wish: Wish
    path: str
    thickness: float
    dashes: str
    x: int
    y: float


@dataclass(frozen=True)
class Drawing:
    """Everything in the drawing, in the coordinates of its view box."""

    width: int
    height: int
    left: int
    source_y: float
    source_top: float
    source_height: float
    streams: tuple[Stream, ...]


def draw(wishes: Sequence[Wish]) -> Drawing:
    """Place the streams under each other; the area of a line is no measure, so thickness grows with the root."""
    largest = max((wish.amount_eur or 0.0 for wish in wishes), default=0.0) or 1.0
    height = TOP * 2 + ROW * max(len(wishes), 1)
    middle = height / 2
    streams = tuple(_stream(wish, n, middle, largest) for n, wish in enumerate(wishes))
    own = [stream.y for stream in streams if stream.wish.from_chain] or [middle]
    centre = (own[0] + own[-1]) / 2
    half = min(48.0, middle - 4)
    placed = tuple(_from(stream, centre) for stream in streams)
    return Drawing(WIDTH, int(height), LEFT, centre, centre - half, half * 2, placed)


def _stream(wish: Wish, number: int, middle: float, largest: float) -> Stream:
    y = TOP + ROW * number + ROW / 2
    share = sqrt((wish.amount_eur or 0.0) / largest)
    return Stream(wish, "", round(max(THINNEST, THICKEST * share), 2), "" if wish.amount_eur else DASHED, RIGHT, y)


def _from(stream: Stream, centre: float) -> Stream:
    start_x, end_x = (LEFT, RIGHT - 12) if stream.wish.from_chain else (RIGHT - 70, RIGHT - 12)
    start_y = centre if stream.wish.from_chain else stream.y
    half = (start_x + end_x) / 2
    path = f"M{start_x} {start_y:g}C{half:g} {start_y:g} {half:g} {stream.y:g} {end_x} {stream.y:g}"
    return Stream(stream.wish, path, stream.thickness, stream.dashes, stream.x, stream.y)
