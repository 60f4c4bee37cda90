# SPDX-License-Identifier: EUPL-1.2
"""Whether asylum decisions are taken in time."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "share_decided_in_time",
    name=("Op tijd beslist (spoor 4)", "Decided in time (track 4)"),
    definition=(
        "Van de asielbeslissingen in spoor 4 in de maand: het deel dat is genomen op of voor de uiterste beslisdatum.",
        "Of the track-4 asylum decisions of the month: the share taken on or before the decision deadline.",
    ),
    unit="share",
    goal=ChainGoal.PROCEDURE,
    owner="IND",
    direction=Direction.HIGHER_IS_BETTER,
    counter_indicator="overdue_share",
    is_production=True,
    more_twins=("quashed_on_appeal_share", "withdrawn_share"),
    signal=Signal(
        values=(
            Level(
                0.9,
                assumption=(
                    "The law asks every decision in time (Vw 2000, art. 42). Nine in ten leaves room for cases in "
                    "which the applicant or the court moves the date."
                ),
                note=(
                    "Published levels lie far below: 33% in April 2022 "
                    "(https://www.nhnieuws.nl/nieuws/n92106/"
                    "aantal-wachtenden-bij-de-ind-vrijwel-terug-op-hoogste-niveau-ooit) "
                    "and 15% in October 2022 "
                    "(https://www.nhnieuws.nl/nieuws/n115630/ind-kan-aantal-aanvragen-tot-in-2024-niet-aan)."
                ),
            ),
        ),
        attention_band=Level(
            0.05, assumption="Half of the room that the signal value leaves; asks attention before the signal."
        ),
        dead_band=Level(
            0.02,
            assumption=(
                "Larger than the monthly swing of a share of about 2,000 decisions (one standard deviation is "
                "below 0.01)."
            ),
        ),
    ),
)
def share_decided_in_time(tables: Tables, _chain: Chain) -> pl.DataFrame:
    """Decisions in time as a share of the decisions of the month."""
    track_4 = pl.col("track") == "track_4"
    return sums.ratio(
        sums.column_sum(tables, "decisions", "in_time", track_4),
        sums.column_sum(tables, "decisions", "decisions", track_4),
    )
