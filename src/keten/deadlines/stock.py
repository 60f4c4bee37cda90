# SPDX-License-Identifier: EUPL-1.2
"""Deadlines of a whole stock from a file, and what a change of law does to them.

A file is read whole, every wrong row is named in one error, and a result is written whole or not at all.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.deadlines.calendar import FIRST_DAY, LAST_START, Days
from keten.deadlines.vector import deadline_days, has_rule, nationality_codes
from keten.domain.errors import DeliveryError, Problem, UsageError
from keten.domain.figures import quantile
from keten.domain.language import Words
from keten.domain.words import Reading
from keten.files import LARGE, Cell, NoValue, read_sheets
from keten.files.table import locate
from keten.files.text import FORMULA_STARTS, read_text
from keten.parameters.law import Law

REQUIRED = ("case", "lodged_on", "type")
OPTIONAL = ("nationality", "known_on")
_HEADINGS = {
    "zaak": "case", "zaaknummer": "case", "ingediend_op": "lodged_on", "datum_aanvraag": "lodged_on", "soort": "type",
    "soort_aanvraag": "type", "nationaliteit": "nationality", "bekend_op": "known_on",
}  # fmt: skip
"""Dutch headings of the columns; capitals and spaces do not matter."""

_EPOCH = date(1970, 1, 1).toordinal()
_SHOWN = 1000
"""How many wrong rows an error spells out."""


class CasesRefusedError(DeliveryError):
    """A file of cases is refused, with every row that is wrong; nothing was written."""

    refusal = Words("refused, nothing was written", "geweigerd, er is niets geschreven")


@dataclass(frozen=True, eq=False)
class Rules:
    """Under which law, on which knowledge date and in whose reading deadlines are computed."""

    law: Law
    known_on: date
    reading: Reading = Reading.AUTHORITY


def read_cases(path: Path, rules: Rules) -> pl.DataFrame:
    """Read cases from a csv, xlsx or ods with the columns case, lodged_on, type, nationality and, optionally, known_on.

    Returns
    -------
    polars.DataFrame
        The same columns; days as dates, a missing known_on as the knowledge date of `rules`.

    Raises
    ------
    DeliveryError
        With every row that is wrong: an impossible date, an unknown type, a case for which no rule holds.
    """
    raw, first_row = _read_text_columns(path)
    frame = raw.select(
        *(pl.col(name).str.strip_chars() for name in REQUIRED),
        *(
            pl.col(name).str.strip_chars().replace("", None)
            if name in raw.columns
            else pl.lit(None, pl.String).alias(name)
            for name in OPTIONAL
        ),
    ).with_columns(
        lodged=_day("lodged_on"),
        known=_day("known_on"),
    )
    problems = _row_problems(frame, rules.law, first_row)
    if not problems:
        problems = _rule_problems(frame, rules, first_row)
    if problems:
        raise CasesRefusedError(path.name, problems)
    return frame.select(
        "case",
        lodged_on="lodged",
        type="type",
        nationality="nationality",
        known_on=pl.col("known").fill_null(rules.known_on),
    )


def doubled_cases(cases: pl.DataFrame) -> list[str]:
    """Name the cases that stand in a file more than once with one knowledge date."""
    counts = cases.group_by("case", "known_on").len().filter(pl.col("len") > 1)
    return sorted(counts["case"].unique().to_list())


def _read_text_columns(path: Path) -> tuple[pl.DataFrame, int]:
    """Read the columns as text, and give the number of the first row of data."""
    if not path.is_file():
        raise UsageError(str(path), [Problem(str(path), "is no file.", "Give the path of a CSV file with cases.")])
    content = path.read_bytes()
    read = _read_csv if path.suffix.lower() in {".csv", ".tsv", ".txt", ""} else _read_workbook
    raw, first_row = read(path, content)
    names = {name: _HEADINGS.get(plain, plain) for name in raw.columns if (plain := _plain(name))}
    have, meant = ", ".join(raw.columns), [names.get(name, name) for name in raw.columns]
    problems = [
        Problem(f"column {name}", "is missing.", f"Add it; the file has {have}.")
        for name in REQUIRED
        if name not in meant
    ]
    problems += [
        _twice(name) for name in (*REQUIRED, *OPTIONAL) if meant.count(name) > 1 or f"{name}_duplicated_0" in meant
    ]
    if problems:
        raise CasesRefusedError(path.name, problems)
    return raw.rename({name: to for name, to in names.items() if to in (*REQUIRED, *OPTIONAL)}), first_row


def _twice(name: str) -> Problem:
    return Problem(f"column {name}", "stands in the file more than once.", "Keep one of them.")


def _plain(heading: str) -> str:
    return re.sub(r"[\s\-.]+", "_", heading.strip().lower())


def _read_csv(path: Path, content: bytes) -> tuple[pl.DataFrame, int]:
    table = read_text(path.name, content)
    try:
        raw = pl.read_csv(io.BytesIO(table.text.encode()), infer_schema=False, separator=table.separator)
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        remedy = "Save it as CSV: one separator between the cells, every row as many cells as the header."
        raise CasesRefusedError(path.name, [Problem(path.name, f"is no CSV: {reason}.", remedy)]) from error
    return raw, table.first_row


def _read_workbook(path: Path, content: bytes) -> tuple[pl.DataFrame, int]:
    """Read the first visible sheet that has the headings; a cell is taken as the text that it shows."""
    workbook = read_sheets(path.name, content, LARGE)
    every = (*REQUIRED, *OPTIONAL)

    def name_of(heading: str) -> str | None:
        plain = _plain(heading)
        return next((name for name in (_HEADINGS.get(plain, plain),) if name in every), None)

    found = [one for sheet in workbook.sheets if not sheet.hidden and (one := locate(sheet, name_of))]
    if not found:
        missing = [Problem(f"column {name}", "is missing.", "Add it; no visible sheet has it.") for name in REQUIRED]
        raise CasesRefusedError(path.name, missing)
    best = max(found, key=lambda one: one.known)
    headings = [heading or f"column {i}" for i, heading in enumerate(best.headings, start=1)]
    rows = [_texts(row, len(headings)) for row in best.sheet.rows[best.header_row :]]
    doubled = [name for name in every if best.names.count(name) > 1]
    if doubled:
        twice = [
            Problem(f"column {name}", "stands in the file more than once.", "Keep one of them.") for name in doubled
        ]
        raise CasesRefusedError(path.name, twice)
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row"), best.header_row + 1


def _texts(row: Sequence[Cell], width: int) -> list[str | None]:
    shown = [None if cell is None else cell.shown if isinstance(cell, NoValue) else str(cell) for cell in row[:width]]
    return [*shown, *[None] * (width - len(shown))]


def _day(column: str) -> pl.Expr:
    """Read a day of exactly the form YYYY-MM-DD; null when it is none."""
    text = pl.col(column)
    return pl.when(text.str.contains(r"^\d{4}-\d{2}-\d{2}$")).then(text.str.to_date("%Y-%m-%d", strict=False))


def _row_problems(frame: pl.DataFrame, law: Law, first_row: int) -> list[Problem]:
    date_form = "Write a day that exists as YYYY-MM-DD."
    checks = [
        ("case", pl.col("case").is_null() | (pl.col("case") == ""), "is empty", "Give every row its case."),
        ("lodged_on", pl.col("lodged").is_null(), "is no date", date_form),
        (
            "lodged_on",
            ~pl.col("lodged").is_between(pl.lit(FIRST_DAY), pl.lit(LAST_START)),
            f"lies outside {FIRST_DAY} to {LAST_START}",
            "Check the year.",
        ),
        ("known_on", pl.col("known").is_null() & pl.col("known_on").is_not_null(), "is no date", date_form),
        (
            "type",
            pl.col("type").is_null() | ~pl.col("type").is_in(law.type_ids),
            "does not exist",
            f"Choose one of {', '.join(law.type_ids)}.",
        ),
        (
            "nationality",
            ~pl.col("nationality").str.contains(r"^[A-Z]{3}$"),
            "is no code of three capitals",
            "Use ISO 3166, for instance SYR, or leave it empty.",
        ),
    ]
    numbered = frame.with_row_index("row", offset=first_row)
    found: list[tuple[int, Problem]] = []
    for column, wrong, what, remedy in checks:
        for row, value in numbered.filter(wrong.fill_null(value=False)).select("row", column).iter_rows():
            shown = "(empty)" if value is None else repr(value)
            found.append((row, Problem(f"row {row}, {column} {shown}", f"{what}.", remedy)))
    return _in_order(found)


def _rule_problems(frame: pl.DataFrame, rules: Rules, first_row: int = 2) -> list[Problem]:
    unknown = sorted(set(frame["type"].unique()) - set(rules.law.type_ids))
    if unknown:
        choices = ", ".join(rules.law.type_ids)
        return [Problem(f"type {name}", "does not exist in this law.", f"Choose one of {choices}.") for name in unknown]
    lodged, codes = _day_numbers(frame["lodged"]), _codes(frame["type"], rules.law)
    known = _day_numbers(frame["known"].fill_null(rules.known_on))
    without = np.flatnonzero(~has_rule(lodged, codes, law=rules.law, known_on=known, reading=rules.reading))
    remedy = "Correct the date or the type, or add the value with its source to the law."
    found = [
        (
            int(row) + first_row,
            Problem(
                f"row {row + first_row}",
                f"no decision period holds for {frame['type'][int(row)]} lodged on {frame['lodged'][int(row)]}.",
                remedy,
            ),
        )
        for row in without
    ]
    return _in_order(found)


def _in_order(found: list[tuple[int, Problem]]) -> list[Problem]:
    ordered = [problem for _, problem in sorted(found, key=lambda pair: pair[0])]
    if len(ordered) > _SHOWN:
        rest = Problem("more", f"{len(ordered) - _SHOWN} further problems.", "Correct the ones above and try again.")
        return [*ordered[:_SHOWN], rest]
    return ordered


def stock_deadlines(cases: pl.DataFrame, rules: Rules) -> Days:
    """Deadlines of a stock as day numbers; each case is asked on its own knowledge date."""
    return deadline_days(
        _day_numbers(cases["lodged_on"]),
        _codes(cases["type"], rules.law),
        _nationalities(cases["nationality"], rules.law),
        law=rules.law,
        known_on=_day_numbers(cases["known_on"]),
        reading=rules.reading,
    )


def with_deadlines(cases: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Add the column `deadline`, and the reading it was computed under."""
    return cases.with_columns(deadline=_dates(stock_deadlines(cases, rules)), reading=pl.lit(rules.reading.value))


