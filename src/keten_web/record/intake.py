# SPDX-License-Identifier: EUPL-1.2
"""Rows in from csv, xlsx and ods. A file goes in whole, or not at all with everything that is wrong.

A file speaks the language of who took it out: its headings, its words, and in a csv its numbers. What stands in a row
as it was taken out is not read anew, so that an export that comes back unchanged is unchanged, whatever it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from typing import Any
from unicodedata import normalize

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from keten_web.accounts import queries as accounts
from keten_web.accounts.models import PartnerOrganisation, User
from keten_web.record import actions, inputs, queries, values
from keten_web.record.errors import InvalidError, RecordError
from keten_web.record.exchange import cell, columns, headings, named, one_newline
from keten_web.record.fields import SeriesField
from keten_web.record.forms import form_class
from keten_web.record.kinds import Kind
from keten_web.record.models import Record
from keten_web.sheets import reading, writing
from keten_web.sheets.writing import Cell
from keten_web.words import names as naming

READ_ONLY = ("code", "version", "state", "is_withdrawn")
SEPARATORS = str.maketrans("_\n\t", "   ")


@dataclass(frozen=True)
class Outcome:
    """What reading a file did."""

    made: int
    changed: int
    unchanged: int
    notes: tuple[str, ...] = ()
    """What there is to tell about the file."""


class FileRefusedError(RecordError):
    """A file with all its problems; nothing was stored."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(_("The file is refused and nothing was stored."))


@dataclass(frozen=True)
class Row:
    """A row of a file: where it stands, and the cell of each column that it has."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, name: str) -> str:
        """Give a cell as it was typed."""
        found = self.cells.get(name)
        return "" if found is None else str(found).strip()


@dataclass(frozen=True)
class File:
    """A file that was understood: its rows, the language it speaks, and what there is to tell."""

    rows: tuple[Row, ...]
    language: str
    form: str
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    """What is wrong with its headings."""


def normal(heading: str) -> str:
    """Write a heading as it is compared: capitals, underscores and spaces say nothing."""
    return " ".join(heading.translate(SEPARATORS).split()).casefold()


@cache
def _known_headings(kind: Kind) -> Mapping[str, tuple[str, frozenset[str]]]:
    """Give every way to write a heading: normal form -> the column, and the languages in which it is called so."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for code, _language in settings.LANGUAGES:
        with override(code):
            for heading, name in named(kind):
                before = found.get(normal(heading), (name, frozenset()))[1]
                found[normal(heading)] = (name, before | {code})
    for name in columns(kind):
        found.setdefault(normal(name), (name, frozenset()))
    return found


def understood(kind: Kind, content: bytes, name: str) -> File:
    """Read a file and find its columns; nothing is compared with the record yet.

    Raises
    ------
    FileRefusedError
        When it is no table of this kind.
    """
    known = _known_headings(kind)
    try:
        found = reading.table(content, name, lambda heading: normal(heading) in known)
    except reading.UnreadableError as refusal:
        raise FileRefusedError(refusal.problems) from None
    problems = (*_heading_problems(kind, found.heading), *_loose_cells(found))
    named_at = [(known.get(normal(word)), place) for place, word in enumerate(found.heading) if word]
    places = {column[0]: place for column, place in named_at if column is not None}
    rows = tuple(
        Row(number, {column: cells[place] if place < len(cells) else None for column, place in places.items()})
        for number, cells in found.rows
    )
    form = name.rpartition(".")[2].lower()
    return File(rows, _language_of(kind, found.heading), form, found.notes, problems)


def _language_of(kind: Kind, heading: Sequence[str]) -> str:
    """Tell in which language a file speaks: the one in which most of its headings are called so, else the page's."""
    page = get_language() or settings.LANGUAGE_CODE
    known = _known_headings(kind)
    votes = [language for word in heading for language in known.get(normal(word), ("", frozenset()))[1]]
    return max((code for code, _name in settings.LANGUAGES), key=lambda code: (votes.count(code), code == page))


def _heading_problems(kind: Kind, heading: Sequence[str]) -> list[str]:
    known = _known_headings(kind)
    problems = []
    seen: dict[str, str] = {}
    for word in filter(None, heading):
        if normal(word) not in known:
            near = get_close_matches(normal(word), [normal(name) for name in headings(kind)], n=1, cutoff=0.7)
            hint = _(" Did you mean “%(near)s”?") % {"near": near[0]} if near else ""
            problems.append(_("The column “%(name)s” is not known; take it out.") % {"name": word[:80]} + hint)
            continue
        name = known[normal(word)][0]
        if name in seen:
            twice = {"one": seen[name], "other": word}
            problems.append(_("The columns “%(one)s” and “%(other)s” are the same; keep one of them.") % twice)
        seen[name] = word
    return problems


