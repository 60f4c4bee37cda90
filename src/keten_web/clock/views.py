# SPDX-License-Identifier: EUPL-1.2
"""Ask by POST, so that no date of a case stands in an address; answer, and keep nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from keten.deadlines import question_of
from keten.deadlines.life import Timeline
from keten.domain.errors import UsageError
from keten.parameters.law import load_law
from keten_web.accounts.roles import Permission
from keten_web.clock import exports, law, life, queries
from keten_web.clock.examples import EXAMPLES, LIFE_EXAMPLE
from keten_web.clock.forms import MOST_SUSPENSIONS, SUSPENSIONS, Question
from keten_web.clock.life_forms import EVENTS, MOST_EVENTS, LifeQuestion
from keten_web.clock.queries import Reply
from keten_web.config.today import today
from keten_web.sheets import writing
from keten_web.words.wording import day

FILE_NAME = "beslistermijn"
FILE_OF_LIFE = "termijnen"


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
            return _page(request, Question(load_law(), **_as_sent(request.POST, "suspension")))
        return _answered(request, _question(request.POST), request.POST.get("as", ""))
    if "example" in request.GET:
        return _answered(request, _question(_example(request.GET["example"])), "")
    return _page(request, Question(load_law(), initial=_beginning()))


def _repeated(request: HttpRequest, code: str) -> HttpResponse:
    """Do a printed calculation again."""
    try:
        asked = question_of(code)
        if f"{EVENTS}-TOTAL_FORMS" in asked:
            return _life_answered(request, _life_question(asked), "")
        return _answered(request, _question(asked), "")
    except UsageError:
        question = Question(load_law(), initial=_beginning())
        question.unread_code = True
        return _page(request, question)


def _beginning() -> dict[str, Any]:
    return {"known_on": today(), "reading": "authority", "application_type": "first", "applicants": 1}


def _example(name: str) -> Mapping[str, str]:
    found = next((example for example in EXAMPLES if example.id == name), None)
    if found is None:
        raise Http404(_("There is no example called “%(name)s”.") % {"name": name})
    rows = sum(field.endswith("-from_day") for field in found.answers)
    return {**found.answers, f"{SUSPENSIONS}-TOTAL_FORMS": str(rows)}


def _question(sent: Mapping[str, str]) -> Question:
    counts = {f"{SUSPENSIONS}-TOTAL_FORMS": "0", **{name: sent[name] for name in sent}}
    return Question(load_law(), {**counts, f"{SUSPENSIONS}-INITIAL_FORMS": "0"})


def _as_sent(sent: Mapping[str, str], add: str) -> dict[str, Any]:
    """Show a form again as it was filled in, unchecked, with one more row of what is asked for."""
    rows = [row for row in _rows(sent, SUSPENSIONS, MOST_SUSPENSIONS) if row.get("from_day") or row.get("until_day")]
    more = [{}] if add == "suspension" else []
    return {"initial": {name: sent[name] for name in sent}, "rows": (*rows, *more)[:MOST_SUSPENSIONS]}


def _rows(sent: Mapping[str, str], prefix: str, most: int) -> list[dict[str, str]]:
    start = f"{prefix}-{{}}-"
    found: list[dict[str, str]] = []
    for number in range(most):
        before = start.format(number)
        found.append({name.removeprefix(before): sent[name] for name in sent if name.startswith(before)})
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@cache_control(no_store=True)
@permission_required(Permission.VIEW_DASHBOARD, raise_exception=True)
def case_for_life(request: HttpRequest) -> HttpResponse:
    """Show the form of a case with its events; with a case, or the example, also every term of it."""
    if request.method == "POST":
        if request.POST.get("code", "").strip():
            return _repeated(request, request.POST["code"])
        if "add" in request.POST:
            return _life_page(request, _life_as_sent(request.POST))
        return _life_answered(request, _life_question(request.POST), request.POST.get("as", ""))
    if "example" in request.GET:
        if request.GET["example"] != "chain":
            raise Http404(_("There is no example called “%(name)s”.") % {"name": request.GET["example"]})
        return _life_answered(request, _life_question(LIFE_EXAMPLE), "")
    return _life_page(request, LifeQuestion(load_law(), initial=_beginning(), events=({"what": "notice"},)))


@require_safe
@permission_required(Permission.VIEW_DASHBOARD, raise_exception=True)
def applied_law(request: HttpRequest) -> HttpResponse:
    """Show what in the law is not certain, and how it changed."""
    applied = load_law()
    context = {
        "edition": day(applied.edition),
        "digest": applied.digest[:16],
        "uncertain": law.uncertain(applied),
        "changes": law.changes(applied),
    }
    return render(request, "clock/law.html", context)


def _life_as_sent(sent: Mapping[str, str]) -> LifeQuestion:
    asked = [row for row in _rows(sent, EVENTS, MOST_EVENTS) if row.get("on")]
    more = [{}] if sent["add"] == "event" else []
    return LifeQuestion(load_law(), **_as_sent(sent, sent["add"]), events=(*asked, *more)[:MOST_EVENTS])


def _life_question(sent: Mapping[str, str]) -> LifeQuestion:
    counts = {f"{part}-TOTAL_FORMS": "0" for part in (SUSPENSIONS, EVENTS)}
    first = {f"{part}-INITIAL_FORMS": "0" for part in (SUSPENSIONS, EVENTS)}
    return LifeQuestion(load_law(), {**counts, **{name: sent[name] for name in sent}, **first})


def _life_answered(request: HttpRequest, question: LifeQuestion, kind: str) -> HttpResponse:
    found = None
    if question.is_valid():
        try:
            found = life.ask(question)
        except UsageError as error:
            question.refuse(error)
    if found is not None and kind in writing.FORMS:
        return writing.answer(kind, FILE_OF_LIFE, life.sheet(found))
    if found is not None and kind == "json":
        return _json(life.record(found), FILE_OF_LIFE)
    return _life_page(request, question, found, asked=True)


def _life_page(
    request: HttpRequest, question: LifeQuestion, found: Timeline | None = None, *, asked: bool = False
) -> HttpResponse:
    context = {
        **_of_the_form(question, asked=asked and found is None),
        "events": question.event_forms,
        "shown": None if found is None else life.shown(found, question),
        "may_add_event": question.event_forms.total_form_count() < MOST_EVENTS,
    }
    return render(request, "clock/life.html", context)


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
        return _json(exports.record(reply), FILE_NAME)
    return _page(request, question, reply, asked=True)


def _page(request: HttpRequest, question: Question, reply: Reply | None = None, *, asked: bool = False) -> HttpResponse:
    context = {
        **_of_the_form(question, asked=asked and reply is None),
        "shown": None if reply is None else queries.shown(reply, question),
        "examples": EXAMPLES,
        "example": request.GET.get("example"),
    }
    return render(request, "clock/page.html", context)


def _of_the_form(question: Question, *, asked: bool) -> dict[str, Any]:
    """Give what both pages show of their form; `asked` is whether its faults are told."""
    kept = {name: value for name, value in question.sent.items() if name not in {"csrfmiddlewaretoken", "as"}}
    return {
        "question": question,
        "form": question.case_form,
        "suspensions": question.suspension_forms,
        "faults": question.faults() if asked else (),
        "unanswered": question.unanswered,
        "carried": kept.items(),
        "may_add": question.suspension_forms.total_form_count() < MOST_SUSPENSIONS,
    }


def _json(content: object, name: str) -> HttpResponse:
    text = json.dumps(content, default=str, ensure_ascii=False, indent=2, allow_nan=False)
    return _file(text + "\n", "application/json; charset=utf-8", f"{name}.json")


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=content_type, headers=headers)
