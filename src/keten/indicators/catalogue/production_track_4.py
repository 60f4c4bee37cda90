# SPDX-License-Identifier: EUPL-1.2
"""How many decisions were taken, against what was agreed."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import indicator
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "production_track_4",
    name=("Beslissingen per maand (spoor 4)", "Decisions per month (track 4)"),
    definition=(
        "Aantal asielbeslissingen in spoor 4 in de maand; ingetrokken aanvragen tellen niet mee. De signaalwaarde is "
        "de afspraak in het jaarplan van de IND, gelijk verdeeld over de maanden.",
        "Number of track-4 asylum decisions in the month; withdrawn applications do not count. The signal value is "
        "what the annual plan of the IND agrees, spread evenly over the months.",
    ),
    unit="cases",
    goal=ChainGoal.PROCEDURE,
    owner="IND",
    direction=Direction.HIGHER_IS_BETTER,
    counter_indicator="quashed_on_appeal_share",
    is_production=True,
    more_twins=("withdrawn_share", "oldest_tenth_track_4", "interviews_again_share", "overdue_share"),
)
def production_track_4(tables: Tables, _chain: Chain) -> pl.DataFrame:
    """First-instance decisions of track 4 in the month."""
    return sums.column_sum(tables, "decisions", "decisions", pl.col("track") == "track_4")
