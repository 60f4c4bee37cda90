# SPDX-License-Identifier: EUPL-1.2
"""One row of every kind with every field filled in, made from the kinds themselves: a new kind is filled as well."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db import models

from keten_web.accounts.models import PartnerOrganisation
from keten_web.record.fields import LinesField, SeriesField
from keten_web.record.kinds import Kind, kinds
from keten_web.record.models import Record

NASTY = '=1+1; "aanhaling", \'t\r\n-een regel\r\n\r\nmet €, ë en  twee spaties'
SETTLED = frozenset({"id", "version", "is_withdrawn", "created_by", "created_at", "changed_at", "code", "partner"})


def fill(*, number: int = 1) -> dict[str, Record]:
    """Make a row of every kind: slug -> row. The rules of the rows are not asked: they are not what is tested here."""
    made: dict[type, Record] = {}
    waiting = list(kinds())
    while waiting:
        kind = next(kind for kind in waiting if _may_be_made(kind, made))
        waiting.remove(kind)
        record = kind.model(code=f"rij-{number}", partner_id="IND", **_values(kind, made, number))
        record.save()
        made[kind.model] = record
    return {kind.slug: made[kind.model] for kind in kinds()}


def _fields(kind: Kind) -> list[models.Field[Any, Any]]:
    return [field for field in kind.model._meta.concrete_fields if field.name not in SETTLED]


def _may_be_made(kind: Kind, made: dict[type, Record]) -> bool:
    needed = {field.related_model for field in _fields(kind) if field.many_to_one and not field.null}
    return needed <= {*made, PartnerOrganisation, kind.model}


def _values(kind: Kind, made: dict[type, Record], number: int) -> dict[str, Any]:
    return {field.attname: _value(field, made, number) for field in _fields(kind)}


def _value(field: models.Field[Any, Any], made: dict[type, Record], number: int) -> Any:
    if isinstance(field, models.ForeignKey):
        return (
            "POLICE"
            if field.related_model is PartnerOrganisation
            else getattr(made.get(field.related_model), "pk", None)
        )
    if field.choices:
        return [value for value, _label in field.flatchoices if value][-1]
    return next(make(field, number) for known, make in _MAKERS if isinstance(field, known))


_MAKERS: tuple[tuple[Any, Any], ...] = (
    (SeriesField, lambda _f, _n: [{"from": "2023-01-01", "until": "2024-01-01", "value": 22184.25}]),
    (LinesField, lambda _f, _n: ["IND 2", "=COA: levert; het dossier"]),
    (models.JSONField, lambda _f, _n: {"a": [1]}),
    (models.BooleanField, lambda field, _n: None if field.null else True),
    (models.DateField, lambda _f, number: date(2023, 2, number)),
    (models.TimeField, lambda _f, _n: time(9, 30)),
    (models.FloatField, lambda _f, _n: 0.1 + 0.2),
    (models.DecimalField, lambda _f, _n: 1.5),
    (models.BigIntegerField, lambda _f, number: -2_000_000_000 - number),
    (models.IntegerField, lambda _f, number: 2020 + number),
    (models.TextField, lambda _f, _n: NASTY),
    (models.CharField, lambda field, _n: NASTY.replace("\r\n", " ")[: field.max_length].strip()),
)
