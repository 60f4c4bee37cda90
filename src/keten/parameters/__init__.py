# SPDX-License-Identifier: EUPL-1.2
"""Dated, sourced values: the chain tables, the law, capacity, unit costs. Values are data; formulas live elsewhere."""
