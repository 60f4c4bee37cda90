# SPDX-License-Identifier: EUPL-1.2
"""What may come in: yearly totals of a scenario turned into whole daily arrivals per case class, as samples."""

from keten.forecast.backtest import EditionError, NaiveError, backtest_editions, backtest_naive
from keten.forecast.classes import CASE_CLASSES, COUNTED_CLASSES, OTHER_CLASSES
from keten.forecast.methods import METHODS, ForecastMethod, make_plan
from keten.forecast.plan import OtherFlow, Plan, YearPlan
from keten.forecast.sample import Arrivals, DrawnYear, sample_arrivals
from keten.forecast.seasonality import Seasonality, combine, seasonality, usual_seasonality
from keten.forecast.shares import Shares, shares

__all__ = [
    "CASE_CLASSES",
    "COUNTED_CLASSES",
    "METHODS",
    "OTHER_CLASSES",
    "Arrivals",
    "DrawnYear",
    "EditionError",
    "ForecastMethod",
    "NaiveError",
    "OtherFlow",
    "Plan",
    "Seasonality",
    "Shares",
    "YearPlan",
    "backtest_editions",
    "backtest_naive",
    "combine",
    "make_plan",
    "sample_arrivals",
    "seasonality",
    "shares",
    "usual_seasonality",
]
