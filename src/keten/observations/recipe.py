# SPDX-License-Identifier: EUPL-1.2
"""Recipes make the files of others fit without retyping: which heading is which column, which sign means what.

A recipe is a YAML file. Those that ship stand in the folder `recipes`; another is named by its path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from keten.domain import countries
from keten.domain.errors import DeliveryError, Problem
from keten.domain.language import Language, Words
from keten.domain.tables import Table
from keten.domain.yaml_text import parse_yaml
from keten.files import Cell, Sheet, Workbook
from keten.files.door import is_blank
from keten.files.table import Located, locate
from keten.observations.headings import invisible_in, names_of, plain, value_of
from keten.observations.periods import read_period
from keten.observations.reading import Cells, Line, hidden_figures, refused
from keten.observations.tables import TABLES

State = Literal["final", "provisional", "suppressed", "unknown"]


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Marks(_Declared):
    """Signs in or behind a figure. `plain` ones are known and change nothing, such as a break in a series."""

    suppressed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    provisional: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    def read(self, cell: Cell) -> tuple[Cell, str]:
        """Take the signs off a cell; give what remains (None when there is no figure) and the state it has."""
        if not isinstance(cell, str) or is_blank(cell):
            return cell, "final"
        rest, state = cell.strip(), "final"
        while rest:
            if rest in self.suppressed:
                return None, "suppressed"
            if rest in self.unknown:
                return None, "suppressed" if state == "suppressed" else "unknown"
            sign = next((s for s in self._behind if rest.endswith(s) and len(rest) > len(s)), None)
            if sign is None:
                return (None if state == "suppressed" else rest), state
            rest = rest[: -len(sign)].rstrip()
            if sign in self.suppressed:
                state = "suppressed"
            elif sign in self.provisional and state == "final":
                state = "provisional"
        return None, "unknown"

    @property
    def _behind(self) -> tuple[str, ...]:
        """Signs that may stand behind a figure, the longest first; a sign with digits in it stands alone."""
        every = (*self.provisional, *self.plain, *self.suppressed)
        return tuple(sorted((s for s in every if not re.search(r"\d", s)), key=len, reverse=True))


class Long(_Declared):
    """Turn a wide table into a long one: every heading named here (or every heading that is a period) becomes a row."""

    value: str
    headings: dict[str, dict[str, str]] = Field(default_factory=dict)
    periods: bool = False


class Recipe(_Declared):
    """How a file of one source is read. Headings are compared without capitals and without a number behind them."""

    id: str
    nl: str
    en: str
    source: str
    table: str | None = None
    notation: Language | None = None
    separator: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    long: Long | None = None
    split_first_column: bool = False
    """Whether the first heading holds several, as Eurostat writes: freq,citizen,geo\\TIME_PERIOD."""
    keep: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Heading to the values of the rows that are read; rows with another value are left out and counted."""
    fill: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    add_up: bool = False
    """Whether rows of one fact are parts that are added up."""
    marks: Marks = Marks()


@lru_cache
def recipes() -> dict[str, Recipe]:
    """Every recipe that ships, by its name."""
    folder = files("keten.observations").joinpath("recipes")
    texts = sorted((path.name, path.read_text(encoding="utf-8")) for path in folder.iterdir() if path.is_file())
    found = [Recipe.model_validate(parse_yaml(text)) for name, text in texts if name.endswith(".yaml")]
    return {recipe.id: recipe for recipe in found}


