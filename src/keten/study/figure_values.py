# SPDX-License-Identifier: EUPL-1.2
"""One figure of a study per replication and month, whatever kind of figure it is.

A figure is a measure (`stock.track_4`), an indicator (`lead_time_track_4`), the cases that stand in a stage
(`stage.appeal`), or what a partner holds or spends (`held.IND`, `spent.COA`).
"""

from __future__ import annotations

import polars as pl

from keten.indicators import Tables, compute
from keten.indicators.measures import measures
from keten.indicators.registry import by_identifier
from keten.indicators.sums import ledger_sum
from keten.indicators.tables import INDEX
from keten.parameters.chain import Chain, StageKind

HELD, SPENT, STAGE = "held", "spent", "stage"


def figure_values(figure: str, tables: Tables, chain: Chain) -> pl.DataFrame:
    """Give the values of a figure: replication, period_end, value; no rows when the tables do not hold it."""
    kind, _, identifier = figure.partition(".")
    if kind == HELD:
        return of_partner(cases_by_partner(tables, chain), identifier)
    if kind == SPENT:
        return of_partner(costs_by_partner(tables), identifier)
    if kind == STAGE:
        return ledger_sum(tables, "closing", [identifier])
    if figure in by_identifier():
        return compute(by_identifier()[figure], tables, chain)
    return measures(tables, chain).filter(pl.col("measure") == figure).select(*INDEX, "value")


def of_partner(numbers: pl.DataFrame, partner: str) -> pl.DataFrame:
    """Give the numbers of one partner: replication, period_end, value."""
    return numbers.filter(pl.col("partner") == partner).select(*INDEX, pl.col("number").alias("value"))


def cases_by_partner(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Count the cases in the stages of each partner at every month end: partner, replication, period_end, number."""
    held = {stage.id: stage.partner for stage in chain.stages if stage.kind is not StageKind.EXIT}
    assert tables.ledger is not None  # a run always has its ledger
    return (
        tables.ledger.filter(pl.col("stage").is_in(list(held)))
        .with_columns(partner=pl.col("stage").replace_strict(held, return_dtype=pl.String))
        .group_by("partner", "replication", "period_end")
        .agg(number=pl.col("closing").cast(pl.Float64).sum())
        .sort("partner", "replication", "period_end")
    )


def costs_by_partner(tables: Tables) -> pl.DataFrame:
    """Add up what every month costs each partner, in euro: partner, replication, period_end, number."""
    assert tables.costs is not None  # a run always has its costs
    return (
        tables.costs.group_by("partner", "replication", "period_end")
        .agg(number=pl.col("cost_eur").sort().sum())
        .sort("partner", "replication", "period_end")
    )
