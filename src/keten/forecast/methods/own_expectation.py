# SPDX-License-Identifier: EUPL-1.2
"""Keten's own expectation: the ensemble of quarters, held against the months already seen.

It is no scenario: nobody chose it. It follows from the figures known on the knowledge date, and moves when they do.
"""

from __future__ import annotations

from datetime import date
from itertools import takewhile

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from keten.forecast.assumptions import assumptions
from keten.forecast.draws import stream
from keten.forecast.ensemble.edition import edition_says
from keten.forecast.ensemble.history import QuarterHistory, quarter_after, quarter_history
from keten.forecast.ensemble.mixture import QuarterForecast, forecast_quarters
from keten.forecast.ensemble.paths import draw_paths
from keten.forecast.methods import Question
from keten.forecast.plan import Plan, YearPlan, observed_part, other_flows
from keten.forecast.quarter_paths import QuarterPaths
from keten.forecast.seasonality import usual_seasonality
from keten.forecast.shares import first_share, shares
from keten.observations import Observations, convert, monthly_inflow, total_inflow
from keten.parameters.values import Quantity

NAME = "own_expectation"

_PATHS_SEED = 7
"""The paths are a table of quantiles in another form: the seed of a study picks from them, it does not make them."""

_STRATA = 20
"""Ways in which a begun quarter may end, each followed by its own paths."""


class OwnExpectation:
    """An ensemble of simple forecasts, with the edition of the ministries as one of its voices."""

    name = NAME
    meaning = "Keten's own expectation: an ensemble on the quarters known, with spreads learned from its past misses"

    def plan(self, observations: Observations, question: Question) -> Plan:
        """Draw the quarters up to the last day asked for, and tell the totals of the years they make."""
        paths = quarter_paths(observations, question)
        years = []
        for year in range(question.reference_date.year, question.until.year + 1):
            observed, until = observed_part(observations, year, question.reference_date)
            given = question.totals.get(year)
            total = given or _year_total(paths, year, observations, question)
            owner = question.owner if given else assumptions().owner
            years.append(YearPlan(year, total, observed, until, owner, drawn_by_quarter=given is None))
        flows = other_flows(observations)
        return Plan(self.name, assumptions().scenarios.definition, tuple(years), flows, paths)


