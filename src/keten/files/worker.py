# SPDX-License-Identifier: EUPL-1.2
"""Read one file of a stranger as sheets of cells; the program of the guarded process (see `keten.files.door`).

It stands alone: it starts in hundredths of a second and knows nothing that is worth stealing. The file comes in on
stdin; the answer goes out as JSON: the sheets, or what is wrong as codes with their place. It never writes.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

Limits = Mapping[str, int]
Found = dict[str, Any]
ERRORS = re.compile(
    r"#(REF|NAME\?|DIV/0|VALUE|N/A|NUM|NULL|SPILL|CALC|FIELD|BLOCKED|CONNECT|UNKNOWN|BUSY|GETTING_DATA"
    r"|VERW|NAAM\?|DEEL/0|WAARDE|N/B|GETAL|LEEG|OVERLOOP|BEREKENEN|VELD|GEBLOKKEERD|VERBINDEN|ONBEKEND|BEZET|NV|N/D)!?"
    r"|#[¡¿]?[^\W\d_][\w/]{1,19}[!?]"  # every language ends nearly all of them so: #BEZUG!, #NOM?, #¡VALOR!
    r"|(Err|Fout):\d{3}",
    re.IGNORECASE,
)
"""What a spreadsheet shows where a formula went wrong: by name in English and Dutch, else by its marks."""
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The last row and column that a spreadsheet program has."""
SEPARATORS = ";,\t|"
LINES_TO_SNIFF = 100
MOST_PARTS = 5_000
_CHUNK = 1 << 16


class RefusedError(Exception):
    """The file is not read: a code, the place (empty for the whole file) and what the sentence needs."""

    def __init__(self, code: str, where: str = "", **values: object) -> None:
        super().__init__(code)
        self.code, self.where, self.values = code, where, values

    def told(self) -> Found:
        """Give it as the answer of the process."""
        return {"refused": {"code": self.code, "where": self.where, "values": self.values}}


def read(name: str, content: bytes, limits: Limits, separator: str | None = None) -> Found:
    """Read a csv (or tsv, txt), xlsx or ods file; the answer holds `kind`, `sheets` and `notes`, or `refused`."""
    ending = name.rpartition(".")[2].lower()
    try:
        if len(content) > limits["bytes"]:
            raise RefusedError("too_many_bytes", most=limits["bytes"])
        if not content.strip():
            raise RefusedError("empty")
        if ending not in READERS:
            raise RefusedError("unknown_kind", ending=ending if len(ending) < len(name) else "")
        return READERS[ending](name, content, limits, separator)
    except RefusedError as refusal:
        return refusal.told()


# --- text -------------------------------------------------------------------------------------------------------------


