# SPDX-License-Identifier: EUPL-1.2
"""Own staff for track 4 that is recruited from now on."""

from __future__ import annotations

from functools import partial

from keten.domain.language import Words
from keten.whatif.lever import Lever
from keten.whatif.writing import hired, write_hires

LEVER = Lever(
    id="hires_track_4",
    section="people",
    rank=30,
    words=Words(
        nl="Extra eigen medewerkers spoor 4, vanaf nu geworven", en="Extra own staff track 4, recruited from now"
    ),
    unit=Words(nl="fte", en="FTE"),
    reason=Words(
        nl="Werven duurt maanden en opleiden negen maanden, en opleiders beslissen zelf ook. Meer dan 300 "
        "tegelijk is ruim twee keer de huidige uren van spoor 4; dat kan niemand opleiden. Dat is een "
        "aanname.",
        en="Recruiting takes months and training nine months, and trainers decide cases too. More than 300 at "
        "once is over twice the present hours of track 4; nobody can train that. That is an assumption.",
    ),
    high=300,
    step=10,
    source="https://ind.nl/nl/nieuws/aantal-asielaanvragen-neemt-ook-in-2023-toe",
    stands=partial(hired, kind="own"),
    write=partial(write_hires, kind="own"),
)
