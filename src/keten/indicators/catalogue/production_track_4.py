# SPDX-License-Identifier: EUPL-1.2
"""How many cases were handled, against what was agreed."""

from __future__ import annotations

from datetime import date

import polars as pl

from keten.domain.words import ChainGoal, Direction, Track
from keten.indicators import selections, sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "production_track_4",
    name=("Afgehandelde zaken per maand (spoor 4)", "Cases handled per month (track 4)"),
    definition=(
        "Aantal zaken in spoor 4 dat in de maand is afgehandeld: de eerste beslissingen en de ingetrokken aanvragen. "
        "Zaken die anders worden gesloten, zoals een dubbel dossier, kent het model niet. De signaalwaarde is de "
        "afspraak in het jaarplan van de IND met het project BAA erbij, gelijk verdeeld over de maanden; die telt ook "
        "afgehandelde zaken.",
        "Number of track-4 cases handled in the month: first decisions and withdrawn applications. The model does not "
        "know cases that are closed otherwise, such as a double file. The signal value is what the annual plan of the "
        "IND agrees with the BAA project added, spread evenly over the months; it counts handled cases too.",
    ),
    unit="cases",
    goal=ChainGoal.PROCEDURE,
    owner="IND",
    direction=Direction.HIGHER_IS_BETTER,
    counter_indicator="quashed_on_appeal_share",
    is_production=True,
    more_twins=("withdrawn_share", "oldest_tenth_track_4", "interviews_again_share", "overdue_share"),
    counts="handled.track_4",
    signal=Signal(
        values=(
            Level(
                1848.67,
                since=date(2023, 1, 1),
                until=date(2023, 5, 1),
                source="https://zoek.officielebekendmakingen.nl/kst-19637-3156.html",
                note=(
                    "22,184 cases in the annual plan of 2023, divided by twelve. The plan counts cases handled, "
                    "as the indicator does."
                ),
            ),
            Level(
                2932,
                since=date(2023, 5, 1),
                until=date(2024, 1, 1),
                source="https://zoek.officielebekendmakingen.nl/kst-19637-3156.html",
                note=(
                    "22,184 divided by twelve, plus 13,000 extra cases in the first year of the project to speed "
                    "up asylum decisions (BAA), divided by twelve."
                ),
            ),
            Level(
                2932,
                since=date(2024, 1, 1),
                until=date(2024, 5, 1),
                assumption=(
                    "The annual plan of 2024 was not known on 13 July 2023; the plan of 2023 is continued, with "
                    "the first year of BAA that runs until the end of April 2024."
                ),
            ),
            Level(
                1848.67,
                since=date(2024, 5, 1),
                assumption=(
                    "The annual plan of 2024 was not known on 13 July 2023, and no target was published for BAA "
                    "after its first year; the plan of 2023 without BAA is continued."
                ),
            ),
        ),
        attention_band=Level(100, assumption="About one twentieth of the plan of a month."),
        dead_band=Level(50, assumption="Half of the attention band; holidays move a month by more than this."),
    ),
)
def production_track_4(tables: Tables, chain: Chain) -> pl.DataFrame:
    """First-instance decisions of track 4 in the month, and the applications that were withdrawn in it."""
    withdrawn = selections.stages(chain, selections.WITHDRAWN)
    return sums.add(
        sums.column_sum(tables, "decisions", "decisions", pl.col("track") == "track_4"),
        sums.ledger_sum(tables, "inflow", withdrawn, selections.track_classes(chain, Track.TRACK_4)),
    )
