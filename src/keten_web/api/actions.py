# SPDX-License-Identifier: EUPL-1.2
"""The same request twice is done once: with an Idempotency-Key the first answer is kept for a day.

It is kept in the transaction of the work itself: there is never work without its answer, or an answer without work.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from keten.domain.digest import hash_of
from keten_web.api import problems
from keten_web.api.models import GivenAnswer

KEPT = timedelta(hours=24)
HEADERS = ("Location", "ETag")
KEY = r"^[\x21-\x7e]{1,255}$"


def once(request: HttpRequest, key: str | None, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Do the work, or give the answer that was given to this key before.

    Two requests with one key at the same time: the second waits for the first and gets its answer.
    """
    if key is None:
        with transaction.atomic():
            return work()
    with transaction.atomic():
        now = timezone.now()
        GivenAnswer.objects.filter(at__lt=now - KEPT).delete()
        about = _fingerprint(request)
        mine: dict[str, Any] = {"fingerprint": about, "at": now}
        kept, is_new = GivenAnswer.objects.get_or_create(user=request.user, key=key, defaults=mine)
        if not is_new:
            return _again(kept, about)
        response = work()
        kept.code = response.status_code
        kept.headers = {name: response[name] for name in HEADERS if name in response}
        kept.body = response.content
        kept.save()
        return response


def _fingerprint(request: HttpRequest) -> str:
    parts = (request.method.encode(), request.path_info.encode(), request.headers.get("If-Match", "").encode())
    return hash_of(b"\n".join((*parts, request.body)))


def _again(kept: GivenAnswer, about: str) -> HttpResponse:
    if kept.fingerprint != about:
        raise problems.Refusal(409, _("This Idempotency-Key was used for another request. Choose a new one."))
    response = HttpResponse(bytes(kept.body), status=kept.code, content_type="application/json")
    for name, value in kept.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response
