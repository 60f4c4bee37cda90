# SPDX-License-Identifier: EUPL-1.2
"""Which share of the hours goes to cases that are late already."""

from __future__ import annotations

from collections.abc import Mapping

from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Choice, Document
from keten.whatif.lever import Condition, Lever
from keten.whatif.writing import LETTER, TRACK_4, policy_in, write_policy


def _stands(base: Inputs) -> float:
    policy = base.rules.get(TRACK_4)
    return 100 * (policy.overdue_share or 0.0) if policy else 0.0


def _write(document: Document, _base: Inputs, choice: float, account: Account) -> None:
    write_policy(document, "overdue_share", choice / 100, account)


def _by_deadline(choices: Mapping[str, Choice]) -> bool:
    return choices["order"] == "deadline"


def _take_away(document: Document) -> None:
    policy_in(document).pop("overdue_share", None)


LEVER = Lever(
    id="overdue_share",
    section="order",
    rank=70,
    words=Words(nl="Deel van de uren voor zaken buiten de termijn", en="Share of the hours for overdue cases"),
    unit=Words(nl="%", en="%"),
    reason=Words(
        nl="Een deel ligt tussen niets en alles; de dwangsomprognose van 2023 rekende met 70.",
        en="A share lies between nothing and all; the penalty forecast of 2023 reckoned with 70.",
    ),
    high=100,
    step=5,
    source=LETTER,
    stands=_stands,
    write=_write,
    needs=Condition(
        holds=_by_deadline,
        fault=Words(
            nl="de uren worden verdeeld naar uiterste beslisdatum, en de volgorde van werk is een andere.",
            en="the hours are divided by deadline, and the order of work is another.",
        ),
        remedy=Words(
            nl="Kies de volgorde ‘vroegste uiterste beslisdatum eerst’, of laat de verdeling op 0.",
            en="Choose the order “earliest decision deadline first”, or leave the division at 0.",
        ),
        without=_take_away,
    ),
)
