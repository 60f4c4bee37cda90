# SPDX-License-Identifier: EUPL-1.2
"""How many permit holders municipalities house in a working day."""

from __future__ import annotations

from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever
from keten.whatif.writing import central, periods


def _stands(base: Inputs) -> float:
    return central(base.chain.resource("municipal_homes").capacity, base.span.day(0))


def _write(document: Document, base: Inputs, choice: float, account: Account) -> None:
    rows = base.chain.resource("municipal_homes").capacity
    document.setdefault("capacity", {})["municipal_homes"] = periods(rows, base, choice / _stands(base), account)


LEVER = Lever(
    id="homes",
    section="places",
    rank=150,
    words=Words(nl="Huisvesting van vergunninghouders", en="Housing of permit holders"),
    unit=Words(nl="personen per werkdag", en="persons per working day"),
    reason=Words(
        nl="Nu ongeveer 80. De taakstelling van de eerste helft van 2023 (21.200) is 170 per werkdag; onder 40 "
        "zou de huisvesting halveren.",
        en="Now about 80. The target of the first half of 2023 (21,200) is 170 per working day; below 40 housing "
        "would halve.",
    ),
    low=40,
    high=170,
    step=5,
    source="https://www.nu.nl/binnenland/6227180/nog-eens-21200-statushouders-moeten-in-eerste-helft-2023-een-huis-krijgen.html",
    stands=_stands,
    write=_write,
)
