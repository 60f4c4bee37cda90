# SPDX-License-Identifier: EUPL-1.2
"""How much of the project to speed up asylum decisions goes on."""

from __future__ import annotations

from functools import partial

from keten.domain.language import Words
from keten.whatif.lever import Lever
from keten.whatif.writing import LETTER, hours_in_percent, write_percentage

LEVER = Lever(
    id="baa",
    section="people",
    rank=20,
    words=Words(nl="Project BAA (Bespoediging Afdoening Asiel)", en="Project BAA (faster asylum decisions)"),
    unit=Words(nl="% van het plan", en="% of the plan"),
    reason=Words(
        nl="0 is zonder het project. Het plan is 13.000 extra zaken in het eerste jaar, en de werving liep in "
        "juli 2023 nog; meer dan anderhalf keer zo veel mensen is er in die tijd niet. Dat laatste is een "
        "aanname.",
        en="0 is without the project. The plan is 13,000 extra cases in the first year, and staff was still "
        "being recruited in July 2023; more than one and a half times as many people cannot be found in that "
        "time. The latter is an assumption.",
    ),
    high=150,
    step=10,
    source=LETTER,
    stands=partial(hours_in_percent, resource="baa_officers"),
    write=partial(write_percentage, resource="baa_officers"),
)
