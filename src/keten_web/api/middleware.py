# SPDX-License-Identifier: EUPL-1.2
"""What holds for every answer of the API, whoever gave it: its headers, and the form of what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from keten_web.api import VERSION, problems

GetResponse = Callable[[HttpRequest], HttpResponse]
HEADERS = {
    "API-Version": VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def api_answers(get_response: GetResponse) -> GetResponse:
    """Guard every answer under the address of the API, and write its errors as problems."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path_info.startswith("/api/"):
            return response
        if response.status_code >= 400 and response.get("Content-Type") != problems.MEDIA_TYPE:
            response = _as_problem(response)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return middleware


def _as_problem(found: HttpResponse) -> HttpResponse:
    response = problems.answer(found.status_code, problems.ordinary(found.status_code))
    for name in ("Allow", "Retry-After", "WWW-Authenticate", "Vary"):
        if name in found:
            response[name] = found[name]
    return response