def _loose_cells(found: reading.Found) -> Iterator[str]:
    """Tell what stands under no heading."""
    for number, cells in found.rows:
        loose = [
            str(cell)
            for place, cell in enumerate(cells)
            if cell not in (None, "") and (place >= len(found.heading) or not found.heading[place])
        ]
        if loose:
            said = {"number": number, "cells": ", ".join(loose)[:80]}
            yield _("Row %(number)s: “%(cells)s” stands under no heading; give it a column or take it out.") % said


def read(
    kind: Kind, content: bytes, name: str, *, by: User, reason: str, request: HttpRequest | None = None
) -> Outcome:
    """Make and change the rows of a file; a row with a known code is changed, every other is new.

    Raises
    ------
    FileRefusedError
        With every problem of every row; nothing was stored.
    """
    file = understood(kind, content, name)
    counts = {"made": 0, "changed": 0, "unchanged": 0}
    problems = list(file.problems)
    with transaction.atomic():
        actions.one_at_a_time(kind)
        for row in file.rows:
            try:
                with transaction.atomic():
                    counts[_read_one(kind, file, row, by, reason, request)] += 1
            except RecordError as refusal:
                problems += [
                    _("Row %(number)s: %(what)s") % {"number": row.number, "what": what}
                    for what in _said(kind, refusal)
                ]
        if problems:
            raise FileRefusedError(problems)
    return Outcome(**counts, notes=file.notes)


def _said(kind: Kind, refusal: RecordError) -> list[str]:
    if isinstance(refusal, InvalidError):
        return [
            f"{values.label(kind.model, field)}: {what}" if field else what
            for field, found in refusal.problems.items()
            for what in found
        ]
    return [str(refusal)]


def _read_one(kind: Kind, file: File, row: Row, by: User, reason: str, request: HttpRequest | None) -> str:
    known = queries.one(kind, by, row.text("code")) if row.text("code") else None
    if known is None:
        filled = _filled(kind, file, row, [name for name in kind.fields if name in row.cells], is_new=True)
        actions.create(kind, {**filled, "code": row.text("code")}, by=by, reason=reason, request=request)
        return "made"
    names = _touched(kind, file, row, known)
    if names and row.text("version").isdecimal() and int(row.text("version")) < known.version:
        then = queries.at_version(kind, known, int(row.text("version")))
        names = _touched(kind, file, row, then) if then is not None else names
    if not names:
        return "unchanged"
    filled = _filled(kind, file, row, names)
    version = _version(row.text("version"))
    after = actions.change(kind, known.code, filled, by=by, expected_version=version, reason=reason, request=request)
    return "changed" if after.version != known.version else "unchanged"


def _touched(kind: Kind, file: File, row: Row, record: Record) -> list[str]:
    """Give the columns in which a row differs from what an export of this record holds."""
    found = []
    with override(file.language):
        for name in columns(kind):
            if name in row.cells and name not in {"code", "version"}:
                stands = cell(kind, record, name)
                if not any(
                    _is_same(stood, row.cells[name], file.form) for stood in (stands, values.plain(record, name))
                ):
                    found.append(name)
    return found


def _is_same(stands: Cell, delivered: Cell, form: str) -> bool:
    """Tell whether a cell holds what was written there; a workbook keeps fifteen figures, and ods no double spaces."""
    one, other = (_comparable(part, form) for part in (stands, delivered))
    return one == other


