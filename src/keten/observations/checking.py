# SPDX-License-Identifier: EUPL-1.2
"""Check everything about a delivery against the declaration of its table, and list all problems at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

import polars as pl

from keten.domain import countries
from keten.domain.errors import DeliveryError, Problem
from keten.domain.language import Language, Words
from keten.domain.numbers import NotRead, read_count, read_number
from keten.domain.tables import Column, Table
from keten.files import Cell, NoValue
from keten.files.door import is_blank
from keten.observations.headings import names_of, plain, value_of
from keten.observations.periods import read_day, read_period
from keten.observations.personal import column_name_finding, number_finding, undeclared_column_finding
from keten.observations.reading import Cells, Line, missing_column
from keten.observations.recipe import Marks
from keten.observations.rules import Given, broken_rules, out_of_range
from keten.observations.tables import STATES

EARLIEST_DATE = date(1975, 1, 1)
"""First year of the asylum series of Statistics Netherlands; no figure can be older."""

STATE = Column("state", str, "-", "What the sender says of the figure", required=False, values=STATES)

POLARS = {int: pl.Int64, float: pl.Float64, str: pl.String, date: pl.Date}
_NO_SHAPE_TEST = ("source_url", "published_as_given")
"""Addresses of pages contain article numbers; testing those would refuse newspapers."""
_TOTAL = re.compile(r"(eind|sub|grand |sub-?)?tota(al|l|le|len|ls)\b.*|som\b.*|sum\b.*|Σ.*", re.IGNORECASE)
_FEW_COLUMNS = 5
"""So many columns are each named in a sentence of their own."""
_PERIOD_COLUMNS = ("period_start", "period_end", "period_type", "reference_date")


@dataclass(frozen=True)
class Checked:
    """Figures that were checked: a typed frame with the column `state`, and what is good to know."""

    table: Table
    frame: pl.DataFrame
    warnings: tuple[Words, ...] = ()
    cells: Cells | None = field(default=None, repr=False)
    lines: tuple[Line, ...] = field(default=(), repr=False)
    """The lines of the file behind the rows of the frame, one for each."""

    def number(self, index: int) -> int:
        """Give the row of the file that a row of the frame was read from."""
        return self.lines[index].number if self.lines else index + 2

    def at(self, index: int, column: str) -> Words:
        """Name the place of a figure: sheet, row, column letter and heading."""
        if self.cells is None or not self.lines:
            return Words(en=f"row {index + 2}, column {column}", nl=f"rij {index + 2}, kolom {column}")
        if column in self.cells.names:
            return self.cells.at(self.lines[index], self.cells.names.index(column))
        return self.cells.row(self.lines[index])


@dataclass(frozen=True)
class _Check:
    """What is the same for every cell of a delivery."""

    table: Table
    cells: Cells
    language: Language | None
    marks: Marks
    received_on: date | None
    columns: tuple[Column, ...]
    positions: dict[str, int]
    figures: frozenset[str]
    read: dict[tuple[str, str, str], object]
    """Text that was read before, by column and unit: most cells of a large delivery are like one above."""


def check_cells(
    cells: Cells,
    table: Table,
    *,
    subject: str,
    received_on: date | None = None,
    language: Language | None = None,
    marks: Marks | None = None,
    together: bool = True,
) -> Checked:
    """Turn cells into a typed frame, or refuse them with every problem found.

    Parameters
    ----------
    subject
        Name of the delivery in the message, for instance the file name.
    received_on
        Day of receipt; a reference date or a period that ends later is refused for observed figures.
    language
        Notation of numbers and days; None where nobody said it.
    marks
        Signs in the cells that a recipe declares; without it a sign is asked back.
    together
        Whether the rows are of one delivery, so that the rules between rows hold; not so for publications of years.

    Raises
    ------
    DeliveryError
        With all problems of the header, the cells, the rows and the keys.
    """
    problems = list(cells.problems) + _personal_problems(cells, table)
    header, warnings = _header(cells, table)
    problems += header
    cells = _with_periods(cells, table)
    check = _Check(
        table, cells, language, marks or Marks(), received_on, (*table.columns, STATE),
        {name: i for i, name in reversed(list(enumerate(cells.names))) if name},
        frozenset(column.name for column in table.figures), {},
    )  # fmt: skip
    lines, totals = _without_totals(check)
    rows: list[Given] = []
    sound: list[bool] = []
    for line in lines:
        values, found = _read_row(check, line)
        problems += found
        rows.append(Given(line.number, values, len(rows)))
        sound.append(not found)
    good = [row for row, is_sound in zip(rows, sound, strict=True) if is_sound]
    problems += _key_problems(check, lines, rows, sound)
    problems += _rule_problems(check, lines, good) if together else []
    found, told = _check_totals(check, totals, rows if all(sound) else [])
    problems += found
    if not lines:
        problems.append(_no_rows())
    if problems:
        raise DeliveryError(subject, list(_once_per_place(problems)))
    schema = {column.name: POLARS[column.type] for column in check.columns}
    frame = pl.DataFrame([tuple(row.values[name] for name in schema) for row in rows], schema=schema, orient="row")
    return Checked(table, frame, (*cells.notes, *warnings, *told), cells, tuple(lines))


def _no_rows() -> Problem:
    return Problem(
        Words(en="file", nl="bestand"),
        Words(en="it has a header but no rows.", nl="er is een kopregel maar er zijn geen rijen."),
        Words(en="Deliver at least one row.", nl="Lever ten minste één rij aan."),
    )


def _once_per_place(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Leave out what is said twice of one cell: a period fills more than one column."""
    seen: set[str] = set()
    for problem in problems:
        where = str(problem.where)
        if where not in seen or "," not in where:
            yield problem
        seen.add(where)


