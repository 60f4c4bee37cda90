# SPDX-License-Identifier: EUPL-1.2
"""How old the stock is on the first day, and when its deadlines pass when nobody decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from keten.domain.figures import quantile
from keten.flow.network import TRACK_GROUPS, track_group
from keten.parameters.chain import StageKind
from keten.questions.waterbed import term_end
from keten.study.inputs import Inputs

BANDS = (0, 6, 12, 15, 18)
"""Months at which a band of age starts: half a year and fifteen months are the decision periods of these years."""

SOON = (3, 12)
"""Months ahead for which is counted how many deadlines pass."""


@dataclass(frozen=True)
class AgeOfStock:
    """The undecided cases of a group on the reference date.

    `bands` counts them by age (see `BANDS`), the last without end; a tenth is older than `oldest_tenth` months. Of
    those whose deadline lies on or after the reference date, `passing` counts how many pass it within so many months
    (see `SOON`) when nobody decides them.
    """

    group: str
    cases: int
    bands: tuple[int, ...]
    oldest_tenth: float
    overdue: int
    passing: tuple[int, ...]


def ages_of_stock(inputs: Inputs) -> tuple[AgeOfStock, ...]:
    """Count the undecided stock of every group by age and by deadline, on the reference date."""
    return tuple(_ages(inputs))


def _ages(inputs: Inputs) -> Iterator[AgeOfStock]:
    chain, stock, today = inputs.chain, inputs.opening.stock, inputs.span.reference_date
    undecided = np.array([row.undecided and row.kind is not StageKind.EXIT for row in chain.stages])[stock.stage]
    for group in TRACK_GROUPS:
        classes = [number for number, row in enumerate(chain.case_classes) if track_group(row) == group]
        here = undecided & np.isin(stock.case_class, classes)
        if group == "none" or not here.any():
            continue
        lodged, case_class = (part[here].astype(np.int64) for part in (stock.lodged, stock.case_class))
        deadline = inputs.deadlines(lodged, case_class)
        ends = [term_end(today, months).toordinal() for months in SOON]
        is_due = (deadline > 0) & (deadline >= today.toordinal())
        yield AgeOfStock(
            group=group,
            cases=int(here.sum()),
            bands=_in_bands(lodged, today),
            oldest_tenth=quantile((today.toordinal() - lodged).tolist(), 90) / (365.25 / 12),
            overdue=int(((deadline > 0) & (deadline < today.toordinal())).sum()),
            passing=tuple(int((is_due & (deadline <= end)).sum()) for end in ends),
        )


def _in_bands(lodged: NDArray[np.int64], today: date) -> tuple[int, ...]:
    """Count by age: a case of exactly half a year belongs to the older band."""
    starts = [_months_before(today, months).toordinal() for months in BANDS[1:]]
    bounds: Sequence[int] = [today.toordinal() + 1, *starts, 0]
    return tuple(
        int(((lodged <= newest) & (lodged > oldest)).sum())
        for newest, oldest in zip(bounds[:-1], bounds[1:], strict=True)
    )


def _months_before(day: date, months: int) -> date:
    """Go back whole months; a day that the month does not have becomes its last."""
    years, month = divmod(day.month - 1 - months, 12)
    last = term_end(date(day.year + years, month + 1, 1), 0)
    return last.replace(day=min(day.day, last.day))
