# SPDX-License-Identifier: EUPL-1.2
"""The scenarios of the multi-year production forecast as yearly totals."""

from __future__ import annotations

from difflib import get_close_matches

from keten.domain.errors import DeliveryError, Problem, ScenarioError
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
        """Make the plan of a scenario."""
        rule = assumptions().scenarios
        scenario = _scenario_name(question.scenario)
        asked = range(question.reference_date.year, question.until.year + 1)
        published = _published(observations, rule.edition) if set(asked) - set(question.totals) else {}
        years = []
        for year in asked:
            observed, until = observed_part(observations, year, question.reference_date)
            total, owner = question.totals.get(year), question.owner
            if total is None:
                total, owner = _total(observations, published, scenario, year, question), assumptions().owner
            years.append(YearPlan(year, total, observed, until, owner))
        return Plan(scenario, rule.definition, tuple(years), other_flows(observations))


def _scenario_name(given: str) -> str:
    name = given.replace("-", "_")
    if name in SCENARIOS:
        return name
    near = get_close_matches(name, SCENARIOS, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Choose from {', '.join(SCENARIOS)}."
    raise ScenarioError("Forecast", [Problem("scenario", f"{given!r} is not a scenario of the forecast.", remedy)])


def _published(observations: Observations, edition: str) -> dict[tuple[str, int], Scenario]:
    try:
        return {(row.scenario, row.year): row for row in mpp_scenarios(observations, edition)}
    except DeliveryError:
        what = f"edition {edition} was not published yet on {observations.known_on_day}."
        remedy = "Choose a later knowledge date, or give a total for every year with owner and reason."
        raise ScenarioError("Forecast", [Problem("knowledge date", what, remedy)]) from None


def _total(
    observations: Observations,
    published: dict[tuple[str, int], Scenario],
    scenario: str,
    year: int,
    question: Question,
) -> Quantity:
    """Total of one year as a range: the scenario's number, widened by what earlier editions missed."""
    spreads = assumptions().scenarios.spread
    spread = spreads.year_in_progress if year == question.reference_date.year else spreads.later_year
    persons, origin = _published_or_assumed(published, scenario, year, question.reference_date.year)
    miss = median_error(observations, spread.editions)
    return _with_spread(persons, spread.otherwise if miss is None else miss, origin, spread)


def _published_or_assumed(
    published: dict[tuple[str, int], Scenario], scenario: str, year: int, first_year: int
) -> tuple[float, str]:
    rule = assumptions().scenarios
    if scenario == "most_likely" and year == first_year:
        return rule.most_likely.central, f"{rule.most_likely.assumption} {rule.most_likely.note}"
    if (scenario, year) in published:
        row = published[(scenario, year)]
        return float(row.persons), f"Published: {row.persons:,} ({row.provenance.source})."
    follow = rule.later_years.follow
    if year == first_year or (follow, year) not in published or (follow, first_year) not in published:
        raise ScenarioError(
            f"Forecast {scenario}",
            [
                Problem(
                    f"year {year}",
                    "the edition gives no total for it.",
                    "Add a total with owner and reason to the scenario.",
                )
            ],
        )
    base, _ = _published_or_assumed(published, scenario, first_year, first_year)
    later, earlier = published[(follow, year)], published[(follow, first_year)]
    ratio = f"{base:,.0f} times {later.persons:,} / {earlier.persons:,}"
    reason = f"{rule.later_years.reason} {ratio} ({later.provenance.source})."
    return base * later.persons / earlier.persons, reason


def _with_spread(persons: float, miss: float, origin: str, spread: Spread) -> Quantity:
    return Quantity(
        low=round(persons * (1 - miss)), mode=round(persons), high=round(persons * (1 + miss)), unit="persons",
        assumption=f"{origin} Plus or minus {100 * miss:.0f}%: {spread.reason}",
    )  # fmt: skip


METHOD = MppScenario()
