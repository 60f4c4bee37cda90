# SPDX-License-Identifier: EUPL-1.2
"""The first-day page: open only as long as there is no administrator, and only for who has the one-time key."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.auth import login as log_in
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.accounts.views import LOCAL, back
from keten_web.start import actions, queries
from keten_web.start.forms import FirstDayForm


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def first_day(request: UserRequest) -> HttpResponse:
    """Make the first administrator."""
    if queries.has_administrator():
        raise Http404(_("This site has an administrator already. Log in, or ask the administrator for an invitation."))
    given = request.POST.get("sleutel") or request.GET.get("sleutel", "")
    if not queries.opens(given):
        raise PermissionDenied(
            _("This page opens with the one-time key. `keten serve` and `keten site init` print its address.")
        )
    form = FirstDayForm(request.POST or None, initial={"sleutel": given})
    if request.method == "POST" and form.is_valid():
        user = actions.begin(form.account(), form.cleaned_data["starting_set"], request=request)
        log_in(request, user, backend=LOCAL)
        return redirect("users")
    return render(request, "start/first_day.html", {"form": form, "provider": settings.OPENID})


@require_POST
@permission_required(Permission.STEER_CHAIN, raise_exception=True)
def turn_day(request: UserRequest) -> HttpResponse:
    """Turn the day of a demonstration, and go back to the page."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise BadRequest(_("“%(asked)s” is not a date.") % {"asked": request.POST.get("day", "")[:40]}) from None
    try:
        actions.turn(day, by=request.user, request=request)
    except ValueError as refusal:
        raise BadRequest(str(refusal)) from refusal
    return back(request)
