# SPDX-License-Identifier: EUPL-1.2
"""The law of the clock as a page: what is not certain in it, and how it changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.deadlines.citation import dutch_name, in_full
from keten.deadlines.desk import law_changes, open_points
from keten.parameters.law import Law
from keten_web.clock.wording import capital, named, said
from keten_web.words.wording import short_day


@dataclass(frozen=True)
class Uncertain:
    """A line of what is not certain: the rule, its state, the question, what would settle it, and where it stands."""

    rule: str
    state: str
    what: str
    settled_by: str
    source: str


@dataclass(frozen=True)
class Change:
    """A line of the changelog of the law, each cell as it is read."""

    known: str
    holds: str
    rule: str
    instrument: str
    by: str


def _states() -> dict[str, str]:
    return {"unverified": _("not verified"), "open": _("open question"), "contested": _("contested in court")}


def uncertain(law: Law) -> tuple[Uncertain, ...]:
    """List what is unverified, open or contested, in the words of the page."""
    rows = (*law.rules, *law.moratoria, *law.temporary_acts)
    names = {row.rule: capital(named(row)) for row in rows}
    states = _states()
    return tuple(
        Uncertain(
            names.get(row.rule, _("Law that is not applied")), states[row.state], said(row.what),
            "" if row.settled_by is None else said(row.settled_by), row.source,
        )
        for row in open_points(law)
    )  # fmt: skip


def changes(law: Law) -> tuple[Change, ...]:
    """Tell how the law changed, the newest first, in the words of the page."""
    return tuple(
        Change(
            short_day(row.known_from), short_day(row.valid_from), said(row.rule), _instrument(row.instrument, law),
            named(row.by),
        )
        for row in law_changes(law)
    )  # fmt: skip


def _instrument(name: str, law: Law) -> str:
    return in_full(name) if get_language() == "en" else dutch_name(law, name)
