# SPDX-License-Identifier: EUPL-1.2
"""The real stock with its ages, case by case, from published counts and their division.

The reconstruction draws nothing: cases are spread evenly over the ages that their group can have. So two runs start
from the same stock, and what differs between them comes from the scenario or from the draws of the flow.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from keten.domain.errors import DeliveryError, Problem, ScenarioError
from keten.domain.figures import Figure, Provenance
from keten.flow.cases import OpeningStock
from keten.observations import Observations, age_bins, stock_on
from keten.observations.queries import (
    StockFigure,
    has_deliveries,
    monthly_counts,
    newest_count,
    quarterly_inflow,
)
from keten.parameters.chain import Chain
from keten.parameters.opening_stock import AGE_BINS, OpeningGroup, OpeningPlace
from keten.parameters.values import Quantity
from keten.study.calibrate import track_4_growth

Days = NDArray[np.int64]
_INFLOW_OF_AGES = "cbs_asylum_inflow"


@dataclass(frozen=True)
class Opening:
    """The opening stock, and for every group the figure it was made from."""

    stock: OpeningStock
    figures: tuple[Figure, ...]


@lru_cache(maxsize=8)
def reconstruct(
    chain: Chain,
    groups: tuple[OpeningGroup, ...],
    observations: Observations,
    *,
    reference_date: date,
    known_on: date,
) -> Opening:
    """Lay out the stock on the reference date, one element per case; kept, as most questions start from the same stock.

    Raises
    ------
    ScenarioError
        When a group that must be observed was not counted near the reference date; all of them are listed.
    """
    figures, problems = [], []
    for group in groups:
        try:
            figures.append(_count(chain, group, observations, known_on, reference_date))
        except DeliveryError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(f"reference date {reference_date}", problems)
    stages = {stage.id: index for index, stage in enumerate(chain.stages)}
    classes = {row.id: index for index, row in enumerate(chain.case_classes)}
    parts = []
    for group, figure in zip(groups, figures, strict=True):
        lodged = _lodged(group, round(figure.value), observations, reference_date)
        for place, days in _divided(group, lodged):
            size = len(days)
            parts.append((np.full(size, stages[place.stage]), np.full(size, classes[place.case_class]), days))
    stage, case_class, days = (np.concatenate(column) for column in zip(*parts, strict=True))
    for column in (stage, case_class, days):
        column.setflags(write=False)  # many runs share it
    return Opening(OpeningStock(stage, case_class, days), tuple(figures))


def _count(
    chain: Chain, group: OpeningGroup, observations: Observations, known_on: date, reference_date: date
) -> Figure:
    if group.count is not None:
        known = newest_count(observations, reference_date, group.id, within_days=group.within_days)
        if known is not None:
            told = _aged(known, reference_date)
            figure = Figure(f"opening.{group.id}", known.count, group.count.unit, known.reference_date, told)
            return _forward(group, figure, observations, reference_date)
        return _assumed(group, group.count, reference_date)
    counted = _counted_days(group, observations, reference_date)
    nearest = min(counted, key=lambda day: (abs((day - reference_date).days), day))
    found = stock_on(observations, nearest, str(group.observed))
    figure = Figure(f"opening.{group.id}", found.count, "cases", nearest, _aged(found, reference_date))
    if nearest == reference_date or group.between_counts == "nearest":
        return _forward(group, figure, observations, reference_date)
    if group.between_counts == "interpolate":
        return _interpolated(group, figure, counted, observations, reference_date)
    return _carried(chain, figure, observations, known_on, reference_date)


def _assumed(group: OpeningGroup, count: Quantity, reference_date: date) -> Figure:
    """Say that a count is assumed, as nobody counted the group near enough to the reference date."""
    origin = count.source or f"assumption: {count.assumption}"
    told = "no count of it is known for this day"
    note = f"{count.note}; {told}" if count.note else told
    return Figure(f"opening.{group.id}", count.central, count.unit, reference_date, Provenance(origin, note=note))


def _forward(group: OpeningGroup, counted: Figure, observations: Observations, reference_date: date) -> Figure:
    """Take a count forward by the identity of the ledger, over the unbroken months of which both flows are known."""
    if group.flows is None or counted.on >= reference_date or (counted.on + timedelta(days=1)).day != 1:
        return counted
    flows = [
        monthly_counts(observations, flow.table, {one.column: one.values for one in flow.where})
        for flow in (group.flows.inflow, group.flows.outflow)
    ]
    value, first = counted.value, counted.on + timedelta(days=1)
    while all(first in flow for flow in flows):
        last = first.replace(day=monthrange(first.year, first.month)[1])
        if last > reference_date:
            break
        value, first = value + flows[0][first] - flows[1][first], last + timedelta(days=1)
    until = first - timedelta(days=1)
    if until == counted.on:
        return counted
    told = f"{counted.value:,.0f} on {counted.on}, taken forward to {until} with counted inflow and outflow"
    note = f"{counted.provenance.note}; {told}" if counted.provenance.note else told
    origin = Provenance(counted.provenance.source, note=note)
    return Figure(counted.name, max(0.0, value), counted.unit, until, origin)


def _aged(found: StockFigure, reference_date: date) -> Provenance:
    """Tell the age of a count that is older than the reference date; it is then the newest there is."""
    days = (reference_date - found.reference_date).days
    if days <= 0:
        return found.provenance
    told = f"counted {days} days before the reference date; the newest count that is known"
    note = found.provenance.note
    return Provenance(found.provenance.source, note=f"{note}; {told}" if note else told)


def _interpolated(
    group: OpeningGroup, nearest: Figure, counted: Sequence[date], observations: Observations, reference_date: date
) -> Figure:
    """Draw a straight line between the counts before and after; the nearest count where one of the two is missing."""
    before = max((day for day in counted if day < reference_date), default=None)
    after = min((day for day in counted if day > reference_date), default=None)
    if before is None or after is None:
        return nearest
    first, last = (stock_on(observations, day, str(group.observed)) for day in (before, after))
    part = (reference_date - before).days / (after - before).days
    value = round(first.count + part * (last.count - first.count))
    note = f"straight line between {first.count:,} on {before} and {last.count:,} on {after}"
    return Figure(nearest.name, value, "cases", reference_date, Provenance(nearest.provenance.source, note=note))


def _carried(chain: Chain, nearest: Figure, observations: Observations, known_on: date, reference_date: date) -> Figure:
    """Take the nearest count back or forward to the reference date with the stock identity."""
    start, end = sorted((nearest.on, reference_date))
    growth = track_4_growth(chain, observations, known_on, start, end)
    change = growth if reference_date > nearest.on else -growth
    note = f"{nearest.value:,.0f} on {nearest.on}, taken to this day with observed inflow and calibrated outflow"
    origin = Provenance(nearest.provenance.source, note=note)
    return Figure(nearest.name, round(nearest.value + change), "cases", reference_date, origin)


def _counted_days(group: OpeningGroup, observations: Observations, reference_date: date) -> list[date]:
    """List the days on which the group was counted, near enough to the reference date."""
    rows = observations.stock.filter(observations.stock["group"] == group.observed)
    every: list[date] = sorted(set(rows["reference_date"].to_list()))
    days = [day for day in every if abs((day - reference_date).days) <= group.within_days]
    if days:
        return days
    if earlier := [day for day in every if day <= reference_date and has_deliveries(observations)]:
        return earlier[-1:]  # months go on when one count stays away; its age is told
    known = ", ".join(map(str, every)) or "no day"
    allowed = f"within {group.within_days} days of it" if group.within_days else "on that day"
    raise DeliveryError(
        "opening stock",
        [
            Problem(
                f"stock of {group.observed} on {reference_date}",
                f"nobody counted it {allowed} (counted on: {known}).",
                "Choose another reference date, or deliver a count for this one.",
            )
        ],
    )


def _lodged(group: OpeningGroup, count: int, observations: Observations, reference_date: date) -> Days:
    """Lodging days (ordinals) of a group, the oldest first."""
    if isinstance(group.waited, Quantity):
        return reference_date.toordinal() - _spread(group.waited, count)[::-1]
    if group.waited == AGE_BINS:
        return _by_age_bins(count, observations, reference_date)
    raise AssertionError(group.waited)


def _spread(waited: Quantity, count: int) -> Days:
    low, high = waited.bounds
    even = (np.arange(count) + 0.5) / max(1, count)
    return np.rint(_triangular(even, low, waited.central, high)).astype(np.int64)


def _triangular(draws: NDArray[np.float64], low: float, mode: float, high: float) -> NDArray[np.float64]:
    """Turn numbers between 0 and 1 into values of a triangular distribution, as `keten.flow.draws` does.

    Without compiled code: who only prepares a study need not wait until the compiler has started.
    """
    width = high - low
    if width <= 0.0:
        return np.full(len(draws), low)
    rising = low + np.sqrt(draws * width * (mode - low))
    falling = high - np.sqrt((1.0 - draws) * width * (high - mode))
    return np.where(draws * width < mode - low, rising, falling)


def _by_age_bins(count: int, observations: Observations, reference_date: date) -> Days:
    """Spread the stock over the published age bins, and within a bin in step with the inflow of its quarters.

    The older cases are read as track 4 cases: a Dublin case that takes longer goes on in track 4.
    """
    bins = age_bins(observations, reference_date)
    over, between = bins.over_15_months, bins.from_6_to_15_months
    edges = [reference_date - timedelta(days=days) for days in (913, 456, 183, 0)]
    sizes = (over, between, max(0, count - over - between))
    weights = _inflow_per_day(observations, edges[0], reference_date)
    parts = [
        _in_step(size, weights, (start - edges[0]).days, (end - edges[0]).days)
        for size, start, end in zip(_fitted(sizes, count), edges[:-1], edges[1:], strict=True)
    ]
    return edges[0].toordinal() + np.concatenate(parts)


def _fitted(sizes: Sequence[int], count: int) -> list[int]:
    """Scale bins down when the group is smaller than its oldest bins together."""
    if sum(sizes) == count:
        return list(sizes)
    scaled = [size * count // sum(sizes) for size in sizes]
    scaled[-1] += count - sum(scaled)
    return scaled


def _inflow_per_day(observations: Observations, start: date, end: date) -> NDArray[np.float64]:
    """First applications per day, even within each published quarter; the last known quarter goes on."""
    quarters = quarterly_inflow(observations, _INFLOW_OF_AGES, "first").sort("period_start")
    per_day = np.zeros((end - start).days + 1)
    for row in quarters.iter_rows(named=True):
        length = (row["period_end"] - row["period_start"]).days + 1
        per_day[max(0, (row["period_start"] - start).days) :] = row["count"] / length
    return per_day


def _in_step(size: int, weights: NDArray[np.float64], start: int, end: int) -> Days:
    """Spread `size` cases over the days from start (exclusive) to end (inclusive), in step with the weights."""
    running = np.cumsum(weights[start + 1 : end + 1])
    even = (np.arange(size) + 0.5) / max(1, size) * running[-1]
    steps: Days = start + 1 + np.searchsorted(running, even, side="right")
    return steps


def _divided(group: OpeningGroup, lodged: Days) -> Iterator[tuple[OpeningPlace, Days]]:
    """Divide a group over its places so that each place has the ages of the whole group."""
    running = np.cumsum([place.share.central for place in group.places])
    # The golden ratio visits the places evenly, whatever the order of the ages.
    turn = np.modf(np.arange(len(lodged)) * 0.6180339887498949)[0] * running[-1]
    chosen = np.minimum(np.searchsorted(running, turn, side="right"), len(group.places) - 1)
    for position, place in enumerate(group.places):
        yield place, lodged[chosen == position]
