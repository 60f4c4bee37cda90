# SPDX-License-Identifier: EUPL-1.2
"""Whether municipalities house as many people as was agreed."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import selections, sums
from keten.indicators.registry import indicator
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "permit_holders_housed",
    name=("Gehuisveste vergunninghouders per maand", "Permit holders housed per month"),
    definition=(
        "Aantal vergunninghouders dat in de maand een woning in een gemeente kreeg. De signaalwaarde is de "
        "taakstelling van het halfjaar, gelijk verdeeld over de maanden.",
        "Number of permit holders who moved to a home in a municipality in the month. The signal value is the "
        "accommodation target of the half-year, spread evenly over the months.",
    ),
    unit="persons",
    goal=ChainGoal.RECEPTION,
    owner="MUNICIPALITIES",
    direction=Direction.HIGHER_IS_BETTER,
    counter_indicator="permit_holders_waiting",
    is_production=True,
)
def permit_holders_housed(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Cases that reached the exit `housed`; each case is one person."""
    return sums.ledger_sum(tables, "inflow", selections.stages(chain, "housed"))
