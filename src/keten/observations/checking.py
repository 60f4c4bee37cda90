# SPDX-License-Identifier: EUPL-1.2
"""Check everything about a delivery against the declaration of its table, and list all problems at once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches

import polars as pl

from keten.domain.errors import DeliveryError, Problem
from keten.domain.tables import Column, Table
from keten.observations.personal import column_name_finding, number_finding, undeclared_column_finding
from keten.observations.reading import Cell, Cells
from keten.observations.tables import TABLES

EARLIEST_DATE = date(1975, 1, 1)
"""First year of the asylum series of Statistics Netherlands; no figure can be older."""

_POLARS = {int: pl.Int64, float: pl.Float64, str: pl.String, date: pl.Date}
_KINDS = {int: "a whole number", float: "a number", date: "a date", str: "text"}
_NO_SHAPE_TEST = ("source_url", "published_as_given")
"""Addresses of pages contain article numbers; testing those would refuse newspapers."""


def recognise_table(cells: Cells, file_name: str) -> Table:
    """Find the table a delivery is meant for: by the name of the sheet or the file, else by the columns.

    Raises
    ------
    DeliveryError
        When neither the name nor the columns point at one table.
    """
    if cells.sheet in TABLES:
        return TABLES[cells.sheet]
    stem = file_name.lower()
    named = [table for name, table in TABLES.items() if stem.startswith(name)]
    if named:
        return max(named, key=lambda table: len(table.name))
    likeness = {name: _likeness(cells.header, table) for name, table in TABLES.items()}
    best = max(likeness.values())
    candidates = [name for name, score in likeness.items() if score == best]
    if best < 0.5 or len(candidates) > 1:
        raise DeliveryError(
            file_name,
            [
                Problem(
                    "header",
                    "these columns do not point at one table.",
                    f"Name the table (--table), or begin the file name with it: {', '.join(TABLES)}.",
                )
            ],
        )
    return TABLES[candidates[0]]


def _likeness(header: tuple[str, ...], table: Table) -> float:
    similar = sum(bool(get_close_matches(name, table.column_names, n=1, cutoff=0.75)) for name in header)
    return similar / max(len(header), len(table.columns))


def check_cells(cells: Cells, table: Table, *, subject: str, received_on: date | None = None) -> pl.DataFrame:
    """Turn cells into a typed frame, or refuse them with every problem found.

    Parameters
    ----------
    subject
        Name of the delivery in the message, for instance the file name.
    received_on
        Day of receipt; a reference date or a period that ends later is refused for observed figures.

    Raises
    ------
    DeliveryError
        With all problems of the header, the cells, the rows and the keys.
    """
    problems = _personal_problems(cells, table) + _header_problems(cells, table)
    positions = {name: cells.header.index(name) for name in table.column_names if name in cells.header}
    rows = []
    for number, raw in zip(cells.row_numbers, cells.rows, strict=True):
        row, row_problems = _read_row(number, raw, positions, table, received_on)
        problems += row_problems
        rows.append((number, row, not row_problems))
    problems += _key_problems(rows, table)
    if not cells.rows:
        problems.append(Problem("file", "it has a header but no rows.", "Deliver at least one row."))
    if problems:
        raise DeliveryError(subject, problems)
    schema = {column.name: _POLARS[column.type] for column in table.columns}
    return pl.DataFrame([row for _, row, _ in rows], schema=schema, orient="row")


def _personal_problems(cells: Cells, table: Table) -> list[Problem]:
    problems = []
    remedy = "Deliver counts per group, never data of persons; remove the column."
    for position, name in enumerate(cells.header):
        column = next((column for column in table.columns if column.name == name), None)
        values = [row[position] if position < len(row) else None for row in cells.rows]
        finding = column_name_finding(name) if column is None else None
        finding = finding or (undeclared_column_finding(values) if column is None else None)
        if finding:
            problems.append(Problem(f"column {name}", f"this looks like {finding.looks_like}: personal data.", remedy))
            continue
        if column is not None and (column.name in _NO_SHAPE_TEST or column.unit == "eur"):
            continue
        for number, value, row in zip(cells.row_numbers, values, cells.rows, strict=True):
            if not _is_money(row, cells, column) and (looks_like := number_finding(value)):
                what = f"{name} holds what looks like {looks_like}: personal data."
                problems.append(Problem(f"row {number}, column {name}", what, remedy))
    return problems


def _is_money(row: tuple[Cell, ...], cells: Cells, column: Column | None) -> bool:
    """Say whether this row gives its value in euro: amounts may have as many digits as a bsn."""
    if column is None or column.unit != "see unit" or "unit" not in cells.header:
        return False
    position = cells.header.index("unit")
    return position < len(row) and row[position] == "eur"


def _header_problems(cells: Cells, table: Table) -> list[Problem]:
    problems = []
    missing = [column.name for column in table.columns if column.required and column.name not in cells.header]
    for name in cells.header:
        if name in table.column_names or column_name_finding(name):
            continue
        near = get_close_matches(name.lower(), table.column_names, n=1, cutoff=0.6)
        hint = f"Did you mean {near[0]}?" if near else f"Remove it; the columns are {', '.join(table.column_names)}."
        shown = name or "(empty)"
        problems.append(Problem(f"row 1, column {shown}", f"table {table.name} has no column {shown}.", hint))
    problems += [
        Problem("row 1", f"column {name} is missing.", f"Add it: {_column(table, name).meaning.lower()}.")
        for name in missing
    ]
    twice = sorted({name for name in cells.header if cells.header.count(name) > 1})
    problems += [Problem(f"row 1, column {name}", "the column occurs twice.", "Keep one of the two.") for name in twice]
    return problems


def _column(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


def _read_row(
    number: int, raw: tuple[Cell, ...], positions: dict[str, int], table: Table, received_on: date | None
) -> tuple[dict[str, object], list[Problem]]:
    row: dict[str, object] = {}
    problems = []
    for column in table.columns:
        position = positions.get(column.name)
        cell = raw[position] if position is not None and position < len(raw) else None
        try:
            row[column.name] = _value(cell, column, received_on) if position is not None else None
        except _CellError as problem:
            row[column.name] = None
            problems.append(Problem(f"row {number}, column {column.name}", problem.what, problem.remedy))
    if not problems and table.row_check and (message := table.row_check(row)):
        what, _, remedy = message.partition(". ")
        problems.append(Problem(f"row {number}", f"{what}.", remedy or "Correct the row."))
    return row, problems


class _CellError(Exception):
    """One cell is wrong; becomes a `Problem` with its row and column."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def _value(cell: Cell, column: Column, received_on: date | None) -> object:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if column.required:
            raise _CellError("the cell is empty.", f"Fill in {column.meaning.lower()}.")
        return None
    value = _READERS[column.type](cell)
    if column.minimum is not None and isinstance(value, int | float) and value < column.minimum:
        raise _CellError(*_below_minimum(value, column))
    if column.values and value not in column.values:
        near = get_close_matches(str(value), column.values, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else f"Choose from {', '.join(column.values)}."
        raise _CellError(f"{value!r} is not a known value.", hint)
    if isinstance(value, date):
        _check_date(value, column, received_on)
    return value


def _below_minimum(value: float, column: Column) -> tuple[str, str]:
    if column.minimum == 0:
        return f"{value} is negative; {column.meaning.lower()} cannot be.", "Correct the figure and deliver again."
    return f"{value} lies below {column.minimum:g}.", "Correct the figure and deliver again."


def _check_date(value: date, column: Column, received_on: date | None) -> None:
    if value < EARLIEST_DATE:
        raise _CellError(f"{value} is impossible: no figure is older than {EARLIEST_DATE}.", "Correct the date.")
    observed = column.name in {"reference_date", "period_end"}
    if observed and received_on is not None and value > received_on:
        what = f"{value} lies after the day of receipt ({received_on}); it cannot have been observed yet."
        raise _CellError(what, "Correct the date, or deliver when the period is over.")


def _wrong_type(cell: Cell, kind: type) -> _CellError:
    remedies = {
        int: "Write digits only, without separators for thousands.",
        float: "Write digits, with a point before the decimals.",
        date: "Write the date as year-month-day, for instance 2023-04-30.",
    }
    return _CellError(f"{str(cell)!r} is not {_KINDS[kind]}.", remedies[kind])


def _read_int(cell: Cell) -> int:
    if isinstance(cell, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", cell.strip()):
        return int(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and float(cell).is_integer() and abs(cell) < 1e18:
        return int(cell)
    raise _wrong_type(cell, int)


def _read_float(cell: Cell) -> float:
    if isinstance(cell, str) and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?", cell.strip()):
        return float(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell):
        return float(cell)
    raise _wrong_type(cell, float)


def _read_date(cell: Cell) -> date:
    if isinstance(cell, date):
        return cell
    text = str(cell).strip()
    if len(text) != 10 or text[4] != "-":
        raise _wrong_type(cell, date)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _CellError(f"{text} is a date that does not exist.", "Correct the day or the month.") from None


def _read_text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


_READERS: dict[type, Callable[[Cell], object]] = {int: _read_int, float: _read_float, date: _read_date, str: _read_text}


def _key_problems(rows: list[tuple[int, dict[str, object], bool]], table: Table) -> list[Problem]:
    seen: dict[tuple[object, ...], int] = {}
    problems = []
    for number, row, sound in rows:
        key = tuple(row[name] for name in table.key)
        if not sound or not key:
            continue
        if key in seen:
            shown = ", ".join(
                f"{name} {value}" for name, value in zip(table.key, key, strict=True) if value is not None
            )
            what = f"the same fact as in row {seen[key]} ({shown})."
            problems.append(Problem(f"row {number}", what, "Keep one of the two rows."))
        seen.setdefault(key, number)
    return problems