def _comparable(value: Cell, form: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return writing.yes_or_no(value)
    if isinstance(value, int | float):
        return writing.number_text(float(f"{value:.15g}") if form != "csv" else value)
    if isinstance(value, date | time):
        return value.isoformat()
    text = normalize("NFC", one_newline(value)).strip()
    return " ".join(text.split()) if form == "ods" else text


def _filled(kind: Kind, file: File, row: Row, names: Sequence[str], *, is_new: bool = False) -> dict[str, Any]:
    """Read the cells of a row, telling everything that is wrong at once.

    Raises
    ------
    InvalidError
        With every problem of the row.
    """
    problems: dict[str, list[str]] = {}
    if is_new:
        problems |= {name: [_("This column is needed for a new row.")] for name in _missing(kind, row)}
    if row.text("state") and ("state" in names or is_new) and not _is_first_state(kind, row, file, is_new=is_new):
        problems["state"] = [_("Only a step changes the state; leave it as it was, or empty in a new row.")]
    if "is_withdrawn" in names or (is_new and _is_yes(row.text("is_withdrawn"))):
        problems["is_withdrawn"] = [_("A row is withdrawn on its own page, with a reason; leave this as it was.")]
    typed: dict[str, Any] = {}
    for name in names:
        if name in READ_ONLY or name == "partner":
            continue
        try:
            typed[name] = _typed(kind.field(name), row.cells[name], file.language)
        except ValidationError as error:
            problems[name] = list(error.messages)
            typed[name] = None
    owner = _owner(row, problems) if "partner" in names or is_new else {}
    form = form_class(kind, list(typed), language=file.language, with_choices=False)(typed)
    if not form.is_valid():
        for name, errors in form.errors.items():
            problems.setdefault(name, [str(error) for error in errors])
    if problems:
        raise InvalidError(problems)
    return {**{name: form.cleaned_data[name] for name in typed}, **owner}


def _missing(kind: Kind, row: Row) -> list[str]:
    """Name the columns that a new row cannot do without and that the file does not have."""
    needed = [kind.field(name) for name in kind.fields]
    return [field.name for field in needed if not (field.blank or field.has_default()) and field.name not in row.cells]


def _is_first_state(kind: Kind, row: Row, file: File, *, is_new: bool) -> bool:
    if not is_new:
        return False
    with override(file.language):
        field = kind.field("state")
        first = field.get_default()
        return normal(row.text("state")) in {normal(str(first)), normal(str(dict(field.flatchoices).get(first, "")))}


def _is_yes(typed: str) -> bool:
    return normal(typed) in YES


def _owner(row: Row, problems: dict[str, list[str]]) -> dict[str, str]:
    typed = row.text("partner")
    if not typed:
        return {}
    code = _partners().get(normal(typed))
    if code is None:
        problems["partner"] = [_no_partner(typed)]
        return {}
    return {"partner_id": code}


def _no_partner(typed: str) -> str:
    return _("“%(code)s” is no chain partner; write the code of one.") % {"code": typed[:80]}


def _partners() -> dict[str, str]:
    """Give every way to write a partner -> its code."""
    found: dict[str, str] = {}
    for row in accounts.partners():
        found |= {normal(word): row.code for word in (row.nl, row.en, row.code)}
        for code, _language in settings.LANGUAGES:
            with override(code):
                found[normal(str(naming.partner_short(row.code)))] = row.code
    return found


def _version(cell: str) -> int:
    if not cell.isdecimal():
        raise InvalidError({"version": [_("A row that exists needs the version at which it was taken out.")]})
    return int(cell)


# --- a cell as the form asks it ---------------------------------------------------------------------------------------


def _typed(field: models.Field[Any, Any], value: Cell, language: str) -> Any:
    """Turn a cell into what the form asks: a code into the row it points at, a word into its value, a day, yes and no.

    Raises
    ------
    ValidationError
        When the cell holds none of these.
    """
    text = "" if value is None else value.strip() if isinstance(value, str) else value
    if text == "":
        return "" if not isinstance(field, models.BooleanField) or field.null else "false"
    reader = next((read for kinds, read in _READERS if isinstance(field, kinds)), None)
    if field.choices:
        return _word(field, text, language)
    return reader(field, text, language) if reader is not None else _as_text(text, language)


def _as_text(value: Cell, language: str) -> str:
    if isinstance(value, bool):
        return writing.yes_or_no(value)
    if isinstance(value, int | float):
        with override(language):
            return writing.number_text(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _pointed_at(field: models.Field[Any, Any], value: Cell, _language: str) -> Any:
    typed = str(value)
    if field.related_model is PartnerOrganisation:
        code = _partners().get(normal(typed))
        if code is None:
            raise ValidationError(_no_partner(typed))
        return code
    found = queries.by_code(field.related_model, typed)
    if found is None:
        raise ValidationError(_("“%(code)s” does not exist.") % {"code": typed[:80]})
    return found.pk


def _word(field: models.Field[Any, Any], value: Cell, _language: str) -> str:
    """Read one of a few words: as it is called in either language, or as machines call it."""
    typed = normal(str(value))
    for code, _name in settings.LANGUAGES:
        with override(code):
            for stored, said in field.flatchoices:
                if typed in {normal(str(said)), normal(str(stored))}:
                    return str(stored)
    words = ", ".join(str(said) for stored, said in field.flatchoices if stored)
    raise ValidationError(_("“%(word)s” is none of: %(words)s.") % {"word": str(value)[:80], "words": words})


YES, NO = {"ja", "yes", "true", "1", "waar"}, {"nee", "no", "false", "0", "onwaar"}


def _yes(_field: models.Field[Any, Any], value: Cell, _language: str) -> str:
    typed = writing.yes_or_no(value) if isinstance(value, bool) else normal(str(value))
    if typed in YES | NO:
        return "true" if typed in YES else "false"
    raise ValidationError(_("“%(word)s” is neither yes nor no.") % {"word": str(value)[:80]})


def _day(_field: models.Field[Any, Any], value: Cell, language: str) -> str:
    return value.isoformat() if isinstance(value, date) else inputs.read_day(str(value), language).isoformat()


def _lines(field: models.Field[Any, Any], value: Cell, language: str) -> str:
    return _as_text(value, language)


_READERS: tuple[tuple[Any, Callable[[Any, Any, str], Any]], ...] = (
    (models.ForeignKey, _pointed_at),
    (models.BooleanField, _yes),
    (models.DateField, _day),
    (SeriesField, _lines),
)
