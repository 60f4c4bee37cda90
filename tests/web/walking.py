# SPDX-License-Identifier: EUPL-1.2
"""Rows, people and requests for tests that walk over every kind of record; all of it made from the kinds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.test import Client

from keten_web.accounts.models import PartnerOrganisation, User
from keten_web.accounts.roles import ROLES
from keten_web.api import BASE, schemas
from keten_web.record.forms import form_class
from keten_web.record.kinds import Kind

WHY = "Besproken in het overleg."


def load_demo() -> None:
    """Fill the record as a demonstration does, without the signals that a study foresees."""
    from keten_web.accountability import letters as accountability
    from keten_web.foresight import actions as foresight
    from keten_web.steering import letters

    letters.load_letters()
    accountability.load_letters()
    foresight.load_exercise()


@contextmanager
def undone() -> Iterator[None]:
    """Take back what was written."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Person:
    """Someone with a role at a partner."""

    role: str
    user: User
    client: Client

    def api(self, method: str, path: str, body: Any, version: int = 0) -> Any:
        sent = {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method)(BASE + path, headers={"If-Match": f'"{version}"'}, **sent)


def everybody(partners: tuple[str, ...] = ()) -> list[Person]:
    """Give every role at each of these partners, or at all of them."""
    groups = {group.name: group for group in Group.objects.all()}
    codes = partners or tuple(PartnerOrganisation.objects.values_list("code", flat=True))
    found = []
    for code in codes:
        for role in ROLES:
            user, is_new = User.objects.get_or_create(
                username=f"{role}-{code}", defaults={"name": role, "partner_id": code}
            )
            if is_new:
                user.groups.set([groups[role]])
            client = Client(raise_request_exception=False)
            client.force_login(user)
            found.append(Person(role, user, client))
    return found


def values_like(kind: Kind, row: Any) -> dict[str, Any]:
    """Give valid values for a new row: those of a row that is there, with a name and a unique number of its own."""
    values = {name: getattr(row, name) for name in kind.fields}
    for name in kind.fields:
        field = kind.field(name)
        if field.unique and isinstance(field, models.IntegerField):
            values[name] = (kind.model.objects.aggregate(last=models.Max(name))["last"] or 0) + 1
    for name in kind.fields:
        if isinstance(kind.field(name), models.BigIntegerField) and values[name] is None:
            values[name] = 1_000_000  # an amount of money: without one nothing can be asked or granted
    more = {"corrects": row} if "corrects" in kind.fields else {}  # a period has one value, and then its corrections
    return {**values, **more, "title": f"Gelijk aan {row.code}"[:300]}


def as_form(kind: Kind, names: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Write values as a browser would send them."""
    form = form_class(kind, list(names))()
    sent = {}
    for name, field in form.fields.items():
        value = values.get(name)
        value = value.pk if isinstance(value, models.Model) else value
        prepared = field.prepare_value(value)
        shown = field.widget.format_value(prepared) if hasattr(field.widget, "format_value") else prepared
        if shown not in (None, False, []):
            is_one = isinstance(shown, list) and not getattr(field.widget, "allow_multiple_selected", False)
            sent[name] = shown[0] if is_one else shown
    return sent


def as_body(kind: Kind, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Write values as a program would send them."""
    told = schemas.told(kind, kind.model(**{"partner_id": "IND", **values}))
    names = [
        schemas.to_camel(name) for name in values if any(isinstance(kind.field(name), t) for t, _ in schemas.TYPES)
    ]
    return {name: told[name] for name in names} | more


def filled(kind: Kind, names: Any, row: Any) -> dict[str, Any]:
    """Give a value for each field that a step asks: what the row has, else something that can stand there."""
    return {name: _value(kind.field(name), row, getattr(row, name)) for name in names}


def fillings(kind: Kind, names: Any, row: Any) -> Iterator[dict[str, Any]]:
    """Give ways to fill in what a step asks: everything, and of several rows to point at each one alone."""
    everything = filled(kind, names, row)
    yield everything
    pointers = [name for name in names if isinstance(kind.field(name), models.ForeignKey) and everything[name]]
    if len(pointers) > 1:
        for chosen in pointers:
            yield {**everything, **{name: None for name in pointers if name != chosen}}


def _value(field: Any, row: Any, now: Any) -> Any:
    if now not in (None, "", []):
        return now
    if isinstance(field, models.ForeignKey):
        return _pointed_at(field, row)
    if isinstance(field, models.DateField):
        return date(2023, 6, 1)
    if isinstance(field, models.IntegerField | models.FloatField):
        return 1
    if field.choices:
        return next(value for value, _label in field.flatchoices if value)
    return WHY


def _pointed_at(field: Any, row: Any) -> Any:
    """Choose a row to point at; a row never points at itself, and a body only at a higher one."""
    others = field.related_model.objects.exclude(pk=row.pk if field.related_model is type(row) else None)
    if hasattr(field.related_model, "is_withdrawn"):
        others = others.filter(is_withdrawn=False)
    return others.order_by("pk").first()
