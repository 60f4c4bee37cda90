# SPDX-License-Identifier: EUPL-1.2
"""What a worker can be asked to do."""

from __future__ import annotations

from procrastinate.contrib.django import app

from keten_web.studies import actions as studies
from keten_web.studies import worker
from keten_web.tower import actions


@app.task(name=actions.TASK, queue=studies.QUEUE)
def answer(inquiry: int) -> None:
    """Answer an inquiry."""
    actions.carry_out(inquiry, worker.tell_inquiry)
