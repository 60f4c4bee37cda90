# SPDX-License-Identifier: EUPL-1.2
"""Read a file of somebody else as tables of cells, before anything is decided about what they mean.

Sheets that are hidden are not read, but told. A title above the heading, a sheet with notes in front and empty rows and
columns are passed over: the table is where most headings are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.errors import Problem
from keten.domain.language import said
from keten.files import Cell as Typed
from keten.files import FileRefusedError, Limits, NoValue, Sheet, address, read_sheets
from keten.files.worker import RefusedError, decode
from keten_web.sheets.writing import FORMS, Cell, unquoted

MOST_ROWS = 10_000
SEPARATORS = ";,\t|"
DEEPEST_HEADING = 20
"""Rows from the top in which the heading is looked for."""

LIMITS = Limits(
    bytes=5_000_000, unpacked=100_000_000, rows=MOST_ROWS * 2, columns=300, cells=1_000_000, characters=20_000_000
)
"""What a table of the record can be."""


class UnreadableError(Exception):
    """A file that is no table, with everything that is wrong; nothing was stored."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Found:
    """The table of a file: its heading, and each row with its number in the file."""

    heading: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    notes: tuple[str, ...]
    """What was passed over, in words."""


def _separator(content: bytes, name: str, is_known: Callable[[str], bool]) -> str | None:
    """Find what stands between the cells of a csv: what makes most known headings, as texts with commas mislead."""
    if not name.lower().endswith(".csv"):
        return None
    try:
        text, _encoding = decode(content[: LIMITS.bytes])
    except RefusedError:
        return None
    first = [line for line in text.splitlines()[:DEEPEST_HEADING]]

    def known(separator: str) -> int:
        return max((sum(is_known(cell.strip(' "')) for cell in line.split(separator)) for line in first), default=0)

    best = max(SEPARATORS, key=known)
    return best if known(best) > 1 else None


def _read(content: bytes, name: str, separator: str | None) -> tuple[list[Sheet], list[str], bool]:
    """Give the visible sheets of a file, what there is to tell about the rest, and whether it is a csv.

    Raises
    ------
    UnreadableError
        When it is no csv, xlsx or ods, or too large, or made to harm.
    """
    if name.rpartition(".")[2].lower() not in FORMS:
        raise UnreadableError([_("The name of the file has to end in .csv, .xlsx or .ods.")])
    try:
        book = read_sheets(name, content, LIMITS, separator=separator)
    except FileRefusedError as refusal:
        raise UnreadableError([sentence(problem) for problem in refusal.problems]) from None
    hidden = ", ".join(sheet.name for sheet in book.sheets if sheet.hidden)
    notes = [said(note, get_language()) for note in book.notes]
    if hidden:
        notes.append(_("Not read: the hidden sheets %(sheets)s.") % {"sheets": hidden})
    return [sheet for sheet in book.sheets if not sheet.hidden and not sheet.is_empty], notes, book.kind == "csv"


def sentence(problem: Problem) -> str:
    """Write a problem of a file in the language of the page."""
    where, what, remedy = (said(part, get_language()) for part in (problem.where, problem.what, problem.remedy))
    return f"{where[:1].upper()}{where[1:]}: {what} {remedy}"


def table(content: bytes, name: str, is_known: Callable[[str], bool]) -> Found:
    """Find the table in a file: the sheet and the row with most known headings.

    Raises
    ------
    UnreadableError
        When there is none, or more than one.
    """
    sheets, notes, is_csv = _read(content, name, _separator(content, name, is_known))
    places = [
        (sum(is_known(_text(cell)) for cell in row), sheet, number)
        for sheet in sheets
        for number, row in enumerate(sheet.rows[:DEEPEST_HEADING])
    ]
    best = max((score for score, _sheet, _number in places), default=0)
    if best == 0:
        raise UnreadableError([_("No row of the file holds the names of the columns; they are listed below.")])
    candidates = [(sheet, number) for score, sheet, number in places if score == best]
    names = list(dict.fromkeys(sheet.name for sheet, _number in candidates))
    if len(names) > 1 and best > 1:
        many = _("More than one sheet holds these columns (%(sheets)s); leave one of them.")
        raise UnreadableError([many % {"sheets": ", ".join(names)}])
    chosen, number = candidates[0]
    passed = ", ".join(sheet.name for sheet in sheets if sheet is not chosen)
    if passed:
        notes.append(_("Not read: the sheets %(sheets)s.") % {"sheets": passed})
    return _under(chosen, number, notes, is_csv=is_csv)


def _under(sheet: Sheet, number: int, notes: list[str], *, is_csv: bool) -> Found:
    above = (" ".join(_text(cell) for cell in row).strip() for row in sheet.rows[:number])
    titles = [title for title in above if title]
    if titles:
        notes.append(_("Passed over above the heading: %(titles)s") % {"titles": "; ".join(titles)[:200]})
    hidden = sorted(place for place in sheet.hidden_rows if place > number + 1)
    if hidden:
        shown = ", ".join(str(place) for place in hidden[:20])
        notes.append(_("Hidden rows were read as well: %(rows)s.") % {"rows": shown})
    without = list(_without_value(sheet, number))
    if without:
        raise UnreadableError(without)
    rows = tuple(
        (position, tuple(_cell(cell, is_csv=is_csv) for cell in row))
        for position, row in enumerate(sheet.rows[number + 1 :], start=number + 2)
        if any(_text(cell) for cell in row)
    )
    if not rows:
        raise UnreadableError([_("The file has no rows under the names of its columns.")])
    if len(rows) > MOST_ROWS:
        raise UnreadableError([_("The file has more than 10,000 rows; deliver it in parts.")])
    return Found(tuple(_text(cell) for cell in sheet.rows[number]), rows, tuple(notes))


def _without_value(sheet: Sheet, number: int) -> Iterator[str]:
    """Tell of every formula without a value: it is not nought."""
    for row, cells in enumerate(sheet.rows[number:], start=number + 1):
        for column, cell in enumerate(cells, start=1):
            if isinstance(cell, NoValue):
                where = f"{sheet.name}!{address(row, column)}" if sheet.name else address(row, column)
                yield _(
                    "%(where)s: the formula has no value (%(shown)s). Let the spreadsheet program work it out, save it "
                    "and deliver it again."
                ) % {"where": where, "shown": cell.shown or _("not worked out")}


def _text(cell: Typed) -> str:
    return "" if cell is None or isinstance(cell, NoValue) else str(cell).strip()


def _cell(value: Typed, *, is_csv: bool) -> Cell:
    if isinstance(value, NoValue):
        return None
    if isinstance(value, datetime):
        return value.date() if value.time() == time(0) else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return unquoted(value) if is_csv and isinstance(value, str) else value
