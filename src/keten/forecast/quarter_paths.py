# SPDX-License-Identifier: EUPL-1.2
"""Quarters drawn together, from which every replication takes one path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class QuarterPaths:
    """Possible first applications per quarter.

    Parameters
    ----------
    first
        First day of the first quarter.
    persons
        First applications; paths x quarters, never negative. Every path is as likely as another; they stand from the
        one with the fewest persons to the one with the most, so that a draw near 1 means a busy future.
    seen
        Persons (in the definition of the plan) who came in the observed months of the first quarter.
    """

    first: date
    persons: NDArray[np.float64]
    seen: int = 0

    def pick(self, uniform: float) -> dict[date, float]:
        """Give the path that belongs to a uniform draw: first applications by first day of the quarter."""
        path = self.persons[min(int(uniform * len(self.persons)), len(self.persons) - 1)]
        return dict(zip(self.quarters, path.tolist(), strict=True))

    @property
    def quarters(self) -> tuple[date, ...]:
        """First days of the quarters, in the order of the columns."""
        months = self.first.year * 12 + self.first.month - 1 + 3 * np.arange(self.persons.shape[1])
        return tuple(date(int(month) // 12, int(month) % 12 + 1, 1) for month in months)

    def year_quantiles(self, year: int, levels: Sequence[float]) -> NDArray[np.float64]:
        """Give quantiles of the sum of the quarters drawn in a calendar year."""
        inside = [quarter.year == year for quarter in self.quarters]
        return np.asarray(np.quantile(self.persons[:, inside].sum(axis=1), levels))
