# SPDX-License-Identifier: EUPL-1.2
"""How long it took to decide."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import indicator
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "lead_time_track_4",
    name=("Doorlooptijd (spoor 4)", "Lead time (track 4)"),
    definition=(
        "Gemiddeld aantal weken tussen indiening en beslissing, van de beslissingen in spoor 4 in de maand.",
        "Average number of weeks between lodging and decision, of the track-4 decisions of the month.",
    ),
    unit="weeks",
    goal=ChainGoal.PROCEDURE,
    owner="IND",
    direction=Direction.LOWER_IS_BETTER,
    counter_indicator="quashed_on_appeal_share",
    is_production=True,
    more_twins=("withdrawn_share", "oldest_tenth_track_4", "overdue_share"),
)
def lead_time_track_4(tables: Tables, _chain: Chain) -> pl.DataFrame:
    """Weeks from lodging to decision, averaged over the decisions of the month."""
    track_4 = pl.col("track") == "track_4"
    return sums.ratio(
        sums.column_sum(tables, "decisions", "lead_time_days", track_4),
        sums.column_sum(tables, "decisions", "decisions", track_4),
        times=1 / 7,
    )
