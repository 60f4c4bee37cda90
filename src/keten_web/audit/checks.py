# SPDX-License-Identifier: EUPL-1.2
"""Check the trail from the site: the same as `keten db verify-audit`, done by the worker, told by the trail itself."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from django.http import HttpRequest
from procrastinate.contrib.django import app

from keten.domain.errors import KetenError
from keten_web.audit import actions, queries, verification

TASK = "keten_web.audit.check"
QUEUE = "studies"
"""The queue that the one worker takes jobs from."""
PRIORITY = 30
"""Somebody waits for it, and it takes seconds: before studies and questions."""
LOCK = 0x61756469  # the letters "audi"
MOST_TOLD = 100
"""Faults that are told with the check; the command tells all of them."""


def ask(by: AbstractUser, *, request: HttpRequest | None = None) -> bool:
    """Ask for a check; False when one waits or runs already."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if queries.checked().is_busy:
            return False
        actions.record(queries.ASK_CHECK, "audit", request=request, by=by)
        app.configure_task(TASK, queue=QUEUE, priority=PRIORITY).defer()
    return True


def carry_out() -> None:
    """Check, and write down what came of it; also when it could not be done."""
    try:
        verdict = verification.verify()
    except KetenError as error:
        actions.record(queries.CHECK, "audit", request=None, by=None, result="broken off", reason=str(error))
        return
    details = {
        "events": verdict.events,
        "versions": verdict.versions,
        "head": verdict.head,
        "number_of_faults": len(verdict.faults),
        "faults": [asdict(fault) for fault in verdict.faults[:MOST_TOLD]],
    }
    result = "holds" if verdict.holds else "does not hold"
    actions.record(queries.CHECK, "audit", request=None, by=None, result=result, details=details)
