# SPDX-License-Identifier: EUPL-1.2
"""Can this go on? Load, sustainable stock and relief capacity at the end of a study.

Load is the hours that are asked over the hours that are there, in the last twelve months. Hours asked are the hours
that were worked plus the hours in which the queue grew (or minus those in which it shrank). So hours of missed
appointments count, and work that another resource took over does not. A load above one means that the stock grows, and
goes on growing as long as nothing changes.

The sustainable stock is the stock at which a case waits as long as the norm allows: throughput times the norm period
(Little's law). The relief capacity is what must be added every working day to come down to it by the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from keten.domain.figures import Range, summarise
from keten.flow.network import TRACK_GROUPS, track_group
from keten.indicators import Tables
from keten.parameters.chain import CaseClass, Chain, Resource, Stage, StageKind, matches
from keten.parameters.paths import Place, first_server, routes_from
from keten.parameters.values import Quantity, at
from keten.study.inputs import Inputs

WINDOW = 12
"""Months over which load and throughput are taken: a whole year has every season once."""

_DEEPEST = 12
"""Stages that are followed at most; longer than any way to a first decision."""

Ahead = Mapping[Place, Mapping[str, float]]
"""Hours that a case asks from its place on, by resource."""


@dataclass(frozen=True)
class Load:
    """Hours asked over hours available of a resource (places where it is counted in persons)."""

    resource: str
    nl: str
    en: str
    load: Range

    @property
    def stays_above_one(self) -> bool:
        """True when nine in ten outcomes ask for more than there is."""
        return self.load.p10 > 1

    @property
    def sentence(self) -> dict[str, str] | None:
        """Say in words that the stock grows without limit, surely or in part of the outcomes; None when it does not."""
        if self.load.p50 <= 1:
            return None
        times = f"{self.load.p50:.2f}"
        nl = "de voorraad groeit zonder grens" if self.stays_above_one else "de voorraad groeit in de meeste uitkomsten"
        en = "the stock grows without limit" if self.stays_above_one else "the stock grows in most outcomes"
        return {
            "nl": f"{self.nl}: {nl} (om die gelijk te houden is {times.replace('.', ',')} keer nodig wat er is).",
            "en": f"{self.en}: {en} (to keep it level takes {times} times what there is).",
        }


@dataclass(frozen=True)
class Sustainable:
    """The stock of a group beside the stock that could be sustained, and what relief would take.

    `relief` holds the extra hours (or persons) per working day, from the reference date on, by resource.
    """

    group: str
    nl: str
    en: str
    norm_days: float
    norm: str
    stock: Range
    throughput_per_month: Range
    sustainable_stock: Range
    relief: Mapping[str, Range]


@dataclass(frozen=True)
class Sustainability:
    """Loads of all resources, and the sustainable stock of every group with a norm period."""

    months: int
    loads: tuple[Load, ...]
    groups: tuple[Sustainable, ...]
    closed: tuple[Resource, ...] = ()
    """Resources of which there is nothing in these months: what is asked over nothing is no load."""

    def as_document(self) -> dict[str, Any]:
        """Write out for `summary.json`."""
        return {
            "months": self.months,
            "loads": {
                row.resource: {**_range(row.load), "stays_above_one": row.stays_above_one, "says": row.sentence}
                for row in self.loads
            },
            "closed": {
                row.id: {
                    "nl": f"{row.nl}: er is in deze maanden niets van, dus er is geen belasting.",
                    "en": f"{row.en}: there is nothing of it in these months, so it has no load.",
                }
                for row in self.closed
            },
            "stocks": {
                row.group: {
                    "nl": row.nl,
                    "en": row.en,
                    "norm_days": row.norm_days,
                    "norm": row.norm,
                    "stock": _range(row.stock),
                    "throughput_per_month": _range(row.throughput_per_month),
                    "sustainable_stock": _range(row.sustainable_stock),
                    "relief_per_working_day": {name: _range(value) for name, value in row.relief.items()},
                }
                for row in self.groups
            },
        }


def _range(values: Range) -> dict[str, float]:
    return {name: round(getattr(values, name), 6) for name in ("p10", "p50", "p90", "mean")}


def sustainability(tables: Tables, inputs: Inputs) -> Sustainability:
    """Work out load, sustainable stock and relief capacity from the tables of a run.

    Raises
    ------
    ValueError
        When the tables hold no ledger, resources or decisions: those of a run always do.
    """
    if tables.ledger is None or tables.resources is None or tables.decisions is None:
        raise ValueError("Sustainability needs the ledger, the resources and the decisions of a run.")
    months = tables.resources["period_end"].unique().sort().to_list()[-WINDOW:]
    ledger = tables.ledger.filter(pl.col("period_end").is_in(months))
    last = ledger.filter(pl.col("period_end") == months[-1])
    days = inputs.span.number(months[-1]) - inputs.span.number(months[0].replace(day=1)) + 1
    days = min(days, inputs.span.days)
    resources = tables.resources.filter(pl.col("period_end").is_in(months))
    decisions = tables.decisions.filter(pl.col("period_end").is_in(months))
    replications = tuple(tables.resources["replication"].unique().sort().to_list())
    window = _Window(inputs, ledger, last, decisions, days, hours_ahead(inputs), replications)
    groups = [*_decision_groups(window), *_handover_groups(window)]
    loads = load_ranges(inputs, _loads(inputs, resources, ledger))
    loaded = {row.resource for row in loads}
    closed = tuple(row for row in inputs.chain.resources if row.id not in loaded)
    return Sustainability(len(months), loads, tuple(groups), closed)


# Load ----------------------------------------------------------------------------------------------------------------


def effort_of(chain: Chain, resource: str, place: Place, inputs: Inputs) -> float:
    """Give the central hours (or persons) that a case takes of a resource in a stage, at the horizon."""
    for service in chain.services:
        if (service.resource, service.stage) == (resource, place.stage) and matches(
            place.case_class, service.case_classes
        ):
            return at(service.effort, inputs.span.horizon, name=f"effort/{resource}/{place.stage}").central
    return 0.0


def loads_of(tables: Tables, inputs: Inputs) -> pl.DataFrame:
    """Work out the load of every resource in every replication: resource, replication, load.

    Raises
    ------
    ValueError
        When the tables hold no ledger or resources: those of a run always do.
    """
    if tables.ledger is None or tables.resources is None:
        raise ValueError("Loads need the ledger and the resources of a run.")
    months = tables.resources["period_end"].unique().sort().to_list()[-WINDOW:]
    in_window = pl.col("period_end").is_in(months)
    return _loads(inputs, tables.resources.filter(in_window), tables.ledger.filter(in_window))


def _loads(inputs: Inputs, resources: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    growth = _growth(inputs, ledger)
    return (
        resources.group_by("replication", "resource")
        .agg(pl.col("hours_available").sum(), pl.col("hours_used").sum())
        .with_columns(pl.col("replication").cast(pl.Int64))
        .join(growth, on=["replication", "resource"], how="left")
        .with_columns(load=(pl.col("hours_used") + pl.col("growth").fill_null(0.0)) / pl.col("hours_available"))
        .filter(pl.col("hours_available") > 0)
        .select("resource", "replication", "load")
        .sort("resource", "replication")
    )


def load_ranges(inputs: Inputs, loads: pl.DataFrame) -> tuple[Load, ...]:
    """Summarise loads per replication (see `loads_of`) per resource, in the order of the chain."""
    found: dict[str, list[float]] = {}
    for resource, load in loads.select("resource", "load").iter_rows():
        found.setdefault(resource, []).append(load)
    return tuple(
        Load(resource.id, resource.nl, resource.en, summarise(found[resource.id]))
        for resource in inputs.chain.resources
        if resource.id in found
    )


def _growth(inputs: Inputs, ledger: pl.DataFrame) -> pl.DataFrame:
    """Work out the hours in which the queues of each resource grew: replication, resource, growth."""
    chain = inputs.chain
    rows = []
    for stage, case_class in ledger.select("stage", "case_class").unique().sort("stage", "case_class").iter_rows():
        server = first_server(chain, stage, case_class)
        if server is not None:
            rows.append((stage, case_class, server.id, effort_of(chain, server.id, Place(stage, case_class), inputs)))
    queues = pl.DataFrame(rows, schema=["stage", "case_class", "resource", "effort"], orient="row")
    net = pl.col("inflow").cast(pl.Int64) - pl.col("outflow").cast(pl.Int64)
    return (
        ledger.join(queues, on=["stage", "case_class"], how="inner")
        .group_by(pl.col("replication").cast(pl.Int64), "resource", "effort")
        .agg(cases=net.sum())
        .sort("replication", "resource", "effort")
        .group_by("replication", "resource", maintain_order=True)
        .agg(growth=(pl.col("cases") * pl.col("effort")).sum())
    )


# Sustainable stock ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Norm:
    """How long a case of a group may wait, and who says so."""

    group: str
    nl: str
    en: str
    days: float
    said: str


@dataclass(frozen=True)
class _Window:
    """What is counted: the ledger of the window and of its last month, the decisions, the length in days.

    `replications` are all that were run: one in which nothing came through has no row to be found by.
    """

    inputs: Inputs
    ledger: pl.DataFrame
    last: pl.DataFrame
    decisions: pl.DataFrame
    days: int
    ahead: Ahead
    replications: tuple[int, ...]


def _decision_groups(window: _Window) -> Iterator[Sustainable]:
    """Take tracks and application types that have a decision period, under the law for who applies at the horizon."""
    chain = window.inputs.chain
    undecided = pl.col("stage").is_in([stage.id for stage in chain.stages if stage.undecided])
    for group in TRACK_GROUPS:
        classes = [row for row in chain.case_classes if track_group(row) == group]
        days = _decision_period(window.inputs, classes)
        if days is not None:
            stock = window.last.filter(undecided & pl.col("case_class").is_in([row.id for row in classes]))
            throughput = _per_replication(window.decisions.filter(pl.col("track") == group), "decisions")
            norm = _Norm(group, *_GROUP_WORDS.get(group, (group, group)), days, _NORM_OF_LAW)
            yield _sustainable(window, norm, stock, throughput)


_NORM_OF_LAW = "decision period of a case lodged on the horizon, under the law and reading of the scenario"
_GROUP_WORDS = {
    "track_1": ("Spoor 1, nog niet beslist", "Track 1, undecided"),
    "track_2": ("Spoor 2, nog niet beslist", "Track 2, undecided"),
    "track_4": ("Spoor 4, nog niet beslist", "Track 4, undecided"),
    "subsequent": ("Herhaalde aanvragen, nog niet beslist", "Subsequent applications, undecided"),
    "family_reunification": ("Nareis, nog niet beslist", "Family reunification, undecided"),
}


def _decision_period(inputs: Inputs, classes: list[CaseClass]) -> float | None:
    names = [row.id for row in inputs.chain.case_classes]
    columns = np.array([names.index(row.id) for row in classes if row.application_type is not None], dtype=np.int64)
    if not len(columns):
        return None
    lodged = inputs.span.horizon.toordinal()
    deadline = inputs.deadlines(np.full(len(columns), lodged), columns)
    found = deadline[deadline > 0] - lodged
    return float(found.max()) if len(found) else None


def _handover_groups(window: _Window) -> Iterator[Sustainable]:
    """Take stages after the decision whose handover has a norm, for instance the wait for a home."""
    for stage, norm in _stages_with_norm(window.inputs.chain):
        if norm.valid_from <= window.inputs.span.horizon < norm.valid_until:
            here = pl.col("stage") == stage.id
            throughput = _per_replication(window.ledger.filter(here), "outflow")
            said = norm.source or f"assumption: {norm.assumption}"
            known = _Norm(stage.id, stage.nl, stage.en, norm.central, said)
            yield _sustainable(window, known, window.last.filter(here), throughput)


def _stages_with_norm(chain: Chain) -> Iterator[tuple[Stage, Quantity]]:
    for point in chain.handover_points:
        if point.norm is not None and len(point.from_stages) == 1:
            stage = chain.stage(point.from_stages[0])
            if stage.kind is StageKind.WORK and not stage.undecided:
                yield stage, point.norm


def _per_replication(rows: pl.DataFrame, column: str) -> dict[int, int]:
    sums = rows.group_by("replication").agg(pl.col(column).cast(pl.Int64).sum()).sort("replication")
    return dict(sums.iter_rows())


def _sustainable(window: _Window, norm: _Norm, rows: pl.DataFrame, throughput: Mapping[int, int]) -> Sustainable:
    working_days = max(1, int(window.inputs.working_day.sum()))
    stocks, bearable = [], []
    relief: dict[str, list[float]] = {}
    through_of = [(replication, throughput.get(replication, 0)) for replication in window.replications]
    for replication, through in through_of:
        there = rows.filter(pl.col("replication") == replication).select("stage", "case_class", "closing")
        stock, sustainable = int(there["closing"].cast(pl.Int64).sum()), through / window.days * norm.days
        excess = max(0.0, 1 - sustainable / stock) if stock else 0.0
        for name, hours in _hours_of(there, window.ahead).items():
            relief.setdefault(name, []).append(excess * hours / working_days)
        stocks.append(float(stock))
        bearable.append(sustainable)
    months = window.days / (365.25 / 12)
    return Sustainable(
        group=norm.group,
        nl=norm.nl,
        en=norm.en,
        norm_days=norm.days,
        norm=norm.said,
        stock=summarise(stocks),
        throughput_per_month=summarise([through / months for _, through in through_of]),
        sustainable_stock=summarise(bearable),
        relief={name: summarise(values) for name, values in sorted(relief.items()) if any(values)},
    )


def _hours_of(there: pl.DataFrame, ahead: Ahead) -> dict[str, float]:
    """Add up the hours that the cases of a stock still ask of every resource."""
    total: dict[str, float] = {}
    for stage, case_class, cases in there.sort("stage", "case_class").iter_rows():
        for name, hours in ahead.get(Place(stage, case_class), {}).items():
            total[name] = total.get(name, 0.0) + cases * hours
    return total


def hours_ahead(inputs: Inputs) -> dict[Place, dict[str, float]]:
    """Expect per place the hours that a case asks of every resource until it is decided.

    After the decision only the stage where the case stands counts. Central values at the horizon; a missed appointment
    costs its hours once more.
    """
    chain, day = inputs.chain, inputs.span.horizon

    @cache
    def ahead(place: Place, depth: int) -> tuple[tuple[str, float], ...]:
        stage = chain.stage(place.stage)
        total: dict[str, float] = {}
        server = first_server(chain, place.stage, place.case_class)
        if server is not None:
            missed = at(stage.no_show, day, name=f"no_show/{stage.id}").central if stage.no_show else 0.0
            total[server.id] = effort_of(chain, server.id, place, inputs) / (1 - missed)
        if stage.undecided and depth:
            for route in routes_from(chain, place):
                after = Place(route.to, route.becomes or place.case_class)
                if chain.stage(after.stage).undecided:
                    share = at(route.share, day, name="share").central
                    for name, hours in ahead(after, depth - 1):
                        total[name] = total.get(name, 0.0) + share * hours
        return tuple(total.items())

    places = [Place(stage.id, row.id) for stage in chain.stages for row in chain.case_classes]
    return {place: dict(ahead(place, _DEEPEST)) for place in places}
