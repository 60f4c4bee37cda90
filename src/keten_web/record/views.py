# SPDX-License-Identifier: EUPL-1.2
"""The same pages for every kind: list, row, history, as it was, form, step, files. Parse, ask once, render."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission
from keten_web.audit import actions as audit
from keten_web.record import actions, exchange, intake, queries, values
from keten_web.record import search as finding
from keten_web.record.errors import EditConflictError, InvalidError, NotAllowedError, ReasonMissingError
from keten_web.record.forms import FileForm, RecordForm, WhyForm, form_class
from keten_web.record.forms import parts as form_parts
from keten_web.record.kinds import Kind
from keten_web.sheets import writing

View = Callable[..., HttpResponse]


def reads(view: View) -> View:
    """Let in who may read the record; only looking."""
    return require_safe(permission_required(Permission.VIEW_RECORD, raise_exception=True)(view))


def writes(view: View) -> View:
    """Let in who may read the record; the action decides about writing, and its refusal is a page."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @permission_required(Permission.VIEW_RECORD, raise_exception=True)
    @wraps(view)
    def wrapper(request: UserRequest, **arguments: Any) -> HttpResponse:
        try:
            return view(request, **arguments)
        except NotAllowedError as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    return wrapper


def _one(request: UserRequest, kind: Kind, code: str) -> Any:
    record = queries.one(kind, request.user, code)
    if record is None:
        raise Http404(_("There is no %(kind)s with the code “%(code)s”.") % {"kind": kind.name, "code": code})
    return record


# --- looking ----------------------------------------------------------------------------------------------------------


@reads
def rows(request: UserRequest, kind: Kind) -> HttpResponse:
    listed = queries.readable(kind, request.user, request.GET)
    page = {
        "kind": kind,
        "columns": [values.label(kind.model, name) for name in kind.listed],
        "rows": [(row, [values.shown(row, name) for name in kind.listed]) for row in listed],
        "filters": [_filter(kind, name, request.GET) for name in kind.filtered],
        "asked": request.GET.get("zoek", ""),
        "may_make": kind.may(request.user),
        "forms": exchange.FORMS,
    }
    return render(request, "record/list.html", page)


def _filter(kind: Kind, name: str, chosen: Mapping[str, str]) -> dict[str, Any]:
    field = kind.field(name)
    if isinstance(field, ForeignKey):
        options = [(row.code, str(row)) for row in queries.every_row(field.related_model)]
    else:
        options = [(value, str(text)) for value, text in field.choices or ()]
    return {"name": name, "label": values.label(kind.model, name), "options": options, "chosen": chosen.get(name, "")}


def _day(asked: str) -> date | None:
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError:
        raise Http404(_("“%(asked)s” is not a date.") % {"asked": asked}) from None


@reads
def detail(request: UserRequest, kind: Kind, code: str) -> HttpResponse:
    """Show a row, now or as it was at the end of a day."""
    record = _one(request, kind, code)
    on = _day(request.GET.get("op", ""))
    if on is not None:
        then = queries.as_it_was(kind, record, on)
        page = {"kind": kind, "record": record, "on": on, "then": then, "facts": _facts(kind, then) if then else ()}
        return render(request, "record/as_it_was.html", page)
    offers = kind.offers(request.user, record)
    page = {
        "kind": kind,
        "record": record,
        "facts": _facts(kind, record),
        "may_write": kind.may(request.user, record),
        "may_withdraw": kind.may_withdraw(request.user, record),
        "steps": [offer.step for offer in offers if not offer.obstacles],
        "waiting": [offer for offer in offers if offer.obstacles],
        "linked": queries.linked(kind, request.user, record),
        **(kind.context(record, request.user) if kind.context else {}),
    }
    return render(request, kind.template, page)


def _facts(kind: Kind, record: Any) -> list[tuple[str, str]]:
    """Give every field that is filled in, in the order of the form; of a text in two languages the reader's own."""
    names = [*(("state",) if kind.has_states else ()), *queries.in_language(record, kind.edited)]
    found = [(values.label(kind.model, name), values.shown(record, name)) for name in dict.fromkeys(names)]
    return [(label, shown) for label, shown in found if shown]


@reads
def history(request: UserRequest, kind: Kind, code: str) -> HttpResponse:
    record = _one(request, kind, code)
    page = {"kind": kind, "record": record, "versions": queries.history(kind, record)}
    return render(request, "record/history.html", page)


@reads
def search(request: UserRequest) -> HttpResponse:
    asked, only = request.GET.get("zoek", ""), request.GET.get("soort", "")
    page = {"asked": asked, "only": only, "found": finding.search(request.user, asked, only)}
    return render(request, "record/search.html", page)


@reads
def export(request: UserRequest, kind: Kind, form: str) -> HttpResponse:
    """Send the rows as a file; they leave the site, so it is written down."""
    if form not in exchange.FORMS:
        raise Http404(_("There is no file of the form “%(form)s”; choose csv, xlsx or ods.") % {"form": form})
    listed = queries.readable(kind, request.user, request.GET)
    audit.record("export", f"{kind.slug}.{form}", request=request, by=request.user)
    return writing.answer(form, kind.slug, exchange.sheet(kind, listed), exchange.definitions(kind))


# --- writing ----------------------------------------------------------------------------------------------------------


