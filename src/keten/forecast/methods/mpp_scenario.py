# SPDX-License-Identifier: EUPL-1.2
"""The scenarios of the multi-year production forecast as yearly totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from keten.domain.errors import Problem, ScenarioError
from keten.forecast.assumptions import Spread, assumptions
from keten.forecast.backtest import median_error
from keten.forecast.methods import Question
from keten.forecast.plan import Plan, YearPlan, observed_part, other_flows
from keten.observations import Observations, Scenario, mpp_scenarios
from keten.parameters.values import Quantity

SCENARIOS = ("minimum", "medium", "maximum", "most_likely")


class MppScenario:
    """Totals as the ministry published them; where it did not, as the assumptions say."""

    name = "mpp_scenario"
    meaning = "Yearly totals of a scenario of the multi-year production forecast, less what already came in"

    def plan(self, observations: Observations, question: Question) -> Plan:
        """Make the plan of a scenario, from the newest edition that is known; or from the one that is asked for."""
        rule = assumptions().scenarios
        scenario = _scenario_name(question.scenario)
        asked = range(question.reference_date.year, question.until.year + 1)
        editions = _editions(observations, question.edition) if set(asked) - set(question.totals) else ()
        years = []
        for year in asked:
            observed, until = observed_part(observations, year, question.reference_date)
            total, owner = question.totals.get(year), question.owner
            if total is None:
                total, owner = _total(observations, editions, scenario, year, question), assumptions().owner
            years.append(YearPlan(year, total, observed, until, owner))
        return Plan(scenario, rule.definition, tuple(years), other_flows(observations))


@dataclass(frozen=True)
class _Edition:
    """What an edition says of each scenario and year; `year` is the one it was made in."""

    name: str
    year: int
    published: Mapping[tuple[str, int], Scenario]


def _editions(observations: Observations, asked: str) -> tuple[_Edition, ...]:
    """Give the editions of the forecast that are known, the newest first; only the one asked for when one is."""
    rule = assumptions().scenarios
    counts = (pl.col("measure") == "inflow") & (pl.col("definition") == rule.definition)
    rows = observations.forecasts.filter(counts).group_by("edition").agg(pl.col("made_on").max())
    made = {edition: on for edition, on in rows.iter_rows() if edition == (asked or edition)}
    if not made:
        what = f"edition {asked or rule.edition} was not published yet on {observations.known_on_day}."
        remedy = "Choose a later knowledge date, or give a total for every year with owner and reason."
        raise ScenarioError("Forecast", [Problem("knowledge date", what, remedy)])
    order = sorted(made, key=lambda edition: (made[edition], edition), reverse=True)
    return tuple(
        _Edition(
            name,
            made[name].year,
            {
                (row.scenario, row.year): row
                for row in mpp_scenarios(observations, name)
                if row.definition == rule.definition
            },
        )
        for name in order
    )


def _scenario_name(given: str) -> str:
    name = given.replace("-", "_")
    if name in SCENARIOS:
        return name
    near = get_close_matches(name, SCENARIOS, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Choose from {', '.join(SCENARIOS)}."
    raise ScenarioError("Forecast", [Problem("scenario", f"{given!r} is not a scenario of the forecast.", remedy)])


def _total(
    observations: Observations, editions: Sequence[_Edition], scenario: str, year: int, question: Question
) -> Quantity:
    """Total of one year as a range: the scenario's number, widened by what earlier editions missed.

    Of the newest edition that says something about the year; an older one stands in where the newest is silent.
    """
    spreads = assumptions().scenarios.spread
    spread = spreads.year_in_progress if year == question.reference_date.year else spreads.later_year
    found = next((said for edition in editions if (said := _published_or_assumed(edition, scenario, year))), None)
    if found is None:
        what, remedy = f"edition {editions[0].name} gives no total for it.", "Add a total with owner and reason."
        raise ScenarioError(f"Forecast {scenario}", [Problem(f"year {year}", what, remedy)])
    miss = median_error(observations, spread.editions)
    return _with_spread(found[0], spread.otherwise if miss is None else miss, found[1], spread)


def _published_or_assumed(edition: _Edition, scenario: str, year: int) -> tuple[float, str] | None:
    rule = assumptions().scenarios
    if scenario == "most_likely" and year == edition.year:
        return _most_likely(edition)
    if (scenario, year) in edition.published:
        row = edition.published[(scenario, year)]
        return float(row.persons), f"Published: {row.persons:,} ({row.provenance.source})."
    follow, first = rule.later_years.follow, edition.year
    if year == first or (follow, year) not in edition.published or (follow, first) not in edition.published:
        return None
    start = _published_or_assumed(edition, scenario, first)
    if start is None:
        return None
    base, _ = start
    later, earlier = edition.published[(follow, year)], edition.published[(follow, first)]
    ratio = f"{base:,.0f} times {later.persons:,} / {earlier.persons:,}"
    reason = f"{rule.later_years.reason} {ratio} ({later.provenance.source})."
    return base * later.persons / earlier.persons, reason


def _most_likely(edition: _Edition) -> tuple[float, str] | None:
    """Give what the letter said of its own edition; of another what it says itself, else between medium and maximum."""
    rule, year = assumptions().scenarios, edition.year
    if edition.name == rule.edition:
        return rule.most_likely.central, f"{rule.most_likely.assumption} {rule.most_likely.note}"
    if ("most_likely", year) in edition.published:
        row = edition.published["most_likely", year]
        return float(row.persons), f"Published: {row.persons:,} ({row.provenance.source})."
    between = [edition.published.get((name, year)) for name in ("medium", "maximum")]
    if None in between:
        return None
    medium, maximum = (row.persons for row in between if row is not None)
    return (medium + maximum) / 2, f"Halfway between medium {medium:,} and maximum {maximum:,} of {edition.name}."


def _with_spread(persons: float, miss: float, origin: str, spread: Spread) -> Quantity:
    return Quantity(
        low=round(persons * (1 - miss)), mode=round(persons), high=round(persons * (1 + miss)), unit="persons",
        assumption=f"{origin} Plus or minus {100 * miss:.0f}%: {spread.reason}",
    )  # fmt: skip


METHOD = MppScenario()
