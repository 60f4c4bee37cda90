# SPDX-License-Identifier: EUPL-1.2
"""Deliveries for programs: the same file, the same rules and the same outcome as on the page.

Annotations are not postponed in this file: ninja reads them as values.
"""

import base64
import binascii
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Body, Path, Query, Router
from pydantic import AwareDatetime, Field

from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.api import actions as idempotency
from keten_web.api import problems
from keten_web.api.endpoints import KEPT, LAST_PAGE, MOST_ON_A_PAGE, NOT_THERE, REFUSALS, Key, json_answer
from keten_web.api.schemas import SAFE_TEXT, Code, Schema, moment
from keten_web.deliveries import actions, comparing, queries, rights
from keten_web.deliveries.models import Delivery, State
from keten_web.deliveries.reading import Checked, File, RefusedError
from keten_web.sheets.reading import LIMITS, sentence

LARGEST = 2**63 - 1
LONGEST_CONTENT = LIMITS.bytes * 4 // 3 + 4
Number = Annotated[int, Path(ge=1, le=LARGEST, description="Nummer van de levering.")]
StateWord = Literal[tuple(State.values)]  # type: ignore[valid-type]


class LeveringNieuw(Schema):
    """Een bestand met cijfers van uw organisatie."""

    file_name: str = Field(
        min_length=5, max_length=200, pattern=SAFE_TEXT, description="Met .csv, .xlsx of .ods aan het eind."
    )
    content: str = Field(
        max_length=LONGEST_CONTENT, pattern=r"^[A-Za-z0-9+/\r\n]*={0,2}$", description="Het bestand, in base64."
    )
    table: Code | None = Field(None, description="Over welke tabel het gaat; zonder zeggen de kolommen het.")
    recipe: Code | None = Field(None, description="Hoe de kolommen worden gelezen; zonder zijn het die van Keten.")
    language: Literal["nl", "en"] = Field("nl", description="Taal waarin getallen en datums zijn geschreven.")


class Verschil(Schema):
    """Een cijfer van een levering naast wat bekend was."""

    row: int = Field(description="Rij in het bestand.")
    key: str = Field(description="Waarvan het een cijfer is: de waarden van de sleutel van de tabel, als JSON.")
    column: str = Field(description="De kolom waarin het staat.")
    unit: str = Field(description="Eenheid van het cijfer.")
    before: float | None = Field(description="Wat bekend was; leeg als er niets bekend was.")
    after: float | None = Field(description="Wat het wordt; leeg als het onderdrukt of onbekend is.")
    state: str = Field(description="Definitief, voorlopig, onderdrukt of onbekend.")
    change: Literal[tuple(comparing.Change)] = Field(description="Wat het verandert.")  # type: ignore[valid-type]


class LeveringControle(Schema):
    """Wat een bestand zou veranderen; er is niets opgeslagen."""

    table: str = Field(description="De tabel waarover het gaat.")
    rows: int = Field(description="Hoeveel rijen er zijn gelezen.")
    notes: list[str] = Field(description="Wat er over het bestand te vertellen is.")
    changes: list[Verschil] = Field(description="Elk cijfer naast wat bekend was.")


class Levering(Schema):
    """Een aangeleverd bestand en hoe het ermee staat."""

    id: int = Field(description="Nummer van de levering.")
    sender: str = Field(description="Organisatie die leverde.")
    table: str = Field(description="De tabel waarover het gaat.")
    recipe: str = Field(description="Hoe de kolommen zijn gelezen; leeg is met de kolommen van Keten.")
    language: str = Field(description="Taal van getallen en datums.")
    file_name: str = Field(description="Naam van het bestand.")
    sha256: str = Field(description="Hash van het bestand zoals het kwam.")
    received_at: AwareDatetime = Field(description="Wanneer het is ontvangen.")
    rows: int = Field(description="Hoeveel rijen het heeft.")
    state: StateWord = Field(description="Hoe het ermee staat.")


class LeveringLijst(Schema):
    """Een bladzijde van leveringen, de nieuwste eerst."""

    count: int = Field(description="Hoeveel het er in totaal zijn.")
    page: int = Field(description="Welke bladzijde dit is.")
    page_size: int = Field(description="Hoeveel er op een bladzijde staan.")
    results: list[Levering] = Field(description="De leveringen.")


class LeveringVraag(Schema):
    """Wat de lijst kan worden gevraagd."""

    page: int = Field(1, ge=1, le=LAST_PAGE)
    page_size: int = Field(20, ge=1, le=MOST_ON_A_PAGE)


