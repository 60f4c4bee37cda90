# SPDX-License-Identifier: EUPL-1.2
"""What is known: figures that partners delivered or that were published, each with its definition and its source."""

from keten.observations.definitions import Conversion, Definition, convert, definitions, one_definition, total_inflow
from keten.observations.known import Observations, load_published
from keten.observations.queries import (
    AgeBins,
    Scenario,
    StockFigure,
    age_bins,
    monthly_inflow,
    mpp_scenarios,
    stock_on,
    yearly_inflow,
)

__all__ = [
    "AgeBins",
    "Conversion",
    "Definition",
    "Observations",
    "Scenario",
    "StockFigure",
    "age_bins",
    "convert",
    "definitions",
    "load_published",
    "monthly_inflow",
    "mpp_scenarios",
    "one_definition",
    "stock_on",
    "total_inflow",
    "yearly_inflow",
]
