# SPDX-License-Identifier: EUPL-1.2
"""Give the chain a place on paper: processes as columns, stock as area, weekly flow as width."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

WIDTH, TOP, GAP, LINE = 1240.0, 52.0, 22.0, 16.0
ABOVE = 56.0
"""Room above a block for its figure and its partner; each line of its name adds `LINE`."""
LARGEST_SIDE, SMALLEST_SIDE, STUB, WIDEST_FLOW = 128.0, 5.0, 26.0, 46.0


@dataclass(frozen=True)
class Block:
    """What is to be drawn of a group: its column, its size, and what its labels say."""

    id: str
    lane: int
    stock: float
    step: int
    labels: tuple[str, ...]
    figure: str
    detail: str
    title: str
    partner: str


@dataclass(frozen=True)
class Link:
    """Cases a week; without source it arrives from outside, without target it leaves the chain."""

    source: str | None
    target: str | None
    week: float
    title: str


@dataclass(frozen=True)
class PlacedBlock:
    block: Block
    x: float
    y: float
    side: float

    @property
    def label_lines(self) -> list[tuple[str, float]]:
        """The name, above the figure."""
        return [
            (line, round(self.figure_y - 26 - LINE * (len(self.block.labels) - 1 - n), 1))
            for n, line in enumerate(self.block.labels)
        ]

    @property
    def figure_y(self) -> float:
        return round(self.y - 26, 1)

    @property
    def detail_y(self) -> float:
        return round(self.y - 8, 1)

    @property
    def detail_x(self) -> float:
        return round(self.x + 14, 1)

    @property
    def marker_y(self) -> float:
        return round(self.y - 17, 1)

    @property
    def middle(self) -> float:
        return self.y + self.side / 2


@dataclass(frozen=True)
class PlacedLink:
    link: Link
    path: str


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    lanes: tuple[tuple[float, float], ...]
    blocks: tuple[PlacedBlock, ...]
    links: tuple[PlacedLink, ...]


def draw(blocks: Sequence[Block], links: Sequence[Link], *, lanes: int, largest_stock: float) -> Drawing:
    """Place blocks and links.

    Parameters
    ----------
    largest_stock
        Stock that gets the largest square, so that pictures of several dates share a scale.
    """
    lane_width = WIDTH / lanes
    placed: dict[str, PlacedBlock] = {}
    for lane in range(lanes):
        _place_lane([block for block in blocks if block.lane == lane], links, placed, lane * lane_width, largest_stock)
    height = max([TOP, *(row.y + row.side for row in placed.values())]) + GAP
    widest = max([1.0, *(link.week for link in links)])
    return Drawing(
        width=WIDTH,
        height=round(height),
        lanes=tuple((round(lane * lane_width, 1), round(lane_width, 1)) for lane in range(lanes)),
        blocks=tuple(placed.values()),
        links=_links(links, placed, WIDEST_FLOW / widest),
    )


def _side(stock: float, largest: float) -> float:
    return round(max(SMALLEST_SIDE, LARGEST_SIDE * sqrt(stock / largest)), 1) if largest > 0 else SMALLEST_SIDE


def _place_lane(
    blocks: Sequence[Block], links: Sequence[Link], placed: dict[str, PlacedBlock], left: float, largest: float
) -> None:
    """Stack the blocks of a column, each as near as there is room to where its cases come from."""
    bottom = TOP
    wishes = {block.id: _wish(block, links, placed) for block in blocks}
    for block in sorted(blocks, key=lambda block: wishes[block.id]):
        side = _side(block.stock, largest)
        y = max(bottom + ABOVE + LINE * len(block.labels), wishes[block.id] - side / 2)
        placed[block.id] = PlacedBlock(block, round(left + STUB, 1), round(y, 1), side)
        bottom = y + side + GAP


def _wish(block: Block, links: Sequence[Link], placed: dict[str, PlacedBlock]) -> float:
    sources = [
        (link.week, placed[link.source].middle) for link in links if link.target == block.id and link.source in placed
    ]
    total = sum(week for week, _ in sources)
    return sum(week * middle for week, middle in sources) / total if total else 0.0


def _links(links: Sequence[Link], placed: dict[str, PlacedBlock], scale: float) -> tuple[PlacedLink, ...]:
    out: dict[str, list[Link]] = defaultdict(list)
    into: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.source in placed:
            out[link.source].append(link)
        if link.target in placed:
            into[link.target].append(link)
    starts = {name: _spread(placed[name], rows, scale, placed, "target") for name, rows in out.items()}
    ends = {name: _spread(placed[name], rows, scale, placed, "source") for name, rows in into.items()}
    drawn = []
    for link in links:
        start = starts.get(link.source or "", {}).get(id(link))
        end = ends.get(link.target or "", {}).get(id(link))
        width = max(0.8, link.week * scale)
        if start is not None and end is not None:
            source, target = placed[link.source or ""], placed[link.target or ""]
            drawn.append(PlacedLink(link, _ribbon(source.x + source.side, start, target.x, end, width)))
        elif start is not None:
            source = placed[link.source or ""]
            drawn.append(PlacedLink(link, _arrow(source.x + source.side, start, width)))
        elif end is not None:
            drawn.append(PlacedLink(link, _arrow(placed[link.target or ""].x - STUB, end, width)))
    return tuple(sorted(drawn, key=lambda row: -row.link.week))


def _spread(
    block: PlacedBlock, links: Sequence[Link], scale: float, placed: dict[str, PlacedBlock], other: str
) -> dict[int, float]:
    """Divide the links over the edge of a block, in the order in which they come or go."""

    def height(link: Link) -> float:
        end = getattr(link, other)
        return placed[end].middle if end in placed else float("inf")

    widths = [(link, max(0.8, link.week * scale)) for link in sorted(links, key=height)]
    y = block.middle - sum(width for _, width in widths) / 2
    centres = {}
    for link, width in widths:
        centres[id(link)] = y + width / 2
        y += width
    return centres


def _ribbon(x1: float, y1: float, x2: float, y2: float, width: float) -> str:
    """Draw a band of equal thickness from one edge to another."""
    half, bend = width / 2, max(30.0, abs(x2 - x1) / 2)
    a, b = x1 + bend, x2 - bend
    return (
        f"M{x1:.1f} {y1 - half:.1f}C{a:.1f} {y1 - half:.1f} {b:.1f} {y2 - half:.1f} {x2:.1f} {y2 - half:.1f}"
        f"L{x2:.1f} {y2 + half:.1f}C{b:.1f} {y2 + half:.1f} {a:.1f} {y1 + half:.1f} {x1:.1f} {y1 + half:.1f}Z"
    )


def _arrow(x: float, y: float, width: float) -> str:
    """Draw a short band with a point: into the chain, or out of it."""
    half, neck = width / 2, x + STUB - 8
    return f"M{x:.1f} {y - half:.1f}L{neck:.1f} {y - half:.1f}L{x + STUB:.1f} {y:.1f}L{neck:.1f} {y + half:.1f}L{x:.1f} {y + half:.1f}Z"
