# SPDX-License-Identifier: EUPL-1.2
"""Write tables as csv, xlsx and ods with equal content. Text is never a formula, and nothing is cut.

A csv is written for the spreadsheet program of the reader: in Dutch with semicolons and a decimal comma, because that
is what it opens as columns there; always with a byte-order mark, because without it letters with accents are misread.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from odfdo import Cell as OdsCell
from odfdo import Document, Row, Table

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_XLSX_TEXT = 32_767
"""Characters that a cell of xlsx can hold."""

FIRST_DAY_OF_A_SHEET = date(1901, 1, 1)
"""Days before this are text in a workbook: spreadsheet programs count the year 1900 wrong."""

Cell = str | int | float | bool | date | time | None
DELIMITERS = {"nl": ";", "en": ","}


class TooLongError(ValueError):
    """A text does not fit in a cell of this form; nothing was written."""


@dataclass(frozen=True)
class Sheet:
    """A table with its name; the names of the columns come first."""

    name: str
    rows: Sequence[Sequence[Cell]]


def write(form: str, *sheets: Sheet) -> bytes:
    """Write one of `FORMS` in the language of the page; a csv holds the first table only.

    Raises
    ------
    TooLongError
        When a text is longer than a cell of this form can hold.
    """
    return _WRITERS[form](sheets)


def answer(form: str, name: str, *sheets: Sheet) -> HttpResponse:
    """Send tables as a file to keep."""
    response = HttpResponse(write(form, *sheets), content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def yes_or_no(value: bool) -> str:
    """Write a yes or a no as people do."""
    return str(_("yes") if value else _("no"))


def number_text(value: int | float | Decimal) -> str:
    """Write a number with every digit it holds, without thousands, with the decimal sign of the language."""
    written = format(Decimal(repr(value) if isinstance(value, float) else value), "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return written.replace(".", ",") if get_language() == "nl" else written


# --- csv --------------------------------------------------------------------------------------------------------------


def _csv(sheets: Sequence[Sheet]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n", delimiter=DELIMITERS[get_language() or "nl"])
    writer.writerows([[_csv_text(cell) for cell in row] for row in sheets[0].rows])
    return text.getvalue().encode("utf-8-sig")


def _csv_text(cell: Cell) -> str:
    """Write a cell; text that a spreadsheet would take for a formula gets a quote before it."""
    if isinstance(cell, bool):
        return yes_or_no(cell)
    if isinstance(cell, int | float):
        return number_text(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    return f"'{cell}" if cell and cell.lstrip("'").startswith(FORMULA_STARTS) else cell or ""


def unquoted(cell: str) -> str:
    """Take off the quote that stands before text of a csv so that it is no formula."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(FORMULA_STARTS) else cell


# --- workbooks --------------------------------------------------------------------------------------------------------


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Give names that a workbook accepts, each once."""
    found: list[str] = []
    for sheet in sheets:
        plain = "".join(" " if sign in "[]:*?/\\'" else sign for sign in sheet.name)[:28].strip() or "1"
        found.append(plain if plain.casefold() not in {name.casefold() for name in found} else f"{plain} {len(found)}")
    return found


def _xlsx(sheets: Sequence[Sheet]) -> bytes:
    file = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, plain) as book:
        formats = {"day": book.add_format({"num_format": "yyyy-mm-dd"}), "head": book.add_format({"bold": True})}
        for name, sheet in zip(_names(sheets), sheets, strict=True):
            page = book.add_worksheet(name)
            page.freeze_panes(1, 0)
            for number, row in enumerate(sheet.rows):
                for column, cell in enumerate(row):
                    _xlsx_cell(page, (number, column), cell, formats)
            page.autofit(300)
    return file.getvalue()


def _xlsx_cell(page: object, place: tuple[int, int], cell: Cell, formats: Mapping[str, object]) -> None:
    sheet: object = page
    cell = _workbook_cell(cell)
    if isinstance(cell, str):
        if len(cell) > LONGEST_XLSX_TEXT:
            raise TooLongError(_too_long(cell))
        sheet.write_string(*place, cell, formats["head"] if place[0] == 0 else None)  # type: ignore[attr-defined]
    elif isinstance(cell, date):
        sheet.write_datetime(*place, cell, formats["day"])  # type: ignore[attr-defined]
    else:
        sheet.write_number(*place, cell)  # type: ignore[attr-defined]


def _too_long(text: str) -> str:
    return _(
        "The text that begins with “%(start)s” has %(number)s characters; a cell of xlsx holds at most 32,767. "
        "Take it out as ods or csv: nothing is cut there."
    ) % {"start": text[:40], "number": len(text)}


def _workbook_cell(cell: Cell) -> str | int | float | date:
    """Write a cell as a workbook holds it: a yes and a time as text, a day as a day."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return yes_or_no(cell)
    if isinstance(cell, datetime | time) or (isinstance(cell, date) and cell < FIRST_DAY_OF_A_SHEET):
        return cell.isoformat()
    return cell


def _ods(sheets: Sequence[Sheet]) -> bytes:
    document = Document("spreadsheet")
    document.body.clear()
    for name, sheet in zip(_names(sheets), sheets, strict=True):
        table = Table(name)
        for row in sheet.rows:
            line = Row()
            for cell in row:
                line.append_cell(_ods_cell(_workbook_cell(cell)))
            table.append_row(line)
        document.body.append(table)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _ods_cell(cell: str | int | float | date) -> OdsCell:
    kind = "string" if isinstance(cell, str) else "date" if isinstance(cell, date) else "float"
    return OdsCell(cell, cell_type=kind)


_WRITERS = {"csv": _csv, "xlsx": _xlsx, "ods": _ods}
