# SPDX-License-Identifier: EUPL-1.2
"""What the levers that send cases another way do alike: the ways out of a place, as a scenario writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from keten.parameters.chain import Chain
from keten.parameters.paths import Place, routes_from
from keten.parameters.values import at
from keten.study.inputs import Inputs
from keten.whatif.account import Account


def ways_on(chain: Chain, place: Place, day: date) -> list[dict[str, Any]]:
    """List the ways out of a place on a day, as a scenario writes them."""
    return [
        {"to": route.to, "outcome": route.outcome, "share": at(route.share, day, name="share").central}
        | ({"becomes": route.becomes} if route.becomes else {})
        for route in routes_from(chain, place)
    ]


def reroutes(
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
