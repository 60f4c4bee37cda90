# SPDX-License-Identifier: EUPL-1.2
"""The only place that writes to the audit trail. Never a password, never a token."""

from __future__ import annotations

from django.http import HttpRequest

from keten_web.accounts.models import User
from keten_web.audit.models import Event


def record(action: str, subject: str, *, request: HttpRequest | None, by: User | None, result: str = "done") -> Event:
    """Write down who did what to what, with which result and from where."""
    meta = request.META if request is not None else {}
    return Event.objects.create(
        action=action,
        subject=subject[:200],
        result=result,
        actor=by,
        origin=meta.get("REMOTE_ADDR") or None,
        trace=str(meta.get("HTTP_TRACEPARENT", ""))[:60],
    )