@writes
def new(request: UserRequest, kind: Kind) -> HttpResponse:
    if not kind.may(request.user):
        raise NotAllowedError(_("You may not make this."))
    form = form_class(kind, kind.fields)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            record = actions.create(kind, form.cleaned_data, by=request.user, request=request)
        except InvalidError as invalid:
            form.add_problems(invalid)
        else:
            messages.success(request, _("It is in the record."))
            return redirect(record)
    page = {"kind": kind, "form": form, "parts": form_parts(kind, form), "next": _next_words(kind, None)}
    return render(request, "record/form.html", page)


def _next_words(kind: Kind, record: Any) -> str:
    """Say on the button what happens next."""
    first = kind.field("state").get_default() if kind.has_states else ""
    if record is None:
        return _("Save as a draft") if first == "draft" else _("Put it in the record")
    return _("Save the draft") if getattr(record, "state", "") == "draft" else _("Put the change in the record")


@writes
def edit(request: UserRequest, kind: Kind, code: str) -> HttpResponse:
    record = _one(request, kind, code)
    if not kind.may(request.user, record):
        raise NotAllowedError(_("You may not change this row as it is now."))
    form = form_class(kind, kind.fields)(request.POST or None, initial=_initial(kind, record))
    why = WhyForm(request.POST or None, initial={"expected_version": record.version})
    page: dict[str, Any] = {"kind": kind, "record": record, "form": form, "why": why}
    if request.method == "POST" and form.is_valid() and why.is_valid():
        try:
            actions.change(kind, code, form.cleaned_data, by=request.user, request=request, **why.cleaned_data)
        except (EditConflictError, InvalidError, ReasonMissingError) as refusal:
            page |= _refused(refusal, form, request, why)
        else:
            messages.success(request, _("The change is in the record."))
            return redirect(record)
    page |= {"parts": form_parts(kind, form), "next": _next_words(kind, record)}
    return render(request, "record/form.html", page)


def _initial(kind: Kind, record: Any) -> dict[str, Any]:
    fields = [kind.field(name) for name in kind.fields]
    return {field.name: getattr(record, field.attname) for field in fields}


def _refused(refusal: Exception, form: RecordForm | None, request: UserRequest, why: WhyForm) -> dict[str, Any]:
    """Tell why nothing was stored, keep what was typed, and let who saw the change of the other save on top of it."""
    if isinstance(refusal, ReasonMissingError):
        why.add_error("reason", str(refusal))
        return {}
    if isinstance(refusal, EditConflictError):
        seen = WhyForm(initial={"expected_version": refusal.version, "reason": request.POST.get("reason", "")})
        return {"conflict": refusal, "why": seen}
    if isinstance(refusal, InvalidError) and form is not None:
        form.add_problems(refusal)
        return {}
    return {"refusal": refusal}


@writes
def move(request: UserRequest, kind: Kind, code: str, step: str) -> HttpResponse:
    """Take a step to another state, after a page that says what it means and asks why."""
    record = _one(request, kind, code)
    transition = kind.transition(step)
    if transition is None:
        raise Http404(_("There is no step “%(step)s”.") % {"step": step})
    if transition not in kind.steps(request.user, record):
        raise NotAllowedError(_("You may not take this step from here."))
    form = form_class(kind, transition.asks)(request.POST or None, initial={}) if transition.asks else None
    why = WhyForm(request.POST or None, initial={"expected_version": record.version})
    if not transition.needs_reason:
        del why.fields["reason"]
    page: dict[str, Any] = {"kind": kind, "record": record, "transition": transition, "form": form, "why": why}
    page["blocked"] = transition.obstacles(record, request.user)
    if request.method == "POST" and why.is_valid() and (form is None or form.is_valid()):
        filled = form.cleaned_data if form is not None else {}
        try:
            actions.move(kind, code, step, by=request.user, values=filled, request=request, **why.cleaned_data)
        except (EditConflictError, InvalidError, ReasonMissingError) as refusal:
            page |= _refused(refusal, form, request, why)
        else:
            messages.success(request, _("The step is in the record."))
            return redirect(record)
    return render(request, "record/step.html", page)


@writes
def withdraw(request: UserRequest, kind: Kind, code: str) -> HttpResponse:
    record = _one(request, kind, code)
    if not kind.may_withdraw(request.user, record):
        raise NotAllowedError(_("You may not withdraw this row as it is now."))
    why = WhyForm(request.POST or None, initial={"expected_version": record.version})
    page: dict[str, Any] = {"kind": kind, "record": record, "why": why}
    if request.method == "POST" and why.is_valid():
        try:
            actions.withdraw(kind, code, by=request.user, request=request, **why.cleaned_data)
        except (EditConflictError, ReasonMissingError) as refusal:
            page |= _refused(refusal, None, request, why)
        else:
            messages.success(request, _("It is withdrawn, and stays readable."))
            return redirect(record)
    return render(request, "record/step.html", page)


@writes
def read_file(request: UserRequest, kind: Kind) -> HttpResponse:
    """Read rows from a file: all of them, or none with all that is wrong."""
    if not kind.may(request.user):
        raise NotAllowedError(_("You may not make this."))
    form = FileForm(request.POST or None, request.FILES or None)
    page: dict[str, Any] = {"kind": kind, "form": form, "columns": list(exchange.named(kind))}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        reason = form.cleaned_data["reason"]
        try:
            page["outcome"] = intake.read(kind, file.read(), file.name, by=request.user, reason=reason, request=request)
        except intake.FileRefusedError as refusal:
            page["refusal"] = refusal
    return render(request, "record/import.html", page)
