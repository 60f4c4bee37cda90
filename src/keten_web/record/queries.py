# SPDX-License-Identifier: EUPL-1.2
"""Reading rows: lists, one row, its versions and as it was on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten_web.accounts.models import User
from keten_web.record import search, values
from keten_web.record.errors import Change
from keten_web.record.kinds import Kind, related
from keten_web.record.models import Record
from keten_web.words import names

LAST_DAY = date.max - timedelta(days=2)
"""The last day that has a day after it in every time zone."""

NOT_CONTENT = frozenset({"id", "version", "created_at", "changed_at", "created_by"})


@dataclass(frozen=True)
class HistoryRow:
    """One version of a row: what changed, by whom, when and why."""

    number: int
    at: datetime
    who: str
    action: str
    reason: str
    changes: tuple[Change, ...]
    is_outside: bool
    """Changed by a program that is not this site."""


def rows(kind: Kind, by: User, chosen: Mapping[str, str] | None = None) -> QuerySet[Any]:
    """Give the rows a user may read, as filtered; withdrawn rows when asked for, or when they stay in sight."""
    chosen = chosen or {}
    found = kind.model.objects.select_related(*_pointers(kind))
    if not (kind.stays_in_sight or chosen.get("ingetrokken")):
        found = found.filter(is_withdrawn=False)
    for name in (*kind.filtered, "partner"):
        if chosen.get(name):
            key = f"{name}__code" if kind.field(name).is_relation else name
            found = found.filter(**{key: _readable_text(chosen[name])})
    wanted = search.asked(chosen.get("zoek", ""))
    return search.answering(found, kind, wanted) if wanted.words else found


def _readable_text(text: str) -> str:
    """Leave out the one character that a database cannot hold."""
    return text.replace("\x00", "")


def readable(kind: Kind, by: User, chosen: Mapping[str, str] | None = None) -> list[Any]:
    """Give the rows of `rows` that this user may read one by one."""
    return [row for row in rows(kind, by, chosen) if kind.may_read.test(by, row)]


def _pointers(kind: Kind) -> list[str]:
    return [field.name for field in kind.model._meta.fields if field.many_to_one and field.name != "created_by"]


def one(kind: Kind, by: User, code: str) -> Any | None:
    """Give one row; None when it is not there or not to be read."""
    found = kind.model.objects.select_related(*_pointers(kind)).filter(code=code).first()
    return found if found is not None and kind.may_read.test(by, found) else None


def linked(kind: Kind, by: User, record: Record) -> list[tuple[Kind, list[Any]]]:
    """Give the rows of other kinds that point at this one."""
    found = []
    for other, field in related(kind):
        pointing = [
            row
            for row in other.model.objects.filter(**{field: record.pk}).select_related("partner")
            if other.may_read.test(by, row) and (other.stays_in_sight or not row.is_withdrawn)
        ]
        if pointing:
            found.append((other, pointing))
    return found


# --- history ----------------------------------------------------------------------------------------------------------


def _events(record: Record) -> QuerySet[Any]:
    found: QuerySet[Any] = (
        record.event_model().objects.filter(pgh_obj_id=record.pk).select_related("pgh_context").order_by("pgh_id")
    )
    return found


def said_of(event: Any) -> dict[str, Any]:
    """Give who made a version and why; empty when a program that is not this site made it."""
    return dict(event.pgh_context.metadata) if event.pgh_context_id and event.pgh_context else {}


def _as_record(kind: Kind, event: Any) -> Any:
    """Make the row again from one of its versions."""
    return kind.model(**{field.attname: getattr(event, field.attname) for field in kind.model._meta.concrete_fields})


def _differences(kind: Kind, before: Any, after: Any) -> tuple[Change, ...]:
    changed = [
        field
        for field in kind.model._meta.concrete_fields
        if field.name not in NOT_CONTENT and getattr(before, field.attname) != getattr(after, field.attname)
    ]
    return tuple(
        Change(
            field.name,
            values.label(kind.model, field.name),
            values.shown(before, field.name),
            values.shown(after, field.name),
        )
        for field in changed
    )


def history(kind: Kind, record: Record) -> list[HistoryRow]:
    """Give every version of a row, newest first."""
    events = list(_events(record))
    people = people_of(events)
    found, before = [], None
    for number, event in enumerate(events, start=1):
        after = _as_record(kind, event)
        said = said_of(event)
        found.append(
            HistoryRow(
                number=number,
                at=event.pgh_created_at,
                who=people.get(said.get("user"), ""),
                action=_done(kind, said.get("action", event.pgh_label)),
                reason=said.get("reason", ""),
                changes=_differences(kind, before, after) if before is not None else (),
                is_outside=not said,
            )
        )
        before = after
    return found[::-1]


def _done(kind: Kind, action: str) -> str:
    """Say what was done, in the words of the screen; a step has its own label."""
    step = kind.transition(action)
    if step is not None:
        return str(step.label)
    words = {
        "create": _("made"),
        "insert": _("made"),
        "load": _("loaded from the letters"),
        "withdraw": _("withdrawn"),
        "change": _("changed"),
        "update": _("changed"),
    }
    return words.get(action, action)


def people_of(events: Sequence[Any]) -> dict[int | None, str]:
    """Name the users who made these versions, by their number."""
    asked = {user for event in events if (user := said_of(event).get("user")) is not None}
    return {user.pk: _signed(user) for user in User.objects.filter(pk__in=asked)}


def _signed(user: User) -> str:
    return f"{user} ({names.partner_short(user.partner_id)})" if user.partner_id else str(user)


def in_language(record: Record, names: Sequence[str]) -> tuple[str, ...]:
    """Leave out of each pair of fields (`duties`, `duties_en`) the one in the other language, where both are filled."""
    english = {name for name in names if name.endswith("_en")}
    pairs = {name for name in english if name.removesuffix("_en") in names and getattr(record, name)}
    others = {name.removesuffix("_en") for name in pairs} if get_language() == "en" else english
    return tuple(name for name in names if name not in others)


def as_it_was(kind: Kind, record: Record, on: date) -> Any | None:
    """Give the row as it stood at the end of a day; None when it was not there yet."""
    end = timezone.make_aware(datetime.combine(min(on, LAST_DAY) + timedelta(days=1), time.min))
    event = _events(record).filter(pgh_created_at__lt=end).last()
    return _as_record(kind, event) if event is not None and event.pgh_label != "delete" else None


def changes_since(kind: Kind, record: Record, version: int) -> tuple[str, tuple[Change, ...]]:
    """Say who changed a row since a version, and what."""
    events = list(_events(record))
    read = next((event for event in events if event.version == version), events[0] if events else None)
    last = events[-1] if events else None
    who = people_of(events).get(said_of(last).get("user"), "") if last is not None else ""
    return who, _differences(kind, _as_record(kind, read), record) if read is not None else ()


def was_changed_by_people(record: Record) -> bool:
    """Tell whether anyone but the site itself wrote this row."""
    return any(said_of(event).get("action") != "load" for event in _events(record))


def at_version(kind: Kind, record: Record, version: int) -> Any | None:
    """Give the row as it was at one of its versions; None when there is no such version."""
    event = _events(record).filter(version=version).last()
    return _as_record(kind, event) if event is not None else None


def by_code(model: Any, code: str | None) -> Any:
    """Find a row by its code; None when there is none, or no code is given."""
    return model.objects.filter(code=code).first() if code else None


def every_row(model: Any) -> QuerySet[Any]:
    """Give every row of a model, withdrawn ones too: what a list can be narrowed to."""
    found: QuerySet[Any] = model.objects.all()
    return found


def standing(model: Any) -> QuerySet[Any]:
    """Give the rows of a model that were not withdrawn."""
    found: QuerySet[Any] = model.objects.filter(is_withdrawn=False)
    return found
