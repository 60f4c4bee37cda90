# SPDX-License-Identifier: EUPL-1.2
"""The honest baseline: the next year is the last twelve months again. A method that cannot beat this is no forecast."""

from __future__ import annotations

from datetime import date

import polars as pl

from keten.domain.errors import Problem, ScenarioError
from keten.forecast.assumptions import assumptions
from keten.forecast.backtest import backtest_naive, median
from keten.forecast.methods import Question
from keten.forecast.plan import Plan, YearPlan, observed_part, other_flows
from keten.observations import Observations, convert, monthly_inflow, total_inflow
from keten.parameters.values import Quantity


class SeasonalNaive:
    """Every month as the same month a year before."""

    name = "seasonal_naive"
    meaning = "Every month again as the last time it was observed; the baseline that other methods must beat"

    def plan(self, observations: Observations, question: Question) -> Plan:
        """Repeat the last twelve observed months in every year of the plan."""
        rule = assumptions().scenarios
        total = self._last_twelve_months(observations, question.reference_date)
        years = []
        for year in range(question.reference_date.year, question.until.year + 1):
            observed, until = observed_part(observations, year, question.reference_date)
            given = question.totals.get(year)
            years.append(
                YearPlan(year, given or total, observed, until, question.owner if given else assumptions().owner)
            )
        return Plan(self.name, rule.definition, tuple(years), other_flows(observations))

    def _last_twelve_months(self, observations: Observations, until: date) -> Quantity:
        rule = assumptions().scenarios
        rows = monthly_inflow(observations, rule.observed_definition, "total", date.min, until)
        last = rows.group_by(pl.col("period_start").dt.month().alias("month"), maintain_order=True).agg(
            pl.all().sort_by("period_start").last()
        )
        if last.height < 12:
            raise ScenarioError(
                "Forecast seasonal_naive",
                [Problem(f"up to {until}", f"only {last.height} of twelve months are known.", "Choose a later day.")],
            )
        persons = total_inflow(convert(last.drop("month"), rule.observed_conversion), definition=rule.definition)
        errors = [abs(error.actual / error.forecast - 1) for error in backtest_naive(observations) if error.forecast]
        miss = median(errors) if errors else rule.spread.later_year.otherwise
        return Quantity(
            low=round(persons * max(0.0, 1 - miss)), mode=persons, high=round(persons * (1 + miss)), unit="persons",
            assumption=f"The last twelve observed months up to {until}, converted by {rule.observed_conversion}; plus "
            f"or minus {100 * miss:.0f}%, the median miss of the same quarter a year before.",
        )  # fmt: skip


METHOD = SeasonalNaive()
