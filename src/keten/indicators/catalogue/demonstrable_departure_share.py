# SPDX-License-Identifier: EUPL-1.2
"""How many of the people who leave are seen to leave."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import selections, sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "demonstrable_departure_share",
    name=("Aantoonbaar vertrek", "Demonstrable departure"),
    definition=(
        "Van de mensen die in de laatste drie maanden uit de terugkeer vertrokken: het deel dat aantoonbaar vertrok, "
        "zelfstandig of gedwongen. De anderen vertrokken zonder toezicht; waarheen is niet bekend.",
        "Of the people who left the return process in the last three months: the share seen to leave, independently "
        "or by force. The others left unsupervised; where to is not known.",
    ),
    unit="share",
    goal=ChainGoal.SAFETY,
    owner="DTV",
    direction=Direction.HIGHER_IS_BETTER,
    counter_indicator="return_files_closed",
    is_production=True,
    signal=Signal(
        values=(
            Level(
                0.43,
                assumption=(
                    "No norm is public. In 2019, the last year before the pandemic, 4,460 independent and 2,760 "
                    "forced departures of 16,880 in all were demonstrable: 43% "
                    "(https://www.dienstterugkeerenvertrek.nl/over-dtv/cijfers); the share should not fall below "
                    "that. The chain-wide count of that year, which is wider, gives 46%."
                ),
            ),
        ),
        attention_band=Level(0.04, assumption="About a tenth of the signal value."),
        dead_band=Level(
            0.02, assumption="Half of the attention band; larger than the step between 2018 (42%) and 2019 (43%)."
        ),
    ),
)
def demonstrable_departure_share(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Independent and forced departures as a share of all departures."""
    independent, forced, unsupervised = (
        sums.trailing_sum(sums.ledger_sum(tables, "inflow", selections.stages(chain, stage)), 3)
        for stage in selections.DEPARTURES.values()
    )
    return sums.ratio(sums.add(independent, forced), sums.add(independent, forced, unsupervised))
