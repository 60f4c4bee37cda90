# SPDX-License-Identifier: EUPL-1.2
"""Whether cases with a term set by a court are decided before all others."""

from __future__ import annotations

from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever, Option
from keten.whatif.writing import TRACK_4, policy_in, write_policy


def _stands(base: Inputs) -> str:
    policy = base.rules.get(TRACK_4)
    return "first" if policy and policy.court_first else "with_others"


def _write(document: Document, _base: Inputs, choice: str, account: Account) -> None:
    if choice == "first":
        write_policy(document, "court_first", True, account)
    else:
        policy_in(document).pop("court_first", None)


LEVER = Lever(
    id="court_first",
    section="order",
    rank=85,
    words=Words(nl="Zaken met een termijn van de rechter", en="Cases with a term set by a court"),
    unit=Words(nl="", en=""),
    reason=Words(
        nl="Vooraan, of tussen de andere zaken; een derde mogelijkheid is er niet. Geen van beide is gepubliceerd: dat "
        "zulke zaken altijd voorgaan, is een aanname, en zij neemt bijna elke rechterlijke dwangsom in spoor 4 weg.",
        en="In front, or among the others; there is no third possibility. Neither was published: that such cases "
        "always go first is an assumption, and it takes nearly every judicial penalty of track 4 away.",
    ),
    options=(
        Option("first", Words(nl="vóór alle andere", en="before all others")),
        Option("with_others", Words(nl="tussen de andere", en="among the others")),
    ),
    stands=_stands,
    write=_write,
)