# --- personal data ----------------------------------------------------------------------------------------------------

_COUNTS_ONLY = Words(
    en="Deliver counts per group, never data of persons; remove the column.",
    nl="Lever aantallen per groep, nooit gegevens van personen; haal de kolom weg.",
)
_DUTCH_FINDINGS = {
    "a citizen service number (bsn)": "een burgerservicenummer (bsn)",
    "an aliens number (v-number)": "een vreemdelingennummer (v-nummer)",
    "a name": "een naam",
    "a date of birth": "een geboortedatum",
    "a document number": "een documentnummer",
}


def _personal_problems(cells: Cells, table: Table) -> list[Problem]:
    problems = []
    for position, (heading, name) in enumerate(zip(cells.headings, cells.names, strict=True)):
        column = next((column for column in table.columns if column.name == name), None)
        values = [line.cells[position] for line in cells.lines]
        finding = column_name_finding(heading) if column is None else None
        finding = finding or (undeclared_column_finding(values) if column is None and heading else None)
        if finding:
            dutch = _DUTCH_FINDINGS[finding.looks_like]
            problems.append(
                Problem(
                    Words(en=f"column {heading}", nl=f"kolom {heading}"),
                    Words(en=f"this looks like {finding.looks_like}: personal data.",
                          nl=f"dit lijkt op {dutch}: persoonsgegevens."),
                    _COUNTS_ONLY,
                )
            )  # fmt: skip
            continue
        if column is not None and (column.name in _NO_SHAPE_TEST or column.unit == "eur"):
            continue
        for line, value in zip(cells.lines, values, strict=True):
            if column is not None and column.type is date and _is_bare_number(value):
                continue  # it is told as no day, its digits left out where they could be of a person
            if column in table.figures and _is_in_millions(value):
                continue  # too many of anything, which is told by the rule of its unit
            if (looks_like := number_finding(value)) and not _is_money(line, cells, column):
                problems.append(_personal_cell(cells.at(line, position), heading, looks_like))
    return problems


def _is_bare_number(value: Cell) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdecimal())


def _is_in_millions(value: Cell) -> bool:
    """Whether a number is so round that it counts something, and names nobody: 1000000000."""
    if isinstance(value, str):
        value = int(value) if re.fullmatch(r"\s*[1-9]\d{6,14}\s*", value) and value.isascii() else None
    return isinstance(value, int | float) and value > 0 and value % 1_000_000 == 0


def _personal_cell(where: Words, heading: str, looks_like: str) -> Problem:
    dutch = _DUTCH_FINDINGS[looks_like]
    return Problem(
        where,
        Words(en=f"{heading} holds what looks like {looks_like}: personal data.",
              nl=f"{heading} bevat wat lijkt op {dutch}: persoonsgegevens."),
        _COUNTS_ONLY,
    )  # fmt: skip


