# SPDX-License-Identifier: EUPL-1.2
"""Parse, ask one query, render."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keten.study.results import Results
from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.audit import actions as audit
from keten_web.dashboard import misfits, queries, readiness
from keten_web.sheets import writing
from keten_web.sheets.writing import Sheet
from keten_web.studies import queries as studies

REMEMBERED = "scenario"
StudyView = Callable[..., HttpResponse]


def of_a_study(view: StudyView) -> StudyView:
    """Give the view the study that is asked for; without any study, the page that says what to do first."""

    @require_safe
    @permission_required(Permission.VIEW_DASHBOARD, raise_exception=True)
    @wraps(view)
    def wrapper(request: UserRequest, **arguments: Any) -> HttpResponse:
        results = studies.choose(request.GET.get("scenario"), request.session.get(REMEMBERED))
        if results is None:
            return render(request, "dashboard/empty.html")
        if request.session.get(REMEMBERED) != results.name:
            request.session[REMEMBERED] = results.name
        request.study = results  # for the frame around the page
        return misfits.told(view)(request, results, **arguments)

    return wrapper


def frame(results: Results) -> dict[str, Any]:
    return {"study": results}


@of_a_study
def overview(request: UserRequest, results: Results) -> HttpResponse:
    return render(request, "dashboard/overview.html", {**frame(results), "overview": queries.overview(results)})


@of_a_study
def indicator(request: UserRequest, results: Results, identifier: str) -> HttpResponse:
    page = queries.indicator(identifier, results)
    if page is None:
        raise Http404(_("There is no indicator called “%(name)s”.") % {"name": identifier})
    return render(request, "dashboard/indicator.html", {**frame(results), "page": page, "chart": page.chart})


@of_a_study
def stock(request: UserRequest, results: Results) -> HttpResponse:
    return render(request, "dashboard/stock.html", {**frame(results), "charts": queries.stocks(results)})


@of_a_study
def chain_map(request: UserRequest, results: Results) -> HttpResponse:
    on = _month_end(request.GET.get("on"), results)
    return render(request, "dashboard/chain_map.html", {**frame(results), "map": queries.chain_map(results, on)})


def _month_end(asked: str | None, results: Results) -> date:
    if not asked:
        return results.reference_date
    try:
        on = date.fromisoformat(asked)
    except ValueError:
        raise Http404(_("“%(asked)s” is not a date.") % {"asked": asked}) from None
    if on not in results.month_ends:
        raise Http404(_("This study does not speak of %(asked)s.") % {"asked": asked})
    return on


@of_a_study
def indicator_file(request: UserRequest, results: Results, identifier: str, form: str) -> HttpResponse:
    page = queries.indicator(identifier, results)
    if page is None:
        raise Http404(_("There is no indicator called “%(name)s”.") % {"name": identifier})
    lines = [(page.figures.name, identifier, page.figures.outlook)]
    return _file(request, results, identifier, form, queries.figure_sheets(lines))


@of_a_study
def stock_file(request: UserRequest, results: Results, identifier: str, form: str) -> HttpResponse:
    lines = queries.stock_lines(identifier, results)
    if lines is None:
        raise Http404(_("There is no stock called “%(name)s”.") % {"name": identifier})
    sheets = queries.figure_sheets([(name, line.id, line) for name, line in lines])
    return _file(request, results, identifier, form, sheets)


@of_a_study
def chain_map_file(request: UserRequest, results: Results, form: str) -> HttpResponse:
    on = _month_end(request.GET.get("on"), results)
    return _file(request, results, f"chain-map-{on}", form, queries.chain_map_sheets(results, on))


def _file(request: UserRequest, results: Results, name: str, form: str, sheets: Iterable[Sheet]) -> HttpResponse:
    """Send tables as a file; unrounded figures leave the site, so it is written down."""
    audit.record("export", f"{results.name}/{name}.{form}", request=request, by=request.user)
    return writing.answer(form, f"{results.name}-{name}", *sheets)


@login_not_required
@require_safe
def accessibility(request: UserRequest) -> HttpResponse:
    return render(request, "dashboard/accessibility.html")


@login_not_required
@require_safe
def alive(_request: UserRequest) -> HttpResponse:
    """Answer that the process runs."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def ready(_request: UserRequest) -> HttpResponse:
    """Answer whether requests can be served: the database answers and has the shape of this version.

    On a second line stands what is down beside that; pages are served without it.
    """
    problem = readiness.problem()
    lines = [problem] if problem else ["ok", readiness.warning()]
    told = "".join(f"{line}\n" for line in lines if line)
    return HttpResponse(told, content_type="text/plain", status=503 if problem else 200)


@login_not_required
@require_safe
def security(request: UserRequest) -> HttpResponse:
    """Say where to report a vulnerability (RFC 9116)."""
    return HttpResponse(readiness.security_text(request), content_type="text/plain; charset=utf-8")
