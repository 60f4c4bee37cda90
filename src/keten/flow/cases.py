# SPDX-License-Identifier: EUPL-1.2
"""The cases of one run: the real stock with its ages, and everybody who arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keten.flow.compiled import compiled
from keten.flow.kernel import NO_DEADLINE, OPENING, Calendar, Workload
from keten.flow.network import Span
from keten.parameters.chain import Chain
from keten.parameters.paths import entry_places

Deadlines = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]
"""Gives the deadline (ordinal day) from the lodging day (ordinal) and the case class (index); 0 for none."""


@dataclass(frozen=True)
class OpeningStock:
    """The cases that are in the chain on the reference date, one element per case.

    `stage` and `case_class` are indices in the chain tables; `lodged` is an ordinal day (`date.toordinal`).
    """

    stage: NDArray[np.int64]
    case_class: NDArray[np.int64]
    lodged: NDArray[np.int64]

    def places(self, chain: Chain) -> list[tuple[str, str]]:
        """List the distinct (stage, case class) where opening stock stands."""
        classes = len(chain.case_classes)
        found = np.flatnonzero(np.bincount(self.stage * classes + self.case_class))
        return [(chain.stages[place // classes].id, chain.case_classes[place % classes].id) for place in found]


def build_workload(
    chain: Chain, span: Span, opening: OpeningStock, arrivals: NDArray[np.integer], deadlines: Deadlines
) -> Workload:
    """Lay out all cases of one replication, opening stock first, then by day of arrival.

    Parameters
    ----------
    arrivals
        Number of arrivals per day (rows) and case class (columns).

    Notes
    -----
    The identity of an arrival is made of its case class, its day and its place among the arrivals of that day. So the
    first hundred of a day keep their luck when another scenario sends a hundred and ten.
    """
    entry_stage = np.full(len(chain.case_classes), -1)
    stages = {stage.id: index for index, stage in enumerate(chain.stages)}
    classes = {row.id: index for index, row in enumerate(chain.case_classes)}
    for place in entry_places(chain):
        entry_stage[classes[place.case_class]] = stages[place.stage]
    there, new = len(opening.stage), int(arrivals.sum())
    cases = there + new
    workload = Workload(
        case_class=np.empty(cases, dtype=np.int16),
        stage=np.empty(cases, dtype=np.int16),
        arrival=np.empty(cases, dtype=np.int32),
        lodged=np.empty(cases, dtype=np.int32),
        deadline=np.empty(cases, dtype=np.int32),
        identity=np.empty(cases, dtype=np.int64),
        judged=np.full(cases, NO_DEADLINE, dtype=np.int32),
        term_end=np.full(cases, NO_DEADLINE, dtype=np.int32),
    )
    first = span.day(0).toordinal()
    workload.case_class[:there] = opening.case_class
    workload.stage[:there] = opening.stage
    workload.arrival[:there] = OPENING
    workload.lodged[:there] = opening.lodged - first
    workload.identity[:there] = np.arange(there)
    _lay_out_arrivals(workload, there, arrivals.astype(np.int64), entry_stage)
    deadline = deadlines(workload.lodged.astype(np.int64) + first, workload.case_class.astype(np.int64))
    workload.deadline[:] = np.where(deadline == 0, NO_DEADLINE, deadline - first)
    return workload


@compiled
def _lay_out_arrivals(
    workload: Workload, position: int, arrivals: NDArray[np.int64], entry_stage: NDArray[np.int64]
) -> None:
    """Write everybody who arrives from a position on: by day, then by case class."""
    days, classes = arrivals.shape
    for day in range(days):
        for case_class in range(classes):
            for ordinal in range(arrivals[day, case_class]):
                workload.case_class[position] = case_class
                workload.stage[position] = entry_stage[case_class]
                workload.arrival[position] = day
                workload.lodged[position] = day
                workload.identity[position] = ((case_class + 1) << 44) | (day << 24) | ordinal
                position += 1


def monthly_calendar(span: Span) -> Calendar:
    """Lay out the months of a span; a first or last month may be cut short by the span."""
    months = [day.year * 12 + day.month for day in span.dates]
    month_of_day = np.array([month - months[0] for month in months], dtype=np.int32)
    last = np.append(np.flatnonzero(np.diff(month_of_day)), len(months) - 1)
    return Calendar(month_of_day=month_of_day, month_end=last.astype(np.int32))
