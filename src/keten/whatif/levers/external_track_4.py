# SPDX-License-Identifier: EUPL-1.2
"""Staff for track 4 that is hired from outside from now on."""

from __future__ import annotations

from functools import partial

from keten.domain.language import Words
from keten.whatif.lever import Lever
from keten.whatif.writing import hired, write_hires

LEVER = Lever(
    id="external_track_4",
    section="people",
    rank=40,
    words=Words(nl="Ingehuurde medewerkers spoor 4, vanaf nu", en="Staff hired from outside for track 4, from now"),
    unit=Words(nl="fte", en="FTE"),
    reason=Words(
        nl="Inhuur begint sneller en beslist minder per uur. Boven 200 wordt meer dan de helft van spoor 4 "
        "ingehuurd en is er te weinig eigen begeleiding. Dat is een aanname.",
        en="Hire starts sooner and decides less per hour. Above 200 more than half of track 4 would be hired and "
        "there is too little guidance by own staff. That is an assumption.",
    ),
    high=200,
    step=10,
    stands=partial(hired, kind="external"),
    write=partial(write_hires, kind="external"),
)
