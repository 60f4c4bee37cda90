# SPDX-License-Identifier: EUPL-1.2
"""What a worker can be asked to do."""

from __future__ import annotations

from procrastinate.contrib.django import app

from keten_web.studies import actions as studies
from keten_web.studies import worker
from keten_web.tower import actions
from keten_web.tower.models import Inquiry


@app.task(name=actions.TASK, queue=studies.QUEUE)
def answer(inquiry: int) -> None:
    """Answer an inquiry."""
    actions.carry_out(inquiry, _tell)


def _tell(inquiry: Inquiry) -> None:
    worker.tell("inquiry", inquiry.pk, done=inquiry.done, of=inquiry.of)
