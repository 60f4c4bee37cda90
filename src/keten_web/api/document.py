# SPDX-License-Identifier: EUPL-1.2
"""The description of the API (OpenAPI), as the Dutch API design rules want it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI

from keten_web.api import BASE, VERSION, authentication, problems

API_VERSION = {"description": "De volledige versie van deze API.", "schema": {"type": "string", "const": VERSION}}
ETAG = {"description": "De versie van de regel; stuur haar terug in If-Match.", "schema": {"type": "string"}}
LOCATION = {"description": "Het adres van wat is gemaakt.", "schema": {"type": "string", "format": "uri-reference"}}
RETRY_AFTER = {"description": "Na hoeveel seconden het opnieuw kan.", "schema": {"type": "integer"}}
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
VERSIONED = frozenset({"read", "create", "change", "takeStep"})


def openapi(api: NinjaAPI, request: HttpRequest) -> dict[str, Any]:
    """Describe every endpoint, with the address under which it was asked."""
    host, told = request.get_host(), _without_address(api)
    contact = {
        "name": "Team Keten",
        "email": settings.CONTACT.removeprefix("mailto:") or f"keten@{host.partition(':')[0]}",
        "url": f"https://{host}/",
    }
    servers = [{"url": f"https://{host}{request.META.get('SCRIPT_NAME', '')}{BASE}"}]
    return {**told, "servers": servers, "info": {**told["info"], "contact": contact}}


@cache
def _without_address(api: NinjaAPI) -> dict[str, Any]:
    """Describe what is the same for everybody, once: it takes seconds, and everybody may ask."""
    told: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=""))
    told["info"]["license"] = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
    told["components"]["securitySchemes"] = authentication.SCHEMES
    for operation in operations(told):
        _complete(operation)
    return told


def operations(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every operation of a description."""
    for path in told["paths"].values():
        yield from (operation for method, operation in path.items() if method in METHODS)


def _complete(operation: dict[str, Any]) -> None:
    for parameter in operation["parameters"]:
        parameter["schema"] = _without_null(parameter["schema"])
    operation["security"] = [{"sessie": []}, {"token": []}]
    is_versioned = operation["operationId"].startswith(tuple(VERSIONED))
    responses = {str(code): response for code, response in operation["responses"].items()}
    operation["responses"] = responses
    for code, response in responses.items():
        response["headers"] = {"API-Version": API_VERSION}
        if code >= "400":
            response["content"] = {problems.MEDIA_TYPE: response["content"]["application/json"]}
        elif is_versioned:
            response["headers"]["ETag"] = ETAG
    if "429" in responses:
        responses["429"]["headers"]["Retry-After"] = RETRY_AFTER
    if operation["operationId"].startswith("create"):
        responses["201"]["headers"]["Location"] = LOCATION


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Say that a parameter is there or not: it is never null."""
    kept = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in {"anyOf", "title"}}
    return {**kept[0], **rest} if len(kept) == 1 else schema
