# SPDX-License-Identifier: EUPL-1.2
"""What earlier forecasts were worth: every edition against what happened, in its own definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from keten.domain.figures import quantile
from keten.forecast.seasonality import QUARTERLY_SERIES
from keten.observations import Observations, convert, yearly_inflow
from keten.observations.definitions import conversions
from keten.observations.known import best_known
from keten.observations.queries import quarterly_inflow
from keten.observations.tables import TABLES


@dataclass(frozen=True)
class EditionError:
    """One forecast of a yearly total against what happened, and the baseline for the same year.

    All figures in persons or applications of `definition`. `naive` is the total of the last full year before the
    forecast was made, converted by name when it was published in another definition only; None when it is not known.
    """

    edition: str
    made_on: date
    year: int
    scenario: str
    definition: str
    forecast: float
    actual: int
    naive: int | None
    source: str

    @property
    def relative_error(self) -> float:
        """Forecast less actual, as a share of the actual: negative when too low."""
        return self.forecast / self.actual - 1

    @property
    def naive_relative_error(self) -> float | None:
        """The same for the baseline."""
        return None if self.naive is None else self.naive / self.actual - 1


@dataclass(frozen=True)
class NaiveError:
    """One quarter against the same quarter a year before, first applications of Statistics Netherlands."""

    quarter: date
    forecast: int
    actual: int

    @property
    def relative_error(self) -> float:
        """Forecast less actual, as a share of the actual."""
        return self.forecast / self.actual - 1


def median(values: Sequence[float]) -> float:
    """Middle of the values; the mean of the two middle ones when their number is even."""
    return quantile(values, 50)


def _is_calendar_year(start: date, end: date) -> bool:
    return (start.month, start.day, end) == (1, 1, date(start.year, 12, 31))


class _YearTotals:
    """Yearly totals by definition, each looked up once."""

    def __init__(self, observations: Observations) -> None:
        self._observations = observations
        self._found: dict[str, dict[int, int]] = {}

    def of(self, definition: str) -> dict[int, int]:
        """Give the totals of a definition by year."""
        if definition not in self._found:
            whole = "first" if definition == "ind_first_applications" else "total"
            self._found[definition] = yearly_inflow(self._observations, definition, whole)
        return self._found[definition]

    def converted(self, definition: str, year: int) -> int | None:
        """Give the total of a year, converted by name when it was published in another definition only."""
        if year in self.of(definition):
            return self.of(definition)[year]
        for name, way in conversions().items():
            if way.to_definition == definition and year in self.of(way.from_definition):
                counted = {"definition": [way.from_definition], "count": [self.of(way.from_definition)[year]]}
                return int(convert(pl.DataFrame(counted), name)["count"][0])
        return None


@lru_cache(maxsize=8)
def backtest_editions(observations: Observations) -> tuple[EditionError, ...]:
    """Compare every published yearly total with what was counted, where both exist in one definition."""
    rows = best_known(observations.forecasts.filter(pl.col("measure") == "inflow"), TABLES["forecasts"].key)
    totals = _YearTotals(observations)
    return tuple(
        EditionError(
            edition=row["edition"], made_on=row["made_on"], year=row["period_start"].year, scenario=row["scenario"],
            definition=row["definition"], forecast=row["value"],
            actual=totals.of(row["definition"])[row["period_start"].year],
            naive=totals.converted(row["definition"], row["made_on"].year - 1), source=row["source_url"],
        )
        for row in rows.sort("made_on", "edition", "period_start", "scenario").iter_rows(named=True)
        if _is_calendar_year(row["period_start"], row["period_end"])
        and row["period_start"].year in totals.of(row["definition"])
    )  # fmt: skip


def backtest_naive(observations: Observations) -> tuple[NaiveError, ...]:
    """Compare every observed quarter with the same quarter a year before."""
    rows = quarterly_inflow(observations, *QUARTERLY_SERIES)
    counts = {row["period_start"]: row["count"] for row in rows.iter_rows(named=True)}
    return tuple(
        NaiveError(quarter, counts[before], actual)
        for quarter, actual in counts.items()
        if (before := date(quarter.year - 1, quarter.month, 1)) in counts
    )


def median_error(observations: Observations, editions: Sequence[tuple[str, int]]) -> float | None:
    """Median of how far the actual lay from the medium scenario of the named editions, as a share of the forecast.

    None when nothing can be compared yet on the knowledge date of the observations.
    """
    wanted = set(editions)
    misses = [
        abs(error.actual / error.forecast - 1)
        for error in backtest_editions(observations)
        if error.scenario == "medium" and (error.edition, error.year) in wanted
    ]
    return median(misses) if misses else None
