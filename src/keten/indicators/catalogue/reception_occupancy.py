# SPDX-License-Identifier: EUPL-1.2
"""Whether there is a place for everyone who is entitled to one."""

from __future__ import annotations

from datetime import date

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "reception_occupancy",
    name=("Mensen in de opvang", "People in reception"),
    definition=(
        "Aantal mensen dat aan het eind van de maand in de opvang verblijft, met de vergunninghouders die op een "
        "woning wachten. De signaalwaarde is het aantal plaatsen dat bruikbaar is.",
        "Number of people in reception at the end of the month, with the permit holders who wait for a home. The "
        "signal value is the number of places that can be used.",
    ),
    unit="persons",
    goal=ChainGoal.RECEPTION,
    owner="COA",
    direction=Direction.LOWER_IS_BETTER,
    counter_indicator="permit_holders_waiting",
    signal=Signal(
        values=(
            Level(
                41023,
                since=date(2022, 7, 1),
                until=date(2023, 1, 1),
                assumption=(
                    "42,732 places under contract on 1 July 2022 times the planning norm of 96% usable places, "
                    "both published by COA (https://www.coa.nl/nl/lijst/capaciteit-en-bezetting); places added in "
                    "the half-year were not published."
                ),
            ),
            Level(
                53000,
                since=date(2023, 1, 1),
                assumption=(
                    "Nobody published the number of places for a day in 2023. About 53,000 people lived in "
                    "reception in April 2023 "
                    "(https://nieuws.nl/algemeen/20230428/"
                    "toestroom-asielzoekers-met-ruim-70-000-veel-hoger-dan-verwacht/) "
                    "while emergency places were still being sought: what was in use is taken as what can be "
                    "used."
                ),
                note=(
                    "With the planning norm of 96% this stands for about 55,200 places. COA planned with 91% for "
                    "the year after: https://www.coa.nl/nl/nieuws/het-coa-moet-volgend-jaar-opnieuw-fors-groeien"
                ),
            ),
        ),
        attention_band=Level(
            2000, assumption="About 4% of the places, the share that the planning norm of 96% keeps free."
        ),
        dead_band=Level(500, assumption="About the size of one large location."),
    ),
)
def reception_occupancy(tables: Tables, _chain: Chain) -> pl.DataFrame:
    """Persons in all reception groups."""
    return sums.column_sum(tables, "reception", "persons", pl.col("group") != "NONE")