def _read_csv(name: str, content: bytes, limits: Limits, separator: str | None) -> Found:
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise RefusedError("workbook_named_csv")
    text, encoding = decode(content)
    notes: list[str] = [] if encoding in {"utf-8", "utf-8-sig"} else [encoding]
    first, _, rest = text.partition("\r") if "\n" not in text else text.partition("\n")
    skipped = 0
    if declared := re.fullmatch(r'"?sep=(.)"?\s*', first, re.IGNORECASE):
        separator, text, skipped = declared[1], rest, 1
        notes.append("separator_line")
    separator = separator or ("\t" if name.lower().endswith((".tsv", ".tab")) else sniff(text))
    rows: list[list[str]] = [[] for _ in range(skipped)]
    size = _Size(limits, "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            size.count_row(len(rows) + 1, row)
            rows.append(row)
    except csv.Error as error:
        raise RefusedError("csv", f"{reader.line_num}", error=str(error)) from None
    return {
        "kind": "csv", "notes": notes, "separator": separator, "sheets": [{"name": "", "hidden": False, "rows": rows}]
    }  # fmt: skip


def decode(content: bytes) -> tuple[str, str]:
    """Turn bytes into text: UTF-8 or UTF-16 by its mark, else UTF-8, else what Windows writes in the Netherlands."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _decoded(content, encoding)
    begin = content[:400]
    if len(begin) >= 4 and len(content) % 2 == 0:
        for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if begin[place::2].count(0) > 0.6 * len(begin[place::2]) and begin[1 - place :: 2].count(0) == 0:
                return _decoded(content, encoding)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(content, "cp1252")


def _decoded(content: bytes, encoding: str) -> tuple[str, str]:
    try:
        return content.decode(encoding), "utf-16" if encoding.startswith("utf-16") else encoding
    except UnicodeDecodeError:
        raise RefusedError("encoding") from None


def sniff(text: str) -> str:
    """Find the separator: the one that cuts most of the first lines in equally many cells, two or more."""
    lines = list(_first_lines(text))

    def fitting(separator: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if len(row) > 1)
        except csv.Error:
            return (0, 0)
        return max(((times, width) for width, times in widths.items()), default=(0, 0))

    return max(SEPARATORS, key=fitting)


def _first_lines(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text[: 1 << 20], newline="")):
        if number >= LINES_TO_SNIFF:
            return
        if line.strip():
            yield line


@dataclass
class _Size:
    """Count rows, cells and characters while they are read, and stop at the limit."""

    limits: Limits
    sheet: str
    cells: int = 0
    characters: int = 0

    def count_row(self, number: int, row: list[Any]) -> None:
        if number > self.limits["rows"]:
            raise RefusedError("too_many_rows", self.sheet, most=self.limits["rows"])
        if len(row) > self.limits["columns"]:
            raise RefusedError("too_many_columns", self.sheet, most=self.limits["columns"])
        self.cells += len(row)
        self.characters += sum(len(cell) for cell in row if isinstance(cell, str))
        if self.cells > self.limits["cells"]:
            raise RefusedError("too_many_cells", self.sheet, most=self.limits["cells"])
        if self.characters > self.limits["characters"]:
            raise RefusedError("too_much_text", self.sheet, most=self.limits["characters"])


# --- workbooks --------------------------------------------------------------------------------------------------------


@dataclass
class Marks:
    """What the cells themselves do not tell: which rows and columns are hidden, which formulas have no value."""

    sheet: str
    limits: Limits
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    without_value: dict[str, str] = field(default_factory=dict)
    """Cell ("2,3": row and column) to what is shown there: empty, or an error such as #REF!"""
    last_row: int = 0
    last_column: int = 0
    cells: int = 0

    def filled(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Note cells that hold something, and stop at once where they lie too far or are too many."""
        self.last_row = max(self.last_row, row + rows - 1)
        self.last_column = max(self.last_column, column + columns - 1)
        self.cells += rows * columns
        where = f"{self.sheet}!{column_letters(column)}{row}"
        if self.last_row > self.limits["rows"]:
            raise RefusedError("too_many_rows", where, most=self.limits["rows"])
        if self.last_column > self.limits["columns"]:
            raise RefusedError("too_many_columns", where, most=self.limits["columns"])
        if self.last_row * self.last_column > self.limits["cells"]:
            raise RefusedError("too_many_cells", where, most=self.limits["cells"])


def column_letters(number: int) -> str:
    """Name a column as a spreadsheet does: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _read_workbook(name: str, content: bytes, limits: Limits, _separator: str | None) -> Found:
    archive = _open_archive(content, limits)
    try:
        kind = "ods" if "content.xml" in archive.namelist() else "xlsx"
        if kind == "xlsx" and "xl/workbook.xml" not in archive.namelist():
            raise RefusedError("no_workbook")
        marks = (_marks_of_ods if kind == "ods" else _marks_of_xlsx)(archive, limits)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            _sheet(
                book.get_sheet_by_name(one.name), one.visible != SheetVisibleEnum.Visible, marks.get(one.name), limits
            )  # fmt: skip
            for one in book.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet
        ]
    except (CalamineError, zipfile.BadZipFile, expat.ExpatError, KeyError, ValueError, OSError, EOFError) as error:
        raise RefusedError("broken_workbook", error=f"{type(error).__name__}: {error}"[:200]) from None
    except (NotImplementedError, RuntimeError) as error:  # a way of packing, or a password, that zipfile does not know
        raise RefusedError("broken_workbook", error=f"{error}"[:200]) from None
    except BaseException as error:  # what the library breaks off with is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise RefusedError("broken_workbook", error=str(error)[:200]) from None
    return {"kind": kind, "notes": [], "sheets": sheets}


def _open_archive(content: bytes, limits: Limits) -> zipfile.ZipFile:
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise RefusedError("old_or_locked")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise RefusedError("broken_workbook", error=str(error)[:200]) from None
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise RefusedError("old_or_locked")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > limits["unpacked"]:
        raise RefusedError("unpacks_too_large", megabytes=unpacked // 1_000_000, most=limits["unpacked"] // 1_000_000)
    return archive


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _parse(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Run through a part of a workbook; a part that declares a document type or entities is refused unread."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def declared(*_arguments: object) -> None:
        raise RefusedError("xml_declarations")

    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    if start is not None:
        parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _marks_of_xlsx(archive: zipfile.ZipFile, limits: Limits) -> dict[str, Marks]:
    sheets: list[tuple[str, str]] = []
    paths: dict[str, str] = {}
    not_calculated = False

    def workbook(name: str, attributes: dict[str, str]) -> None:
        nonlocal not_calculated
        if _local(name) == "sheet":
            relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            sheets.append((attributes.get("name", ""), relation))
        elif _local(name) == "calcPr":
            not_calculated = attributes.get("fullCalcOnLoad", "0") in {"1", "true"}

    def relations(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            paths[attributes.get("Id", "")] = attributes.get("Target", "")

    done = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
    with archive.open("xl/workbook.xml") as part:
        _parse(part, workbook)
    with archive.open("xl/_rels/workbook.xml.rels") as part:
        _parse(part, relations)
    marks = {}
    for name, relation in sheets:
        path = paths.get(relation, "")
        path = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
        if path in archive.namelist() and "worksheets/" in path:
            done.add(path)
            with archive.open(path) as part:
                marks[name] = _XlsxLook(Marks(name, limits), not_calculated=not_calculated).look(part)
    _look_at_the_rest(archive, done)
    return marks


def _look_at_the_rest(archive: zipfile.ZipFile, done: set[str]) -> None:
    for part in archive.infolist():
        is_left = part.filename not in done and part.file_size > 0  # LibreOffice leaves empty parts behind
        if is_left and part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                _parse(stream)


class _XlsxLook:
    """Look at the cells of an xlsx sheet.

    A formula without a value was never worked out; nor was one with the value 0 in a workbook that a program wrote with
    the order to work everything out when it is opened (`not_calculated`).
    """

    def __init__(self, marks: Marks, *, not_calculated: bool) -> None:
        self.marks, self.not_calculated = marks, not_calculated
        self.row = self.column = 0
        self.cell: dict[str, Any] = {}

    def look(self, stream: IO[bytes]) -> Marks:
        _parse(stream, self._start, self._end, self._text)
        return self.marks

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local in _XLSX_PARTS:
            _XLSX_PARTS[local](self, attributes)

    def _row(self, attributes: dict[str, str]) -> None:
        self.row = self._row_number(attributes["r"]) if "r" in attributes else self.row + 1
        self.column = 0
        if attributes.get("hidden") in {"1", "true"}:
            self.marks.hidden_rows.add(self.row)

    def _row_number(self, said: str, cell: str = "") -> int:
        if not re.fullmatch(r"\d{1,8}", said) or not 1 <= int(said) <= LAST_ROW:
            raise RefusedError("no_such_cell", self.marks.sheet, cell=(cell or said)[:40])
        return int(said)

    def _columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in {"1", "true"} or re.fullmatch(r"0(\.0*)?", attributes.get("width", "")):
            first, last = int(attributes.get("min", "0")), int(attributes.get("max", "0"))
            self.marks.hidden_columns.update(range(first, min(last, self.marks.limits["columns"]) + 1))

    def _cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        if "r" in attributes:
            place = re.fullmatch(r"([A-Z]{1,4})(\d{1,8})", attributes["r"])
            if place is None or column_number(place[1]) > LAST_COLUMN:
                raise RefusedError("no_such_cell", self.marks.sheet, cell=attributes["r"][:40])
            self.column, self.row = column_number(place[1]), self._row_number(place[2], attributes["r"])
        self.cell = {"error": attributes.get("t") == "e", "formula": False, "filled": False, "inside": False,
                     "text": ""}  # fmt: skip

    def _formula(self, _attributes: dict[str, str]) -> None:
        if self.cell:
            self.cell["formula"] = True

    def _value(self, _attributes: dict[str, str]) -> None:
        if self.cell:
            self.cell["inside"] = True

    def _text(self, said: str) -> None:
        if self.cell and self.cell["inside"]:
            self.cell["filled"] = True
            self.cell["text"] += said[:64] if len(self.cell["text"]) < 64 else ""

    def _end(self, name: str) -> None:
        local = _local(name)
        if local in {"v", "t"} and self.cell:
            self.cell["inside"] = False
        elif local == "c" and self.cell:
            self._end_cell(**self.cell)
            self.cell = {}

    def _end_cell(self, *, error: bool, formula: bool, filled: bool, text: str, inside: bool) -> None:
        del inside
        if formula and (not filled or (self.not_calculated and text == "0")):
            self.marks.without_value[f"{self.row},{self.column}"] = ""
        elif error:
            self.marks.without_value[f"{self.row},{self.column}"] = text or "#REF!"
        if filled or formula:
            self.marks.filled(self.row, self.column)


_XLSX_PARTS: dict[str, Callable[[_XlsxLook, dict[str, str]], None]] = {
    "c": _XlsxLook._cell,
    "row": _XlsxLook._row,
    "col": _XlsxLook._columns,
    "f": _XlsxLook._formula,
    "v": _XlsxLook._value,
    "t": _XlsxLook._value,
}


def column_number(letters: str) -> int:
    """Give the number of a column by its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _marks_of_ods(archive: zipfile.ZipFile, limits: Limits) -> dict[str, Marks]:
    _look_at_the_rest(archive, {"content.xml"})
    with archive.open("content.xml") as part:
        return _OdsLook(limits).look(part)


class _OdsLook:
    """Look at the tables of an OpenDocument spreadsheet; empty cells and rows are written once, with a number."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.tables: dict[str, Marks] = {}
        self.marks: Marks | None = None
        self.row = self.rows = self.column = 0
        self.cell: dict[str, Any] = {}
        self.aside = 0  # inside a remark that hangs on a cell

    def look(self, stream: IO[bytes]) -> dict[str, Marks]:
        _parse(stream, self._start, self._end, self._text)
        return self.tables

    def _start(self, name: str, given: dict[str, str]) -> None:
        attributes = {_local(key): value for key, value in given.items()}
        local = _local(name)
        if local == "annotation" or self.aside:
            self.aside += 1
        elif local == "table" and not self.cell:
            self.marks = self.tables.setdefault(
                attributes.get("name", ""), Marks(attributes.get("name", ""), self.limits)
            )
            self.row = self.rows = self.column = 0
        elif self.marks is not None and local in _ODS_PARTS:
            _ODS_PARTS[local](self, attributes)

    def _row(self, attributes: dict[str, str]) -> None:
        self.row += self.rows or 1
        self.rows = _repeated(attributes, "number-rows-repeated")
        self.column = 0
        if attributes.get("visibility") in {"collapse", "filter"} and self.marks is not None:
            self.marks.hidden_rows.update(range(self.row, min(self.row + self.rows, self.limits["rows"] + 2)))

    def _columns(self, attributes: dict[str, str]) -> None:
        times = _repeated(attributes, "number-columns-repeated")
        if attributes.get("visibility") in {"collapse", "filter"} and self.marks is not None:
            first = self.column + 1
            self.marks.hidden_columns.update(range(first, min(first + times, self.limits["columns"] + 2)))
        self.column += times

    def _cell(self, attributes: dict[str, str]) -> None:
        self.cell = {
            "filled": "value-type" in attributes,
            "formula": "formula" in attributes,
            "times": _repeated(attributes, "number-columns-repeated"),
            "text": "",
            "typed": "value-type" in attributes,
        }

    def _text(self, said: str) -> None:
        if self.cell and not self.aside and said.strip():
            self.cell["filled"] = True
            self.cell["text"] += said[:64] if len(self.cell["text"]) < 64 else ""

    def _end(self, name: str) -> None:
        local = _local(name)
        if self.aside:
            self.aside -= 1
        elif local in {"table-cell", "covered-table-cell"} and self.cell and self.marks is not None:
            cell, first = self.cell, self.column + 1
            if cell["filled"] or cell["formula"]:
                self.marks.filled(self.row, first, self.rows, cell["times"])
                shown = cell["text"].strip()
                if cell["formula"] and (not cell["typed"] or ERRORS.fullmatch(shown)):
                    for row in range(self.row, self.row + self.rows):
                        for column in range(first, first + cell["times"]):
                            self.marks.without_value[f"{row},{column}"] = shown
            self.column += cell["times"]
            self.cell = {}
        elif local == "table" and not self.cell:
            self.marks = None


_ODS_PARTS: dict[str, Callable[[_OdsLook, dict[str, str]], None]] = {
    "table-row": _OdsLook._row,
    "table-column": _OdsLook._columns,
    "table-cell": _OdsLook._cell,
    "covered-table-cell": _OdsLook._cell,
}


def _repeated(attributes: dict[str, str], name: str) -> int:
    said = attributes.get(name, "1")
    if not re.fullmatch(r"\d{1,9}", said):
        raise RefusedError("no_such_cell", cell=f"{name}={said[:40]}")
    return max(1, min(int(said), 1 << 24))


def _sheet(sheet: CalamineSheet, hidden: bool, marks: Marks | None, limits: Limits) -> Found:
    marks = marks or Marks(sheet.name, limits)
    size = _Size(limits, sheet.name)
    rows = []
    if marks.cells:
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
            if number > marks.last_row:
                break
            cells = [_cell(value) for value in row[: marks.last_column]]
            size.count_row(number, cells)
            rows.append(cells)
    return {
        "name": sheet.name,
        "hidden": hidden,
        "rows": rows,
        "hidden_rows": sorted(marks.hidden_rows),
        "hidden_columns": sorted(marks.hidden_columns),
        "without_value": marks.without_value,
        "merged": [[a + 1, b + 1, c + 1, d + 1] for (a, b), (c, d) in sheet.merged_cell_ranges or []],
    }


def _cell(value: object) -> object:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return {"day": value.date().isoformat()} if midnight else {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> object:
    """Give a whole number as one; what is none as text, so that the reader of numbers says so at its cell."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else str(value).upper()
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


READERS: dict[str, Callable[[str, bytes, Limits, str | None], Found]] = {
    "csv": _read_csv,
    "tsv": _read_csv,
    "tab": _read_csv,
    "txt": _read_csv,
    "xlsx": _read_workbook,
    "xlsm": _read_workbook,
    "ods": _read_workbook,
}
"""Kinds of files by the end of their name."""


# --- the process ------------------------------------------------------------------------------------------------------


def _limit_this_process(limits: Limits) -> None:
    """Let the system end this process when it asks for too much; where there is no such limit the time still holds."""
    try:
        import resource  # noqa: PLC0415  not on every system
    except ImportError:
        return
    wanted = (("RLIMIT_AS", limits["memory"]), ("RLIMIT_CPU", limits["seconds"]), ("RLIMIT_CORE", 0))
    for name, most in (*wanted, ("RLIMIT_FSIZE", 0)):
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (ValueError, OSError, AttributeError):
            continue


def main() -> None:
    """Read the order from the first line of stdin and the file from the rest, and answer on stdout."""
    order = json.loads(sys.stdin.buffer.readline())
    _limit_this_process(order["limits"])
    csv.field_size_limit(1 << 24)
    try:
        answer = read(order["name"], sys.stdin.buffer.read(), order["limits"], order["separator"])
        said = json.dumps(answer, allow_nan=False).encode()
    except MemoryError:
        said = b'{"refused": {"code": "too_much_memory", "where": "", "values": {}}}'
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
