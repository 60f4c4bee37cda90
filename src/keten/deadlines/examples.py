# SPDX-License-Identifier: EUPL-1.2
"""What the law is held against: the rows of the specification, and rulings that state a day.

Both ship with the law, so that whoever enters law sees which of them would be answered otherwise.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import keten.parameters
from keten.deadlines.answer import deadline_for_notice
from keten.deadlines.cases import Case, Suspension
from keten.deadlines.counting import work_out
from keten.domain.errors import UsageError
from keten.domain.words import Reading
from keten.parameters.law import Law

_FOLDER = Path(keten.parameters.__file__).parent
_DAYS = ("registered_on", "responsible_on", "fee_paid_on", "decision_on", "protected_until", "extended_to")


@dataclass(frozen=True)
class Example:
    """A case with its knowledge date and reading: a row of the specification, or the facts of a ruling.

    `stated` is the last day that the row or the ruling states, `premature` whether the notice came too early; each is
    none where nothing is stated. `source` is the address of a ruling, empty for a row of the specification.
    """

    name: str
    case: Case
    known_on: date
    reading: Reading
    stated: date | None
    source: str = ""
    notice_on: date | None = None
    premature: bool | None = None


@dataclass(frozen=True)
class Answered:
    """What a law answers to an example; none where it has no rule for it."""

    deadline: date | None
    premature: bool | None


@cache
def specification() -> tuple[Example, ...]:
    """Give the rows of the specification, in the order of the file."""
    rows = _rows("law_specification.csv")
    return tuple(
        Example(row["topic"], _case(row), _day(row["known_on"]), Reading(row["reading"]), _day(row["deadline"]))
        for row in rows
    )


@cache
def rulings() -> tuple[Example, ...]:
    """Give the rulings whose facts give a last day, or say whether a notice came too early."""
    found = []
    for name, known in (("law_rulings.csv", "judged_on"), ("law_cases.csv", "known_on")):
        for row in _rows(name):
            told = row.get("deadline") or (row.get("notice_on") and row.get("premature"))
            if row["lodged_on"] and told and not row.get("term") and not row.get("cannot"):
                found.append(_ruling(row, known))
    return tuple({example.name: example for example in found}.values())


def _ruling(row: Mapping[str, str], known: str) -> Example:
    premature = {"yes": True, "no": False}.get(row["premature"]) if row["notice_on"] else None
    return Example(
        row["ecli"], _case(row), _day(row[known]), Reading(row["reading"]),
        _day(row["deadline"]) if row["deadline"] else None, row["source"],
        _day(row["notice_on"]) if row["notice_on"] else None, premature,
    )  # fmt: skip


def answered(example: Example, law: Law) -> Answered:
    """Ask a law what an example asks."""
    known_on, reading, notice_on = example.known_on, example.reading, example.notice_on
    if example.case.application_type not in law.type_ids:
        return Answered(None, None)
    try:
        deadline = work_out(example.case, law, known_on, reading).deadline
        if notice_on is None:
            return Answered(deadline, None)
        day_of_notice = deadline_for_notice(example.case, notice_on, law, known_on=known_on, reading=reading)
        return Answered(deadline, notice_on <= day_of_notice)
    except UsageError:
        return Answered(None, None)


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((_FOLDER / name).read_text(encoding="utf-8").splitlines()))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _case(row: Mapping[str, str]) -> Case:
    days: dict[str, Any] = {name: _day(row[name]) for name in _DAYS if row.get(name)}
    first, until = row.get("suspended_from"), row.get("suspended_until")
    suspensions = (Suspension(_day(first), _day(until), "incomplete"),) if first and until else ()
    return Case(
        row["type"], _day(row["lodged_on"]), row.get("nationality") or None, suspensions=suspensions,
        extension=int(row["extension"]) if row.get("extension") else None, group=row.get("group") or None, **days,
    )  # fmt: skip
