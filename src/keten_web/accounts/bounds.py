# SPDX-License-Identifier: EUPL-1.2
"""How much one person or program may ask of the site in a minute; told in words, with when to try again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from keten_web.accounts.models import Usage

GetResponse = Callable[[HttpRequest], HttpResponse]
PERIOD = timedelta(minutes=1)
COUNT = """
    INSERT INTO accounts_usage AS known (key, since, count) VALUES (%(key)s, %(now)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        since = CASE WHEN known.since <= %(begin)s THEN %(now)s ELSE known.since END,
        count = CASE WHEN known.since <= %(begin)s THEN 1 ELSE known.count + 1 END
    RETURNING since, count
"""
"""One statement, so that processes that count at the same moment do not lose each other's count."""


@dataclass(frozen=True)
class Bound:
    """A kind of request and the name of the setting that says how many a minute; 0 is no bound."""

    name: str
    setting: str

    def wait(self, who: str) -> int:
        """Count a request and give the seconds to wait before it may be done; 0 when it may be done now."""
        most = int(getattr(settings, self.setting))
        if not most:
            return 0
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(COUNT, {"key": f"{self.name}:{who}"[:KEY_LENGTH], "now": now, "begin": now - PERIOD})
            since, count = cursor.fetchone()
        return max(1, ceil((since + PERIOD - now).total_seconds())) if count > most else 0


class TooMuchError(Exception):
    """What was asked can be asked later; says in the reader's language what to wait for."""


KEY_LENGTH = Usage._meta.get_field("key").max_length
API = Bound("api", "API_REQUESTS_PER_MINUTE")
EXPORTS = Bound("export", "EXPORTS_PER_MINUTE")
QUESTIONS = Bound("question", "QUESTIONS_PER_MINUTE")
BOUNDED = {
    **dict.fromkeys(
        (
            "record-export",
            "indicator-file",
            "stock-file",
            "chain-map-file",
            "what-if-file",
            "what-if-toml",
            "audit-file",
        ),
        EXPORTS,
    ),
    **dict.fromkeys(("inquiry-ask", "scenario-keep", "promise-price", "signals-ahead", "what-if-answer"), QUESTIONS),
}
"""Addresses by name: the files that the site makes, and the questions for which it simulates."""


def bounded(get_response: GetResponse) -> GetResponse:
    """Let nobody ask so much that others wait: files and questions are counted per person."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, *_: object) -> HttpResponse | None:
        match, user = request.resolver_match, getattr(request, "user", None)
        bound = BOUNDED.get(match.url_name or "") if match else None
        if bound is None or user is None or not user.is_authenticated:
            return None
        seconds = bound.wait(f"user:{user.pk}")
        return too_many(request, seconds) if seconds else None

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return too_many(request, said=str(error)) if isinstance(error, TooMuchError) else None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def too_many(request: HttpRequest, seconds: int = 0, said: str = "") -> HttpResponse:
    """Say that it was too much for now, and when to try again."""
    response = render(request, "errors/429.html", {"seconds": seconds, "said": said}, status=429)
    if seconds:
        response["Retry-After"] = str(seconds)
    return response
