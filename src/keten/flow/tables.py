# SPDX-License-Identifier: EUPL-1.2
"""From counts to the tables that past and future share (see `keten.domain.ledger`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.flow.kernel import EVENT_ENTER, OPENING, Calendar, Run
from keten.flow.network import EXIT, TRACK_GROUPS, Network, Span
from keten.parameters.chain import Chain, StageKind
from keten.parameters.values import at

WEEKS_IN_15_MONTHS = 65
"""The longest decision period in which every case can be decided in time, in whole weeks (15 months are 65.2)."""


@dataclass(frozen=True)
class Outcome:
    """The tables of one replication (see `keten.domain.ledger`)."""

    ledger: pl.DataFrame
    decisions: pl.DataFrame
    resources: pl.DataFrame
    reception: pl.DataFrame
    arrivals: pl.DataFrame
    interviews: pl.DataFrame
    ages: pl.DataFrame
    deadlines: pl.DataFrame


def tabulate(
    chain: Chain,
    span: Span,
    network: Network,
    arrivals: NDArray[np.integer],
    calendar: Calendar,
    capacity: NDArray[np.float64],
    run: Run,
    deadlines: pl.DataFrame,
    replication: int,
) -> Outcome:
    """Turn the counts of one run into tables, the reference date included as the row where nothing has moved yet.

    `arrivals` and `capacity` are what went into the run: cases per day and class, hours per resource and day.
    """
    month_ends = [span.reference_date, *(span.day(int(day)) for day in calendar.month_end)]
    stock = _Stock(span, network, run)
    return Outcome(
        ledger=_ledger(chain, month_ends, stock, replication),
        decisions=_decisions(month_ends, run, replication),
        resources=_resources(chain, network, month_ends, calendar, capacity, run, stock, replication),
        reception=_reception(chain, month_ends, stock, replication),
        arrivals=_arrivals(chain, month_ends, calendar, arrivals, replication),
        interviews=_interviews(chain, month_ends, calendar, run, replication),
        ages=_ages(month_ends, calendar, run, replication),
        deadlines=deadlines,
    )


class _Stock:
    """Opening, inflow, outflow, closing and overdue per month (the reference date first), stage and class."""

    def __init__(self, span: Span, network: Network, run: Run) -> None:
        self.reference_date = span.reference_date
        start = run.counts.opening.astype(np.int64)
        none = np.zeros_like(start)[None]
        self.inflow = np.concatenate([none, run.counts.inflow]).astype(np.int64)
        self.outflow = np.concatenate([none, run.counts.outflow]).astype(np.int64)
        self.closing = start[None] + np.cumsum(self.inflow - self.outflow, axis=0)
        self.opening = np.concatenate([start[None], self.closing[:-1]])
        late = np.cumsum(run.counts.overdue_change[:-1], axis=0)
        self.overdue = np.concatenate([run.counts.opening_overdue[None], late])
        self.is_exit = network.kind == EXIT


def _ledger(chain: Chain, month_ends: list[date], stock: _Stock, replication: int) -> pl.DataFrame:
    touched = (stock.opening + stock.inflow + stock.outflow).any(axis=0)
    stages, classes = np.nonzero(touched)
    months = len(month_ends)

    def flat(counts: NDArray[np.int64]) -> NDArray[np.int64]:
        return counts[:, stages, classes].ravel()

    return pl.DataFrame(
        {
            "replication": np.full(months * len(stages), replication, dtype=np.int32),
            "period_end": _picked(month_ends, np.repeat(np.arange(months), len(stages)), pl.Date),
            "stage": _picked([stage.id for stage in chain.stages], np.tile(stages, months), pl.String),
            "case_class": _picked([row.id for row in chain.case_classes], np.tile(classes, months), pl.String),
            "opening": flat(stock.opening),
            "inflow": flat(stock.inflow),
            "outflow": flat(stock.outflow),
            "closing": flat(stock.closing),
            "overdue": flat(stock.overdue),
        }
    )


def _picked(values: Sequence[object], places: NDArray[np.integer], of: pl.DataType | type[pl.DataType]) -> pl.Series:
    """Make a column of values by their place in a list; without a Python object per row."""
    return pl.Series(values, dtype=of).gather(places)


def _decisions(month_ends: list[date], run: Run, replication: int) -> pl.DataFrame:
    groups = [group for group in TRACK_GROUPS if group != "none"]
    counts = run.counts.decisions[:, : len(groups)]
    months = counts.shape[0]
    return pl.DataFrame(
        {
            "replication": np.full(months * len(groups), replication, dtype=np.int32),
            "period_end": [day for day in month_ends[1:] for _ in groups],
            "track": groups * months,
            "decisions": counts[:, :, 0].ravel(),
            "in_time": counts[:, :, 1].ravel(),
            "lead_time_days": counts[:, :, 2].ravel(),
            "grants": counts[:, :, 3].ravel(),
        }
    )


def _resources(
    chain: Chain,
    network: Network,
    month_ends: list[date],
    calendar: Calendar,
    capacity: NDArray[np.float64],
    run: Run,
    stock: _Stock,
    replication: int,
) -> pl.DataFrame:
    months, resources = run.counts.hours_used.shape
    taken = _places_taken(chain, calendar, stock)
    used = run.counts.hours_used + taken
    # Who bears no queue only helps with that of another: nobody asks for its hours, and it is as full as it works.
    asked = np.where(_bears_a_queue(network), run.counts.hours_asked, run.counts.hours_used) + taken
    available = _per_month(calendar, capacity.T)
    return pl.DataFrame(
        {
            "replication": np.full(months * resources, replication, dtype=np.int32),
            "period_end": [day for day in month_ends[1:] for _ in range(resources)],
            "resource": [resource.id for resource in chain.resources] * months,
            "location": ["national"] * (months * resources),
            "hours_available": available.ravel(),
            "hours_used": used.ravel(),
            "hours_lost": run.counts.hours_lost.ravel(),
            "hours_asked": asked.ravel(),
        }
    )


def _bears_a_queue(network: Network) -> NDArray[np.bool_]:
    """Say of every resource whether it is the first that can do the work of some queue."""
    bears = np.zeros(len(network.overdue_share), dtype=np.bool_)
    bears[network.queue_resource[network.queue_resource < len(bears)]] = True
    return bears


def _per_month(calendar: Calendar, per_day: NDArray[np.generic]) -> NDArray[np.generic]:
    """Add up what there is on each day, over the days of each month."""
    return np.add.reduceat(per_day, [0, *(calendar.month_end[:-1] + 1)], axis=0)


def _places_taken(chain: Chain, calendar: Calendar, stock: _Stock) -> NDArray[np.float64]:
    """Count the place-days of stays per month and resource: a wait stage that a resource serves takes up its places."""
    days = np.diff(np.concatenate([[OPENING], calendar.month_end]))
    mean = (stock.opening[1:] + stock.closing[1:]).sum(axis=2) / 2
    taken = np.zeros((len(days), len(chain.resources)))
    resources = [resource.id for resource in chain.resources]
    for index, stage in enumerate(chain.stages):
        for service in chain.services:
            if service.stage == stage.id and stage.kind is StageKind.WAIT:
                places = at(service.effort, stock.reference_date, name=service.resource).central
                taken[:, resources.index(service.resource)] += mean[:, index] * days * places
    return taken


def _interviews(chain: Chain, month_ends: list[date], calendar: Calendar, run: Run, replication: int) -> pl.DataFrame:
    """Count appointments of the stages at which applicants can be missed, and the hours of interpreters."""
    stages = [index for index, stage in enumerate(chain.stages) if stage.no_show]
    months = len(calendar.month_end)
    hours = np.zeros((months, len(stages)))
    for column, index in enumerate(stages):
        stage = chain.stages[index]
        for row, day in enumerate(month_ends[1:]):
            if stage.interpreter_hours:
                hours[row, column] = at(stage.interpreter_hours, day, name=f"interpreter_hours/{stage.id}").central
    appointments = run.counts.appointments[:, stages]
    return pl.DataFrame(
        {
            "replication": np.full(months * len(stages), replication, dtype=np.int32),
            "period_end": [day for day in month_ends[1:] for _ in stages],
            "stage": pl.Series([chain.stages[index].id for index in stages] * months, dtype=pl.String),
            "appointments": appointments[:, :, 0].ravel(),
            "missed": appointments[:, :, 1].ravel(),
            "interpreter_hours": (appointments[:, :, 0] * hours).ravel(),
            "interpreter_hours_lost": (appointments[:, :, 1] * hours).ravel(),
        }
    )


def _ages(month_ends: list[date], calendar: Calendar, run: Run, replication: int) -> pl.DataFrame:
    """Find at each month end how many weeks the oldest tenth of the undecided cases has waited, per group of tracks."""
    lodged_until = run.counts.undecided_change.cumsum(axis=0, dtype=np.int32).cumsum(axis=2, dtype=np.int32)
    cases = lodged_until[:, :, -1]
    week_of_tenth = (lodged_until * 10 >= cases[:, :, None]).argmax(axis=2)
    weeks_gone = (np.concatenate([[OPENING], calendar.month_end]) - run.origin) // 7
    months, groups = np.nonzero(cases[:, : TRACK_GROUPS.index("none")])
    long_ago = weeks_gone - WEEKS_IN_15_MONTHS
    over = np.where(long_ago[:, None] < 0, 0, lodged_until[np.arange(len(long_ago)), :, np.maximum(long_ago, 0)])
    return pl.DataFrame(
        {
            "replication": np.full(len(months), replication, dtype=np.int32),
            "period_end": pl.Series([month_ends[month] for month in months], dtype=pl.Date),
            "track": pl.Series([TRACK_GROUPS[group] for group in groups], dtype=pl.String),
            "undecided": cases[months, groups].astype(np.int64),
            "oldest_tenth_weeks": weeks_gone[months] - week_of_tenth[months, groups],
            "over_15_months": over[months, groups].astype(np.int64),
        }
    )


def _reception(chain: Chain, month_ends: list[date], stock: _Stock, replication: int) -> pl.DataFrame:
    """Count persons in reception: of each stage the share that lives there, rounded once per group."""
    groups = [group.id for group in chain.reception_groups]
    persons = np.zeros((len(month_ends), len(groups)))
    for index, stage in enumerate(chain.stages):
        if stage.reception is not None:
            share = stage.reception.share.central
            persons[:, groups.index(stage.reception.group)] += share * stock.closing[:, index].sum(axis=1)
    return pl.DataFrame(
        {
            "replication": np.full(persons.size, replication, dtype=np.int32),
            "period_end": [day for day in month_ends for _ in groups],
            "group": groups * len(month_ends),
            "persons": np.rint(persons).astype(np.int64).ravel(),
        }
    )


def _arrivals(
    chain: Chain, month_ends: list[date], calendar: Calendar, arrivals: NDArray[np.integer], replication: int
) -> pl.DataFrame:
    months, classes = len(calendar.month_end), len(chain.case_classes)
    counts = _per_month(calendar, arrivals.astype(np.int64))
    return pl.DataFrame(
        {
            "replication": np.full(months * classes, replication, dtype=np.int32),
            "period_end": [day for day in month_ends[1:] for _ in range(classes)],
            "case_class": [row.id for row in chain.case_classes] * months,
            "arrivals": counts.ravel(),
        }
    )


def tabulate_events(chain: Chain, span: Span, run: Run) -> pl.DataFrame:
    """Turn the log of moves into handovers: who gave which case to whom, when."""
    size = min(int(run.events.size[0]), len(run.events.case))
    frame = pl.DataFrame(
        {
            "case": run.events.case[:size],
            "case_class": pl.Series(run.events.case_class[:size]).replace_strict(
                list(range(len(chain.case_classes))), [row.id for row in chain.case_classes], return_dtype=pl.String
            ),
            "event": np.where(run.events.kind[:size] == EVENT_ENTER, "enter", "leave"),
            "stage": pl.Series(run.events.stage[:size]).replace_strict(
                list(range(len(chain.stages))), [stage.id for stage in chain.stages], return_dtype=pl.String
            ),
            "partner": pl.Series(run.events.stage[:size]).replace_strict(
                list(range(len(chain.stages))), [stage.partner for stage in chain.stages], return_dtype=pl.String
            ),
            "day": run.events.day[:size],
        }
    )
    return frame.with_columns(
        from_partner=pl.when(pl.col("event") == "leave")
        .then(pl.col("partner"))
        .otherwise(pl.col("partner").shift(1).over("case")),
        to_partner=pl.when(pl.col("event") == "enter")
        .then(pl.col("partner"))
        .otherwise(pl.col("partner").shift(-1).over("case")),
        at=pl.lit(span.day(0)) + pl.duration(days=pl.col("day")),
    ).select("case", "case_class", "event", "stage", "from_partner", "to_partner", "at")
