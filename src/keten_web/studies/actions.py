# SPDX-License-Identifier: EUPL-1.2
"""Keep scenarios, and run their studies in the background; a run that lost its worker is done again, and ends once.

Whatever is done with a scenario is one transaction with one audit event, and a version in the history with its why.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from keten.domain.errors import KetenError
from keten.scenario.model import Scenario
from keten.scenario.read import as_scenario
from keten.study.folder import read_receipt
from keten.study.inputs import prepare
from keten.study.run import Settings, Verdict, run_study, verify
from keten_web.accounts import bounds
from keten_web.accounts.models import PartnerOrganisation, User
from keten_web.audit import actions as audit
from keten_web.deliveries import known
from keten_web.studies import queries
from keten_web.studies.models import KeptScenario, Run, Sharing, State

TASK = "keten_web.studies.run"
QUEUE = "studies"
SEED, REPLICATIONS = 7, 100
"""What the background study is run with; the quick look is the first part of it."""


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


# Scenarios -----------------------------------------------------------------------------------------------------------


def keep(asked: Asked, by: User, *, request: HttpRequest | None = None) -> KeptScenario:
    """Keep a scenario under the name of who made it."""
    made = KeptScenario(
        title=asked.title,
        reason=asked.reason,
        base=asked.base,
        document=asked.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        choices=dict(asked.choices),
        author=by,
        partner_id=by.partner_id,
    )
    with _written("keep_scenario", made, by, asked.reason, request):
        made.save(force_insert=True)
    return made


def copy(scenario: KeptScenario, by: User, *, reason: str = "", request: HttpRequest | None = None) -> KeptScenario:
    """Make a scenario of one's own from one that may be seen; the copy is not frozen and shared with nobody."""
    made = KeptScenario(
        title=scenario.title,
        reason=scenario.reason,
        base=scenario.base,
        document=scenario.document,
        choices=scenario.choices,
        author=by,
        partner_id=by.partner_id,
        copied_from=scenario,
    )
    with still_there(scenario), _written("copy_scenario", made, by, reason, request, {"copied_from": scenario.pk}):
        made.save(force_insert=True)
    return made


def share(
    scenario: KeptScenario,
    partner: PartnerOrganisation,
    by: User,
    *,
    reason: str = "",
    request: HttpRequest | None = None,
) -> KeptScenario:
    """Let the people of a partner see a scenario; sharing what is shared already changes nothing.

    Raises
    ------
    PermissionDenied
        When somebody else made it.
    """
    with _of_the_author(scenario, by) as mine:
        if not mine.sharings.filter(partner=partner).exists():
            with _written("share_scenario", mine, by, reason, request, {"partner": partner.pk}):
                Sharing.objects.create(scenario=mine, partner=partner)
    return mine


def take_back(
    scenario: KeptScenario,
    partner: PartnerOrganisation,
    by: User,
    *,
    reason: str = "",
    request: HttpRequest | None = None,
) -> KeptScenario:
    """Share a scenario with a partner no longer; taking back what is not shared changes nothing.

    Raises
    ------
    PermissionDenied
        When somebody else made it.
    """
    with _of_the_author(scenario, by) as mine:
        shared = mine.sharings.filter(partner=partner)
        if shared.exists():
            with _written("unshare_scenario", mine, by, reason, request, {"partner": partner.pk}):
                shared.delete()
    return mine


def freeze(scenario: KeptScenario, by: User, *, reason: str = "", request: HttpRequest | None = None) -> KeptScenario:
    """Say that a scenario stays as it is: from here on the database refuses to change or delete it.

    Raises
    ------
    PermissionDenied
        When somebody else made it.
    """
    with _of_the_author(scenario, by) as mine:
        if not mine.is_frozen:
            with _written("freeze_scenario", mine, by, reason, request):
                mine.is_frozen = True
                mine.save(update_fields=["is_frozen"])
    return mine


def take_away(scenario: KeptScenario, by: User, *, reason: str = "", request: HttpRequest | None = None) -> None:
    """Remove a scenario that is not frozen, with the files of its studies; its history stays.

    Raises
    ------
    PermissionDenied
        When somebody else made it, or it is frozen.
    """
    with _of_the_author(scenario, by) as mine:
        if mine.is_frozen:
            raise PermissionDenied
        folders = [queries.folder_of(run) for run in mine.runs.all()]
        with _written("take_away_scenario", mine, by, reason, request):
            mine.delete()
        transaction.on_commit(lambda: _remove(folders))


