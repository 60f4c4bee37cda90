# SPDX-License-Identifier: EUPL-1.2
"""The one clock of the site: everything that asks what day it is, asks here.

It gives the real day. A demonstration gives the day that somebody turned it to, and before that the day of the last
letter, because its figures end there. Moments, such as when somebody did something, are always real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


_readers: list[Callable[[], date | None]] = []
"""Who knows the day that somebody turned a demonstration to; the trail says so itself when the site starts."""


def read_by(reader: Callable[[], date | None]) -> None:
    """Let the day that a demonstration was turned to be asked there."""
    _readers[:] = [reader]


def _asked() -> date | None:
    return next((reader() for reader in _readers), None)
