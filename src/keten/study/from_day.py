# SPDX-License-Identifier: EUPL-1.2
"""A choice works from the day it is made: until that day a scenario is as doing nothing.

What a scenario says of days is moved: capacity, appointments, ways, places and staff. What has no day of its own (the
order of work, the law, the inflow of a year) works on every day of a study, so it is refused for a later day than the
first, instead of being told as if it had been chosen earlier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from math import fsum
from typing import Any, Protocol, Self, TypeVar

from keten.domain.errors import Problem, ScenarioError
from keten.flow.network import Span
from keten.parameters.load import load_chain
from keten.study.scenario import HireChoice, Scenario
from keten.study.words import Words, change_in_words, choices_of, value_of

DATED = ("capacity", "no_show", "routes", "reception", "staff")
"""Parts of a scenario whose rows have days; of every other part the value holds on all days of the study."""

BY_NAME, OF_STAFF = ("capacity", "no_show", "routes"), ("locations", "projects", "leave")


class _Period(Protocol):
    @property
    def valid_from(self) -> date: ...

    @property
    def valid_until(self) -> date: ...

    def model_copy(self, *, update: Mapping[str, Any]) -> Self: ...


_Row = TypeVar("_Row", bound=_Period)


def first_day(scenario: Scenario, chosen_on: date) -> date:
    """Give the day from which a choice counts: the day of the choice, or the first day of the study when later."""
    return max(chosen_on, Span(scenario.reference_date, scenario.horizon).day(0))


def undated(chosen: Scenario, twin: Scenario, chosen_on: date) -> tuple[Words, ...]:
    """Name what differs between a choice and its twin and works before the day of the choice, whatever one says."""
    start = first_day(chosen, chosen_on)
    if start == first_day(chosen, date.min):
        return ()
    old, new, chain = choices_of(twin), choices_of(chosen), load_chain()
    return tuple(
        change_in_words(path, value_of(old.get(path)), value_of(new.get(path)), chain)
        for path in {**old, **new}
        if value_of(old.get(path)) != value_of(new.get(path)) and not _starts_later(path, start)
    )


def _starts_later(path: Sequence[str], start: date) -> bool:
    """Say whether a part of a scenario can start on a day, or speaks of years from then on only."""
    if path[:2] == ("inflow", "years"):
        return date(int(path[2]), 1, 1) >= start
    return path[0] in DATED


def from_day(chosen: Scenario, twin: Scenario, chosen_on: date) -> Scenario:
    """Let a choice work from the day it is made, and be as its twin before.

    Rows that start later of themselves keep their start.

    Raises
    ------
    ScenarioError
        When the day lies after the horizon, or something of the choice has no day of its own; all at once.
    """
    problems = list(_problems(chosen, twin, chosen_on))
    if problems:
        raise ScenarioError("The choice", problems)
    start = first_day(chosen, chosen_on)
    if start == first_day(chosen, date.min):
        return chosen
    parts: dict[str, Any] = {part: _by_name(getattr(chosen, part), getattr(twin, part), start) for part in BY_NAME}
    places = _spliced(chosen.reception.regular_places, twin.reception.regular_places, start)
    staff: dict[str, Any] = {
        part: _one_by_one(getattr(chosen.staff, part), getattr(twin.staff, part), start) for part in OF_STAFF
    }
    staff["hires"] = _hires(chosen.staff.hires, twin.staff.hires, start)
    return chosen.model_copy(
        update={
            **parts,
            "reception": chosen.reception.model_copy(update={"regular_places": places}),
            "staff": chosen.staff.model_copy(update=staff),
        }
    )


def _problems(chosen: Scenario, twin: Scenario, chosen_on: date) -> Iterator[Problem]:
    if chosen_on > chosen.horizon:
        yield Problem(
            "chosen_on",
            f"{chosen_on} lies after {chosen.horizon}, the last day of this study: it cannot predict this choice.",
            f"Choose a study whose horizon reaches over {chosen_on}, or another day.",
        )
        return
    begins = first_day(chosen, date.min)
    for words in undated(chosen, twin, chosen_on):
        yield Problem(
            "chosen_on",
            f"“{words.en}” has no day of its own: in the model it works from {begins}, before {chosen_on}.",
            f"Choose a study that begins on {chosen_on}, a day until {begins}, or leave this out of the choice.",
        )


def _by_name(chosen: Mapping[str, tuple[_Row, ...]], twin: Mapping[str, tuple[_Row, ...]], start: date) -> Any:
    spliced = {name: _spliced(chosen.get(name, ()), twin.get(name, ()), start) for name in {**twin, **chosen}}
    return {name: rows for name, rows in spliced.items() if rows}


def _spliced(chosen: tuple[_Row, ...], twin: tuple[_Row, ...], start: date) -> tuple[_Row, ...]:
    """Take the rows of the twin before a day, and those of the choice from then on."""
    if _same(chosen, twin):
        return chosen
    return (
        *(row for old in twin for row in _before(old, start)),
        *(row for new in chosen for row in _after(new, start)),
    )


def _before(row: _Row, start: date) -> Iterator[_Row]:
    if row.valid_from < start:
        yield row.model_copy(update={"valid_until": min(row.valid_until, start)})


def _after(row: _Row, start: date) -> Iterator[_Row]:
    if row.valid_until > start:
        yield row.model_copy(update={"valid_from": max(row.valid_from, start)})


def _one_by_one(chosen: tuple[_Row, ...], twin: tuple[_Row, ...], start: date) -> tuple[_Row, ...]:
    """Let rows that stand each alone end on a day when the choice drops them, or begin then when it adds them."""
    kept, added, dropped = _compared(chosen, twin)
    return (
        *kept,
        *(row for old in dropped for row in _before(old, start)),
        *(row for new in added for row in _after(new, start)),
    )


def _hires(chosen: tuple[HireChoice, ...], twin: tuple[HireChoice, ...], start: date) -> tuple[HireChoice, ...]:
    """Let a choice hire, or let go, only the people by which it differs: nobody is let go to be hired again."""
    kept, added, dropped = _compared(chosen, twin)
    found = list(kept)
    for _key, group in groupby(sorted([*added, *dropped], key=_hired_as), key=_hired_as):
        rows = list(group)
        more, less = [row for row in rows if row in added], [row for row in rows if row in dropped]
        surplus = fsum(row.fte for row in more) - fsum(row.fte for row in less)
        found += _scaled(less, 1.0 if surplus >= 0 else 1 + surplus / fsum(row.fte for row in less))
        if surplus > 0:
            part = surplus / fsum(row.fte for row in more)
            found += [
                row.model_copy(update={"requested_on": max(row.requested_on, start)})
                for row in _scaled(more, part)
                if row.until > start
            ]
        elif surplus < 0:
            gone = -surplus / fsum(row.fte for row in less)
            found += [
                row.model_copy(update={"until": min(row.until, start)})
                for row in _scaled(less, gone)
                if row.requested_on < start
            ]
    return tuple(found)


def _hired_as(row: HireChoice) -> tuple[str, str, date]:
    return row.resource, row.kind, row.until


def _scaled(rows: Sequence[HireChoice], factor: float) -> list[HireChoice]:
    return [row.model_copy(update={"fte": row.fte * factor}) for row in rows if factor > 0]


def _compared(chosen: Sequence[Any], twin: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """Give the rows that both have, those that the choice adds, and those that it drops; by value, not by account."""
    kept = [row for row in chosen if _is_in(row, twin)]
    return kept, [row for row in chosen if not _is_in(row, twin)], [row for row in twin if not _is_in(row, chosen)]


def _is_in(row: Any, rows: Sequence[Any]) -> bool:
    return any(_said(row) == _said(other) for other in rows)


def _same(rows: Sequence[Any], others: Sequence[Any]) -> bool:
    return [_said(row) for row in rows] == [_said(row) for row in others]


def _said(row: Any) -> Any:
    return value_of(row.model_dump(mode="json", by_alias=True))
