# SPDX-License-Identifier: EUPL-1.2
"""A promise about a case group, what the law says about it and what it costs, in the words of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.errors import KetenError
from keten.domain.language import Words
from keten.parameters.chain import Named
from keten.parameters.load import load_chain
from keten.questions.price import PACE
from keten.questions.promise import PromiseAnswer, Way, as_fast_as, fastest_way
from keten.questions.seek import month_ends
from keten.study.inputs import Inputs
from keten.study.results import month_end
from keten.whatif.lever import levers_by_id
from keten_web.studies.models import State
from keten_web.tower import figures, longer, typed
from keten_web.tower.models import Inquiry, Kind
from keten_web.tower.queries import says
from keten_web.words import wording

EXAMPLE = {"group": "first_track_4_other", "other": "first_track_2", "on": "2023-06-28"}
"""The promise of 28 June 2023: https://zoek.officielebekendmakingen.nl/kst-19637-3156.html."""


@dataclass(frozen=True)
class Option:
    value: str
    name: str


@dataclass(frozen=True)
class WayShown:
    """The fastest lawful way of a group: its steps, with days and the address of the rule where one is known."""

    name: str
    days: str
    steps: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ReasonShown:
    words: str
    source: str
    address: str


@dataclass(frozen=True)
class Asked:
    """What the form of the page says."""

    group: str
    other: str
    on: str
    weeks: str
    by: str

    @property
    def question(self) -> dict[str, Any] | None:
        """The question for a worker; None when the weeks are no number above zero."""
        weeks = typed.number({"weeks": self.weeks}, "weeks") if self.weeks else None
        if self.weeks and (weeks is None or weeks <= 0):
            return None
        return {"group": self.group, "other": self.other, "weeks": weeks, "by": self.by}

    @property
    def query(self) -> str:
        """The form as an address."""
        return urlencode({field.name: getattr(self, field.name) for field in fields(self)})


@dataclass(frozen=True)
class KeepingShown:
    """A way of keeping the promise, in figures."""

    name: str
    kept: bool
    people: str
    cost: str
    weeks: str
    chain_cost: str


@dataclass(frozen=True)
class PriceShown:
    """What the promise takes, and what that does to others."""

    headline: str
    keepings: tuple[KeepingShown, ...]
    chart: longer.Chart
    notes: tuple[str, ...]
    try_priority: str


@dataclass(frozen=True)
class Page:
    options: tuple[Option, ...]
    months: tuple[tuple[str, str], ...]
    asked: Asked
    fault: str
    headline: str
    reasons: tuple[ReasonShown, ...]
    ways: tuple[WayShown, ...]
    inquiry: Inquiry | None = None
    says: str = ""
    price: PriceShown | None = None
    can_ask: bool = False

    kind = Kind.PROMISE.value
    """What is asked when the price is."""


def asked_of(sent: Mapping[str, str], base: Inputs | None) -> Asked:
    """Read the form; what is left out is as in the promise of 28 June 2023, by the horizon of the study."""
    filled = {name: sent.get(name) or value for name, value in EXAMPLE.items()}
    months = _months(base)
    by = sent.get("by", "")
    known = [value for value, _name_of in months]
    return Asked(**filled, weeks=sent.get("weeks", "").strip(), by=by if by in known else known[0] if known else "")


def _months(base: Inputs | None) -> tuple[tuple[str, str], ...]:
    """List the months in which the pace of a study is known, the last first."""
    ends = month_ends(base)[PACE:] if base else []
    return tuple((f"{on:%Y-%m}", wording.month(on)) for on in reversed(ends))


def read(sent: Mapping[str, str], base: Inputs | None, find: Callable[[dict[str, Any]], Inquiry | None]) -> Page:
    """Read the promise that was asked about; without one, that of 28 June 2023."""
    chain, asked = load_chain(), asked_of(sent, base)
    options = tuple(Option(row.id, _name(row)) for row in chain.case_classes if _is_decided(row.id))
    page = partial(Page, options, _months(base), asked)
    try:
        on = date.fromisoformat(asked.on)
        answer = as_fast_as(chain, asked.group, asked.other, on)
    except (ValueError, KetenError):
        return page(_("Choose two groups and a day; nothing was computed."), "", (), ())
    if asked.question is None:
        return page(_("Give the weeks as a number above zero, or leave them out."), "", (), ())
    inquiry = find(asked.question)
    names = {option.value: option.name for option in options}
    return page(
        "",
        _headline(answer, names, on),
        tuple(_reason(row.words, row.source) for row in answer.reasons),
        tuple(_way(way, names) for way in (answer.way, answer.other)),
        inquiry=inquiry,
        says=says(inquiry) if inquiry else "",
        price=_price(inquiry.answer, names) if inquiry and inquiry.state == State.DONE and inquiry.answer else None,
        can_ask=base is not None and bool(asked.by),
    )


def _name(row: Named) -> str:
    return row.en if get_language() == "en" else row.nl


def _said(words: Words) -> str:
    return words.en if get_language() == "en" else words.nl


def _is_decided(case_class: str) -> bool:
    try:
        fastest_way(load_chain(), case_class, date.fromisoformat(EXAMPLE["on"]))
    except KetenError:
        return False
    return True


def _headline(answer: PromiseAnswer, names: Mapping[str, str], on: date) -> str:
    words = {
        "group": names[answer.way.case_class],
        "other": names[answer.other.case_class],
        "day": wording.day(on),
        "number": len(answer.reasons),
    }
    if answer.can_be_kept:
        return _("By the law of %(day)s nothing makes “%(group)s” slower than “%(other)s”") % words
    return _("By the law of %(day)s “%(group)s” cannot go as fast as “%(other)s”; reasons: %(number)s") % words


