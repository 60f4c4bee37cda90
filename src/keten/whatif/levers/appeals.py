# SPDX-License-Identifier: EUPL-1.2
"""Which share of the rejections is brought before the court."""

from __future__ import annotations

from datetime import date
from typing import Any

from keten.domain.language import Words
from keten.parameters.chain import Chain, Route
from keten.parameters.load import load_chain
from keten.parameters.paths import Place, routes_from
from keten.parameters.values import at
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever
from keten.whatif.routes import reroutes, ways_on


def _stands(base: Inputs) -> float:
    """Compare the shares that appeal with those of the chain tables, over all places where they are told."""
    day = base.span.day(0)
    now, planned = (
        sum(at(route.share, day, name="share").central for place in places for route in _to_appeal(chain, place))
        for chain, places in ((chain, _places_of_appeal(chain)) for chain in (base.chain, load_chain()))
    )
    return round(100 * now / planned, 6)


def _places_of_appeal(chain: Chain) -> list[Place]:
    """List the places where a rejection can be appealed or left as it is."""
    places = [Place(stage.id, row.id) for stage in chain.stages for row in chain.case_classes]
    return [place for place in places if _to_appeal(chain, place) and _instead_of_appeal(chain, place)]


def _to_appeal(chain: Chain, place: Place) -> list[Route]:
    return [route for route in routes_from(chain, place) if route.to == "appeal"]


def _instead_of_appeal(chain: Chain, place: Place) -> list[Route]:
    outcomes = {route.outcome for route in _to_appeal(chain, place)}
    return [route for route in routes_from(chain, place) if route.outcome in outcomes and route.to != "appeal"]


def _write(document: Document, base: Inputs, choice: float, account: Account) -> None:
    """Let another share of the rejections go to court; the rest goes where an unappealed rejection goes."""
    planned, factor = load_chain(), choice / 100
    rows = []
    for place in _places_of_appeal(planned):
        instead = {route.to for route in _instead_of_appeal(planned, place)}

        def ways(day: date, place: Place = place, instead: set[str] = instead) -> list[dict[str, Any]]:
            found = ways_on(planned, place, day)
            freed = sum((1 - factor) * way["share"] for way in found if way["to"] == "appeal")
            staying = sum(way["share"] for way in found if way["to"] in instead)
            for way in found:
                if way["to"] == "appeal":
                    way["share"] *= factor
                elif way["to"] in instead:
                    way["share"] += freed * way["share"] / staying
            return found

        rows += reroutes(planned, base, place, ways, account)
    document.setdefault("routes", {})["appeals"] = rows


LEVER = Lever(
    id="appeals",
    section="routes",
    rank=120,
    words=Words(nl="Beroepen na een afwijzing", en="Appeals after a rejection"),
    unit=Words(nl="% van nu", en="% of now"),
    reason=Words(
        nl="Minder door filteren: zaken waarin een tweede besluit of een schikking een beroep overbodig maakt. "
        "Onder de helft is nergens gemeten, en boven 120 zou vrijwel elke afwijzing worden aangevochten. Dat "
        "zijn aannames.",
        en="Fewer by filtering: cases in which a second decision or a settlement makes an appeal needless. Less "
        "than half was measured nowhere, and above 120 nearly every rejection would be fought. Those are "
        "assumptions.",
    ),
    low=50,
    high=120,
    step=5,
    stands=_stands,
    write=_write,
)
