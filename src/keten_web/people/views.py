# SPDX-License-Identifier: EUPL-1.2
"""The pages of the administrator of users, and the page on which somebody who was invited chooses a password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as log_in
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.auth.tokens import default_token_generator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keten_web.accounts import forms, queries
from keten_web.accounts.models import User
from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import ROLES, Permission
from keten_web.accounts.views import LOCAL
from keten_web.people import actions
from keten_web.people import queries as open_tasks
from keten_web.people.actions import Person, RefusedError

_manages = permission_required(Permission.MANAGE_USERS, raise_exception=True)
MOST_SHOWN = 20


@require_safe
@_manages
def users(request: UserRequest) -> HttpResponse:
    """List the accounts."""
    listed = [(user, roles_of(user), state_of(user)) for user in queries.users()]
    return render(request, "people/users.html", {"listed": listed, "provider": settings.OPENID})


@require_http_methods(["GET", "HEAD", "POST"])
@_manages
def invite(request: UserRequest) -> HttpResponse:
    """Invite somebody; the link is shown once."""
    form = forms.InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = actions.invite(form.cleaned_data["username"], _person(form), by=request.user, request=request)
        return _show_link(request, user)
    return render(request, "people/invite.html", {"form": form, "provider": settings.OPENID})


def _person(form: forms.PersonForm) -> Person:
    sent = form.cleaned_data
    return Person(sent["name"], sent["role"], sent["partner"])


def _show_link(request: UserRequest, user: User) -> HttpResponse:
    path = reverse("invitation", args=(user.pk, default_token_generator.make_token(user)))
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
    page = {"person": user, "link": request.build_absolute_uri(path), "days": days}
    return render(request, "people/invited.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@_manages
def person(request: UserRequest, pk: int) -> HttpResponse:
    """Show an account, and change its name, role or partner."""
    user = get_object_or_404(User, pk=pk)
    held = user.groups.values_list("name", flat=True).first() or ""
    form = forms.ChangePersonForm(
        request.POST or None, initial={"name": user.name, "role": held, "partner": user.partner_id}
    )
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            actions.change(user, _person(form), by=request.user, reason=reason, request=request)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is changed."))
            return redirect("user", pk=pk)
    return render(request, "people/person.html", _page_of(user, form))


def _page_of(user: User, form: Any = None, ending: Any = None) -> dict[str, Any]:
    of_role = open_tasks.of_the_role(user) if user.is_active else []
    mine = open_tasks.mine(user)
    heirs = queries.active_users().exclude(pk=user.pk)
    return {
        "person": queries.account(user.pk),
        "roles": roles_of(user),
        "state": state_of(user),
        "form": form,
        "ending": ending or forms.EndForm(heirs=heirs, auto_id="end_%s"),
        "again": forms.ReasonForm(auto_id="again_%s"),
        "mine": mine[:MOST_SHOWN],
        "mine_count": len(mine),
        "of_role": of_role[:MOST_SHOWN],
        "of_role_count": len(of_role),
        "stand_ins": open_tasks.stand_ins(user),
        "elsewhere": actions.is_managed_elsewhere(user),
        "provider": settings.OPENID,
    }


@require_POST
@_manages
def step(request: UserRequest, pk: int, step: str) -> HttpResponse:
    """Send a new link, end an account, hand over what is open, or open an account again."""
    user = get_object_or_404(User, pk=pk)
    if step not in {"uitnodiging", "beeindigen", "overdragen", "heropenen"}:
        raise Http404(_("There is no step “%(step)s”.") % {"step": step})
    if step == "uitnodiging":
        return _again(request, user)
    heirs = queries.active_users().exclude(pk=user.pk)
    form = _ending(request, step, heirs)
    if step == "overdragen" and form.is_valid() and not form.cleaned_data["to"]:
        form.add_error("to", _("Choose who takes it over."))
    if form.is_valid():
        try:
            messages.success(request, _done(step, user, form.cleaned_data, request))
            return redirect("user", pk=pk)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
    return render(request, "people/person.html", _page_of(user, ending=form), status=200)


def _ending(request: UserRequest, step: str, heirs: Any) -> Any:
    if step == "heropenen":
        return forms.ReasonForm(request.POST, auto_id="again_%s")
    return forms.EndForm(request.POST, heirs=heirs, auto_id="end_%s")


def _done(step: str, user: User, sent: dict[str, Any], request: UserRequest) -> str:
    said: dict[str, Any] = {"by": request.user, "reason": sent["reason"], "request": request}
    if step == "heropenen":
        actions.open_again(user, **said)
        return _("This person may log in again.")
    if step == "overdragen":
        count = actions.hand_over(user, sent["to"], **said)
    else:
        count = actions.end(user, to=sent["to"], **said)
    return ngettext("Done; one open task was handed over.", "Done; %(count)s open tasks were handed over.", count) % {
        "count": count
    }


def _again(request: UserRequest, user: User) -> HttpResponse:
    try:
        actions.invite_again(user, by=request.user, request=request)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("user", pk=user.pk)
    return _show_link(request, user)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: UserRequest, pk: int, token: str) -> HttpResponse:
    """Choose a password with a link that works once and not for long."""
    user = queries.active_users().filter(pk=pk).first()
    if user is None or user.has_usable_password() or not default_token_generator.check_token(user, token):
        return render(request, "people/invitation.html", {"is_over": True}, status=404)
    form = forms.NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.accept(user, form.cleaned_data["password"], request=request)
        log_in(request, user, backend=LOCAL)
        return redirect("overview")
    return render(request, "people/invitation.html", {"form": form, "person": user})


def roles_of(user: User) -> list[str]:
    """Name the roles of a user in the language of the page."""
    return [str(ROLES[group.name][0]) for group in user.groups.all() if group.name in ROLES]


def state_of(user: User) -> str:
    """Say whether somebody may log in."""
    if not user.is_active:
        return _("ended")
    if user.has_usable_password() or user.identities.all():
        return _("may log in")
    return _("invited")
