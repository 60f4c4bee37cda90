# SPDX-License-Identifier: EUPL-1.2
"""How many regular places reception has."""

from __future__ import annotations

from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever
from keten.whatif.writing import central, periods


def _stands(base: Inputs) -> float:
    return central(base.regular_places, base.span.day(0))


def _write(document: Document, base: Inputs, choice: float, account: Account) -> None:
    rows = periods(base.regular_places, base, choice / _stands(base), account)
    document.setdefault("reception", {})["regular_places"] = rows


LEVER = Lever(
    id="regular_places",
    section="places",
    rank=140,
    words=Words(nl="Reguliere opvangplaatsen", en="Regular reception places"),
    unit=Words(nl="plaatsen", en="places"),
    reason=Words(
        nl="Begin 2023 woonden er 30.053 mensen op een reguliere plaats. Een derde sluiten of verdubbelen binnen "
        "twee jaar is het uiterste dat gemeenten en bouw toelaten; dat is een aanname.",
        en="Early in 2023 some 30,053 people lived in a regular place. Closing a third or doubling within two "
        "years is the utmost that municipalities and building allow; that is an assumption.",
    ),
    low=20_000,
    high=66_000,
    step=500,
    source="https://asylumineurope.org/reports/country/netherlands/reception-conditions/housing/types-accommodation/",
    stands=_stands,
    write=_write,
)
