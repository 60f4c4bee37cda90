# SPDX-License-Identifier: EUPL-1.2
"""Parse, ask one query or action, render."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keten.domain.errors import ScenarioError
from keten_web.accounts.models import PartnerOrganisation
from keten_web.accounts.roles import Permission
from keten_web.studies import actions, kept, queries
from keten_web.studies.models import Run
from keten_web.tower import questions

SEED, REPLICATIONS = 7, 100
"""What the background study is run with; the quick look is the first part of it."""

_see = permission_required(Permission.VIEW_DASHBOARD, raise_exception=True)
_write = permission_required(Permission.WRITE_OWN, raise_exception=True)


@require_safe
@_see
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "studies/overview.html", {"scenarios": kept.visible(request.user)})


@require_safe
@_see
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    scenario = kept.find(pk, request.user)
    runs = list(scenario.runs.select_related("asked_by"))
    page = {
        "scenario": scenario,
        "differences": kept.differences(scenario),
        "reasons": kept.reasons(scenario),
        "runs": runs,
        "is_busy": any(run.is_open for run in runs),
        "comparison": kept.compare([scenario]),
        "partners": PartnerOrganisation.objects.all(),
        "replications": REPLICATIONS,
    }
    return render(request, "studies/scenario.html", page)


@require_safe
@_see
def compare(request: HttpRequest) -> HttpResponse:
    """Put up to four scenarios beside each other."""
    asked = [int(part) for part in request.GET.getlist("with") if part.isdecimal()]
    chosen = [scenario for scenario in kept.visible(request.user) if scenario.pk in asked]
    page = {"comparison": kept.compare(chosen), "too_many": len(chosen) > kept.MOST, "most": kept.MOST}
    return render(request, "studies/compare.html", page)


@require_POST
@_write
def keep(request: HttpRequest) -> HttpResponse:
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
    made = actions.keep(actions.Asked(title, reason, results.name, scenario, choices), request.user)
    actions.ask(made, request.user, replications=REPLICATIONS, seed=int(results.receipt.get("seed", SEED)))
    return redirect("kept-scenario", pk=made.pk)


@require_POST
@_write
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Do one thing with a scenario: copy, share, freeze, take away or run."""
    scenario = kept.find(pk, request.user)
    if step == "kopie":
        return redirect("kept-scenario", pk=actions.copy(scenario, request.user).pk)
    if step == "weg":
        actions.take_away(scenario, request.user)
        return redirect("kept-scenarios")
    if step == "deel":
        partner = get_object_or_404(PartnerOrganisation, pk=request.POST.get("partner", ""))
        actions.share(scenario, partner, request.user)
    elif step == "bevries":
        actions.freeze(scenario, request.user)
    elif step == "reken":
        actions.ask(scenario, request.user, replications=REPLICATIONS, seed=SEED)
    else:
        raise Http404
    return redirect("kept-scenario", pk=pk)


@require_POST
@_write
def run_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Cancel a run, ask for it again, or do it again to see that it holds."""
    run = kept.find_run(pk, request.user)
    steps: dict[str, Callable[[Run], None]] = {"stop": actions.cancel, "opnieuw": actions.retry}
    if step in steps:
        steps[step](run)
    elif step == "controleer":
        verdict = actions.check(run)
        if verdict.holds:
            messages.success(request, _("The study was made again, and is the same to the last byte."))
        else:
            changed = ", ".join((*verdict.tampered_files, *verdict.different_files))
            messages.error(request, _("The study could not be made again as it was: %(files)s.") % {"files": changed})
    else:
        raise Http404
    return redirect("kept-scenario", pk=run.scenario_id)
