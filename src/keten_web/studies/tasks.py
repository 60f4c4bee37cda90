# SPDX-License-Identifier: EUPL-1.2
"""What a worker can be asked to do."""

from __future__ import annotations

from procrastinate.contrib.django import app

from keten_web.studies import actions, worker
from keten_web.studies.models import Run


@app.task(name=actions.TASK, queue=actions.QUEUE)
def carry_out(run: int) -> None:
    """Do the study of a run."""
    actions.carry_out(run, _tell)


def _tell(run: Run) -> None:
    worker.tell("run", run.pk, done=run.done, of=run.replications)
