# SPDX-License-Identifier: EUPL-1.2
"""The history of records beside the audit trail: triggers of the database keep every version of a row.

A version that no audit event knows was made behind the back of the application. A row that differs from its last
version was changed with the triggers switched off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.utils.translation import override


@dataclass(frozen=True)
class Outside:
    """A row that was changed behind the back of the application: which, when and how that shows."""

    row: str
    at: str
    what: str


def outside(cursor: CursorWrapper) -> tuple[int, list[Outside]]:
    """Count the versions of all records, and give everything that did not go through the application."""
    count, found = 0, []
    for history in _histories(set(connection.introspection.table_names(cursor))):
        cursor.execute(f"SELECT count(*) FROM {_name(history)}")
        count += cursor.fetchone()[0]
        found += [*_without_event(cursor, history), *_not_the_last_version(cursor, history)]
    return count, found


def _histories(tables: set[str]) -> list[type[models.Model]]:
    """Find the models that keep versions of the rows of another one, as far as their tables are made."""
    kept = [model for model in apps.get_models() if getattr(model, "pgh_tracked_model", None) is not None]
    return [model for model in kept if model._meta.db_table in tables and not model._meta.proxy]


def _name(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def _row(model: type[models.Model], key: object) -> str:
    """Name a row in the language of the command line."""
    with override("en"):
        return f"{model._meta.verbose_name} {key}"


def _label(model: type[models.Model], alias: str) -> str:
    """Give the column by which people know a row."""
    known = {field.name for field in model._meta.concrete_fields}
    return f"{alias}.code" if "code" in known else f"{alias}.{model._meta.pk.column}::text"


def _moment(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"


def _without_event(cursor: CursorWrapper, history: Any) -> Iterator[Outside]:
    record = history.pgh_tracked_model
    cursor.execute(
        f"SELECT {_label(record, 'version')}, {_moment('version.pgh_created_at')}, version.pgh_label"
        f" FROM {_name(history)} version LEFT JOIN audit_event event ON event.context = version.pgh_context_id"
        " WHERE event.id IS NULL ORDER BY version.pgh_id"
    )
    for key, at, label in cursor.fetchall():
        what = f"was changed behind the back of the application ({label}): no audit event says who did it and why."
        yield Outside(_row(record, key), at, what)


def _not_the_last_version(cursor: CursorWrapper, history: Any) -> Iterator[Outside]:
    record = history.pgh_tracked_model
    own = {field.column for field in record._meta.concrete_fields}
    both = sorted(own & {field.column for field in history._meta.concrete_fields})
    key = record._meta.pk.column
    now, then = (", ".join(f'{alias}."{column}"' for column in both) for alias in ("record", "version"))
    last = (
        f"(SELECT DISTINCT ON (pgh_obj_id) * FROM {_name(history)} ORDER BY pgh_obj_id, pgh_id DESC) version"
        f" ON version.pgh_obj_id = record.{key}"
    )
    cursor.execute(
        f"SELECT coalesce({_label(record, 'record')}, {_label(record, 'version')}),"
        f" {_moment('version.pgh_created_at')},"
        f" record.{key} IS NULL, version.pgh_id IS NULL"
        f" FROM {_name(record)} record FULL JOIN {last}"
        f" WHERE (record.{key} IS NULL AND version.pgh_label <> 'delete') OR (record.{key} IS NOT NULL AND"
        f" (version.pgh_id IS NULL OR version.pgh_label = 'delete' OR ROW({now}) IS DISTINCT FROM ROW({then})))"
    )
    for name, at, is_gone, is_new in cursor.fetchall():
        done = "deleted" if is_gone else "inserted" if is_new else "changed"
        what = f"was {done} with the triggers of the database switched off: its history does not know it."
        yield Outside(_row(record, name), f"after {at}" if at else "", what)
