# SPDX-License-Identifier: EUPL-1.2
"""Every row of the site beside what the chain says of it: the last event that signed it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from keten.domain.digest import hash_of
from keten_web.audit import covered
from keten_web.audit.covered import Covered

AT_ONCE = 5000


@dataclass(frozen=True)
class Signed:
    """What the chain says of a row: the digest of its content (None when it was deleted), and which event says so."""

    digest: str | None
    number: int
    at: str
    by: str
    """What was done to what, as in `change ketendoelen/x`."""


@dataclass(frozen=True)
class Strange:
    """A row that is not as it was signed."""

    table: str
    key: str
    name: str
    at: str
    what: str
    is_old_version: bool = False


Known = Mapping[tuple[str, str], Signed]


def compare(cursor: CursorWrapper, known: Known) -> Iterator[Strange]:
    """Give every row of a covered table that no event signed, or not with this content, and every row that is gone."""
    left: dict[str, dict[str, Signed]] = {}
    for (table, key), signed in known.items():
        if signed.digest is not None and table != covered.CODE:
            left.setdefault(table, {})[key] = signed
    for here in covered.tables(cursor):
        expected = left.pop(here.table, {})
        yield from _strange(here, expected)
        yield from (_gone(cursor, here, key, signed) for key, signed in expected.items())
    for table, expected in left.items():
        for key, signed in expected.items():
            yield Strange(table, key, f"{table} {key}", signed.at, f"is gone with its table: {_told(signed)}.")
    yield from _code(cursor, known)


def _strange(here: Covered, expected: dict[str, Signed]) -> Iterator[Strange]:
    """Read a table and take from `expected` what stands in it."""
    at = _moment("row.pgh_created_at") if here.is_history else "''"
    label = "row.pgh_label" if here.is_history else "''"
    with connection.chunked_cursor() as rows:
        rows.execute(
            f'SELECT row."{here.key}"::text, {here.label("row")}, {at}, {label}, {here.text("row")}'
            f' FROM "{here.table}" row ORDER BY row."{here.key}"'
        )
        while some := rows.fetchmany(AT_ONCE):
            for key, name, moment, done, text in some:
                signed = expected.pop(key, None)
                if signed is None or signed.digest != hash_of(text):
                    yield _named(here, key, name, moment, done, signed)


def _named(here: Covered, key: str, name: str, at: str, done: str, signed: Signed | None) -> Strange:
    said = f"{here.named(name)}"
    if here.is_history and signed is None:
        what = f"was changed behind the back of the application ({done}): no audit event says who did it and why."
        return Strange(here.table, key, said, at, what)
    whose = f"its version {key} " if here.is_history else ""
    if signed is None:
        what = "was put in behind the back of the application: no audit event knows it."
    else:
        what = f"{whose}is not as it was signed: {_told(signed)}; it was changed behind the back of the application."
    when = at or (f"after {signed.at}" if signed else "")
    return Strange(here.table, key, said, when, what, is_old_version=here.is_history)


def _gone(cursor: CursorWrapper, here: Covered, key: str, signed: Signed) -> Strange:
    whose = f"its version {key} " if here.is_history else ""
    name = here.named(_name_in_history(cursor, here, key) or key)
    return Strange(
        here.table,
        key,
        name if not here.is_history else here.named(f"of {signed.by}"),
        f"after {signed.at}",
        f"{whose}is gone: {_told(signed)}; it was deleted behind the back of the application.",
        is_old_version=here.is_history,
    )


def _name_in_history(cursor: CursorWrapper, here: Covered, key: str) -> str | None:
    """Give the name of a row that is gone, when its history still knows it."""
    field = next((field for field in here.model._meta.related_objects if field.name == "events"), None)
    if here.is_history or field is None:
        return None
    history = Covered(field.related_model)
    cursor.execute(
        f'SELECT {history.label("row")} FROM "{history.table}" row WHERE row.pgh_obj_id::text = %s LIMIT 1', [key]
    )
    found = cursor.fetchone()
    return str(found[0]) if found else None


def _code(cursor: CursorWrapper, known: Known) -> Iterator[Strange]:
    signed = known.get((covered.CODE, ""))
    if signed is not None and signed.digest != hash_of(covered.code(cursor)):
        what = f"are not as they were signed: {_told(signed)}; one was changed, added, removed or switched off."
        yield Strange(covered.CODE, "", f"the {covered.CODE} of the database", f"after {signed.at}", what)


def _told(signed: Signed) -> str:
    return f"event {signed.number} ({signed.by}) signed it"


def _moment(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"


def name_of(cursor: CursorWrapper, table: str, key: str) -> str:
    """Name a row of the chain, by its name when it is still there."""
    here: Any = next((one for one in covered.tables(cursor) if one.table == table), None)
    if here is None:
        return f"{table} {key}".strip()
    cursor.execute(f'SELECT {here.label("row")} FROM "{table}" row WHERE row."{here.key}"::text = %s', [key])
    found = cursor.fetchone()
    return str(here.named(found[0] if found else key))
