# SPDX-License-Identifier: EUPL-1.2
"""Which case of track 4 is taken first."""

from __future__ import annotations

from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever, Option
from keten.whatif.writing import TRACK_4, write_policy


def _stands(base: Inputs) -> str:
    policy = base.rules.get(TRACK_4)
    return policy.order if policy else "lodged"


def _write(document: Document, _base: Inputs, choice: str, account: Account) -> None:
    write_policy(document, "order", choice, account)


LEVER = Lever(
    id="order",
    section="order",
    rank=60,
    words=Words(nl="Volgorde van werk in spoor 4", en="Order of work in track 4"),
    unit=Words(nl="", en=""),
    reason=Words(
        nl="De volgordes die een planning kan aanhouden. Een verdeling van de uren over te laat en op tijd kan "
        "alleen bij ‘vroegste uiterste beslisdatum eerst’.",
        en="The orders that planning can keep. A division of the hours between late and in time goes only with "
        "“earliest decision deadline first”.",
    ),
    options=(
        Option("lodged", Words(nl="oudste aanvraag eerst", en="oldest application first")),
        Option("deadline", Words(nl="vroegste uiterste beslisdatum eerst", en="earliest decision deadline first")),
        Option("entered", Words(nl="volgorde van binnenkomst in de stap", en="order of arrival in the stage")),
        Option("unpredictable", Words(nl="onvoorspelbaar", en="unpredictable")),
    ),
    stands=_stands,
    write=_write,
)
