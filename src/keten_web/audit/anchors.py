# SPDX-License-Identifier: EUPL-1.2
"""The last link of the chain, kept outside the database: who cuts off the end of the chain cannot reach it.

One file in the home of the site, written again after every event. `keten db verify-audit` reads it.
"""

from __future__ import annotations

import fcntl
import logging
import os
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

log = logging.getLogger(__name__)


def place() -> Path:
    """Give the file."""
    return Path(settings.AUDIT_HEAD)


def kept() -> tuple[str, ...]:
    """Give the link that was kept, `NUMBER:DIGEST`; nothing before the first event."""
    try:
        text = place().read_text().strip()
    except FileNotFoundError:
        return ()
    return (text,) if text else ()


def keep(*, go_back: bool = False) -> None:
    """Write the last link that is committed; an earlier one takes its place only after a backup was put back.

    What happened has happened: when the file cannot be written that is told in the log, and the next event writes it.
    """
    try:
        with open(f"{place()}.lock", "a") as lock:  # noqa: PTH123 - open() gives the file number that is locked
            fcntl.flock(lock, fcntl.LOCK_EX)
            _write(go_back)
    except (OSError, ValueError) as problem:
        log.warning("The last link of the audit trail could not be kept in %s: %s", place(), problem)


def _write(go_back: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, digest FROM audit_head")
        head = cursor.fetchone()
        if head is None or not (go_back or all(_is_still_there(cursor, link, head[0]) for link in kept())):
            return
    half = place().with_name(f"{place().name}.{os.getpid()}")
    half.write_text(f"{head[0]}:{head[1]}\n")
    half.replace(place())


def _is_still_there(cursor: CursorWrapper, link: str, last: int) -> bool:
    """Say whether the chain still holds a link; one that is gone stays in the file, as the proof that it was there."""
    number, _, digest = link.partition(":")
    if int(number) > last:
        return False
    cursor.execute("SELECT 1 FROM audit_event WHERE number = %s AND digest = %s", [int(number), digest])
    return cursor.fetchone() is not None
