# SPDX-License-Identifier: EUPL-1.2
"""What the contract of a partner can say of a figure, in both languages."""

from __future__ import annotations

from keten.domain.errors import ProblemKind
from keten.domain.language import Words

_CORRECT = Words(en="Correct the figure and deliver again.", nl="Verbeter het cijfer en lever opnieuw aan.")
_REASON = Words(en="Say why: kind, words and size.", nl="Zeg waardoor: soort, woorden en omvang.")

NOT_WHOLE = ProblemKind(
    code="not_whole",
    what=Words(en="{number:,.10g} is no whole number.", nl="{number:,.10g} is geen heel getal."),
    remedy=Words(en="Count whole things here.", nl="Tel hier in hele getallen."),
)
BELOW = ProblemKind(
    code="below_range",
    what=Words(
        en="{number:,.10g} lies below {lowest:,.10g}, the lowest that was agreed.",
        nl="{number:,.10g} ligt onder {lowest:,.10g}, het laagste dat is afgesproken.",
    ),
    remedy=_CORRECT,
)
ABOVE = ProblemKind(
    code="above_range",
    what=Words(
        en="{number:,.10g} lies above {highest:,.10g}, the highest that was agreed.",
        nl="{number:,.10g} ligt boven {highest:,.10g}, het hoogste dat is afgesproken.",
    ),
    remedy=_CORRECT,
)
PART_ABOVE = ProblemKind(
    code="part_above_whole",
    what=Words(
        en="the part is {part:,.10g}, the whole ({name}) {whole:,.10g}.",
        nl="het deel is {part:,.10g}, het geheel ({name}) {whole:,.10g}.",
    ),
    remedy=Words(en="Correct the part or the whole.", nl="Verbeter het deel of het geheel."),
)
PARTS_ABOVE = ProblemKind(
    code="parts_above_whole",
    what=Words(
        en="the parts add up to {sum:,.10g}, more than the whole of {whole:,.10g}.",
        nl="de delen zijn samen {sum:,.10g}, meer dan het geheel van {whole:,.10g}.",
    ),
    remedy=Words(en="Correct a part or the whole.", nl="Verbeter een deel of het geheel."),
)
BALANCE = ProblemKind(
    code="balance",
    what=Words(
        en="{opening:,.10g} + {came:,.10g} \N{MINUS SIGN} {went:,.10g} = {sum:,.10g}, and {closing:,.10g} is given as "
        "what is there now. The difference is {off:,.10g}.",
        nl="{opening:,.10g} + {came:,.10g} \N{MINUS SIGN} {went:,.10g} = {sum:,.10g}, en als stand is "
        "{closing:,.10g} gegeven. Het verschil is {off:,.10g}.",
    ),
    remedy=Words(en="Correct one of these figures.", nl="Verbeter een van deze cijfers."),
)
MORE = ProblemKind(
    code="jump",
    what=Words(
        en="{share} more than the month before ({last:,.10g}). A reason was agreed above {bound}.",
        nl="{share} meer dan de maand ervoor ({last:,.10g}). Boven {bound} is een reden afgesproken.",
    ),
    remedy=_REASON,
)
LESS = ProblemKind(
    code="drop",
    what=Words(
        en="{share} less than the month before ({last:,.10g}). A reason was agreed above {bound}.",
        nl="{share} minder dan de maand ervoor ({last:,.10g}). Boven {bound} is een reden afgesproken.",
    ),
    remedy=_REASON,
)
EQUAL = ProblemKind(
    code="equal",
    what=Words(
        en="exactly the figure of the month before ({number:,.10g}).",
        nl="precies het cijfer van de maand ervoor ({number:,.10g}).",
    ),
    remedy=Words(en="Is this right? Say so.", nl="Klopt dit? Bevestig het."),
)
HIDES = ProblemKind(
    code="hides_known",
    what=Words(
        en="{before:,.10g} was known and would be withheld from now on.",
        nl="bekend was {before:,.10g}, en dat zou voortaan worden achtergehouden.",
    ),
    remedy=Words(en="Say why the known figure is taken away.", nl="Zeg waarom het bekende cijfer vervalt."),
)
QUESTIONS = (MORE, LESS, EQUAL, HIDES)
"""What may be true, and wants a word of the giver."""
