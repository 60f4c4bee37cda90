# SPDX-License-Identifier: EUPL-1.2
"""The pages from which a meeting about risk, money and accountability starts. Ask one query, render."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keten.domain.bounds import YEAR
from keten_web.accountability import kinds, queries
from keten_web.accounts.requests import UserRequest
from keten_web.config.today import today
from keten_web.record import exchange
from keten_web.record.kinds import Kind
from keten_web.record.views import reads
from keten_web.studies import queries as studies

LONGEST_YEAR = 4


def _files(request: UserRequest, kind: Kind) -> dict[str, object]:
    return {"kind": kind, "may_make": kind.may(request.user), "forms": exchange.FORMS}


@reads
def risks(request: UserRequest) -> HttpResponse:
    results = studies.choose(request.GET.get("scenario"), request.session.get("scenario"))
    lines = queries.risk_lines(results)
    page = {
        "lines": lines,
        "uncovered": [line for line in lines if not line.covers],
        "study_used": results,
        "study_name": studies.title(results) if results else "",
    }
    return render(request, "accountability/risks.html", {**page, **_files(request, kinds.RISKS)})


@reads
def incidents(request: UserRequest) -> HttpResponse:
    page = {"lines": queries.incident_lines()}
    return render(request, "accountability/incidents.html", {**page, **_files(request, kinds.INCIDENTS)})


@reads
def finance(request: UserRequest) -> HttpResponse:
    results = studies.choose(request.GET.get("scenario"), request.session.get("scenario"))
    page = queries.finance(today(), results, _year(request))
    return render(request, "accountability/finance.html", {**page, **_files(request, kinds.BUDGET_LINES)})


@reads
def recommendations(request: UserRequest) -> HttpResponse:
    page = {"reports": queries.tree(), "lost": queries.lost()}
    return render(request, "accountability/recommendations.html", {**page, **_files(request, kinds.RECOMMENDATIONS)})


@reads
def commitments(request: UserRequest) -> HttpResponse:
    page = queries.commitments(_day(request))
    return render(request, "accountability/commitments.html", {**page, **_files(request, kinds.COMMITMENTS)})


@reads
def partners(request: UserRequest) -> HttpResponse:
    on = _day(request)
    page = {"on": on, "lines": queries.partners(on), "days": queries.moments_of_relations()}
    return render(request, "accountability/partners.html", page)


def _year(request: UserRequest) -> int | None:
    """Read the year that the reader chose; None when it was not said."""
    asked = request.GET.get("jaar", "")
    if not asked:
        return None
    if len(asked) > LONGEST_YEAR or not (asked.isascii() and asked.isdecimal()) or not YEAR.hold(int(asked)):
        raise Http404(_("“%(asked)s” is not a year.") % {"asked": asked[:LONGEST_YEAR]})
    return int(asked)


def _day(request: UserRequest) -> date:
    asked = request.GET.get("op", "")
    try:
        return date.fromisoformat(asked) if asked else today()
    except ValueError:
        raise Http404(_("“%(asked)s” is not a date.") % {"asked": asked}) from None
