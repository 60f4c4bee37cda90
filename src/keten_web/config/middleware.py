# SPDX-License-Identifier: EUPL-1.2
"""Small rules that hold for every request."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils import translation
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponse]

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PROTO")
PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


def trust_configured_proxies(get_response: GetResponse) -> GetResponse:
    """Believe what a proxy says about the visitor only when we were told that it is our proxy.

    From here on the address one asks from is that of the visitor, for the audit trail and for the limits alike.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.META.get("REMOTE_ADDR") not in settings.TRUSTED_PROXIES:
            for header in FORWARDED:
                request.META.pop(header, None)
        elif "HTTP_X_FORWARDED_FOR" in request.META:
            request.META["REMOTE_ADDR"] = _visitor(request.META["REMOTE_ADDR"], request.META["HTTP_X_FORWARDED_FOR"])
        return get_response(request)

    return middleware


def _visitor(proxy: str, forwarded: str) -> str:
    """Give the last address that one of our proxies saw and that is no proxy of ours; what stands before is hearsay."""
    seen = [part.strip() for part in forwarded.split(",")]
    return next((address for address in reversed(seen) if address not in settings.TRUSTED_PROXIES), proxy) or proxy


def language(get_response: GetResponse) -> GetResponse:
    """Speak Dutch unless the visitor chose otherwise: the browser's language says little in a Dutch office."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
            response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Cookie",))
        return response

    return middleware


def browser_permissions(get_response: GetResponse) -> GetResponse:
    """Ask nothing of the visitor's machine."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware


def method_in_words(get_response: GetResponse) -> GetResponse:
    """Answer who opens the address of a button in words: Django refuses a method with an empty page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.path_info.startswith("/api/"):
            return response
        page = {"onward": _onward(request.path_info)}
        said = render(request, "errors/405.html", page, status=response.status_code)
        said["Allow"] = response["Allow"]
        return said

    return middleware


def _onward(path: str) -> str:
    """Give the page under which the address of a button lies; empty when it lies under none."""
    first, _slash, rest = path.strip("/").partition("/")
    return f"/{first}" if rest and is_valid_path(f"/{first}") else ""


def private_pages(get_response: GetResponse) -> GetResponse:
    """Leave no page of someone who is logged in behind in a cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def one_day(get_response: GetResponse) -> GetResponse:
    """Let a page have one day from beginning to end, also when somebody turns the day of a demonstration meanwhile."""
    from keten_web.config.today import held  # it reads settings, which name this module

    def middleware(request: HttpRequest) -> HttpResponse:
        with held():
            return get_response(request)

    return middleware
