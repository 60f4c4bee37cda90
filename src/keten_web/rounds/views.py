# SPDX-License-Identifier: EUPL-1.2
"""The round of a month: five steps with their owner and state, what changed and why, and the buttons to close it."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keten.study.results import month_end
from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.record.errors import NotAllowedError, RecordError
from keten_web.rounds import actions, queries
from keten_web.rounds.forms import ReopenForm

_see = permission_required(Permission.VIEW_RECORD, raise_exception=True)


@require_safe
@_see
def page(request: UserRequest, month: str = "") -> HttpResponse:
    """Show the round of a month; without one that of the last month that is over."""
    return _page(request, _month(month) if month else queries.month_now())


def _page(request: UserRequest, end: date, form: ReopenForm | None = None) -> HttpResponse:
    shown = {"round": queries.of_month(end, request.user), "form": form or ReopenForm()}
    return render(request, "rounds/page.html", shown, status=200 if form is None else 400)


@require_safe
@_see
def report(request: UserRequest, month: str, edition: int | None = None) -> HttpResponse:
    """Show the report of a month as it was written when the month was closed; without an edition the newest."""
    end = _month(month)
    found = queries.report(end, edition)
    if found is None:
        raise Http404(_("There is no such report; it is written when the month is closed."))
    sections = found.content[get_language() if get_language() in found.content else "nl"]
    shown = {
        "report": found,
        "end": end,
        "sections": [{"id": f"deel-{number}", **section} for number, section in enumerate(sections, start=1)],
        "editions": found.round.reports.all(),
    }
    return render(request, "rounds/report.html", shown)


@require_POST
@_see
def close(request: UserRequest, month: str) -> HttpResponse:
    """Ask for the closing of a month."""
    end = _month(month)
    try:
        actions.close(end, by=request.user, request=request)
    except NotAllowedError as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except RecordError as refusal:
        messages.error(request, str(refusal))
    return redirect(_address(end))


@require_POST
@_see
def stop(request: UserRequest, month: str) -> HttpResponse:
    """Stop the closing of a month."""
    end = _month(month)
    closing = queries.newest_closing(end)
    if closing is None:
        raise Http404(_("This month was not closed yet; there is nothing to stop."))
    try:
        actions.stop(closing, by=request.user, request=request)
    except NotAllowedError as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    return redirect(_address(end))


@require_POST
@_see
def reopen(request: UserRequest, month: str) -> HttpResponse:
    """Reopen a closed month with a reason, until a day."""
    end, form = _month(month), ReopenForm(request.POST)
    if not form.is_valid():
        return _page(request, end, form)
    try:
        actions.reopen(end, by=request.user, request=request, **form.cleaned_data)
    except NotAllowedError as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except RecordError as refusal:
        form.add_error("until", str(refusal).removeprefix("until: "))
        return _page(request, end, form)
    return redirect(_address(end))


def _month(text: str) -> date:
    try:
        return month_end(text)
    except ValueError:
        raise Http404(_("There is no month “%(month)s”; write it as 2023-07.") % {"month": text}) from None


def _address(end: date) -> str:
    return reverse("month-round-of", args=(f"{end:%Y-%m}",))