def _is_money(line: Line, cells: Cells, column: Column | None) -> bool:
    """Say whether this row gives its value in euro: amounts may have as many digits as a bsn."""
    if column is None or column.unit != "see unit" or "unit" not in cells.names:
        return False
    return value_of(str(line.cells[cells.names.index("unit")]), ("eur",)) == "eur"


# --- headings ---------------------------------------------------------------------------------------------------------


def _header(cells: Cells, table: Table) -> tuple[list[Problem], list[Words]]:
    problems: list[Problem] = []
    left_out: list[str] = []
    known = names_of(table)
    for position, (heading, name) in enumerate(zip(cells.headings, cells.names, strict=True)):
        if name is not None or column_name_finding(heading):
            continue
        filled = [line for line in cells.lines if not is_blank(line.cells[position])]
        near = get_close_matches(plain(heading), [n for n in known if known[n] not in cells.names], n=1, cutoff=0.6)
        if heading and near:
            problems.append(_misspelt(cells, heading, table, near[0]))
        elif not heading and filled:
            problems.append(_misspelt(cells, "", table, ""))
        elif heading:
            left_out.append(heading)
    problems += [missing_column(cells.header_row, name, table) for name in lacking(cells, table)]
    twice = sorted({name for name in cells.names if name and cells.names.count(name) > 1})
    problems += [_twice(cells, name) for name in twice]
    return problems, _left_out(left_out, table)


def _left_out(headings: Sequence[str], table: Table) -> list[Words]:
    """Name the columns that are not of the table: each by itself, or together when they are many."""
    if len(headings) <= _FEW_COLUMNS:
        return [
            Words(en=f"Column {heading} is not one of table {table.name} and was left out.",
                  nl=f"Kolom {heading} hoort niet bij tabel {table.name} en is weggelaten.")
            for heading in headings
        ]  # fmt: skip
    shown, count, others = ", ".join(headings[:_FEW_COLUMNS]), len(headings), len(headings) - _FEW_COLUMNS
    return [
        Words(en=f"{count} columns are not of table {table.name} and were left out: {shown} and {others} more.",
              nl=f"{count} kolommen horen niet bij tabel {table.name} en zijn weggelaten: {shown} en nog {others}.")
    ]  # fmt: skip


def lacking(cells: Cells, table: Table) -> list[str]:
    """Name the columns that must be there and are not."""
    given = {name for name in cells.names if name}
    if "period" in given:
        given |= set(_PERIOD_COLUMNS)
    return [column.name for column in table.columns if column.required and column.name not in given]


def _misspelt(cells: Cells, heading: str, table: Table, near: str) -> Problem:
    shown, getoond = (heading, heading) if heading else ("(empty)", "(leeg)")
    columns = ", ".join(table.column_names)
    return Problem(
        Words(en=f"row {cells.header_row}, column {shown}", nl=f"rij {cells.header_row}, kolom {getoond}"),
        Words(en=f"table {table.name} has no column {shown}.", nl=f"tabel {table.name} heeft geen kolom {getoond}."),
        Words(en=f"Did you mean {near}?", nl=f"Bedoelt u {near}?")
        if near
        else Words(en=f"Give it a heading or empty it; the columns are {columns}.",
                   nl=f"Geef de kolom een kop of maak haar leeg; de kolommen zijn {columns}."),
    )  # fmt: skip


def _twice(cells: Cells, name: str) -> Problem:
    headings = [h for h, n in zip(cells.headings, cells.names, strict=True) if n == name]
    shown = " / ".join(dict.fromkeys(headings))
    return Problem(
        Words(en=f"row {cells.header_row}, column {shown}", nl=f"rij {cells.header_row}, kolom {shown}"),
        Words(en="the column occurs twice.", nl="de kolom staat er twee keer."),
        Words(en="Keep one of the two.", nl="Houd een van de twee."),
    )


# --- periods and totals -----------------------------------------------------------------------------------------------


