# SPDX-License-Identifier: EUPL-1.2
"""What earlier forecasts were worth: every edition against what happened, in its own definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

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
    ranked = sorted(values)
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def backtest_editions(observations: Observations) -> tuple[EditionError, ...]:
    """Compare every published yearly total with what was counted, where both exist in one definition."""
    rows = best_known(observations.forecasts.filter(pl.col("measure") == "inflow"), TABLES["forecasts"].key)
    found = []
    for row in rows.sort("made_on", "edition", "period_start", "scenario").iter_rows(named=True):
        year, definition = row["period_start"].year, row["definition"]
        actual = yearly_inflow(observations, definition, _part(definition)).get(year)
        if actual is None or row["period_end"] != date(year, 12, 31):
            continue
        found.append(
            EditionError(
                edition=row["edition"], made_on=row["made_on"], year=year, scenario=row["scenario"],
                definition=definition, forecast=row["value"], actual=actual,
                naive=_last_full_year(observations, definition, row["made_on"]), source=row["source_url"],
            )
        )  # fmt: skip
    return tuple(found)


def _part(definition: str) -> str:
    """Which application type is the whole of a definition."""
    return "first" if definition == "ind_first_applications" else "total"


def _last_full_year(observations: Observations, definition: str, made_on: date) -> int | None:
    """Total of the last calendar year before a forecast was made, converted by name when only that was published."""
    year = made_on.year - 1
    known = yearly_inflow(observations, definition, _part(definition))
    if year in known:
        return known[year]
    for name, way in conversions().items():
        other = yearly_inflow(observations, way.from_definition) if way.to_definition == definition else {}
        if year in other:
            row = pl.DataFrame({"definition": [way.from_definition], "count": [other[year]]})
            return int(convert(row, name)["count"][0])
    return None


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
