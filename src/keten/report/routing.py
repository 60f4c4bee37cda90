# SPDX-License-Identifier: EUPL-1.2
"""Lines between boxes on squared paper: right angles, around the boxes, lines to one goal run together.

Each line is a cheap path: cells, bends and crossings have a price. A later line to the same goal may join an earlier
one. There is no chance in the search: the same boxes give the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

# Prices, in cells of detour that they may save.
STEP, BEND, CROSSING, BESIDE_BOX = 1.0, 5.0, 4.0, 1.5
OTHER_SIDE = 6.0  # leaving elsewhere than on the right
OWN_ARROW = 8.0  # a second arrow at the goal instead of joining the line that is there


class Point(NamedTuple):
    """A corner of a cell."""

    x: int
    y: int


DIRECTIONS = (Point(1, 0), Point(0, 1), Point(-1, 0), Point(0, -1))
RIGHT, DOWN, LEFT, UP, ARRIVED = range(5)
_State = tuple[Point, int]
"""A corner with the direction in which the line came there; `ARRIVED` is added when the line ends."""


@dataclass(frozen=True)
class Box:
    """A rectangle that lines go around, in cells."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Position of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Position of the lower side."""
        return self.y + self.height

    def holds(self, point: Point) -> bool:
        """Say whether a corner lies in the box, not on its sides."""
        return self.x < point.x < self.right and self.y < point.y < self.bottom

    def overlaps(self, other: Box) -> bool:
        """Say whether the two boxes share more than a side."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def corners(self, margin: int = 0) -> Iterator[Point]:
        """All cell corners in the box, its sides included, or of the box made larger by a margin."""
        for x in range(self.x - margin, self.right + margin + 1):
            for y in range(self.y - margin, self.bottom + margin + 1):
                yield Point(x, y)

    def ports(self, direction: int) -> list[Point]:
        """Places on a side from which a line may leave in a direction, those nearest to the middle first."""
        if direction in (RIGHT, LEFT):
            x = self.right if direction == RIGHT else self.x
            found = [Point(x, y) for y in range(self.y + 1, self.bottom)]
        else:
            y = self.bottom if direction == DOWN else self.y
            found = [Point(x, y) for x in range(self.x + 1, self.right)]
        middle = (len(found) - 1) / 2
        return [point for _, point in sorted(enumerate(found), key=lambda pair: (abs(pair[0] - middle), pair[0]))]


@dataclass(frozen=True, order=True)
class Wish:
    """A line that is wanted: from a box to a box; lines with the same `bundle` may run together."""

    start: str
    end: str
    bundle: str


@dataclass
class _Paper:
    """What is on the paper already."""

    free: set[Point]
    blocked: set[Point]
    beside: set[Point]
    # Per corner and axis (0 horizontal, 1 vertical): the bundle that runs there.
    tracks: dict[tuple[Point, int], str] = field(default_factory=dict)
    # Per bundle and corner: the corner that comes next on the way to the goal.
    following: dict[str, dict[Point, Point]] = field(default_factory=dict)


def draw_lines(
    wishes: Sequence[Wish], boxes: Mapping[str, Box], *, area: Box, kept_free: Sequence[Box] = ()
) -> dict[Wish, tuple[Point, ...]]:
    """Find a path of right angles for every wish.

    Parameters
    ----------
    wishes
        Lines, the most important first: earlier lines get the better way.
    boxes
        All boxes by name; lines go around every one of them.
    area
        Where lines may run.
    kept_free
        Places that lines avoid, for instance because a text stands there.

    Returns
    -------
    The corners of each path from start to end. A wish for which there is no way is left out.
    """
    blocked = {point for box in (*boxes.values(), *kept_free) for point in box.corners()}
    paper = _Paper(
        {point for point in area.corners() if area.holds(point)} - blocked,
        blocked,
        {point for box in boxes.values() for point in box.corners(margin=1)},
    )
    paths: dict[Wish, tuple[Point, ...]] = {}
    for wish in wishes:
        if path := _find(wish, boxes, paper):
            paths[wish] = tuple(_with_rest(path, paper.following.setdefault(wish.bundle, {})))
            _remember(paths[wish], wish.bundle, paper)
    return paths


def _find(wish: Wish, boxes: Mapping[str, Box], paper: _Paper) -> list[Point]:
    end = boxes[wish.end]
    goals = _goals(wish, end, paper)
    centre = Point(end.x + end.width // 2, end.y + end.height // 2)
    queue: list[tuple[float, float, Point, int]] = []
    came_from: dict[_State, _State | None] = {}
    best: dict[_State, float] = {}

    def consider(state: _State, cost: float, earlier: _State | None) -> None:
        if cost < best.get(state, float("inf")):
            best[state], came_from[state] = cost, earlier
            point, direction = state
            ahead = 0.8 * (abs(point.x - centre.x) + abs(point.y - centre.y)) if direction < ARRIVED else 0
            heappush(queue, (cost + ahead, cost, point, direction))

    for cost, port, direction in _starts(boxes[wish.start], centre, paper):
        consider((port, direction), cost, None)
    while queue:
        _, cost, point, direction = heappop(queue)
        if cost > best[point, direction]:
            continue
        if direction >= ARRIVED:
            return _trace((point, direction), came_from)
        if (point, direction) in goals:
            consider((point, direction + ARRIVED), cost + goals[point, direction], (point, direction))
        for price, after, turned in _steps(point, direction, goals, wish.bundle, paper):
            consider((after, turned), cost + price, (point, direction))
    return []


def _goals(wish: Wish, end: Box, paper: _Paper) -> dict[_State, float]:
    """Corners where the line may end and the directions from which it may come, with the price of ending there."""
    joined = paper.following.get(wish.bundle, {})
    goals: dict[_State, float] = {}
    for point, after in joined.items():
        onward = DIRECTIONS.index(Point(_sign(after.x - point.x), _sign(after.y - point.y)))
        if point not in paper.blocked:
            goals |= {(point, direction): 0.0 for direction in range(4) if direction != (onward + 2) % 4}
    for direction in range(4):
        free = [port for port in end.ports((direction + 2) % 4) if (port, direction % 2) not in paper.tracks]
        if free:
            goals[free[0], direction] = OWN_ARROW if joined else 0.0
    return goals


def _starts(start: Box, centre: Point, paper: _Paper) -> Iterator[tuple[float, Point, int]]:
    for direction in range(4):
        for position, port in enumerate(start.ports(direction)):
            if (port, direction % 2) in paper.tracks:
                continue
            away = DIRECTIONS[direction]
            ahead = (centre.x - port.x) * away.x + (centre.y - port.y) * away.y > 0
            yield (
                0.3 * position + (0 if direction == RIGHT else OTHER_SIDE if ahead else 2 * OTHER_SIDE),
                port,
                direction,
            )


def _steps(
    point: Point, direction: int, goals: Mapping[_State, float], bundle: str, paper: _Paper
) -> Iterator[tuple[float, Point, int]]:
    for turned in (direction, (direction + 1) % 4, (direction + 3) % 4):
        if turned != direction and point in paper.blocked:
            continue  # a line leaves a box at a right angle
        ahead = DIRECTIONS[turned]
        after = Point(point.x + ahead.x, point.y + ahead.y)
        if (after, turned) not in goals and after not in paper.free:
            continue
        along = paper.tracks.get((after, turned % 2))
        across = paper.tracks.get((after, 1 - turned % 2))
        if along not in (None, bundle):
            continue
        price = STEP + (BEND if turned != direction else 0) + (BESIDE_BOX if after in paper.beside else 0)
        if across not in (None, bundle):
            price += CROSSING
        if turned != direction and paper.tracks.get((point, 1 - turned % 2)) not in (None, bundle):
            continue
        if turned != direction and paper.tracks.get((point, turned % 2)) not in (None, bundle):
            continue  # no bend on top of another line
        yield price, after, turned


def _trace(end: _State, came_from: Mapping[_State, _State | None]) -> list[Point]:
    path, state = [], came_from[end]
    while state is not None:
        path.append(state[0])
        state = came_from[state]
    return path[::-1]


def _with_rest(path: list[Point], following: Mapping[Point, Point]) -> Iterable[Point]:
    """Follow the line that was joined, to its end."""
    whole, point = list(path), path[-1]
    while point in following:
        point = following[point]
        whole.append(point)
    return whole


def _remember(path: Sequence[Point], bundle: str, paper: _Paper) -> None:
    for point, after in zip(path, path[1:], strict=False):
        axis = 0 if point.y == after.y else 1
        paper.tracks[point, axis] = bundle
        paper.tracks[after, axis] = bundle
        paper.following[bundle].setdefault(point, after)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
