# SPDX-License-Identifier: EUPL-1.2
"""Events for who would rather fetch than be told. Annotations are not postponed: ninja reads them as values."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AwareDatetime, BaseModel, Field

from keten_web.api.endpoints import REFUSALS, json_answer
from keten_web.events import queries

LARGEST = 2**63 - 1


class EventContent(BaseModel):
    """Over welke regel van het vastgelegde het gaat."""

    kind: str
    code: str
    title: str
    partner: str
    state: str
    on: str | None = Field(description="De dag waarop het gebeurde.")


class Event(BaseModel):
    """Een gebeurtenis volgens het NL GOV profile for CloudEvents."""

    specversion: Literal["1.0"]
    id: str = Field(description="Blijft gelijk als hetzelfde feit opnieuw wordt gemeld.")
    source: str
    type: str
    subject: str
    time: AwareDatetime = Field(description="Wanneer het feit is vastgelegd.")
    datacontenttype: str
    sequence: str
    content: EventContent = Field(alias="data")


class Events(BaseModel):
    """Gebeurtenissen in de volgorde waarin ze zichtbaar werden."""

    results: list[Event]
    last: int = Field(description="Vraag de volgende keer wat hierna kwam.")


def add(router: Router) -> None:
    """Add the list of events."""

    def events(
        request: HttpRequest,
        after: Annotated[int, Query(ge=0, le=LARGEST, description="Alleen wat na dit nummer kwam.")] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Any:
        found = queries.after(after, limit)
        last = found[-1].sequence if found else after
        return json_answer({"results": [queries.as_told(event) for event in found], "last": last})

    router.add_api_operation(
        "/gebeurtenissen",
        ["GET"],
        events,
        response={200: Events, **REFUSALS},
        operation_id="listGebeurtenissen",
        summary="gebeurtenissen: wat er gebeurde sinds u het laatst vroeg",
        tags=["gebeurtenissen"],
        by_alias=True,
    )
