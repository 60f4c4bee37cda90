# SPDX-License-Identifier: EUPL-1.2
"""How much of the stock is past its decision deadline."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction, Track
from keten.indicators import selections, sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "overdue_share",
    name=("Over de beslistermijn (spoor 4)", "Past the decision deadline (track 4)"),
    definition=(
        "Van de openstaande asielaanvragen in spoor 4 aan het eind van de maand: het deel waarvan de uiterste "
        "beslisdatum is verstreken.",
        "Of the undecided track-4 asylum applications at the end of the month: the share whose decision deadline "
        "has passed.",
    ),
    unit="share",
    goal=ChainGoal.PROCEDURE,
    owner="IND",
    direction=Direction.LOWER_IS_BETTER,
    counter_indicator="share_decided_in_time",
    signal=Signal(
        values=(
            Level(
                0.07,
                assumption=(
                    "The last level published before the stock began to age: on 1 December 2021, 93% of the open "
                    "first applications was within the statutory period "
                    "(https://ind.nl/en/news/pressure-on-the-asylum-process-due-to-a-higher-influx)."
                ),
            ),
        ),
        attention_band=Level(0.02, assumption="About a quarter of the signal value: 670 cases on a stock of 33,555."),
        dead_band=Level(0.01, assumption="Half of the attention band."),
    ),
)
def overdue_share(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Overdue cases as a share of the undecided stock."""
    stages, track_4 = selections.undecided_stages(chain), selections.track_classes(chain, Track.TRACK_4)
    return sums.ratio(
        sums.ledger_sum(tables, "overdue", stages, track_4), sums.ledger_sum(tables, "closing", stages, track_4)
    )
