# SPDX-License-Identifier: EUPL-1.2
"""What applicants and courts do when a decision is late, as dated, sourced parameters."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from keten.domain.errors import ParameterError, Problem
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


def load_late_decisions(path: Path = PACKAGED) -> LateDecisions:
    """Load the parameters of late decisions.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    try:
        return LateDecisions.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise ParameterError(
            path.name,
            [
                Problem(".".join(map(str, detail["loc"])), f"{detail['msg']}.", "Correct the value and load again.")
                for detail in error.errors()
            ],
        ) from None
