# SPDX-License-Identifier: EUPL-1.2
"""Find the table in a file that was read, and its cells by column, before anything is decided about what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from keten.domain.errors import DeliveryError, Problem
from keten.domain.language import Words
from keten.domain.tables import Table
from keten.files import Cell, Sheet, Workbook
from keten.files.door import is_blank, place
from keten.files.table import Located, first_filled, locate
from keten.observations.headings import invisible_in, names_of, plain
from keten.observations.tables import TABLES

_SHOWN_ABOVE = 3


@dataclass(frozen=True)
class Line:
    """One row of figures: its number in the file and its cells, one for each name of the `Cells`."""

    number: int
    cells: tuple[Cell, ...]
    columns: tuple[int, ...] = ()
    """Where each cell stands in the file, counted from 1; 0 for what a recipe filled in. Empty: in order."""


@dataclass(frozen=True)
class Cells:
    """A table as it was typed. `names[i]` is the column that `headings[i]` means; None for one that is not known."""

    sheet: str
    headings: tuple[str, ...]
    names: tuple[str | None, ...]
    lines: tuple[Line, ...]
    header_row: int = 1
    problems: tuple[Problem, ...] = ()
    notes: tuple[Words, ...] = ()

    def at(self, line: Line, position: int) -> Words:
        """Name the place of a cell: sheet, row, column letter and heading."""
        column = line.columns[position] if line.columns else position + 1
        heading = self.headings[position] if position < len(self.headings) else ""
        if not column:
            return Words(en=f"row {line.number} ({heading})", nl=f"rij {line.number} ({heading})")
        return place(self.sheet, line.number, column, heading)

    def row(self, line: Line) -> Words:
        """Name a whole row."""
        in_sheet, op_blad = (f"sheet {self.sheet}, ", f"blad {self.sheet}, ") if self.sheet else ("", "")
        return Words(en=f"{in_sheet}row {line.number}", nl=f"{op_blad}rij {line.number}")


class NoTableError(DeliveryError):
    """No visible sheet of a file has the headings of a table of Keten."""


def refused(name: str, what: Words, remedy: Words, where: Words | None = None) -> DeliveryError:
    """Refuse a file for one reason that concerns the whole of it."""
    return DeliveryError(name, [Problem(where or Words(en="file", nl="bestand"), what, remedy)])


def find_cells(workbook: Workbook, table: Table | None, sheet_name: str | None = None) -> tuple[Table, Cells]:
    """Find the sheet, the row of the headings and the table that they point at.

    Parameters
    ----------
    table
        The table, where the deliverer named it; else the name of the sheet or file says it, or the headings.

    Raises
    ------
    DeliveryError
        When no visible sheet holds the columns of a table, or more than one does.
    """
    candidates = [table] if table else list(TABLES.values())
    visible = _chosen_sheets(workbook, sheet_name)
    filled = [sheet for sheet in visible if not sheet.is_empty]
    found = {sheet.name: (sheet, _best(sheet, candidates, workbook.name, len(filled) == 1)) for sheet in filled}
    good = {name: (sheet, best) for name, (sheet, best) in found.items() if best}
    if table is not None and table.name in good:
        good = {table.name: good[table.name]}
    if len(good) > 1:
        raise _several_sheets(workbook.name, {name: [one for one, _ in best] for name, (_, best) in good.items()})
    if not good:
        raise NoTableError(workbook.name, _no_table(workbook, table, visible).problems)
    sheet, best = next(iter(good.values()))
    if len(best) > 1:
        raise _several_tables(workbook.name, [one for one, _ in best])
    chosen, located = best[0]
    return chosen, _cells(located, workbook, visible)


def _chosen_sheets(workbook: Workbook, sheet_name: str | None) -> list[Sheet]:
    if sheet_name is None:
        return [sheet for sheet in workbook.sheets if not sheet.hidden]
    chosen = [sheet for sheet in workbook.sheets if sheet.name == sheet_name]
    if not chosen:
        names = ", ".join(sheet.name for sheet in workbook.sheets)
        raise refused(
            workbook.name,
            Words(en=f"there is no sheet {sheet_name}.", nl=f"er is geen blad {sheet_name}."),
            Words(en=f"Choose from {names}.", nl=f"Kies uit {names}."),
        )
    return chosen


def _best(
    sheet: Sheet, candidates: Sequence[Table], file_name: str, alone: bool = False
) -> list[tuple[Table, Located]]:
    """Give the tables whose headings fit best; one that the sheet or the file is named after goes before the others.

    A sheet that stands alone is the table that it is named after when half of the required columns are there, however
    many others there are.
    """
    scores: list[tuple[float, Table, Located]] = []
    for table in candidates:
        located = _locate(sheet, table)
        if located is not None:
            scores.append((_score(located, table), table, located))
    named = [
        row for row in scores
        if _is_named(row[1], sheet, file_name) and (row[0] >= 0.5 or (alone and _has_half(row[2], row[1])))
    ]  # fmt: skip
    scores = [row for row in scores if row[0] >= 0.5]
    if named:
        scores = [max(named, key=lambda row: len(row[1].name))]
    highest = max((score for score, _, _ in scores), default=0.0)
    return [(table, located) for score, table, located in scores if score == highest]


def _locate(sheet: Sheet, table: Table) -> Located | None:
    names = names_of(table)
    return locate(sheet, lambda heading: names.get(plain(heading)))


def _is_named(table: Table, sheet: Sheet, file_name: str) -> bool:
    """Whether the sheet or the file is named after the table."""
    return sheet.name == table.name or file_name.lower().startswith(table.name)


def _has_half(located: Located, table: Table) -> bool:
    """Whether half of the required columns are there, however many others there are; asked of a table that is named."""
    similar, required, _lacking = _likeness(located, table)
    return similar / max(required, 1) >= 0.5


def _score(located: Located, table: Table) -> float:
    """Say which part of the required columns is there; a misspelt heading counts for a part."""
    similar, required, lacking = _likeness(located, table)
    strange = sum(bool(heading) and name is None for heading, name in zip(located.headings, located.names, strict=True))
    return similar / max(required, 1) - 0.01 * (strange + lacking) - 0.001 * len(table.columns)


def _likeness(located: Located, table: Table) -> tuple[float, int, int]:
    """Count the required columns that are there or nearly, those that must be, and those that are not there."""
    names = names_of(table)
    known = {name for name in located.names if name}
    if "period" in known:
        known |= {"period_start", "period_end", "reference_date", "period_type"}
    required = {column.name for column in table.columns if column.required}
    near = sum(
        bool(heading) and name is None and bool(get_close_matches(plain(heading), names, n=1, cutoff=0.75))
        for heading, name in zip(located.headings, located.names, strict=True)
    )
    return min(len(known & required) + 0.9 * near, len(required)), len(required), len(required - known)


def _cells(located: Located, workbook: Workbook, visible: Sequence[Sheet]) -> Cells:
    width = max((i + 1 for i, heading in enumerate(located.headings) if heading), default=0)
    lines, problems = [], []
    for number, row in located.rows():
        beyond = [i for i in range(width, len(row)) if not is_blank(row[i])]
        problems += [_beyond(located, number, i) for i in beyond]
        if workbook.kind == "csv" and len(row) < width:
            problems.append(_too_short(number, len(row), width))
        lines.append(Line(number, (*row[:width], *[None] * (width - len(row)))))
    notes = (*workbook.notes, *invisible_in(located.headings[:width]), *_notes(located, workbook, visible))
    problems += hidden_figures(located, [(line.number, line.cells) for line in lines])
    return Cells(
        located.sheet.name, located.headings[:width], located.names[:width], tuple(lines), located.header_row,
        tuple(problems), notes,
    )  # fmt: skip


def _beyond(located: Located, number: int, position: int) -> Problem:
    return Problem(
        place(located.sheet.name, number, position + 1),
        Words(en="this cell stands beyond the last heading.", nl="deze cel staat voorbij de laatste kop."),
        Words(en="Give the column a heading, or empty the cell; put text that holds a separator in quotes.",
              nl="Geef de kolom een kop of maak de cel leeg; zet tekst met een scheidingsteken tussen "
              "aanhalingstekens."),
    )  # fmt: skip


def _too_short(number: int, have: int, width: int) -> Problem:
    return Problem(
        Words(en=f"row {number}", nl=f"rij {number}"),
        Words(en=f"has {have} cells, the header has {width}.", nl=f"heeft {have} cellen, de kopregel {width}."),
        Words(en="Put text that holds a separator in quotes, or fill in the missing cells.",
              nl="Zet tekst met een scheidingsteken tussen aanhalingstekens, of vul de ontbrekende cellen aan."),
    )  # fmt: skip


def hidden_figures(located: Located, rows: Sequence[tuple[int, Sequence[Cell]]]) -> list[Problem]:
    """Refuse figures in hidden rows and columns: nobody can check what is not seen."""
    return _hidden_rows(located, [number for number, _ in rows]) + _hidden_columns(located, rows)


def _hidden_columns(located: Located, rows: Sequence[tuple[int, Sequence[Cell]]]) -> list[Problem]:
    problems = []
    for column in sorted(located.sheet.hidden_columns):
        filled = [number for number, cells in rows if column <= len(cells) and not is_blank(cells[column - 1])]
        if filled:
            heading = located.headings[column - 1] if column <= len(located.headings) else ""
            shown = _in_words(filled)
            problems.append(
                Problem(
                    place(located.sheet.name, located.header_row, column, heading),
                    Words(en=f"the column is hidden and holds figures (rows {shown}).",
                          nl=f"de kolom is verborgen en bevat cijfers (rijen {shown})."),
                    Words(en="Show the column, or remove it: nobody can check what is not seen.",
                          nl="Maak de kolom zichtbaar of haal haar weg: wat niet te zien is, is niet na te kijken."),
                )
            )  # fmt: skip
    return problems


def _hidden_rows(located: Located, numbers: Sequence[int]) -> list[Problem]:
    hidden = [number for number in numbers if number in located.sheet.hidden_rows]
    if not hidden:
        return []
    shown = _in_words(hidden)
    return [
        Problem(
            Words(en=f"row {shown}", nl=f"rij {shown}"),
            Words(en="is hidden and holds figures.", nl="is verborgen en bevat cijfers."),
            Words(en="Show the hidden rows, or remove them: nobody can check what is not seen.",
                  nl="Maak de verborgen rijen zichtbaar of haal ze weg: wat niet te zien is, is niet na te kijken."),
        )
    ]  # fmt: skip


def _in_words(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return f"{shown}, ..." if len(numbers) > 10 else shown


def _notes(located: Located, workbook: Workbook, visible: Sequence[Sheet]) -> list[Words]:
    notes = []
    if located.above:
        shown = "; ".join(repr(text[:60]) for text in located.above[:_SHOWN_ABOVE])
        last = located.header_row - 1
        notes.append(
            Words(en=f"Rows 1 to {last} above the headings were left out: {shown}.",
                  nl=f"De rijen 1 tot en met {last} boven de koppen zijn overgeslagen: {shown}.")
        )  # fmt: skip
    if len(workbook.sheets) > 1:
        notes.append(Words(en=f"Read from sheet {located.sheet.name}.", nl=f"Gelezen van blad {located.sheet.name}."))
    hidden = [sheet.name for sheet in workbook.sheets if sheet.hidden and sheet not in visible]
    if hidden:
        names = ", ".join(hidden)
        notes.append(
            Words(en=f"Hidden and not read: sheet {names}.", nl=f"Verborgen en niet gelezen: blad {names}.")
        )  # fmt: skip
    return notes


# --- what is said -----------------------------------------------------------------------------------------------------


def _several_sheets(name: str, found: dict[str, list[Table]]) -> DeliveryError:
    shown = ", ".join(found)
    tables = {table.name for tables in found.values() for table in tables}
    option = "--sheet" if len(tables) < len(found) else "--table"
    return refused(
        name,
        Words(en=f"several sheets are tables ({shown}) and only one can be read at a time.",
              nl=f"meer bladen zijn tabellen ({shown}) en er kan er één tegelijk worden gelezen."),
        Words(en=f"Name the sheet or the table ({option}), once for each sheet.",
              nl=f"Noem het blad of de tabel ({option}), een keer per blad."),
        Words(en="workbook", nl="werkmap"),
    )  # fmt: skip


def _several_tables(name: str, tables: Sequence[Table]) -> DeliveryError:
    names = ", ".join(table.name for table in tables)
    return refused(
        name,
        Words(en=f"these columns do not point at one table but at {names}.",
              nl=f"deze kolommen wijzen niet één tabel aan maar {names}."),
        Words(en="Name the table (--table), or begin the file name with it.",
              nl="Noem de tabel (--table), of laat de bestandsnaam ermee beginnen."),
        Words(en="header", nl="kopregel"),
    )  # fmt: skip


def _no_table(workbook: Workbook, table: Table | None, visible: Sequence[Sheet]) -> DeliveryError:
    filled = [sheet for sheet in visible if not sheet.is_empty]
    if not filled:
        hidden = [sheet.name for sheet in workbook.sheets if sheet.hidden and not sheet.is_empty]
        if hidden:
            return refused(
                workbook.name,
                Words(en=f"only hidden sheets hold anything ({', '.join(hidden)}).",
                      nl=f"alleen verborgen bladen bevatten iets ({', '.join(hidden)})."),
                Words(en="Show the sheet that is to be read.", nl="Maak het blad dat gelezen moet worden zichtbaar."),
            )  # fmt: skip
        return refused(
            workbook.name,
            Words(en="it is empty.", nl="het is leeg."),
            Words(en="Deliver the header and at least one row.", nl="Lever de kopregel en ten minste één rij aan."),
        )
    fitting = [
        sheet.name for sheet in workbook.sheets
        if sheet.hidden and sheet not in visible and _best(sheet, [table] if table else list(TABLES.values()), "")
    ]  # fmt: skip
    if fitting:
        names = ", ".join(fitting)
        return refused(
            workbook.name,
            Words(en=f"no visible sheet is a table; the sheet that is one ({names}) is hidden.",
                  nl=f"geen zichtbaar blad is een tabel; het blad dat er een is ({names}) is verborgen."),
            Words(en=f"Show the sheet, or name it (--sheet {fitting[0]}).",
                  nl=f"Maak het blad zichtbaar, of noem het (--sheet {fitting[0]})."),
            Words(en="workbook", nl="werkmap"),
        )  # fmt: skip
    if table is None and len(filled) == 1:
        named = [one for one in TABLES.values() if _is_named(one, filled[0], workbook.name)]
        table = max(named, key=lambda one: len(one.name), default=None)
    if table is not None and len(filled) == 1:
        return DeliveryError(workbook.name, _missing_of(filled[0], table))
    names = ", ".join(TABLES)
    return refused(
        workbook.name,
        Words(en="these columns do not point at one table.", nl="deze kolommen wijzen geen tabel aan."),
        Words(en=f"Name the table (--table), or begin the file name with it: {names}. For a file of another office "
              "name "
              "its recipe (--recipe).",
              nl=f"Noem de tabel (--table), of laat de bestandsnaam ermee beginnen: {names}. Noem voor een bestand van "
              "een andere instantie het recept (--recipe)."),
        Words(en="header", nl="kopregel"),
    )  # fmt: skip


def _missing_of(sheet: Sheet, table: Table) -> list[Problem]:
    """Say which columns a sheet lacks that should hold a table; the first filled row is taken as its headings."""
    located = _locate(sheet, table)
    row = located.header_row if located else first_filled(sheet)
    have = {name for name in located.names if name} if located else set()
    return [
        missing_column(row, name, table) for name in table.column_names if name not in have and _required(table, name)
    ]


def _required(table: Table, name: str) -> bool:
    return next(column.required for column in table.columns if column.name == name)


def missing_column(row: int, name: str, table: Table) -> Problem:
    """Say that a column that must be there is not."""
    meaning = next(column.meaning for column in table.columns if column.name == name).lower()
    return Problem(
        Words(en=f"row {row}", nl=f"rij {row}"),
        Words(en=f"column {name} is missing.", nl=f"kolom {name} ontbreekt."),
        Words(en=f"Add it: {meaning}.", nl=f"Voeg de kolom toe (in het Engels: {meaning})."),
    )
