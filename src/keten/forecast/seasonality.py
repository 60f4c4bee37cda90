# SPDX-License-Identifier: EUPL-1.2
"""How a year spreads over its months, from the years of which every month was observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from keten.domain.errors import DeliveryError, Problem
from keten.forecast.assumptions import assumptions
from keten.observations import Observations, monthly_inflow
from keten.observations.queries import quarterly_inflow

QUARTERLY_SERIES = ("cbs_asylum_inflow", "first")
"""The longest series of quarters: first applications since 2013."""


@dataclass(frozen=True)
class YearShape:
    """The share of every month in one observed year, within one definition."""

    year: int
    definition: str
    application_type: str
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Seasonality:
    """Twelve factors around 1 (an average month), and how far single years scatter around them.

    Both concentrations are those of a Dirichlet distribution: the larger, the closer a year keeps to the factors.
    `quarter_concentration` says how quarters share a year, from the long quarterly series (a crisis shifts whole
    quarters at once); `month_concentration` how months share their quarter, from the observed months.
    """

    factors: tuple[float, ...]
    month_concentration: float
    quarter_concentration: float
    shapes: tuple[YearShape, ...]
    note: str

    @property
    def years(self) -> tuple[int, ...]:
        """Years of which the months were used."""
        return tuple(shape.year for shape in self.shapes)


def seasonality(
    observations: Observations, definition: str, known_on: date, *, application_type: str = "total"
) -> Seasonality:
    """Derive the seasonal factors of one definition from its fully observed years.

    Raises
    ------
    DeliveryError
        When no year has all twelve months.
    """
    known = observations.known_on(known_on)
    left_out = assumptions().months.left_out_years
    rows = monthly_inflow(known, definition, application_type, date.min, date.max)
    shapes = []
    for year in sorted(set(rows["period_start"].dt.year()) - set(left_out)):
        months = rows.filter(rows["period_start"].dt.year() == year)["count"].to_numpy()
        if len(months) == 12 and months.sum() > 0:
            shapes.append(YearShape(year, definition, application_type, tuple((months / months.sum()).tolist())))
    if not shapes:
        raise DeliveryError(
            "Seasonality",
            [
                Problem(
                    f"{definition}, {application_type}",
                    f"no year has all its months on {known_on}.",
                    "Choose another definition or a later knowledge date.",
                )
            ],
        )
    return _from_shapes(shapes, _quarter_concentration(known))


def combine(*parts: Seasonality) -> Seasonality:
    """Put the year shapes of several definitions together; shares have no unit, so nothing is added up."""
    shapes = [shape for part in parts for shape in part.shapes]
    return _from_shapes(shapes, min(part.quarter_concentration for part in parts))


@lru_cache(maxsize=8)
def usual_seasonality(observations: Observations, known_on: date) -> Seasonality:
    """Combine what is known of the season: first applications (Statistics Netherlands) and asylum inflow (IND)."""
    parts = []
    for definition, application_type in (("cbs_asylum_inflow", "first"), ("ind_asylum_inflow", "total")):
        try:
            parts.append(seasonality(observations, definition, known_on, application_type=application_type))
        except DeliveryError:
            continue
    if not parts:
        return seasonality(observations, "cbs_asylum_inflow", known_on, application_type="first")
    return combine(*parts)


def _from_shapes(shapes: Sequence[YearShape], quarter_concentration: float) -> Seasonality:
    table = np.array([shape.shares for shape in shapes])
    mean = table.mean(axis=0)
    rule = assumptions().months
    used = "; ".join(f"{shape.year} ({shape.definition}, {shape.application_type})" for shape in shapes)
    left_out = ", ".join(str(year) for year in rule.left_out_years)
    return Seasonality(
        factors=tuple((12 * mean / mean.sum()).tolist()),
        month_concentration=_concentration(table),
        quarter_concentration=quarter_concentration,
        shapes=tuple(shapes),
        note=f"All months of {used}. Left out: {left_out}. {rule.reason}",
    )


def _quarter_concentration(known: Observations) -> float:
    """Estimate how years share out over quarters, from every complete year of the long quarterly series."""
    rows = quarterly_inflow(known, *QUARTERLY_SERIES)
    years = sorted(set(rows["period_start"].dt.year()) - set(assumptions().months.left_out_years))
    complete = [
        counts for year in years if len(counts := rows.filter(rows["period_start"].dt.year() == year)["count"]) == 4
    ]
    table = np.array([(counts / counts.sum()).to_numpy() for counts in complete])
    return _concentration(table)


def _concentration(table: np.ndarray) -> float:
    """Estimate how closely years keep to the mean shape, by the moments of the Dirichlet distribution."""
    if len(table) < 2:
        return assumptions().months.concentration_otherwise.central
    mean = table.mean(axis=0)
    scatter = table.var(axis=0, ddof=1).sum()
    if scatter <= 0:
        return assumptions().months.concentration_otherwise.central
    return max(1.0, float((mean * (1 - mean)).sum() / scatter) - 1.0)
