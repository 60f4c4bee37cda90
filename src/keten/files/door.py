# SPDX-License-Identifier: EUPL-1.2
"""The door for files of strangers: csv, xlsx and ods become sheets of cells, or are refused in words.

A file may be made to hurt: a cell in the last column that asks for all memory, a small archive that unpacks to
gigabytes, a million empty rows. So it is read by a process of its own, with bounds to memory and time; whatever happens
to that process is an answer here, never a fault.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from keten.domain.clean_text import LONGEST, clean_text
from keten.domain.errors import DeliveryError, Problem
from keten.domain.language import Words
from keten.domain.numbers import NotRead
from keten.files import worker

WORKER = Path(worker.__file__)


@dataclass(frozen=True)
class NoValue:
    """A cell that promises a value and has none: a formula that was not worked out (`shown` empty), or an error."""

    shown: str = ""


Cell = str | int | float | bool | date | datetime | NoValue | None
"""What a cell holds. Text of a csv is text; numbers and dates of a workbook are what they are there."""


@dataclass(frozen=True)
class Limits:
    """How large a file may be; every bound has its own refusal.

    `bytes` and `unpacked` count bytes, `memory` bytes of the process that reads, `seconds` its time.
    """

    bytes: int = 20_000_000
    unpacked: int = 200_000_000
    rows: int = 200_000
    columns: int = 1_000
    cells: int = 3_000_000
    characters: int = 60_000_000
    seconds: int = 30
    memory: int = 1_500_000_000


LARGE = Limits(
    bytes=200_000_000, unpacked=1_000_000_000, rows=2_000_000, cells=20_000_000, characters=400_000_000,
    seconds=120, memory=6_000_000_000,
)  # fmt: skip
"""For a file of the user's own machine with a case a row."""


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was typed. `rows[0]` is row 1 and its first cell is A1; a csv is one sheet without a name.

    `merged` holds (first row, first column, last row, last column), counted from 1 like the hidden rows and columns.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return all(is_blank(cell) for row in self.rows for cell in row)


@dataclass(frozen=True)
class Workbook:
    """A file that was read: its kind (csv, xlsx or ods), its sheets in order, and what is good to know about it."""

    name: str
    kind: str
    sheets: tuple[Sheet, ...]
    notes: tuple[Words, ...] = field(default=())


class FileRefusedError(DeliveryError):
    """A file that is not read, with the reason in words and as a code; nothing was stored."""

    def __init__(self, subject: str, problems: Sequence[Problem], code: str = "") -> None:
        self.code = code
        super().__init__(subject, problems)

    @classmethod
    def of(cls, name: str, refusal: worker.RefusedError) -> FileRefusedError:
        """Say in words what the reader of files answers as a code."""
        what, remedy = _SAID[refusal.code](refusal.values)
        return cls(name, [Problem(_where(refusal.where), what, remedy)], refusal.code)


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing that can be seen."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def address(row: int, column: int) -> str:
    """Name a cell as a spreadsheet does: row 2, column 3 is C2."""
    return f"{worker.column_letters(column)}{row}"


def place(sheet: str, row: int, column: int, heading: str = "") -> Words:
    """Say where a cell stands: its sheet, row, column letter and the heading of its column."""
    letter = worker.column_letters(column)
    in_sheet, op_blad = (f"sheet {sheet}, ", f"blad {sheet}, ") if sheet else ("", "")
    named = f" ({heading})" if heading else ""
    return Words(en=f"{in_sheet}row {row}, column {letter}{named}", nl=f"{op_blad}rij {row}, kolom {letter}{named}")


