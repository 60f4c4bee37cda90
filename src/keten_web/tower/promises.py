# SPDX-License-Identifier: EUPL-1.2
"""A promise about a case group, and what the law says about it, in the words of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.errors import ScenarioError
from keten.parameters.chain import Named
from keten.parameters.load import load_chain
from keten.study.explain import Words
from keten.study.promise import PromiseAnswer, Way, as_fast_as, fastest_way
from keten_web.dashboard import wording

EXAMPLE = {"group": "first_track_4_other", "other": "first_track_2", "on": "2023-06-28"}
"""The promise of 28 June 2023: https://zoek.officielebekendmakingen.nl/kst-19637-3156.html."""


@dataclass(frozen=True)
class Option:
    value: str
    name: str


@dataclass(frozen=True)
class WayShown:
    """The fastest lawful way of a group."""

    name: str
    days: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReasonShown:
    words: str
    source: str
    address: str


@dataclass(frozen=True)
class Page:
    options: tuple[Option, ...]
    group: str
    other: str
    on: str
    fault: str
    headline: str
    reasons: tuple[ReasonShown, ...]
    ways: tuple[WayShown, ...]


def read(sent: Mapping[str, str]) -> Page:
    """Read the promise that was asked about; without one, that of 28 June 2023."""
    chain = load_chain()
    asked = {name: sent.get(name) or value for name, value in EXAMPLE.items()}
    options = tuple(Option(row.id, _name(row)) for row in chain.case_classes if _is_decided(row.id))
    try:
        on = date.fromisoformat(asked["on"])
        answer = as_fast_as(chain, asked["group"], asked["other"], on)
    except (ValueError, ScenarioError):
        fault = _("Choose two groups and a day; nothing was computed.")
        return Page(options, asked["group"], asked["other"], asked["on"], fault, "", (), ())
    names = {option.value: option.name for option in options}
    return Page(
        options,
        asked["group"],
        asked["other"],
        asked["on"],
        "",
        _headline(answer, names, on),
        tuple(_reason(row.words, row.source) for row in answer.reasons),
        tuple(_way(way, names) for way in (answer.way, answer.other)),
    )


def _name(row: Named) -> str:
    return row.en if get_language() == "en" else row.nl


def _said(words: Words) -> str:
    return words.en if get_language() == "en" else words.nl


def _is_decided(case_class: str) -> bool:
    try:
        fastest_way(load_chain(), case_class, date.fromisoformat(EXAMPLE["on"]))
    except ScenarioError:
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
    address = next((part.strip("().,;") for part in source.split() if "https://" in part or "http://" in part), "")
    return ReasonShown(_said(words), source, address)


def _way(way: Way, names: Mapping[str, str]) -> WayShown:
    return WayShown(
        names[way.case_class],
        f"{way.least_days:g}",
        tuple((_name(step.stage), f"{step.least_days:g}" if step.least_days else "") for step in way.steps),
    )
