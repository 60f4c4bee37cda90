# SPDX-License-Identifier: EUPL-1.2
"""How often a log-in may fail, and how long one then waits: per account and per address.

django-axes counts and refuses; here stands how much. After a few failures one waits half a minute, after each further
one twice as long, at most a quarter of an hour: too slow for a machine that guesses, and short enough that nobody can
keep a colleague out for long. Names that nobody has are kept as a digest only: people type passwords in that field.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from keten_web.accounts import actions, queries

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
HOME_NETWORK = 64
"""Bits of an IPv6 address that say whose it is; the rest one may choose oneself, for every try another."""


def wait_after(failures: int, limit: int) -> timedelta:
    """Give how long one waits after so many failures: nothing below the limit, then 30 s, 1, 2, 4, 8 and 15 minutes."""
    if failures < limit:
        return timedelta()
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - limit, 10))


def name_tried(_request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Give the name of an account that exists, or a digest of what was typed."""
    typed = str((credentials or {}).get("username") or "").replace("\x00", "")[:150]
    if queries.is_known(typed):
        return typed
    return "unknown-" + salted_hmac("keten.log-in", typed).hexdigest()[:24]


def address_of(request: HttpRequest) -> str | None:
    """Give the address one asks from; of an IPv6 address the network."""
    try:
        address = ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:  # a socket has none
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    if address.version == 4 or mapped:
        return str(mapped or address)
    return str(ip_network((address, HOME_NETWORK), strict=False).network_address)


class Handler(AxesDatabaseHandler):
    """Counts failures per account and per address, each with its own limit."""

    def get_user_attempts(self, request: Any, credentials: dict[str, Any] | None = None) -> list[QuerySet[Any]]:
        """Give the failures of this account, and those of this address when there is one."""
        found = super().get_user_attempts(request, credentials)
        return found if request.axes_ip_address else found[:1]

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Give the failures, an address counted from as much later as its limit is higher."""
        limits = (settings.LOGIN_TRIES, settings.LOGIN_TRIES_PER_ADDRESS)
        found = zip(self._found(request, credentials), limits, strict=False)
        return max(failures - (limit - settings.LOGIN_TRIES) for (failures, _last), limit in found)

    def _found(self, request: Any, credentials: dict[str, Any] | None) -> list[tuple[int, datetime | None]]:
        counted = {"failures": Sum("failures_since_start"), "last": Max("attempt_time")}
        rows = [attempts.aggregate(**counted) for attempts in self.get_user_attempts(request, credentials)]
        return [(row["failures"] or 0, row["last"]) for row in rows]

    def wait(self, request: Any, credentials: dict[str, Any] | None = None) -> timedelta:
        """Give how long one still waits before the next try is looked at."""
        limits = (settings.LOGIN_TRIES, settings.LOGIN_TRIES_PER_ADDRESS)
        found = zip(self._found(request, credentials), limits, strict=False)
        waits = [
            last + wait_after(failures, limit) - request.axes_attempt_time for (failures, last), limit in found if last
        ]
        return max([*waits, timedelta()])

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        """Refuse to look at a password before the wait is over."""
        request.axes_denied = self.wait(request, credentials) > timedelta()
        return bool(request.axes_denied)

    def reset_user_attempts(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Forget the failures of the account that logged in, not those of its address.

        Otherwise whoever has one account could guess at another for ever, logging in with his own in between.
        """
        name = get_client_username(request, credentials)
        return actions.forget_failures(self.filter_user_attempts(request, credentials)[0].filter(username=name))
