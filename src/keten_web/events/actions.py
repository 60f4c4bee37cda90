# SPDX-License-Identifier: EUPL-1.2
"""The only place that writes to the outbox and to who was told what."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from keten_web.audit import actions as audit
from keten_web.config.opener import opened
from keten_web.events import queries
from keten_web.events.facts import Fact, known
from keten_web.events.models import OutboxEvent, Subscriber
from keten_web.record.kinds import kind_of

SYSTEM = "keten"
NOBODY = "0" * 20
"""The number in `source` as long as `KETEN_OIN` does not say whose system this is."""
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('keten events outbox', 0))"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
AT_ONCE = 100
MEDIA_TYPE = "application/cloudevents+json; charset=UTF-8"


def source() -> str:
    """Name this system: whose it is, and what it is called."""
    return f"urn:nld:oin:{settings.OIN or NOBODY}:systeem:{SYSTEM}"


@transaction.atomic
def tell(fact: Fact, row: Any) -> OutboxEvent | None:
    """Write a fact in the outbox, once; None when it has not happened, or was told before.

    One writer at a time until the end of its transaction, so that the numbers have the order in which facts became
    visible: whoever reads up to a number has missed nothing below it.
    """
    if not fact.happened(row):
        return None
    kind = kind_of(row)
    subject = f"{kind.slug}/{row.code}"
    identifier = uuid5(NAMESPACE_URL, f"{fact.type} {subject}")  # the same fact has the same id, whenever it is told
    if OutboxEvent.objects.filter(identifier=identifier).exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    day = getattr(row, fact.day)
    content = {
        "kind": kind.slug,
        "code": row.code,
        "title": row.title,
        "partner": row.partner_id,
        "state": getattr(row, "state", ""),
        "on": day.isoformat() if day else None,
    }
    event, is_new = OutboxEvent.objects.get_or_create(
        identifier=identifier,
        defaults={
            "type": fact.type,
            "source": source(),
            "subject": subject,
            "time": timezone.now(),
            "content": content,
        },
    )
    return event if is_new else None


def catch_up() -> int:
    """Tell what happened without the outbox hearing of it, as by SQL or before there was an outbox; give how many."""
    told = 0
    for fact, model in known():
        with audit.changing() as changes:
            told += sum(tell(fact, row) is not None for row in model.objects.order_by("pk"))
            changes.sign("tell_late", fact.type, even_when_none=False, request=None, by=None)
    return told


@dataclass(frozen=True)
class Delivered:
    """What came of telling one address."""

    address: str
    delivered: int
    problem: str


def deliver(addresses: Sequence[str]) -> list[Delivered]:
    """Tell every address what it has not heard, in order; what fails is tried again later, and nothing overtakes it."""
    return [_deliver_to(address) for address in addresses]


def _deliver_to(address: str) -> Delivered:
    Subscriber.objects.get_or_create(address=address)
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update(skip_locked=True).filter(address=address).first()
        if subscriber is None:
            return Delivered(address, 0, "another process is telling this address")
        if subscriber.try_again_at and subscriber.try_again_at > timezone.now():
            return Delivered(
                address, 0, f"tried again at {subscriber.try_again_at:%Y-%m-%d %H:%M}: {subscriber.problem}"
            )
        count = 0
        subscriber.problem = ""
        for event in queries.after(subscriber.delivered, AT_ONCE):
            subscriber.problem = _post(address, queries.as_told(event))
            if subscriber.problem:
                break
            subscriber.delivered, subscriber.attempts, subscriber.try_again_at = event.sequence, 0, None
            count += 1
        if subscriber.problem:
            subscriber.try_again_at = timezone.now() + min(
                FIRST_PAUSE * 2 ** min(subscriber.attempts, 20), LONGEST_PAUSE
            )
            subscriber.attempts += 1
        subscriber.save()
        return Delivered(address, count, subscriber.problem)


def _post(address: str, event: dict[str, Any]) -> str:
    """Post one event; give what went wrong, or nothing."""
    body = json.dumps(event, ensure_ascii=False, allow_nan=False).encode()
    request = urllib.request.Request(address, body, {"Content-Type": MEDIA_TYPE})
    try:
        with opened(request):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return f"answered {error.code}"
    except (OSError, HTTPException) as error:
        return f"did not answer ({type(error).__name__})"
