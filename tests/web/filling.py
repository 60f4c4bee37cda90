# SPDX-License-Identifier: EUPL-1.2
"""Rows for every model of the site, made from the models themselves: what is added later is filled too."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.db import connection, models

from keten_web.audit.models import Event, Head

WRITTEN_BY_THE_DATABASE = (Event, Head)
"""Links of the chain: their rows come from what the site does."""


def fillable() -> list[type[models.Model]]:
    """Every model with a table that the site itself fills, memberships included; histories are filled by triggers."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in tables
        and not model._meta.proxy
        and getattr(model, "pgh_tracked_model", None) is None
        and model not in WRITTEN_BY_THE_DATABASE
    ]


class Filler:
    """Makes rows that the database accepts; whether they make sense is not asked."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.made: dict[type[models.Model], list[models.Model]] = {}

    def fill(self, each: int = 2) -> None:
        """Make rows of every model; rows that point elsewhere point at the last one made there, at themselves too."""
        for model in fillable():
            for _number in range(each):
                self.row(model)
        self._point_backwards()

    def row(self, model: type[models.Model]) -> models.Model:
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        if issubclass(model, models.Model) and not model._meta.managed:
            return self._by_sql(model, fields)
        row = model(**{field.attname: self.value(field) for field in fields})
        models.Model.save_base(row, raw=True, force_insert=True)
        self.made.setdefault(model, []).append(row)
        return row

    def _by_sql(self, model: type[models.Model], fields: list[Any]) -> models.Model:
        """A table that belongs to a library refuses to be written through its model."""
        row = model(**{field.attname: self.value(field) for field in fields})
        given = [field for field in fields if getattr(row, field.attname) is not None]
        names = ", ".join(f'"{field.column}"' for field in given)
        values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in given]
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(values))})'
                f' RETURNING "{model._meta.pk.column}"',
                values,
            )
            row.pk = cursor.fetchone()[0]
        self.made.setdefault(model, []).append(row)
        return row

    def _point_backwards(self) -> None:
        """Let the first row point at the last one of its own table: no order of filling does right by that."""
        for model, rows in self.made.items():
            for field in model._meta.concrete_fields:
                to_itself = field.is_relation and field.related_model is model and field.db_constraint
                if to_itself and field.null and not field.unique:
                    setattr(rows[0], field.attname, rows[-1].pk)
                    with _as_rows_that_may_change(model):
                        models.Model.save_base(rows[0], raw=True)

    def value(self, field: Any) -> Any:
        number = next(self.numbers)
        if field.is_relation:
            return self._target(field)
        if field.choices and not field.unique:
            return field.flatchoices[number % len(field.flatchoices)][0]
        for kind, value in VALUES:
            if isinstance(field, kind):
                return value(number, field)
        raise AssertionError(f"{field}: say in VALUES what a {type(field).__name__} may hold")

    def _target(self, field: Any) -> Any:
        model = field.related_model
        rows = self.made.get(model, [])
        if field.null and (model is field.model or not field.db_constraint):
            return None
        if field.unique or not rows:
            return getattr(self.row(model), field.target_field.attname)
        taken = len(self.made.get(field.model, []))  # pairs that must be unique go through the rows one by one
        return getattr(rows[taken % len(rows)], field.target_field.attname)


def _as_rows_that_may_change(model: type[models.Model]) -> AbstractContextManager[Any]:
    """Silence the triggers by which the rows of a table may only be added, and no others."""
    triggers = getattr(model._meta, "triggers", ())
    named = [f"{model._meta.label}:{row.name}" for row in triggers if isinstance(row, pgtrigger.Protect)]
    return pgtrigger.ignore(*named) if named else nullcontext()


def _text(number: int, field: Any) -> str:
    return f'{number} "ë"\t€'[: field.max_length]


VALUES: tuple[tuple[Any, Any], ...] = (
    (models.SlugField, lambda number, field: f"rij-{number}"),
    (models.BooleanField, lambda number, field: number % 2 == 0),
    (models.UUIDField, lambda number, field: UUID(int=number)),
    (models.GenericIPAddressField, lambda number, field: "192.0.2.1"),
    (models.BinaryField, lambda number, field: bytes([number % 256, 0, 10])),
    (models.JSONField, lambda number, field: {"getal": number / 3, "tekst": ["ë", None]}),
    (models.DateTimeField, lambda number, field: datetime(2023, 7, 1, 12, tzinfo=UTC) + timedelta(seconds=number)),
    (models.DateField, lambda number, field: date(2023, 7, 1) + timedelta(days=number)),
    (models.TimeField, lambda number, field: time(12, number % 60)),
    (models.FloatField, lambda number, field: number / 7),
    (models.DecimalField, lambda number, field: number % 10),
    (models.IntegerField, lambda number, field: number),
    (models.EmailField, lambda number, field: f"rij-{number}@example.org"),
    (models.URLField, lambda number, field: f"https://example.org/{number}"),
    (models.CharField, _text),
    (models.TextField, _text),
)
