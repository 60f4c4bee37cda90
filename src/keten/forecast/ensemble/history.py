# SPDX-License-Identifier: EUPL-1.2
"""The quarters of inflow that a forecast may learn from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from keten.forecast.seasonality import QUARTERLY_SERIES
from keten.observations import Observations
from keten.observations.queries import quarterly_inflow

QUARTERS_A_YEAR = 4
_MONTHS_A_QUARTER = 3


def quarter_after(quarter: date, ahead: int) -> date:
    """Give the first day of the quarter that lies `ahead` quarters later (earlier when negative)."""
    place = quarter.year * QUARTERS_A_YEAR + (quarter.month - 1) // _MONTHS_A_QUARTER + ahead
    return date(place // QUARTERS_A_YEAR, place % QUARTERS_A_YEAR * _MONTHS_A_QUARTER + 1, 1)


@dataclass(frozen=True)
class QuarterHistory:
    """An unbroken row of quarters up to the newest one that is known.

    Parameters
    ----------
    first
        First day of the first quarter.
    counts
        First applications per quarter (persons), never negative.
    """

    first: date
    counts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def next_quarter(self) -> date:
        """First day of the first quarter that is not known yet."""
        return quarter_after(self.first, len(self))

    @property
    def logs(self) -> NDArray[np.float64]:
        """Natural logarithm of the counts; a quarter in which nobody came counts as one person."""
        return np.asarray(np.log(np.maximum(np.array(self.counts, dtype=float), 1.0)))

    def with_next(self, count: int) -> QuarterHistory:
        """Add the next quarter."""
        return replace(self, counts=(*self.counts, count))

    def up_to(self, quarter: date) -> QuarterHistory:
        """Leave out every quarter after `quarter` (its first day)."""
        last = (quarter.year - self.first.year) * QUARTERS_A_YEAR + (quarter.month - self.first.month) // 3
        return replace(self, counts=self.counts[: max(0, last + 1)])


def quarter_history(observations: Observations) -> QuarterHistory:
    """Read the longest series of quarters, back from the newest one as far as no quarter is missing.

    What stands there is what is known on the day of the observations: older quarters are in a later vintage than the
    one that was printed first, which flatters every method alike.
    When none is known the history is empty.
    """
    rows = quarterly_inflow(observations, *QUARTERLY_SERIES)
    counts = dict(zip(rows["period_start"].to_list(), rows["count"].to_list(), strict=True))
    quarter, unbroken = max(counts, default=quarter_after(observations.known_on_day or date.max, 0)), []
    while quarter in counts:
        unbroken.append(counts[quarter])
        quarter = quarter_after(quarter, -1)
    return QuarterHistory(quarter_after(quarter, 1), tuple(reversed(unbroken)))
