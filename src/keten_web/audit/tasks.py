# SPDX-License-Identifier: EUPL-1.2
"""What a worker can be asked to do."""

from __future__ import annotations

from procrastinate.contrib.django import app

from keten_web.audit import checks


@app.task(name=checks.TASK, queue=checks.QUEUE)
def carry_out() -> None:
    """Check the audit trail."""
    checks.carry_out()