def _day_numbers(days: pl.Series) -> Days:
    numbers: Days = days.cast(pl.Int32).to_numpy() + np.int32(_EPOCH)
    return numbers


def _dates(days: Days) -> pl.Series:
    return pl.Series(days - np.int32(_EPOCH), dtype=pl.Int32).cast(pl.Date)


def _codes(names: pl.Series, law: Law) -> NDArray[np.int16]:
    codes = {name: code for code, name in enumerate(law.type_ids)}
    numbers: NDArray[np.int16] = names.replace_strict(codes, return_dtype=pl.Int16).to_numpy()
    return numbers


def _nationalities(names: pl.Series, law: Law) -> NDArray[np.int16]:
    different = names.unique().to_list()
    codes = dict(zip(different, nationality_codes(different, law).tolist(), strict=True))
    numbers: NDArray[np.int16] = names.replace_strict(codes, return_dtype=pl.Int16).to_numpy()
    return numbers


@dataclass(frozen=True)
class Movement:
    """What a change of law does to a stock: how many deadlines move, by how much, how many become overdue.

    A case is overdue when its deadline lies before `overdue_on`. Differences are in days; positive is later.
    """

    overdue_on: date
    cases: int
    moved_earlier: int
    moved_later: int
    smallest_move_days: int
    median_move_days: float
    largest_move_days: int
    overdue_before: int
    overdue_after: int
    become_overdue: int
    no_longer_overdue: int
    groups: tuple[dict[str, object], ...]

    @property
    def moved(self) -> int:
        """Cases whose deadline differs."""
        return self.moved_earlier + self.moved_later


