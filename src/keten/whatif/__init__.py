# SPDX-License-Identifier: EUPL-1.2
"""Levers that write a scenario, what a choice does, and the ledger of choices: predicted, then judged."""
