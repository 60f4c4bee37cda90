# SPDX-License-Identifier: EUPL-1.2
"""Kept scenarios for programs: the same rows, steps and rights as on the pages.

Annotations are not postponed in this file: ninja reads them as values.
"""

import json
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Body, Path, Query, Router
from pydantic import AwareDatetime, Field

from keten.domain.digest import hash_of
from keten_web.accounts import queries as accounts
from keten_web.accounts.models import PartnerOrganisation
from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.api import actions as idempotency
from keten_web.api import problems
from keten_web.api.endpoints import (
    KEPT,
    LAST_PAGE,
    MOST_ON_A_PAGE,
    NOT_THERE,
    REFUSALS,
    Key,
    Match,
    json_answer,
)
from keten_web.api.schemas import SAFE_TEXT, Code, Problem, Reason, Schema, moment
from keten_web.scenarios import choosing
from keten_web.scenarios import queries as kept
from keten_web.studies import actions
from keten_web.studies.models import KeptScenario, Run, State

LARGEST = 2**63 - 1
Number = Annotated[int, Path(ge=1, le=LARGEST, description="Nummer van het scenario.")]
Choice = (
    Annotated[float, Field(strict=True, allow_inf_nan=False)]
    | Annotated[str, Field(strict=True, max_length=80, pattern=SAFE_TEXT)]
)
StateWord = Literal[tuple(State.values)]  # type: ignore[valid-type]
StepWord = Literal[tuple(actions.STEPS)]  # type: ignore[valid-type]


class ScenarioKort(Schema):
    """Een bewaard scenario, zoals het in de lijst staat."""

    id: int
    title: str
    reason: str = Field(description="Waarom het is bewaard.")
    base: str = Field(description="Naam van de studie waarop de keuzes zijn gemaakt.")
    author: str
    partner: str | None = Field(description="Organisatie van de maker.")
    shared_with: list[str] = Field(description="Organisaties die het ook mogen zien.")
    copied_from: int | None = Field(description="Nummer van het scenario waarvan het een kopie is.")
    is_frozen: bool = Field(description="Het kan niet meer veranderen of weg.")
    made_at: AwareDatetime


class Studie(Schema):
    """Een studie van een scenario: hoe ver zij is en wat eruit kwam."""

    id: int
    state: StateWord = Field(description="Hoe het ermee staat.")
    seed: int
    replications: int
    done: int = Field(description="Hoeveel replicaties er klaar zijn.")
    output_hash: str = Field(description="Hash van de uitkomst; leeg zolang die er niet is.")
    problem: str
    asked_at: AwareDatetime
    ended_at: AwareDatetime | None


class Scenario(ScenarioKort):
    """Een bewaard scenario met alles wat erin staat, en zijn studies."""

    choices: dict[str, Any] = Field(description="De knoppen die anders staan dan in de basis.")
    document: dict[str, Any] = Field(description="Het scenario zelf: elke waarde met wie ervoor staat en waarom.")
    runs: list[Studie]


class ScenarioLijst(Schema):
    """Een bladzijde van bewaarde scenario's."""

    count: int = Field(description="Hoeveel het er in totaal zijn.")
    page: int
    page_size: int
    results: list[ScenarioKort]


class ScenarioVraag(Schema):
    """Wat de lijst kan worden gevraagd."""

    page: int = Field(1, ge=1, le=LAST_PAGE)
    page_size: int = Field(20, ge=1, le=MOST_ON_A_PAGE)


class ScenarioNieuw(Schema):
    """Keuzes op een basis, met een naam en een reden."""

    title: str = Field(min_length=choosing.SHORTEST_TITLE, max_length=120, pattern=SAFE_TEXT)
    reason: Annotated[Reason, Field(min_length=choosing.SHORTEST_REASON)]
    base: Code = Field(description="Naam van een studie.")
    choices: dict[str, Choice] = Field(description="Knop en stand, zoals op de pagina Wat als.")


class ScenarioStap(Schema):
    """Een stap met een scenario."""

    step: StepWord = Field(description="Welke stap.")
    reason: Reason = Field("", description="Waarom; staat in de geschiedenis.")
    partner: Code | None = Field(None, description="Met welke organisatie; alleen bij delen en intrekken daarvan.")


def add(router: Router) -> None:
    """Add the list, the making, the reading and the steps of kept scenarios."""
    refusals = {**REFUSALS, **NOT_THERE}
    for path, method, view, codes, name, about in (
        ("", "GET", rows, {200: ScenarioLijst, **REFUSALS}, "list", "de lijst"),
        (
            "",
            "POST",
            create,
            {201: Scenario, **REFUSALS, **KEPT},
            "create",
            "bewaren; een studie vraagt u met een stap",
        ),
        ("/{id}", "GET", detail, {200: Scenario, **refusals}, "read", "lezen"),
        (
            "/{id}/stappen",
            "POST",
            step,
            {201: Scenario, 204: None, **refusals, **KEPT, 412: Problem},
            "takeStep",
            "kopiëren, delen, een deling intrekken, bevriezen, weghalen (204) of laten doorrekenen",
        ),
    ):
        router.add_api_operation(
            f"/scenarios{path}",
            [method],
            view,
            response=codes,
            operation_id=f"{name}Scenarios",
            summary=f"scenario's: {about}",
            tags=["scenario's"],
            by_alias=True,
        )


