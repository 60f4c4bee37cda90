# SPDX-License-Identifier: EUPL-1.2
"""Questions about the audit trail: who did what, when and why. No page counts the whole trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from keten_web.audit import words
from keten_web.audit.models import Event
from keten_web.config.today import TURNED
from keten_web.sheets.writing import Sheet

PAGE = 50
MOST_IN_A_FILE = {"csv": 10_000, "xlsx": 10_000, "ods": 2_000}
"""Events in one file; more is asked in parts, so that nothing is cut in silence. An ods takes fifty times as long."""
YEARS = range(1900, 2200)
"""Years that a day of the trail may be asked in; the first and last of the calendar have no day before or after."""
CHECK, ASK_CHECK = "check_audit", "ask_check_audit"


@dataclass(frozen=True)
class Sieve:
    """What was asked of the trail, and what of that could not be read."""

    who: str = ""
    action: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None
    problems: tuple[str, ...] = field(default=())


def turned_day() -> date | None:
    """Give the day that somebody turned a demonstration to, at last."""
    details = Event.objects.filter(action=TURNED).order_by("-at").values_list("details", flat=True).first()
    return date.fromisoformat(details["day"]) if details else None


def sieve(asked: Mapping[str, str]) -> Sieve:
    """Read what was asked in an address; every day that is none is told."""
    days: dict[str, date | None] = {}
    problems = []
    for name in ("vanaf", "tot"):
        text = asked.get(name, "").strip()
        try:
            days[name] = _day(text) if text else None
        except ValueError:
            days[name] = None
            problems.append(_("“%(asked)s” is not a date.") % {"asked": text})
    if days["vanaf"] and days["tot"] and days["vanaf"] > days["tot"]:
        problems.append(_("The period ends before it begins; correct one of the two days."))
    said = {name: asked.get(name, "").strip()[:200] for name in ("wie", "wat", "rij")}
    return Sieve(said["wie"], said["wat"], said["rij"], days["vanaf"], days["tot"], tuple(problems))


def _day(text: str) -> date:
    """Read a day, of years that a moment can still be made of in every time zone."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day


def found(asked: Sieve) -> QuerySet[Event]:
    """Give the events that answer to it, the newest first; none when something asked could not be read."""
    events = Event.objects.select_related("actor").order_by("-id")
    if asked.problems:
        return events.none()
    if asked.who:
        events = events.filter(actor__username=asked.who) if asked.who != "-" else events.filter(actor=None)
    if asked.action:
        events = events.filter(action=asked.action)
    if asked.subject:
        events = events.filter(subject__startswith=asked.subject)
    if asked.first:
        events = events.filter(at__gte=_begin(asked.first))
    if asked.last:
        events = events.filter(at__lt=_begin(asked.last + timedelta(days=1)))
    return events


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def page(events: QuerySet[Event], before: int | None) -> tuple[list[Event], int | None]:
    """Give one page, and from where the next one goes on; None when this is the last."""
    rows = list((events.filter(id__lt=before) if before else events)[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def actions() -> list[tuple[str, str]]:
    """Give every kind of event that occurs, with its words; jumps from one to the next in the index."""
    names: list[str] = []
    last: str | None = ""
    while (
        last := Event.objects.filter(action__gt=last).order_by("action", "at").values_list("action", flat=True).first()
    ):
        names.append(last)
    return sorted(((name, words.action(name)) for name in names), key=lambda pair: pair[1])


def people() -> list[tuple[str, str]]:
    """Give who may have done something: every account."""
    return [(user.username, str(user)) for user in get_user_model().objects.order_by("name", "username")]


@dataclass(frozen=True)
class Line:
    """One event as people read it."""

    event: Event
    who: str
    what: str
    result: str
    """What came of it, when that is not that it was simply done."""
    address: str
    """Page of the row it is about; empty when there is none."""
    details: Sequence[tuple[str, str]]
    changed: int
    """How many rows it signed."""


def line(event: Event, kinds: frozenset[str]) -> Line:
    slug, _slash, code = event.subject.partition("/")
    address = f"/{slug}/{code}" if slug in kinds and code else ""
    details = [(name, words.detail(value)) for name, value in event.details.items() if value not in ("", None, [], {})]
    who = str(event.actor) if event.actor_id else _("the site itself")
    return Line(event, who, words.action(event.action), words.result(event.result), address, details, len(event.sealed))


def sheet(events: Sequence[Event]) -> Sheet:
    """Write events as a table: what stands there, not how it is said."""
    head = ("number", "at", "user", "action", "subject", "result", "reason", "details", "rows", "origin")
    rows = [
        (
            event.number,
            timezone.localtime(event.at).isoformat(timespec="seconds"),
            event.actor.username if event.actor else "",
            event.action,
            event.subject,
            event.result,
            event.reason,
            "; ".join(f"{name}: {words.detail(value)}" for name, value in event.details.items()),
            len(event.sealed),
            event.origin or "",
        )
        for event in events
    ]
    return Sheet(_("Audit trail"), [head, *rows])


@dataclass(frozen=True)
class Checked:
    """The last check of the trail: whether one waits or runs, and what the last one said."""

    is_busy: bool
    last: Event | None

    @property
    def faults(self) -> list[dict[str, Any]]:
        return list(self.last.details.get("faults", [])) if self.last else []


def checked() -> Checked:
    """Give how the check stands; the trail itself tells it."""
    asked, done = (
        Event.objects.filter(action=action).select_related("actor").order_by("-at", "-id").first()
        for action in (ASK_CHECK, CHECK)
    )
    return Checked(bool(asked and (done is None or done.pk < asked.pk)), done)
