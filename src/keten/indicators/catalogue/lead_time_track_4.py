# SPDX-License-Identifier: EUPL-1.2
"""How long it took to decide."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
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
    signal=Signal(
        values=(
            Level(
                26,
                source="https://zoek.officielebekendmakingen.nl/kst-19637-3156.html",
                note=(
                    "The statutory period of six months. The category-wide extension to 15 months moves the "
                    "decision deadline, not what a normal procedure should take."
                ),
            ),
        ),
        attention_band=Level(4, assumption="One month: the time in which planning can still react."),
        dead_band=Level(1, assumption="A week: smaller changes come from the mix of old and new cases in a month."),
    ),
)
def lead_time_track_4(tables: Tables, _chain: Chain) -> pl.DataFrame:
    """Weeks from lodging to decision, averaged over the decisions of the month."""
    track_4 = pl.col("track") == "track_4"
    return sums.ratio(
        sums.column_sum(tables, "decisions", "lead_time_days", track_4),
        sums.column_sum(tables, "decisions", "decisions", track_4),
        times=1 / 7,
    )
