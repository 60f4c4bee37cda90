# SPDX-License-Identifier: EUPL-1.2
"""The cases of one run: the real stock with its ages, and everybody who arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keten.domain.errors import ParameterError, Problem
from keten.flow.compiled import compiled, index
from keten.flow.draws import PURPOSE_WITHDRAWAL, drawn, luck_of, purpose_code
from keten.flow.kernel import CASE, NEVER, OPENING, Calendar, Withdrawals, Workload, no_withdrawals
from keten.flow.network import Network, Span
from keten.flow.queues import NOBODY
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


class Intake:
    """The cases of a run as far as they are the same in every replication: where they enter, and their deadlines.

    Parameters
    ----------
    opening
        The stock on the reference date.
    deadlines
        The rule by which a case gets its deadline.

    Raises
    ------
    ParameterError
        When the span or the age of a case does not fit in a run, or a case would be late before it is lodged.
    """

    def __init__(self, chain: Chain, span: Span, opening: OpeningStock, deadlines: Deadlines) -> None:
        _refuse_days_out_of_range(span, opening)
        day_zero, classes = span.day(0).toordinal(), np.arange(len(chain.case_classes))
        self._stage, self._case_class = opening.stage, opening.case_class
        self._lodged = (opening.lodged - day_zero).astype(np.int16)
        self._deadline = _days(deadlines(opening.lodged, opening.case_class), day_zero)
        self._deadline_by_day = _days(deadlines(span.ordinals[:, np.newaxis], classes), day_zero)
        _refuse_deadlines_before_lodging(self._deadline_by_day, span.ordinals - day_zero)
        self._entry_stage = _entry_stages(chain)
        deadlines_of_all = np.concatenate([self._deadline, self._deadline_by_day.ravel()])
        self._earliest = min(0, int(self._lodged.min(initial=0)), int(deadlines_of_all.min(initial=0)))
        self._latest = int(deadlines_of_all.max(initial=0, where=deadlines_of_all < NEVER))

    def workload(self, arrivals: NDArray[np.integer], *, key: np.uint64) -> Workload:
        """Lay out all cases of one replication, opening stock first, then by day of arrival.

        Parameters
        ----------
        arrivals
            Number of arrivals per day (rows) and case class (columns).
        key
            The stream of this replication (see `keten.flow.draws.stream`).

        Notes
        -----
        The luck of an arrival follows from its case class, its day and its place among the arrivals of that day. So
        the first hundred of a day keep their luck when another scenario sends a hundred and ten.
        """
        there = len(self._stage)
        first = np.concatenate([[there], there + np.cumsum(arrivals.sum(axis=1, dtype=np.int64))])
        cases = np.empty(int(first[-1]), dtype=CASE)
        _lay_out_opening(cases, self._stage, self._case_class, self._lodged, self._deadline, key)
        _lay_out_arrivals(cases, there, arrivals.astype(np.int64), self._entry_stage, self._deadline_by_day, key)
        return Workload(cases=cases, first=first, earliest=self._earliest, latest=self._latest)


def _refuse_deadlines_before_lodging(deadlines: NDArray[np.int16], days: NDArray[np.integer]) -> None:
    """Refuse a rule by which a court could judge a case that has not come: the kernel would look for it in a queue."""
    early = np.argwhere(deadlines < days[:, np.newaxis])
    if len(early):
        what = f"a case lodged on day {early[0][0]} would have its deadline before that day."
        raise ParameterError("the law", [Problem("decision deadline", what, "Give a period of at least 0 days.")])


def _entry_stages(chain: Chain) -> NDArray[np.int64]:
    """Give the stage in which each case class enters."""
    stages = {stage.id: index for index, stage in enumerate(chain.stages)}
    classes = {row.id: index for index, row in enumerate(chain.case_classes)}
    entry = np.full(len(chain.case_classes), NOBODY)
    for place in entry_places(chain):
        entry[classes[place.case_class]] = stages[place.stage]
    return entry


def _refuse_days_out_of_range(span: Span, opening: OpeningStock) -> None:
    """Refuse days that do not fit in the 16 bits of a case."""
    age = span.day(0).toordinal() - int(opening.lodged.min(initial=span.day(0).toordinal()))
    if max(age, span.days) >= NEVER // 2:
        what = f"it has {span.days} days and the oldest case is {age} days old; a run can hold {NEVER // 2}."
        raise ParameterError("the span", [Problem(str(span.horizon), what, "Choose an earlier horizon.")])


def _days(ordinals: NDArray[np.int64], day_zero: int) -> NDArray[np.int16]:
    """Turn ordinal deadlines into days from the first simulated day; a deadline that is out of sight never comes."""
    return np.where(ordinals == 0, NEVER, np.clip(ordinals - day_zero, -NEVER, NEVER)).astype(np.int16)


@compiled
def _start(cases: NDArray[np.void], number: int, stage: int, case_class: int, lodged: int, deadline: int) -> None:
    """Fill in a case that has not moved yet."""
    case = cases[number]
    case.stage = stage
    case.case_class = case_class
    case.lodged = lodged
    case.deadline = deadline
    case.following = case.preceding = NOBODY
    case.entered = case.planned = OPENING
    case.term_end = case.decided = NEVER
    case.turn = 0


@compiled
def _lay_out_opening(
    cases: NDArray[np.void],
    stage: NDArray[np.int64],
    case_class: NDArray[np.int64],
    lodged: NDArray[np.int16],
    deadline: NDArray[np.int16],
    key: np.uint64,
) -> None:
    for number in range(len(stage)):
        _start(cases, number, stage[number], case_class[number], lodged[number], deadline[number])
        cases[number].luck = luck_of(key, number)


@compiled
def _lay_out_arrivals(
    cases: NDArray[np.void],
    number: int,
    arrivals: NDArray[np.int64],
    entry_stage: NDArray[np.int64],
    deadline: NDArray[np.int16],
    key: np.uint64,
) -> None:
    """Write everybody who arrives, from a case number on: by day, then by case class."""
    days, classes = arrivals.shape
    for day in range(days):
        for case_class in range(classes):
            for ordinal in range(arrivals[day, case_class]):
                _start(cases, number, entry_stage[case_class], case_class, day, deadline[day, case_class])
                cases[number].luck = luck_of(key, ((case_class + 1) << 44) | (day << 24) | ordinal)
                number += 1


def withdrawals(network: Network, workload: Workload) -> Withdrawals:
    """Draw for every case on which day its applicant would withdraw if it were undecided for ever.

    The rate of a case class does not change while a case waits, so one exponential draw per case says it all; whether
    the day is reached undecided is for the flow to find out.
    """
    if network.withdrawn_stage == NOBODY or not network.withdrawal.any():
        return no_withdrawals()
    room = Withdrawals(*(np.empty(len(workload.cases), dtype=np.int32) for _ in Withdrawals._fields))
    rows = _draw_withdrawals(network, workload.cases, workload.first, room)
    order = np.argsort(room.day[:rows].astype(np.int16), kind="stable")  # 16 bits sort in linear time
    return Withdrawals(*(column[:rows][order] for column in room))


@compiled
def _draw_withdrawals(
    network: Network, cases: NDArray[np.void], first: NDArray[np.int64], withdrawals: Withdrawals
) -> int:
    """Write who would withdraw before the horizon, and on which day; returns how many."""
    row, days = 0, len(first) - 1
    for day in range(OPENING, days):
        epoch = network.epoch_of_day[max(day, 0)]
        for number in range(0 if day == OPENING else first[day], first[day + 1]):
            case = cases[index(number)]
            rate = network.withdrawal[epoch, case.case_class]
            draw = drawn(case.luck, purpose_code(0, 0, PURPOSE_WITHDRAWAL))
            # The chance to withdraw within the span is below rate x days: who drew more need not be worked out.
            if draw < rate * (days - day):
                withdrawn_on = day + 1 + np.floor(-np.log(1.0 - draw) / rate)
                if withdrawn_on < days:
                    withdrawals.case[row], withdrawals.day[row] = number, withdrawn_on
                    row += 1
    return row


def monthly_calendar(span: Span) -> Calendar:
    """Lay out the months of a span; a first or last month may be cut short by the span."""
    months = [day.year * 12 + day.month for day in span.dates]
    month_of_day = np.array([month - months[0] for month in months], dtype=np.uint16)
    last = np.append(np.flatnonzero(np.diff(month_of_day)), len(months) - 1)
    return Calendar(month_of_day=month_of_day, month_end=last.astype(np.int32))
