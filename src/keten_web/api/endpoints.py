# SPDX-License-Identifier: EUPL-1.2
"""The endpoints of a kind: list, make, read, change, versions and steps.

Annotations are not postponed in this file: they are made per kind, and ninja reads them as values.
"""

import json
from typing import Annotated, Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import Body, Header, Path, Query, Router
from pydantic import Field

from keten_web.accounts.requests import UserRequest
from keten_web.api import actions as idempotency
from keten_web.api import problems, schemas
from keten_web.api.schemas import Code, Problem, Schema, Shapes, Version
from keten_web.record import actions, queries
from keten_web.record.errors import EditConflictError
from keten_web.record.kinds import Kind
from keten_web.record.models import Record

MOST_ON_A_PAGE = 100
LAST_PAGE = 100_000
Key = Annotated[str | None, Header(None, alias="Idempotency-Key", pattern=idempotency.KEY)]
Match = Annotated[str | None, Header(None, alias="If-Match", description="De ETag van de versie die u las.")]
RecordCode = Annotated[Code, Path()]
REFUSALS = {code: Problem for code in (400, 401, 403, 429)}
NOT_THERE = {404: Problem}
VERSIONED = {412: Problem, 428: Problem}
KEPT = {409: Problem}


def json_answer(told: Any, *, code: int = 200, **headers: str) -> HttpResponse:
    """Answer JSON; dates as they stand in it."""
    response = HttpResponse(
        json.dumps(told, ensure_ascii=False, allow_nan=False), status=code, content_type="application/json"
    )
    for name, value in headers.items():
        response[name] = value
    return response


def add(router: Router, kind: Kind) -> None:
    """Add the endpoints of a kind."""
    made = schemas.shapes(kind)
    with override("nl"):
        _add_list(router, kind, made)
        _add_create(router, kind, made)
        _add_detail(router, kind, made)
        _add_change(router, kind, made)
        _add_versions(router, kind)
        _add_steps(router, kind, made)


def _about(kind: Kind, verb: str, what: str) -> dict[str, Any]:
    return {"operation_id": f"{verb}{schemas.name_of(kind)}", "summary": what, "tags": [kind.plural], "by_alias": True}


class Asked(Schema):
    """What every list can be asked."""

    page: int = Field(1, ge=1, le=LAST_PAGE)
    page_size: int = Field(20, ge=1, le=MOST_ON_A_PAGE)
    search: str = Field("", max_length=200, pattern=schemas.SAFE_TEXT, description="Elk woord moet erin staan.")
    partner: Code | None = Field(None, description="Alleen de regels van deze organisatie.")
    withdrawn: bool = Field(False, description="Ook wat is ingetrokken.")


PAGING = frozenset({"page", "page_size", "search", "withdrawn"})


def _asked(kind: Kind) -> type[Asked]:
    """Add the filters of a kind to what every list can be asked."""
    filters: dict[str, Any] = {}
    for name in kind.filtered:
        field = kind.field(name)
        accepted = schemas.words_of(field) if field.flatchoices else Code
        filters[name] = (accepted | None, Field(None, description=str(field.verbose_name)))
    return schemas.create_model(f"{schemas.name_of(kind)}Vraag", __base__=Asked, **filters)


def _add_list(router: Router, kind: Kind, made: Shapes) -> None:
    asked = _asked(kind)

    def rows(request: UserRequest, chosen: Annotated[asked, Query()]) -> Any:  # type: ignore[valid-type]
        filters = {name: str(value) for name, value in chosen.model_dump(exclude=PAGING).items() if value}
        wanted = {**filters, "zoek": chosen.search, "ingetrokken": "1" if chosen.withdrawn else ""}
        found = queries.readable(kind, request.user, wanted)
        first = (chosen.page - 1) * chosen.page_size
        told = {
            "count": len(found),
            "page": chosen.page,
            "pageSize": chosen.page_size,
            "results": [schemas.told(kind, row) for row in found[first : first + chosen.page_size]],
        }
        return json_answer(told)

    about = _about(kind, "list", f"{kind.plural}: de lijst")
    router.add_api_operation(f"/{kind.slug}", ["GET"], rows, response={200: made.listed, **REFUSALS}, **about)


def _add_create(router: Router, kind: Kind, made: Shapes) -> None:
    def create(request: UserRequest, body: Annotated[made.made, Body()], key: Key = None) -> Any:  # type: ignore[name-defined]
        def work() -> HttpResponse:
            given = _values(kind, body)
            record = actions.create(kind, given, by=request.user, reason=body.reason, request=request)
            return _shown(kind, record, code=201, Location=f"{request.path}/{record.code}")

        return idempotency.once(request, key, work)

    about = _about(kind, "create", f"{kind.name}: maken")
    codes = {201: made.shown, **REFUSALS, **KEPT}
    router.add_api_operation(f"/{kind.slug}", ["POST"], create, response=codes, **about)


