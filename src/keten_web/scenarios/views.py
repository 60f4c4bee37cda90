# SPDX-License-Identifier: EUPL-1.2
"""Parse, ask one query or action, render."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keten.domain.errors import KetenError, ScenarioError
from keten.study.run import Verdict
from keten_web.accounts import queries as accounts
from keten_web.accounts.models import PartnerOrganisation
from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.config import addresses
from keten_web.dashboard import misfits
from keten_web.scenarios import history
from keten_web.scenarios import queries as kept
from keten_web.studies import actions, queries
from keten_web.studies.models import Run
from keten_web.tower import questions, quick

_see = permission_required(Permission.VIEW_DASHBOARD, raise_exception=True)
_write = permission_required(Permission.WRITE_OWN, raise_exception=True)


@require_safe
@_see
def overview(request: UserRequest) -> HttpResponse:
    return render(request, "studies/overview.html", {"scenarios": kept.visible(request.user)})


@require_safe
@_see
def detail(request: UserRequest, pk: int) -> HttpResponse:
    scenario = kept.find(pk, request.user)
    runs = list(scenario.runs.select_related("asked_by"))
    page = {
        "scenario": scenario,
        "differences": kept.differences(scenario),
        "values": kept.values(scenario),
        "runs": runs,
        "is_busy": any(run.is_open for run in runs),
        "comparison": kept.compare([scenario]),
        "partners": accounts.partners(),
        "sharings": scenario.sharings.all(),
        "history": history.history(scenario),
        "replications": actions.REPLICATIONS,
    }
    return render(request, "studies/scenario.html", page)


@require_safe
@_see
def compare(request: UserRequest) -> HttpResponse:
    """Put up to four scenarios beside each other."""
    asked = {addresses.key(part) for part in request.GET.getlist("with")} - {None}
    chosen = [scenario for scenario in kept.visible(request.user) if scenario.pk in asked]
    page = {"comparison": kept.compare(chosen), "too_many": len(chosen) > kept.MOST, "most": kept.MOST}
    return render(request, "studies/compare.html", page)


@require_POST
@_write
@misfits.told
def keep(request: UserRequest) -> HttpResponse:
    """Keep what was chosen on the what-if page, and ask for its study."""
    results = queries.choose(request.POST.get("base"), None)
    title, reason = (request.POST.get(name, "").strip() for name in ("title", "reason"))
    if results is None or len(title) < 3 or len(reason) < 5:
        messages.error(request, _("Give a name and a reason of at least five letters; nothing was kept."))
        return redirect("what-if")
    try:
        scenario, choices = questions.chosen_scenario(results, request.POST, str(request.user), reason)
    except ScenarioError:
        messages.error(request, _("These choices are not possible; nothing was kept."))
        return redirect("what-if")
    asked = actions.Asked(title, reason, results.name, scenario, choices)
    seed = int(results.receipt.get("seed", actions.SEED))
    with transaction.atomic():  # both or none
        made = actions.keep(asked, request.user, request=request)
        actions.ask(made, request.user, seed=seed, reason=reason, request=request)
    return redirect("kept-scenario", pk=made.pk)


@require_POST
@_write
@misfits.told
def again(request: UserRequest) -> HttpResponse:
    """Keep the scenario of a study under one's own name, and ask for its study with the figures of now."""
    results = queries.choose(request.POST.get("base"), None)
    scenario = quick.scenario_of(results) if results else None
    if results is None or scenario is None:
        raise Http404(_("There is no such scenario, or it was not shared with you."))
    reason = _("The study of before does not fit the figures of now any more.")
    title = queries.title(results)[:120]
    asked = actions.Asked(title, reason, results.name, scenario, {})
    with transaction.atomic():  # both or none
        made = actions.keep(asked, request.user, request=request)
        actions.ask(made, request.user, seed=quick.seed_of(results), reason=reason, request=request)
    return redirect("kept-scenario", pk=made.pk)


@require_POST
@_write
def step(request: UserRequest, pk: int, step: str) -> HttpResponse:
    """Do one thing with a scenario: copy, share, take back, freeze, take away or run."""
    scenario = kept.find(pk, request.user)
    if step not in actions.STEPS:
        raise Http404
    if step in actions.STEPS_WITH_A_PARTNER:
        asked: dict[str, Any] = {"partner": get_object_or_404(PartnerOrganisation, pk=request.POST.get(step, ""))}
    else:
        asked = {}
    left = actions.STEPS[step](
        scenario, by=request.user, reason=request.POST.get("why", "").replace("\x00", ""), request=request, **asked
    )
    return redirect("kept-scenario", pk=left.pk) if left is not None else redirect("kept-scenarios")


@require_POST
@_write
@misfits.told
def run_step(request: UserRequest, pk: int, step: str) -> HttpResponse:
    """Cancel a run, ask for it again, or do it again to see that it holds."""
    run = kept.find_run(pk, request.user)
    steps: dict[str, Callable[..., None]] = {"stop": actions.cancel, "opnieuw": actions.retry}
    if step in steps:
        steps[step](run, request.user, request=request)
    elif step == "controleer":
        verdict = _checked(run)
        if verdict is None:
            messages.error(request, _("There is no study to check: it is not made yet, or it cannot be read."))
        elif verdict.holds:
            messages.success(request, _("The study was made again, and is the same to the last byte."))
        else:
            changed = ", ".join((*verdict.tampered_files, *verdict.different_files))
            messages.error(request, _("The study could not be made again as it was: %(files)s.") % {"files": changed})
    else:
        raise Http404
    return redirect("kept-scenario", pk=run.scenario_id)


def _checked(run: Run) -> Verdict | None:
    """Do a study again; None when there is none that can be read."""
    try:
        return actions.check(run)
    except (KetenError, OSError):
        return None
