# SPDX-License-Identifier: EUPL-1.2
"""A page has one set of figures from beginning to end, and asks once which."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from keten_web.deliveries.known import one_page

GetResponse = Callable[[HttpRequest], HttpResponse]


def same_figures(get_response: GetResponse) -> GetResponse:
    """Hold the figures for a request; who accepts figures in it asks anew, see `known.asked_anew`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with one_page():
            return get_response(request)

    return middleware