def quarter_paths(observations: Observations, question: Question) -> QuarterPaths:
    """Draw the quarters from the first that is open on the reference date, as the months seen of it allow."""
    history = _extended(quarter_history(observations), observations, question)
    ahead = _quarters_until(history.next_quarter, question.until.year)
    months = _months_seen(observations, history.next_quarter, question.reference_date)
    seen = _persons(months, observations, question)
    rng, paths = stream(_PATHS_SEED, 0, NAME), int(assumptions().ensemble.paths.central)
    if months:
        first = _begun_quarter(
            history, seen * _first_share(observations, question), len(months), observations, question
        )
        drawn = np.vstack([_after(value, history, ahead, observations, rng, paths // len(first)) for value in first])
    else:
        drawn = draw_paths(_together(history, observations, ahead), rng, paths)
    ordered = drawn[np.argsort(drawn.sum(axis=1), kind="stable")]
    return QuarterPaths(history.next_quarter, ordered, seen)


def _together(history: QuarterHistory, observations: Observations, ahead: int) -> QuarterForecast:
    return forecast_quarters(history, ahead, edition=edition_says(observations, history, ahead))


def _after(
    begun: float, history: QuarterHistory, ahead: int, observations: Observations, rng: Generator, paths: int
) -> NDArray[np.float64]:
    """Draw paths on which the begun quarter ends at a number of persons: what comes later learns from it."""
    column = np.full((paths, 1), begun)
    if ahead == 1:
        return column
    later = draw_paths(_together(history.with_next(round(begun)), observations, ahead - 1), rng, paths)
    return np.hstack([column, later])


def _begun_quarter(
    history: QuarterHistory, seen: float, months: int, observations: Observations, question: Question
) -> NDArray[np.float64]:
    """Where a quarter may end of which months were seen: equally likely numbers of first applications.

    What the ensemble expected, weighed by how the part seen scatters around the season (a beta distribution).
    """
    forecast, rules = _together(history, observations, 1), assumptions().ensemble
    persons = np.sort(draw_paths(forecast, stream(_PATHS_SEED, 1, NAME), int(rules.paths.central))[:, 0])
    persons = np.maximum(persons, seen * (1 + 1e-9) + 1)
    season = usual_seasonality(observations, question.known_on)
    factors = np.array(season.factors)[forecast.first.month - 1 : forecast.first.month + 2]
    part, strength = factors[:months].sum() / factors.sum(), season.month_concentration * factors.sum() / 12
    share = max(seen, 1.0) / persons
    logs = strength * part * np.log(share) + (strength * (1 - part) - 1) * np.log1p(-share)
    weights = np.exp(logs - logs.max())
    strata = (np.arange(_STRATA) + 0.5) / _STRATA
    return np.interp(strata, np.cumsum(weights) / weights.sum(), persons)


def _extended(history: QuarterHistory, observations: Observations, question: Question) -> QuarterHistory:
    """Leave out what lies after the reference date; add quarters of which the months of the whole count are known."""
    history = history.up_to(_quarter_before(question.reference_date))
    while len(months := _months_seen(observations, history.next_quarter, question.reference_date)) == 3:
        persons = _persons(months, observations, question)
        history = history.with_next(round(persons * _first_share(observations, question)))
    return history


def _quarter_before(day: date) -> date:
    """First day of the last quarter that has ended by the end of a day."""
    return quarter_after(date.fromordinal(day.toordinal() + 1), -1)


def _quarters_until(first: date, year: int) -> int:
    """Count the quarters from `first` up to and including the last one of a year."""
    ahead = 1
    while quarter_after(first, ahead).year <= year:
        ahead += 1
    return ahead


def _months_seen(observations: Observations, quarter: date, until: date) -> list[date]:
    """First days of the observed months of a quarter, an unbroken row from its first month on."""
    last = date.fromordinal(quarter_after(quarter, 1).toordinal() - 1)
    definition = assumptions().scenarios.observed_definition
    rows = monthly_inflow(observations, definition, "total", quarter, min(last, until))
    counted = set(rows["period_start"].to_list())
    months = [date(quarter.year, quarter.month + place, 1) for place in range(3)]
    return list(takewhile(counted.__contains__, months))


def _persons(months: list[date], observations: Observations, question: Question) -> int:
    """Persons who came in observed months, in the definition of the plan."""
    if not months:
        return 0
    rule = assumptions().scenarios
    rows = monthly_inflow(observations, rule.observed_definition, "total", min(months), question.reference_date)
    rows = rows.filter(rows["period_start"].is_in(months))
    return total_inflow(convert(rows, rule.observed_conversion), definition=rule.definition)


def _first_share(observations: Observations, question: Question) -> float:
    return first_share(shares(observations, question.known_on).central())


def _year_total(paths: QuarterPaths, year: int, observations: Observations, question: Question) -> Quantity:
    """Total of a year at the usual shares: the tenth, fiftieth and ninetieth percentile of the paths."""
    drawn = paths.year_quantiles(year, (0.1, 0.5, 0.9)) / _first_share(observations, question)
    low, mode, high = (round(value + _before(paths, year, observations)) for value in drawn)
    return Quantity(
        low=low, mode=mode, high=high, unit="persons",
        assumption="The tenth, fiftieth and ninetieth percentile of the paths of the ensemble, at the usual share of "
        "first applications, with what came in before its first quarter. Spreads follow from past misses.",
    )  # fmt: skip


def _before(paths: QuarterPaths, year: int, observations: Observations) -> int:
    """Persons of a year who came in before the first quarter that is drawn."""
    day_before = date.fromordinal(paths.first.toordinal() - 1)
    return observed_part(observations, year, day_before)[0] if day_before.year == year else 0


METHOD = OwnExpectation()
