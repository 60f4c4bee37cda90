# SPDX-License-Identifier: EUPL-1.2
"""How long those wait who wait longest."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import IndicatorKind, indicator
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "oldest_tenth_track_4",
    name=("Wachttijd van het oudste tiende deel (spoor 4)", "Waiting time of the oldest tenth (track 4)"),
    definition=(
        "Van de aanvragen in spoor 4 waarop aan het eind van de maand nog niet is beslist, is een tiende deel zo veel "
        "weken of langer geleden ingediend; tot op een week.",
        "Of the track-4 applications that wait for a decision at the end of the month, a tenth was lodged so many "
        "weeks ago or longer; to the week.",
    ),
    unit="weeks",
    goal=ChainGoal.PROCEDURE,
    owner="IND",
    direction=Direction.LOWER_IS_BETTER,
    kind=IndicatorKind.KEY_FIGURE,
)
def oldest_tenth_track_4(tables: Tables, _chain: Chain) -> pl.DataFrame:
    """Weeks since lodging that a tenth of the undecided cases has reached."""
    return sums.column_value(tables, "ages", "oldest_tenth_weeks", pl.col("track") == "track_4")
