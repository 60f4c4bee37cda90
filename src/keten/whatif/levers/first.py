# SPDX-License-Identifier: EUPL-1.2
"""Which group goes first in track 4."""

from __future__ import annotations

from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever, Option
from keten.whatif.writing import LETTER, TRACK_4, policy_in, write_policy


def _stands(base: Inputs) -> str:
    policy = base.rules.get(TRACK_4)
    return policy.first[0] if policy and policy.first else "none"


def _write(document: Document, _base: Inputs, choice: str, account: Account) -> None:
    if choice == "none":
        policy_in(document).pop("first", None)
    else:
        write_policy(document, "first", [choice], account)


LEVER = Lever(
    id="first",
    section="order",
    rank=80,
    words=Words(nl="Voorrang in spoor 4", en="Priority in track 4"),
    unit=Words(nl="", en=""),
    reason=Words(
        nl="Groepen die de keten apart telt. De brief van 13 juli 2023 plant Algerijnen en Moldaven met voorrang.",
        en="Groups that the chain counts apart. The letter of 13 July 2023 plans Algerians and Moldovans with "
        "priority.",
    ),
    options=(
        Option("none", Words(nl="geen groep", en="no group")),
        Option("first_track_4_dza_mda", Words(nl="Algerijnen en Moldaven", en="Algerians and Moldovans")),
        Option("first_track_4_syr_yem", Words(nl="Syriërs en Jemenieten", en="Syrians and Yemenis")),
        Option("first_track_4_other", Words(nl="overige nationaliteiten", en="other nationalities")),
    ),
    source=LETTER,
    stands=_stands,
    write=_write,
)
