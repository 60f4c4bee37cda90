# SPDX-License-Identifier: EUPL-1.2
"""How many people stay in reception while they may live in a home."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "permit_holders_waiting",
    name=("Vergunninghouders in de opvang", "Permit holders in reception"),
    definition=(
        "Aantal vergunninghouders dat aan het eind van de maand in de opvang op een woning wacht. De signaalwaarde is "
        "het aantal dat past bij de taakstelling van gemeenten en een wachttijd van twaalf weken.",
        "Number of permit holders who wait in reception for a home at the end of the month. The signal value is the "
        "number that fits the accommodation target of municipalities and a wait of twelve weeks.",
    ),
    unit="persons",
    goal=ChainGoal.RECEPTION,
    owner="COA",
    direction=Direction.LOWER_IS_BETTER,
    counter_indicator="permit_holders_housed",
    signal=Signal(
        values=(
            Level(
                12600,
                assumption=(
                    "27,300 permit holders to house in the second half of 2023 "
                    "(https://nieuws.nl/algemeen/20230428/"
                    "toestroom-asielzoekers-met-ruim-70-000-veel-hoger-dan-verwacht/) "
                    "are 1,050 a week; with the twelve weeks that municipalities have on average "
                    "(http://www.coa.nl/nl/keten-en-samenwerkingspartners/gemeenten/huisvesting) 12,600 people "
                    "wait (Little's law)."
                ),
            ),
        ),
        attention_band=Level(1000, assumption="About the housing of one week."),
        dead_band=Level(500, assumption="Half of the attention band."),
    ),
)
def permit_holders_waiting(tables: Tables, _chain: Chain) -> pl.DataFrame:
    """Persons in the reception group of permit holders."""
    return sums.column_sum(tables, "reception", "persons", pl.col("group") == "PERMIT_HOLDERS")
