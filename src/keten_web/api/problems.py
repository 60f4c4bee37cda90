# SPDX-License-Identifier: EUPL-1.2
"""Everything that goes wrong is told in one form (RFC 9457), with all that is wrong at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic.alias_generators import to_camel

from keten_web.accounts.bounds import TooMuchError
from keten_web.record.errors import EditConflictError, InvalidError, NotAllowedError, ReasonMissingError

MEDIA_TYPE = "application/problem+json"
PLACES = {"body": "body", "query": "query", "path": "path", "header": "header"}


class Refusal(Exception):  # noqa: N818 - not an error of ours, an answer
    """A request that gets no other answer than a problem."""

    def __init__(self, code: int, detail: str, errors: Sequence[Mapping[str, Any]] = (), **headers: str) -> None:
        super().__init__(detail)
        self.code, self.detail, self.errors = code, detail, list(errors)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def answer(code: int, detail: str, errors: Sequence[Mapping[str, Any]] = ()) -> HttpResponse:
    """Write one problem."""
    told: dict[str, Any] = {"status": code, "title": HTTPStatus(code).phrase, "detail": detail}
    if errors:
        told["errors"] = list(errors)
    return HttpResponse(json.dumps(told, ensure_ascii=False, allow_nan=False), status=code, content_type=MEDIA_TYPE)


def error(place: str, name: str, detail: str) -> dict[str, str]:
    """Say where one thing is wrong, and what."""
    return {"in": place, "name": name, "detail": detail}


def ordinary(code: int) -> str:
    """Say what a code means, when nothing more is known."""
    return {
        400: _("The request cannot be read. Compare it with the description of the API."),
        401: _("Log in, or send a valid access token."),
        403: _("You may not do this. Ask the administrator of users for the role that may."),
        404: _("This is not here. Compare the address with the description of the API."),
        405: _("This address knows no such method. Compare it with the description of the API."),
        413: _("The body is too large."),
        415: _("Send JSON."),
        429: _("This was too much at once. Try again later."),
        500: _(
            "Something went wrong here. After a write: read first whether it was stored, before you send it again. "
            "Report it when it stays."
        ),
    }.get(code, HTTPStatus(code).phrase)


def install(api: NinjaAPI) -> None:
    """Let every error of the API be told in this form."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)


def _refusal(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    response = answer(refusal.code, refusal.detail, refusal.errors)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def _invalid(_request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    errors = [_told(row) for row in invalid.errors]
    return answer(400, _("The request holds values that cannot be right; all of them are told here."), errors)


def _told(row: Mapping[str, Any]) -> dict[str, str]:
    place, *path = (str(part) for part in row["loc"])
    if place == "body" and path:  # the first word is the name of our own argument
        path = path[1:]
    name = "/" + "/".join(path) if place == "body" else ".".join(path[-1:])
    return error(PLACES.get(place, place), name, _sentence(row))


def _sentence(row: Mapping[str, Any]) -> str:
    limits = row.get("ctx") or {}
    known = {
        "missing": _("This is missing."),
        "extra_forbidden": _("This is not known here; leave it out."),
        "literal_error": _("This is none of the words that are possible here."),
        "string_pattern_mismatch": _("This holds characters that cannot stand here."),
    }
    if row["type"] in known:
        return known[row["type"]]
    if row["type"] == "string_too_long":
        return _("At most %(number)s characters.") % {"number": limits.get("max_length")}
    return str(row["msg"])


def _record_invalid(_request: HttpRequest, invalid: InvalidError) -> HttpResponse:
    errors = [
        error("body", f"/{to_camel(name)}" if name else "", problem)
        for name, problems in invalid.problems.items()
        for problem in problems
    ]
    return answer(
        400, _("The values cannot be right; everything that is wrong is told here. Nothing was stored."), errors
    )


def _reason_missing(_request: HttpRequest, missing: ReasonMissingError) -> HttpResponse:
    return answer(400, str(missing), [error("body", "/reason", str(missing))])


def _not_allowed(_request: HttpRequest, refused: NotAllowedError) -> HttpResponse:
    return answer(403, str(refused) or ordinary(403))


def _conflict(_request: HttpRequest, conflict: EditConflictError) -> HttpResponse:
    errors = [
        error("body", f"/{to_camel(change.field)}", f"{change.label}: {change.before} → {change.after}")
        for change in conflict.changes
    ]
    response = answer(412, str(conflict), errors)
    response["ETag"] = f'"{conflict.version}"'
    return response


HANDLERS: dict[type[Exception], Any] = {
    Refusal: _refusal,
    ValidationError: _invalid,
    InvalidError: _record_invalid,
    ReasonMissingError: _reason_missing,
    NotAllowedError: _not_allowed,
    EditConflictError: _conflict,
    TooMuchError: lambda _request, found: answer(429, str(found)),
    Http404: lambda _request, found: answer(404, str(found) or ordinary(404)),
    PermissionDenied: lambda _request, _error: answer(403, ordinary(403)),
    HttpError: lambda _request, found: answer(found.status_code, ordinary(found.status_code)),
}
