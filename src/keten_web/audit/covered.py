# SPDX-License-Identifier: EUPL-1.2
"""Which rows the audit trail vouches for: everything the site keeps, unless it is named here with a reason.

Triggers note what a transaction changes, and the event at the end of the action signs it (see `changes`). Nothing here
is a list of what to cover: a table of tomorrow is covered because it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.translation import override

LEFT_OUT = {
    "audit_": "the chain itself",
    "django_session": "who is logged in now; what a session holds is signed with the key of the site",
    "django_migrations": "which shape the tables have; no right and no figure follows from it",
    "django_content_type": "names of models; what a role permits is covered by its names, see MEANS",
    "auth_permission": "names of permissions; what a role permits is covered by its names, see MEANS",
    "procrastinate_": "the queue: work that is asked for, done and forgotten",
    "axes_": "failed log-ins, for who must wait; that they failed is an event",
    "accounts_usage": "how often somebody asked lately, for who must wait",
    "api_givenanswer": "answers that are given again for a day",
    "tower_inquiry": "questions on the side of a page, and how far they are; nobody agrees to them",
    "events_subscriber": "how far an address was told; what it is told is covered",
}
"""Tables (or how their names begin) that are not covered -> why not."""

COLUMNS_LEFT_OUT = {
    "accounts_user": ("last_login",),
    "studies_run": ("state", "done", "attempts", "finished", "problem", "ended_at"),
    "rounds_closing": ("state", "done", "of", "attempts", "progress", "ended_at"),
}
"""Columns that go on changing without anybody deciding something: when someone was here, how far work is."""

_PERMISSION = (
    "SELECT pg_catalog.concat(type.app_label, '.', named.codename) FROM auth_permission named"
    " JOIN django_content_type type ON type.id = named.content_type_id WHERE named.id ="
)
MEANS = {"auth_group_permissions": _PERMISSION, "accounts_user_user_permissions": _PERMISSION}
"""Rows whose meaning stands in a table that is not covered -> the question that gives it for `permission_id`."""

CODE = "functions and triggers"
"""What the database itself does with rows stands in the chain as one row under this name."""

TRIGGER = "audit_note_change"


@dataclass(frozen=True)
class Covered:
    """A table the trail vouches for."""

    model: Any

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column)

    @property
    def record(self) -> Any:
        """Give the model whose versions these are, or the model itself."""
        return getattr(self.model, "pgh_tracked_model", None) or self.model

    @property
    def is_history(self) -> bool:
        return self.record is not self.model

    def text(self, row: str) -> str:
        """Write the SQL that gives everything in a row as one text; `hash_of` makes its digest."""
        left_out = "".join(f" - '{column}'" for column in COLUMNS_LEFT_OUT.get(self.table, ()))
        meaning = MEANS.get(self.table)
        joined = f" || jsonb_build_object('means', ({meaning} {row}.permission_id))" if meaning else ""
        return f"(to_jsonb({row}.*){left_out}{joined})::text"  # a table may have a column of that name too

    def label(self, row: str) -> str:
        """Write the SQL that gives the name by which people know a row."""
        columns = {field.column for field in self.model._meta.concrete_fields}
        known = next((name for name in ("code", "username", "name", "subject") if name in columns), self.key)
        return f'{row}."{known}"::text'

    def named(self, name: object) -> str:
        """Name a row in the language of the command line."""
        if self.model._meta.auto_created:
            return f"row of {self.table} {name}"  # the library that makes these tables gives them a translated name
        with override("en"):
            return f"{self.record._meta.verbose_name} {name}"


def tables(cursor: CursorWrapper) -> list[Covered]:
    """Give every table that is covered, as far as it is made, by name."""
    made = set(connection.introspection.table_names(cursor))
    found = {
        model._meta.db_table: Covered(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in made and not model._meta.proxy and reason_left_out(model._meta.db_table) is None
    }
    return [found[name] for name in sorted(found)]


def reason_left_out(table: str) -> str | None:
    """Say why a table is not covered; None when it is."""
    return next((why for name, why in LEFT_OUT.items() if table.startswith(name)), None)


def install(cursor: CursorWrapper) -> None:
    """Let every covered table note what is changed in it; what is there already stays."""
    cursor.execute("SELECT to_regproc('audit_note_change') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return  # the shape of before
    there = noting(cursor)
    for covered in tables(cursor):
        if covered.table not in there:
            arguments = ", ".join(f"'{part}'" for part in _arguments(covered))
            cursor.execute(
                f'CREATE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE ON "{covered.table}"'
                f" FOR EACH ROW EXECUTE FUNCTION audit_note_change({arguments})"
            )


def noting(cursor: CursorWrapper) -> frozenset[str]:
    """Give the tables that note what is changed in them."""
    cursor.execute(
        "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE tgname = %s AND relnamespace = current_schema()::regnamespace",
        [TRIGGER],
    )
    return frozenset(row[0] for row in cursor.fetchall())


def _arguments(covered: Covered) -> Iterator[str]:
    """Give what the trigger must know: the key, whether a permission gives the meaning, and columns to leave out."""
    yield covered.key
    yield "permission" if covered.table in MEANS else ""
    yield from COLUMNS_LEFT_OUT.get(covered.table, ())


def code(cursor: CursorWrapper) -> str:
    """Write down what the database does by itself: functions, triggers, rules and policies of this schema."""
    cursor.execute(
        """
        SELECT coalesce(string_agg(part, E'\\n' ORDER BY part COLLATE "C"), '') FROM (
            SELECT concat_ws(' ', 'function', proname, pg_get_function_identity_arguments(pg_proc.oid), prosecdef,
                             proconfig::text, prosrc) AS part
            FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
            UNION ALL
            SELECT concat_ws(' ', 'trigger', tgenabled, pg_get_triggerdef(pg_trigger.oid))
            FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
            WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal
            UNION ALL
            SELECT concat_ws(' ', 'rule', relname, rulename, ev_enabled, pg_get_ruledef(pg_rewrite.oid))
            FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class
            WHERE relnamespace = current_schema()::regnamespace
            UNION ALL
            SELECT concat_ws(' ', 'policy', relname, polname, polcmd, pg_get_expr(polqual, polrelid),
                             pg_get_expr(polwithcheck, polrelid))
            FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
            WHERE relnamespace = current_schema()::regnamespace
            UNION ALL
            SELECT concat_ws(' ', 'table', relname, relkind, relrowsecurity) FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind NOT IN ('i', 'I', 'S', 't', 'c')
        ) parts
        """
    )
    return str(cursor.fetchone()[0])


def columns(cursor: CursorWrapper) -> dict[str, tuple[str, ...]]:
    """Give the columns of every covered table with their types: rows of another shape have another text."""
    cursor.execute(
        "SELECT relname, attname || ' ' || format_type(atttypid, atttypmod) FROM pg_attribute"
        " JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = current_schema()::regnamespace"
        " AND attnum > 0 AND NOT attisdropped ORDER BY relname, attname"
    )
    found: dict[str, tuple[str, ...]] = {}
    for table, column in cursor.fetchall():
        found[table] = (*found.get(table, ()), column)
    return {covered.table: found[covered.table] for covered in tables(cursor)}
