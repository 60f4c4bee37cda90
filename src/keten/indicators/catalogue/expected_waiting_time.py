# SPDX-License-Identifier: EUPL-1.2
"""What can be told to someone who lodges an application today."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction, Track
from keten.indicators import selections, sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "expected_waiting_time",
    name=("Te verwachten wachttijd (spoor 4)", "Waiting time to expect (track 4)"),
    definition=(
        "Aantal weken dat iemand die nu een asielaanvraag indient op een beslissing kan verwachten te wachten: de "
        "openstaande aanvragen in spoor 4 gedeeld door het gemiddelde aantal beslissingen in de laatste drie maanden. "
        "Dit is de wachttijd die de keten vandaag aan mensen kan noemen; de signaalwaarde is de langste termijn die "
        "mensen is genoemd.",
        "Number of weeks that someone who lodges an asylum application now can expect to wait for a decision: the "
        "undecided track-4 applications divided by the average number of decisions of the last three months. It is "
        "the waiting time the chain can tell people today; the signal value is the longest period people were told.",
    ),
    unit="weeks",
    goal=ChainGoal.INFORMATION,
    owner="IND",
    direction=Direction.LOWER_IS_BETTER,
    counter_indicator="lead_time_track_4",
    is_production=True,
    more_twins=("quashed_on_appeal_share",),
    signal=Signal(
        values=(
            Level(
                65,
                source="https://zoek.officielebekendmakingen.nl/kst-19637-3156.html",
                note=(
                    "15 months: the longest period within which the letter says a decision must follow on "
                    "applications of 2023."
                ),
            ),
        ),
        attention_band=Level(13, assumption="Three months: capacity that starts now shows after about that time."),
        dead_band=Level(2, assumption="The average of three months of decisions moves by about this much."),
    ),
)
def expected_waiting_time(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Undecided stock divided by decisions per week (Little's law)."""
    stages, track_4 = selections.undecided_stages(chain), selections.track_classes(chain, Track.TRACK_4)
    decisions = sums.column_sum(tables, "decisions", "decisions", pl.col("track") == "track_4")
    return sums.ratio(
        sums.ledger_sum(tables, "closing", stages, track_4),
        sums.trailing_mean(decisions, 3),
        times=sums.WEEKS_PER_MONTH,
    )
