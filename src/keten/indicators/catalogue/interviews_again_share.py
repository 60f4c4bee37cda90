# SPDX-License-Identifier: EUPL-1.2
"""How many interviews have to be planned a second time."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import IndicatorKind, indicator
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "interviews_again_share",
    name=("Gehoren die opnieuw moeten", "Interviews to be held again"),
    definition=(
        "Van de afspraken voor een gehoor in de laatste drie maanden: het deel waarop de aanvrager niet verscheen, "
        "zodat een tweede afspraak nodig is. Aanvullende gehoren om andere redenen telt het model niet.",
        "Of the appointments for an interview in the last three months: the share at which the applicant did not "
        "appear, so that a second appointment is needed. Additional interviews for other reasons are not in the model.",
    ),
    unit="share",
    goal=ChainGoal.PROCEDURE,
    owner="IND",
    direction=Direction.LOWER_IS_BETTER,
    kind=IndicatorKind.KEY_FIGURE,
)
def interviews_again_share(tables: Tables, _chain: Chain) -> pl.DataFrame:
    """Missed appointments as a share of all appointments."""
    missed = sums.column_sum(tables, "interviews", "missed")
    planned = sums.column_sum(tables, "interviews", "appointments")
    return sums.ratio(sums.trailing_sum(missed, 3), sums.trailing_sum(planned, 3))
