# SPDX-License-Identifier: EUPL-1.2
"""Log in, log out, and two choices of how the site looks: language and theme."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

THEMES = ("system", "light", "dark")
THEME_COOKIE = "keten_theme"


class LoginView(auth.LoginView):
    template_name = "accounts/login.html"
    redirect_authenticated_user = True


login = LoginView.as_view()
logout = auth.LogoutView.as_view()


def _back(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return redirect(address if safe else "overview")


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
    return _remember(_back(request), settings.LANGUAGE_COOKIE_NAME, known)


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme in a cookie and go back to the page."""
    chosen = request.POST.get("theme", "")
    return _remember(_back(request), THEME_COOKIE, chosen if chosen in THEMES else "system")
