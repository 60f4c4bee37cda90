# SPDX-License-Identifier: EUPL-1.2
"""The first day of a site: its first administrator, and what the record starts with. All of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keten_web.accountability import letters as accountability
from keten_web.accounts import actions as accounts
from keten_web.accounts.models import User
from keten_web.accounts.roles import Permission
from keten_web.audit import actions as audit
from keten_web.config import home, today
from keten_web.foresight import actions as foresight
from keten_web.start import queries
from keten_web.steering import letters
from keten_web.words import wording

LOCK = 0x66697273  # the letters "firs"


@dataclass(frozen=True)
class StartingSet:
    """What the record of a new site can start with."""

    label: str | Promise
    load: Callable[[], int]
    """Puts it in, and gives how many rows there are; doing it again changes nothing."""


def _letters() -> int:
    rows = letters.load_letters() + accountability.load_letters()
    foresight.load_exercise()
    return rows


SETS: Mapping[str, StartingSet] = {
    "empty": StartingSet(gettext_lazy("Empty: the chain and its partners, no agreements or decisions"), lambda: 0),
    "letters": StartingSet(gettext_lazy("The letters to parliament of 2007 and 2023, with their sources"), _letters),
}


@dataclass(frozen=True)
class Account:
    """What is asked of the first administrator."""

    username: str
    name: str
    password: str


def begin(account: Account, starting_set: str, *, request: HttpRequest | None) -> User:
    """Make the first administrator and load what the record starts with; the one-time key is then gone.

    Raises
    ------
    PermissionDenied
        When there is an administrator already: the next one is invited by the first.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # of two who are first at the same moment, one is
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if queries.has_administrator():
            raise PermissionDenied(_("This site has an administrator already. Ask for an invitation."))
        user = accounts.make_first_administrator(account.username, account.name, account.password, request=request)
        load(starting_set, by=user, request=request)
        transaction.on_commit(lambda: home.forget(queries.KEY))
    return user


def turn(day: date, *, by: User, request: HttpRequest | None = None) -> None:
    """Turn the day of a demonstration; everything that asks what day it is gets this one from then on.

    Raises
    ------
    PermissionDenied
        When this is no demonstration, or somebody else than who steers the chain asks.
    ValueError
        When the day lies before the first day of the demonstration, or is still to come; in words for the reader.
    """
    if not settings.DEMO or not by.has_perm(Permission.STEER_CHAIN):
        raise PermissionDenied(_("Only in a demonstration, and only who steers the chain, may turn the day."))
    if not today.first_day() <= day <= timezone.localdate():
        said = {"first": wording.day(today.first_day()), "last": wording.day(timezone.localdate())}
        raise ValueError(_("Choose a day from %(first)s up to and including %(last)s.") % said)
    details = {"day": day.isoformat(), "before": today.today().isoformat()}
    audit.record(today.TURNED, "site", request=request, by=by, details=details)


def load(starting_set: str, *, by: User | None, request: HttpRequest | None = None) -> int:
    """Load a starting set; gives how many rows it holds."""
    with transaction.atomic():
        rows = SETS[starting_set].load()
        details = {"rows": rows}
        audit.record("load_starting_set", starting_set, request=request, by=by, details=details)
    return rows
