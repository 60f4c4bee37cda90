# SPDX-License-Identifier: EUPL-1.2
"""Tables that get another shape, and the seals of their rows.

The digest of a row is that of all its columns, so another column is another digest. Whoever changes the shape looks
first whether every row is as it was signed, and signs the rows again after; a row that was not stays as it is, and is
named by `keten db verify-audit` before and after. Rows of before there were seals are signed as they are found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from keten.domain.digest import hash_of
from keten.domain.errors import UsageError
from keten_web.audit import actions, changes, covered, rows, verification
from keten_web.audit.changes import Seal
from keten_web.audit.rows import Signed

CODE = (covered.CODE, "")
AT_ONCE = 1000
"""Rows that one event signs when whole tables are signed."""

AT_UPGRADE = "Sealed at upgrade: these rows were there before rows were sealed, and are signed as they were found."
ANOTHER_SHAPE = "Sealed again: their tables got another shape; they were as they were signed before."


@dataclass(frozen=True)
class Before:
    """What the chain vouched for, and what was not as it says, before anything changed its shape."""

    signed: Mapping[tuple[str, str], Signed] = field(default_factory=dict)
    strange: frozenset[tuple[str, str]] = frozenset()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    noting: frozenset[str] = frozenset()

    def knows(self, table: str) -> bool:
        """Say whether rows of a table were to be signed already; then one that nobody signed is nobody's."""
        return table in self.noting or any(name == table for name, _key in self.signed)


@contextmanager
def changing_shape(
    action: str, subject: str, *, code_is_new: bool = False, details: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """Change tables, and whatever rows that asks, in one transaction with the events that sign it.

    Parameters
    ----------
    code_is_new
        True when all tables were made anew by the migrations, so that no trigger of before is left.
    """
    history = uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait while tables change their shape
        before = _before(cursor)
        if code_is_new:
            before = replace(before, strange=before.strange - {CODE})
        with changes.noted() as so_far:
            _say_who(cursor, str(history), action)
            yield
            covered.install(cursor)
            sealed = [*_rows(cursor, before, so_far(), subject), *_code(cursor, before)]
            actions.record(action, subject, request=None, by=None, details=details, sealed=sealed, history=history)
        _say_who(cursor, "", "")


def _say_who(cursor: CursorWrapper, history: str, action: str) -> None:
    """Name the context of versions that are made here; `pghistory.context` cannot, it rewrites every SQL statement."""
    who = json.dumps({"user": None, "action": action, "reason": ""}, allow_nan=False)
    cursor.execute(
        "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
        [history, who],
    )


def _before(cursor: CursorWrapper) -> Before:
    try:
        verification.refuse_another_shape(cursor)
    except UsageError:
        return Before()  # empty, or of before there were seals
    chain = verification.read_chain(cursor)
    strange = {(row.table, row.key) for row in rows.compare(cursor, chain.signed)}
    return Before(chain.signed, frozenset(strange), covered.columns(cursor), covered.noting(cursor))


def _rows(cursor: CursorWrapper, before: Before, changed: list[Seal], subject: str) -> list[Seal]:
    """Sign whole tables that are new or have another shape; give what is left to sign of what was changed."""
    now = covered.columns(cursor)
    new = {table for table in now if not before.knows(table)}
    reshaped = {table for table in now if table not in new and before.columns.get(table) != now[table]}
    mine = {(table, key) for table, key, then, _now in changed if then is None}
    first = [seal for table in sorted(new) for seal in _as_found(cursor, table) if seal[:2] not in mine]
    again = [seal for table in sorted(reshaped) for seal in _again(cursor, table, before)]
    for reason, found in ((AT_UPGRADE, first), (ANOTHER_SHAPE, again)):
        _seal(subject, reason, found)
    return [seal for seal in changed if seal[0] not in reshaped and (seal[0] not in new or seal[:2] in mine)]


def _seal(subject: str, reason: str, found: list[Seal]) -> None:
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        actions.record("seal", subject, request=None, by=None, reason=reason, sealed=some)


@transaction.atomic
def seal_as_found(subject: str) -> None:
    """Sign every row of a site in which nothing was signed yet, and what the database does by itself."""
    with connection.cursor() as cursor:
        covered.install(cursor)
        found = [seal for here in covered.tables(cursor) for seal in _as_found(cursor, here.table)]
        _seal(subject, AT_UPGRADE, [*found, *_code(cursor, Before())])


def _as_found(cursor: CursorWrapper, table: str) -> Iterator[Seal]:
    for key, digest in _digests(cursor, table):
        yield table, key, None, digest


def _again(cursor: CursorWrapper, table: str, before: Before) -> Iterator[Seal]:
    there = set()
    for key, digest in _digests(cursor, table):
        there.add(key)
        signed = before.signed.get((table, key))
        if (table, key) not in before.strange:
            yield table, key, signed.digest if signed else None, digest
    for (name, key), signed in before.signed.items():
        if name == table and signed.digest and key not in there and (name, key) not in before.strange:
            yield table, key, signed.digest, None


def _digests(cursor: CursorWrapper, table: str) -> list[tuple[str, str]]:
    here = next(one for one in covered.tables(cursor) if one.table == table)
    cursor.execute(f'SELECT row."{here.key}"::text, {here.text("row")} FROM "{table}" row ORDER BY row."{here.key}"')
    return [(key, hash_of(text)) for key, text in cursor.fetchall()]


def _code(cursor: CursorWrapper, before: Before) -> list[Seal]:
    """Sign what the database does by itself; what was not as it was signed stays so until a backup is put back."""
    if CODE in before.strange:
        return []
    signed = before.signed.get(CODE)
    digest = hash_of(covered.code(cursor))
    then = signed.digest if signed else None
    return [(*CODE, then, digest)] if digest != then else []
