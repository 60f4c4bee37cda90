# SPDX-License-Identifier: EUPL-1.2
"""Reading the outbox, in the form in which events are told."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from keten_web.events.models import OutboxEvent


def after(sequence: int, limit: int) -> list[OutboxEvent]:
    """Give what happened after a number, in order."""
    return list(OutboxEvent.objects.filter(sequence__gt=sequence).order_by("sequence")[:limit])


def as_told(event: OutboxEvent) -> dict[str, Any]:
    """Write an event as a CloudEvent; `time` is when it was registered here."""
    return {
        "specversion": "1.0",
        "id": str(event.identifier),
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": event.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": str(event.sequence),
        "data": event.content,
    }
