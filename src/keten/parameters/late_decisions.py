# SPDX-License-Identifier: EUPL-1.2
"""What applicants and courts do when a decision is late, as dated, sourced parameters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from keten.parameters.reading import read_parameters
from keten.parameters.values import Quantity, Row

PACKAGED = Path(__file__).with_name("late_decisions.yaml")


class LateDecisions(Row):
    """Shares between 0 and 1 and delays in days; a delay differs between cases, a share is the same for all."""

    notice_share: Quantity
    notice_delay: Quantity
    appeal_share: Quantity
    appeal_delay: Quantity
    court_delay: Quantity
    payment_delay: Quantity


@lru_cache(maxsize=8)
def load_late_decisions(path: Path = PACKAGED) -> LateDecisions:
    """Load the parameters of late decisions.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    found: LateDecisions = read_parameters(path, LateDecisions)
    return found
