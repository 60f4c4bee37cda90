# SPDX-License-Identifier: EUPL-1.2
"""The day the record speaks of."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils import timezone

from keten.steering.letters import load_record


def today() -> date:
    """Give today; in a demonstration the day of the last letter, because its figures end there."""
    return max(letter.on for letter in load_record().letters) if settings.DEMO else timezone.localdate()
