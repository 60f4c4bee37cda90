# SPDX-License-Identifier: EUPL-1.2
"""Give the chain a place on paper: processes as columns, stock as area, weekly flow as width."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

WIDTH, TOP, GAP, LINE = 1240.0, 52.0, 24.0, 20.0
ABOVE = 44.0
"""Room above a block for its figure; each line of its name and of what stands under the figure adds `LINE`."""
LARGEST_SIDE, SMALLEST_SIDE, STUB = 132.0, 5.0, 22.0
WIDEST_FLOW, THINNEST_FLOW = 46.0, 0.8
MARKER = 15.0
"""Room for the colour of the partner before its name."""
YARDSTICK = 10_000
"""Cases of the square in the corner by which the others can be read."""


@dataclass(frozen=True)
class Block:
    """What is to be drawn of a group: its column, its size, and what its labels say."""

    id: str
    lane: int
    stock: float
    step: int
    labels: tuple[str, ...]
    figure: str
    details: tuple[str, ...]
    """Lines under the figure: the partner, and the waiting time where there is one."""
    title: str
    partner: str
    counts_people: bool = False


@dataclass(frozen=True)
class Link:
    """Cases a week; without source it arrives from outside, without destination it leaves the chain."""

    source: str | None
    destination: str | None
    week: float
    title: str


@dataclass(frozen=True)
class PlacedBlock:
    """A block with its square, and how high its links stand where they are higher than the square."""

    block: Block
    x: float
    y: float
    side: float
    extent: float

    @property
    def detail_lines(self) -> list[tuple[str, float, float]]:
        """What stands between the figure and the square: text, x, y; the first line leaves room for its marker."""
        last = len(self.block.details) - 1
        return [
            (line, round(self.x + (0 if n else MARKER), 1), round(self.top - 8 - LINE * (last - n), 1))
            for n, line in enumerate(self.block.details)
        ]

    @property
    def label_lines(self) -> list[tuple[str, float]]:
        """The name, above the figure."""
        last = len(self.block.labels) - 1
        return [(line, round(self.figure_y - 28 - LINE * (last - n), 1)) for n, line in enumerate(self.block.labels)]

    @property
    def figure_y(self) -> float:
        return round(self.top - 10 - LINE * len(self.block.details), 1)

    @property
    def marker_y(self) -> float:
        return round(self.detail_lines[0][2] - 10, 1)

    @property
    def middle(self) -> float:
        return self.y + self.side / 2

    @property
    def top(self) -> float:
        return self.middle - self.extent / 2


@dataclass(frozen=True)
class PlacedLink:
    """A link as a line of a certain width; `goes_back` against the direction of the chain, `is_arrow` as a shape."""

    link: Link
    path: str
    width: float
    goes_back: bool = False
    is_arrow: bool = False


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    lanes: tuple[tuple[float, float], ...]
    blocks: tuple[PlacedBlock, ...]
    links: tuple[PlacedLink, ...]
    yardstick: float


def draw(
    blocks: Sequence[Block], links: Sequence[Link], *, lane_shares: Sequence[float], largest_stock: float
) -> Drawing:
    """Place blocks and links.

    Parameters
    ----------
    lane_shares
        Relative width of each column.
    largest_stock
        Stock that gets the largest square, so that pictures of several dates share a scale.
    """
    widths = [WIDTH * share / sum(lane_shares) for share in lane_shares]
    lefts = [sum(widths[:lane]) for lane in range(len(widths))]
    scale = WIDEST_FLOW / max([1.0, *(link.week for link in links)])
    placed: dict[str, PlacedBlock] = {}
    for lane, left in enumerate(lefts):
        _place_lane([block for block in blocks if block.lane == lane], links, placed, left, largest_stock, scale)
    _level_with_targets(placed, blocks, links, lefts, largest_stock, scale)
    height = max([TOP, *(row.middle + max(row.side, row.extent) / 2 for row in placed.values())]) + GAP
    return Drawing(
        width=WIDTH,
        height=round(height),
        lanes=tuple((round(left, 1), round(width, 1)) for left, width in zip(lefts, widths, strict=True)),
        blocks=tuple(placed.values()),
        links=tuple(sorted(_links(links, placed, scale), key=lambda row: -row.width)),
        yardstick=_side(YARDSTICK, largest_stock),
    )


def _side(stock: float, largest: float) -> float:
    return round(max(SMALLEST_SIDE, LARGEST_SIDE * sqrt(stock / largest)), 1) if largest > 0 else SMALLEST_SIDE


def _width(link: Link, scale: float) -> float:
    return max(THINNEST_FLOW, link.week * scale)


def _place_lane(
    blocks: Sequence[Block],
    links: Sequence[Link],
    placed: dict[str, PlacedBlock],
    left: float,
    largest: float,
    scale: float,
) -> None:
    """Stack the blocks of a column, each as near as there is room to where its cases come from."""
    bottom = TOP
    wishes = {block.id: _wish(block, links, placed) for block in blocks}
    for block in sorted(blocks, key=lambda block: wishes[block.id]):
        side = _side(block.stock, largest)
        into = sum(_width(link, scale) for link in links if link.destination == block.id)
        out = sum(_width(link, scale) for link in links if link.source == block.id)
        extent = max(side, into, out)
        middle = max(bottom + ABOVE + LINE * (len(block.labels) + len(block.details)) + extent / 2, wishes[block.id])
        placed[block.id] = PlacedBlock(
            block, round(left + STUB, 1), round(middle - side / 2, 1), side, round(extent, 1)
        )
        bottom = middle + extent / 2 + GAP


def _level_with_targets(
    placed: dict[str, PlacedBlock],
    blocks: Sequence[Block],
    links: Sequence[Link],
    lefts: Sequence[float],
    largest: float,
    scale: float,
) -> None:
    """Place the columns where nothing comes from another block again, now that it is known where their cases go."""
    reached = {link.destination for link in links if link.source in placed}
    turned = [Link(link.destination, link.source, link.week, link.title) for link in links]
    for lane, left in enumerate(lefts):
        own = [block for block in blocks if block.lane == lane]
        if own and not any(block.id in reached for block in own):
            elsewhere = {name: row for name, row in placed.items() if row.block.lane != lane}
            _place_lane(own, [*turned], elsewhere, left, largest, scale)
            placed.update({block.id: elsewhere[block.id] for block in own})


def _wish(block: Block, links: Sequence[Link], placed: dict[str, PlacedBlock]) -> float:
    """Find the height at which a block would lie level with its sources."""
    sources = [
        (link.week, placed[link.source].middle)
        for link in links
        if link.destination == block.id and link.source in placed
    ]
    total = sum(week for week, _ in sources)
    return sum(week * middle for week, middle in sources) / total if total else 0.0


def _links(links: Sequence[Link], placed: dict[str, PlacedBlock], scale: float) -> Iterator[PlacedLink]:
    starts = _edges([link for link in links if link.source in placed], placed, scale, leaving=True)
    ends = _edges([link for link in links if link.destination in placed], placed, scale, leaving=False)
    for link in links:
        start, end = starts.get(id(link)), ends.get(id(link))
        width = round(_width(link, scale), 1)
        if start is not None and end is not None:
            source, destination = placed[link.source or ""], placed[link.destination or ""]
            yield _line(link, source, start, destination, end, width)
        elif start is not None:
            source = placed[link.source or ""]
            yield PlacedLink(link, _arrow(source.x + source.side, start, width), width, is_arrow=True)
        elif end is not None:
            yield PlacedLink(link, _arrow(placed[link.destination or ""].x - STUB, end, width), width, is_arrow=True)


def _edges(links: Sequence[Link], placed: dict[str, PlacedBlock], scale: float, *, leaving: bool) -> dict[int, float]:
    """Divide the links over the edge of each block, in the order of the heights where they come from or go to."""
    at_block: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        at_block[(link.source if leaving else link.destination) or ""].append(link)
    heights: dict[int, float] = {}
    for name, rows in at_block.items():
        rows.sort(key=lambda link: _far_end(link, placed, leaving=leaving))
        y = placed[name].middle - sum(_width(link, scale) for link in rows) / 2
        for link in rows:
            heights[id(link)] = y + _width(link, scale) / 2
            y += _width(link, scale)
    return heights


def _far_end(link: Link, placed: dict[str, PlacedBlock], *, leaving: bool) -> float:
    name = link.destination if leaving else link.source
    return placed[name].middle if name in placed else float("inf")


def _line(
    link: Link, source: PlacedBlock, start: float, destination: PlacedBlock, end: float, width: float
) -> PlacedLink:
    """Bend a line from one block to another; back to an earlier column it runs from left edge to right edge."""
    x1, x2 = source.x + source.side, destination.x
    if source.block.lane == destination.block.lane:
        x2 = destination.x + destination.side
        reach = max(x1, x2) + 40
        return PlacedLink(
            link, f"M{x1:.1f} {start:.1f}C{reach:.1f} {start:.1f} {reach:.1f} {end:.1f} {x2:.1f} {end:.1f}", width
        )
    goes_back = source.block.lane > destination.block.lane
    if goes_back:
        x1, x2 = source.x, destination.x + destination.side
    middle = (x1 + x2) / 2
    path = f"M{x1:.1f} {start:.1f}C{middle:.1f} {start:.1f} {middle:.1f} {end:.1f} {x2:.1f} {end:.1f}"
    return PlacedLink(link, path, width, goes_back=goes_back)


def _arrow(x: float, y: float, width: float) -> str:
    """Draw a short band with a point: into the chain, or out of it."""
    half, neck = width / 2, x + STUB - 8
    upper = f"M{x:.1f} {y - half:.1f}L{neck:.1f} {y - half:.1f}L{x + STUB:.1f} {y:.1f}"
    return f"{upper}L{neck:.1f} {y + half:.1f}L{x:.1f} {y + half:.1f}Z"
