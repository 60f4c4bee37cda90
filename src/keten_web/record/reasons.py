# SPDX-License-Identifier: EUPL-1.2
"""Reasons that stand in the data that ships with Keten, told in the language of the reader.

The core writes them in English, beside the value they belong to. The site shows them in Dutch from its catalogue, which
is checked against `of_data`, so that a new reason without a translation is noticed. What people type stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop
from pydantic import BaseModel

from keten.costs import load_unit_costs
from keten.forecast.assumptions import assumptions
from keten.indicators import indicators
from keten.parameters.load import load_chain
from keten.parameters.opening_stock import load_opening_stock
from keten.steering.ahead import load_remedies
from keten.steering.authority import load_authority
from keten.steering.exercise import load_exercise
from keten.steering.letters import load_record

CHAIN_TABLES = gettext_noop("Made from the chain tables, which hold from 2023; each row there has its own source.")
"""Why the reference model is what it is."""


@cache
def of_data() -> frozenset[str]:
    """Give every reason and unit in the data that a page of the record shows."""
    costs = load_unit_costs()
    points = load_chain().handover_points
    shown = {
        CHAIN_TABLES,
        *_reasons(load_record()),
        *_reasons(load_exercise()),
        *_reasons(load_authority(), ("assumption",)),
        *(row.cost.assumption for row in costs),
        *(row.cost.unit for row in costs),
        *(point.note for point in points),
        *(text for group in load_opening_stock() if group.count for text in _reasons(group.count)),
        *(text for row in indicators() if row.rule for text in _reasons(row.rule.signal_value)),
        *_of_forecast(),
        *(capacity.assumption for capacity in load_chain().resource("decision_officers_track_4").capacity),
        *(part.assumption for remedy in load_remedies() for part in remedy.parts if part.source is None),
    }
    return frozenset(text for text in shown if text)


def _of_forecast() -> Iterator[str | None]:
    """Give the reasons from which the forecast makes the source of the inflow of a year."""
    rule = assumptions().scenarios
    yield from (rule.most_likely.assumption, rule.later_years.reason)
    yield from (rule.spread.year_in_progress.reason, rule.spread.later_year.reason)


def _reasons(row: Any, named: tuple[str, ...] = ("assumption", "note")) -> Iterator[str]:
    """Find the assumptions and the notes in a row and in everything inside it."""
    if isinstance(row, BaseModel):
        found = (getattr(row, name, None) for name in named)
        yield from (text for text in found if isinstance(text, str) and not text.startswith("https://"))
        for name in type(row).model_fields:
            yield from _reasons(getattr(row, name), named)
    elif isinstance(row, dict):
        for part in row.values():
            yield from _reasons(part, named)
    elif isinstance(row, tuple | list):
        for part in row:
            yield from _reasons(part, named)


MADE = (
    (r"assumption: ", gettext_noop("Assumption: ")),
    (
        r"Published: (?P<figure>[\d,]+) \((?P<source>https://\S+)\)\.",
        gettext_noop("Published: %(figure)s (%(source)s)."),
    ),
    (r"Plus or minus (?P<share>\d+)%:", gettext_noop("Plus or minus %(share)s%%:")),
    (
        r"(?P<figure>[\d,]+) times (?P<later>[\d,]+) / (?P<now>[\d,]+) \((?P<source>https://\S+)\)\.",
        gettext_noop("%(figure)s times %(later)s / %(now)s (%(source)s)."),
    ),
    (
        r"straight line between (?P<first>[\d,]+) on (?P<before>\S+) and (?P<last>[\d,]+) on (?P<after>\S+)",
        gettext_noop("straight line between %(first)s on %(before)s and %(last)s on %(after)s"),
    ),
    (
        r"(?P<figure>[\d,]+) on (?P<day>[\d-]+), taken to this day with observed inflow and calibrated outflow",
        gettext_noop("%(figure)s on %(day)s, taken to this day with observed inflow and calibrated outflow"),
    ),
    (
        r"(?P<figure>[\d,]+) on (?P<day>[\d-]+), taken forward to (?P<until>[\d-]+) with counted inflow and outflow",
        gettext_noop("%(figure)s on %(day)s, taken forward to %(until)s with counted inflow and outflow"),
    ),
    (r"no count of it is known for this day", gettext_noop("no count of it is known for this day")),
    (
        r"counted (?P<days>\d+) days before the reference date; the newest count that is known",
        gettext_noop("counted %(days)s days before the reference date; the newest count that is known"),
    ),
    (
        r"DERIVED: stock of 30 April 2023 plus the fall since 1 January that the letter gives",
        gettext_noop("DERIVED: stock of 30 April 2023 plus the fall since 1 January that the letter gives"),
    ),
    (
        r"DERIVED: about (?P<together>[\d,]+) asylum and family applications in March 2023 minus the asylum stock of "
        r"tracks 1, 2 and 4 on 30 April 2023 \((?P<asylum>[\d,]+)\); the month in between is neglected",
        gettext_noop(
            "DERIVED: about %(together)s asylum and family applications in March 2023 minus the asylum stock of tracks "
            "1, 2 and 4 on 30 April 2023 (%(asylum)s); the month in between is neglected"
        ),
    ),
    (r'printed as "about (?P<figure>[\d,]+)"', gettext_noop("printed as “about %(figure)s”")),
    (r'printed as "about"', gettext_noop("printed as “about”")),
    (r"quotes (?P<partner>[A-Z]+) figures", gettext_noop("quotes figures of %(partner)s")),
    (
        r"the source names no day: the day of publication is taken",
        gettext_noop("the source names no day: the day of publication is taken"),
    ),
    (
        r"the yearly update this page belongs to is dated (?P<day>\d+) May (?P<year>\d+)",
        gettext_noop("the yearly update this page belongs to is dated %(day)s May %(year)s"),
    ),
    (r'"(?P<quoted>[^"]+)"', "“%(quoted)s”"),
    (r"(?P<source>https://\S+)", "%(source)s"),
    (r"; ", "; "),
)
"""Sentences that a study makes with figures in them, as it writes them and as they are told."""


def told(text: str | None) -> SafeString | str:
    """Write a reason in the language of the page; what is there in English only says so to a screen reader."""
    if not text or not isinstance(text, str) or get_language() == "en":
        return text or ""
    parts = _parts(text)
    if parts is None:
        return text
    said = "".join(parts)
    return format_html('<span lang="en">{}</span>', text) if said == text and text in of_data() else said


def _parts(text: str) -> list[str] | None:
    """Tell a text that is made of reasons and of sentences with figures; None when a part of it is neither."""
    if text in of_data():
        return [gettext(text)]
    found, rest = [], text
    while rest:
        known = max((row for row in of_data() if rest.startswith(row)), key=len, default="")
        if known:
            piece, taken = gettext(known), len(known)
        else:
            made = next(((hit, row) for pattern, row in MADE if (hit := re.match(pattern, rest))), None)
            if made is None:
                return None
            hit, row = made
            blanks = {name: _figure(value) for name, value in hit.groupdict().items()}
            piece, taken = (gettext(row) if row.strip("; ") else row) % blanks, hit.end()
        space = len(rest) - taken - len(rest[taken:].lstrip(" "))
        found.append(piece + " " * space)
        rest = rest[taken + space :]
    return found


def _figure(text: str) -> str:
    """Write a count in the notation of the page; anything else as it is."""
    return text.replace(",", ".") if re.fullmatch(r"[\d,]+", text) else text
