# SPDX-License-Identifier: EUPL-1.2
"""What a worker can be asked to do."""

from __future__ import annotations

from procrastinate.contrib.django import app

from keten_web.studies import actions, worker


@app.task(name=actions.TASK, queue=actions.QUEUE)
def carry_out(run: int) -> None:
    """Do the study of a run."""
    actions.carry_out(run, worker.tell)
