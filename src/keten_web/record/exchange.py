# SPDX-License-Identifier: EUPL-1.2
"""Rows out and in as csv, xlsx and ods, with equal content. Text is never a formula.

A file goes in whole or not at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from odfdo import Cell, Document, Row, Table
from python_calamine import CalamineError, CalamineWorkbook

from keten_web.accounts.models import User
from keten_web.record import actions, values
from keten_web.record.errors import InvalidError, RecordError
from keten_web.record.forms import form_class
from keten_web.record.kinds import Kind

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LARGEST_FILE = 5_000_000
MOST_ROWS = 10_000
ALWAYS = ("code", "version", "partner")
"""Columns that come before those a user may fill in."""

Cells = Mapping[str, str]


def columns(kind: Kind) -> tuple[str, ...]:
    """Give the columns of a file of this kind; state and withdrawal are there to read, only a step changes them."""
    state = ("state",) if kind.has_states and "state" not in kind.fields else ()
    withdrawn = ("is_withdrawn",) if kind.stays_in_sight else ()
    return tuple(dict.fromkeys((*ALWAYS, *state, *kind.fields, *withdrawn)))


def table(kind: Kind, records: Iterable[Any]) -> list[list[str | int | float]]:
    """Write rows as cells, the names of the columns first."""
    names = columns(kind)
    return [list(names), *[[_cell(values.plain(row, name)) for name in names] for row in records]]


def _cell(value: str | int | float | bool | None) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return value


def write(kind: Kind, records: Iterable[Any], form: str) -> bytes:
    """Write a file in one of `FORMS`."""
    return {"csv": _csv, "xlsx": _xlsx, "ods": _ods}[form](kind.slug, table(kind, records))


def _csv(_name: str, cells: Sequence[Sequence[str | int | float]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([[_harmless(cell) for cell in row] for row in cells])
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: str | int | float) -> str | int | float:
    """Put a quote before text that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _xlsx(name: str, cells: Sequence[Sequence[str | int | float]]) -> bytes:
    file = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, plain) as book:
        sheet = book.add_worksheet(name[:31])
        for number, row in enumerate(cells):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write_number(number, column, cell)
    return file.getvalue()


def _ods(name: str, cells: Sequence[Sequence[str | int | float]]) -> bytes:
    document = Document("spreadsheet")
    document.body.clear()
    sheet = Table(name)
    for row in cells:
        line = Row()
        for cell in row:
            line.append_cell(Cell(cell, cell_type="string") if isinstance(cell, str) else Cell(cell, cell_type="float"))
        sheet.append_row(line)
    document.body.append(sheet)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


# --- in ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What reading a file did."""

    made: int
    changed: int
    unchanged: int


class FileRefusedError(RecordError):
    """A file with all its problems; nothing was stored."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(_("The file is refused and nothing was stored."))


def read_rows(content: bytes, name: str) -> list[dict[str, str]]:
    """Read the cells of a file as text, a dictionary per row.

    Raises
    ------
    FileRefusedError
        When it is no csv, xlsx or ods, or too large.
    """
    if len(content) > LARGEST_FILE:
        raise FileRefusedError([_("The file is larger than 5 megabytes; deliver it in parts.")])
    ending = name.rpartition(".")[2].lower()
    if ending not in FORMS:
        raise FileRefusedError([_("The name of the file has to end in .csv, .xlsx or .ods.")])
    try:
        cells = _cells_of_csv(content) if ending == "csv" else _cells_of_sheet(content)
    except (UnicodeDecodeError, csv.Error, CalamineError, ValueError, IndexError):
        raise FileRefusedError([_("The file cannot be read; save it again as csv (UTF-8), xlsx or ods.")]) from None
    if any("\x00" in cell for row in cells for cell in row):
        raise FileRefusedError([_("The file cannot be read; save it again as csv (UTF-8), xlsx or ods.")])
    if len(cells) < 2:
        raise FileRefusedError([_("The file has no rows under the names of its columns.")])
    if len(cells) > MOST_ROWS:
        raise FileRefusedError([_("The file has more than 10,000 rows; deliver it in parts.")])
    return [dict(zip(cells[0], row, strict=False)) for row in cells[1:] if any(row)]


def _cells_of_csv(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    dialect = csv.Sniffer().sniff(text.partition("\n")[0] + "\n", ",;\t")
    dialect.doublequote = True
    rows = csv.reader(io.StringIO(text, newline=""), dialect)
    return [
        [cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS) else cell for cell in row] for row in rows
    ]


def _cells_of_sheet(content: bytes) -> list[list[str]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [[_as_text(cell) for cell in row] for row in sheet.to_python()]


def _as_text(cell: object) -> str:
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def read(
    kind: Kind, content: bytes, name: str, *, by: User, reason: str, request: HttpRequest | None = None
) -> Outcome:
    """Make and change the rows of a file; a row with a known code is changed, every other is new.

    Raises
    ------
    FileRefusedError
        With every problem of every row; nothing was stored.
    """
    delivered = read_rows(content, name)
    unknown = set(delivered[0]) - set(columns(kind))
    problems = [_("The column “%(name)s” is not known; take it out.") % {"name": extra} for extra in sorted(unknown)]
    counts = {"made": 0, "changed": 0, "unchanged": 0}
    with transaction.atomic():
        actions.one_at_a_time(kind)
        for number, row in enumerate(delivered, start=2):
            try:
                with transaction.atomic():
                    counts[_read_one(kind, row, by, reason, request)] += 1
            except RecordError as refusal:
                problems += [
                    _("Row %(number)s: %(what)s") % {"number": number, "what": what} for what in _said(kind, refusal)
                ]
        if problems:
            raise FileRefusedError(problems)
    return Outcome(**counts)


def _said(kind: Kind, refusal: RecordError) -> list[str]:
    if isinstance(refusal, InvalidError):
        return [
            f"{values.label(kind.model, field)}: {what}" if field else what
            for field, found in refusal.problems.items()
            for what in found
        ]
    return [str(refusal)]


def _read_one(kind: Kind, row: Cells, by: User, reason: str, request: HttpRequest | None) -> str:
    known = kind.model.objects.filter(code=row.get("code", "")).first()
    names = [name for name in kind.fields if name in row]
    form = form_class(kind, names)({name: _typed(kind, name, row[name]) for name in names})
    if not form.is_valid():
        raise InvalidError({name: [str(what) for what in found] for name, found in form.errors.items()})
    filled = {name: form.cleaned_data[name] for name in names}
    if known is None:
        made = {**filled, "code": row.get("code", "")}
        if row.get("partner"):
            made["partner_id"] = row["partner"]
        actions.create(kind, made, by=by, reason=reason, request=request)
        return "made"
    version = _version(row.get("version", ""))
    after = actions.change(kind, known.code, filled, by=by, expected_version=version, reason=reason, request=request)
    return "changed" if after.version != known.version else "unchanged"


def _version(cell: str) -> int:
    if not cell.isdecimal():
        raise InvalidError({"version": [_("A row that exists needs the version at which it was taken out.")]})
    return int(cell)


def _typed(kind: Kind, name: str, cell: str) -> Any:
    """Turn the words of a file into what the form asks: a code into the row it points at, yes and no."""
    field = kind.field(name)
    if isinstance(field, models.ForeignKey):
        found = field.related_model.objects.filter(code=cell).first() if cell else None
        if cell and found is None:
            raise InvalidError({name: [_("“%(code)s” does not exist.") % {"code": cell}]})
        return found.pk if found else ""
    if isinstance(field, models.BooleanField):
        return cell.strip().lower() in {"ja", "yes", "true", "1"}
    return cell
