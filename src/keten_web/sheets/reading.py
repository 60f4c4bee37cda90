# SPDX-License-Identifier: EUPL-1.2
"""Read a file of somebody else as tables of cells, before anything is decided about what they mean.

Sheets that are hidden are not read, but told. A title above the heading, a sheet with notes in front and empty rows and
columns are passed over: the table is where most headings are known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from keten_web.sheets.writing import FORMS, Cell, unquoted

LARGEST_FILE = 5_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 200
DEEPEST_HEADING = 20
"""Rows from the top in which the heading is looked for."""


class UnreadableError(Exception):
    """A file that is no table, with everything that is wrong; nothing was stored."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Grid:
    """A sheet as it stands in the file; its first row is row 1."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Found:
    """The table of a file: its heading, and each row with its number in the file."""

    heading: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    notes: tuple[str, ...]
    """What was passed over, in words."""


def grids(content: bytes, name: str) -> tuple[list[Grid], list[str]]:
    """Give the visible sheets of a file, and what there is to tell about the rest.

    Raises
    ------
    UnreadableError
        When it is no csv, xlsx or ods, or too large.
    """
    if len(content) > LARGEST_FILE:
        raise UnreadableError([_("The file is larger than 5 megabytes; deliver it in parts.")])
    ending = name.rpartition(".")[2].lower()
    if ending not in FORMS:
        raise UnreadableError([_("The name of the file has to end in .csv, .xlsx or .ods.")])
    try:
        found, notes = ([Grid("", _cells_of_csv(content))], []) if ending == "csv" else _sheets(content)
    except (UnicodeDecodeError, csv.Error, CalamineError, ValueError, IndexError):
        raise UnreadableError([_("The file cannot be read; save it again as csv (UTF-8), xlsx or ods.")]) from None
    texts = (cell for grid in found for row in grid.rows for cell in row if isinstance(cell, str))
    if any("\x00" in text for text in texts):
        raise UnreadableError([_("The file cannot be read; save it again as csv (UTF-8), xlsx or ods.")])
    return found, notes


def table(content: bytes, name: str, is_known: Callable[[str], bool]) -> Found:
    """Find the table in a file: the sheet and the row with most known headings.

    Raises
    ------
    UnreadableError
        When there is none, or more than one.
    """
    read, notes = grids(content, name)
    places = [
        (sum(is_known(_text(cell)) for cell in row), grid, number)
        for grid in read
        for number, row in enumerate(grid.rows[:DEEPEST_HEADING])
    ]
    best = max((score for score, _grid, _number in places), default=0)
    if best == 0:
        raise UnreadableError([_("No row of the file holds the names of the columns; they are listed below.")])
    candidates = [(grid, number) for score, grid, number in places if score == best]
    if len({id(grid) for grid, _number in candidates}) > 1 and best > 1:
        sheets = ", ".join(dict.fromkeys(grid.name for grid, _number in candidates))
        raise UnreadableError(
            [_("More than one sheet holds these columns (%(sheets)s); leave one of them.") % {"sheets": sheets}]
        )
    grid, number = candidates[0]
    passed = [other.name for other in read if other is not grid]
    if passed:
        notes.append(_("Not read: the sheets %(sheets)s.") % {"sheets": ", ".join(passed)})
    return _under(grid, number, notes)


def _under(grid: Grid, number: int, notes: list[str]) -> Found:
    above = (" ".join(_text(cell) for cell in row).strip() for row in grid.rows[:number])
    titles = [title for title in above if title]
    if titles:
        notes.append(_("Passed over above the heading: %(titles)s") % {"titles": "; ".join(titles)[:200]})
    heading = tuple(_text(cell) for cell in grid.rows[number])
    rows = tuple(
        (position, row)
        for position, row in enumerate(grid.rows[number + 1 :], start=number + 2)
        if any(_text(cell) for cell in row)
    )
    if not rows:
        raise UnreadableError([_("The file has no rows under the names of its columns.")])
    if len(rows) > MOST_ROWS:
        raise UnreadableError([_("The file has more than 10,000 rows; deliver it in parts.")])
    return Found(heading, rows, tuple(notes))


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


def _cells_of_csv(content: bytes) -> tuple[tuple[Cell, ...], ...]:
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    first, _newline, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first) == 5:  # a line of the spreadsheet program
        delimiter, text = first[4], rest
    else:
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return tuple(tuple(unquoted(cell) for cell in row) for row in rows)


def _decoded(content: bytes) -> str:
    """Read the text of a csv: Unicode, or what a Western European Windows writes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _sheets(content: bytes) -> tuple[list[Grid], list[str]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    visible = [row.name for row in book.sheets_metadata if row.visible == SheetVisibleEnum.Visible]
    hidden = [row.name for row in book.sheets_metadata if row.name not in visible]
    notes = [_("Not read: the hidden sheets %(sheets)s.") % {"sheets": ", ".join(hidden)}] if hidden else []
    found = []
    for name in visible:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_width > MOST_COLUMNS or sheet.total_height > MOST_ROWS * 2:
            raise UnreadableError(
                [_("The sheet %(name)s is larger than a table of the record can be.") % {"name": name}]
            )
        found.append(Grid(name, tuple(tuple(_cell(cell) for cell in row) for row in sheet.to_python(False))))
    return found, notes


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date() if value.time() == time(0) else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, bool | int | float | str | date | time) else str(value)