def _add_detail(router: Router, kind: Kind, made: Shapes) -> None:
    def detail(
        request: UserRequest, code: RecordCode, on: Annotated[schemas.Day | None, Query(description=ON)] = None
    ) -> Any:
        record = _found(kind, request, code)
        if on is not None:
            record = queries.as_it_was(kind, record, on)
            if record is None:
                raise Http404(_("This was not there yet on that day."))
        return _shown(kind, record)

    about = _about(kind, "read", f"{kind.name}: lezen")
    codes = {200: made.shown, **REFUSALS, **NOT_THERE}
    router.add_api_operation(f"/{kind.slug}/{{code}}", ["GET"], detail, response=codes, **about)


ON = "Zoals de regel was aan het eind van deze dag."


def _add_change(router: Router, kind: Kind, made: Shapes) -> None:
    def change(
        request: UserRequest,
        code: RecordCode,
        body: Annotated[made.changed, Body()],  # type: ignore[name-defined]
        match: Match = None,
        key: Key = None,
    ) -> Any:
        def work() -> HttpResponse:
            version = _matched(kind, request, code, match)
            given = _values(kind, body)
            record = actions.change(
                kind, code, given, by=request.user, expected_version=version, reason=body.reason, request=request
            )
            return _shown(kind, record)

        return idempotency.once(request, key, work)

    about = _about(kind, "change", f"{kind.name}: wijzigen")
    codes = {200: made.shown, **REFUSALS, **NOT_THERE, **KEPT, **VERSIONED}
    router.add_api_operation(f"/{kind.slug}/{{code}}", ["PATCH"], change, response=codes, **about)


def _add_versions(router: Router, kind: Kind) -> None:
    def versions(request: UserRequest, code: RecordCode) -> Any:
        record = _found(kind, request, code)
        return json_answer([_version(row) for row in queries.history(kind, record)])

    about = _about(kind, "listVersions", f"{kind.name}: alle versies, de nieuwste eerst")
    codes = {200: list[Version], **REFUSALS, **NOT_THERE}
    router.add_api_operation(f"/{kind.slug}/{{code}}/versies", ["GET"], versions, response=codes, **about)


def _version(row: queries.HistoryRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": schemas.moment(row.at),
        "who": row.who,
        "action": row.action,
        "reason": row.reason,
        "changes": [
            {"field": schemas.to_camel(change.field), "before": change.before, "after": change.after}
            for change in row.changes
        ],
        "isOutside": row.is_outside,
    }


def _add_steps(router: Router, kind: Kind, made: Shapes) -> None:
    def step(
        request: UserRequest,
        code: RecordCode,
        body: Annotated[made.step, Body()],  # type: ignore[name-defined]
        match: Match = None,
        key: Key = None,
    ) -> Any:
        def work() -> HttpResponse:
            seen = {"by": request.user, "expected_version": _matched(kind, request, code, match), "request": request}
            if body.step == schemas.WITHDRAW:
                record = actions.withdraw(kind, code, reason=body.reason, **seen)
            else:
                given = _values(kind, body.values)
                record = actions.move(kind, code, body.step, reason=body.reason, values=given, **seen)
            return _shown(kind, record, code=201)

        return idempotency.once(request, key, work)

    about = _about(kind, "takeStep", f"{kind.name}: een stap zetten, of intrekken")
    codes = {201: made.shown, **REFUSALS, **NOT_THERE, **KEPT, **VERSIONED}
    router.add_api_operation(f"/{kind.slug}/{{code}}/stappen", ["POST"], step, response=codes, **about)


# --- shared -----------------------------------------------------------------------------------------------------------


def _found(kind: Kind, request: UserRequest, code: str) -> Record:
    record = queries.one(kind, request.user, code)
    if record is None:
        raise Http404
    return record


def _shown(kind: Kind, record: Record, *, code: int = 200, **headers: str) -> HttpResponse:
    return json_answer(schemas.told(kind, record), code=code, ETag=f'"{record.version}"', **headers)


def _matched(kind: Kind, request: UserRequest, code: str, match: str | None) -> int:
    """Give the version that was read; whoever does not say which, or says an old one, is told."""
    record = _found(kind, request, code)
    if match is None:
        detail = _("Say in If-Match which version you read: the ETag of the answer.")
        raise problems.Refusal(428, detail, [problems.error("header", "If-Match", detail)])
    if match == f'"{record.version}"':
        return record.version
    version = int(match.strip('"')) if match.strip('"').isdecimal() and len(match) < 12 else 0
    who, changes = queries.changes_since(kind, record, version)
    raise EditConflictError(record.version, who, changes)


def _values(kind: Kind, sent: Schema) -> dict[str, Any]:
    given, missing = schemas.values(kind, sent)
    if missing:
        errors = [
            problems.error(
                "body", f"/{schemas.to_camel(name)}", _("There is no row “%(code)s” to point at.") % {"code": code}
            )
            for name, codes in missing.items()
            for code in codes
        ]
        raise problems.Refusal(400, _("The request points at rows that are not there."), errors)
    return given