def _remove(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _of_the_author(scenario: KeptScenario, by: User) -> Iterator[KeptScenario]:
    """Hold a scenario as it stands now, so that nobody freezes, shares or takes away at the same time."""
    if scenario.author_id != by.pk:
        raise PermissionDenied
    with still_there(scenario) as held:
        yield held


@contextmanager
def still_there(scenario: KeptScenario) -> Iterator[KeptScenario]:
    """Hold a scenario as it stands now, or say that somebody took it away since it was looked at."""
    with transaction.atomic():
        held = KeptScenario.objects.select_for_update().filter(pk=scenario.pk).first()
        if held is None:
            raise Http404(_("This scenario was taken away while you looked at it; its history stays."))
        yield held


def _written(
    action: str,
    scenario: KeptScenario,
    by: User,
    reason: str,
    request: HttpRequest | None,
    details: Mapping[str, Any] | None = None,
) -> AbstractContextManager[None]:
    number = scenario.pk  # given when it is stored, and gone when it is deleted

    def subject() -> str:
        return f"scenarios/{number or scenario.pk}"

    return audit.written(action, subject, by=by, reason=reason, request=request, details=details)


# Runs ----------------------------------------------------------------------------------------------------------------


def ask(
    scenario: KeptScenario,
    by: User,
    *,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    reason: str = "",
    request: HttpRequest | None = None,
) -> Run:
    """Ask for the study of a scenario; a worker does it when it is free."""
    _leave_room(by)
    asked = {"replications": replications, "seed": seed}
    with still_there(scenario), _written("ask_study", scenario, by, reason, request, asked):
        run = Run.objects.create(scenario=scenario, asked_by=by, **asked)
        _defer(run)
    return run


def _leave_room(by: User) -> None:
    """Let nobody fill the queue in which everybody's studies wait."""
    most = settings.STUDIES_WAITING
    if most and Run.objects.filter(asked_by=by, state__in=(State.WAITING, State.RUNNING)).count() >= most:
        said = _("You have %(most)s studies that wait or run. Nothing was asked. Wait until one is done, or stop one.")
        raise bounds.TooMuchError(said % {"most": most})


def _study(scenario: KeptScenario, by: User, *, reason: str, request: HttpRequest | None) -> KeptScenario:
    ask(scenario, by, reason=reason, request=request)
    return scenario


STEPS: dict[str, Callable[..., KeptScenario | None]] = {
    "kopie": copy,
    "deel": share,
    "deling-intrekken": take_back,
    "bevries": freeze,
    "weg": take_away,
    "reken": _study,
}
"""What can be done with a scenario, by the word in its address; each gives the scenario that there is afterwards."""

STEPS_WITH_A_PARTNER = frozenset({"deel", "deling-intrekken"})


def _defer(run: Run) -> None:
    app.configure_task(TASK, queue=QUEUE).defer(run=run.pk)


def cancel(run: Run, by: User, *, request: HttpRequest | None = None) -> None:
    """Stop a run that is not done; a worker that is busy with it notices at its next replication."""
    with transaction.atomic():
        busy = Run.objects.filter(pk=run.pk, state__in=(State.WAITING, State.RUNNING))
        if busy.update(state=State.CANCELLED, ended_at=timezone.now()):
            _note("cancel_study", run, by, request)


def retry(run: Run, by: User, *, request: HttpRequest | None = None) -> None:
    """Ask once more for a run that was cancelled or broken off."""
    _leave_room(by)
    with transaction.atomic():
        again = Run.objects.filter(pk=run.pk, state__in=(State.CANCELLED, State.BROKEN_OFF))
        if again.update(state=State.WAITING, done=0, problem="", ended_at=None):
            _defer(run)
            _note("retry_study", run, by, request)


def _note(action: str, run: Run, by: User, request: HttpRequest | None) -> None:
    audit.record(action, f"scenarios/{run.scenario_id}", request=request, by=by, details={"run": run.pk})


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
        scenario = as_scenario(run.scenario.document, run.scenario.title)
        inputs = prepare(scenario, observations=known.known_on(scenario.law.figures_date))
        run_study(inputs, Settings(seed=run.seed, replications=run.replications), queries.folder_of(run), progress)
    except WithdrawnError:
        return
    except KetenError as error:
        open_runs.update(state=State.BROKEN_OFF, problem=str(error), ended_at=timezone.now())
        return
    output_hash = str(read_receipt(queries.folder_of(run))["output_hash"])
    with audit.changing() as changes:
        ended = open_runs.update(
            state=State.DONE,
            done=run.replications,
            finished=F("finished") + 1,
            output_hash=output_hash,
            ended_at=timezone.now(),
        )
        if ended:
            details = {"run": run.pk, "output_hash": output_hash}
            changes.sign("end_study", f"scenarios/{run.scenario_id}", request=None, by=None, details=details)


def take_up_lost_runs() -> int:
    """Put the jobs of a worker that is gone back in the queue; only the one worker that is there may call this."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    lost = list(ProcrastinateJob.objects.filter(status="doing", queue_name=QUEUE).values_list("id", flat=True))
    for job in lost:
        app.job_manager.retry_job_by_id(job, timezone.now())
    return len(lost)


def check(run: Run) -> Verdict:
    """Do the study of a run again and compare it byte for byte."""
    return verify(queries.folder_of(run))
