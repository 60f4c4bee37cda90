# SPDX-License-Identifier: EUPL-1.2
"""Parse, ask one query, render."""

from __future__ import annotations

import csv

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keten.study.results import Results
from keten_web.audit import actions as audit
from keten_web.dashboard.views import frame, of_a_study
from keten_web.tower import overview, promises, questions


@of_a_study
def tower(request: HttpRequest, results: Results) -> HttpResponse:
    return render(request, "tower/tower.html", {**frame(results), "tower": overview.tower(results)})


@of_a_study
def partner(request: HttpRequest, results: Results, code: str) -> HttpResponse:
    page = overview.of_partner(results, code)
    if page is None:
        raise Http404(_("There is no partner called “%(name)s”.") % {"name": code})
    return render(request, "tower/partner.html", {**frame(results), "page": page})


@of_a_study
def promise(request: HttpRequest, results: Results) -> HttpResponse:
    """Say whether a group can lawfully go as fast as another, and why not."""
    return render(request, "tower/promise.html", {**frame(results), "page": promises.read(request.GET)})


@of_a_study
def what_if(request: HttpRequest, results: Results) -> HttpResponse:
    """Show the levers; with choices in the address also what they do, so that it works without a script."""
    return render(request, "tower/what_if.html", {**frame(results), "page": questions.read(results, request.GET)})


@of_a_study
def what_if_answer(request: HttpRequest, results: Results) -> HttpResponse:
    """Give the answer alone, for the script that redraws it."""
    return render(request, "tower/answer.html", {**frame(results), "page": questions.read(results, request.GET)})


@of_a_study
def what_if_csv(request: HttpRequest, results: Results) -> HttpResponse:
    """Send every measure, month by month: base, with the choices, and the difference with its interval."""
    name = f"{results.name}-what-if"
    audit.record("export", name, request=request, by=request.user)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(response, lineterminator="\r\n").writerows(questions.csv_rows(results, request.GET))
    return response


@of_a_study
def what_if_toml(request: HttpRequest, results: Results) -> HttpResponse:
    """Send the choices as a scenario, for `keten study run`."""
    response = HttpResponse(
        questions.scenario_file(results, request.GET), content_type="application/toml; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{results.name}-what-if.toml"'
    return response
