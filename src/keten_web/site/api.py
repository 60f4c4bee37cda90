# SPDX-License-Identifier: EUPL-1.2
"""Every address of the API; made once, when all kinds are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Router
from ninja.renderers import JSONRenderer

from keten_web.api import VERSION, document, endpoints, problems
from keten_web.api.authentication import SessionOrToken
from keten_web.api.reading import StrictParser
from keten_web.deliveries import endpoints as deliveries
from keten_web.events import endpoints as events
from keten_web.record.kinds import kinds
from keten_web.scenarios import endpoints as scenarios


class StrictRenderer(JSONRenderer):
    """Writes JSON that every reader can read: a number that is none (NaN, Infinity) is an error, never an answer."""

    json_dumps_params: Mapping[str, Any] = {"allow_nan": False}


ABOUT = (
    "Het vastgelegde besturen van de migratieketen: wie sprak wat af met wie, wordt het nagekomen, wat is er besloten. "
    "Veldnamen zijn de termen van de woordenlijst van Keten; hun Nederlandse naam staat erbij."
)
api = NinjaAPI(
    title="Keten",
    version=VERSION,
    description=ABOUT,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    parser=StrictParser(),
    renderer=StrictRenderer(),
)
problems.install(api)


def _routers() -> None:
    router = Router(auth=SessionOrToken())
    for kind in kinds():
        endpoints.add(router, kind)
    events.add(router)
    scenarios.add(router)
    deliveries.add(router)
    api.add_router("", router)


_routers()


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Describe the API to everybody, from wherever they ask."""
    return endpoints.json_answer(document.openapi(api, request), **{"Access-Control-Allow-Origin": "*"})


@login_not_required
@csrf_exempt
def nothing(_request: HttpRequest) -> HttpResponse:
    return problems.answer(404, problems.ordinary(404))


_patterns, _app_name, _namespace = api.urls
for _pattern in _patterns:
    _pattern.callback.login_required = False  # the API asks who it is by itself, and never sends one to a page

urlpatterns = [
    path("api/v1/openapi.json", openapi, name="api-openapi"),
    path("api/v1/", include((_patterns, _app_name), namespace=_namespace)),
    re_path(r"^api/", nothing, name="api-nothing"),
]
