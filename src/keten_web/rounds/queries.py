# SPDX-License-Identifier: EUPL-1.2
"""The round of a month as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Min, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from keten.indicators.disclosure import NotShown
from keten.indicators.registry import Indicator, indicators
from keten.whatif.month import Because
from keten_web.accounts import protection
from keten_web.accounts.models import User
from keten_web.config.today import today
from keten_web.deliveries.news import Resting
from keten_web.foresight.definitions import name_of
from keten_web.foresight.figures import signed
from keten_web.rounds import figures, rights, steps, words
from keten_web.rounds.models import Closing, MonthReport, MonthRound, RoundState
from keten_web.steering.evidence import month_end
from keten_web.steering.models import Meeting, Signal, SteeringDecision
from keten_web.studies.models import State
from keten_web.words import wording

DELIVER, WORK_OUT, SIGNALS, DECIDE, REPORT = "leveren", "doorrekenen", "signalen", "besluiten", "rapporteren"
OF_PEOPLE = frozenset({"reception.occupancy"})
MOST_MOVED = 20
"""Corrected figures that are shown; the rest is counted."""


@dataclass(frozen=True)
class Phase:
    """One of the five steps of the round, with who it is for and how it stands."""

    id: str
    title: str
    state: str
    says: str
    owner: str
    number: int = 0

    @property
    def shape(self) -> str:
        return words.STATES[self.state][0]

    @property
    def word(self) -> str | Promise:
        return words.STATES[self.state][1]


@dataclass(frozen=True)
class Delivered:
    """A figure of the month: whose it is, and up to which day it is counted."""

    partner: str
    name: str
    last: date | None
    is_there: bool


@dataclass(frozen=True)
class StepShown:
    """A step of the closing with what it counted, or what went wrong and what to do."""

    label: str | Promise
    state: str
    says: str
    remedy: str | Promise = ""

    @property
    def shape(self) -> str:
        return words.STATES[self.state][0]

    @property
    def word(self) -> str | Promise:
        return words.STATES[self.state][1]


@dataclass(frozen=True)
class Bar:
    """One row of a waterfall: a total is a mark, a cause runs from where the one before it ended."""

    name: str | Promise
    amount: str
    exact: str
    is_total: bool
    x: float
    width: float
    less: bool


@dataclass(frozen=True)
class Waterfall:
    """What changed and why, of one quantity on one day."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    is_forecast: bool = True


@dataclass(frozen=True)
class MovedShown:
    """A figure that came later or was corrected."""

    name: str
    on: date
    before: str
    after: str


@dataclass(frozen=True)
class RoundShown:
    """Everything on the page of a month."""

    end: date
    row: MonthRound | None
    closing: Closing | None
    phases: tuple[Phase, ...]
    delivered: tuple[Delivered, ...]
    steps: tuple[StepShown, ...]
    waterfalls: tuple[Waterfall, ...]
    counted: tuple[str, ...]
    breaks: tuple[str, ...]
    corrected: tuple[MovedShown, ...]
    more_corrected: int
    signals: tuple[Signal, ...]
    drafts: tuple[SteeringDecision, ...]
    meetings: tuple[Meeting, ...]
    reports: tuple[MonthReport, ...]
    may_close: bool
    may_reopen: bool
    before: date
    after: date | None

    @property
    def month(self) -> str:
        return f"{self.end:%Y-%m}"

    @property
    def is_busy(self) -> bool:
        return self.closing is not None and self.closing.is_open

    @property
    def is_closed(self) -> bool:
        return self.row is not None and self.row.state == RoundState.CLOSED

    @property
    def is_reopened(self) -> bool:
        return self.row is not None and self.row.state == RoundState.REOPENED

    @property
    def button(self) -> str:
        """Say what happens next."""
        if self.closing is not None and self.closing.state in (State.CANCELLED, State.BROKEN_OFF):
            return _("Go on with closing %(month)s") % {"month": wording.month(self.end)}
        if self.is_closed:
            return _("Work %(month)s out again on the same figures") % {"month": wording.month(self.end)}
        return _("Work out %(month)s and close it") % {"month": wording.month(self.end)}


