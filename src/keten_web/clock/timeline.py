# SPDX-License-Identifier: EUPL-1.2
"""The drawing of a story, in places and sizes ready for an SVG: lying for a wide page, standing for a narrow one.

A name stands on a flag: a thin pole on its day, the words to the right of it. Flags are placed from the last to the
first, each in the row nearest the bars that is free, so that no pole runs through the words of another.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from keten.deadlines.calendar import add_months
from keten_web.clock.story import Lane, Moment, Span, Story
from keten_web.words.wording import short_day, short_month

WIDE, NARROW = 860.0, 288.0
LETTER = 6.7
"""Average width of a letter at 13 pixels; a little much, so that words never touch."""
LINE = 16.0


@dataclass(frozen=True)
class Bar:
    """A rectangle; its words stand inside it, or are empty."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    words: str = ""
    text_x: float = 0.0

    @property
    def text_y(self) -> float:
        return self.y + self.height / 2 + 4.5


@dataclass(frozen=True)
class Flag:
    """A pole from a bar to the text, with its date and, below it, its words with the height of each line."""

    kind: str
    pole: str
    text_x: float
    text_y: float
    day: str
    lines: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Tick:
    """A mark of the scale."""

    at: float
    words: str
    is_year: bool


@dataclass(frozen=True)
class Drawing:
    """All parts of a picture of `width` by `height`; `now` is where the knowledge date lies."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    flags: tuple[Flag, ...]
    ticks: tuple[Tick, ...]
    top: float
    bottom: float
    now: float
    now_until: float
    now_words: str = ""
    now_at: float = 0.0

    @property
    def tick_y(self) -> float:
        """Where the words of the scale stand."""
        return self.bottom + 14

    @property
    def now_words_y(self) -> float:
        """Where the knowledge date is named: below the scale."""
        return self.bottom + 36


@dataclass(frozen=True)
class _Scale:
    """Days to pixels."""

    first: date
    last: date
    start: float
    end: float

    def at(self, day: date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True)
class _Label:
    """What stands on a flag: moments of one day, told together."""

    on: date
    kind: str
    lane: Lane
    day: str
    lines: tuple[str, ...]

    @property
    def width(self) -> float:
        return max(len(line) for line in (self.day, *self.lines)) * LETTER + 8

    @property
    def height(self) -> float:
        return LINE * (1 + len(self.lines)) + 8


_RANK = ("deadline", "decided", "judgment", "penalty", "notice", "statutory", "other", "court_term", "two_weeks")


def _labels(moments: Sequence[Moment], width: int) -> list[_Label]:
    found = []
    for on in sorted({moment.on for moment in moments}):
        of_day = [moment for moment in moments if moment.on == on]
        first = min(of_day, key=lambda moment: _RANK.index(moment.kind) if moment.kind in _RANK else len(_RANK))
        lines = tuple(line for moment in of_day for line in textwrap.wrap(moment.words, width))
        found.append(_Label(on, first.kind, first.lane, short_day(on), lines))
    return found


# --- lying ------------------------------------------------------------------------------------------------------------

_THICKNESS = {Lane.TERM: 34.0, Lane.OTHER: 10.0, Lane.NOTICE: 20.0, Lane.COURT: 20.0}
_GAP = 8.0
_MARGIN = 6.0


def lying(story: Story) -> Drawing:
    """Draw from left to right: the term and its flags above, the other reading and the late decision below."""
    above = _labels([moment for moment in story.moments if moment.lane is Lane.TERM], 31)
    below = _labels([moment for moment in story.moments if moment.lane is not Lane.TERM], 26)
    scale = _lying_scale(story, [*above, *below])
    rows_above = _rows(above, scale)
    lifts = _distances(above, rows_above)
    top = (max(lifts.values()) + _GAP) if lifts else _GAP
    places, y = {}, top
    for lane in story.lanes:
        places[lane] = y
        y += _THICKNESS[lane] + _GAP
    floor = y
    rows_below = _rows(below, scale)
    drops = _distances(below, rows_below)
    deepest = max((drops[label] for label in below), default=0.0)
    bottom = floor + deepest + (_GAP if below else 0)
    flags = [
        _lying_flag(label, scale.at(label.on), places[Lane.TERM] + _THICKNESS[Lane.TERM], top - lifts[label])
        for label in above
    ]
    flags += [
        _lying_flag(label, scale.at(label.on), places[label.lane], floor + drops[label] - label.height + 4)
        for label in below
    ]
    now = scale.at(story.known_on)
    words = _("knowledge date: %(day)s") % {"day": short_day(story.known_on)}
    half = len(words) * LETTER / 2
    return Drawing(
        width=WIDE, height=bottom + 46, bars=tuple(_lying_bars(story, places, scale)), flags=tuple(flags),
        ticks=tuple(_ticks(scale, 58.0, now)), top=top, bottom=bottom, now=now, now_until=bottom + 20, now_words=words,
        now_at=min(max(now, half + 2), WIDE - half - 2),
    )  # fmt: skip


def _lying_scale(story: Story, labels: Sequence[_Label]) -> _Scale:
    """Leave so much room on the right that the last flags stay inside."""
    span = max((story.last - story.first).days, 1)
    end = WIDE - _MARGIN
    for label in labels:
        share = (label.on - story.first).days / span
        if share > 0:
            end = min(end, _MARGIN + (WIDE - _MARGIN - label.width - _MARGIN) / share)
    return _Scale(story.first, story.last, _MARGIN, max(end, WIDE * 0.5))


def _rows(labels: Sequence[_Label], scale: _Scale) -> dict[_Label, int]:
    """Give each label its row, counted from the bars."""
    rows: dict[_Label, int] = {}
    for label in sorted(labels, key=lambda each: each.on, reverse=True):
        left, right = scale.at(label.on), scale.at(label.on) + label.width
        row = 0
        while not _is_free(row, left, right, rows, scale):
            row += 1
        rows[label] = row
    return rows


def _is_free(row: int, left: float, right: float, rows: dict[_Label, int], scale: _Scale) -> bool:
    for other, its_row in rows.items():
        pole = scale.at(other.on)
        if its_row == row and left < pole + other.width and pole < right + 4:
            return False
        if its_row > row and left - 4 < pole < right + 4:
            return False
    return True


def _distances(labels: Sequence[_Label], rows: dict[_Label, int]) -> dict[_Label, float]:
    """How far from the bars the far side of each label lies."""
    highest = [
        max(label.height for label in labels if rows[label] == row) for row in range(max(rows.values(), default=-1) + 1)
    ]
    return {label: sum(highest[: rows[label] + 1]) for label in labels}


def _lying_flag(label: _Label, x: float, foot: float, text_top: float) -> Flag:
    first = text_top + 12
    lines = tuple((first + LINE * (number + 1), line) for number, line in enumerate(label.lines))
    far = text_top if text_top < foot else lines[-1][0] + 3 if lines else first
    return Flag(label.kind, f"{x},{foot} {x},{far}", x + 6, first, label.day, lines)


def _lying_bars(story: Story, places: dict[Lane, float], scale: _Scale) -> Iterator[Bar]:
    stopped = [_extent(span, scale) for span in story.spans if span.kind == "suspended"]
    for span in story.spans:
        x, width = _extent(span, scale)
        words, text_x = _words_inside(span, x, x + width, stopped if span.lane is Lane.TERM else [])
        yield Bar(span.kind, x, places[span.lane], width, _THICKNESS[span.lane], words, text_x)


def _words_inside(span: Span, start: float, end: float, stopped: Sequence[tuple[float, float]]) -> tuple[str, float]:
    """Find the longest words that fit in a part of the bar where the clock does not stand still, and their place."""
    marks = [(max(x, start), min(x + width, end)) for x, width in stopped if start < x + width and x < end]
    starts, ends = [start, *(after for _, after in marks)], [*(before for before, _ in marks), end]
    for text in span.words:
        for left, right in zip(starts, ends, strict=True):
            if len(text) * LETTER + 12 <= right - left:
                return text, left + 6
    return "", start


def _extent(span: Span, scale: _Scale) -> tuple[float, float]:
    start, end = scale.at(span.after), scale.at(span.until)
    return start, round(max(end - start, 1.5), 1)


def _ticks(scale: _Scale, room: float, now: float) -> Iterator[Tick]:
    """Mark months, quarters or years, as close as they can be read; no words where the knowledge date passes."""
    months = max((scale.last - scale.first).days / 30.4, 1)
    per_month = (scale.end - scale.start) / months
    step = next((each for each in (1, 3, 6, 12) if per_month * each >= room), 12)
    day = date(scale.first.year, 1, 1)
    while day <= scale.last:
        if day >= scale.first:
            is_year = day.month == 1
            at = scale.at(day)
            words = str(day.year) if is_year else short_month(day).split()[0]
            fits = at + len(words) * LETTER < WIDE and not at - 4 < now < at + len(words) * LETTER + 4
            yield Tick(at, words if fits else "", is_year)
        day = add_months(day, step)


# --- standing ---------------------------------------------------------------------------------------------------------

_COLUMNS = {Lane.OTHER: (2.0, 6.0), Lane.TERM: (14.0, 22.0), Lane.NOTICE: (42.0, 10.0), Lane.COURT: (56.0, 10.0)}
_TEXT_BESIDE = 26.0


def standing(story: Story) -> Drawing:
    """Draw from top to bottom: bars on the left, each day with its words on the right."""
    known = Moment("known", Lane.TERM, story.known_on, _("knowledge date"))
    labels = _labels([*story.moments, known], 29)
    height = min(max(sum(label.height for label in labels), 300.0), 1200.0)
    scale = _Scale(story.first, story.last, 10.0, 10.0 + height)
    used = max(sum(_COLUMNS[lane]) for lane in story.lanes)
    text_x = used + _TEXT_BESIDE
    flags, free = [], 0.0
    for label in labels:
        at = scale.at(label.on)
        y = max(at + 4, free + 12)
        lines = tuple((y + LINE * (number + 1), line) for number, line in enumerate(label.lines))
        free = y + LINE * len(label.lines) + 8
        column, thickness = _COLUMNS[label.lane]
        foot = column if label.kind == "known" else column + thickness
        pole = f"{foot},{at} {used + 10},{y - 4} {text_x - 6},{y - 4}"
        flags.append(Flag(label.kind, pole, text_x, y, label.day, lines))
    return Drawing(
        width=NARROW, height=max(scale.end, free) + 8, bars=tuple(_standing_bar(span, scale) for span in story.spans),
        flags=tuple(flags), ticks=(), top=scale.start, bottom=scale.end, now=scale.at(story.known_on), now_until=used,
    )  # fmt: skip


def _standing_bar(span: Span, scale: _Scale) -> Bar:
    y, height = _extent(span, scale)
    x, width = _COLUMNS[span.lane]
    return Bar(span.kind, x, y, width, height)
