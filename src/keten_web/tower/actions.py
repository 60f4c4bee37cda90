# SPDX-License-Identifier: EUPL-1.2
"""Ask what takes longer than somebody waits; a worker answers it, once, and stops when nobody wants it any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

import keten
from keten.domain.digest import hash_of
from keten.domain.errors import KetenError
from keten.study.receipt import canonical
from keten.study.results import Results
from keten.whatif.sharpen import forget_oldest
from keten_web.accounts.models import User
from keten_web.studies import actions as studies
from keten_web.studies.models import State
from keten_web.tower import inquiries
from keten_web.tower.models import Inquiry, Kind

TASK = "keten_web.tower.answer"
OPEN = (State.WAITING, State.RUNNING)
PATIENCE = timedelta(seconds=60)
"""A page that sharpens looks every second or so; who has not looked for this long is gone."""
PRIORITY = {Kind.SHARPEN: 10}
ASKED_WITH_A_BUTTON = 20
"""Somebody waits for an answer, or looks at a page that sharpens: both go before studies, the answer first."""
MOST_PER_USER, MOST_SIMULATIONS = 100, 400
"""Questions of one person, and scenarios with their replications, that are remembered; the oldest go."""


@dataclass(frozen=True)
class Asked:
    """A question about choices on a study."""

    kind: Kind
    base: Results
    choices: Mapping[str, float | str]
    question: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Name the question after everything its answer depends on."""
        outcome = self.base.receipt.get("output_hash", "")
        parts = [keten.__version__, self.kind.value, self.base.name, outcome, dict(self.choices), dict(self.question)]
        return hash_of(canonical(parts))


def ask(asked: Asked, by: User) -> Inquiry:
    """Ask a question; one that was answered before keeps its answer.

    An open one of the same kind makes way, and so does sharpening: the page asks for it again while one looks.
    """
    now = timezone.now()
    with transaction.atomic():
        mine = Inquiry.objects.filter(asked_by=by, kind__in=(asked.kind, Kind.SHARPEN), state__in=OPEN)
        mine.exclude(key=asked.key).update(state=State.CANCELLED, ended_at=now)
        inquiry, is_new = Inquiry.objects.get_or_create(
            asked_by=by,
            key=asked.key,
            defaults={
                "kind": asked.kind,
                "base": asked.base.name,
                "base_hash": str(asked.base.receipt.get("output_hash", "")),
                "choices": dict(asked.choices),
                "question": dict(asked.question),
                "asked_at": now,
                "looked_at": now,
            },
        )
        if not is_new:
            _ask_again(inquiry)
        if is_new or inquiry.state == State.WAITING:
            _defer(inquiry)
        kept = Inquiry.objects.filter(asked_by=by).values_list("pk", flat=True)[:MOST_PER_USER]
        Inquiry.objects.filter(asked_by=by).exclude(pk__in=list(kept)).delete()
    return inquiry


def _ask_again(inquiry: Inquiry) -> None:
    """Begin again with what was stopped, or whose figures were forgotten since."""
    now = timezone.now()
    forgotten = inquiry.state == State.DONE and not inquiries.is_remembered(inquiry)
    if inquiry.state in (State.CANCELLED, State.BROKEN_OFF) or forgotten:
        Inquiry.objects.filter(pk=inquiry.pk).update(
            state=State.WAITING, done=0, finished=0, problem="", asked_at=now, looked_at=now, ended_at=None
        )
        inquiry.refresh_from_db()
    else:
        look_at(inquiry)


def _defer(inquiry: Inquiry) -> None:
    priority = PRIORITY.get(Kind(inquiry.kind), ASKED_WITH_A_BUTTON)
    app.configure_task(TASK, queue=studies.QUEUE, priority=priority).defer(inquiry=inquiry.pk)


def look_at(inquiry: Inquiry) -> None:
    """Note that somebody is looking, so that the worker goes on."""
    Inquiry.objects.filter(pk=inquiry.pk).update(looked_at=timezone.now())


def cancel(inquiry: Inquiry) -> None:
    """Stop an inquiry that is open; a worker that is busy with it notices at its next replication."""
    Inquiry.objects.filter(pk=inquiry.pk, state__in=OPEN).update(state=State.CANCELLED, ended_at=timezone.now())


def carry_out(pk: int, tell: Callable[[Inquiry], None] = lambda _inquiry: None) -> None:
    """Answer an inquiry, from the beginning when an earlier worker was lost; what is answered is left alone."""
    still_open = Inquiry.objects.filter(pk=pk, state__in=OPEN)
    if not still_open.update(state=State.RUNNING, attempts=F("attempts") + 1):
        return
    inquiry = Inquiry.objects.get(pk=pk)

    def progress(done: int, of: int) -> None:
        wanted = still_open
        if inquiry.kind == Kind.SHARPEN:
            wanted = still_open.filter(looked_at__gte=timezone.now() - PATIENCE)
        if not wanted.update(done=done, of=of):
            raise studies.WithdrawnError
        inquiry.done, inquiry.of = done, of
        tell(inquiry)

    try:
        progress(0, 0)
        answer = inquiries.answer(inquiry, progress)
    except studies.WithdrawnError:
        cancel(inquiry)
        return
    except KetenError as error:
        still_open.update(state=State.BROKEN_OFF, problem=str(error), ended_at=timezone.now())
        return
    still_open.update(state=State.DONE, answer=answer, finished=F("finished") + 1, ended_at=timezone.now())
    forget_oldest(settings.SIMULATIONS, MOST_SIMULATIONS)
