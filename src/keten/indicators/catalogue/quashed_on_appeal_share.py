# SPDX-License-Identifier: EUPL-1.2
"""How many decisions have to be taken again."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import selections, sums
from keten.indicators.registry import IndicatorKind, indicator
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "quashed_on_appeal_share",
    name=("Opnieuw beslissen na beroep", "To be decided again after appeal"),
    definition=(
        "Van de zaken die in de laatste drie maanden beroep of hoger beroep verlieten: het deel waarin de IND opnieuw "
        "moet beslissen. Laat zien of tempo ten koste gaat van zorgvuldigheid.",
        "Of the cases that left appeal or onward appeal in the last three months: the share in which the IND has to "
        "decide again. Shows whether speed is bought with care.",
    ),
    unit="share",
    goal=ChainGoal.PROCEDURE,
    owner="IND",
    direction=Direction.LOWER_IS_BETTER,
    kind=IndicatorKind.KEY_FIGURE,
)
def quashed_on_appeal_share(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Remitted cases as a share of the cases that left an appeal instance."""
    remitted = sums.ledger_sum(tables, "inflow", selections.stages(chain, "remitted_decision"))
    judged = sums.ledger_sum(tables, "outflow", selections.stages(chain, *selections.APPEAL))
    return sums.ratio(sums.trailing_sum(remitted, 3), sums.trailing_sum(judged, 3))
