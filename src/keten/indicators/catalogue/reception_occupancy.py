# SPDX-License-Identifier: EUPL-1.2
"""Whether there is a place for everyone who is entitled to one."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import indicator
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
)
def reception_occupancy(tables: Tables, _chain: Chain) -> pl.DataFrame:
    """Persons in all reception groups."""
    return sums.column_sum(tables, "reception", "persons", pl.col("group") != "NONE")
