# SPDX-License-Identifier: EUPL-1.2
"""Deadlines of a whole stock from a file, and what a change of law does to them.

A file is read whole, every wrong row is named in one error, and a result is written whole or not at all.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.deadlines.calendar import FIRST_DAY, LAST_START, Days
from keten.deadlines.vector import Events, deadline_days, has_rule, nationality_codes
from keten.domain.errors import DeliveryError, Problem, UsageError
from keten.domain.figures import quantile
from keten.domain.language import Words
from keten.domain.words import Reading
from keten.files import LARGE, Cell, NoValue, read_sheets
from keten.files.table import locate
from keten.files.text import FORMULA_STARTS, read_text
from keten.parameters.law import AskedDay, Law

REQUIRED = ("case", "lodged_on", "type")
START_DAYS = tuple(name.value for name in AskedDay)
"""Columns with a further day of the case, from which the term may start."""
EVENT_DAYS = (*START_DAYS, "extended_to", "suspended_from", "suspended_until")
EVENTS = (*EVENT_DAYS, "extension", "group")
"""Columns with what happened in a case beside lodging; a file needs none of them."""
OPTIONAL = ("nationality", "known_on", *EVENTS)
_HEADINGS = {
    "zaak": "case", "zaaknummer": "case", "ingediend_op": "lodged_on", "datum_aanvraag": "lodged_on", "soort": "type",
    "soort_aanvraag": "type", "nationaliteit": "nationality", "bekend_op": "known_on",
    "geregistreerd_op": "registered_on", "verantwoordelijk_op": "responsible_on", "betaald_op": "fee_paid_on",
    "besluit_op": "decision_on", "beschermd_tot": "protected_until", "verlengd_tot": "extended_to",
    "opgeschort_van": "suspended_from",
        "opgeschort_tot": "suspended_until",
    "verlenging": "extension", "groep": "group",
}  # fmt: skip
"""Dutch headings of the columns; capitals and spaces do not matter."""

_EPOCH = date(1970, 1, 1).toordinal()
_SHOWN = 1000
"""How many wrong rows an error spells out."""


class CasesRefusedError(DeliveryError):
    """A file of cases is refused, with every row that is wrong; nothing was written."""

    refusal = Words(en="refused, nothing was written", nl="geweigerd, er is niets geschreven")


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
    frame = (
        raw.select(
            *(pl.col(name).str.strip_chars() for name in REQUIRED),
            *(
                pl.col(name).str.strip_chars().replace("", None)
                if name in raw.columns
                else pl.lit(None, pl.String).alias(name)
                for name in OPTIONAL
            ),
        )
        .with_columns(
            pl.lit(None, pl.Date).alias(f"day_{name}") if frame_lacks(raw, name) else _day(name).alias(f"day_{name}")
            for name in EVENT_DAYS
        )
        .with_columns(
            lodged=_day("lodged_on"),
            known=_day("known_on"),
            units=pl.col("extension").str.to_integer(strict=False),
        )
    )
    problems = _in_order(
        [*_row_problems(frame, rules.law, first_row), *_event_problems(frame, raw, rules.law, first_row)]
    )
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
        **{name: f"day_{name}" for name in EVENT_DAYS if not frame_lacks(raw, name)},
        **({} if frame_lacks(raw, "extension") else {"extension": "units"}),
        **({} if frame_lacks(raw, "group") else {"group": "group"}),
    )


def frame_lacks(raw: pl.DataFrame, name: str) -> bool:
    """Whether a file has no such column, or nothing in it."""
    return name not in raw.columns or bool((raw[name].fill_null("").str.strip_chars() == "").all())


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


def _row_problems(frame: pl.DataFrame, law: Law, first_row: int) -> list[tuple[int, Problem]]:
    date_form = "Write a day that exists as YYYY-MM-DD."
    checks: list[Check] = [
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
    if law.nationalities:
        strange = pl.col("nationality").str.contains(r"^[A-Z]{3}$") & ~pl.col("nationality").is_in(law.nationalities)
        checks.append(("nationality", strange, "does not exist", "Use ISO 3166, or leave it empty."))
    return _found(frame, checks, first_row)


Check = tuple[str, pl.Expr, str, str]


def _event_problems(frame: pl.DataFrame, raw: pl.DataFrame, law: Law, first_row: int) -> list[tuple[int, Problem]]:
    """Check the columns about what happened in a case, as `check_case` does for one case."""
    checks: list[Check] = []
    for name in EVENT_DAYS:
        if frame_lacks(raw, name):
            continue
        day, given = pl.col(f"day_{name}"), pl.col(name).is_not_null()
        within = day.is_between(pl.lit(FIRST_DAY), pl.lit(LAST_START))
        checks += [
            (name, given & day.is_null(), "is no date", "Write a day that exists as YYYY-MM-DD."),
            (name, ~within, f"lies outside {FIRST_DAY} to {LAST_START}", "Check the year."),
        ]
        if name in START_DAYS and name != AskedDay.REGISTERED_ON:
            kinds = [row.id for row in law.types if name in row.asks]
            not_asked = given & ~pl.col("type").is_in(kinds)
            checks.append((name, not_asked, "says nothing about this type", f"It belongs to {', '.join(kinds)}."))
    before, after = "lies before the lodging", "lies after the lodging"
    remedy = "Correct one of the two days."
    lodged = pl.col("lodged")
    checks += [
        ("responsible_on", pl.col("day_responsible_on") < lodged, before, remedy),
        ("extended_to", pl.col("day_extended_to") < lodged, before, remedy),
        ("registered_on", pl.col("day_registered_on") > lodged, after, remedy),
        ("decision_on", pl.col("day_decision_on") > lodged, after, remedy),
        ("suspended_from", pl.col("day_suspended_from") <= lodged, "lies not after the lodging", remedy),
        (
            "suspended_until",
            pl.col("day_suspended_until") <= pl.col("day_suspended_from"),
            "lies not after the first day of the suspension",
            remedy,
        ),
        (
            "suspended_from",
            pl.col("day_suspended_from").is_null() != pl.col("day_suspended_until").is_null(),
            "belongs to suspended_until",
            "Give both days, or neither.",
        ),
        (
            "extension",
            pl.col("extension").is_not_null() & (pl.col("units").is_null() | (pl.col("units") < 0)),
            "is no whole number of 0 or more",
            "Give it in the unit of the law, or leave it empty.",
        ),
        (
            "group",
            pl.col("group").is_not_null()
            & ~(pl.col("nationality").fill_null("") + ":" + pl.col("group")).is_in(
                [f"{row.nationality}:{row.id}" for row in law.groups]
            ),
            "is no group of this nationality",
            f"Choose one of {', '.join(f'{row.nationality} {row.id}' for row in law.groups)}.",
        ),
    ]
    return _found(frame, checks, first_row)


def _found(frame: pl.DataFrame, checks: Iterable[Check], first_row: int) -> list[tuple[int, Problem]]:
    numbered = frame.with_row_index("row", offset=first_row)
    found: list[tuple[int, Problem]] = []
    for column, wrong, what, remedy in checks:
        for row, value in numbered.filter(wrong.fill_null(value=False)).select("row", column).iter_rows():
            shown = "(empty)" if value is None else repr(value)
            found.append((row, Problem(f"row {row}, {column} {shown}", f"{what}.", remedy)))
    return found


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
        _nationalities(_with_groups(cases), rules.law),
        law=rules.law,
        known_on=_day_numbers(cases["known_on"]),
        reading=rules.reading,
        events=_events(cases),
    )


def _with_groups(cases: pl.DataFrame) -> pl.Series:
    """Name the nationalities with their groups, as `nationality_codes` reads them."""
    if "group" not in cases.columns:
        return cases["nationality"]
    both = pl.concat_str("nationality", "group", separator=":")
    return cases.select(pl.coalesce(both, "nationality").alias("nationality"))["nationality"]


def _events(cases: pl.DataFrame) -> Events:
    """Give what happened in the cases, as far as the columns say."""
    days = {
        name: _day_numbers(cases[name].fill_null(_NOTHING)) * cases[name].is_not_null().to_numpy()
        for name in EVENT_DAYS
        if name in cases.columns
    }
    first, until = days.pop("suspended_from", None), days.pop("suspended_until", None)
    suspended = () if first is None or until is None else ((first, until),)
    extension = cases["extension"].fill_null(-1).to_numpy() if "extension" in cases.columns else None
    return Events(extension=extension, suspended=suspended, **days)


_NOTHING = date.fromordinal(_EPOCH)

WEEK, MONTH = 7, 31
"""Days within which a case is due this week, and this month."""


def with_deadlines(cases: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Add the column `deadline`, the reading it was computed under, and when the case is due on its knowledge date.

    `due` is late, this_week, this_month or later; `days_left` is negative when the deadline has passed.
    """
    left = pl.col("deadline") - pl.col("known_on")
    days_left = left.dt.total_days()
    return cases.with_columns(
        deadline=_dates(stock_deadlines(cases, rules)), reading=pl.lit(rules.reading.value)
    ).with_columns(
        due=pl.when(days_left < 0)
        .then(pl.lit("late"))
        .when(days_left < WEEK)
        .then(pl.lit("this_week"))
        .when(days_left < MONTH)
        .then(pl.lit("this_month"))
        .otherwise(pl.lit("later")),
        days_left=days_left,
    )


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
