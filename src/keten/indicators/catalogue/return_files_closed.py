# SPDX-License-Identifier: EUPL-1.2
"""Whether return keeps up with the files it receives."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import selections, sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "return_files_closed",
    name=("Terugkeerdossiers: afgesloten tegen ontvangen", "Return files: closed against received"),
    definition=(
        "Aantal terugkeerdossiers dat in de laatste drie maanden is afgesloten of overgedragen, gedeeld door het "
        "aantal dat werd ontvangen, ook uit toezicht. Onder 1 groeit de voorraad.",
        "Number of return files closed or handed over in the last three months, divided by the number received, "
        "supervision included. Below 1 the stock grows.",
    ),
    unit="ratio",
    goal=ChainGoal.SAFETY,
    owner="DTV",
    direction=Direction.HIGHER_IS_BETTER,
    counter_indicator="demonstrable_departure_share",
    is_production=True,
    signal=Signal(
        values=(
            Level(
                1,
                assumption=(
                    "No norm is public. Below 1 more files come in than go out and the stock grows: arithmetic, "
                    "not policy."
                ),
            ),
        ),
        attention_band=Level(0.05, assumption="Room of one twentieth in which the stock hardly shrinks."),
        dead_band=Level(
            0.03, assumption="Smaller than the attention band, larger than the monthly swing of a three-month sum."
        ),
    ),
)
def return_files_closed(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Outflow of return files divided by their inflow."""
    return_file = selections.stages(chain, "return_file")
    closed = sums.trailing_sum(sums.ledger_sum(tables, "outflow", return_file), 3)
    received = sums.trailing_sum(sums.ledger_sum(tables, "inflow", return_file), 3)
    return sums.ratio(closed, received)
