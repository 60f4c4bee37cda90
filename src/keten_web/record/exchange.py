# SPDX-License-Identifier: EUPL-1.2
"""Rows out as csv, xlsx and ods, with equal content, in the language of who takes them out.

No heading and no word is that of a machine; a workbook has a second sheet that says what its columns are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from keten_web.accounts.models import PartnerOrganisation
from keten_web.accounts.queries import partners
from keten_web.record import values
from keten_web.record.fields import _ListField
from keten_web.record.kinds import Kind
from keten_web.record.models import Record
from keten_web.sheets import writing
from keten_web.sheets.writing import FORMS, Cell, Sheet
from keten_web.words import names as naming

__all__ = ["FORMS", "cell", "columns", "definitions", "headings", "sheet", "write"]

ALWAYS = ("code", "version", "partner")
"""Columns that come before those a user may fill in."""


def columns(kind: Kind) -> tuple[str, ...]:
    """Give the columns of a file of this kind; state and withdrawal are there to read, only a step changes them."""
    state = ("state",) if kind.has_states and "state" not in kind.fields else ()
    withdrawn = ("is_withdrawn",) if kind.stays_in_sight else ()
    return tuple(dict.fromkeys((*ALWAYS, *state, *kind.fields, *withdrawn)))


def headings(kind: Kind) -> tuple[str, ...]:
    """Give the names of the columns in the language of the page."""
    return tuple(values.label(kind.model, name) for name in columns(kind))


# --- out --------------------------------------------------------------------------------------------------------------


def sheet(kind: Kind, records: Iterable[Record]) -> Sheet:
    """Write rows as cells, the names of the columns first."""
    names = columns(kind)
    return Sheet(kind.plural, [list(headings(kind)), *[[cell(kind, row, name) for name in names] for row in records]])


def definitions(kind: Kind) -> Sheet:
    """Say of every column what it is called by machines, what it means and what it may hold."""
    head = (_("Column"), _("Name in the API"), _("What it is"), _("What it may hold"))
    rows = [(heading, name, _meaning(kind, name), _allowed(kind, name)) for heading, name in named(kind)]
    return Sheet(_("What the columns are"), [head, *rows])


def named(kind: Kind) -> Iterator[tuple[str, str]]:
    """Give each column with its heading."""
    yield from zip(headings(kind), columns(kind), strict=True)


def _meaning(kind: Kind, name: str) -> str:
    return str(kind.field(name).help_text)


def _allowed(kind: Kind, name: str) -> str:
    field = kind.field(name)
    if field.choices:
        return ", ".join(str(said) for value, said in field.flatchoices if value)
    if isinstance(field, models.BooleanField):
        return f"{writing.yes_or_no(True)}, {writing.yes_or_no(False)}"
    if isinstance(field, models.ForeignKey) and field.related_model is PartnerOrganisation:
        return ", ".join(naming.partner_short(row.code) for row in partners())
    return _("a code of: %(kinds)s") % {"kinds": _plural(field)} if isinstance(field, models.ForeignKey) else ""


def _plural(field: models.ForeignKey[Any, Any]) -> str:
    return str(field.related_model._meta.verbose_name_plural)


def cell(kind: Kind, record: Record, name: str) -> Cell:
    """Write one value of a row for a person, in the language of the page."""
    field = kind.field(name)
    value = values.value_of(record, name)
    if value is None:
        return None
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, PartnerOrganisation):
        return str(naming.partner_short(value.code))
    if isinstance(field, _ListField):
        return str(field.to_text(value))
    plain = values.plain(record, name)
    if isinstance(value, date | time) and not isinstance(value, datetime):
        return value
    return one_newline(plain) if isinstance(plain, str) else plain


def one_newline(text: str) -> str:
    """Write the end of a line as a spreadsheet keeps it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def write(kind: Kind, records: Iterable[Record], form: str) -> bytes:
    """Write a file in one of `FORMS`; a workbook says on a second sheet what its columns are."""
    return writing.write(form, sheet(kind, records), definitions(kind))