def read_sheets(name: str, content: bytes, limits: Limits | None = None, *, separator: str | None = None) -> Workbook:
    """Read a file of a stranger in a guarded process.

    Parameters
    ----------
    name
        Name of the file; its ending tells the kind (csv, tsv, txt, xlsx, ods).
    separator
        What stands between the cells of a csv, where a recipe knows it; else it is found out.

    Raises
    ------
    FileRefusedError
        When it cannot be read, is larger than the limits, is made to harm, or holds text that no text holds.
    """
    limits = limits or Limits()
    if len(content) > limits.bytes:
        return _workbook(name, worker.RefusedError("too_many_bytes", most=limits.bytes).told())
    order = (
        json.dumps({"name": name, "limits": asdict(limits), "separator": separator}, allow_nan=False).encode() + b"\n"
    )
    return _workbook(name, _answer(order + content, limits))


def read_sheets_of_ours(name: str, content: bytes, *, separator: str | None = None) -> Workbook:
    """Read a file that ships with Keten; in this process, as nobody else could have changed it."""
    return _workbook(name, worker.read(name, content, asdict(LARGE), separator))


def _answer(message: bytes, limits: Limits) -> dict[str, Any]:
    command = [sys.executable, "-I", "-X", "utf8", str(WORKER)]
    with subprocess.Popen(  # only our own program, with a file on its stdin
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as reader:
        try:
            said, _ = reader.communicate(message, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            reader.kill()
            return worker.RefusedError("too_much_time", seconds=limits.seconds).told()
        except BaseException:
            reader.kill()
            raise
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError:  # the process broke off: killed, out of memory or time
        return worker.RefusedError("reader_stopped").told()
    return answer


def _workbook(name: str, answer: dict[str, Any]) -> Workbook:
    if refused := answer.get("refused"):
        raise FileRefusedError.of(name, worker.RefusedError(refused["code"], refused["where"], **refused["values"]))
    sheets = [_sheet(raw) for raw in answer["sheets"]]
    problems = [problem for sheet, found in sheets for problem in found]
    if problems:
        raise FileRefusedError(name, problems, "control_character")
    return Workbook(
        name, answer["kind"], tuple(sheet for sheet, _ in sheets), tuple(_NOTES[n] for n in answer["notes"])
    )


def _sheet(raw: dict[str, Any]) -> tuple[Sheet, list[Problem]]:
    problems: list[Problem] = []
    without_value = raw.get("without_value", {})
    rows = []
    for number, cells in enumerate(raw["rows"], start=1):
        text = "".join(cell for cell in cells if isinstance(cell, str))
        row = tuple(cells) if "#" not in text and _is_text(cells) else tuple(_cell(cell) for cell in cells)
        if not (text.isascii() and text.isprintable() and len(text) < LONGEST):
            row = tuple(_cleaned(raw["name"], number, row, problems))
        rows.append(row)
    for where, shown in without_value.items():
        row_number, column = map(int, where.split(","))
        rows[row_number - 1] = _with(rows[row_number - 1], column, NoValue(shown))
    return Sheet(
        raw["name"],
        tuple(rows),
        raw["hidden"],
        frozenset(raw.get("hidden_rows", ())),
        frozenset(raw.get("hidden_columns", ())),
        tuple((a, b, c, d) for a, b, c, d in raw.get("merged", ())),
    ), problems


def _with(row: tuple[Cell, ...], column: int, cell: Cell) -> tuple[Cell, ...]:
    filled = row + (None,) * (column - len(row))
    return (*filled[: column - 1], cell, *filled[column:])


def _is_text(cells: Sequence[object]) -> bool:
    """Whether all cells are plain text, so that none has to be made into something else."""
    return all(type(cell) is str and not cell.lstrip().startswith(("Err:", "Fout:")) for cell in cells)


def _cleaned(sheet: str, number: int, row: tuple[Cell, ...], problems: list[Problem]) -> Iterator[Cell]:
    for column, cell in enumerate(row, start=1):
        found = clean_text(cell) if isinstance(cell, str) else cell
        if isinstance(found, NotRead):
            problems.append(found.at(place(sheet, number, column)))
            yield None
        else:
            yield found


def _cell(raw: object) -> Cell:
    if isinstance(raw, dict):
        if "day" in raw:
            return date.fromisoformat(raw["day"])
        return datetime.fromisoformat(raw["moment"])
    if isinstance(raw, str) and worker.ERRORS.fullmatch(raw.strip()):
        return NoValue(raw.strip())
    assert raw is None or isinstance(raw, str | int | float | bool)
    return raw


# --- what is said -----------------------------------------------------------------------------------------------------

Values = dict[str, Any]


def _where(where: str) -> Words:
    if not where:
        return Words(en="file", nl="bestand")
    if where.isdigit():
        return Words(en=f"line {where}", nl=f"regel {where}")
    sheet, mark, cell = where.rpartition("!")
    if not mark:
        return Words(en=f"sheet {where}", nl=f"blad {where}")
    return Words(en=f"sheet {sheet}, cell {cell}", nl=f"blad {sheet}, cel {cell}")


def _many(number: int) -> tuple[str, str]:
    return f"{number:,}", f"{number:,}".replace(",", ".")


_IN_PARTS = Words(en="Deliver it in parts.", nl="Lever het in delen aan.")
_SAVE_AGAIN = Words(
    en="Open it in a spreadsheet program and save it again as .xlsx or .ods.",
    nl="Open het in een rekenprogramma en sla het opnieuw op als .xlsx of .ods.",
)
_ONLY_THE_TABLE = Words(
    en="Copy the cells that matter to a new workbook and deliver that.",
    nl="Kopieer de cellen waar het om gaat naar een nieuwe werkmap en lever die aan.",
)


def _too_many(en: str, nl: str, remedy: Words) -> Callable[[Values], tuple[Words, Words]]:
    def tell(values: Values) -> tuple[Words, Words]:
        english, dutch = _many(values["most"])
        what = Words(
            en=f"it has more than {english} {en}, counted from A1 to the last filled cell."
            if en in {"rows", "columns", "cells"}
            else f"it has more than {english} {en}.",
            nl=f"het heeft meer dan {dutch} {nl}, geteld van A1 tot de laatste gevulde cel."
            if en in {"rows", "columns", "cells"}
            else f"het heeft meer dan {dutch} {nl}.",
        )
        return what, remedy

    return tell


def _plainly(en: str, nl: str, remedy: Words) -> Callable[[Values], tuple[Words, Words]]:
    return lambda _values: (Words(en=en, nl=nl), remedy)


def _unpacks(values: Values) -> tuple[Words, Words]:
    return (
        Words(
            en=f"it unpacks to {values['megabytes']:,} MB; at most {values['most']:,} MB is read.",
            nl=f"het wordt uitgepakt {_many(values['megabytes'])[1]} MB; er wordt hoogstens {values['most']} MB "
            "gelezen.",
        ),
        _ONLY_THE_TABLE,
    )


def _csv_broken(values: Values) -> tuple[Words, Words]:
    return (
        Words(en=f"the quotes in this line do not fit ({values['error']}).",
              nl=f"de aanhalingstekens in deze regel kloppen niet ({values['error']})."),
        Words(en="Put text that holds a separator or a quote between quotes, and double a quote inside it.",
              nl="Zet tekst met een scheidingsteken of aanhalingsteken tussen aanhalingstekens, en verdubbel een "
              "aanhalingsteken daarbinnen."),
    )  # fmt: skip


def _broken(values: Values) -> tuple[Words, Words]:
    return (
        Words(en=f"it is not a readable workbook ({values['error']}).",
              nl=f"het is geen leesbare werkmap ({values['error']})."),
        _SAVE_AGAIN,
    )  # fmt: skip


def _unknown_kind(values: Values) -> tuple[Words, Words]:
    ending = f".{values['ending']}" if values["ending"] else ""
    return (
        Words(en=f"{ending or 'this kind of file'} cannot be read.",
              nl=f"{ending or 'deze soort bestand'} kan niet worden gelezen."),
        Words(en="Deliver .csv, .xlsx or .ods.", nl="Lever .csv, .xlsx of .ods aan."),
    )  # fmt: skip


_SAID: dict[str, Callable[[Values], tuple[Words, Words]]] = {
    "empty": _plainly(
        "it is empty.",
        "het is leeg.",
        Words(en="Deliver the header and at least one row.", nl="Lever de kopregel en ten minste één rij aan."),
    ),
    "unknown_kind": _unknown_kind,
    "workbook_named_csv": _plainly(
        "it is a workbook with the name of a csv file.",
        "het is een werkmap met de naam van een csv-bestand.",
        Words(en="Give it the ending .xlsx or .ods.", nl="Geef het de uitgang .xlsx of .ods."),
    ),
    "encoding": _plainly(
        "its characters cannot be read: it is neither UTF-8, UTF-16 nor Windows-1252.",
        "de tekens zijn niet te lezen: het is geen UTF-8, UTF-16 of Windows-1252.",
        Words(en="Save it as 'CSV UTF-8' and deliver again.", nl="Sla het op als 'CSV UTF-8' en lever opnieuw aan."),
    ),
    "csv": _csv_broken,
    "too_many_bytes": _too_many("bytes", "bytes", _IN_PARTS),
    "too_many_rows": _too_many("rows", "rijen", _IN_PARTS),
    "too_many_columns": _too_many("columns", "kolommen", _ONLY_THE_TABLE),
    "too_many_cells": _too_many("cells", "cellen", _ONLY_THE_TABLE),
    "too_much_text": _too_many("characters of text", "tekens tekst", _IN_PARTS),
    "unpacks_too_large": _unpacks,
    "xml_declarations": _plainly(
        "it declares a document type or entities, which no spreadsheet program writes.",
        "het bevat een documenttype of entiteiten; geen rekenprogramma schrijft die.",
        _SAVE_AGAIN,
    ),
    "no_workbook": _plainly("it is an archive without a workbook.", "het is een archief zonder werkmap.", _SAVE_AGAIN),
    "old_or_locked": _plainly(
        "it is an old workbook (.xls) or it has a password.",
        "het is een oude werkmap (.xls) of er staat een wachtwoord op.",
        Words(en="Save it as .xlsx or .ods without a password.", nl="Sla het zonder wachtwoord op als .xlsx of .ods."),
    ),
    "broken_workbook": _broken,
    "no_such_cell": lambda values: (
        Words(en=f"it names a place that no spreadsheet has ({values['cell']}).",
              nl=f"het noemt een plaats die geen enkel rekenblad heeft ({values['cell']})."),
        _SAVE_AGAIN,
    ),
    "too_much_memory": _plainly(
        "reading it asks more memory than a delivery needs.",
        "het lezen vraagt meer geheugen dan een aanlevering nodig heeft.",
        _ONLY_THE_TABLE,
    ),
    "reader_stopped": _plainly(
        "reading it broke off: it asks more memory or time than a delivery needs.",
        "het lezen is afgebroken: het vraagt meer geheugen of tijd dan een aanlevering nodig heeft.",
        _ONLY_THE_TABLE,
    ),
    "too_much_time": lambda values: (
        Words(en=f"reading it takes more than {values['seconds']} seconds.",
              nl=f"het lezen duurt langer dan {values['seconds']} seconden."),
        _ONLY_THE_TABLE,
    ),
}  # fmt: skip

_NOTES = {
    "cp1252": Words(
        en="The file is not in UTF-8; it was read as Windows-1252.",
        nl="Het bestand is niet in UTF-8; het is gelezen als Windows-1252.",
    ),
    "utf-16": Words(en="The file was read as UTF-16.", nl="Het bestand is gelezen als UTF-16."),
    "separator_line": Words(
        en="The line sep= of the spreadsheet program was left out.",
        nl="De regel sep= van het rekenprogramma is overgeslagen.",
    ),
}
