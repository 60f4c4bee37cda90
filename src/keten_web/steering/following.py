# SPDX-License-Identifier: EUPL-1.2
"""What follows in the record when other figures are known: the actuals of agreements."""

from __future__ import annotations

from typing import Any

from keten_web.config.today import today
from keten_web.steering import actions


def follow(**_told: Any) -> None:
    """Bring the actuals in line with the figures as known now."""
    actions.bring_in_actuals(today())
