# SPDX-License-Identifier: EUPL-1.2
"""The page of the auditor: who, what, when and why, as a file, and whether it is as it was written."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.audit import actions, checks, queries
from keten_web.config.addresses import key
from keten_web.record.kinds import kinds
from keten_web.sheets import writing

_audits = permission_required(Permission.VIEW_AUDIT, raise_exception=True)


def _kinds() -> frozenset[str]:
    return frozenset(kind.slug for kind in kinds())


@require_safe
@_audits
def trail(request: UserRequest) -> HttpResponse:
    """Show the trail, the newest first, a page at a time."""
    asked = queries.sieve(request.GET)
    events, more = queries.page(queries.found(asked), key(request.GET.get("voor")))
    slugs = _kinds()
    page = {
        "asked": asked,
        "lines": [queries.line(event, slugs) for event in events],
        "more": more,
        "is_first": not request.GET.get("voor"),
        "actions": queries.actions(),
        "people": queries.people(),
        "checked": queries.checked(),
        "forms": writing.FORMS,
    }
    return render(request, "audit/trail.html", page)


@require_safe
@_audits
def export(request: UserRequest, form: str) -> HttpResponse:
    """Send what was asked as a file; more than fits in one is refused, never cut."""
    asked, most = queries.sieve(request.GET), queries.MOST_IN_A_FILE[form]
    events = list(queries.found(asked)[: most + 1])
    if asked.problems or len(events) > most:
        what = _("More than %(most)s events answer to this; a file holds at most that many. Choose a shorter period.")
        for problem in asked.problems or (what % {"most": f"{most:,}".replace(",", " ")},):
            messages.error(request, problem)
        return redirect(f"/audit?{request.GET.urlencode()}")
    details = {name: value for name, value in request.GET.items() if value}
    actions.record("export", f"audit.{form}", request=request, by=request.user, details=details)
    return writing.answer(form, "audit", queries.sheet(events))


@require_POST
@_audits
def check(request: UserRequest) -> HttpResponse:
    """Ask to check the trail."""
    if checks.ask(request.user, request=request):
        messages.success(request, _("The check is asked; its outcome appears here."))
    else:
        messages.info(request, _("A check is waiting or busy already."))
    return redirect("audit")