def month_now() -> date:
    """Give the last month that is over."""
    return today().replace(day=1) - timedelta(days=1)


def newest_closing(end: date) -> Closing | None:
    """Give the last time that a month was worked out."""
    return Closing.objects.select_related("round", "asked_by").filter(round__month_end=end).first()


def of_month(end: date, by: User | None) -> RoundShown:
    """Collect the round of a month, for somebody or for its report."""
    closing = newest_closing(end)
    row = closing.round if closing else MonthRound.objects.filter(month_end=end).first()
    delivered = tuple(_delivered(end, closing))
    done = tuple(_steps(closing))
    signals = tuple(_signals(end))
    drafts = tuple(SteeringDecision.objects.filter(is_withdrawn=False, state="draft").select_related("body"))
    meetings = tuple(
        Meeting.objects.filter(is_withdrawn=False, state="planned", on__gt=end)
        .select_related("body")
        .order_by("on")[:5]
    )
    outcome = closing.outcome if closing else {}
    moved = [*outcome.get("earlier_months", ()), *outcome.get("since_last_time", ())]
    corrected = tuple(_moved(moved[:MOST_MOVED]))
    after = month_end(end + timedelta(days=1))
    return RoundShown(
        end=end,
        row=row,
        closing=closing,
        phases=tuple(_phases(row, closing, delivered, signals, drafts)),
        delivered=delivered,
        steps=done,
        waterfalls=tuple(_waterfalls(outcome.get("steps", {}).get("changed", {}).get("changed", ()))),
        counted=tuple(_counted(outcome.get("counted", ()))),
        breaks=tuple(_breaks(outcome.get("breaks", ()))),
        corrected=corrected,
        more_corrected=len(moved) - len(corrected),
        signals=signals,
        drafts=drafts,
        meetings=meetings,
        reports=tuple(row.reports.all()) if row is not None else (),
        may_close=by is not None and rights.CLOSE.right.test(by) and end < today(),
        may_reopen=by is not None
        and rights.REOPEN.right.test(by)
        and row is not None
        and row.state == RoundState.CLOSED,
        before=end.replace(day=1) - timedelta(days=1),
        after=after if after < today() else None,
    )


def _delivered(end: date, closing: Closing | None) -> Iterator[Delivered]:
    """Say of every indicator that is counted whether it is known of this month, those that are missing first."""
    known = closing.figures if closing is not None else figures.known(today(), end)
    rows = []
    for indicator in indicators():
        days = sorted(known.get(indicator.id, {}))
        if days:
            last = date.fromisoformat(days[-1])
            there = month_end(last) == end
            rows.append(Delivered(indicator.owner, _name(indicator), last, there))
    yield from sorted(rows, key=lambda row: (row.is_there, row.partner, row.name))


def _name(indicator: Indicator) -> str:
    return indicator.name_en if get_language() == "en" else indicator.name_nl


def _signals(end: date) -> Iterator[Signal]:
    """Give the signals that hold or ended in the month, those that wait for somebody first."""
    lasting = Q(ended_on=None) | Q(ended_on__gt=end.replace(day=1))
    found = Signal.objects.filter(lasting, is_withdrawn=False).select_related("body", "partner")
    yield from sorted(found, key=lambda row: (row.state != "raised", row.ended_on is not None, row.code))


