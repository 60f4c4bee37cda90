# SPDX-License-Identifier: EUPL-1.2
"""When a study cannot be used any more: say in words what is wrong and what to do, instead of failing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keten.domain.errors import KetenError
from keten.study.results import Results
from keten_web.accounts.roles import Permission
from keten_web.studies import queries as studies

View = Callable[..., HttpResponse]


def told(view: View) -> View:
    """Let a view that works with a study tell what the core refuses, on a page of its own."""

    @wraps(view)
    def wrapper(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **named)
        except KetenError as error:
            results = arguments[0] if arguments and isinstance(arguments[0], Results) else _asked(request)
            return page(request, results, error)

    return wrapper


def page(request: HttpRequest, results: Results | None, error: KetenError) -> HttpResponse:
    """Say what is wrong with a study, and offer to run it again."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(
            {"says": _("This study does not fit the figures of this site any more.")},
            status=409,
            json_dumps_params={"allow_nan": False},
        )
    found = {
        "problems": error.problems,
        "hurt": results,
        "hurt_title": studies.title(results) if results else "",
        "may_run": results is not None
        and isinstance(results.receipt.get("scenario"), dict)
        and request.user.has_perm(Permission.WRITE_OWN),
    }
    return render(request, "dashboard/misfit.html", found, status=409)


def _asked(request: HttpRequest) -> Results | None:
    name = request.POST.get("base") or request.GET.get("scenario")
    return studies.choose(name, None) if name in {row.name for row in studies.available()} else None