def _with_periods(cells: Cells, table: Table) -> Cells:
    """Fill the columns of days from a column that holds whole periods."""
    if "period" not in cells.names:
        return cells
    at = cells.names.index("period")
    wanted = [name for name in _PERIOD_COLUMNS if name in table.column_names and name not in cells.names]
    lines = []
    for line in cells.lines:
        period = read_period(line.cells[at])
        by_name: dict[str, Cell] = {
            "period_start": period.start, "period_end": period.end, "period_type": period.kind,
            "reference_date": period.end,
        } if period else dict.fromkeys(wanted, line.cells[at])  # fmt: skip
        place = line.columns[at] if line.columns else at + 1
        places = line.columns or tuple(range(1, len(line.cells) + 1))
        lines.append(
            Line(line.number, (*line.cells, *(by_name[n] for n in wanted)), (*places, *[place] * len(wanted)))
        )  # fmt: skip
    heading = cells.headings[at]
    names = tuple(None if name == "period" else name for name in cells.names)
    return replace(
        cells, headings=(*cells.headings, *[heading] * len(wanted)), names=(*names, *wanted), lines=tuple(lines)
    )


def _without_totals(check: _Check) -> tuple[list[Line], list[Line]]:
    """Take rows of totals apart: they begin with such a word and have no day."""
    lines: list[Line] = []
    totals: list[Line] = []
    days = [check.positions[n] for n in (*_PERIOD_COLUMNS, "year") if n in check.positions and n != "period_type"]
    for line in check.cells.lines:
        first = next((cell for cell in line.cells if not is_blank(cell)), None)
        is_total = isinstance(first, str) and _TOTAL.fullmatch(first.strip()) is not None
        without_day = all(is_blank(line.cells[i]) or line.cells[i] == first for i in days)
        (totals if is_total and without_day and days else lines).append(line)
    return lines, totals


def _check_totals(check: _Check, totals: Sequence[Line], rows: Sequence[Given]) -> tuple[list[Problem], list[Words]]:
    """Hold every row of totals against the rows above it, up to the total before."""
    problems, told, last = [], [], 0
    for line in totals:
        above = [row for row in rows if last < row.number < line.number] or list(rows)
        for name in sorted(check.figures & set(check.positions)):
            position = check.positions[name]
            cell, _state = check.marks.read(line.cells[position])
            if is_blank(cell):
                continue
            given = read_number(_plain_cell(cell), check.language)
            added = sum(row.count(name) or 0.0 for row in above)
            everything = sum(row.count(name) or 0.0 for row in rows)
            if isinstance(given, NotRead):
                problems.append(given.at(check.cells.at(line, position)))
            elif rows and float(given) not in {added, everything}:
                problems.append(_wrong_total(check.cells.at(line, position), float(given), added))
            else:
                told.append(_right_total(line.number, float(given)))
        last = line.number
    return problems, told


def _right_total(number: int, given: float) -> Words:
    return Words(
        en=f"Row {number} is a total ({given:,.10g}); it agrees with the rows and was left out.",
        nl=f"Rij {number} is een totaal ({_dutch(given)}); het klopt met de rijen en is overgeslagen.",
    )


def _dutch(number: float) -> str:
    return f"{number:,.10g}".translate({ord(","): ".", ord("."): ","})


def _wrong_total(where: Words, given: float, added: float) -> Problem:
    return Problem(
        where,
        Words(en=f"the total is {given:,.10g}, the rows add up to {added:,.10g}.",
              nl=f"het totaal is {_dutch(given)}, de rijen zijn samen {_dutch(added)}."),
        Words(en="Correct a row or the total, or remove the row of totals.",
              nl="Verbeter een rij of het totaal, of haal de totaalrij weg."),
    )  # fmt: skip


# --- rows -------------------------------------------------------------------------------------------------------------


def _read_row(check: _Check, line: Line) -> tuple[dict[str, object], list[Problem]]:
    row: dict[str, object] = {}
    problems: list[Problem] = []
    states = ["final"]
    for column in check.columns:
        position = check.positions.get(column.name)
        cell = line.cells[position] if position is not None else None
        if column.name in check.figures and position is not None:
            cell, state = check.marks.read(cell)
            states.append(state)
            if cell is None and state in {"suppressed", "unknown"}:
                row[column.name] = None
                continue
        found = _value(cell, column, check, line) if position is not None else None
        if isinstance(found, NotRead):
            if found.code == "empty" and column.name in check.figures and _says_no_value(check, line):
                found = None
            else:
                assert position is not None
                problems.append(found.at(check.cells.at(line, position)))
                found = None
        row[column.name] = found
    row["state"] = max([*states, str(row["state"] or "final")], key=STATES.index)
    no_value = row["state"] in {"suppressed", "unknown"}
    if no_value:
        row |= dict.fromkeys(check.figures & set(check.positions), None)
    if not problems and check.table.row_check and (wrong := _row_problem(check, row, no_value=no_value)):
        problems.append(Problem(check.cells.row(line), *wrong))
    return row, problems


