# SPDX-License-Identifier: EUPL-1.2
"""How a field is shown to a reader, and written in a file or an answer of the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from keten.indicators.disclosure import NotShown
from keten_web.accounts import protection
from keten_web.record import offered
from keten_web.record.fields import SeriesField, _ListField
from keten_web.record.models import Record
from keten_web.words import names, wording


def label(record: Record | type[Record], name: str) -> str:
    """Give the name of a field on the screen; a property says it in its `short_description`."""
    model = record if isinstance(record, type) else type(record)
    try:
        return str(getattr(model._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        described = getattr(getattr(model, name), "fget", getattr(model, name))
        return str(getattr(described, "short_description", name))


def counted(model: Record | type[Record]) -> tuple[str, ...]:
    """Name the numbers of a row that were counted; a small one is protected, with those that would tell it."""
    return tuple(name for name, limit in model.limits.items() if limit.observed or limit.counted)


def value_of(record: Record, name: str) -> Any:
    """Give a value as who asks may see it."""
    fields = counted(record)
    if name not in fields:
        value = getattr(record, name)
        return _frozen(value) if name in record.frozen_figures else value
    figures = {field: getattr(record, field) for field in fields}
    return protection.shown(figures, {field: record.limits[field].of(record) for field in fields})[name]


def _frozen(kept: Any) -> Any:
    if not isinstance(kept, dict) or "figures" not in kept:
        return kept
    return {**kept, "figures": [_frozen_figure(said) for said in kept["figures"]]}


def _frozen_figure(said: dict[str, Any]) -> dict[str, Any]:
    value = protection.figure(said.get("value"), said.get("unit") or "")
    return {**said, "value": None} if isinstance(value, NotShown) else said


def not_shown(record: Record) -> list[str]:
    """Name the numbers of a row that who asks may not see."""
    return [name for name in counted(record) if isinstance(value_of(record, name), NotShown)]


def shown(record: Record, name: str) -> str:
    """Write a value as a reader reads it; empty when there is none."""
    field = next((row for row in record._meta.fields if row.name == name), None)
    value = value_of(record, name)
    if field is not None and field.choices:
        return str(getattr(record, f"get_{name}_display")())
    if name in record.written:
        return record.written[name](value)
    if isinstance(field, SeriesField):
        return "; ".join(_stretch(row) for row in value or [])
    if isinstance(field, _ListField):
        return "; ".join(offered.word(type(record), name, entry) or _named(entry) for entry in value or [])
    if name.endswith("year"):
        return str(value or "")  # a year has no thousands
    return text(value)


def _named(entry: str) -> str:
    """Name a partner, or the minister who answers for one, where a list holds its code."""
    return names.approver(entry) if names.is_partner(entry) or entry in names.ANSWERABLE else entry


def _stretch(row: dict[str, Any]) -> str:
    start, end = (date.fromisoformat(row[name]) for name in ("from", "until"))
    value = text(row["value"])
    if start == date.min and end == date.max:
        return value
    if end == date.max:
        return _("from %(start)s: %(value)s") % {"start": wording.short_day(start), "value": value}
    said = {"start": wording.short_day(start), "end": wording.short_day(end), "value": value}
    return _("from %(start)s until %(end)s: %(value)s") % said


def text(value: object) -> str:
    """Write a value of any type."""
    if value is None:
        return ""
    writer = next((write for type_, write in WRITERS if isinstance(value, type_)), str)
    return writer(value)


def _number(value: float | Decimal) -> str:
    return str(format_decimal(value, locale=wording.locale()))


def _pairs(value: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {text(part)}" for name, part in value.items())


WRITERS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (bool, lambda value: _("yes") if value else _("no")),
    (NotShown, wording.not_shown),
    (datetime, wording.moment),
    (date, wording.day),
    (int | float | Decimal, _number),
    (dict, _pairs),
    (list, lambda value: ", ".join(text(part) for part in value)),
)
"""The first type that fits writes the value; a yes is a number too, and a moment is a day too."""


def plain(record: Record, name: str) -> str | int | float | bool | None:
    """Write a value for a machine: the same in every file and in the API; a row that is pointed at by its code."""
    field = record._meta.get_field(name)
    value = value_of(record, name)
    if isinstance(value, NotShown):
        return wording.not_shown(value)
    if isinstance(field, models.ForeignKey):
        return str(value.code) if value is not None else None
    if isinstance(field, _ListField):
        return field.to_text(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float) else str(value)
