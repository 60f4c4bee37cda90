# SPDX-License-Identifier: EUPL-1.2
"""What the chain steers on: indicators per chain goal, their signal values, and disclosure control."""

from __future__ import annotations

from keten.indicators.registry import Indicator, IndicatorKind, compute, compute_all, find, indicators
from keten.indicators.signals import signal_state, signal_states
from keten.indicators.tables import Tables

__all__ = [
    "Indicator",
    "IndicatorKind",
    "Tables",
    "compute",
    "compute_all",
    "find",
    "indicators",
    "signal_state",
    "signal_states",
]
