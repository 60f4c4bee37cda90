# SPDX-License-Identifier: EUPL-1.2
"""How many hours of sessions the courts have."""

from __future__ import annotations

from functools import partial

from keten.domain.language import Words
from keten.whatif.lever import Lever
from keten.whatif.writing import hours_in_percent, write_percentage

LEVER = Lever(
    id="court_hours",
    section="people",
    rank=50,
    words=Words(nl="Zittingscapaciteit van de rechtbanken", en="Session capacity of the courts"),
    unit=Words(nl="% van nu", en="% of now"),
    reason=Words(
        nl="Rechters opleiden duurt jaren; binnen twee jaar is een kwart erbij al veel, en een vijfde eraf het "
        "gevolg van ander werk dat voorgaat. Dat is een aanname.",
        en="Training judges takes years; a quarter more within two years is much, and a fifth less is what other "
        "work with priority does. That is an assumption.",
    ),
    low=80,
    high=125,
    step=5,
    stands=partial(hours_in_percent, resource="court_sessions"),
    write=partial(write_percentage, resource="court_sessions"),
)
