# SPDX-License-Identifier: EUPL-1.2
"""How many people had to ask where their decision is."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import selections, sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "notices_per_100_undecided",
    name=("Ingebrekestellingen per 100 wachtenden", "Notices of default per 100 waiting"),
    definition=(
        "Aantal ingebrekestellingen in de maand per 100 aanvragen die aan het eind van de maand openstaan. Wie weet "
        "waar hij aan toe is, hoeft de IND niet in gebreke te stellen.",
        "Number of notices of default in the month per 100 applications undecided at the end of the month. People who "
        "know where they stand need not give notice.",
    ),
    unit="per 100 cases",
    goal=ChainGoal.INFORMATION,
    owner="IND",
    direction=Direction.LOWER_IS_BETTER,
    counter_indicator="overdue_share",
    signal=Signal(
        values=(
            Level(
                2,
                assumption=(
                    "The level of 2021: 4,390 notices in the year "
                    "(https://www.telegraaf.nl/nieuws/1036014093/"
                    "asielfile-kostte-staat-vorig-jaar-3-4-miljoen-bedragen-zullen-blijven-toenemen), "
                    "366 a month, on 20,400 open asylum applications on 1 January 2022 "
                    "(https://ind.nl/nl/nieuws/aantal-asielaanvragen-neemt-ook-in-2023-toe) is 1.8, rounded up. "
                    "The notices count all kinds of applications, the stock asylum only; the level is therefore "
                    "on the high side."
                ),
            ),
        ),
        attention_band=Level(0.5, assumption="A quarter of the signal value."),
        dead_band=Level(0.2, assumption="A tenth of the signal value."),
    ),
)
def notices_per_100_undecided(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Notices of default of the month per 100 undecided cases."""
    return sums.ratio(
        sums.column_sum(tables, "deadlines", "notices"),
        sums.ledger_sum(tables, "closing", selections.undecided_stages(chain)),
        times=100,
    )