def _phases(
    row: MonthRound | None,
    closing: Closing | None,
    delivered: tuple[Delivered, ...],
    signals: tuple[Signal, ...],
    drafts: tuple[SteeringDecision, ...],
) -> Iterator[Phase]:
    missing = sum(not one.is_there for one in delivered)
    said = _("%(there)s of %(all)s figures are in") % {"there": len(delivered) - missing, "all": len(delivered)}
    yield Phase(DELIVER, _("Deliver"), "waiting" if missing else "done", said, _("partners"), missing)
    yield Phase(WORK_OUT, _("Work out"), _state_of(closing), _says(closing), _("chain office"))
    waiting = sum(one.state == "raised" and one.ended_on is None for one in signals)
    said = ngettext("%(n)s signal waits for an answer", "%(n)s signals wait for an answer", waiting) % {"n": waiting}
    worked = closing is not None and closing.state == State.DONE
    yield Phase(SIGNALS, _("Signals"), "waiting" if waiting else "done" if worked else "open", said,
                _("chain director"), waiting)  # fmt: skip
    number = len(drafts)
    said = ngettext("%(n)s draft waits for a decision", "%(n)s drafts wait for a decision", number) % {"n": number}
    yield Phase(DECIDE, _("Decide"), "waiting" if number else "done" if worked else "open", said,
                _("governance bodies"), number)  # fmt: skip
    closed = row is not None and row.state == RoundState.CLOSED
    said = _("the month is closed") if closed else _("after the month is closed")
    yield Phase(REPORT, _("Report"), "done" if closed else "open", said, _("chain director"))


def _state_of(closing: Closing | None) -> str:
    if closing is None:
        return "open"
    states = {State.DONE.value: "done", State.BROKEN_OFF.value: "failed", State.CANCELLED.value: "open"}
    return states.get(closing.state, "busy")


def _says(closing: Closing | None) -> str:
    if closing is None:
        return _("not worked out yet")
    if closing.state == State.WAITING:
        return _("waits for the computer")
    if closing.state == State.RUNNING:
        return _("%(done)s of %(of)s runs") % {"done": closing.done, "of": closing.of}
    if closing.state == State.CANCELLED:
        return _("stopped; what was done stands")
    if closing.state == State.BROKEN_OFF:
        return _("a step failed; the others stand")
    return _("on figures as known on %(day)s") % {"day": wording.day(closing.known_on)}


def _steps(closing: Closing | None) -> Iterator[StepShown]:
    told: Mapping[str, Any] = closing.progress if closing is not None else {}
    for step in steps.STEPS:
        here = told.get(step.id)
        if here is None:
            yield StepShown(
                step.label, "busy" if closing is not None and closing.state == State.RUNNING else "open", ""
            )
        elif here["state"] == "failed":
            yield StepShown(step.label, "failed", here["problem"], step.remedy)
        else:
            yield StepShown(step.label, "done", _count(here))


def _count(told: Mapping[str, Any]) -> str:
    said = str(told.get("count", 0))
    if told.get("broken"):
        return _("%(count)s, of which %(broken)s not kept") % {"count": said, "broken": told["broken"]}
    return said


def _waterfalls(changed: Any) -> Iterator[Waterfall]:
    """Draw what the expectation became: at the new reference date, and at the last year end, on a scale of its own."""
    for row in changed:
        on, unit = date.fromisoformat(row["on"]), row["unit"]
        yield Waterfall(_title(row, on), wording.unit_words(unit), tuple(_bars(row, unit)))


def _title(row: Mapping[str, Any], on: date) -> str:
    step = _step(row)
    change = round(row["after"] / step) * step - round(row["before"] / step) * step
    said = {"name": name_of(row["measure"]), "month": wording.month(on), "by": signed(abs(change), step, row["unit"])}
    if not change:
        return _("%(name)s in %(month)s: as expected before") % said
    said["by"] = said["by"].lstrip("+")
    if change > 0:
        return _("%(name)s in %(month)s: %(by)s more than was expected") % said
    return _("%(name)s in %(month)s: %(by)s less than was expected") % said


def _step(row: Mapping[str, Any]) -> float:
    return 100.0 if abs(row["after"]) >= 10_000 else 10.0