def find_recipe(name: str) -> Recipe:
    """Give a recipe by its name, or read it from a file of which the name ends in .yaml.

    Raises
    ------
    DeliveryError
        When there is no such recipe, or its file is wrong; with all problems.
    """
    if name in recipes():
        return recipes()[name]
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"} or not path.is_file():
        known = ", ".join(recipes())
        raise refused(
            f"recipe {name}",
            Words(en="there is no such recipe.", nl="dit recept bestaat niet."),
            Words(en=f"Choose from {known}, or give the path of a YAML file.",
                  nl=f"Kies uit {known}, of geef het pad van een YAML-bestand."),
            Words(en="recipe", nl="recept"),
        )  # fmt: skip
    try:
        made = Recipe.model_validate(parse_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        remedy = Words(
            en="Correct it; the recipes that ship show how.", nl="Verbeter dit; de meegeleverde recepten tonen hoe."
        )
        problems = [Problem(".".join(map(str, e["loc"])) or "recipe", f"{e['msg']}.", remedy) for e in error.errors()]
        raise DeliveryError(path.name, problems) from None
    except (ValueError, OSError) as error:
        raise refused(path.name, Words(en=f"is no recipe: {error}.", nl=f"is geen recept: {error}."),
                      Words(en="Write it as YAML.", nl="Schrijf het als YAML.")) from None  # fmt: skip
    if made.table is not None and made.table not in TABLES:
        raise refused(path.name, Words(en=f"there is no table {made.table}.", nl=f"er is geen tabel {made.table}."),
                      Words(en=f"Choose from {', '.join(TABLES)}.", nl=f"Kies uit {', '.join(TABLES)}."))  # fmt: skip
    return made


def _bare(heading: object) -> str:
    return re.sub(r"_\d+$", "", plain(heading))


def cells_by(recipe: Recipe, workbook: Workbook, sheet_name: str | None = None) -> tuple[Table, Cells]:
    """Read a file by a recipe: its headings become columns of the table, its wide rows become long.

    Raises
    ------
    DeliveryError
        When no sheet holds the headings of the recipe.
    """
    assert recipe.table is not None  # a recipe without a table has marks only
    table = TABLES[recipe.table]
    sheets = [s for s in workbook.sheets if (s.name == sheet_name if sheet_name else not s.hidden)]
    made = [one for one in (_Applied.to(recipe, table, _split(recipe, sheet)) for sheet in sheets) if one]
    if not made:
        headings = ", ".join((*recipe.columns, *(recipe.long.headings if recipe.long else ())))
        raise refused(
            workbook.name,
            Words(en=f"no sheet has the headings of recipe {recipe.id} ({headings}).",
                  nl=f"geen blad heeft de koppen van recept {recipe.id} ({headings})."),
            Words(en="Check the recipe, or choose another (--recipe).",
                  nl="Controleer het recept of kies een ander (--recipe)."),
            Words(en="header", nl="kopregel"),
        )  # fmt: skip
    best = max(made, key=lambda one: one.located.known)
    same = [one.located.sheet.name for one in made if one.located.known == best.located.known]
    if len(same) > 1:
        raise refused(
            workbook.name,
            Words(
                en=f"several sheets fit the recipe ({', '.join(same)}).", nl=f"meer bladen passen ({', '.join(same)})."
            ),
            Words(en="Name the sheet (--sheet).", nl="Noem het blad (--sheet)."),
            Words(en="workbook", nl="werkmap"),
        )
    return table, best.cells(workbook)


def fitting(workbook: Workbook) -> list[Recipe]:
    """Give the recipes that ship by which a visible sheet holds every column; those that know most of it."""
    known: dict[str, int] = {}
    for recipe in recipes().values():
        if recipe.table is None:
            continue
        for sheet in (sheet for sheet in workbook.sheets if not sheet.hidden and not sheet.is_empty):
            applied = _Applied.to(recipe, TABLES[recipe.table], _split(recipe, sheet))
            if applied and applied.is_whole and set(recipe.columns.values()) <= set(applied.located.names):
                known[recipe.id] = max(known.get(recipe.id, 0), applied.located.known)
    most = max(known.values(), default=0)
    return [recipes()[name] for name, count in known.items() if count == most]


def _split(recipe: Recipe, sheet: Sheet) -> Sheet:
    """Cut the first column at its commas; the heading that names the columns goes."""
    if not recipe.split_first_column:
        return sheet
    width = max((str(row[0]).count(",") + 1 for row in sheet.rows if row and not is_blank(row[0])), default=1)
    rows = []
    for row in sheet.rows:
        first = str(row[0]).partition("\\")[0].split(",") if row and row[0] is not None else []
        rows.append((*first, *[None] * (width - len(first)), *row[1:]))
    return replace(sheet, rows=tuple(rows))


@dataclass(frozen=True)
class _Applied:
    """A recipe on the sheet where its headings were found."""

    recipe: Recipe
    table: Table
    located: Located
    shift: int
    """How many columns the first one was cut into, less one."""

    @classmethod
    def to(cls, recipe: Recipe, table: Table, sheet: Sheet) -> _Applied | None:
        own = names_of(table)
        named = {_bare(heading): name for heading, name in recipe.columns.items()}
        wide = {_bare(heading): "*" + _bare(heading) for heading in recipe.long.headings} if recipe.long else {}
        kept = {_bare(heading): "=" + _bare(heading) for heading in recipe.keep}
        ignored = {_bare(heading): "-" for heading in recipe.ignore}

        def name_of(heading: str) -> str | None:
            bare = _bare(heading)
            for names in (named, wide, kept, ignored):
                if bare in names:
                    return names[bare]
            if recipe.long and recipe.long.periods and read_period(heading):
                return "*" + heading
            return own.get(plain(heading))

        located = locate(sheet, name_of)
        if located is None or not any(name and name[0] not in "=-" for name in located.names):
            return None
        if recipe.long and recipe.long.periods:
            located = _with_date_headings(located)
        required = {name for name in recipe.columns.values()} if recipe.columns else set()
        if required and not required & set(located.names) and located.known < 3:
            return None
        first = located.sheet.rows[located.header_row - 1]
        split = recipe.split_first_column
        return cls(
            recipe, table, located, sum(_bare(c) in {**named, **kept, **ignored} for c in first) - 1 if split else 0
        )

    @property
    def is_whole(self) -> bool:
        """Whether every column that the table must have is read, filled in or made of a heading."""
        made = {name for name in self.located.names if name} | set(self.recipe.fill)
        if self.recipe.long is not None and any(name and name[0] == "*" for name in self.located.names):
            made |= {self.recipe.long.value, *self._added_by_headings()}
        if "period" in made:
            made |= {"period_start", "period_end", "period_type", "reference_date"}
        return all(column.name in made for column in self.table.columns if column.required)

    def cells(self, workbook: Workbook) -> Cells:
        names = [name for name in self.located.names]
        wide = [i for i, name in enumerate(names) if name and name[0] == "*"]
        plain_ones = [i for i, name in enumerate(names) if name and name[0] not in "*=-"]
        header = self._header(plain_ones, bool(wide))
        used = {*plain_ones, *wide}
        lines: list[Line] = []
        left_out = 0
        read: list[tuple[int, Sequence[Cell]]] = []
        for number, row in self.located.rows():
            row = (*row, *[None] * (len(names) - len(row)))
            if not self._is_kept(row):
                left_out += 1
                continue
            read.append((number, [cell if i in used else None for i, cell in enumerate(row)][self.shift :]))
            lines += self._lines(number, row, plain_ones, wide)
        notes = [*workbook.notes, *invisible_in(self.located.headings), *self._notes(left_out, wide)]
        extra = [(h, None) for h, n in zip(self.located.headings, names, strict=True) if h and n is None]
        notes += [_left_out_column(heading) for heading, _ in extra]
        headings = tuple(heading for heading, _ in header)
        columns = tuple(name for _, name in header)
        cells = Cells(
            self.located.sheet.name,
            headings,
            columns,
            tuple(lines),
            self.located.header_row,
            tuple(hidden_figures(self.located, read)),
            tuple(notes),
        )
        return _added_up(cells, self.table) if self.recipe.add_up else cells

    def _header(self, plain_ones: Sequence[int], is_wide: bool) -> list[tuple[str, str | None]]:
        header: list[tuple[str, str | None]] = [(self.located.headings[i], self.located.names[i]) for i in plain_ones]
        if is_wide and self.recipe.long:
            header += [(name, name) for name in self._added_by_headings()]
            header.append((self.recipe.long.value, self.recipe.long.value))
        return header + [(name, name) for name in self._filled()]

    def _filled(self) -> list[str]:
        return [name for name in self.recipe.fill if name not in self.located.names]

    def _added_by_headings(self) -> list[str]:
        assert self.recipe.long is not None
        if self.recipe.long.periods:
            return ["period"]
        return sorted({name for values in self.recipe.long.headings.values() for name in values})

    def _is_kept(self, row: Sequence[Cell]) -> bool:
        for i, name in enumerate(self.located.names):
            if name and name[0] == "=":
                allowed = next(v for h, v in self.recipe.keep.items() if _bare(h) == name[1:])
                if str(row[i]).strip() not in allowed:
                    return False
        return True

    def _lines(self, number: int, row: Sequence[Cell], ones: Sequence[int], wide: Sequence[int]) -> Iterator[Line]:
        begin = [self._known(str(self.located.names[i]), row[i]) for i in ones]
        places = [max(1, i + 1 - self.shift) for i in ones]
        filled: list[Cell] = [self.recipe.fill[name] for name in self._filled()]
        if not wide:
            yield Line(number, (*begin, *filled), (*places, *[0] * len(filled)))
            return
        for i in wide:
            added = self._from_heading(i)
            place = max(1, i + 1 - self.shift)
            cells = (*begin, *added, row[i], *filled)
            yield Line(number, cells, (*places, *[place] * (len(added) + 1), *[0] * len(filled)))

    def _from_heading(self, i: int) -> list[Cell]:
        assert self.recipe.long is not None
        if self.recipe.long.periods:
            heading = self.located.sheet.rows[self.located.header_row - 1][i]
            return [heading.strip() if isinstance(heading, str) else heading]
        bare = str(self.located.names[i])[1:]
        values = next(v for h, v in self.recipe.long.headings.items() if _bare(h) == bare)
        return [values.get(name) for name in self._added_by_headings()]

    def _known(self, name: str, cell: Cell) -> Cell:
        """Translate a value: by the recipe, by the list of countries, or by the closed list of the column."""
        if cell is None or isinstance(cell, date):
            return cell
        text = str(cell).strip()
        if text in self.recipe.values.get(name, {}):
            return self.recipe.values[name][text]
        if name == "nationality":
            return countries.code_of(text) or text
        column = next((column for column in self.table.columns if column.name == name), None)
        return (value_of(text, column.values) or cell) if column is not None and column.values else cell

    def _notes(self, left_out: int, wide: Sequence[int]) -> list[Words]:
        notes = []
        if left_out:
            kept = "; ".join(f"{heading} {', '.join(values)}" for heading, values in self.recipe.keep.items())
            notes.append(
                Words(en=f"{left_out} rows of other groups were left out (kept: {kept}).",
                      nl=f"{left_out} rijen van andere groepen zijn weggelaten (gelezen: {kept}).")
            )  # fmt: skip
        return notes


def _left_out_column(heading: str) -> Words:
    return Words(
        en=f"Column {heading} is not in the recipe and was left out.",
        nl=f"Kolom {heading} staat niet in het recept en is weggelaten.",
    )


def _with_date_headings(located: Located) -> Located:
    """Recognise headings that a workbook keeps as dates: the first of a month, shown as jul-23."""
    row = located.sheet.rows[located.header_row - 1]
    names = tuple(f"*{cell}" if isinstance(cell, date) else located.names[i] for i, cell in enumerate(row))
    return replace(located, names=names)


def _added_up(cells: Cells, table: Table) -> Cells:
    """Add the figures of rows with one key; a figure that is no number stays as it is, and is asked back later."""
    positions = [i for i, name in enumerate(cells.names) if name in {column.name for column in table.figures}]
    sums: dict[tuple[Cell, ...], Line] = {}
    for line in cells.lines:
        key = tuple(cell for i, cell in enumerate(line.cells) if i not in positions)
        if key not in sums:
            sums[key] = line
            continue
        earlier = sums[key]
        added = list(earlier.cells)
        for i in positions:
            added[i] = _sum(earlier.cells[i], line.cells[i])
        sums[key] = replace(earlier, cells=tuple(added))
    return replace(cells, lines=tuple(sums.values()))


def _sum(one: Cell, other: Cell) -> Cell:
    values = [_number(one), _number(other)]
    wrong = [cell for cell, value in zip((one, other), values, strict=True) if value is None]
    return wrong[0] if wrong else sum(value for value in values if value is not None)


def _number(cell: Cell) -> float | int | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return None
    if isinstance(cell, str):
        return int(cell.replace(",", "")) if re.fullmatch(r"\d{1,3}(,\d{3})*|\d+", cell.strip()) else None
    return cell
