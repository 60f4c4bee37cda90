# SPDX-License-Identifier: EUPL-1.2
"""What a worker can be asked to do."""

from __future__ import annotations

from procrastinate.contrib.django import app

from keten_web.rounds import actions
from keten_web.rounds.models import Closing
from keten_web.studies import actions as studies
from keten_web.studies import worker


@app.task(name=actions.TASK, queue=studies.QUEUE)
def close(closing: int) -> None:
    """Do the closing of a month."""
    actions.carry_out(closing, _tell)


def _tell(closing: Closing) -> None:
    worker.tell("closing", closing.pk, done=closing.done, of=closing.of)
