# SPDX-License-Identifier: EUPL-1.2
"""Logging in, failing to and logging out are audit events."""

from __future__ import annotations

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from keten_web.accounts import queries
from keten_web.accounts.models import User
from keten_web.audit import actions


@receiver(user_logged_in)
def logged_in(request: HttpRequest, user: User, **_: object) -> None:
    actions.record("log_in", user.username, request=request, by=user)


@receiver(user_logged_out)
def logged_out(request: HttpRequest, user: User | None, **_: object) -> None:
    if user is not None:
        actions.record("log_out", user.username, request=request, by=user)


@receiver(user_login_failed)
def login_failed(credentials: dict[str, str], request: HttpRequest | None = None, **_: object) -> None:
    """Keep the name that was tried only when it exists: people type passwords in the wrong field.

    A try during a wait is no event: nobody looked at it, and a machine makes thousands.
    """
    if getattr(request, "axes_denied", False):
        return
    tried = str(credentials.get("username", ""))
    known = queries.is_known(tried)
    actions.record("log_in", tried if known else "unknown user", request=request, by=None, result="refused")


@receiver(user_locked_out)
def has_to_wait(request: HttpRequest, username: str | None = None, **_: object) -> None:
    """Write down once that a wait begins, with after how many failures."""
    if getattr(request, "axes_denied", False):
        return
    subject = str(username or "")
    known = queries.is_known(subject)
    details = {"failures": getattr(request, "axes_failures_since_start", None)}
    subject = subject if known else "unknown user"
    actions.record("wait_to_log_in", subject, request=request, by=None, result="locked", details=details)