def _says_no_value(check: _Check, line: Line) -> bool:
    position = check.positions.get("state")
    said = "" if position is None else str(line.cells[position] or "")
    return value_of(said, STATES) in {"suppressed", "unknown"}


def _row_problem(check: _Check, row: dict[str, object], *, no_value: bool) -> tuple[Words, Words] | None:
    assert check.table.row_check is not None
    if no_value:  # that no figure is filled in is then right
        row = row | dict.fromkeys(check.figures, 0)
    return check.table.row_check(row)


def _value(cell: Cell, column: Column, check: _Check, line: Line) -> object:
    """Read one cell as its column wants it; a `NotRead` says why that cannot be done."""
    if is_blank(cell):
        return _empty(column) if column.required else None
    if isinstance(cell, NoValue):
        return _no_value(cell)
    if not isinstance(cell, str):
        return _read(cell, column, check, line)
    key = (column.name, _unit_of(column, check, line), cell)
    if key not in check.read:
        check.read[key] = _read(cell, column, check, line)
    return check.read[key]


def _read(cell: Cell, column: Column, check: _Check, line: Line) -> object:
    if column.type is date:
        return _day(cell, column, check)
    if column.type is str:
        return _text(cell, column)
    return _figure(cell, column, check, _unit_of(column, check, line))


def _unit_of(column: Column, check: _Check, line: Line) -> str:
    """Give the unit of a figure: of its column, or of the cell that names it in this row."""
    position = check.positions.get("unit")
    if column.unit != "see unit" or position is None:
        return column.unit
    units = next(one.values for one in check.table.columns if one.name == "unit")
    return value_of(str(line.cells[position]), units) or column.unit


def _figure(cell: Cell, column: Column, check: _Check, unit: str) -> object:
    plain_cell = _plain_cell(cell)
    found: int | float | NotRead
    if column.type is int:
        found = read_count(plain_cell, check.language)
    else:
        exact = read_number(plain_cell, check.language, percent=unit == "share")
        found = exact if isinstance(exact, NotRead) else float(exact)
    if isinstance(found, NotRead):
        return _perhaps_a_sign(found, cell) if found.code == "not_a_number" else found
    return out_of_range(found, column, unit) or found


def _plain_cell(cell: Cell) -> str | float | None:
    """Hand a cell to the reader of numbers; what is neither text nor number is no number."""
    return cell if isinstance(cell, str | int | float) or cell is None else str(cell)


def _perhaps_a_sign(found: NotRead, cell: Cell) -> NotRead:
    """Ask whether a short text is a sign for a suppressed or provisional figure."""
    if not isinstance(cell, str) or len(cell.strip()) > 12:
        return found
    return replace(
        found,
        remedy=Words(
            en=f"{found.remedy} Is it a sign for a suppressed, unknown or provisional figure? Name the recipe that "
            "declares it (--recipe statistical-signs).",
            nl=f"{found.remedy.nl} Is het een teken voor een onderdrukt, onbekend of voorlopig cijfer? Noem het recept "
            "dat het verklaart (--recipe statistical-signs).",
        ),
    )


def _empty(column: Column) -> NotRead:
    return NotRead(
        "empty",
        Words(en="the cell is empty.", nl="de cel is leeg."),
        Words(en=f"Fill in {column.meaning.lower()}.", nl=f"Vul de cel in ({column.name})."),
    )


def _no_value(cell: NoValue) -> NotRead:
    if cell.shown:
        what = Words(en=f"the cell holds {cell.shown}: an error of the spreadsheet, no value.",
                     nl=f"de cel bevat {cell.shown}: een fout van het rekenblad, geen waarde.")  # fmt: skip
    else:
        what = Words(
            en="the formula has no value; that is not nought.", nl="de formule heeft geen waarde; dat is geen nul."
        )
    return NotRead(
        "no_value",
        what,
        Words(en="Open the workbook in a spreadsheet program, let it work out the formulas and save it, or type the "
              "value.",
              nl="Open de werkmap in een rekenprogramma, laat de formules uitrekenen en sla op, of typ de waarde."),
    )  # fmt: skip


