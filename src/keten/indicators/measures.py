# SPDX-License-Identifier: EUPL-1.2
"""The measures of a study: plain quantities per month, without a norm, for `summary.json`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from keten.domain.words import Track
from keten.indicators import selections, sums
from keten.indicators.tables import EMPTY, INDEX, Tables
from keten.parameters.chain import Chain, matches

Quantities = Iterator[tuple[str, str, pl.DataFrame]]
"""Name, unit and values (replication, period_end, value) of each measure."""


def measures(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Compute every measure the tables allow.

    Returns
    -------
    polars.DataFrame
        measure, unit, replication, period_end, value. A month in which a measure cannot be known has no row: flows
        have none on the reference date, and a measure whose table is missing is left out.
    """
    found = [row for group in _GROUPS for row in group(tables, chain)]
    heights = [values.height for _, _, values in found]
    names, units = [name for name, _, _ in found], [unit for _, unit, _ in found]
    return (
        pl.concat([EMPTY, *(values for _, _, values in found)])
        .select(
            pl.Series("measure", np.repeat(names, heights), dtype=pl.String),
            pl.Series("unit", np.repeat(units, heights), dtype=pl.String),
            *INDEX,
            "value",
        )
        .filter(pl.col("value").is_finite())
    )


def _inflow(tables: Tables, chain: Chain) -> Quantities:
    arrived = [row.id for row in chain.case_classes if matches(row.id, selections.ARRIVED_CLASSES)]
    values = sums.column_sum(tables, "arrivals", "arrivals", pl.col("case_class").is_in(arrived))
    yield "inflow.total", "cases", values


def _stocks(tables: Tables, chain: Chain) -> Quantities:
    undecided = selections.undecided_stages(chain)
    for track in Track:
        classes = selections.track_classes(chain, track)
        yield f"stock.track_{track.value}", "cases", sums.ledger_sum(tables, "closing", undecided, classes)
    families = selections.family_reunification_classes(chain)
    yield "stock.family_reunification", "cases", sums.ledger_sum(tables, "closing", undecided, families)
    appeal = selections.stages(chain, *selections.APPEAL)
    yield "stock.appeal", "cases", sums.ledger_sum(tables, "closing", appeal)
    track_4 = selections.track_classes(chain, Track.TRACK_4)
    yield "overdue.track_4", "cases", sums.ledger_sum(tables, "overdue", undecided, track_4)


def _decisions(tables: Tables, chain: Chain) -> Quantities:
    track_4 = pl.col("track") == "track_4"
    decided = sums.column_sum(tables, "decisions", "decisions", track_4)
    days = sums.column_sum(tables, "decisions", "lead_time_days", track_4)
    yield "production.track_4", "cases", decided
    yield "lead_time.track_4", "weeks", sums.ratio(days, decided, times=1 / 7)
    yield "oldest_tenth.track_4", "weeks", sums.column_value(tables, "ages", "oldest_tenth_weeks", track_4)
    classes = selections.track_classes(chain, Track.TRACK_4)
    withdrawn = selections.stages(chain, selections.WITHDRAWN)
    yield "withdrawn.track_4", "cases", sums.ledger_sum(tables, "inflow", withdrawn, classes)
    remitted = selections.stages(chain, selections.REMITTED)
    yield "remitted", "cases", sums.ledger_sum(tables, "inflow", remitted)
    yield (
        "share_in_time.track_4",
        "share",
        sums.ratio(sums.column_sum(tables, "decisions", "in_time", track_4), decided),
    )


def _deadlines(tables: Tables, _chain: Chain) -> Quantities:
    yield "notices", "notices", sums.column_sum(tables, "deadlines", "notices")
    yield "late_decision_appeals", "appeals", sums.column_sum(tables, "deadlines", "late_decision_appeals")
    yield "penalties.accrued", "eur", sums.column_sum(tables, "deadlines", "penalties_accrued_eur")
    yield "penalties.paid", "eur", sums.column_sum(tables, "deadlines", "penalties_paid_eur")


def _reception(tables: Tables, _chain: Chain) -> Quantities:
    group = pl.col("group")
    yield "reception.occupancy", "persons", sums.column_sum(tables, "reception", "persons", group != "NONE")
    waiting = sums.column_sum(tables, "reception", "persons", group == "PERMIT_HOLDERS")
    yield "permit_holders_waiting", "persons", waiting
    for kind in ("regular", "emergency"):
        yield f"reception.{kind}", "persons", sums.column_sum(tables, "places", "persons", pl.col("kind") == kind)


def _interviews(tables: Tables, _chain: Chain) -> Quantities:
    yield "no_shows", "appointments", sums.column_sum(tables, "interviews", "missed")
    yield "no_shows.interpreter_hours", "hours", sums.column_sum(tables, "interviews", "interpreter_hours_lost")
    if tables.resources is not None and "hours_lost" in tables.resources.columns:
        yield "no_shows.officer_hours", "hours", sums.column_sum(tables, "resources", "hours_lost")


def _departures(tables: Tables, chain: Chain) -> Quantities:
    for kind, stage in selections.DEPARTURES.items():
        values = sums.ledger_sum(tables, "inflow", selections.stages(chain, stage))
        yield f"departures.{kind}", "cases", values


def _costs(tables: Tables, _chain: Chain) -> Quantities:
    yield "cost.total", "eur", sums.column_sum(tables, "costs", "cost_eur")


def _loads(tables: Tables, _chain: Chain) -> Quantities:
    if tables.resources is None:
        return
    asked = "hours_asked" if "hours_asked" in tables.resources.columns else "hours_used"
    for name, values in sums.column_ratios(tables, "resources", asked, "hours_available", "resource").items():
        yield f"load.{name}", "ratio", values


_GROUPS: tuple[Callable[[Tables, Chain], Quantities], ...] = (
    _inflow,
    _stocks,
    _decisions,
    _deadlines,
    _reception,
    _interviews,
    _departures,
    _costs,
    _loads,
)
