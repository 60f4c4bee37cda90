# SPDX-License-Identifier: EUPL-1.2
"""Parse, ask one query, render."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keten.study.results import Results
from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.audit import actions as audit
from keten_web.dashboard import misfits
from keten_web.dashboard import queries as dashboard
from keten_web.dashboard.views import frame, of_a_study
from keten_web.sheets import writing
from keten_web.studies import queries as studies
from keten_web.tower import actions, longer, overview, promises, questions, quick, typed
from keten_web.tower import queries as asked
from keten_web.tower.models import Inquiry, Kind

_see = permission_required(Permission.VIEW_DASHBOARD, raise_exception=True)


@of_a_study
def tower(request: UserRequest, results: Results) -> HttpResponse:
    page = {"tower": overview.tower(results), "chart": dashboard.stock_chart("stock.track_4", results)}
    return render(request, "tower/tower.html", {**frame(results), **page})


@of_a_study
def partner(request: UserRequest, results: Results, code: str) -> HttpResponse:
    page = overview.of_partner(results, code)
    if page is None:
        raise Http404(_("There is no partner called “%(name)s”.") % {"name": code})
    return render(request, "tower/partner.html", {**frame(results), "page": page})


@of_a_study
def location(request: UserRequest, results: Results, resource: str, location: str) -> HttpResponse:
    """Show one resource at one location, two clicks from the tower."""
    page = overview.of_location(results, resource, location)
    if page is None:
        raise Http404(_("This study does not know “%(name)s” there.") % {"name": location})
    return render(request, "tower/location.html", {**frame(results), "page": page})


@of_a_study
def promise(request: UserRequest, results: Results) -> HttpResponse:
    """Say whether a promise can be kept: what the law holds against it, what it takes, and who pays."""

    def find(question: dict[str, Any]) -> Inquiry | None:
        return asked.of_question(request.user, results, Kind.PROMISE, question)

    page = promises.read(request.GET, quick.base_of(results), find)
    return render(request, "tower/promise.html", {**frame(results), "page": page})


@require_POST
@_see
@misfits.told
def promise_price(request: UserRequest) -> HttpResponse:
    """Ask what a promise takes."""
    results = studies.choose(request.POST.get("base"), None)
    base = quick.base_of(results) if results else None
    form = promises.asked_of(request.POST, base)
    if results is None or base is None or form.question is None or not form.by:
        raise Http404(_("There is no such question, or somebody else asked it."))
    actions.ask(actions.Asked(Kind.PROMISE, results, {}, form.question), request.user)
    return redirect(f"{reverse('promise')}?{form.query}#promise")


def _what_if(request: UserRequest, results: Results) -> dict[str, Any]:
    page = questions.read(results, request.GET)
    found = {**frame(results), "page": page}
    if page.available and not page.faults:
        found["longer"] = longer.read(
            asked.newest(request.user, results, dict(page.sent)), questions.base_of(results), dict(page.sent)
        )
    if page.answer is not None:
        found["sharpening"] = asked.sharpening(request.user, results, dict(page.sent), page.answer.replications)
    return found


@of_a_study
def what_if(request: UserRequest, results: Results) -> HttpResponse:
    """Show the levers; with choices in the address also what they do, so that it works without a script."""
    return render(request, "tower/what_if.html", _what_if(request, results))


@of_a_study
def what_if_answer(request: UserRequest, results: Results) -> HttpResponse:
    """Give the answer alone, for the script that redraws it."""
    return render(request, "tower/answer.html", _what_if(request, results))


@require_POST
@_see
@misfits.told
def inquiry_ask(request: UserRequest, kind: str) -> HttpResponse:
    """Ask what takes longer; the script gets the address where it can follow it, anyone else the page."""
    results = studies.choose(request.POST.get("base"), None)
    if results is None or kind not in Kind.values:
        raise Http404(_("There is no such question, or somebody else asked it."))
    question = questions.asked(Kind(kind), results, request.POST)
    if question is None:
        messages.error(request, _("This question makes no sense as it stands; nothing was asked."))
        return redirect(f"{reverse('what-if')}?{urlencode({'scenario': results.name})}")
    inquiry = actions.ask(question, request.user)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(
            {"address": reverse("inquiry", kwargs={"pk": inquiry.pk})},
            status=201,
            json_dumps_params={"allow_nan": False},
        )
    return redirect(_page_of(inquiry.base, question.choices, kind))


def _page_of(base: str, choices: Any, anchor: str) -> str:
    """Give the address of the what-if page with choices."""
    written = {name: f"{choice:.10g}" if isinstance(choice, float) else choice for name, choice in choices.items()}
    return f"{reverse('what-if')}?{urlencode({'scenario': base, **typed.MACHINES, **written})}#{anchor}"


@require_safe
@_see
@misfits.told
def inquiry(request: UserRequest, pk: int) -> HttpResponse:
    """Say how far an inquiry is; whoever looks keeps it going."""
    found = asked.find(pk, request.user)
    actions.look_at(found)
    return JsonResponse(asked.progress(found, studies.read(found.base)), json_dumps_params={"allow_nan": False})


@require_POST
@_see
def inquiry_stop(request: UserRequest, pk: int) -> HttpResponse:
    """Stop an inquiry."""
    found = asked.find(pk, request.user)
    actions.cancel(found)
    if found.kind == Kind.PROMISE:
        return redirect(reverse("promise"))
    return redirect(_page_of(found.base, found.choices, found.kind))


@of_a_study
def what_if_file(request: UserRequest, results: Results, form: str) -> HttpResponse:
    """Send every measure, month by month: base, with the choices, and the difference with its interval."""
    name = f"{results.name}-what-if"
    audit.record("export", f"{name}.{form}", request=request, by=request.user)
    return writing.answer(form, name, *questions.difference_sheets(results, request.GET))


@of_a_study
def what_if_toml(request: UserRequest, results: Results) -> HttpResponse:
    """Send the choices as a scenario, for `keten study run`."""
    response = HttpResponse(
        questions.scenario_file(results, request.GET), content_type="application/toml; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{results.name}-what-if.toml"'
    return response
