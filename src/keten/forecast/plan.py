# SPDX-License-Identifier: EUPL-1.2
"""A plan: how much may come in per year, before it is spread over months, days and case classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from keten.domain.errors import Problem, ScenarioError
from keten.forecast.assumptions import assumptions
from keten.forecast.quarter_paths import QuarterPaths
from keten.observations import Observations, convert, monthly_inflow, total_inflow, yearly_inflow
from keten.parameters.values import Quantity


@dataclass(frozen=True)
class YearPlan:
    """The total of one calendar year, and what of it already happened.

    `observed` (persons) came in from 1 January up to and including `observed_until`; the rest of the total is still to
    come. All in the definition of the plan. With `drawn_by_quarter` the total is only told: the quarters of the plan
    are drawn, and make it.
    """

    year: int
    total: Quantity
    observed: int = 0
    observed_until: date | None = None
    owner: str = ""
    drawn_by_quarter: bool = False

    @property
    def first_open_day(self) -> date:
        """First day of the year that is not observed yet."""
        return self.observed_until + timedelta(days=1) if self.observed_until else date(self.year, 1, 1)


@dataclass(frozen=True)
class OtherFlow:
    """Yearly total of one case class outside the count of the plan, under its own definition."""

    case_class: str
    definition: str
    total: Quantity


@dataclass(frozen=True)
class Plan:
    """Yearly totals of one scenario under one definition of inflow, and the flows outside that count.

    `paths` hold the quarters of the years that are drawn by quarter; None when no year is.
    """

    scenario: str
    definition: str
    years: tuple[YearPlan, ...]
    other_flows: tuple[OtherFlow, ...]
    paths: QuarterPaths | None = None

    def year(self, year: int) -> YearPlan:
        """Give the plan of a calendar year.

        Raises
        ------
        ScenarioError
            When the plan says nothing about that year.
        """
        for plan in self.years:
            if plan.year == year:
                return plan
        known = ", ".join(str(plan.year) for plan in self.years)
        raise ScenarioError(
            f"Forecast {self.scenario}",
            [
                Problem(
                    f"year {year}",
                    f"the plan has no total for it (known: {known}).",
                    "Add a total with owner and reason.",
                )
            ],
        )


@lru_cache(maxsize=32)
def observed_part(observations: Observations, year: int, until: date) -> tuple[int, date | None]:
    """Count what came in from 1 January in an unbroken row of observed months, in the definition of the plan.

    The months of the IND leave resettlement out; it is added by the named conversion of the assumptions.

    Returns
    -------
    tuple
        Persons, and the last day counted (None when January is not known).
    """
    rule = assumptions().scenarios
    rows = monthly_inflow(observations, rule.observed_definition, "total", date(year, 1, 1), until)
    unbroken = rows.filter(pl.col("period_start").dt.month() == pl.int_range(1, pl.len() + 1))
    if unbroken.is_empty():
        return 0, None
    counted = convert(unbroken, rule.observed_conversion)
    last = unbroken["period_end"].max()
    assert isinstance(last, date)
    return total_inflow(counted, definition=rule.definition), last


@lru_cache(maxsize=8)
def other_flows(observations: Observations) -> tuple[OtherFlow, ...]:
    """Plan the flows outside the count: lateral inflow, family reunification applications and supervision."""
    rules = assumptions().other_flows
    lateral = Quantity(**rules.lateral.model_dump(exclude={"definition"}))
    return (
        OtherFlow("lateral", rules.lateral.definition, lateral),
        OtherFlow("family_reunification", rules.family_reunification.definition, _family_total(observations)),
        OtherFlow("supervision", rules.supervision.definition, _supervision_total(observations)),
    )


def _family_total(observations: Observations) -> Quantity:
    rule = assumptions().other_flows.family_reunification
    filed = yearly_inflow(observations, rule.definition, "family_reunification")
    first = yearly_inflow(observations, assumptions().scenarios.observed_definition, rule.growth_from)
    last = max((year for year in filed if year in first), default=None)
    if last is None:
        raise _unknown_flow("family_reunification", observations)
    grown = filed[last] * max(1.0, first[max(first)] / first[last])
    return Quantity(
        low=filed[last], mode=(filed[last] + grown) / 2, high=grown, unit=rule.unit,
        assumption=f"{rule.reason} Filed in {last}: {filed[last]:,}; first applications {last}-{max(first)} times "
        f"{first[max(first)] / first[last]:.2f}.",
    )  # fmt: skip


def _supervision_total(observations: Observations) -> Quantity:
    rule = assumptions().other_flows.supervision
    past = yearly_inflow(observations, rule.definition, "supervision")
    usable = {year: files for year, files in past.items() if year not in rule.left_out_years}
    if not usable:
        raise _unknown_flow("supervision", observations)
    return Quantity(
        low=min(usable.values()), mode=usable[max(usable)], high=max(usable.values()), unit=rule.unit,
        assumption=f"{rule.reason} Years: {', '.join(f'{year} {files:,}' for year, files in usable.items())}.",
    )  # fmt: skip


def _unknown_flow(name: str, observations: Observations) -> ScenarioError:
    what = f"no figure of it is known on {observations.known_on_day}."
    return ScenarioError("Forecast", [Problem(name, what, "Choose a later day on which figures are known.")])
