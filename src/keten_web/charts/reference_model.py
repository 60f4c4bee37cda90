# SPDX-License-Identifier: EUPL-1.2
"""Where the core processes and the arrows between them stand in the drawing of a reference model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

WIDTH, HEIGHT = 960, 400
BOX_WIDTH, BOX_HEIGHT = 190, 72
PLACES = {
    "ENTRY": (0, 0),
    "ADMISSION": (1, 0),
    "RETURN": (2, 0),
    "SUPERVISION": (0, 1),
    "RECEPTION": (1, 1),
    "DETENTION": (2, 1),
}
"""Column and row: people enter at the left and leave at the right."""

ASIDE = 16
"""Half the distance between two arrows in opposite directions."""

BEND, BEND_AROUND = 0.6, 9.0
"""How far an arrow bends, in that distance; the second around a box that stands between."""


@dataclass(frozen=True)
class Wish:
    """An arrow to draw: from one process to another, with how its agreements stand and where it leads."""

    start: str
    end: str
    name: str
    state: str
    broken: int
    address: str


@dataclass(frozen=True)
class Box:
    """A core process."""

    name: str
    x: float
    y: float
    text_x: float
    text_y: float


@dataclass(frozen=True)
class Arrow:
    """An arrow as a path, with its head and the place of its number."""

    wish: Wish
    path: str
    head: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class Drawing:
    """Everything in the drawing, in the coordinates of its view box."""

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def _centre(process_name: str) -> tuple[float, float]:
    column, row = PLACES[process_name]
    x = BOX_WIDTH / 2 + 4 + column * (WIDTH - BOX_WIDTH - 8) / 2
    return x, BOX_HEIGHT / 2 + 4 + row * (HEIGHT - BOX_HEIGHT - 8)


def draw(names: Mapping[str, str], wishes: Sequence[Wish]) -> Drawing:
    """Place the processes and draw an arrow for each wish; one within a process has no arrow."""
    boxes = []
    for process_name, name in names.items():
        x, y = _centre(process_name)
        boxes.append(Box(name, x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2, x, y + 6))
    arrows = tuple(_arrow(wish) for wish in wishes if wish.start != wish.end)
    return Drawing(WIDTH, HEIGHT, BOX_WIDTH, BOX_HEIGHT, tuple(boxes), arrows)


def _edge(dx: float, dy: float, aside_x: float, aside_y: float) -> float:
    """Give how far a line in a direction, that runs beside the centre of a box, goes before it leaves the box."""
    across = (BOX_WIDTH / 2 - aside_x * (1 if dx > 0 else -1)) / abs(dx) if dx else float("inf")
    down = (BOX_HEIGHT / 2 - aside_y * (1 if dy > 0 else -1)) / abs(dy) if dy else float("inf")
    return min(across, down) + 4


def _arrow(wish: Wish) -> Arrow:
    start, end = _centre(wish.start), _centre(wish.end)
    length = hypot(end[0] - start[0], end[1] - start[1])
    dx, dy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    # To the right of its direction, so that the arrow back runs beside it.
    px, py = -dy * ASIDE, dx * ASIDE
    leave, arrive = _edge(dx, dy, px, py), length - _edge(-dx, -dy, px, py)
    x1, y1 = start[0] + dx * leave + px, start[1] + dy * leave + py
    x2, y2 = start[0] + dx * arrive + px, start[1] + dy * arrive + py
    bend = BEND_AROUND if _passes_a_box(wish) else BEND
    mx, my = (x1 + x2) / 2 + px * bend, (y1 + y2) / 2 + py * bend
    turn = hypot(x2 - mx, y2 - my)
    tx, ty = (x2 - mx) / turn, (y2 - my) / turn
    bx, by = x2 - tx * 12, y2 - ty * 12
    head = f"M{x2:.1f} {y2:.1f}L{bx - ty * 6:.1f} {by + tx * 6:.1f}L{bx + ty * 6:.1f} {by - tx * 6:.1f}Z"
    path = f"M{x1:.1f} {y1:.1f}Q{mx:.1f} {my:.1f} {bx:.1f} {by:.1f}"
    return Arrow(wish, path, head, (x1 + 2 * mx + x2) / 4, (y1 + 2 * my + y2) / 4)


def _passes_a_box(wish: Wish) -> bool:
    """Tell whether a straight arrow would run through a box in between: two columns further in the same row."""
    (column, row), (to_column, to_row) = PLACES[wish.start], PLACES[wish.end]
    return abs(column - to_column) == 2 and row == to_row