def compare(cases: pl.DataFrame, before: Rules, after: Rules, *, overdue_on: date) -> tuple[Movement, pl.DataFrame]:
    """Compare the deadlines of a stock under two rule sets, knowledge dates or readings.

    The knowledge dates of the rules replace those in the file: the question is what the change does to every case.

    Returns
    -------
    tuple
        The movement, and a row per case with both deadlines, the difference and whether it is overdue.
    """
    if problems := _rule_problems(cases.select(lodged="lodged_on", type="type", known=pl.lit(None, pl.Date)), after):
        raise CasesRefusedError("the comparison", problems)
    first, second = (
        stock_deadlines(cases.with_columns(known_on=pl.lit(rules.known_on)), rules) for rules in (before, after)
    )
    rows = cases.drop("known_on").with_columns(
        deadline_before=_dates(first),
        deadline_after=_dates(second),
        moved_by_days=pl.Series(second - first, dtype=pl.Int32),
        overdue_before=pl.Series(first < overdue_on.toordinal()),
        overdue_after=pl.Series(second < overdue_on.toordinal()),
    )
    moves = (second - first)[second != first]
    return (
        Movement(
            overdue_on=overdue_on,
            cases=rows.height,
            moved_earlier=int((moves < 0).sum()),
            moved_later=int((moves > 0).sum()),
            smallest_move_days=int(moves.min()) if moves.size else 0,
            median_move_days=quantile(moves.tolist(), 50) if moves.size else 0.0,
            largest_move_days=int(moves.max()) if moves.size else 0,
            overdue_before=int(rows["overdue_before"].sum()),
            overdue_after=int(rows["overdue_after"].sum()),
            become_overdue=_count(rows, ~pl.col("overdue_before") & pl.col("overdue_after")),
            no_longer_overdue=_count(rows, pl.col("overdue_before") & ~pl.col("overdue_after")),
            groups=tuple(_groups(rows)),
        ),
        rows,
    )


