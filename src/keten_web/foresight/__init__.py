# SPDX-License-Identifier: EUPL-1.2
"""What was foreseen: the ledger of steering choices, signals ahead, and whether a figure comes out again."""
