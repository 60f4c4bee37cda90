# SPDX-License-Identifier: EUPL-1.2
"""One door for what comes in as text: an address or a form that no page could read is refused here, in words.

A page that reads a parameter finds text that the database and the file system can hold, of a length that somebody may
have typed, and no number longer than a number of this site can be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponse]

LONGEST = 4_000
"""Characters of a parameter in an address: more than the longest reason of a choice (1,000), fewer than servers cut."""

LONGEST_NUMBER = 40
"""Digits of a number: a hash of 64 hexadecimal digits has letters; no amount, count or key here has so many digits."""

LARGEST_KEY = 2**63 - 1
"""The largest key that the database holds."""

UNREADABLE = re.compile("[\x00\ud800-\udfff]")
"""What no database holds: the character NUL, and half of a pair of characters."""
CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
NUMBER = re.compile(r"[+-]?[\d.,_' ]*\d[\d.,_' ]*")


class UnreadableError(BadRequest):
    """What was sent holds something that no page can read; the sentence says what and where."""


def readable(get_response: GetResponse) -> GetResponse:
    """Refuse an address or a form that no page can read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if UNREADABLE.search(request.path_info) or CONTROL.search(request.path_info):
            raise UnreadableError(_("The address holds a character that cannot stand there."))
        _check(_pairs(request.GET), is_address=True)
        if request.method == "POST":
            _check(_pairs(request.POST), is_address=False)
        return get_response(request)

    return middleware


def key(text: str | None) -> int | None:
    """Read the number of a row; None when it is none, or one that no row can have."""
    if not text or len(text) > len(str(LARGEST_KEY)) or not (text.isascii() and text.isdecimal()):
        return None
    return found if (found := int(text)) <= LARGEST_KEY else None


def _pairs(sent: QueryDict) -> Iterable[tuple[str, str]]:
    return ((name, str(value)) for name, values in sent.lists() for value in (name, *values))


def _check(pairs: Iterable[tuple[str, str]], *, is_address: bool) -> None:
    for name, value in pairs:
        said = {"name": _shown(name), "most": LONGEST, "digits": LONGEST_NUMBER}
        if UNREADABLE.search(value) or (is_address and CONTROL.search(value)):
            raise UnreadableError(_("“%(name)s” holds a character that cannot stand there; take it out.") % said)
        if len(value) > LONGEST_NUMBER and NUMBER.fullmatch(value):
            raise UnreadableError(_("The number in “%(name)s” has more than %(digits)s digits; correct it.") % said)
        if is_address and len(value) > LONGEST:
            raise UnreadableError(_("“%(name)s” is longer than %(most)s characters; make it shorter.") % said)


def _shown(name: str) -> str:
    """Write the name of a parameter so that any page can show it."""
    return CONTROL.sub("", UNREADABLE.sub("", name))[:60]
