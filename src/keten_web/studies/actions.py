# SPDX-License-Identifier: EUPL-1.2
"""Keep scenarios, and run their studies in the background; a run that lost its worker is done again, and ends once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

from keten.domain.errors import KetenError
from keten.study.inputs import prepare
from keten.study.run import Settings, Verdict, read_receipt, run_study, verify
from keten.study.scenario import Scenario
from keten_web.accounts.models import PartnerOrganisation, User
from keten_web.studies.models import KeptScenario, Run, State

TASK = "keten_web.studies.run"
QUEUE = "studies"


class WithdrawnError(Exception):
    """Somebody cancelled the run while it was busy."""


@dataclass(frozen=True)
class Asked:
    """A scenario to keep: its name, why, what it was made on, and itself."""

    title: str
    reason: str
    base: str
    scenario: Scenario
    choices: Mapping[str, float | str]


def folder_of(run: Run) -> Path:
    """Give the folder of the study of a run."""
    return Path(settings.RUNS) / f"run-{run.pk}"


# Scenarios -----------------------------------------------------------------------------------------------------------


def keep(asked: Asked, by: User) -> KeptScenario:
    """Keep a scenario under the name of who made it."""
    return KeptScenario.objects.create(
        title=asked.title,
        reason=asked.reason,
        base=asked.base,
        document=asked.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        choices=dict(asked.choices),
        author=by,
        partner_id=by.partner_id,
    )


def copy(scenario: KeptScenario, by: User) -> KeptScenario:
    """Make a scenario of one's own from one that may be seen; the copy is not frozen and shared with nobody."""
    return KeptScenario.objects.create(
        title=scenario.title,
        reason=scenario.reason,
        base=scenario.base,
        document=scenario.document,
        choices=scenario.choices,
        author=by,
        partner_id=by.partner_id,
        copied_from=scenario,
    )


def share(scenario: KeptScenario, partner: PartnerOrganisation, by: User) -> None:
    """Let the people of a partner see a scenario.

    Raises
    ------
    PermissionDenied
        When somebody else made it.
    """
    _only_the_author(scenario, by)
    scenario.shared_with.add(partner)


def freeze(scenario: KeptScenario, by: User) -> None:
    """Say that a scenario stays as it is; it cannot be taken away any more.

    Raises
    ------
    PermissionDenied
        When somebody else made it.
    """
    _only_the_author(scenario, by)
    KeptScenario.objects.filter(pk=scenario.pk).update(is_frozen=True)


def take_away(scenario: KeptScenario, by: User) -> None:
    """Remove a scenario that is not frozen.

    Raises
    ------
    PermissionDenied
        When somebody else made it, or it is frozen.
    """
    _only_the_author(scenario, by)
    if scenario.is_frozen:
        raise PermissionDenied
    scenario.delete()


def _only_the_author(scenario: KeptScenario, by: User) -> None:
    if scenario.author_id != by.pk:
        raise PermissionDenied


# Runs ----------------------------------------------------------------------------------------------------------------


def ask(scenario: KeptScenario, by: User, *, replications: int, seed: int) -> Run:
    """Ask for the study of a scenario; a worker does it when it is free."""
    with transaction.atomic():
        run = Run.objects.create(scenario=scenario, asked_by=by, replications=replications, seed=seed)
        _defer(run)
    return run


def _defer(run: Run) -> None:
    app.configure_task(TASK, queue=QUEUE).defer(run=run.pk)


def cancel(run: Run) -> None:
    """Stop a run that is not done; a worker that is busy with it notices at its next replication."""
    Run.objects.filter(pk=run.pk, state__in=(State.WAITING, State.RUNNING)).update(
        state=State.CANCELLED, ended_at=timezone.now()
    )


def retry(run: Run) -> None:
    """Ask once more for a run that was cancelled or broken off."""
    with transaction.atomic():
        again = Run.objects.filter(pk=run.pk, state__in=(State.CANCELLED, State.BROKEN_OFF))
        if again.update(state=State.WAITING, done=0, problem="", ended_at=None):
            _defer(run)


def carry_out(pk: int, tell: Callable[[Run], None] = lambda _run: None) -> None:
    """Do a run, from the beginning when an earlier worker was lost; what is done or cancelled is left alone.

    The folder is written whole or not at all, and its content depends on scenario, seed and replications only. So it
    does not matter how often this was begun.
    """
    open_runs = Run.objects.filter(pk=pk, state__in=(State.WAITING, State.RUNNING))
    if not open_runs.update(state=State.RUNNING, done=0, attempts=F("attempts") + 1):
        return
    run = Run.objects.select_related("scenario").get(pk=pk)

    def progress(done: int) -> None:
        if not open_runs.update(done=done):
            raise WithdrawnError
        run.done = done
        tell(run)

    try:
        inputs = prepare(Scenario.model_validate(run.scenario.document))
        run_study(inputs, Settings(seed=run.seed, replications=run.replications), folder_of(run), progress)
    except WithdrawnError:
        return
    except KetenError as error:
        open_runs.update(state=State.BROKEN_OFF, problem=str(error), ended_at=timezone.now())
        return
    open_runs.update(
        state=State.DONE,
        done=run.replications,
        finished=F("finished") + 1,
        output_hash=str(read_receipt(folder_of(run))["output_hash"]),
        ended_at=timezone.now(),
    )


def take_up_lost_runs() -> int:
    """Put the jobs of a worker that is gone back in the queue; only the one worker that is there may call this."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    lost = list(ProcrastinateJob.objects.filter(status="doing", queue_name=QUEUE).values_list("id", flat=True))
    for job in lost:
        app.job_manager.retry_job_by_id(job, timezone.now())
    return len(lost)


def check(run: Run) -> Verdict:
    """Do the study of a run again and compare it byte for byte."""
    return verify(folder_of(run))
