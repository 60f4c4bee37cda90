# SPDX-License-Identifier: EUPL-1.2
"""The only place that writes to the audit trail. Never a password, never a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from pghistory.runtime import context

from keten_web.audit import anchors, changes, seals
from keten_web.audit.models import Event

PLAIN = (str, int, bool, type(None))


@contextmanager
def written(
    action: str,
    subject: Callable[[], str],
    *,
    request: HttpRequest | None,
    by: AbstractUser | None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> Iterator[None]:
    """Do something to rows with a history: one transaction, who and why with every version, and one event at its end.

    When the write fails there is neither version nor event. The subject is asked for when all is written, because a
    new row has no name before. The event signs every row that was changed.
    """
    why = reason.strip()
    who = {"user": by.pk if by else None, "action": action, "reason": why}
    with transaction.atomic(), pghistory.context(**who), changes.noted() as so_far:
        yield
        record(action, subject(), request=request, by=by, reason=why, details=details, sealed=so_far())
    _forget_who()


@dataclass(frozen=True)
class Changes:
    """What is being changed, for who knows only at the end what to call it."""

    so_far: Callable[[], list[changes.Seal]]

    def sign(self, action: str, subject: str, *, even_when_none: bool = True, **more: Any) -> Event | None:
        """Write the event that signs what was changed; when nothing was, only if it is to be written all the same."""
        sealed = self.so_far()
        return record(action, subject, sealed=sealed, **more) if sealed or even_when_none else None


@contextmanager
def changing() -> Iterator[Changes]:
    """Change rows that keep no history, such as accounts: one transaction, that must end with `sign`."""
    with transaction.atomic(), changes.noted() as so_far:
        yield Changes(so_far)


def _forget_who() -> None:
    """End the context with the action: what else this transaction changes is not its doing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")


def record(
    action: str,
    subject: str,
    *,
    request: HttpRequest | None,
    by: AbstractUser | None,
    result: str = "done",
    reason: str = "",
    details: Mapping[str, Any] | None = None,
    sealed: Sequence[changes.Seal] = (),
    history: UUID | None = None,
) -> Event:
    """Write down who did what to what, why, with which result and from where; signed, in the caller's transaction.

    The row keeps the context of the history of records (this one, or `history`), so that every changed row leads to
    who changed it and why. `sealed` is what the event vouches for from here on.
    The caller's transaction decides: when it is rolled back, nothing happened and nothing is written.
    """
    meta = request.META if request is not None else {}
    with transaction.atomic(savepoint=False), context() as own:
        number, place = _place()
        event = Event(
            id=number,
            place=place,
            sealed=[list(row) for row in sealed],
            at=timezone.now(),
            actor_id=by.pk if by is not None else None,
            action=action[:60],
            subject=subject[:200],
            result=result[:40],
            reason=_text(reason),
            details={_text(name): _plain(value) for name, value in (details or {}).items()},
            origin=_address(meta.get("REMOTE_ADDR")),
            trace=_text(meta.get("HTTP_TRACEPARENT", ""))[:60],
            fsc_transaction=_text(meta.get("HTTP_FSC_TRANSACTION_ID", ""))[:60],
            context=history or own.id,
        )
        event.signature = seals.sign(signed_content(event))
        event.save(force_insert=True)
        transaction.on_commit(anchors.keep)
    return event


def _place() -> tuple[int, str]:
    """Draw the number of a row, and say after which link and in which transaction it is written.

    Its place in the chain is known when the transaction ends. What is signed here can be said before, and holds it
    there: this very row, after what was there already.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('audit_event', 'id')), pg_current_xact_id()::text,"
            " coalesce((SELECT concat(number, ':', digest) FROM audit_head), '0:')"
        )
        number, transaction_id, link = cursor.fetchone()
    return int(number), f"{number}/{transaction_id}/{link}"


def signed_content(event: Event) -> dict[str, Any]:
    """Give what is signed of an event, as it will be read back."""
    return {
        "at": seals.written(event.at),
        "actor": event.actor_id,
        "action": event.action,
        "subject": event.subject,
        "result": event.result,
        "reason": event.reason,
        "details": event.details,
        "origin": event.origin,
        "trace": event.trace,
        "fsc_transaction": event.fsc_transaction,
        "context": str(event.context) if event.context else None,
        "place": getattr(event, "place", ""),
        "sealed": getattr(event, "sealed", []),
    }


def _text(value: object) -> str:
    return str(value).replace("\x00", "")


def _address(value: object) -> str | None:
    """Write an address as the database does; a socket has none."""
    try:
        address = ip_address(str(value))
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def _plain(value: Any) -> Any:
    """Keep what the database gives back exactly as it was; everything else becomes text."""
    if isinstance(value, Mapping):
        return {_text(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if isinstance(value, str):
        return _text(value)
    return value if isinstance(value, PLAIN) else _text(value)
