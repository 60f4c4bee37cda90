# SPDX-License-Identifier: EUPL-1.2
"""The record of the steering cycle: plan, handover points and agreements, actuals, signals, governance."""
