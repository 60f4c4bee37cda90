# SPDX-License-Identifier: EUPL-1.2
"""Delivering figures: the file, what is wrong with it, what it changes, and the consent that lets it count."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.audit import actions as audit
from keten_web.deliveries import actions, queries, rights
from keten_web.deliveries.forms import DeliverForm, WithdrawForm
from keten_web.deliveries.models import State
from keten_web.deliveries.reading import RefusedError
from keten_web.record.errors import NotAllowedError, RecordError
from keten_web.sheets import writing
from keten_web.sheets.reading import sentence

_see = permission_required(Permission.VIEW_EXACT_COUNTS, raise_exception=True)
STEPS = {"akkoord": actions.accept, "laten-vallen": actions.drop}


@require_http_methods(["GET", "HEAD", "POST"])
@_see
def page(request: UserRequest) -> HttpResponse:
    """Show the deliveries, and take in a file."""
    may = rights.delivers(request.user)
    if request.method == "POST" and not may:
        raise PermissionDenied(_("Only a planner of the partner whose figures they are may deliver them."))
    asked = {"corrects": request.GET.get("verbetert")}
    form = DeliverForm(request.POST or None, request.FILES or None, by=request.user, initial=asked) if may else None
    shown: dict[str, Any] = {"form": form, "deliveries": queries.visible(request.user)[: queries.MOST_SHOWN]}
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            corrects = form.cleaned_data["corrects"]
            delivery = actions.deliver(form.as_file(), by=request.user, corrects=corrects, request=request)
        except RefusedError as refusal:
            shown |= {"problems": [sentence(problem) for problem in refusal.problems]}
            shown |= {"file_name": form.cleaned_data["file"].name}
        except NotAllowedError as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        else:
            return redirect(reverse("delivery", args=(delivery.pk,)))
    return render(request, "deliveries/page.html", shown)


@require_safe
@_see
def detail(request: UserRequest, pk: int) -> HttpResponse:
    """Show a delivery with everything that it changes."""
    delivery = queries.one(pk, request.user)
    try:
        found, problems = queries.changes(delivery), []
    except RefusedError as refusal:  # it was right when it came in, and is not any more
        found, problems = [], [sentence(problem) for problem in refusal.problems]
    shown = {
        "delivery": delivery,
        "changes": [row for row in found if row.is_change][: queries.MOST_SHOWN],
        "same": sum(not row.is_change for row in found),
        "problems": problems,
        "number": len(found),
        "notes": queries.notes(delivery),
        "may_withdraw": rights.may_withdraw(request.user, delivery),
        "may_decide": delivery.state == State.WAITING and rights.may_decide(request.user, delivery) and not problems,
        "may_accept": rights.may_accept(request.user, delivery),
        "forms": writing.FORMS,
    }
    return render(request, "deliveries/delivery.html", shown)


@require_POST
@_see
def step(request: UserRequest, pk: int, step: str) -> HttpResponse:
    """Accept a delivery, or leave it out."""
    delivery = queries.one(pk, request.user)
    if step not in STEPS:
        raise Http404(_("There is no step “%(step)s”.") % {"step": step})
    try:
        STEPS[step](delivery, by=request.user, request=request)
    except NotAllowedError as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except RefusedError as refusal:
        messages.error(request, " ".join(sentence(problem) for problem in refusal.problems))
    else:
        messages.success(request, _("The figures count from now on.") if step == "akkoord" else _("It is left out."))
    return redirect(reverse("delivery", args=(pk,)))


@require_http_methods(["GET", "HEAD", "POST"])
@_see
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """Show what rests on a delivery, and take it back with a reason."""
    delivery = queries.one(pk, request.user)
    if not rights.may_withdraw(request.user, delivery):
        raise PermissionDenied(_("A delivery that counts is taken back by a planner of the partner that sent it."))
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(delivery, by=request.user, reason=form.cleaned_data["reason"], request=request)
        except RecordError as refusal:  # somebody else was first
            raise PermissionDenied(str(refusal)) from refusal
        messages.success(request, _("The figures do not count any more. What they replaced holds again."))
        return redirect(reverse("delivery", args=(pk,)))
    shown = {"delivery": delivery, "form": form, "resting": queries.what_rests_on(delivery, request.user)}
    return render(request, "deliveries/withdraw.html", shown)


@require_safe
@_see
def file(request: UserRequest, pk: int) -> HttpResponse:
    """Send the file as it came; exact figures leave the site, so it is written down."""
    delivery = queries.one(pk, request.user)
    audit.record("export", f"leveringen/{pk}/bestand", request=request, by=request.user)
    response = HttpResponse(bytes(delivery.file.content), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="levering-{pk}.{_ending(delivery.file_name)}"'
    return response


def _ending(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return ending if ending.isalnum() and len(ending) <= 5 else "bin"


@require_safe
@_see
def export(request: UserRequest, pk: int, form: str) -> HttpResponse:
    """Send what a delivery changes as a table."""
    if form not in writing.FORMS:
        raise Http404(_("There is no file of the form “%(form)s”; choose csv, xlsx or ods.") % {"form": form})
    delivery = queries.one(pk, request.user)
    audit.record("export", f"leveringen/{pk}.{form}", request=request, by=request.user)
    return writing.answer(form, f"levering-{pk}", queries.sheet(delivery, queries.changes(delivery)))
