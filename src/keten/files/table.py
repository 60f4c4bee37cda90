# SPDX-License-Identifier: EUPL-1.2
"""Find a table in a workbook by its headings: the sheet, the row of the headings and what each column is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keten.files.door import Cell, NoValue, Sheet, is_blank

ROWS_ABOVE = 40
"""How far down the headings are looked for: above them stand titles, sources and dates."""


@dataclass(frozen=True)
class Located:
    """Where a table stands. `names[i]` is the column that heading i means, or None for a heading that is not known."""

    sheet: Sheet
    header_row: int
    headings: tuple[str, ...]
    names: tuple[str | None, ...]

    @property
    def known(self) -> int:
        """How many different columns were recognised."""
        return len({name for name in self.names if name})

    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """Give the rows under the headings with their number, blank ones left out."""
        for number, row in enumerate(self.sheet.rows[self.header_row :], start=self.header_row + 1):
            if not all(is_blank(cell) for cell in row):
                yield number, row

    @property
    def above(self) -> tuple[str, ...]:
        """What stands above the headings, a text a row."""
        rows = self.sheet.rows[: self.header_row - 1]
        texts = (" ".join(str(cell).strip() for cell in row if not is_blank(cell)) for row in rows)
        return tuple(text for text in texts if text)


def locate(sheet: Sheet, name_of: Callable[[str], str | None]) -> Located | None:
    """Find the row of which most cells are known headings; the first of them. None when no row has any."""
    best: Located | None = None
    for number, row in enumerate(sheet.rows[:ROWS_ABOVE], start=1):
        headings = tuple(_shown(cell) for cell in row)
        found = Located(sheet, number, headings, tuple(name_of(heading) if heading else None for heading in headings))
        if found.known > (best.known if best else 0):
            best = found
    return best


def _shown(cell: Cell) -> str:
    return "" if cell is None else cell.shown if isinstance(cell, NoValue) else str(cell).strip()


def first_filled(sheet: Sheet) -> int:
    """Give the number of the first row that holds anything; 1 for an empty sheet."""
    return next((n for n, row in enumerate(sheet.rows, start=1) if not all(is_blank(cell) for cell in row)), 1)
