# SPDX-License-Identifier: EUPL-1.2
"""The levers that send cases another way: how they stand in a base, and how they are written into a scenario."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from keten.parameters.chain import Chain, Outcome, Route
from keten.parameters.load import load_chain
from keten.parameters.paths import Place, routes_from
from keten.parameters.values import at
from keten.study.inputs import Inputs
from keten.whatif.levers import Lever

if TYPE_CHECKING:
    from keten.whatif.account import Account, Document

_REGISTERED = Place("registration", "first_track_4_dza_mda")
_SIMPLIFIED = ("simplified_procedure", "first_track_2")
"""Where Algerians and Moldovans would go instead, and the class that their cases then become."""


def simplified(base: Inputs) -> float:
    """Give the percentage of those who go on after registration that goes to the simplified procedure."""
    day = base.span.day(0)
    onward = {
        (route.to, route.becomes): at(route.share, day, name="share").central
        for route in routes_from(base.chain, _REGISTERED)
        if route.outcome is Outcome.ONWARD
    }
    return round(100 * onward.get(_SIMPLIFIED, 0.0) / sum(onward.values()), 6)


def appealed(base: Inputs) -> float:
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


def write_simplified(document: Document, base: Inputs, lever: Lever, choice: float, account: Account) -> None:
    """Divide those who go on after registration; who withdraws stays who withdraws."""
    simplified, other = choice / 100, 1 - choice / 100

    def ways(day: date) -> list[dict[str, Any]]:
        found = _ways(base.chain, _REGISTERED, day)
        onward = sum(way["share"] for way in found if way["outcome"] == Outcome.ONWARD)
        kept = [way for way in found if (way["to"], way.get("becomes")) != _SIMPLIFIED]
        staying = sum(way["share"] for way in kept if way["outcome"] == Outcome.ONWARD)
        for way in kept:
            if way["outcome"] == Outcome.ONWARD:
                way["share"] = onward * other * (way["share"] / staying if staying else 1.0)
        to, becomes = _SIMPLIFIED
        return [*kept, {"to": to, "becomes": becomes, "outcome": Outcome.ONWARD, "share": onward * simplified}]

    document.setdefault("routes", {})[lever.id] = _reroutes(base.chain, base, _REGISTERED, ways, account)


def write_appeals(document: Document, base: Inputs, lever: Lever, choice: float, account: Account) -> None:
    """Let another share of the rejections go to court; the rest goes where an unappealed rejection goes."""
    planned, factor = load_chain(), choice / 100
    rows = []
    for place in _places_of_appeal(planned):
        instead = {route.to for route in _instead_of_appeal(planned, place)}

        def ways(day: date, place: Place = place, instead: set[str] = instead) -> list[dict[str, Any]]:
            found = _ways(planned, place, day)
            freed = sum((1 - factor) * way["share"] for way in found if way["to"] == "appeal")
            staying = sum(way["share"] for way in found if way["to"] in instead)
            for way in found:
                if way["to"] == "appeal":
                    way["share"] *= factor
                elif way["to"] in instead:
                    way["share"] += freed * way["share"] / staying
            return found

        rows += _reroutes(planned, base, place, ways, account)
    document.setdefault("routes", {})[lever.id] = rows


def _ways(chain: Chain, place: Place, day: date) -> list[dict[str, Any]]:
    """List the ways out of a place on a day, as a scenario writes them."""
    return [
        {"to": route.to, "outcome": route.outcome, "share": at(route.share, day, name="share").central}
        | ({"becomes": route.becomes} if route.becomes else {})
        for route in routes_from(chain, place)
    ]


def _reroutes(
    chain: Chain, base: Inputs, place: Place, ways: Callable[[date], list[dict[str, Any]]], account: Account
) -> list[dict[str, Any]]:
    """Write a reroute for every period in which the shares of the tables are the same."""
    first = base.span.day(0)
    shares = [quantity for route in routes_from(chain, place) for quantity in route.share]
    starts = sorted({first, *(row.valid_from for row in shares if first < row.valid_from <= base.span.horizon)})
    return [
        account.beside({"stages": [place.stage], "case_classes": [place.case_class], "ways": _rounded(ways(start))})
        | {"from": start.isoformat()}
        | ({"until": until.isoformat()} if until else {})
        for start, until in zip(starts, [*starts[1:], None], strict=True)
    ]


def _rounded(ways: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**way, "outcome": way["outcome"].value, "share": round(way["share"], 9)} for way in ways]
