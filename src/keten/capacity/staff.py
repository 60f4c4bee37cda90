# SPDX-License-Identifier: EUPL-1.2
"""Staff as a stock-flow: what a hire, an external hire or a project adds to the hours of a resource, day by day.

The hours of the present staff are the capacity of the chain tables. A plan adds to them and moves them: a project takes
its people from the resource that lends them, so every hour is promised once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from keten.capacity.values import StaffValues
from keten.domain.errors import Problem
from keten.parameters.values import Quantity

Hours = NDArray[np.float64]
DAYS_PER_MONTH = 365.25 / 12
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Hire:
    """People who come to a resource: recruits (`own`) or `external` ones.

    Parameters
    ----------
    fte
        Full-time equivalents.
    requested_on
        Day of the vacancy or the request; the first day at work follows after the lead time.
    until
        Last day of the contract, where there is one.
    """

    resource: str
    fte: float
    requested_on: date
    kind: Literal["own", "external"] = "own"
    until: date = date.max


@dataclass(frozen=True)
class Project:
    """A project that draws trained people from one resource to another, between two days (the last excluded)."""

    name: str
    lender: str
    borrower: str
    fte: float
    start: date
    end: date = date.max


@dataclass(frozen=True)
class StaffPlan:
    """Everything a scenario changes in staff."""

    hires: tuple[Hire, ...] = ()
    projects: tuple[Project, ...] = ()
    leave: Mapping[str, tuple[tuple[date, date, float], ...]] = field(default_factory=dict)
    """Extra leave per resource: from, until (excluded) and the share of the hours that is not worked."""


@dataclass(frozen=True)
class _Rates:
    """The values of one replication."""

    hours_per_fte: float
    recruitment_days: float
    training_days: float
    training_productivity: float
    attrition_per_day: float
    external_start_days: float
    external_productivity: float


def _rates(values: StaffValues, choose: Callable[[str, Quantity], float]) -> _Rates:
    chosen = {name: choose(f"staff/{name}", getattr(values, name)) for name in type(values).model_fields}
    return _Rates(
        hours_per_fte=chosen["hours_per_fte"],
        recruitment_days=chosen["recruitment_months"] * DAYS_PER_MONTH,
        training_days=chosen["training_months"] * DAYS_PER_MONTH,
        training_productivity=chosen["training_productivity"],
        attrition_per_day=-np.log1p(-chosen["attrition_per_year"]) / DAYS_PER_YEAR,
        external_start_days=chosen["external_start_months"] * DAYS_PER_MONTH,
        external_productivity=chosen["external_productivity"],
    )


def staff_hours(
    plan: StaffPlan,
    values: StaffValues,
    *,
    resources: Sequence[str],
    dates: Sequence[date],
    capacity: Hours,
    choose: Callable[[str, Quantity], float],
) -> Hours:
    """Add to the capacity of each resource and day what the plan changes.

    Parameters
    ----------
    capacity
        Hours of the present staff, resources by days; a day without hours is a day on which nobody works.

    Returns
    -------
    Hours per resource and day, never negative: a plan that promises more than there is must be refused first, see
    `double_promises`.
    """
    rates = _rates(values, choose)
    numbers = np.array([day.toordinal() for day in dates])
    result = capacity.copy()
    working = (capacity > 0).any(axis=0)
    for hire in plan.hires:
        row = resources.index(hire.resource)
        result[row] += _productive_fte(hire, rates, numbers) * rates.hours_per_fte * working
    for project in plan.projects:
        inside = (numbers >= project.start.toordinal()) & (numbers < project.end.toordinal())
        moved = project.fte * rates.hours_per_fte * (inside & working)
        result[resources.index(project.lender)] -= moved
        result[resources.index(project.borrower)] += moved
    for name, periods in plan.leave.items():
        for start, end, share in periods:
            inside = (numbers >= start.toordinal()) & (numbers < end.toordinal())
            result[resources.index(name)] *= np.where(inside, 1.0 - share, 1.0)
    return np.maximum(result, 0.0)


def _productive_fte(hire: Hire, rates: _Rates, numbers: NDArray[np.int64]) -> Hours:
    """Full-time equivalents of trained officers that a hire is worth on each day."""
    own = hire.kind == "own"
    lead = rates.recruitment_days if own else rates.external_start_days
    days = numbers - hire.requested_on.toordinal() - lead
    there = (days >= 0) & (numbers <= hire.until.toordinal())
    if not own:
        return np.where(there, hire.fte * rates.external_productivity, 0.0)
    staying = np.exp(-rates.attrition_per_day * np.maximum(days, 0.0))
    productivity = np.where(days < rates.training_days, rates.training_productivity, 1.0)
    return np.where(there, hire.fte * staying * productivity, 0.0)


def double_promises(
    plan: StaffPlan, values: StaffValues, *, resources: Sequence[str], dates: Sequence[date], capacity: Hours
) -> Iterator[Problem]:
    """Find the days on which projects together draw more people from a resource than it has.

    Hires that are productive by then count as people it has. One problem per resource, naming the projects, the first
    day and what is missing.
    """
    rates = _rates(values, lambda _name, quantity: quantity.central)
    numbers = np.array([day.toordinal() for day in dates])
    working = (capacity > 0).any(axis=0)
    for name in dict.fromkeys(project.lender for project in plan.projects):
        drawing = [project for project in plan.projects if project.lender == name]
        row = resources.index(name)
        own = sum(
            (_productive_fte(hire, rates, numbers) for hire in plan.hires if hire.resource == name),
            np.zeros(len(dates)),
        )
        there = capacity[row] / rates.hours_per_fte + own
        asked = sum(
            (
                project.fte * ((numbers >= project.start.toordinal()) & (numbers < project.end.toordinal()))
                for project in drawing
            ),
            np.zeros(len(dates)),
        )
        short = np.flatnonzero(working & (asked > there + 1e-9))
        if len(short):
            day = int(short[0])
            yield Problem(
                f"staff of {name}",
                f"{' and '.join(project.name for project in drawing)} together draw {asked[day]:,.0f} fte from "
                f"{dates[day]} on, and there are {there[day]:,.0f}.",
                "Let the projects follow each other, make them smaller, or hire first.",
            )
