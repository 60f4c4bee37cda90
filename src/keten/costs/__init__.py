# SPDX-License-Identifier: EUPL-1.2
"""What a scenario costs, per partner and per budget line."""

from keten.costs.table import cost_table
from keten.costs.unit_costs import UnitCost, load_unit_costs

__all__ = ["UnitCost", "cost_table", "load_unit_costs"]
