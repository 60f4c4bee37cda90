# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong in every room, said once in both languages."""

from __future__ import annotations

from keten.domain.errors import ProblemKind
from keten.domain.language import Words

UNIT_UNKNOWN = ProblemKind(
    code="unit_unknown",
    what=Words(nl="de eenheid {unit!r} is niet bekend.", en="the unit {unit!r} is not known."),
    remedy=Words(nl="Kies een van deze: {units}.", en="Choose one of: {units}."),
)
_CANNOT_BE = Words(
    nl="{value:g} {unit} kan niet: het ligt van {low:g} tot en met {high:g}.",
    en="{value:g} {unit} cannot be: it lies from {low:g} up to {high:g}.",
)
OUT_OF_BOUNDS = ProblemKind(
    code="out_of_bounds",
    what=_CANNOT_BE,
    remedy=Words(nl="Verbeter de waarde of de eenheid.", en="Correct the value, or its unit."),
)
MEANT_OTHERWISE = ProblemKind(
    code="meant_otherwise",
    what=_CANNOT_BE,
    remedy=Words(nl="Bedoelt u {guess:g}?", en="Did you mean {guess:g}?"),
)
