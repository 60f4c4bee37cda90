# SPDX-License-Identifier: EUPL-1.2
"""Ask the core about one case for life and give its terms in the words and the order of the page. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from keten.cli.case import timeline_record
from keten.deadlines.life import Change, State, TermOfLife, Timeline, timeline
from keten.domain.words import Reading
from keten_web.clock import timeline as drawn
from keten_web.clock.life_forms import LifeQuestion
from keten_web.clock.queries import Amount, account, amounts_of, article_of, contesting, facts, summary_of
from keten_web.clock.story import story
from keten_web.clock.wording import capital, days, euros, full_day, named, said
from keten_web.sheets.writing import Sheet
from keten_web.words.wording import day, short_day


@dataclass(frozen=True)
class Term:
    """A term as it is read: who, what, from when, to when, by which article, and what is open about it."""

    term: str
    who: str
    starts: str
    last: str
    left: str
    says: str
    article: str
    address: str
    site: str
    reading: str
    question: str


@dataclass(frozen=True)
class Part:
    """Terms that stand alike on the day that is asked."""

    name: str
    title: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Changed:
    """A day on which the last day became another."""

    on: str
    before: str
    after: str
    because: str


@dataclass(frozen=True)
class LifeShown:
    """Everything that the page shows of a case."""

    on: str
    deadline: str
    parts: tuple[Part, ...]
    happened: tuple[tuple[str, str], ...]
    changes: tuple[Changed, ...]
    later: tuple[Changed, ...]
    contesting: tuple[str, ...]
    amounts: tuple[Amount, ...]
    total: str
    notes: tuple[str, ...]
    summary: str
    lying: drawn.Drawing
    standing: drawn.Drawing
    facts: tuple[tuple[str, str], ...]
    account: tuple[tuple[str, str], ...]


def ask(question: LifeQuestion) -> Timeline:
    """Let the core work out a case that is in order.

    Raises
    ------
    UsageError
        When no rule holds, or the facts cannot be.
    """
    return timeline(question.life(), question.law, known_on=question.known_on, reading=question.reading)


def shown(found: Timeline, question: LifeQuestion) -> LifeShown:
    """Put the terms of a case in the words of the page."""
    law, answer, cost = question.law, found.answer, found.cost
    told = story(answer, law, found.late, cost)
    return LifeShown(
        on=full_day(answer.known_on),
        deadline=full_day(answer.deadline),
        parts=tuple(_parts(found)),
        happened=tuple((day(on), what) for on, what in question.told()),
        changes=tuple(_changed(row) for row in found.changes),
        later=tuple(_changed(row) for row in found.later),
        contesting=tuple(contesting(answer)),
        amounts=tuple(amounts_of(cost)) if cost else (),
        total=euros(cost.administrative_eur + cost.judicial_eur) if cost else "",
        notes=tuple(said(text) for text in cost.notes) if cost else (),
        summary=summary_of(told),
        lying=drawn.lying(told),
        standing=drawn.standing(told),
        facts=tuple(facts(question)),
        account=tuple(account(law, question, answer.known_on, answer.reading)),
    )


def record(found: Timeline) -> list[dict[str, Any]]:
    """Give the terms as `keten case timeline --json` does."""
    return timeline_record(found)


def sheet(found: Timeline) -> Sheet:
    """Give the terms as one table in the language of the page."""
    head = (_("State"), _("Who"), _("Term"), _("From"), _("Last day"), _("Reading"), _("Article"), _("Address"),
            _("What it means"), _("Open question"))  # fmt: skip
    states, who, readings = _states(), _who(), _readings()
    rows = [
        (
            states[row.state], who[row.who], said(row.term), row.starts_on, row.last_day, readings[row.reading],
            article_of(row.article, row.article_nl), row.address, said(row.says),
            said(row.open_question) if row.open_question else None,
        )
        for row in found.terms
    ]  # fmt: skip
    return Sheet(_("Terms"), [head, *rows])


def _states() -> dict[State, str]:
    return {State.RUNNING: _("Running now"), State.FUTURE: _("To come"), State.PASSED: _("Passed")}


def _who() -> dict[str, str]:
    return {
        "applicant": _("applicant"), "authority": _("authority"), "court": _("court"),
        "other_state": _("other member state"), "both": _("both parties"),
    }  # fmt: skip


def _readings() -> dict[Reading, str]:
    return {Reading.AUTHORITY: _("reading of the authority"), Reading.COURTS: _("reading of the courts")}


def _parts(found: Timeline) -> Iterator[Part]:
    by_reading = len({row.reading for row in found.terms}) > 1
    for state, title in _states().items():
        rows = [row for row in found.terms if row.state is state]
        if state is State.RUNNING:
            rows.sort(key=lambda row: row.last_day or date.max)
        if rows:
            yield Part(state.value, title, tuple(_term(row, found.answer.known_on, by_reading) for row in rows))


def _term(row: TermOfLife, known_on: date, by_reading: bool) -> Term:
    left = (row.last_day - known_on).days if row.last_day and row.state is State.RUNNING else None
    return Term(
        term=said(row.term),
        who=capital(_who()[row.who]),
        starts=short_day(row.starts_on),
        last=_("no last day") if row.last_day is None else short_day(row.last_day),
        left="" if left is None else _last_days(left),
        says=said(row.says) if row.says.en else "",
        article=article_of(row.article, row.article_nl),
        address=row.address,
        site=(urlsplit(row.address).hostname or row.address).removeprefix("www."),
        reading=_readings()[row.reading] if by_reading else "",
        question=said(row.open_question) if row.open_question else "",
    )


def _last_days(count: int) -> str:
    return _("today is the last day") if count == 0 else _("%(days)s left") % {"days": days(count)}


def _changed(row: Change) -> Changed:
    return Changed(day(row.on), day(row.before), day(row.after), capital(named(row.because)))
