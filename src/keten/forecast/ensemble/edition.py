# SPDX-License-Identifier: EUPL-1.2
"""The edition of the ministries as one voice: its yearly totals over quarters, with its own record of misses."""

from __future__ import annotations

from datetime import date
from math import log, sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.forecast.assumptions import assumptions
from keten.forecast.backtest import backtest_editions
from keten.forecast.ensemble.history import QUARTERS_A_YEAR, QuarterHistory, quarter_after
from keten.forecast.ensemble.spread import LEVELS, unit_t
from keten.observations import Observations, yearly_inflow
from keten.observations.known import best_known
from keten.observations.tables import TABLES

SCENARIO = "medium"
"""The scenario that stands for an edition: the one that its makers put in the middle."""


def edition_says(observations: Observations, history: QuarterHistory, ahead: int) -> NDArray[np.float64] | None:
    """Tell what the newest edition of each year says about the quarters after a history.

    The total of a year becomes first applications by the ratio of the newest year with both; what came already is
    taken off, the rest is divided alike over the quarters to come.

    Returns
    -------
    array or None
        Logarithms of persons, quarters ahead x `LEVELS`, NaN for quarters of which no edition speaks; None when no
        edition speaks of any.
    """
    totals = _first_applications_by_year(observations, history)
    said = np.full((ahead, len(LEVELS)), np.nan)
    around = _deviation(observations) * unit_t(int(assumptions().ensemble.tail_freedom.central))
    for place in range(ahead):
        year = quarter_after(history.next_quarter, place).year
        if year in totals:
            said[place] = log(_rest_per_quarter(totals[year], _seen(history, year))) + around
    return None if np.isnan(said).all() else said


def _first_applications_by_year(observations: Observations, history: QuarterHistory) -> dict[int, float]:
    rows = best_known(observations.forecasts.filter(pl.col("measure") == "inflow"), TABLES["forecasts"].key)
    totals = {}
    for row in rows.filter(pl.col("scenario") == SCENARIO).sort("made_on").iter_rows(named=True):
        start, end = row["period_start"], row["period_end"]
        ratio = _first_share(observations, history, row["definition"])
        if (start.month, end) == (1, date(start.year, 12, 31)) and ratio is not None:
            totals[start.year] = row["value"] * ratio
    return totals


def _first_share(observations: Observations, history: QuarterHistory, definition: str) -> float | None:
    """First applications of the history per person of a definition, in the newest whole year with both."""
    kind = "first" if definition == "ind_first_applications" else "total"
    counted = yearly_inflow(observations, definition, kind)
    both = [year for year in counted if counted[year] and len(_seen(history, year)) == QUARTERS_A_YEAR]
    return sum(_seen(history, max(both))) / counted[max(both)] if both else None


def _seen(history: QuarterHistory, year: int) -> list[int]:
    days = (quarter_after(history.first, place) for place in range(len(history)))
    return [count for day, count in zip(days, history.counts, strict=True) if day.year == year]


def _rest_per_quarter(total: float, seen: list[int]) -> float:
    """Divide what is left; when more came already than the edition said, the quarters go on as they were."""
    left = total - sum(seen)
    return left / (QUARTERS_A_YEAR - len(seen)) if left > 0 else sum(seen) / len(seen)


def _deviation(observations: Observations) -> float:
    rules = assumptions().ensemble
    missed = [
        log(error.actual / error.forecast)
        for error in backtest_editions(observations)
        if error.scenario == SCENARIO and error.actual and error.forecast
    ]
    weight = rules.start_weight.central
    return sqrt((sum(miss**2 for miss in missed) + weight * rules.start_spread.central**2) / (len(missed) + weight))
