# SPDX-License-Identifier: EUPL-1.2
"""What happened, what is true of what was stored, and what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from keten_web.config.addresses import UnreadableError


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = str(exception) if isinstance(exception, UnreadableError) else ""
    return render(request, "errors/400.html", {"said": said}, status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", {"said": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return render(request, "errors/404.html", {"said": said}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Lean on nothing that may be what broke: no database, no study.

    Looking stores nothing. What was sent may have been stored before something broke, so then the page says where to
    look and never that nothing was changed.
    """
    sent = request.method not in {"GET", "HEAD", "OPTIONS"}
    return HttpResponse(render_to_string("errors/500.html", {"sent": sent}), status=500)
