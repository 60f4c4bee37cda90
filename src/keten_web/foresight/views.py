# SPDX-License-Identifier: EUPL-1.2
"""Parse, ask one query or action, render."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keten.domain.errors import ScenarioError
from keten.study.results import Results
from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.config.today import today
from keten_web.foresight import actions, making, queries, receipts
from keten_web.foresight.forms import ChoiceForm
from keten_web.foresight.kinds import CHOICES
from keten_web.record import queries as record
from keten_web.record.errors import InvalidError
from keten_web.record.permissions import steers
from keten_web.record.views import reads
from keten_web.studies import queries as studies
from keten_web.tower import questions, quick

_write = permission_required(Permission.WRITE_OWN, raise_exception=True)
_see = permission_required(Permission.VIEW_DASHBOARD, raise_exception=True)


@reads
def choices(request: UserRequest) -> HttpResponse:
    page = {"lines": queries.choices(), "known_on": today(), "kind": CHOICES, "may_make": CHOICES.may(request.user)}
    return render(request, "foresight/choices.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@_write
def lay_down(request: UserRequest) -> HttpResponse:
    """Ask who chose it and why; then lay the choice down with its prediction."""
    sent = request.POST if request.method == "POST" else request.GET
    try:
        asked = making.proposal(sent, request.user)
    except ScenarioError:
        messages.error(request, _("These choices are not possible; nothing was laid down."))
        return redirect("what-if")
    if asked is None:
        return render(request, "foresight/lay_down.html", {"nothing": True})
    start = {"chosen_on": today(), "title": asked.title, "text": asked.reason}
    form = ChoiceForm(request.POST) if request.method == "POST" else ChoiceForm(initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.lay_down(making.predicted(asked), form.cleaned_data, by=request.user, request=request)
            return redirect(row)
        except (InvalidError, ScenarioError) as refusal:
            form.add_error(None, str(refusal))
    page = {
        "form": form,
        "asked": asked,
        "differs": _in_words(asked),
        "sent": [(name, value) for name, value in sent.items() if name in _carried(asked)],
    }
    return render(request, "foresight/lay_down.html", page)


def _carried(asked: making.Proposal) -> set[str]:
    """Name the fields that come along hidden: where the choice comes from, and its levers."""
    return {"base", "scenario-kept", *asked.choices}


def _in_words(asked: making.Proposal) -> list[str]:
    from keten.parameters.load import load_chain
    from keten.questions.explain import steps_between
    from keten_web.foresight.figures import said

    base = quick.scenario_of(asked.base)
    if base is None:
        return []
    return [said(step.words.nl, step.words.en) for step in steps_between(base, asked.scenario, load_chain())]


@require_POST
@_see
def look_ahead(request: UserRequest) -> HttpResponse:
    """Look ahead with the study that is open, and raise what is foreseen; for who steers the chain."""
    if not steers.test(request.user, None):
        raise PermissionDenied
    results = studies.choose(request.POST.get("scenario"), request.session.get("scenario"))
    if results is None:
        raise Http404(_("There is no study to look ahead with."))
    number = actions.look_ahead(results)
    messages.success(
        request,
        _("Looked ahead with “%(name)s”: %(number)s foreseen.") % {"name": studies.title(results), "number": number},
    )
    return redirect("signals")


# Receipts ------------------------------------------------------------------------------------------------------------


@require_safe
@_see
def figure_receipt(request: UserRequest) -> HttpResponse:
    """Show what is behind one figure; with `reken` also do it again."""
    sent = request.GET
    figure, on = sent.get("figure", "stock.track_4"), _day(sent.get("on", ""))
    found = _of_choice(request, figure, on) if sent.get("keuze") else _of_study(request, figure, on)
    if found is None:
        raise Http404(_("There is no such figure here."))
    replayed = found.replay() if sent.get("reken") and found.replay else None
    return render(request, "foresight/receipt.html", {"receipt": found, "replayed": replayed})


def _of_choice(request: UserRequest, figure: str, on: date | None) -> receipts.FigureReceipt | None:
    row = record.one(CHOICES, request.user, request.GET["keuze"])
    if row is None or on is None:
        return None
    return receipts.of_choice(row, figure, on)


def _of_study(request: UserRequest, figure: str, on: date | None) -> receipts.FigureReceipt | None:
    results = studies.choose(request.GET.get("scenario"), request.session.get("scenario"))
    if results is None:
        return None
    chosen = _levers(results, request.GET)
    if chosen:
        return receipts.of_answer(results, chosen, figure, on or results.horizon)
    return receipts.of_study(results, figure, on or results.horizon)


def _levers(results: Results, sent: Mapping[str, str]) -> Mapping[str, float | str]:
    """Read the levers in an address; impossible ones are none."""
    if quick.scenario_of(results) is None:
        return {}
    try:
        return questions.chosen_scenario(results, sent, *quick.ASKED)[1]
    except ScenarioError:
        return {}


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Http404(_("“%(asked)s” is not a date.") % {"asked": said}) from None
