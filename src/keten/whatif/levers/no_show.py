# SPDX-License-Identifier: EUPL-1.2
"""How many people do not appear at their detailed interview."""

from __future__ import annotations

from collections.abc import Sequence

from keten.domain.language import Words
from keten.parameters.values import Quantity
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever
from keten.whatif.writing import central, periods


def _missed(base: Inputs) -> Sequence[Quantity]:
    """Share of the detailed interviews that is missed; none when the chain does not say."""
    return base.chain.stage("detailed_interview").no_show or ()


def _stands(base: Inputs) -> float:
    return 100 * central(_missed(base), base.span.day(0))


def _write(document: Document, base: Inputs, choice: float, account: Account) -> None:
    rows = _missed(base)
    now = central(rows, base.span.day(0))
    document.setdefault("no_show", {})["detailed_interview"] = periods(rows, base, choice / 100 / now, account)


LEVER = Lever(
    id="no_show",
    section="order",
    rank=100,
    words=Words(nl="Niet verschenen bij het nader gehoor", en="Not appeared at the detailed interview"),
    unit=Words(nl="% van de gehoren", en="% of the interviews"),
    reason=Words(
        nl="Geen percentage is gepubliceerd; nu wordt 8 aangenomen. Onder 2 blijft ziekte over, boven 25 zou een "
        "op de vier gehoren vervallen. Dat zijn aannames.",
        en="No percentage was published; 8 is assumed now. Below 2 illness remains, above 25 one in four "
        "interviews would be lost. Those are assumptions.",
    ),
    low=2,
    high=25,
    step=1,
    stands=_stands,
    write=_write,
)
