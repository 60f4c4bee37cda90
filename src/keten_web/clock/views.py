# SPDX-License-Identifier: EUPL-1.2
"""Ask by POST, so that no date of a case stands in an address; answer, and keep nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from keten.deadlines import question_of
from keten.domain.errors import UsageError
from keten.parameters.law import load_law
from keten_web.accounts.roles import Permission
from keten_web.clock import exports, queries
from keten_web.clock.examples import EXAMPLES
from keten_web.clock.forms import MOST_SUSPENSIONS, SUSPENSIONS, Question
from keten_web.clock.queries import Reply
from keten_web.sheets import writing

FILE_NAME = "beslistermijn"


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@cache_control(no_store=True)
@permission_required(Permission.VIEW_DASHBOARD, raise_exception=True)
def clock(request: HttpRequest) -> HttpResponse:
    """Show the form; with a case, or an example, also the answer."""
    if request.method == "POST":
        if request.POST.get("code", "").strip():
            return _repeated(request, request.POST["code"])
        if "add" in request.POST:
            return _page(request, _with_one_more_row(request.POST))
        return _answered(request, _question(request.POST), request.POST.get("as", ""))
    if "example" in request.GET:
        return _answered(request, _question(_example(request.GET["example"])), "")
    return _page(request, Question(load_law(), initial=_beginning()))


def _repeated(request: HttpRequest, code: str) -> HttpResponse:
    """Do a printed calculation again."""
    try:
        return _answered(request, _question(question_of(code)), "")
    except UsageError:
        question = Question(load_law(), initial=_beginning())
        question.unread_code = True
        return _page(request, question)


def _beginning() -> dict[str, Any]:
    return {"known_on": timezone.localdate(), "reading": "authority", "application_type": "first", "applicants": 1}


def _example(name: str) -> Mapping[str, str]:
    found = next((example for example in EXAMPLES if example.id == name), None)
    if found is None:
        raise Http404(_("There is no example called “%(name)s”.") % {"name": name})
    rows = sum(field.endswith("-from_day") for field in found.answers)
    return {**found.answers, f"{SUSPENSIONS}-TOTAL_FORMS": str(rows)}


def _question(sent: Mapping[str, str]) -> Question:
    counts = {f"{SUSPENSIONS}-TOTAL_FORMS": "0", **{name: sent[name] for name in sent}}
    return Question(load_law(), {**counts, f"{SUSPENSIONS}-INITIAL_FORMS": "0"})


def _with_one_more_row(sent: Mapping[str, str]) -> Question:
    """Show the form again as it was filled in, unchecked, with a row more."""
    rows = []
    for number in range(MOST_SUSPENSIONS):
        row = {name: sent.get(f"{SUSPENSIONS}-{number}-{name}", "") for name in ("from_day", "until_day", "ground")}
        if row["from_day"] or row["until_day"]:
            rows.append(row)
    return Question(load_law(), initial={name: sent[name] for name in sent}, rows=(*rows, {})[:MOST_SUSPENSIONS])


def _answered(request: HttpRequest, question: Question, kind: str) -> HttpResponse:
    reply = None
    if question.is_valid():
        try:
            reply = queries.ask(question)
        except UsageError as error:
            question.refuse(error)
    if reply is not None and kind in writing.FORMS:
        return writing.answer(kind, FILE_NAME, exports.sheet(reply))
    if reply is not None and kind == "json":
        return _json(reply)
    return _page(request, question, reply, asked=True)


def _page(request: HttpRequest, question: Question, reply: Reply | None = None, *, asked: bool = False) -> HttpResponse:
    context = {
        "question": question,
        "form": question.case_form,
        "suspensions": question.suspension_forms,
        "faults": question.faults() if asked and reply is None else (),
        "unanswered": question.unanswered,
        "carried": [
            (name, value) for name, value in question.sent.items() if name not in {"csrfmiddlewaretoken", "as"}
        ],
        "shown": None if reply is None else queries.shown(reply, question),
        "examples": EXAMPLES,
        "example": request.GET.get("example"),
        "may_add": question.suspension_forms.total_form_count() < MOST_SUSPENSIONS,
    }
    return render(request, "clock/page.html", context)


def _json(reply: Reply) -> HttpResponse:
    text = json.dumps(exports.record(reply), default=str, ensure_ascii=False, indent=2, allow_nan=False)
    return _file(text + "\n", "application/json; charset=utf-8", "json")


def _file(text: str, content_type: str, ending: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}.{ending}"'}
    return HttpResponse(text, content_type=content_type, headers=headers)
