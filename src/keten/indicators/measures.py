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
    first = pl.col("case_class").is_in([row.id for row in chain.case_classes if matches(row.id, ("first_track_*",))])
    yield "inflow.first", "cases", sums.column_sum(tables, "arrivals", "arrivals", first)


def _stocks(tables: Tables, chain: Chain) -> Quantities:
    undecided = selections.undecided_stages(chain)
    for track in Track:
        classes = selections.track_classes(chain, track)
        yield f"stock.track_{track.value}", "cases", sums.ledger_sum(tables, "closing", undecided, classes)
    families = selections.family_reunification_classes(chain)
    yield "stock.family_reunification", "cases", sums.ledger_sum(tables, "closing", undecided, families)
    others = [row.id for row in chain.case_classes if row.id not in families]
    yield "stock.asylum", "cases", sums.ledger_sum(tables, "closing", undecided, others)
    appeal = selections.stages(chain, *selections.APPEAL)
    yield "stock.appeal", "cases", sums.ledger_sum(tables, "closing", appeal)
    track_4 = selections.track_classes(chain, Track.TRACK_4)
    yield "overdue.track_4", "cases", sums.ledger_sum(tables, "overdue", undecided, track_4)
    if tables.ages is not None and "over_15_months" in tables.ages.columns:
        yield "over_15_months", "cases", sums.column_sum(tables, "ages", "over_15_months", pl.col("track") == "track_4")


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


def _asylum(tables: Tables, chain: Chain) -> Quantities:
    """Decide on the merits: track 1 decides who is responsible, and is left out, as Eurostat does."""
    on_the_merits = pl.col("track").is_in(selections.MERITS_TRACKS)
    decided = sums.column_sum(tables, "decisions", "decisions", on_the_merits)
    yield "decisions.asylum", "cases", decided
    gone = sums.ledger_sum(
        tables, "inflow", selections.stages(chain, selections.WITHDRAWN), selections.merits_classes(chain)
    )
    handled = sums.add(decided, gone)
    yield "handled.asylum", "cases", handled
    days = sums.column_sum(tables, "decisions", "lead_time_days", on_the_merits)
    yield "lead_time.asylum", "weeks", sums.ratio(days, decided, times=1 / 7)
    if tables.decisions is not None and "grants" in tables.decisions.columns:
        granted = sums.column_sum(tables, "decisions", "grants", on_the_merits)
        yield "grants.asylum", "cases", granted
        yield "grant_rate.decisions", "share", sums.ratio(granted, decided)
        yield "grant_rate.handled", "share", sums.ratio(granted, handled)


def _family(tables: Tables, chain: Chain) -> Quantities:
    families = selections.family_reunification_classes(chain)
    applied = sums.column_sum(tables, "arrivals", "arrivals", pl.col("case_class").is_in(families))
    yield "family.applications", "cases", applied
    decided = sums.column_sum(tables, "decisions", "decisions", pl.col("track") == selections.FAMILY_TRACK)
    yield "family.decisions", "cases", decided
    arrived = pl.col("case_class") == selections.FOLLOWING_FAMILY
    yield "family.arrivals", "persons", sums.column_sum(tables, "arrivals", "arrivals", arrived)


def _deadlines(tables: Tables, _chain: Chain) -> Quantities:
    family = pl.col("track") == selections.FAMILY_TRACK
    yield "notices", "notices", sums.column_sum(tables, "deadlines", "notices")
    for name, unit, column in (("notices", "notices", "notices"), ("penalties.paid", "eur", "penalties_paid_eur")):
        yield f"{name}.asylum", unit, sums.column_sum(tables, "deadlines", column, ~family)
        yield f"{name}.family_reunification", unit, sums.column_sum(tables, "deadlines", column, family)
    yield "late_decision_appeals", "appeals", sums.column_sum(tables, "deadlines", "late_decision_appeals")
    yield "penalties.accrued", "eur", sums.column_sum(tables, "deadlines", "penalties_accrued_eur")
    yield "penalties.paid", "eur", sums.column_sum(tables, "deadlines", "penalties_paid_eur")


def _reception(tables: Tables, chain: Chain) -> Quantities:
    group = pl.col("group")
    yield "reception.occupancy", "persons", sums.column_sum(tables, "reception", "persons", group != "NONE")
    waiting = sums.column_sum(tables, "reception", "persons", group == "PERMIT_HOLDERS")
    yield "permit_holders_waiting", "persons", waiting
    housed = selections.stages(chain, selections.HOUSED)
    yield "homes.permit_holders", "persons", sums.ledger_sum(tables, "inflow", housed)
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
    demonstrable = selections.stages(chain, *(selections.DEPARTURES[kind] for kind in selections.DEMONSTRABLE))
    yield "departures.demonstrable", "cases", sums.ledger_sum(tables, "inflow", demonstrable)


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
    _asylum,
    _family,
    _deadlines,
    _reception,
    _interviews,
    _departures,
    _costs,
    _loads,
)
