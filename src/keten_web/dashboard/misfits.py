# SPDX-License-Identifier: EUPL-1.2
"""When a study cannot be used any more: say in words what is wrong and what to do, instead of failing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from keten.domain.errors import KetenError, Problem
from keten.study.results import Results
from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.studies import queries as studies

View = Callable[..., HttpResponse]


SENTENCES = (
    (r".*Field required.*", gettext_lazy("%(where)s is missing.")),
    (r".*Extra inputs are not permitted.*", gettext_lazy("%(where)s is not known to this version.")),
    (r"is missing\.|is not there or is not JSON\.", gettext_lazy("%(where)s is missing or cannot be read.")),
    (
        r"is cut off or is no table .*|does not hold what a study writes there\.|is not as promised .*",
        gettext_lazy("%(where)s is damaged."),
    ),
    (r"is not in the receipt\.", gettext_lazy("The receipt of the study does not hold its scenario.")),
    (
        r"nobody counted (?:it|this).* \((?:counted on|known): (?:no day|(?P<days>[\d, -]*))\)\.",
        gettext_lazy("%(where)s: nobody counted this on a day that can be used. Counted on: %(days)s."),
    ),
    (r"nobody counted this group yet\.", gettext_lazy("%(where)s: nobody counted this yet.")),
    (r"the chain has no such .*", gettext_lazy("%(where)s: the chain does not have this.")),
    (r"no case class is named (?P<name>\S+).*", gettext_lazy("%(where)s: there is no group of cases %(name)s.")),
    (r"no value holds on this day .*", gettext_lazy("%(where)s: the tables hold no value on this day.")),
    (r"a total of .* cannot be: .*", gettext_lazy("%(where)s: more people than this total came in already.")),
)
"""What the core says does not fit, as a pattern, and how it is told on a Dutch page."""
STOCK = re.compile(r"(?:stock of )?(?P<group>\S+) on (?P<day>\d{4}-\d\d-\d\d)")


def told(view: View) -> View:
    """Let a view that works with a study tell what the core refuses, on a page of its own."""

    @wraps(view)
    def wrapper(request: UserRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **named)
        except KetenError as error:
            results = arguments[0] if arguments and isinstance(arguments[0], Results) else _asked(request)
            return page(request, results, error)

    return wrapper


def page(request: UserRequest, results: Results | None, error: KetenError) -> HttpResponse:
    """Say what is wrong with a study, and offer to run it again."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(
            {"says": _("This study does not fit the figures of this site any more.")},
            status=409,
            json_dumps_params={"allow_nan": False},
        )
    found = {
        "problems": texts(error.problems),
        "hurt": results,
        "hurt_title": studies.title(results) if results else "",
        "may_run": results is not None
        and isinstance(results.receipt.get("scenario"), dict)
        and request.user.has_perm(Permission.WRITE_OWN),
    }
    return render(request, "dashboard/misfit.html", found, status=409)


def texts(problems: Sequence[Problem]) -> list[str]:
    """Say in the language of the page what does not fit; what to do about it stands on the page itself."""
    said = [str(problem) if get_language() == "en" else _told(problem) for problem in problems]
    return list(dict.fromkeys(said))


def _told(problem: Problem) -> str:
    where = problem.where
    if found := STOCK.fullmatch(where):
        where = _("stock of %(group)s on %(day)s") % found.groupdict()
    for pattern, sentence in SENTENCES:
        if found := re.fullmatch(pattern, problem.what, re.DOTALL):
            blanks = {name: value or _("no day") for name, value in found.groupdict().items()}
            return str(sentence) % {"where": where, **blanks}
    return _("%(where)s does not fit the tables and the rules of now.") % {"where": where}


def _asked(request: UserRequest) -> Results | None:
    name = request.POST.get("base") or request.GET.get("scenario")
    return studies.choose(name, None) if name in {row.name for row in studies.available()} else None
