# SPDX-License-Identifier: EUPL-1.2
"""The chain on one page, as SVG: core processes as panels, stages as boxes coloured by partner, routes as lines.

What is drawn follows from the chain tables; where it stands is data too (`chain_picture.yaml`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

from keten.domain.words import CoreProcess
from keten.domain.yaml_text import parse_yaml
from keten.parameters.chain import Chain, Outcome, Route, Stage, StageKind, matches
from keten.report.routing import Box, Point, Wish, draw_lines

Language = Literal["nl", "en"]

CELL = 20
TOP = 6
"""Lines stay below the title, which takes this many cells."""
BLOCK_WIDTH, STAGE_HEIGHT, STACKED_HEIGHT, EXIT_HEIGHT = 11, 5, 4, 3
MOST_NAMES, SMALL = 2, 17
LETTERS = (22, 21, 20, 19, 18, 17)
"""Sizes of letters in boxes: readable at three metres on a wall screen."""
LINE_IN_LETTERS = 3.2
"""How much smaller a letter may be to save a line."""
WITHDRAWN = "withdrawn"
"""The exit whose lines would hide all others; they are drawn as a ring in the box that cases leave."""
PLACES = Path(__file__).parent / "chain_picture.yaml"

WORDS: dict[str, dict[Language, str]] = {
    "title": {"nl": "De asielketen, van aankomst tot uitkomst", "en": "The asylum chain, from arrival to outcome"},
    "subtitle": {
        "nl": "Elk vlak is een stap, in de kleur van de partner die aan zet is. Elke lijn is een weg voor aanvragen.",
        "en": "Each box is a stage, in the colour of the partner whose turn it is. Each line is a way cases go.",
    },
    "ENTRY": {"nl": "Toegang", "en": "Entry"},
    "ADMISSION": {"nl": "Toelating", "en": "Admission"},
    "SUPERVISION": {"nl": "Toezicht", "en": "Supervision"},
    "RETURN": {"nl": "Terugkeer", "en": "Return"},
    "RECEPTION": {"nl": "Opvang", "en": "Reception"},
    "DETENTION": {"nl": "Bewaring", "en": "Detention"},
    "onward": {"nl": "volgende stap", "en": "next stage"},
    "grant": {"nl": "inwilliging", "en": "grant"},
    "rejection": {"nl": "afwijzing", "en": "rejection"},
    "court": {"nl": "naar de rechter", "en": "to the court"},
    "back": {"nl": "terug naar een eerdere stap", "en": "back to an earlier stage"},
    "withdrawal": {"nl": "hier stoppen ook aanvragen: ingetrokken", "en": "some applications end here: withdrawn"},
    "classes": {"nl": "soorten aanvragen", "en": "kinds of cases"},
    "unplaced": {"nl": "Nog zonder vaste plaats", "en": "Without a fixed place yet"},
}

KINDS: dict[Outcome, str] = {
    Outcome.ONWARD: "onward",
    Outcome.GRANT: "grant",
    Outcome.REJECTION: "rejection",
    Outcome.NOT_RESPONSIBLE: "rejection",
    Outcome.UPHELD: "rejection",
    Outcome.QUASHED: "back",
    Outcome.TERM_LAPSED: "back",
}
COLOURS = {"onward": "#5d6b78", "grant": "#00736b", "rejection": "#b4530a", "court": "#7b3fa0", "back": "#36424e"}
INK, MUTED, PAPER, PANEL, WHITE = "#16202a", "#52606d", "#fbfaf8", "#eff1f3", "#ffffff"


@dataclass(frozen=True)
class Block:
    """One or more stages drawn as one box, because they share their ways in and out."""

    stages: tuple[Stage, ...]
    box: Box

    @property
    def name(self) -> str:
        """Name of the box: that of its first stage."""
        return self.stages[0].id


@dataclass(frozen=True)
class Layout:
    """Everything that has a place on the page."""

    width: int
    height: int
    panels: Mapping[CoreProcess, Box]
    blocks: tuple[Block, ...]
    unplaced: Box | None
    colours: Mapping[str, str]


def chain_picture(chain: Chain, language: Language = "nl") -> str:
    """Draw the chain as SVG.

    Parameters
    ----------
    chain
        Checked chain tables.
    language
        `nl` or `en`.

    Returns
    -------
    The text of an SVG file; the same tables give the same text.
    """
    layout = place(chain)
    lines = draw_lines(
        _wishes(chain, layout),
        {block.name: block.box for block in layout.blocks},
        area=Box(0, TOP, layout.width, layout.height - TOP),
        kept_free=[*_headings(layout, language), *_labels(chain, layout, language)],
    )
    width, height = layout.width * CELL, layout.height * CELL
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'lang="{language}" role="img" aria-labelledby="title description" '
        "font-family=\"'Fira Sans', 'Liberation Sans', Arial, sans-serif\">",
        f'<title id="title">{WORDS["title"][language]}</title>',
        f'<desc id="description">{escape(_description(chain, language))}</desc>',
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        _text(Point(1, 0), WORDS["title"][language], size=50, dy=56, weight=600),
        _text(Point(1, 0), WORDS["subtitle"][language], size=25, dy=98, colour=MUTED),
        *_panels(layout, language),
        *_lines(lines),
        *(part for block in layout.blocks for part in _block(block, chain, layout, language)),
        *_legend(chain, layout, language),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


# Places --------------------------------------------------------------------------------------------------------------


def place(chain: Chain) -> Layout:
    """Give every stage its place; a stage without a fixed place comes at the bottom."""
    raw = parse_yaml(PLACES.read_text(encoding="utf-8"))
    stages = {stage.id: stage for stage in chain.stages}
    blocks = []
    for row in raw["blocks"]:
        if known := tuple(stages.pop(name) for name in row["stages"] if name in stages):
            blocks.append(Block(known, _box(row["x"], row["y"], known)))
    width, height = raw["width"], raw["height"]
    extra = [
        Block((stage,), _box(3 + 15 * (number % 7), height + 3 + 8 * (number // 7), (stage,)))
        for number, stage in enumerate(stages.values())
    ]
    unplaced = Box(1, height, width - 2, 1 + 8 * (1 + (len(extra) - 1) // 7)) if extra else None
    return Layout(
        width,
        unplaced.bottom + 1 if unplaced else height,
        {CoreProcess(name): Box(**box) for name, box in raw["panels"].items()},
        (*blocks, *extra),
        unplaced,
        raw["partners"],
    )


def _box(x: int, y: int, stages: Sequence[Stage]) -> Box:
    if all(stage.kind is StageKind.EXIT for stage in stages):
        return Box(x, y, BLOCK_WIDTH, EXIT_HEIGHT)
    return Box(x, y, BLOCK_WIDTH, STAGE_HEIGHT if len(stages) == 1 else STACKED_HEIGHT * len(stages))


def _wishes(chain: Chain, layout: Layout) -> list[Wish]:
    """One line per pair of boxes and kind of outcome, short lines first; withdrawals are a mark, not a line."""
    block_of = {stage.id: block for block in layout.blocks for stage in block.stages}
    found: dict[Wish, int] = {}
    for route in chain.routes:
        if route.outcome is not Outcome.WITHDRAWAL and not _never_taken(route):
            start, end = block_of[route.stage], block_of[route.to]
            distance = abs(start.box.x - end.box.x) + abs(start.box.y - end.box.y)
            found[Wish(start.name, end.name, f"{end.name} {_kind(route, chain)}")] = distance
    return sorted(found, key=lambda wish: (found[wish], wish))


def _kind(route: Route, chain: Chain) -> str:
    judges = any(
        row.relation == "independent_judiciary" for row in chain.partner(chain.stage(route.to).partner).relations
    )
    return "court" if judges else "back" if route.becomes else KINDS[route.outcome]


def _never_taken(route: Route) -> bool:
    return all(quantity.bounds[1] == 0 for quantity in route.share)


# Drawing -------------------------------------------------------------------------------------------------------------


def _headed(layout: Layout, language: Language) -> list[tuple[str, Box]]:
    boxes = [(WORDS[core_process.value][language], box) for core_process, box in layout.panels.items()]
    return [*boxes, (WORDS["unplaced"][language], layout.unplaced)] if layout.unplaced else boxes


def _headings(layout: Layout, language: Language) -> list[Box]:
    """Where the headings of the panels stand."""
    return [Box(box.x, box.y, len(name) + 1, 2) for name, box in _headed(layout, language)]


def _panels(layout: Layout, language: Language) -> Iterator[str]:
    for name, box in _headed(layout, language):
        yield _rect(box, fill=PANEL, radius=14)
        yield _text(Point(box.x, box.y), name, size=30, dx=16, dy=36, weight=600, colour=MUTED)


def _lines(lines: Mapping[Wish, Sequence[Point]]) -> Iterator[str]:
    for bundle in sorted({wish.bundle for wish in lines}):
        paths = [path for wish, path in lines.items() if wish.bundle == bundle]
        kind = bundle.rsplit(" ", 1)[1]
        dashes = ' stroke-dasharray="14 8"' if kind == "back" else ""
        outline = " ".join(_rounded(path) for path in _until_joined(paths))
        yield f'<path d="{outline}" fill="none" stroke="{PANEL}" stroke-width="12"/>'
        yield f'<path d="{outline}" fill="none" stroke="{COLOURS[kind]}" stroke-width="4"{dashes}/>'
        for before, end in sorted({(path[-2], path[-1]) for path in paths}):
            yield _arrow_head(before, end, COLOURS[kind])


def _until_joined(paths: Iterable[Sequence[Point]]) -> Iterator[Sequence[Point]]:
    """Cut a path off where it has joined an earlier one, one cell on, so that the bend is drawn."""
    drawn: set[Point] = set()
    for path in paths:
        joined = next((number for number, point in enumerate(path) if point in drawn), len(path))
        yield path[: joined + 2]
        drawn.update(path)


def _rounded(path: Sequence[Point], radius: float = 12) -> str:
    """Draw a path with rounded corners."""
    corners = [
        point
        for before, point, after in zip(path, path[1:], path[2:], strict=False)
        if (point.x - before.x, point.y - before.y) != (after.x - point.x, after.y - point.y)
    ]
    bends = [path[0], *corners, path[-1]]
    parts = [f"M{_at(path[0])}"]
    for before, point, after in zip(bends, bends[1:], bends[2:], strict=False):
        parts.append(f"L{_towards(point, before, radius)} Q{_at(point)} {_towards(point, after, radius)}")
    return " ".join([*parts, f"L{_at(path[-1])}"])


def _at(point: Point) -> str:
    return f"{point.x * CELL} {point.y * CELL}"


def _towards(point: Point, other: Point, distance: float) -> str:
    length = abs(other.x - point.x) + abs(other.y - point.y)
    step = min(distance / CELL, length / 2) / length
    return f"{(point.x + (other.x - point.x) * step) * CELL:g} {(point.y + (other.y - point.y) * step) * CELL:g}"


def _arrow_head(before: Point, end: Point, colour: str) -> str:
    x, y = end.x * CELL, end.y * CELL
    ahead = (end.x - before.x, end.y - before.y)
    back = (x - 16 * ahead[0], y - 16 * ahead[1])
    side = (9 * ahead[1], 9 * ahead[0])
    return (
        f'<path d="M{x} {y} L{back[0] + side[0]} {back[1] + side[1]} L{back[0] - side[0]} {back[1] - side[1]} Z" '
        f'fill="{colour}"/>'
    )


def _block(block: Block, chain: Chain, layout: Layout, language: Language) -> Iterator[str]:
    height = block.box.height // len(block.stages)
    for position, stage in enumerate(block.stages):
        yield from _stage(
            stage, Box(block.box.x, block.box.y + position * height, BLOCK_WIDTH, height), layout, language
        )
        if any(route.stage == stage.id and route.outcome is Outcome.WITHDRAWAL for route in chain.routes):
            yield _ring(block.box.right * CELL - 18, (block.box.y + (position + 1) * height) * CELL - 18)
    yield from _entries(block, chain, language)


def _stage(stage: Stage, box: Box, layout: Layout, language: Language) -> Iterator[str]:
    colour = layout.colours.get(stage.partner, INK)
    name = stage.nl if language == "nl" else stage.en
    yield f"<g><title>{escape(name)} ({stage.partner})</title>"
    if stage.kind is StageKind.EXIT:
        yield _rect(box, fill=colour, radius=30)
        yield from _fitted(name, box, box.height * CELL - 10, sizes=LETTERS[2:], colour=WHITE, centred=True)
        if stage.id == WITHDRAWN:
            yield _ring(box.x * CELL + 24, (box.y + box.height / 2) * CELL, colour=WHITE)
    else:
        left, top = box.x * CELL, box.y * CELL
        yield _rect(box, fill=WHITE, radius=8, edge=colour)
        yield f'<rect x="{left}" y="{top}" width="12" height="{box.height * CELL}" rx="5" fill="{colour}"/>'
        yield from _fitted(name, box, box.height * CELL - 30, sizes=LETTERS, colour=INK)
        place_ = Point(box.x, box.bottom)
        yield _text(place_, _short(stage.partner, language), size=16, dx=22, dy=-10, weight=600, colour=colour)
    yield "</g>"


def _fitted(
    text: str, box: Box, height: float, *, sizes: Sequence[int], colour: str, centred: bool = False
) -> Iterator[str]:
    """Write a text in the upper part of a box, in the largest size that fits."""
    room = box.width * CELL - (30 if centred else 34)
    fitting = [
        (LINE_IN_LETTERS * len(lines) - size, size, lines)
        for size in sizes
        if (lines := _wrapped(text, size, room))
        and len(lines) * (size + 2) <= height
        and max(_width(line, size) for line in lines) <= room
    ]
    _, size, lines = min(fitting, default=(0, sizes[-1], _wrapped(text, sizes[-1], room)))
    x = (box.x + box.width / 2) * CELL if centred else box.x * CELL + 22
    middle = box.y * CELL + (box.height * CELL / 2 if centred else 4 + height / 2)
    top = middle - (len(lines) - 1) * (size + 2) / 2 + 0.35 * size
    anchor = ' text-anchor="middle"' if centred else ""
    for number, line in enumerate(lines):
        yield (
            f'<text x="{x:g}" y="{top + number * (size + 2):g}" font-size="{size}" font-weight="500" fill="{colour}"'
            f"{anchor}>{escape(line)}</text>"
        )


def _entry_lines(block: Block, chain: Chain, language: Language) -> list[str]:
    """Name the cases that enter the chain in a box."""
    here = {stage.id for stage in block.stages}
    names = [
        row.nl if language == "nl" else row.en
        for row in chain.case_classes
        if any(entry.stage in here and matches(row.id, (entry.case_class,)) for entry in chain.entries)
    ]
    many = len(names) > MOST_NAMES
    return [f"{len(names)} {WORDS['classes'][language]}"] if many else [_clipped(name, 30) for name in names]


def _labels(chain: Chain, layout: Layout, language: Language) -> Iterator[Box]:
    """Where the names of entering cases stand, above the boxes."""
    for block in layout.blocks:
        if lines := _entry_lines(block, chain, language):
            width = max(_width(line, SMALL) for line in lines) / CELL
            yield Box(block.box.x, block.box.y - len(lines), ceil(width) + 1, len(lines))


def _entries(block: Block, chain: Chain, language: Language) -> Iterator[str]:
    x = block.box.x * CELL
    for number, line in enumerate(reversed(_entry_lines(block, chain, language))):
        y = block.box.y * CELL - 9 - 20 * number
        yield f'<path d="M{x + 2} {y - 12} l10 6 l-10 6 Z" fill="{INK}"/>'
        yield _text(Point(0, 0), line, size=SMALL, dx=x + 18, dy=y, weight=500)


def _clipped(name: str, length: int) -> str:
    short = name.split(" (")[0]
    return short if len(short) <= length else f"{short[: length - 1]}…"


def _ring(x: float, y: float, *, colour: str = MUTED) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="7" fill="none" stroke="{colour}" stroke-width="3.5"/>'


def _legend(chain: Chain, layout: Layout, language: Language) -> Iterator[str]:
    y = (max(box.bottom for box in layout.panels.values()) + 2) * CELL + 2
    x = float(CELL)
    for kind in ("onward", "grant", "rejection", "court", "back"):
        dashes = ' stroke-dasharray="14 8"' if kind == "back" else ""
        yield f'<path d="M{x:g} {y - 7} h52" stroke="{COLOURS[kind]}" stroke-width="5"{dashes}/>'
        yield _plain_text(x + 62, y, WORDS[kind][language])
        x += 62 + _width(WORDS[kind][language], 21) + 40
    yield _ring(x + 10, y - 7)
    yield _plain_text(x + 28, y, WORDS["withdrawal"][language])
    x, y = float(CELL), y + 44
    drawn = Counter(stage.partner for stage in chain.stages)
    for partner in chain.partners:
        if partner.id in drawn:
            name = _clipped((partner.nl if language == "nl" else partner.en).split(",")[0], 60)
            colour = layout.colours.get(partner.id, INK)
            yield f'<rect x="{x:g}" y="{y - 18}" width="22" height="22" rx="4" fill="{colour}"/>'
            yield _plain_text(x + 30, y, name)
            x += 30 + _width(name, 21) + 36
            if x > (layout.width - 24) * CELL:
                x, y = float(CELL), y + 32


def _short(partner: str, language: Language) -> str:
    names: dict[str, dict[Language, str]] = {
        "DTV": {"nl": "DT&V", "en": "DT&V"},
        "KMAR": {"nl": "KMar", "en": "KMar"},
        "POLICE": {"nl": "Politie", "en": "Police"},
        "COURTS": {"nl": "Rechtbank", "en": "Court"},
        "COUNCIL_OF_STATE": {"nl": "Raad van State", "en": "Council of State"},
        "MUNICIPALITIES": {"nl": "Gemeenten", "en": "Municipalities"},
    }
    return names.get(partner, {}).get(language, partner)


def _description(chain: Chain, language: Language) -> str:
    names = {stage.id: stage.nl if language == "nl" else stage.en for stage in chain.stages}
    pairs = dict.fromkeys((route.stage, route.to) for route in chain.routes)
    return "; ".join(f"{names[start]} → {names[end]}" for start, end in pairs)


def _width(text: str, size: float) -> float:
    """Estimate how wide a text is, on the safe side: no font is at hand when the picture is made."""
    return size * sum(
        0.28 if letter in "ijlft.,()' " else 0.83 if letter in "mwMW" else 0.68 if letter.isupper() else 0.54
        for letter in text
    )


def _wrapped(text: str, size: float, room: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _rect(box: Box, *, fill: str, radius: int, edge: str | None = None) -> str:
    stroke = f' stroke="{edge}" stroke-width="2"' if edge else ""
    return (
        f'<rect x="{box.x * CELL}" y="{box.y * CELL}" width="{box.width * CELL}" height="{box.height * CELL}" '
        f'rx="{radius}" fill="{fill}"{stroke}/>'
    )


def _text(  # noqa: PLR0913
    place_: Point, text: str, *, size: int, dx: float = 0, dy: float = 0, weight: int = 400, colour: str = INK
) -> str:
    return (
        f'<text x="{place_.x * CELL + dx:g}" y="{place_.y * CELL + dy:g}" font-size="{size}" font-weight="{weight}" '
        f'fill="{colour}">{escape(text)}</text>'
    )


def _plain_text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="21" fill="{INK}">{escape(text)}</text>'
