# SPDX-License-Identifier: EUPL-1.2
"""The one clock of the site: everything that asks what day it is, asks here.

It gives the real day. A demonstration gives the day that somebody turned it to, and before that the day of the last
letter, because its figures end there. Moments, such as when somebody did something, are always real.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache

from django.conf import settings
from django.utils import timezone

from keten.steering.letters import load_record

TURNED = "turn_day"
"""What the audit trail calls it; the day itself stands in the details, so that no table has to keep it."""


@cache
def first_day() -> date:
    """Give the day on which a demonstration begins: that of the last letter."""
    return max(letter.on for letter in load_record().letters)


def today() -> date:
    """Give the day on which the site is."""
    return _turned() or first_day() if settings.DEMO else timezone.localdate()


_known: ContextVar[list[date | None] | None] = ContextVar("day of this request", default=None)
"""What was found in this request; outside a request it is asked each time."""


@contextmanager
def held() -> Iterator[None]:
    """Let a request have one day from beginning to end, asked once."""
    token = _known.set([])
    try:
        yield
    finally:
        _known.reset(token)


def _turned() -> date | None:
    known = _known.get()
    if not known:
        found = _asked()
        if known is None:
            return found
        known.append(found)
    return known[0]


def _asked() -> date | None:
    from keten_web.audit.models import Event  # it knows users, and users are named by the day, so not before

    details = Event.objects.filter(action=TURNED).order_by("-at").values_list("details", flat=True).first()
    return date.fromisoformat(details["day"]) if details else None
