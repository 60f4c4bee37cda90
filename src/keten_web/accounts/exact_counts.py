# SPDX-License-Identifier: EUPL-1.2
"""Who sees small counts exactly: like the language of a page, it follows from who asks, wherever a figure is written.

Outside a request nobody is answered: commands and workers compute with what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from keten_web.accounts.roles import Permission


@dataclass
class _Answer:
    """The answer that is being made, and whether something was left out of it."""

    request: HttpRequest
    has_hidden: bool = False


_answer: ContextVar[_Answer | None] = ContextVar("answer", default=None)


def for_whom(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Remember during a request who asks; a program with a token is known only further on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = _answer.set(_Answer(request))
        try:
            return get_response(request)
        finally:
            _answer.reset(token)

    return middleware


def are_shown() -> bool:
    """Tell whether who asks may see small counts exactly; a right of the role, so that a token follows its user."""
    answer = _answer.get()
    if answer is None:
        return True
    user = getattr(answer.request, "user", None)
    return user is not None and bool(user.has_perm(Permission.VIEW_EXACT_COUNTS))


@contextmanager
def exactly() -> Iterator[None]:
    """Work with figures as they are, whoever asks: for what is stored, never for what is answered."""
    token = _answer.set(None)
    try:
        yield
    finally:
        _answer.reset(token)


def hide() -> None:
    """Remember that a figure is left out of this answer, so that the page says why."""
    answer = _answer.get()
    if answer is not None:
        answer.has_hidden = True


def is_something_hidden() -> bool:
    """Tell whether a figure was left out of this answer."""
    answer = _answer.get()
    return answer is not None and answer.has_hidden
