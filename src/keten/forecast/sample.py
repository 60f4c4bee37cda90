# SPDX-License-Identifier: EUPL-1.2
"""Sample daily arrivals per case class: whole, non-negative and coherent by construction.

From the top down. One shock per replication sets the totals of all years at once (an edition that is too low for this
year tends to be too low for the next: assumption). What was already observed is taken off. The rest is divided over
the months, the days of the months and the case classes by draws that share out whole persons, so that the parts always
add up to the total.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator

from keten.domain.errors import Problem, ScenarioError
from keten.forecast.assumptions import assumptions
from keten.forecast.classes import CASE_CLASSES, COUNTED_CLASSES, OTHER_CLASSES
from keten.forecast.draws import stream, triangular
from keten.forecast.plan import OtherFlow, Plan, YearPlan
from keten.forecast.quarter_paths import QuarterPaths
from keten.forecast.seasonality import Seasonality
from keten.forecast.shares import Shares, first_share

EVERY_DAY_ALIKE = ("supervision",)
"""Classes that do not wait for office hours."""


@dataclass(frozen=True)
class DrawnYear:
    """The total of a calendar year as drawn (persons, in the definition of the plan), and the part observed before."""

    year: int
    total: int
    observed: int


@dataclass(frozen=True)
class Arrivals:
    """Arrivals per day and case class of one replication.

    Parameters
    ----------
    days
        Day numbers (`date.toordinal`), consecutive; int32.
    case_classes
        Names of the columns of `counts`.
    counts
        Persons, applications or files that arrive; int32, days x case classes, never negative.
    drawn
        The yearly totals behind the counted classes.
    """

    days: np.ndarray
    case_classes: tuple[str, ...]
    counts: np.ndarray
    drawn: tuple[DrawnYear, ...]

    def of(self, case_class: str) -> np.ndarray:
        """Give the daily arrivals of one case class."""
        return np.asarray(self.counts[:, self.case_classes.index(case_class)])

    def counted(self) -> np.ndarray:
        """Give the daily arrivals inside the count of the multi-year production forecast, in persons."""
        columns = [self.case_classes.index(name) for name in COUNTED_CLASSES]
        return np.asarray(self.counts[:, columns].sum(axis=1))


def sample_arrivals(
    *, plan: Plan, seasonality: Seasonality, shares: Shares, start: date, end: date, seed: int, replication: int
) -> Arrivals:
    """Draw the arrivals from `start` up to and including `end`.

    The result depends on the arguments only: same seed and replication, same bits, whatever else is run. Days between
    the last observed day and `start` are drawn as well and then left out, so that the year still adds up.

    Raises
    ------
    ScenarioError
        When the period is empty, a year has no plan, or `start` lies in the part that was observed.
    """
    years = _planned_years(plan, start, end)
    days = np.arange(start.toordinal(), end.toordinal() + 1, dtype=np.int32)
    counts = np.zeros((len(days), len(CASE_CLASSES)), dtype=np.int32)
    shock = float(stream(seed, replication, "inflow_total").random())
    by_class = shares.draw(stream(seed, replication, "inflow_shares"))
    drawn = []
    for year in years:
        quarters = _open_quarters(year, plan.paths, shock, first_share(by_class))
        total = _draw_total(year, shock) if quarters is None else year.observed + sum(quarters)
        drawn.append(DrawnYear(year.year, total, year.observed))
        first, block = _draw_counted(year, total - year.observed, quarters, seasonality, by_class, seed, replication)
        _place(counts[:, : len(COUNTED_CLASSES)], start.toordinal(), first, block)
        for column, flow in enumerate(plan.other_flows, start=len(COUNTED_CLASSES)):
            first, daily = _draw_flow(flow, year.year, seed, replication)
            _place(counts[:, column : column + 1], start.toordinal(), first, daily[:, np.newaxis])
    return Arrivals(days, CASE_CLASSES, counts, tuple(drawn))


def _planned_years(plan: Plan, start: date, end: date) -> list[YearPlan]:
    problems = []
    if end < start:
        problems.append(Problem("period", f"it ends on {end}, before it starts on {start}.", "Swap the two days."))
    if tuple(flow.case_class for flow in plan.other_flows) != OTHER_CLASSES:
        what = f"they are not {', '.join(OTHER_CLASSES)}."
        problems.append(Problem("other flows", what, "Give all three, in that order."))
    if problems:
        raise ScenarioError(f"Forecast {plan.scenario}", problems)
    years = [plan.year(year) for year in range(start.year, end.year + 1)]
    if start < years[0].first_open_day:
        what = f"{start} lies in the part that was observed (up to {years[0].observed_until})."
        raise ScenarioError(
            f"Forecast {plan.scenario}", [Problem("start", what, f"Start on {years[0].first_open_day} or later.")]
        )
    return years


def _draw_total(year: YearPlan, shock: float) -> int:
    low, high = year.total.bounds
    return max(round(triangular(shock, low, year.total.central, high)), year.observed)


def _open_quarters(year: YearPlan, paths: QuarterPaths | None, shock: float, share: float) -> list[int] | None:
    """Persons still to come per open quarter of a year, on the path of the shock; None when the year has no path."""
    if paths is None or not year.drawn_by_quarter:
        return None
    path = paths.pick(shock)
    seen = paths.seen if year.observed_until and year.observed_until >= paths.first else 0
    first = (year.first_open_day.month - 1) // 3
    quarters = [date(year.year, 3 * quarter + 1, 1) for quarter in range(first, 4)]
    whole = [path.get(quarter, 0.0) / share - (seen if quarter == paths.first else 0) for quarter in quarters]
    return [max(0, round(persons)) for persons in whole]


def _draw_counted(
    year: YearPlan,
    persons: int,
    quarters: list[int] | None,
    seasonality: Seasonality,
    by_class: np.ndarray,
    seed: int,
    replication: int,
) -> tuple[int, np.ndarray]:
    """Divide what is left of a year over its open days and the counted classes."""
    first = year.first_open_day.toordinal()
    ordinals = np.arange(first, date(year.year, 12, 31).toordinal() + 1)
    weights, month = _day_weights(ordinals), _months_of(ordinals)
    drawn = _draw_month_shares(year, quarters, seasonality, stream(seed, replication, f"inflow_months:{year.year}"))
    place = month - month[0]
    chance = drawn[place] * weights / np.bincount(place, weights)[place]
    daily = stream(seed, replication, f"inflow_days:{year.year}").multinomial(persons, chance / chance.sum())
    return first, stream(seed, replication, f"inflow_classes:{year.year}").multinomial(daily, by_class)


def _draw_month_shares(
    year: YearPlan, quarters: list[int] | None, seasonality: Seasonality, rng: Generator
) -> np.ndarray:
    """Draw how the open months share what is left: first the quarters, then the months within each quarter.

    Quarters that are given keep their persons, none of them drawn again; when they hold nobody, nobody is shared out.
    """
    expected = _open_month_shares(year.first_open_day, seasonality)
    quarter = (np.arange(13 - len(expected), 13) - 1) // 3
    quarter -= quarter[0]
    by_quarter = rng.dirichlet(seasonality.quarter_concentration * np.bincount(quarter, expected))
    if quarters and any(quarters):
        by_quarter = np.array(quarters) / np.sum(quarters)
    by_month = rng.standard_gamma(seasonality.month_concentration * expected)
    within = np.bincount(quarter, by_month)
    return np.asarray(by_quarter[quarter] * by_month / np.where(within > 0, within, 1.0)[quarter])


def _open_month_shares(first_open_day: date, seasonality: Seasonality) -> np.ndarray:
    """Share of the whole year in each open month; a month that is partly open counts for its open days."""
    month_shares = np.array(seasonality.factors)[first_open_day.month - 1 :] / 12
    start = first_open_day.replace(day=1)
    whole_month = np.arange(start.toordinal(), start.toordinal() + monthrange(start.year, start.month)[1])
    weights = _day_weights(whole_month)
    month_shares[0] *= weights[first_open_day.day - 1 :].sum() / weights.sum()
    return month_shares


def _draw_flow(flow: OtherFlow, year: int, seed: int, replication: int) -> tuple[int, np.ndarray]:
    """Draw the daily arrivals of a whole year of a flow outside the count; no season is known for these flows."""
    rng = stream(seed, replication, f"{flow.case_class}:{year}")
    low, high = flow.total.bounds
    total = round(triangular(float(rng.random()), low, flow.total.central, high))
    first = date(year, 1, 1).toordinal()
    ordinals = np.arange(first, first + (366 if isleap(year) else 365))
    weights = np.ones(len(ordinals)) if flow.case_class in EVERY_DAY_ALIKE else _day_weights(ordinals)
    return first, rng.multinomial(total, weights / weights.sum())


def _day_weights(ordinals: np.ndarray) -> np.ndarray:
    """Working days weigh 1, Saturdays and Sundays less (day 1 of the calendar was a Monday)."""
    weekend = (ordinals - 1) % 7 >= 5
    return np.where(weekend, assumptions().days.weekend_weight.central, 1.0)


def _months_of(ordinals: np.ndarray) -> np.ndarray:
    epoch = date(1970, 1, 1).toordinal()
    days = (ordinals - epoch).astype("datetime64[D]")
    return np.asarray(days.astype("datetime64[M]").astype(int) % 12 + 1)


def _place(period: np.ndarray, period_first: int, first: int, block: np.ndarray) -> None:
    """Copy the rows of a block that fall inside the period."""
    begin = max(period_first, first)
    end = min(period_first + len(period), first + len(block))
    if begin < end:
        period[begin - period_first : end - period_first] = block[begin - first : end - first]
