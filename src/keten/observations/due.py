# SPDX-License-Identifier: EUPL-1.2
"""The calendar of deliveries, and how complete a month usually is when it first comes in.

Both are read from the history of receipts alone, so they say what partners did and not what they promised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import median, quantiles

import polars as pl

from keten.observations.contracts import Contract, Owed, Place, month_end
from keten.observations.judging import WITHHELD, Value, figures_in, owed_rows
from keten.observations.stream import Stream

FEWEST_MONTHS = 6
"""Months of which a first and a later figure are known before anything is said about how complete a first one is."""
SETTLED_AFTER_DAYS = 62
"""So long after its end a month has been corrected as far as it usually is: two more months were delivered."""


class Standing(StrEnum):
    """How it stands with what is owed of a month."""

    NOT_DUE = "not_due"
    LATE = "late"
    INCOMPLETE = "incomplete"
    PROVISIONAL = "provisional"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Due:
    """What a partner owes of one contract and month, and what of it is there."""

    contract: Contract
    month: date
    due_on: date
    standing: Standing
    there: int
    """Figures that were delivered, withheld ones among them."""
    provisional: int
    withheld: int
    lacking: tuple[Owed, ...]
    first_on: date | None
    """Day on which the first figure of the month came in."""

    @property
    def was_late(self) -> bool:
        """Whether the first figures came after the day that was agreed."""
        return self.first_on is not None and self.first_on > self.due_on


def calendar(among: Iterable[Contract], stream: Stream | None, months: Sequence[date], day: date) -> tuple[Due, ...]:
    """Say of every contract and month what is owed, what is there, and whether it is late.

    Parameters
    ----------
    stream
        The deliveries known on the day; None when there are none.
    months
        Last days of the months asked about; one before a contract began is left out.
    """
    every = tuple(among)
    held = {contract.id: _held(contract, stream) for contract in every}
    first = {contract.id: _first_receipts(contract, stream) for contract in every}
    return tuple(
        _due(contract, month_end(month), held[contract.id], first[contract.id], day)
        for month in months
        for contract in every
        if month >= contract.since
    )


def _due(
    contract: Contract, month: date, held: Mapping[Place, Value], first: Mapping[date, date], day: date
) -> Due:  # fmt: skip
    said = {figure.id: held.get(Place(figure.id, month)) for figure in contract.figures}
    lacking = tuple(figure for figure in contract.figures if said[figure.id] is None)
    states = [value.state for value in said.values() if value is not None]
    provisional, withheld = states.count("provisional"), sum(state in WITHHELD for state in states)
    due_on = contract.due_on(month)
    return Due(
        contract, month, due_on, _standing(len(states), lacking, provisional + states.count("unknown"), due_on, day),
        len(states), provisional, withheld, lacking, first.get(month),
    )  # fmt: skip


def _standing(there: int, lacking: Sequence[Owed], provisional: int, due_on: date, day: date) -> Standing:
    if lacking and day > due_on:
        return Standing.INCOMPLETE if there else Standing.LATE
    if lacking:
        return Standing.INCOMPLETE if there else Standing.NOT_DUE
    return Standing.PROVISIONAL if provisional else Standing.COMPLETE


def _held(contract: Contract, stream: Stream | None) -> dict[Place, Value]:
    rows = stream.rows_that_hold(contract.table) if stream is not None else pl.DataFrame()
    return figures_in(rows, contract) if rows.height else {}


def _first_receipts(contract: Contract, stream: Stream | None) -> dict[date, date]:
    """Give the day on which the first figure of each month was known."""
    days: dict[date, date] = {}
    for delivery, rows in stream.parts if stream is not None else ():
        if delivery.table == contract.table and delivery.withdrawn_on is None:
            for place in figures_in(rows, contract):
                days[place.month] = min(days.get(place.month, delivery.known_day), delivery.known_day)
    return days


# --- how complete a first figure is -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Completeness:
    """How much of the figure of a month is there when it first comes in, as a share of what it became.

    `low`, `middle` and `high` are the 10th, 50th and 90th of a hundred; None when there is too little history.
    """

    months: int
    low: float | None = None
    middle: float | None = None
    high: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is enough history."""
        return self.middle is not None


@dataclass(frozen=True)
class Nowcast:
    """What a first figure will likely become: the middle, and bounds that hold eight times in ten."""

    low: float
    middle: float
    high: float


def completeness(contract: Contract, figure: Owed, stream: Stream | None, day: date) -> Completeness:
    """Learn from the months of which both the first figure and a settled one are known.

    A month that only ever had one figure counts as complete when it first came in, once it is settled.
    """
    shares = []
    for month, numbers in _versions(contract, figure, stream).items():
        first, last = numbers[0], numbers[-1]
        if (day - month).days > SETTLED_AFTER_DAYS and last > 0:
            shares.append(first / last)
    if len(shares) < FEWEST_MONTHS:
        return Completeness(len(shares))
    cuts = quantiles(shares, n=10, method="inclusive")
    return Completeness(len(shares), cuts[0], median(shares), cuts[-1])


def nowcast(first: float, history: Completeness) -> Nowcast | None:
    """Say what a first figure will likely become; None when nothing is known of how complete first figures are."""
    if history.low is None or history.middle is None or history.high is None or history.low <= 0:
        return None
    return Nowcast(first / history.high, first / history.middle, first / history.low)


def _versions(contract: Contract, figure: Owed, stream: Stream | None) -> dict[date, list[float]]:
    """Give the figures of each month in the order in which they came in."""
    received: dict[date, list[tuple[datetime, int, float]]] = defaultdict(list)
    only = contract.model_copy(update={"figures": (figure,)})
    for delivery, rows in stream.parts if stream is not None else ():
        if delivery.table != contract.table or delivery.withdrawn_on is not None:
            continue
        for place, row, _index in owed_rows(rows, only):
            number = row[figure.column]
            if isinstance(number, int | float):
                received[place.month].append((delivery.received_at, delivery.sequence, float(number)))
    return {month: [number for _at, _n, number in sorted(found)] for month, found in received.items()}