def _day(cell: Cell, column: Column, check: _Check) -> date | NotRead:
    if not isinstance(cell, date) and (period := read_period(cell)) and column.name in _PERIOD_COLUMNS:
        found: date | NotRead = period.start if column.name == "period_start" else period.end
    else:
        found = read_day(cell, check.language)
    if isinstance(found, NotRead):
        return found
    return _impossible_day(found, column, None if check.table.looks_ahead else check.received_on) or found


def _impossible_day(value: date, column: Column, received_on: date | None) -> NotRead | None:
    if value < EARLIEST_DATE:
        return NotRead(
            "too_early",
            Words(en=f"{value} is impossible: no figure is older than {EARLIEST_DATE}.",
                  nl=f"{value} kan niet: geen cijfer is ouder dan {EARLIEST_DATE}."),
            Words(en="Correct the date.", nl="Verbeter de datum."),
        )  # fmt: skip
    if column.name in {"reference_date", "period_end"} and received_on is not None and value > received_on:
        return NotRead(
            "too_late",
            Words(en=f"{value} lies after the day of receipt ({received_on}); it cannot have been observed yet.",
                  nl=f"{value} ligt na de dag van ontvangst ({received_on}); het kan nog niet zijn waargenomen."),
            Words(en="Correct the date, or deliver when the period is over.",
                  nl="Verbeter de datum, of lever aan als de periode voorbij is."),
        )  # fmt: skip
    return None


def _text(cell: Cell, column: Column) -> str | NotRead:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if column.name == "nationality":
        return _nationality(text)
    if not column.values:
        return text
    if known := value_of(text, column.values):
        return known
    near = get_close_matches(plain(text), column.values, n=1, cutoff=0.5)
    listed = ", ".join(column.values)
    return NotRead(
        "unknown_value",
        Words(en=f"{text!r} is not a known value.", nl=f"{text!r} is geen bekende waarde."),
        Words(en=f"Did you mean {near[0]}?", nl=f"Bedoelt u {near[0]}?")
        if near
        else Words(en=f"Choose from {listed}.", nl=f"Kies uit {listed}."),
    )


def _nationality(text: str) -> str | NotRead:
    """Read a code in small letters, of two letters, or the name of a country; else ask, with the nearest ones."""
    code = countries.code_of(text) or text
    if countries.is_code(code):
        return code
    near = [countries.countries()[one] for one in countries.nearest(text)]
    named = ", ".join(f"{one.alpha3} ({one.name})" for one in near)
    genoemd = ", ".join(f"{one.alpha3} ({one.name.nl})" for one in near)
    return NotRead(
        "no_nationality",
        Words(en=f"{text!r} is no nationality.", nl=f"{text!r} is geen nationaliteit."),
        Words(en=f"Write three capitals (ISO 3166), ALL, or OTHER for the rest. Nearest: {named}.",
              nl=f"Schrijf drie hoofdletters (ISO 3166), ALL, of OTHER voor de rest. Het dichtst erbij: {genoemd}."),
    )  # fmt: skip


def _key_problems(check: _Check, lines: Sequence[Line], rows: Sequence[Given], sound: Sequence[bool]) -> list[Problem]:
    seen: dict[tuple[object, ...], int] = {}
    problems = []
    for line, row, is_sound in zip(lines, rows, sound, strict=True):
        key = tuple(row.values[name] for name in check.table.key)
        if not is_sound or not key:
            continue
        if key in seen:
            shown = ", ".join(
                f"{name} {value}" for name, value in zip(check.table.key, key, strict=True) if value is not None
            )
            problems.append(
                Problem(
                    check.cells.row(line),
                    Words(en=f"the same fact as in row {seen[key]} ({shown}).",
                          nl=f"hetzelfde feit als in rij {seen[key]} ({shown})."),
                    Words(en="Keep one of the two rows.", nl="Houd een van de twee rijen."),
                )
            )  # fmt: skip
        seen.setdefault(key, line.number)
    return problems


def _rule_problems(check: _Check, lines: Sequence[Line], rows: Sequence[Given]) -> list[Problem]:
    problems = []
    for broken in broken_rules(check.table, rows):
        line, position = lines[broken.row.index], check.positions.get(broken.column)
        where = check.cells.row(line) if position is None else check.cells.at(line, position)
        problems.append(Problem(where, broken.what, broken.remedy))
    return problems
