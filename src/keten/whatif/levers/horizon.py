# SPDX-License-Identifier: EUPL-1.2
"""How long before the deadline a group with priority is planned."""

from __future__ import annotations

from collections.abc import Mapping

from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Choice, Document
from keten.whatif.lever import Condition, Lever
from keten.whatif.writing import LETTER, TRACK_4, policy_in, write_policy


def _stands(base: Inputs) -> float:
    policy = base.rules.get(TRACK_4)
    return float(policy.horizon) if policy else 0.0


def _write(document: Document, _base: Inputs, choice: float, account: Account) -> None:
    write_policy(document, "horizon", int(choice), account)


def _some_group(choices: Mapping[str, Choice]) -> bool:
    return choices["first"] != "none"


def _take_away(document: Document) -> None:
    policy_in(document).pop("horizon", None)


LEVER = Lever(
    id="horizon",
    section="order",
    rank=90,
    words=Words(nl="Planningshorizon van de voorranggroep", en="Planning horizon of the priority group"),
    unit=Words(nl="dagen", en="days"),
    reason=Words(
        nl="0 is meteen. De brief plant op vier weken (28); langer dan de algemene beslistermijn van een half "
        "jaar is geen voorrang meer.",
        en="0 is at once. The letter plans at four weeks (28); longer than the general decision period of half a "
        "year is no priority any more.",
    ),
    high=182,
    step=7,
    source=LETTER,
    stands=_stands,
    write=_write,
    needs=Condition(
        holds=_some_group,
        fault=Words(nl="geen groep heeft voorrang.", en="no group has priority."),
        remedy=Words(
            nl="Kies een groep met voorrang, of laat de horizon op 0.",
            en="Choose a group with priority, or leave the horizon at 0.",
        ),
        without=_take_away,
    ),
)
