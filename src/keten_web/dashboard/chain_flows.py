# SPDX-License-Identifier: EUPL-1.2
"""Stock and weekly flow of the chain in one month, per group of stages, read from the ledger and the routes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from keten.domain.figures import Range
from keten.domain.words import CoreProcess
from keten.parameters.chain import CaseClass, Chain, Route, Stage, StageKind, matches
from keten.study.results import stock_flow

DAYS_PER_WEEK = 7
WAITING_STEPS = (4, 13, 26, 52)
"""Weeks at which the colour of waiting time becomes a step darker: a month, a quarter, half a year, a year."""


@dataclass(frozen=True)
class Flow:
    """Cases a week from one group to another, on average over the replications.

    Outside the chain `source` is None for arrivals; `destination` is the exit stage when `leaves`.
    """

    source: str | None
    destination: str
    week: float
    leaves: bool = False


@dataclass(frozen=True)
class Group:
    """Stages that belong together on the map, with the cases in them at the end of a month."""

    id: str
    core_process: CoreProcess
    partner: str
    stages: tuple[Stage, ...]
    stage_stock: Mapping[str, Range]
    stock: float
    low: float
    high: float
    late: Range
    inflow_week: float
    outflow_week: float
    undecided: bool

    @property
    def spread(self) -> Range:
        """The stock with its band."""
        return Range(self.low, self.stock, self.high, self.stock)

    @property
    def waiting_weeks(self) -> float | None:
        """Weeks it takes to clear the stock at this outflow (Little's law); None when nothing leaves."""
        return self.stock / self.outflow_week if self.outflow_week > 0 else None

    @property
    def waiting_step(self) -> int:
        """Darkness of the colour: 0 is under a month, 4 is a year or more, or stock from which nothing leaves."""
        weeks = self.waiting_weeks
        if weeks is None:
            return len(WAITING_STEPS) if self.stock else 0
        return sum(weeks >= step for step in WAITING_STEPS)


def group_of(stage: Stage, case_class: CaseClass) -> str:
    """Name the group of a case: its procedure while it is undecided, the place where it is afterwards."""
    if stage.undecided:
        return f"track_{case_class.track.value}" if case_class.track is not None else case_class.id
    if stage.core_process is CoreProcess.ADMISSION:
        return "appeal"
    return stage.id


def flows(ledger: pl.DataFrame, chain: Chain, month_end: date) -> tuple[Flow, ...]:
    """Find who hands how many cases a week to whom.

    The ledger counts what leaves a stage; the routes of the chain tables say in which shares it goes where. What
    enters a stage without coming from another stage arrived from outside.
    """
    names = _group_names(chain)
    weeks = month_end.day / DAYS_PER_WEEK
    moved = _mean_per_place(ledger, month_end)
    week: dict[tuple[str | None, str, bool], float] = defaultdict(float)
    arrived = {place: inflow for place, (inflow, _) in moved.items()}
    exits = {stage.id for stage in chain.stages if stage.kind is StageKind.EXIT}
    for (stage, case_class), (_, outflow) in moved.items():
        for route in chain.routes:
            if route.stage == stage and matches(case_class, route.case_classes):
                cases = outflow * _share(route, month_end)
                reached = (route.to, route.becomes or case_class)
                arrived[reached] = arrived.get(reached, 0.0) - cases
                destination = route.to if route.to in exits else names[reached]
                week[names[stage, case_class], destination, route.to in exits] += cases / weeks
    enters = {
        (entry.stage, row.id) for entry in chain.entries for row in chain.case_classes if row.id == entry.case_class
    }
    for place in sorted(enters):
        week[None, names[place], False] += max(0.0, arrived.get(place, 0.0)) / weeks
    return tuple(
        Flow(source, destination, cases, leaves)
        for (source, destination, leaves), cases in week.items()
        if source != destination
    )


def groups(ledger: pl.DataFrame, chain: Chain, month_end: date, moving: Iterable[Flow]) -> tuple[Group, ...]:
    """Add the stock at a month end up to groups, in the order of the stages of the chain tables."""
    names = _group_names(chain)
    places = pl.DataFrame(
        [(stage, case_class, group) for (stage, case_class), group in names.items()],
        schema=["stage", "case_class", "group"],
        orient="row",
    )
    located = ledger.filter(pl.col("period_end") == month_end).with_columns(
        pl.col("stage").cast(pl.String), pl.col("case_class").cast(pl.String)
    )
    located = located.join(places, on=["stage", "case_class"], how="inner")
    stock = {row["group"]: row for row in stock_flow(located, month_end, by=("group",)).iter_rows(named=True)}
    per_stage = stock_flow(located, month_end, by=("group", "stage"))
    members: dict[str, list[Stage]] = defaultdict(list)
    for stage in chain.stages:
        for group in sorted({group for (one, _), group in names.items() if one == stage.id}):
            if stage.kind is not StageKind.EXIT:
                members[group].append(stage)
    moving = tuple(moving)
    return tuple(
        _group(name, stages, stock.get(name, {}), per_stage.filter(pl.col("group") == name), moving)
        for name, stages in members.items()
    )


def _group(
    name: str, stages: list[Stage], row: Mapping[str, float], per_stage: pl.DataFrame, moving: tuple[Flow, ...]
) -> Group:
    undecided = stages[0].undecided
    held = {str(place["stage"]): _spread(place, "closing") for place in per_stage.iter_rows(named=True)}
    largest = max(stages, key=lambda stage: held[stage.id].p50 if stage.id in held else 0.0)
    return Group(
        id=name,
        core_process=CoreProcess.ADMISSION if undecided else largest.core_process,
        partner=largest.partner,
        stages=tuple(stages),
        stage_stock=held,
        stock=row.get("closing", 0.0),
        low=row.get("closing_p10", 0.0),
        high=row.get("closing_p90", 0.0),
        late=_spread(row, "overdue"),
        inflow_week=sum(flow.week for flow in moving if flow.destination == name),
        outflow_week=sum(flow.week for flow in moving if flow.source == name),
        undecided=undecided,
    )


def _spread(row: Mapping[str, float], column: str) -> Range:
    """Read a middle with its band; nothing is nought."""
    low, middle, high = (row.get(name, 0.0) for name in (f"{column}_p10", column, f"{column}_p90"))
    return Range(low, middle, high, middle)


def _group_names(chain: Chain) -> dict[tuple[str, str], str]:
    return {
        (stage.id, case_class.id): group_of(stage, case_class)
        for stage in chain.stages
        if stage.kind is not StageKind.EXIT
        for case_class in chain.case_classes
    }


def _mean_per_place(ledger: pl.DataFrame, month_end: date) -> dict[tuple[str, str], tuple[float, float]]:
    runs = max(1, ledger["replication"].n_unique())
    sums = (
        ledger.filter(pl.col("period_end") == month_end)
        .group_by("stage", "case_class")
        .agg(pl.col("inflow").sum() / runs, pl.col("outflow").sum() / runs)
        .sort("stage", "case_class")  # a group by has no order of its own, and the file is the same every time
    )
    return {(str(stage), str(case_class)): (into, out) for stage, case_class, into, out in sums.iter_rows()}


def _share(route: Route, on: date) -> float:
    return next((row.central for row in route.share if row.valid_from <= on < row.valid_until), 0.0)
