# SPDX-License-Identifier: EUPL-1.2
"""Read a delivery as cells, from CSV, xlsx or ods, before anything is decided about what they mean."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from keten.domain.errors import DeliveryError, Problem

Cell = str | float | int | bool | date | None
SPREADSHEETS = (".xlsx", ".ods")


@dataclass(frozen=True)
class Cells:
    """A table as it was typed: the header and the rows, each with its number in the file (the header is row 1).

    `sheet` is the name of the sheet it was read from; empty for CSV.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_numbers: tuple[int, ...]
    sheet: str = ""


def read_cells(path: Path, *, sheets: Collection[str] = ()) -> Cells:
    """Read a CSV, xlsx or ods file.

    Parameters
    ----------
    sheets
        Names of tables: in a workbook the sheet with one of these names is read, else the first.

    Raises
    ------
    DeliveryError
        When the file is missing, empty, damaged or of another kind, or several of its sheets are tables.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise _refused(path, "file", "there is no such file.", "Check the path.")
    if suffix == ".csv":
        return _without_blank_rows(path, "", _read_csv(path))
    if suffix in SPREADSHEETS:
        return _without_blank_rows(path, *_read_spreadsheet(path, sheets))
    raise _refused(path, "file", f"{suffix or 'this kind of file'} cannot be read.", "Deliver .csv, .xlsx or .ods.")


def _refused(path: Path, where: str, what: str, remedy: str) -> DeliveryError:
    return DeliveryError(path.name, [Problem(where, what, remedy)])


def _read_csv(path: Path) -> list[tuple[Cell, ...]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(
            path, "file", "it is not written in UTF-8.", "Save it as 'CSV UTF-8' and deliver again."
        ) from None
    first_line = text.split("\n", 1)[0]
    separator = ";" if first_line.count(";") > first_line.count(",") else ","
    _same_width(path, text, separator)
    if not text.strip():
        return []
    try:
        frame = pl.read_csv(BytesIO(text.encode()), has_header=False, infer_schema=False, separator=separator)
    except pl.exceptions.PolarsError as error:
        raise _refused(path, "file", f"it is not a readable CSV file ({error}).", "Export it again as CSV.") from None
    return frame.rows()


def _same_width(path: Path, text: str, separator: str) -> None:
    """Refuse rows that have more or fewer cells than the header, all at once."""
    problems, width = [], 0
    reader = csv.reader(StringIO(text), delimiter=separator)
    for row in reader:
        width = width or len(row)
        if row and len(row) != width:
            where = f"line {reader.line_num}"
            problems.append(
                Problem(
                    where,
                    f"has {len(row)} cells, the header has {width}.",
                    "Put text that holds a separator in quotes.",
                )
            )
    if problems:
        raise DeliveryError(path.name, problems)


def _read_spreadsheet(path: Path, sheets: Collection[str]) -> tuple[str, list[tuple[Cell, ...]]]:
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        name = _choose_sheet(path, workbook.sheet_names, sheets)
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise _refused(
            path, "file", f"it is not a readable workbook ({error}).", "Save it again as .xlsx or .ods."
        ) from None
    return name, [tuple(_cell(value) for value in row) for row in rows]


def _choose_sheet(path: Path, present: Sequence[str], wanted: Collection[str]) -> str:
    tables = [name for name in present if name in wanted]
    if len(tables) > 1:
        what = f"several sheets are tables ({', '.join(tables)}) and only one can be read at a time."
        raise _refused(path, "workbook", what, "Name the table (--table), once for each sheet.")
    return tables[0] if tables else present[0]


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date() if value.time().isoformat() == "00:00:00" else value.isoformat(" ")
    if value is None or isinstance(value, str | float | int | bool | date):
        return value
    return str(value)


def _blank(row: tuple[Cell, ...]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)


def _without_blank_rows(path: Path, sheet: str, rows: list[tuple[Cell, ...]]) -> Cells:
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if not _blank(row)]
    if not numbered:
        raise _refused(path, "file", "it is empty.", "Deliver the header and at least one row.")
    header = tuple("" if cell is None else str(cell).strip() for cell in numbered[0][1])
    numbers = tuple(number for number, _ in numbered[1:])
    return Cells(header, tuple(row for _, row in numbered[1:]), numbers, sheet)
