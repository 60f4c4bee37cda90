# SPDX-License-Identifier: EUPL-1.2
"""What an action changes, row by row, so that the event at its end can sign it.

While an action is at work, triggers note every row that it inserts, changes or deletes, with the digest of what stood
there and of what stands there now. The list lives in the session and the transaction of the action and nowhere else:
nobody else can put something in it, and what is rolled back is gone from it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

Seal = tuple[str, str, str | None, str | None]
"""A table, the key of a row, and the digests of what stood there and of what stands there now; None for nothing."""

LIST = "keten.changes"
OPEN = "\n"
"""The list is empty and somebody at work will sign it; without this triggers note nothing."""

_at_work = threading.local()


@contextmanager
def noted() -> Iterator[Callable[[], list[Seal]]]:
    """Note what is changed from here on; the value gives what was changed since it was asked before.

    Must stand in a transaction. Inside another one the inner action signs its own changes, and the outer goes on with
    its own list.
    """
    depth = getattr(_at_work, "depth", 0)
    outer = _exchanged(OPEN)
    _at_work.depth = depth + 1
    try:
        yield lambda: _compressed(_exchanged(OPEN))
    finally:
        _at_work.depth = depth
    _exchanged(outer if depth else "")  # outside an action what stood there was put there by nobody we know


def _exchanged(text: str) -> str:
    """Give the list, and put another in its place until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(  # OFFSET 0: first the one, then the other
            "SELECT found, set_config(%s, %s, true) FROM (SELECT current_setting(%s, true) AS found OFFSET 0) now",
            [LIST, text, LIST],
        )
        return str(cursor.fetchone()[0] or "")


def _compressed(text: str) -> list[Seal]:
    """Give one entry per row: from what stood there first to what stands there last."""
    rows: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for line in filter(None, text.split("\n")):
        table, key, before, after = json.loads(line)
        first = rows[table, key][0] if (table, key) in rows else before
        rows[table, key] = (first, after)
    return [(*row, before, after) for row, (before, after) in sorted(rows.items()) if before != after]