def add(router: Router) -> None:
    """Add the list, the delivering, the reading and the check without storing."""
    for path, method, view, codes, name, about in (
        ("leveringen", "GET", rows, {200: LeveringLijst, **REFUSALS}, "listLeveringen", "de lijst"),
        (
            "leveringen",
            "POST",
            create,
            {201: Levering, **REFUSALS, **KEPT},
            "createLeveringen",
            "leveren; telt meteen, of na een tweede lezer",
        ),
        ("leveringen/{id}", "GET", detail, {200: Levering, **REFUSALS, **NOT_THERE}, "showLeveringen", "lezen"),
        (
            "leveringscontroles",
            "POST",
            check,
            {200: LeveringControle, **REFUSALS},
            "checkLeveringen",
            "controleren zonder iets op te slaan",
        ),
    ):
        router.add_api_operation(
            f"/{path}",
            [method],
            view,
            response=codes,
            operation_id=name,
            summary=f"leveringen: {about}",
            tags=["leveringen"],
            by_alias=True,
        )


def rows(request: UserRequest, chosen: Annotated[LeveringVraag, Query()]) -> Any:
    _need_exact(request)
    found = queries.visible(request.user)
    first = (chosen.page - 1) * chosen.page_size
    told = {
        "count": found.count(),
        "page": chosen.page,
        "pageSize": chosen.page_size,
        "results": [_told(row) for row in found[first : first + chosen.page_size]],
    }
    return json_answer(told)


def create(request: UserRequest, body: Annotated[LeveringNieuw, Body()], key: Key = None) -> Any:
    _need_exact(request)

    def work() -> HttpResponse:
        try:
            delivery = actions.deliver(_file(body), by=request.user, request=request)
            if not rights.asks_second_reader(delivery):
                delivery = actions.accept(delivery, by=request.user, request=request)
        except RefusedError as refusal:
            raise _refusal(refusal) from None
        return json_answer(_told(delivery), code=201, Location=f"{request.path}/{delivery.pk}")

    return idempotency.once(request, key, work)


def check(request: UserRequest, body: Annotated[LeveringNieuw, Body()]) -> Any:
    _need_exact(request)
    try:
        checked = actions.check(_file(body), by=request.user)
    except RefusedError as refusal:
        raise _refusal(refusal) from None
    return json_answer(_checked(checked, str(request.user.partner_id)))


def detail(request: UserRequest, id: Number) -> Any:  # noqa: A002 - the name in the address
    _need_exact(request)
    return json_answer(_told(queries.one(id, request.user)))


def _need_exact(request: UserRequest) -> None:
    """Refuse who may not see figures as they were delivered."""
    if not request.user.has_perm(Permission.VIEW_EXACT_COUNTS):
        raise problems.Refusal(403, problems.ordinary(403))


def _file(body: LeveringNieuw) -> File:
    try:
        content = base64.b64decode("".join(body.content.split()), validate=True)
    except (binascii.Error, ValueError):
        what = _("This is no base64; encode the bytes of the file.")
        raise problems.Refusal(400, what, [problems.error("body", "/content", what)]) from None
    return File(body.file_name, content, body.table or "", body.recipe or "", body.language)


def _refusal(refusal: RefusedError) -> problems.Refusal:
    errors = [problems.error("body", "/content", sentence(problem)) for problem in refusal.problems]
    return problems.Refusal(400, _("The file is refused and nothing was stored."), errors)


def _told(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "sender": row.sender_id,
        "table": row.table,
        "recipe": row.recipe,
        "language": row.language,
        "fileName": row.file_name,
        "sha256": row.sha256,
        "receivedAt": moment(row.received_at),
        "rows": row.rows,
        "state": str(row.state),
    }


def _checked(checked: Checked, sender: str) -> dict[str, Any]:
    return {
        "table": checked.table.name,
        "rows": len(checked.rows),
        "notes": queries.said_notes(checked.notes),
        "changes": [_change(found) for found in comparing.differences(checked, sender=sender)],
    }


def _change(found: comparing.Difference) -> dict[str, Any]:
    figure = found.figure
    return {
        "row": figure.row.number,
        "key": figure.fact.key,
        "column": figure.fact.column,
        "unit": figure.unit,
        "before": found.before,
        "after": figure.value,
        "state": figure.state,
        "change": str(found.change),
    }