def rows(request: UserRequest, chosen: Annotated[ScenarioVraag, Query()]) -> Any:
    _need(request, Permission.VIEW_DASHBOARD)
    found = kept.visible(request.user).prefetch_related("sharings")
    first = (chosen.page - 1) * chosen.page_size
    told = {
        "count": found.count(),
        "page": chosen.page,
        "pageSize": chosen.page_size,
        "results": [_told(row) for row in found[first : first + chosen.page_size]],
    }
    return json_answer(told)


def create(request: UserRequest, body: Annotated[ScenarioNieuw, Body()], key: Key = None) -> Any:
    _need(request, Permission.WRITE_OWN)

    def work() -> HttpResponse:
        try:
            asked = choosing.asked(body.title, body.reason, body.base, body.choices, str(request.user))
        except choosing.ImpossibleError as impossible:
            errors = [problems.error("body", name, detail) for name, detail in impossible.problems]
            raise problems.Refusal(400, str(impossible), errors) from None
        made = actions.keep(asked, request.user, request=request)
        return _shown(made, code=201, Location=f"{request.path}/{made.pk}")

    return idempotency.once(request, key, work)


def detail(request: UserRequest, id: Number) -> Any:  # noqa: A002 - the name in the address
    _need(request, Permission.VIEW_DASHBOARD)
    return _shown(kept.find(id, request.user))


def step(
    request: UserRequest,
    id: Number,  # noqa: A002 - the name in the address
    body: Annotated[ScenarioStap, Body()],
    match: Match = None,
    key: Key = None,
) -> Any:
    _need(request, Permission.WRITE_OWN)

    def work() -> HttpResponse:
        scenario = kept.find(id, request.user)
        _matched(scenario, match)
        asked = {"partner": _partner(body.partner)} if body.step in actions.STEPS_WITH_A_PARTNER else {}
        left = actions.STEPS[body.step](scenario, by=request.user, reason=body.reason, request=request, **asked)
        if left is None:
            return HttpResponse(status=204)
        address = request.path.removesuffix(f"/{id}/stappen")
        return _shown(left, code=201, Location=f"{address}/{left.pk}")

    return idempotency.once(request, key, work)


def _need(request: UserRequest, permission: Permission) -> None:
    """Ask for the same right as the page does."""
    if not request.user.has_perm(permission):
        raise problems.Refusal(403, problems.ordinary(403))


def _partner(code: str | None) -> PartnerOrganisation:
    found = accounts.partner(code)
    if found is None:
        detail = _("There is no row “%(code)s” to point at.") % {"code": code} if code else _("Say with which partner.")
        raise problems.Refusal(400, detail, [problems.error("body", "/partner", detail)])
    return found


def _matched(scenario: KeptScenario, match: str | None) -> None:
    """Refuse a step on something else than was read; only for who says in If-Match what that was."""
    now = _etag(_whole(scenario))
    if match is not None and match != now:
        detail = _("The scenario or one of its studies changed after you read it. Read it again.")
        raise problems.Refusal(412, detail, [problems.error("header", "If-Match", detail)], ETag=now)


def _shown(scenario: KeptScenario, *, code: int = 200, **headers: str) -> HttpResponse:
    told = _whole(scenario)
    return json_answer(told, code=code, ETag=_etag(told), **headers)


def _etag(told: dict[str, Any]) -> str:
    """Hash the answer itself: it changes with every step, and with every study."""
    return f'"{hash_of(json.dumps(told, sort_keys=True, allow_nan=False))[:32]}"'


def _told(row: KeptScenario) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": row.title,
        "reason": row.reason,
        "base": row.base,
        "author": str(row.author),
        "partner": row.partner_id,
        "sharedWith": [sharing.partner_id for sharing in row.sharings.all()],
        "copiedFrom": row.copied_from_id,
        "isFrozen": row.is_frozen,
        "madeAt": moment(row.made_at),
    }


def _whole(row: KeptScenario) -> dict[str, Any]:
    more = {"choices": row.choices, "document": row.document, "runs": [_run(run) for run in row.runs.all()]}
    return {**_told(row), **more}


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.pk,
        "state": run.state,
        "seed": run.seed,
        "replications": run.replications,
        "done": run.done,
        "outputHash": run.output_hash,
        "problem": run.problem,
        "askedAt": moment(run.asked_at),
        "endedAt": moment(run.ended_at) if run.ended_at else None,
    }
