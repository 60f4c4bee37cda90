# SPDX-License-Identifier: EUPL-1.2
"""From the rules of the law to the composition of one decision period, for one case or for a grid of cases.

There is one selection: `compose`. The scalar answer calls it for its case. The vector calls it once for every cell of a
grid (application type x interval of knowledge dates x interval of lodging dates), within which no rule changes, and
then only looks cells up. So the two cannot disagree about which rule applies.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import (
    Known,
    Law,
    LawRule,
    LawValue,
    Moratorium,
    MoratoriumBelief,
    TermCalendar,
    Unit,
)

DAYS_PER = {Unit.DAYS: 1, Unit.WEEKS: 7}
"""Units that are a fixed number of days."""


@dataclass(frozen=True)
class Applied:
    """A value of a rule that is part of an answer, with the belief that carries it.

    `valid_until` is where the value itself ends, or where a later value that is known takes over.
    """

    rule: LawRule
    value: LawValue
    valid_until: date | None
    known_from: date
    known_until: date | None
    known_by: str | None
    known_by_nl: str | None = None

    @property
    def unit(self) -> Unit:
        """Unit of the value."""
        return self.value.unit or self.rule.unit

    @property
    def calendar(self) -> TermCalendar:
        """What happens when the term ends on a closed day."""
        return self.value.calendar or self.rule.calendar


@dataclass(frozen=True)
class Composition:
    """What a decision period consists of, for one case, one knowledge date and one reading.

    `working_days`, `days` and `months` are counted in that order, each in one step. `ceiling` is in months from the
    start; none where the law has none.
    """

    days: int
    months: int
    working_days: int
    statutory_days: int
    statutory_months: int
    calendar: TermCalendar
    statutory_calendar: TermCalendar
    ceiling: int | None
    applied: tuple[Applied, ...]


def select(rule: LawRule, day: date, known_on: date, reading: Reading) -> Applied | None:
    """Give the value of a rule that applies, with the day since when it is known."""
    value = rule.select(day, known_on, reading)
    return None if value is None else _applied(rule, value, known_on, reading)


def _applied(rule: LawRule, value: LawValue, known_on: date, reading: Reading) -> Applied:
    belief = value.belief(known_on, reading)
    assert belief is not None  # only values that are believed are applied
    later = [
        other.valid_from
        for other in rule.values
        if other.valid_from > value.valid_from and other.belief(known_on, reading) is not None
    ]
    ends = [*later, value.valid_until] if value.valid_until else later
    return Applied(
        rule=rule,
        value=value,
        valid_until=min(ends, default=None),
        known_from=value.valid_from if belief.valid_from == date.min else belief.valid_from,
        known_until=None if belief.valid_until == date.max else belief.valid_until,
        known_by=belief.by,
        known_by_nl=belief.by_nl or belief.by,
    )


def pending_extensions(
    law: Law, application_type: str, lodged_on: date, known_on: date, reading: Reading
) -> Iterator[tuple[date, Applied]]:
    """Give the extensions that reach an older application when its period has not ended on the day beside them."""
    for rule in law.of_kind("extension", application_type):
        for value in rule.values:
            if value.pending_on is None or lodged_on >= value.valid_from:
                continue
            if value.belief(known_on, reading) is not None:
                yield value.pending_on, _applied(rule, value, known_on, reading)


def require(rules: Iterable[LawRule], day: date, known_on: date, reading: Reading, *, what: str) -> Applied:
    """Give the one value that applies, or say what is known.

    Raises
    ------
    UsageError
        When no value holds: a rule that ended, or has not begun, never falls back on a neighbour.
    """
    candidates = tuple(rules)
    for rule in candidates:
        if (found := select(rule, day, known_on, reading)) is not None:
            return found
    known = "; ".join(
        f"{value.instrument} from {value.valid_from}" + (f" until {value.valid_until}" if value.valid_until else "")
        for rule in candidates
        for value in rule.values
    )
    raise UsageError(
        what,
        [
            Problem(
                f"{day} (known on {known_on}, reading {reading})",
                f"no rule holds for this case (known: {known or 'nothing'}).",
                "Ask about a date on which a rule holds, or add the value with its source to the law.",
            )
        ],
    )


def compose(
    law: Law, application_type: str, lodged_on: date, known_on: date, reading: Reading, *, optional: bool = True
) -> Composition | None:
    """Put the decision period of a case together; none when no decision period holds.

    Parameters
    ----------
    optional
        Whether extensions that the case may do without are applied.
    """
    base = next(
        (
            found
            for rule in law.of_kind("decision_period", application_type)
            if (found := select(rule, lodged_on, known_on, reading)) is not None
        ),
        None,
    )
    if base is None:
        return None
    extensions = tuple(
        found
        for rule in law.of_kind("extension", application_type)
        if optional or not rule.optional
        if (found := select(rule, lodged_on, known_on, reading)) is not None
    )
    ceilings = tuple(
        found
        for rule in law.of_kind("ceiling", application_type)
        if (found := select(rule, lodged_on, known_on, reading)) is not None
    )
    spans = (base, *extensions)
    return Composition(
        days=sum(_days(span) for span in spans),
        months=sum(_months(span) for span in spans),
        working_days=base.value.number if base.unit is Unit.WORKING_DAYS else 0,
        statutory_days=_days(base),
        statutory_months=_months(base),
        calendar=spans[-1].calendar,
        statutory_calendar=base.calendar,
        ceiling=min((found.value.number for found in ceilings), default=None),
        applied=(*spans, *ceilings),
    )


def _days(span: Applied) -> int:
    return span.value.number * DAYS_PER.get(span.unit, 0)


def _months(span: Applied) -> int:
    return span.value.number if span.unit is Unit.MONTHS else 0


class StartDay(StrEnum):
    """The day of the case on which a term starts, as a rule of the kind `start` names it."""

    FORM_SIGNED = "form_signed"
    LODGED_ON = "lodged_on"
    REGISTRATION_DOCUMENT = "registration_document"
    REGISTERED_ON = "registered_on"
    RESPONSIBLE_ON = "responsible_on"
    FEE_PAID_ON = "fee_paid_on"
    PROTECTED_UNTIL = "protected_until"
    OBJECTION_PERIOD = "objection_period"
    OBJECTION_PERIOD_AWB = "objection_period_awb"


EARLIER = {StartDay.REGISTRATION_DOCUMENT, StartDay.REGISTERED_ON}
"""A day before lodging, from which the term starts where the case gives it."""
LATER = {
    StartDay.RESPONSIBLE_ON,
    StartDay.FEE_PAID_ON,
    StartDay.PROTECTED_UNTIL,
    StartDay.OBJECTION_PERIOD,
    StartDay.OBJECTION_PERIOD_AWB,
}
"""A day that puts the start of the term off; of several, the last counts."""
OBJECTION_PERIODS = {StartDay.OBJECTION_PERIOD, StartDay.OBJECTION_PERIOD_AWB}
"""The start is the last day of this term of the law, counted from the decision that is objected to."""


def starts_of(
    law: Law, application_type: str, lodged_on: date, known_on: date, reading: Reading
) -> tuple[tuple[StartDay, Applied], ...]:
    """Give the rules on which day the term starts, with the day of the case that each names."""
    found = (select(rule, lodged_on, known_on, reading) for rule in law.of_kind("start", application_type))
    return tuple((StartDay(str(applied.value.value)), applied) for applied in found if applied is not None)


def individual_extensions(
    law: Law, application_type: str, lodged_on: date, known_on: date, reading: Reading
) -> tuple[Applied, ...]:
    """Give the extensions that a decision in the case may rest on, in order."""
    found = (
        select(rule, lodged_on, known_on, reading) for rule in law.of_kind("individual_extension", application_type)
    )
    return tuple(applied for applied in found if applied is not None)


def moratoria_of(
    law: Law,
    application_type: str,
    nationality: str | None,
    known_on: date,
    reading: Reading,
    *,
    group: str | None = None,
    lodged_on: date = date.min,
) -> tuple[tuple[Moratorium, MoratoriumBelief], ...]:
    """Give the moratoria that concern a case on a knowledge date, oldest first, with their effect."""
    concerned = (
        (moratorium, moratorium.belief(known_on, reading))
        for moratorium in sorted(law.moratoria, key=lambda row: row.valid_from)
        if application_type in moratorium.types
        and moratorium.concerns(nationality, group)
        and lodged_on < min(moratorium.lodged_before, moratorium.valid_until)
    )
    return tuple((moratorium, belief) for moratorium, belief in concerned if belief is not None)


NO_CEILING = 1200
"""Months; stands in the grid for a term without a ceiling."""
NO_RULE = -1
"""Months; stands in the grid where no decision period holds."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The composition of every cell: arrays with the axes (application type, knowledge interval, lodging interval).

    `months` is `NO_RULE` in a cell for which no rule holds. `starts` has a bit per `StartDay`, in its order.
    `extra_days` is how many days a unit of individual extension is (0: it is counted in months), `extra_most` how many
    units the law allows, `extra_moved` whether the term then runs on from a closed day.
    """

    known_starts: NDArray[np.int32]
    lodged_starts: NDArray[np.int32]
    days: NDArray[np.int32]
    months: NDArray[np.int32]
    statutory_months: NDArray[np.int32]
    working_days: NDArray[np.int32]
    ceiling: NDArray[np.int32]
    moved: NDArray[np.bool_]
    starts: NDArray[np.int32]
    extra_days: NDArray[np.int32]
    extra_most: NDArray[np.int32]
    extra_moved: NDArray[np.bool_]
    has_days: bool
    has_working_days: bool

    def cells(self, types: NDArray[np.intp], known: NDArray[np.intp], lodged: NDArray[np.int32]) -> NDArray[np.intp]:
        """Flat index of the cell of each case; `known` is the index of the knowledge interval."""
        _, intervals, width = self.months.shape
        position = np.searchsorted(self.lodged_starts, lodged, side="right") - 1
        cells: NDArray[np.intp] = (types * intervals + known) * width + position
        return cells


def grid(law: Law, reading: Reading, known: Sequence[int], *, optional: bool = True) -> Grid:
    """Compose every cell of the grid for the knowledge intervals that are asked for.

    Parameters
    ----------
    known
        Indices of knowledge intervals (see `known_intervals`); other intervals are left empty.
    optional
        Whether extensions that a case may do without are applied.
    """
    known_starts, lodged_starts = known_intervals(law), _lodged_intervals(law)
    cells = np.zeros((_PARTS, len(law.types), len(known_starts), len(lodged_starts)), np.int32)
    cells[_MONTHS] = NO_RULE
    for interval in known:
        cells[:, :, interval, :] = _cells_of(law, reading, interval, optional)
    days, months, statutory, working, ceiling, moved, starts, extra_days, extra_most, extra_moved = cells
    return Grid(
        known_starts=_ordinals(known_starts),
        lodged_starts=_ordinals(lodged_starts),
        days=days,
        months=months,
        statutory_months=statutory,
        working_days=working,
        ceiling=ceiling,
        moved=moved.astype(np.bool_),
        starts=starts,
        extra_days=extra_days,
        extra_most=extra_most,
        extra_moved=extra_moved.astype(np.bool_),
        has_days=bool(days.any()),
        has_working_days=bool(working.any()),
    )


def stacked(first: Grid, second: Grid) -> Grid:
    """Put two grids behind each other: a cell of the second has its own index plus the size of the first."""
    parts = (
        "days", "months", "statutory_months", "working_days", "ceiling", "moved", "starts", "extra_days", "extra_most",
        "extra_moved",
    )  # fmt: skip
    joined: dict[str, Any] = {part: np.concatenate([getattr(first, part), getattr(second, part)]) for part in parts}
    return replace(first, **joined, has_days=first.has_days or second.has_days)


_PARTS, _MONTHS = 10, 1
_BITS = {start: 1 << position for position, start in enumerate(StartDay)}


def bit(start: StartDay) -> int:
    """Bit of a start day in `Grid.starts`."""
    return _BITS[start]


@lru_cache(maxsize=512)
def _cells_of(law: Law, reading: Reading, interval: int, optional: bool) -> NDArray[np.int32]:
    """Give the parts of each cell of one knowledge interval, in the order of `grid`."""
    known_on, lodged_starts = known_intervals(law)[interval], _lodged_intervals(law)
    cells = [
        [_cell(law, application_type, lodged_on, known_on, reading, optional) for lodged_on in lodged_starts]
        for application_type in law.type_ids
    ]
    return np.moveaxis(np.array(cells, np.int32), -1, 0)


def _cell(
    law: Law, application_type: str, lodged_on: date, known_on: date, reading: Reading, optional: bool
) -> tuple[int, ...]:
    found = compose(law, application_type, lodged_on, known_on, reading, optional=optional)
    if found is None:
        return 0, NO_RULE, 0, 0, NO_CEILING, 0, 0, 0, 0, 0
    extras = individual_extensions(law, application_type, lodged_on, known_on, reading)
    starts = starts_of(law, application_type, lodged_on, known_on, reading)
    return (
        found.days,
        found.months,
        found.statutory_months,
        found.working_days,
        NO_CEILING if found.ceiling is None else found.ceiling,
        found.calendar is not TermCalendar.UNMOVED,
        sum({_BITS[start] for start, _ in starts}),
        DAYS_PER.get(extras[0].unit, 0) if extras else 0,
        sum(extra.value.number for extra in extras),
        bool(extras) and extras[-1].calendar is not TermCalendar.UNMOVED,
    )


def _ordinals(days: Iterable[date]) -> NDArray[np.int32]:
    return np.array([day.toordinal() for day in days], np.int32)


@lru_cache(maxsize=16)
def known_intervals(law: Law) -> tuple[date, ...]:
    """Give the first day of every interval of knowledge dates within which no belief changes."""
    beliefs: list[Known] = [known for rule in law.rules for value in rule.values for known in value.beliefs]
    beliefs += [known for moratorium in law.moratoria for known in moratorium.beliefs]
    edges = {edge for known in beliefs for edge in (known.valid_from, known.valid_until)}
    return tuple(sorted({date.min, *edges} - {date.max}))


def known_interval(law: Law, known_on: date) -> int:
    """Index of the interval of knowledge dates in which `known_on` lies."""
    return bisect_right(known_intervals(law), known_on) - 1


@lru_cache(maxsize=16)
def _lodged_intervals(law: Law) -> tuple[date, ...]:
    values = [value for rule in law.rules for value in rule.values]
    edges = {value.valid_from for value in values} | {value.valid_until for value in values if value.valid_until}
    return tuple(sorted({date.min, *edges}))
