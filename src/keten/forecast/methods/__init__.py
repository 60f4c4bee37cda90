# SPDX-License-Identifier: EUPL-1.2
"""A forecast method is one file in this folder with a `METHOD`; it turns what is known into a plan."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from keten.domain.errors import Problem, ScenarioError
from keten.forecast.plan import Plan
from keten.observations import Observations
from keten.parameters.values import Quantity


@dataclass(frozen=True)
class Question:
    """What is asked of a method.

    Parameters
    ----------
    scenario
        A scenario of the ministries (minimum, medium, maximum or most_likely), or the name of a method.
    reference_date
        Last day of the past; what came in up to it is taken off the total of its year.
    known_on
        Knowledge date: later publications are not used.
    until
        Last day asked for.
    totals
        Totals by year that replace those of the method, each with its source or reason.
    owner
        Who stands for the replaced totals.
    edition
        Edition of the production forecast; the newest that is known when it is not named.
    """

    scenario: str
    reference_date: date
    known_on: date
    until: date
    totals: Mapping[int, Quantity] = field(default_factory=dict)
    owner: str = ""
    edition: str = ""


OF_THE_MINISTRIES = "mpp_scenario"
"""The method that knows the scenarios which the ministries publish."""


class ForecastMethod(Protocol):
    """A way to forecast yearly totals."""

    name: str
    meaning: str

    def plan(self, observations: Observations, question: Question) -> Plan:
        """Make a plan; `observations` hold only what was known on the knowledge date."""
        ...


def _discover() -> dict[str, ForecastMethod]:
    found = {}
    for module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        method: ForecastMethod = importlib.import_module(f"{__name__}.{module}").METHOD
        found[method.name] = method
    return found


def make_plan(observations: Observations, question: Question, *, method: str | None = None) -> Plan:
    """Make a plan with a method, from what was known on the knowledge date of the question.

    Without a method the scenario tells it: its name is that of a method, or of a scenario of the ministries.

    Raises
    ------
    ScenarioError
        When the method or scenario is unknown, or a year of the question has no total.
    """
    name = question.scenario.replace("-", "_")
    method = method or (name if name in METHODS else OF_THE_MINISTRIES)
    if method not in METHODS:
        known = ", ".join(METHODS)
        raise ScenarioError(
            "Forecast", [Problem("method", f"{method!r} is not a forecast method.", f"Choose from {known}.")]
        )
    return METHODS[method].plan(observations.known_on(question.known_on), question)


METHODS: dict[str, ForecastMethod] = _discover()
"""Every forecast method by its name."""