def _bars(row: Mapping[str, Any], unit: str) -> Iterator[Bar]:
    parts = [(cause, float(row["because"][cause.value])) for cause in Because]
    stands = [row["before"]]
    for _cause, amount in parts:
        stands.append(stands[-1] + amount)
    low, high, step = min(stands), max(stands), _step(row)
    scale = 196 / (high - low) if high > low else 0.0

    def place(value: float) -> float:
        return float(round(2 + (value - low) * scale, 1))

    def total(name: str, value: float) -> Bar:
        said = _("about %(figure)s") % {"figure": wording.rounded(round(value / step) * step, step, unit)}
        return Bar(name, said, repr(value), True, place(value), 2.0, False)

    yield total(_("Expected before"), row["before"])
    for number, (cause, amount) in enumerate(parts):
        start, end = stands[number], stands[number + 1]
        width = round(max(abs(end - start) * scale, 1.0), 1)
        yield Bar(words.CAUSES[cause], signed(amount, step, unit), repr(amount), False, place(min(start, end)), width,
                  amount < 0)  # fmt: skip
    yield total(_("Expected now"), row["after"])


def _counted(rows: Any) -> Iterator[str]:
    for row in rows:
        (before, was), (on, becomes) = row["from"], row["to"]
        unit = "persons" if row["measure"] in OF_PEOPLE else "cases"
        if row.get("is_broken"):
            yield _("%(name)s: %(becomes)s on %(on)s; not compared with before, as something else is counted.") % {
                "name": name_of(row["measure"]),
                "becomes": wording.exact(becomes, unit),
                "on": wording.day(date.fromisoformat(on)),
            }
            continue
        yield _("%(name)s: %(was)s on %(before)s, %(becomes)s on %(on)s (%(change)s)") % {
            "name": name_of(row["measure"]),
            "was": wording.exact(was, unit),
            "before": wording.day(date.fromisoformat(before)),
            "becomes": wording.exact(becomes, unit),
            "on": wording.day(date.fromisoformat(on)),
            "change": signed(becomes - was, 1.0, unit),
        }


def _breaks(rows: Any) -> Iterator[str]:
    for row in rows:
        yield _("%(name)s breaks on %(since)s: counted is now “%(after)s”, before “%(before)s”. "
                "Earlier months stay as they were.") % {
            "name": _named(row["measure"]),
            "since": wording.day(date.fromisoformat(row["since"])),
            "after": row["after"],
            "before": row["before"],
        }  # fmt: skip


def report(end: date, edition: int | None) -> MonthReport | None:
    """Give the report of a month; without an edition the newest."""
    found = MonthReport.objects.select_related("round").filter(round__month_end=end)
    return found.filter(edition=edition).first() if edition else found.first()


def _moved(rows: Any) -> Iterator[MovedShown]:
    for row in rows:
        yield MovedShown(_named(row["name"]), date.fromisoformat(row["on"]), _plain(row["before"]), _after(row))


def _after(row: Mapping[str, Any]) -> str:
    after = _plain(row["after"])
    return _("%(figure)s (counts something else since)") % {"figure": after} if row.get("redefined") else after


def _named(name: str) -> str:
    try:
        return name_of(name)
    except KeyError:
        return name


def _plain(value: float | None) -> str:
    if value is None:
        return _("not known")
    kept = protection.count(value, "cases") if float(value).is_integer() else value
    return wording.exact(kept, "cases") if isinstance(kept, NotShown) else wording.to_the_last_digit(kept)


def resting_on(delivery: Any, **_told: Any) -> list[Resting]:
    """Name the months that were closed on the figures of a delivery: it counted when they were worked out."""
    first_day = delivery.figures.aggregate(day=Min("known_on"))["day"]
    if first_day is None:
        return []
    done = Closing.objects.filter(state=State.DONE).select_related("round")
    closings = done.filter(decided_until__gte=delivery.decided_at, known_on__gte=first_day)
    if delivery.withdrawn_at is not None:
        closings = closings.filter(decided_until__lt=delivery.withdrawn_at)
    months = {closing.round.month_end for closing in closings}
    return [
        Resting(_("report of the month"), wording.month(end), reverse("month-round-of", args=(f"{end:%Y-%m}",)))
        for end in sorted(months)
    ]
