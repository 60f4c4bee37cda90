# SPDX-License-Identifier: EUPL-1.2
"""How many Dublin requests end in a transfer."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import selections, sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "dublin_transfer_share",
    name=("Dublinoverdrachten", "Dublin transfers"),
    definition=(
        "Overdrachten aan een andere lidstaat in de laatste twaalf maanden, als deel van de Dublinclaims die in die "
        "maanden zijn gelegd. Onbekend zolang minder dan drie maanden bekend zijn. Het zijn niet dezelfde zaken: een "
        "overdracht volgt maanden na de claim.",
        "Transfers to another member state in the last twelve months, as a share of the Dublin requests made in those "
        "months. Unknown as long as fewer than three months are known. They are not the same cases: a transfer "
        "follows months after the request.",
    ),
    unit="share",
    goal=ChainGoal.SAFETY,
    owner="DTV",
    direction=Direction.HIGHER_IS_BETTER,
    counter_indicator="overdue_share",
    is_production=True,
    signal=Signal(
        values=(
            Level(
                0.148,
                assumption=(
                    "No norm is public. The Court of Audit found that 14.8% of the Dublin requests of 2014-2016 "
                    "led to a transfer "
                    "(https://english.rekenkamer.nl/publications/reports/2018/06/11/"
                    "asylum-inflow-2014-2016-a-cohort-of-asylum-seekers); "
                    "the share should not fall below that."
                ),
            ),
        ),
        attention_band=Level(0.03, assumption="A fifth of the signal value."),
        dead_band=Level(0.01, assumption="A third of the attention band."),
    ),
)
def dublin_transfer_share(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Transfers as a share of the Dublin requests of the same twelve months."""
    transfers = sums.ledger_sum(tables, "inflow", selections.stages(chain, "transferred"))
    requests = sums.ledger_sum(tables, "inflow", selections.stages(chain, "dublin_request"))
    return sums.ratio(sums.trailing_sum(transfers, 12, at_least=3), sums.trailing_sum(requests, 12, at_least=3))
