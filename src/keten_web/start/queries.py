# SPDX-License-Identifier: EUPL-1.2
"""Whether there is somebody who can let others in, and if not, how the first one gets in."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from django.db import DatabaseError
from django.urls import reverse

from keten_web.accounts.queries import administrators
from keten_web.config import home

KEY = "first-day-key"
"""Name of the file in the home of the site that holds the one-time key; gone once it was used."""


def has_administrator() -> bool:
    """Tell whether somebody may manage users and log in; from then on the first-day page is closed."""
    return administrators().exists()


def key() -> str:
    """Give the one-time key of this site, drawn when it is first asked for."""
    return home.secret(KEY, length=24)


def opens(given: str) -> bool:
    """Tell whether somebody has the key, and the page is still open."""
    return not has_administrator() and secrets.compare_digest(given.encode(), key().encode())


def address(site: str) -> str | None:
    """Give where the first administrator is made, with the key; None when there is one already.

    Also None when that cannot be known yet: the database has no tables of this version.
    """
    try:
        if has_administrator():
            return None
    except DatabaseError:
        return None
    return f"{site}{reverse('first-day')}?{urlencode({'sleutel': key()})}"