def _count(rows: pl.DataFrame, which: pl.Expr) -> int:
    return rows.filter(which).height


def _groups(rows: pl.DataFrame) -> Iterator[dict[str, object]]:
    grouped = rows.group_by(pl.col("type"), pl.col("lodged_on").dt.year().alias("lodged_in")).agg(
        cases=pl.len(),
        moved=(pl.col("moved_by_days") != 0).sum(),
        median_move_days=pl.col("moved_by_days").filter(pl.col("moved_by_days") != 0).median(),
        overdue_before=pl.col("overdue_before").sum(),
        overdue_after=pl.col("overdue_after").sum(),
    )
    return grouped.sort("type", "lodged_in").iter_rows(named=True)


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Put a quote before every text that a spreadsheet program would take for a formula."""
    start = "^[" + re.escape("".join(FORMULA_STARTS)) + "]"
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(start)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    )


def write_whole(frame: pl.DataFrame, path: Path) -> None:
    """Write a CSV or Parquet file whole or not at all, by its extension.

    Raises
    ------
    UsageError
        For another extension, a folder that does not exist or a place where nothing can be written.
    """
    problems = []
    if path.suffix not in (".csv", ".parquet"):
        problems.append(Problem(str(path), "is neither .csv nor .parquet.", "Give one of these extensions."))
    if not path.parent.is_dir():
        problems.append(Problem(str(path.parent), "is no folder.", "Make the folder first."))
    if problems:
        raise UsageError("the file to write", problems)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.suffix == ".csv":
            _harmless(frame).write_csv(temporary)
        else:
            frame.write_parquet(temporary)
        temporary.replace(path)
    except OSError as error:
        problem = Problem(str(path), f"cannot be written: {error.strerror or error}.", "Choose another place.")
        raise UsageError("the file to write", [problem]) from error
    finally:
        temporary.unlink(missing_ok=True)
