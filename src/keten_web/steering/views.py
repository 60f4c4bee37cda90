# SPDX-License-Identifier: EUPL-1.2
"""The pages from which a meeting starts. Ask one query, render."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from keten_web.accounts.requests import UserRequest
from keten_web.config.today import today
from keten_web.record import exchange
from keten_web.record.views import detail, reads
from keten_web.steering import queries
from keten_web.steering.kinds import DECISIONS, POLICY_FRAMEWORKS, REFERENCE_MODELS, SIGNALS


@reads
def cycle(request: UserRequest) -> HttpResponse:
    return render(request, "steering/cycle.html", {"cycle": queries.cycle()})


@reads
def agreements(request: UserRequest) -> HttpResponse:
    """Show the reference model that holds, with how the agreements at each handover point stand."""
    model = queries.model_in_force()
    if model is None:
        return render(request, "steering/nothing_yet.html", {"kind": REFERENCE_MODELS})
    return detail(request, kind=REFERENCE_MODELS, code=model.code)


@reads
def framework(request: UserRequest) -> HttpResponse:
    """Show the framework that holds."""
    row = queries.current_framework()
    if row is None:
        return render(request, "steering/nothing_yet.html", {"kind": POLICY_FRAMEWORKS})
    return detail(request, kind=POLICY_FRAMEWORKS, code=row.code)


@reads
def signals(request: UserRequest) -> HttpResponse:
    page = {
        "lines": queries.signal_lines(),
        "known_on": today(),
        "kind": SIGNALS,
        "may_make": SIGNALS.may(request.user),
    }
    return render(request, "steering/signals.html", {**page, "forms": exchange.FORMS})


@reads
def decisions(request: UserRequest) -> HttpResponse:
    page = {**queries.governance(), "kind": DECISIONS, "may_make": DECISIONS.may(request.user)}
    return render(request, "steering/decisions.html", {**page, "forms": exchange.FORMS})