def _reason(words: Words, source: str) -> ReasonShown:
    return ReasonShown(_said(words), source, _address(source))


def _address(source: str) -> str:
    return next((part.strip("().,;") for part in source.split() if "https://" in part or "http://" in part), "")


def _way(way: Way, names: Mapping[str, str]) -> WayShown:
    return WayShown(
        names[way.case_class],
        f"{way.least_days:g}",
        tuple(
            (_name(step.stage), f"{step.least_days:g}" if step.least_days else "", _address(step.stage.source or ""))
            for step in way.steps
        ),
    )


# The price -----------------------------------------------------------------------------------------------------------


def _price(answer: Mapping[str, Any], names: Mapping[str, str]) -> PriceShown:
    by = month_end(answer["by"])
    words = {
        "group": names[answer["group"]],
        "weeks": wording.plain(answer["weeks"], "weeks"),
        "month": wording.month(by),
        "resource": _name(load_chain().resource(answer["resource"])),
        "present": wording.exact(round(answer["present_fte"]), "cases"),
        "hours": f"{answer['hours_per_case']:g}",
        "independent": wording.day(date.fromisoformat(answer["independent_on"])),
        "number": answer["replications"],
    }
    late = date.fromisoformat(answer["independent_on"]) > by
    notes = [
        _("%(resource)s: about %(present)s FTE now, %(hours)s hours per case in the middle.") % words,
        _("Who is recruited from the first day decides without help from %(independent)s.") % words
        + (" " + _("That is too late for this promise: it takes people from elsewhere.") if late else ""),
        _("Weeks are those in which the pace of the last three months clears the stock. %(number)s replications.")
        % words,
    ]
    if not answer["lawful"]:
        notes.insert(0, _("The law itself asks longer waiting than these weeks."))
    return PriceShown(
        headline=_price_headline(answer, words),
        keepings=tuple(_keeping(row) for row in answer["ways"]),
        chart=_others(answer, names, words),
        notes=tuple(notes),
        try_priority=_try_priority(answer["group"]),
    )


def _price_headline(answer: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    found = {row["manner"]: row for row in answer["ways"]}
    if found["as_planned"]["kept"]:
        return _("“%(group)s” goes within %(weeks)s weeks by %(month)s as planned") % words
    cheapest = found["priority"]
    people = _people(cheapest["fte"])
    if not cheapest["kept"]:
        return _(
            "“%(group)s” within %(weeks)s weeks by %(month)s cannot be bought, not even with priority and about "
            "%(people)s FTE more"
        ) % {**words, "people": people}
    if round(cheapest["fte"]) == 0:
        return _("“%(group)s” within %(weeks)s weeks by %(month)s takes priority, and others pay for it") % words
    return _("“%(group)s” within %(weeks)s weeks by %(month)s takes priority and about %(people)s FTE more") % {
        **words,
        "people": people,
    }


def _people(fte: float) -> str:
    """Write to two figures: a few replications do not tell more."""
    step = 10 ** max(0, len(str(round(fte))) - 2)
    return wording.exact(round(fte / step) * step, "cases")


def _keeping(row: Mapping[str, Any]) -> KeepingShown:
    cost = figures.line(0.0, figures.interval_of(row["cost_of_the_chain_eur"]), "eur")
    weeks = row["weeks"]["p50"]
    return KeepingShown(
        name={
            "as_planned": _("As planned"),
            "more_people": _("In the usual order, with more people"),
            "priority": _("The group first, with as many people more as that asks"),
        }[row["manner"]],
        kept=row["kept"],
        people=_people(row["fte"]),
        cost=wording.rounded(row["cost_eur"], 100_000, "eur"),
        weeks=wording.exact(round(weeks), "cases") if weeks < ENDLESS else _("nothing is decided"),
        chain_cost=cost.difference if row["manner"] != "as_planned" else "",
    )


ENDLESS = 2000
"""Weeks above which the group stands still."""


def _others(answer: Mapping[str, Any], names: Mapping[str, str], words: Mapping[str, Any]) -> longer.Chart:
    """Show what priority does to the stock of every group, beside more people for all."""
    found, runs = {row["manner"]: row["groups"] for row in answer["ways"]}, int(answer.get("replications", 0))
    pairs = [
        (more, first)
        for more, first in zip(found["more_people"], found["priority"], strict=True)
        if more["stock"]["mean"] or first["stock"]["mean"]
    ]
    changes = [first["stock"]["mean"] for _more, first in pairs]
    bars = longer.spread(
        [(0.0, change) for change in changes], ["more" if change > 0 else "less" for change in changes]
    )
    rows = []
    for (more, first), bar in zip(pairs, bars, strict=True):
        lines = [
            figures.line(row["stock_base"], figures.interval_of(row["stock"]), "cases", runs=runs)
            for row in (more, first)
        ]
        rows.append(
            longer.Row(
                names.get(first["group"], first["group"]),
                (lines[0].base, lines[0].difference, f"{lines[1].difference} ({lines[1].interval})"),
                bar,
            )
        )
    return longer.Chart(
        title=_("What it does to other groups: undecided cases in %(month)s") % words,
        summary=_("Beside the base, on the same luck; the bar is that of the group first."),
        columns=(
            _("Group"),
            _("Base"),
            _("With more people"),
            _("The group first (95% interval)"),
            _("Cases: fewer or more"),
        ),
        rows=tuple(rows),
    )


def _try_priority(group: str) -> str:
    """Give the choices of the what-if page that put the group first; empty when its lever does not know the group."""
    lever = levers_by_id()["first"]
    known = {option.value for option in lever.options}
    return urlencode({"first": group, "horizon": 0}) if group in known else ""
