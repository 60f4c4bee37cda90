# SPDX-License-Identifier: EUPL-1.2
"""The declared assumptions of the forecast, read once from the packaged file."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from keten.domain.yaml_text import parse_yaml
from keten.parameters.values import Quantity


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Spread(_Declared):
    """How far a yearly total may miss: the editions whose errors say so, and the value when none is known yet."""

    editions: tuple[tuple[str, int], ...]
    otherwise: float
    reason: str


class Spreads(_Declared):
    """Spread of the year in progress and of later years."""

    year_in_progress: Spread
    later_year: Spread


class LaterYears(_Declared):
    """Which scenario the others follow in years of which only that one was published."""

    follow: str
    reason: str


class Scenarios(_Declared):
    """How the scenarios of an edition become yearly totals."""

    edition: str
    definition: str
    observed_definition: str
    observed_conversion: str
    most_likely: Quantity
    later_years: LaterYears
    spread: Spreads


class Months(_Declared):
    """Years that say nothing about the season, and the scatter when too few years are known."""

    left_out_years: tuple[int, ...]
    reason: str
    concentration_otherwise: Quantity


class Days(_Declared):
    """The pattern within a week."""

    weekend_weight: Quantity


class AssumedShares(_Declared):
    """Shares that nobody published."""

    track_1: Quantity
    track_2: Quantity
    syr_yem_otherwise: Quantity
    algeria_otherwise: Quantity
    moldova: Quantity


class GrowingFlow(_Declared):
    """A flow that may have grown with another figure since it was last counted."""

    definition: str
    growth_from: str
    unit: str
    reason: str


class PastFlow(_Declared):
    """A flow that is expected to stay within its own past."""

    definition: str
    left_out_years: tuple[int, ...]
    unit: str
    reason: str


class LateralFlow(Quantity):
    """Lateral inflow: an assumption without a published definition."""

    definition: str


class OtherFlows(_Declared):
    """Flows outside the count of the multi-year production forecast."""

    lateral: LateralFlow
    family_reunification: GrowingFlow
    supervision: PastFlow


class Ensemble(_Declared):
    """How several voices become one expectation of the inflow per quarter, with its spread."""

    quarters_ahead: Quantity
    fewest_quarters: Quantity
    season_kept: Quantity
    return_kept: Quantity
    return_quarters: Quantity
    start_spread: Quantity
    start_growth: Quantity
    start_weight: Quantity
    tail_freedom: Quantity
    own_misses_from: Quantity
    own_misses_weight: Quantity
    neighbour_correlation: Quantity
    edition_weight: Quantity
    paths: Quantity


class Assumptions(_Declared):
    """Everything the forecast takes for granted."""

    owner: str
    scenarios: Scenarios
    months: Months
    days: Days
    shares: AssumedShares
    other_flows: OtherFlows
    ensemble: Ensemble


@lru_cache
def assumptions() -> Assumptions:
    """Read the packaged assumptions."""
    text = files("keten.forecast").joinpath("assumptions.yaml").read_text(encoding="utf-8")
    return Assumptions.model_validate(parse_yaml(text))
