# SPDX-License-Identifier: EUPL-1.2
"""Read what somebody asked about choices, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keten.study.results import Results
from keten_web.accounts.models import User
from keten_web.studies.models import State
from keten_web.tower import inquiries, quick
from keten_web.tower.models import Inquiry, Kind


def find(pk: int, user: User) -> Inquiry:
    """Find an inquiry of one's own.

    Raises
    ------
    Http404
        When there is none.
    """
    found = Inquiry.objects.filter(pk=pk, asked_by=user).first()
    if found is None:
        raise Http404(_("There is no such question, or somebody else asked it."))
    return found


def newest(user: User, results: Results, choices: Mapping[str, float | str]) -> dict[Kind, Inquiry]:
    """Give the newest inquiry of every kind that somebody asked about these choices on this study."""
    asked = Inquiry.objects.filter(
        asked_by=user, base=results.name, base_hash=results.receipt.get("output_hash", ""), choices=dict(choices)
    )
    found: dict[Kind, Inquiry] = {}
    for inquiry in asked:
        found.setdefault(Kind(inquiry.kind), inquiry)
    return found


def of_question(user: User, results: Results, kind: Kind, question: Mapping[str, Any]) -> Inquiry | None:
    """Give the inquiry of somebody that asks exactly this, without choices; None when it was not asked."""
    return Inquiry.objects.filter(
        asked_by=user,
        kind=kind,
        base=results.name,
        base_hash=results.receipt.get("output_hash", ""),
        choices={},
        question=dict(question),
    ).first()


@dataclass(frozen=True)
class Sharpening:
    """How sharp the figures are, and whether they are getting sharper."""

    replications: int
    full: int
    inquiry: Inquiry | None

    @property
    def is_full(self) -> bool:
        return self.replications >= self.full

    @property
    def says(self) -> str:
        """Say it in one sentence."""
        words = {"now": self.replications, "full": self.full}
        if self.is_full:
            return _("Sharpened to %(now)s replications.") % words
        if self.inquiry is None or self.inquiry.state in {State.CANCELLED, State.DONE}:
            return _("%(now)s of %(full)s replications.") % words
        if self.inquiry.state == State.WAITING:
            return _("%(now)s of %(full)s replications; waiting for the computer.") % words
        if self.inquiry.state == State.BROKEN_OFF:
            return _("%(now)s of %(full)s replications; sharpening broke off.") % words
        return _("%(now)s of %(full)s replications; sharpening.") % words


def sharpening(user: User, results: Results, choices: Mapping[str, float | str], replications: int) -> Sharpening:
    """Say how sharp the figures of choices are that are shown with so many replications."""
    inquiry = newest(user, results, choices).get(Kind.SHARPEN)
    return Sharpening(replications, inquiries.FULL, inquiry)


def progress(inquiry: Inquiry, results: Results) -> dict[str, Any]:
    """Say how far an inquiry is, for the script of the page."""
    document: dict[str, Any] = {
        "state": inquiry.state,
        "is_open": inquiry.is_open,
        "done": inquiry.done,
        "of": inquiry.of,
    }
    if inquiry.kind == Kind.SHARPEN:
        asked = tuple(sorted(inquiry.choices.items()))
        number = max(quick.REPLICATIONS, quick.sharpened_to(results, asked))
        full = int(inquiry.question.get("replications", inquiries.FULL))
        document |= {"replications": number, "says": Sharpening(number, full, inquiry).says}
    else:
        document["says"] = says(inquiry)
    return document


def _before(inquiry: Inquiry) -> int:
    """Count the questions with a button that were asked before this one; sharpening waits behind all of them."""
    asked_before = Inquiry.objects.filter(state__in=(State.WAITING, State.RUNNING), asked_at__lt=inquiry.asked_at)
    return asked_before.exclude(kind=Kind.SHARPEN).count()


def says(inquiry: Inquiry) -> str:
    """Say in one sentence how far an inquiry is."""
    if inquiry.state == State.WAITING:
        if first := _before(inquiry):
            return ngettext(
                "Waiting for the computer; %(count)s question goes first.",
                "Waiting for the computer; %(count)s questions go first.",
                first,
            ) % {"count": first}
        return _("Waiting for the computer.")
    if inquiry.state == State.RUNNING:
        return _("%(done)s of %(of)s runs.") % {"done": inquiry.done, "of": inquiry.of}
    if inquiry.state == State.CANCELLED:
        return _("Stopped.")
    return ""
