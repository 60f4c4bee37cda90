# SPDX-License-Identifier: EUPL-1.2
"""Whether municipalities house as many people as was agreed."""

from __future__ import annotations

from datetime import date

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import selections, sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "permit_holders_housed",
    name=("Gehuisveste vergunninghouders per maand", "Permit holders housed per month"),
    definition=(
        "Aantal vergunninghouders dat in de maand een woning in een gemeente kreeg. De signaalwaarde is de "
        "taakstelling van het halfjaar, gelijk verdeeld over de maanden.",
        "Number of permit holders who moved to a home in a municipality in the month. The signal value is the "
        "accommodation target of the half-year, spread evenly over the months.",
    ),
    unit="persons",
    goal=ChainGoal.RECEPTION,
    owner="MUNICIPALITIES",
    direction=Direction.HIGHER_IS_BETTER,
    counter_indicator="permit_holders_waiting",
    is_production=True,
    signal=Signal(
        values=(
            Level(
                2250,
                since=date(2022, 7, 1),
                until=date(2023, 1, 1),
                source=(
                    "https://www.gemeente.nu/ruimte-milieu/wonen/"
                    "taakstelling-gemeenten-huisvesting-voor-13-500-statushouders/"
                ),
                note=(
                    "Accommodation target of 13,500 for the half-year, divided by six; arrears of earlier "
                    "half-years are not in it."
                ),
            ),
            Level(
                3533,
                since=date(2023, 1, 1),
                until=date(2023, 7, 1),
                source=(
                    "https://www.nu.nl/binnenland/6227180/"
                    "nog-eens-21200-statushouders-moeten-in-eerste-helft-2023-een-huis-krijgen.html"
                ),
                note="Accommodation target of 21,200 for the half-year, divided by six.",
            ),
            Level(
                4550,
                since=date(2023, 7, 1),
                until=date(2024, 1, 1),
                source=(
                    "https://nieuws.nl/algemeen/20230428/"
                    "toestroom-asielzoekers-met-ruim-70-000-veel-hoger-dan-verwacht/"
                ),
                note="Accommodation target of 27,300 for the half-year, divided by six.",
            ),
            Level(
                4550,
                since=date(2024, 1, 1),
                assumption=(
                    "The accommodation targets of 2024 were not known on 13 July 2023; that of the second half of "
                    "2023 is continued."
                ),
            ),
        ),
        attention_band=Level(250, assumption="About one twentieth of the target of a month."),
        dead_band=Level(100, assumption="Less than half of the attention band."),
    ),
)
def permit_holders_housed(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Cases that reached the exit `housed`; each case is one person."""
    return sums.ledger_sum(tables, "inflow", selections.stages(chain, "housed"))
