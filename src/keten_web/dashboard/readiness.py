# SPDX-License-Identifier: EUPL-1.2
"""What machines ask of the site."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest
from django.utils import timezone

from keten_web.studies.worker import LOCK as WORKER_LOCK


def problem() -> str:
    """Say why requests cannot be served; empty when they can."""
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return "the database does not answer"
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "the database needs: python -m keten_web migrate"
    return ""


def warning() -> str:
    """Say what is down while requests are served: without a worker, studies and questions wait.

    The worker holds a lock in the database as long as it lives, wherever it runs.
    """
    high, low = WORKER_LOCK >> 32, WORKER_LOCK & 0xFFFFFFFF
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s"
    with connection.cursor() as cursor:
        cursor.execute(held, [high, low])
        found = cursor.fetchone()
    return "" if found and found[0] else "the study worker is not running; studies and questions wait"


def security_text(request: HttpRequest) -> str:
    """Write security.txt; it expires in a year from now, because it is written when it is asked for."""
    expires = (timezone.now() + timedelta(days=364)).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: {settings.CONTACT or _security_mailbox(request)}",
        f"Expires: {expires}",
        "Preferred-Languages: nl, en",
        f"Canonical: {request.build_absolute_uri()}",
    )
    return "\n".join(lines) + "\n"


def _security_mailbox(request: HttpRequest) -> str:
    """Give the mailbox that every domain is expected to have for this (RFC 2142)."""
    return f"mailto:security@{request.get_host().split(':')[0]}"
