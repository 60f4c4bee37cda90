# SPDX-License-Identifier: EUPL-1.2
"""Which share of Algerians and Moldovans goes to the simplified procedure."""

from __future__ import annotations

from datetime import date
from typing import Any

from keten.domain.language import Words
from keten.parameters.chain import Outcome
from keten.parameters.paths import Place, routes_from
from keten.parameters.values import at
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever
from keten.whatif.routes import reroutes, ways_on

_REGISTERED = Place("registration", "first_track_4_dza_mda")
_SIMPLIFIED = ("simplified_procedure", "first_track_2")
"""Where they would go instead, and the class that their cases then become."""


def _stands(base: Inputs) -> float:
    """Give the percentage of those who go on after registration that goes to the simplified procedure."""
    day = base.span.day(0)
    onward = {
        (route.to, route.becomes): at(route.share, day, name="share").central
        for route in routes_from(base.chain, _REGISTERED)
        if route.outcome is Outcome.ONWARD
    }
    return round(100 * onward.get(_SIMPLIFIED, 0.0) / sum(onward.values()), 6)


def _write(document: Document, base: Inputs, choice: float, account: Account) -> None:
    """Divide those who go on after registration; who withdraws stays who withdraws."""
    simplified, other = choice / 100, 1 - choice / 100

    def ways(day: date) -> list[dict[str, Any]]:
        found = ways_on(base.chain, _REGISTERED, day)
        onward = sum(way["share"] for way in found if way["outcome"] == Outcome.ONWARD)
        kept = [way for way in found if (way["to"], way.get("becomes")) != _SIMPLIFIED]
        staying = sum(way["share"] for way in kept if way["outcome"] == Outcome.ONWARD)
        for way in kept:
            if way["outcome"] == Outcome.ONWARD:
                way["share"] = onward * other * (way["share"] / staying if staying else 1.0)
        to, becomes = _SIMPLIFIED
        return [*kept, {"to": to, "becomes": becomes, "outcome": Outcome.ONWARD, "share": onward * simplified}]

    document.setdefault("routes", {})["simplified"] = reroutes(base.chain, base, _REGISTERED, ways, account)


LEVER = Lever(
    id="simplified",
    section="routes",
    rank=110,
    words=Words(
        nl="Algerijnen en Moldaven naar de vereenvoudigde procedure (spoor 2)",
        en="Algerians and Moldovans to the simplified procedure (track 2)",
    ),
    unit=Words(nl="% van wie na aanmelding verdergaat", en="% of those who go on after registration"),
    reason=Words(
        nl="0 is zoals nu: zij gaan naar spoor 4, met voorrang in de planning. Meer dan alles is er niet. Dat "
        "hun zaken dan verlopen als die van spoor 2, is een aanname, en het recht laat spoor 2 alleen toe "
        "waar een land veilig is verklaard of een ander EU-land bescherming gaf.",
        en="0 is as now: they go to track 4, planned with priority. There is no more than all. That their cases "
        "then go as those of track 2 is an assumption, and the law allows track 2 only where a country was "
        "declared safe or another EU country gave protection.",
    ),
    high=100,
    step=5,
    source="https://asylumineurope.org/reports/country/netherlands/asylum-procedure/procedures/accelerated-procedure",
    stands=_stands,
    write=_write,
)
