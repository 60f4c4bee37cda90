# SPDX-License-Identifier: EUPL-1.2
"""Log in, log out, and two choices of how the site looks: language and theme."""

from __future__ import annotations

from dataclasses import asdict
from math import ceil
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login as log_in
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from keten_web.accounts import actions, openid
from keten_web.audit import actions as audit

THEMES = ("system", "light", "dark")
THEME_COOKIE = "keten_theme"
ATTEMPT = "sign_on"
LOCAL = "django.contrib.auth.backends.ModelBackend"


class LoginView(auth.LoginView):
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {**super().get_context_data(**more), "provider": settings.OPENID}


login = LoginView.as_view()
logout = auth.LogoutView.as_view()


def wait_to_log_in(request: HttpRequest, _answer: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:
    """Say how long to wait after too many failures; nothing was looked at."""
    seconds = max(1, ceil(AxesProxyHandler.get_implementation().wait(request, credentials).total_seconds()))
    shown = {
        "wait": _in_words(seconds),
        "form": {"username": {"value": request.POST.get("username", "")[:150]}},
        "next": request.POST.get("next", ""),
        "provider": settings.OPENID,
    }
    response = render(request, "accounts/login.html", shown, status=429)
    response["Retry-After"] = str(seconds)
    return response


@login_not_required
@require_safe
def sign_on(request: HttpRequest) -> HttpResponse:
    """Send the visitor to the organisation's own log-in; a link, because the answer leads off this site."""
    provider = settings.OPENID
    if provider is None:
        raise Http404
    attempt = openid.Attempt(after=request.GET.get("next", "")[:500])
    try:
        address = openid.start(provider, attempt, _return_address(request))
    except openid.SignOnError as error:
        return _not_signed_on(request, error)
    request.session[ATTEMPT] = asdict(attempt)
    return redirect(address)


@login_not_required
@require_safe
def signed_on(request: HttpRequest) -> HttpResponse:
    """Receive who comes back from there; an attempt counts once, whatever comes of it."""
    provider = settings.OPENID
    if provider is None:
        raise Http404
    kept = request.session.pop(ATTEMPT, None)
    try:
        if kept is None:
            raise openid.SignOnError("state: this visitor asked nothing.")
        attempt = openid.Attempt(**kept)
        claims = openid.finish(provider, attempt, request.GET.dict(), _return_address(request), timezone.now())
    except openid.SignOnError as error:
        return _not_signed_on(request, error)
    user = actions.recognise(claims, provider, request=request)
    if not user.is_active:
        return _not_signed_on(request, openid.SignOnError("This account was closed here."))
    log_in(request, user, backend=LOCAL)
    safe = url_has_allowed_host_and_scheme(attempt.after, {request.get_host()}, require_https=request.is_secure())
    return redirect(attempt.after if safe else "overview")


LONGEST_ADDRESS = 2_000
"""Characters of an address to go back to; longer ones are cut by browsers and servers."""


def _in_words(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = ceil(seconds / 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def _return_address(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("signed-on"))


def _not_signed_on(request: HttpRequest, error: openid.SignOnError) -> HttpResponse:
    audit.record("log_in", "sign-on", request=request, by=None, result="refused", reason=str(error))
    shown = {"provider": settings.OPENID, "not_signed_on": True}
    return render(request, "accounts/login.html", shown, status=403)


def back(request: HttpRequest) -> HttpResponse:
    """Go back to the page of this site that a form names."""
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    is_page = safe and address.startswith("/") and len(address) <= LONGEST_ADDRESS
    return HttpResponseRedirect(address) if is_page else redirect("overview")


def _remember(response: HttpResponse, cookie: str, value: str) -> HttpResponse:
    response.set_cookie(
        cookie,
        value,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and go back to the page."""
    chosen = request.POST.get("language", "")
    known = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    return _remember(back(request), settings.LANGUAGE_COOKIE_NAME, known)


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme in a cookie and go back to the page."""
    chosen = request.POST.get("theme", "")
    return _remember(back(request), THEME_COOKIE, chosen if chosen in THEMES else "system")
