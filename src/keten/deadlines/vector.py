# SPDX-License-Identifier: EUPL-1.2
"""Decision deadlines of a million cases: the same rules, looked up per cell of the grid (see `rules`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keten.deadlines.calendar import FIRST_DAY, LAST_DAY, LAST_START, Days, add_months_to_days, closed_days
from keten.deadlines.rules import (
    EARLIER,
    LATER,
    NO_CEILING,
    OBJECTION_PERIODS,
    Grid,
    StartDay,
    bit,
    grid,
    known_interval,
    known_intervals,
    stacked,
)
from keten.deadlines.terms import ends_of_weeks
from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import Law, LawRule, LawValue, Moratorium, MoratoriumEffect

OTHER_NATIONALITY = 0
"""Code of every nationality that no moratorium names, and of an unknown one."""

_SHOWN = 5
"""How many refused cases an error names."""


@lru_cache(maxsize=8)
def nationalities(law: Law) -> tuple[str, ...]:
    """Nationalities that a moratorium names, in the order of their codes; code 0 is every other one.

    A group of a nationality has a code of its own: `CHN:uyghur`.
    """
    named = {code for moratorium in law.moratoria for code in moratorium.nationalities}
    groups = {f"{group.nationality}:{group.id}" for group in law.groups if group.nationality in named}
    return ("", *sorted(named | groups))


def nationality_codes(names: Iterable[str | None], law: Law) -> NDArray[np.int16]:
    """Codes of nationalities for `deadline_days`, with a group as `CHN:uyghur`; one that no moratorium names is 0."""
    codes = {name: code for code, name in enumerate(nationalities(law))}
    return np.array([codes.get(name or "", OTHER_NATIONALITY) for name in names], np.int16)


def type_codes(names: Sequence[str], law: Law) -> NDArray[np.int16]:
    """Codes of application types for `deadline_days`.

    Raises
    ------
    UsageError
        For a type that does not exist.
    """
    codes = {name: law.type_code(name) for name in dict.fromkeys(names)}
    return np.array([codes[name] for name in names], np.int16)


@dataclass(frozen=True, eq=False)
class Events:
    """What happened in each case beside lodging: day numbers, 0 where nothing did. Arrays with an element per case.

    Parameters
    ----------
    registered_on, responsible_on, fee_paid_on, decision_on, protected_until
        Days from which a term may start; see `keten.deadlines.Case`.
    extension
        Individual extension in the unit of the law; -1 where no decision is known.
    extended_to
        Day that a decision to extend gives itself.
    suspended
        Pairs of first day and day on which the clock runs again; those of a case in order, and not overlapping.
    """

    registered_on: ArrayLike | None = None
    responsible_on: ArrayLike | None = None
    fee_paid_on: ArrayLike | None = None
    decision_on: ArrayLike | None = None
    protected_until: ArrayLike | None = None
    extension: ArrayLike | None = None
    extended_to: ArrayLike | None = None
    suspended: tuple[tuple[ArrayLike, ArrayLike], ...] = ()


NO_EVENTS = Events()


def deadline_days(
    lodged_days: ArrayLike,
    type_codes: ArrayLike,
    nationality_codes: ArrayLike | None = None,
    *,
    law: Law,
    known_on: date | ArrayLike,
    reading: Reading = Reading.AUTHORITY,
    registered_days: ArrayLike | None = None,
    events: Events = NO_EVENTS,
) -> Days:
    """Decision deadline of every case, as day numbers.

    Parameters
    ----------
    lodged_days
        Day numbers (`date.toordinal()`) of lodging.
    type_codes
        Position of the application type in `law.type_ids`; one code for all, or one per case.
    nationality_codes
        Codes of `nationality_codes`; none when no case has a nationality that a moratorium names.
    known_on
        Knowledge date: one for all cases, or a day number per case.
    reading
        Whose reading of a contested rule is applied.
    registered_days
        Day numbers of the registration documents; where none are given, they equal `lodged_days`.
    events
        What else happened in each case.

    Returns
    -------
    numpy.ndarray
        int32 day numbers, in the shape of `lodged_days`.

    Raises
    ------
    UsageError
        When a day lies outside the calendar, a type code does not exist, no rule holds for a case, or an individual
        extension is longer than the law allows.
    """
    lodged = np.ascontiguousarray(lodged_days, np.int32)
    shape, lodged = lodged.shape, lodged.reshape(-1)
    types = _per_case(type_codes, lodged.size)
    _check(lodged, types, law)
    if not lodged.size:
        return lodged.reshape(shape)
    if registered_days is not None:
        events = replace(events, registered_on=registered_days)
    known = _known(law, known_on, lodged.size)
    extension = None if events.extension is None else np.asarray(events.extension, np.int32).reshape(-1)
    rules, cells = _look_up(law, lodged, types, known, Reading(reading), decided=extension)
    months = rules.months.reshape(-1)[cells]
    if months.min() < 0:
        raise _no_rule(law, lodged, types, months)
    start = _starts(law, rules, cells, lodged, events)
    anchor = start + rules.days.reshape(-1)[cells] if rules.has_days else start
    if rules.has_working_days:
        working = rules.working_days.reshape(-1)[cells]
        anchor = closed_days(law).add_working_days_to(anchor, working)
    moved = rules.moved.reshape(-1)[cells] if rules.moved.any() else None
    if extension is not None:
        anchor, months, moved = _extend(law, rules, cells, lodged, types, extension, anchor, months, moved)
    ceiling = rules.ceiling.reshape(-1)[cells]
    nations = None if nationality_codes is None else _per_case(nationality_codes, lodged.size)
    stock = _Stock(lodged, types, nations, known, start, anchor, months, ceiling, extension)
    fixed = _extended_to(events, stock)
    _apply_later_law(law, Reading(reading), stock, events)
    ends = stock.all_ends()
    capped = _capped(stock)
    if capped.size:
        limits = add_months_to_days(start[capped], ceiling[capped])
        ends[capped] = np.minimum(ends[capped], limits)
    if moved is not None:
        moving = np.flatnonzero(moved if fixed is None else moved & ~fixed)
        ends[moving] = closed_days(law).move_days(ends[moving])
    return ends.reshape(shape)


def _capped(stock: _Stock) -> NDArray[np.intp]:
    """Give the cases whose ceiling may lie before the end of their period."""
    if stock.anchor is stock.start and stock.suspended is None:
        return np.flatnonzero(stock.months > stock.ceiling)
    return np.flatnonzero(stock.ceiling < NO_CEILING)


def _extended_to(events: Events, stock: _Stock) -> NDArray[np.bool_] | None:
    """Let a day that a decision to extend gives take the place of the counted one."""
    if events.extended_to is None:
        return None
    day = np.asarray(events.extended_to, np.int32).reshape(-1)
    fixed: NDArray[np.bool_] = day > 0
    stock.anchor = np.where(fixed, day, stock.anchor).astype(np.int32)
    stock.months = np.where(fixed, 0, stock.months).astype(np.int32)
    stock.fixed = fixed
    return fixed


def _extend(
    law: Law,
    rules: Grid,
    cells: NDArray[np.intp],
    lodged: Days,
    types: NDArray[np.intp],
    extension: Days,
    anchor: Days,
    months: Days,
    moved: NDArray[np.bool_] | None,
) -> tuple[Days, Days, NDArray[np.bool_] | None]:
    """Add the individual extensions; one in months shares the power of a decree, so the longer of the two counts."""
    given = np.maximum(extension, 0)
    too_long = np.flatnonzero(given > rules.extra_most.reshape(-1)[cells])
    if too_long.size:
        case = int(too_long[0])
        name, day = law.type_ids[types[case]], date.fromordinal(int(lodged[case]))
        what = f"an extension of {given[case]} is longer than the law allows for {name} lodged on {day}."
        more = f"case {case} and {too_long.size - 1} more"
        raise UsageError("the individual extensions", [Problem(more, what, "Give at most what the law allows.")])
    in_days = given * rules.extra_days.reshape(-1)[cells]
    by_month = rules.extra_days.reshape(-1)[cells] == 0
    statutory = rules.statutory_months.reshape(-1)[cells]
    longest = np.maximum(months, statutory + np.where(by_month, given, 0)).astype(np.int32)
    if moved is not None:
        moved = np.where(given > 0, rules.extra_moved.reshape(-1)[cells], moved)
    return (anchor + in_days).astype(np.int32), longest, moved


def has_rule(
    lodged_days: ArrayLike,
    type_codes: ArrayLike,
    *,
    law: Law,
    known_on: date | ArrayLike,
    reading: Reading = Reading.AUTHORITY,
) -> NDArray[np.bool_]:
    """Whether a decision period holds for each case; the parameters are those of `deadline_days`."""
    lodged = np.ascontiguousarray(lodged_days, np.int32).reshape(-1)
    types = _per_case(type_codes, lodged.size)
    _check(lodged, types, law)
    rules, cells = _look_up(law, lodged, types, _known(law, known_on, lodged.size), Reading(reading))
    found: NDArray[np.bool_] = rules.months.reshape(-1)[cells] >= 0
    return found


def _look_up(
    law: Law,
    lodged: Days,
    types: NDArray[np.intp],
    known: NDArray[np.intp],
    reading: Reading,
    *,
    decided: Days | None = None,
) -> tuple[Grid, NDArray[np.intp]]:
    """Give the grid and the cell of each case; where a case has its own extension, optional ones are not applied."""
    asked = tuple(int(interval) for interval in np.flatnonzero(np.bincount(known)))
    rules = grid(law, reading, asked)
    cells = rules.cells(types, known, lodged)
    if decided is None or not (decided >= 0).any():
        return rules, cells
    plain = grid(law, reading, asked, optional=False)
    both = stacked(rules, plain)
    return both, np.where(decided >= 0, cells + rules.months.size, cells)


def _per_case(values: ArrayLike, size: int) -> NDArray[np.intp]:
    array = np.asarray(values)
    if not np.issubdtype(array.dtype, np.integer):
        raise UsageError(
            "the codes of the cases",
            [Problem(str(array.dtype), "is not a whole number.", "Give codes, for instance from type_codes().")],
        )
    return np.broadcast_to(array.astype(np.intp, copy=False).reshape(-1), (size,))


def _check(lodged: Days, types: NDArray[np.intp], law: Law) -> None:
    problems = []
    if lodged.size and (lodged.min() < FIRST_DAY.toordinal() or lodged.max() > LAST_START.toordinal()):
        outside = np.flatnonzero((lodged < FIRST_DAY.toordinal()) | (lodged > LAST_START.toordinal()))
        problems.append(
            Problem(
                f"case {outside[0]} and {outside.size - 1} more",
                f"lodged outside {FIRST_DAY} to {LAST_START}.",
                "Give day numbers of date.toordinal().",
            )
        )
    if types.size and (types.min() < 0 or types.max() >= len(law.types)):
        problems.append(
            Problem("type codes", f"lie outside 0 to {len(law.types) - 1}.", "Take them from law.type_code().")
        )
    if problems:
        raise UsageError("the cases", problems)


def _known(law: Law, known_on: date | ArrayLike, size: int) -> NDArray[np.intp]:
    if isinstance(known_on, date):
        return np.broadcast_to(np.intp(known_interval(law, known_on)), (size,))
    starts = np.array([day.toordinal() for day in known_intervals(law)], np.int32)
    positions = np.searchsorted(starts, np.asarray(known_on, np.int32).reshape(-1), side="right") - 1
    return np.broadcast_to(positions, (size,))


def _no_rule(law: Law, lodged: Days, types: NDArray[np.intp], months: Days) -> UsageError:
    refused = np.flatnonzero(months < 0)
    problems = [
        Problem(
            f"case {case}",
            f"no decision period holds for {law.type_ids[types[case]]} lodged on "
            f"{date.fromordinal(int(lodged[case]))}.",
            "Leave the case out, or add the value with its source to the law.",
        )
        for case in refused[:_SHOWN]
    ]
    if refused.size > _SHOWN:
        problems.append(Problem("more", f"{refused.size - _SHOWN} further cases have no rule.", "See above."))
    return UsageError("the cases", problems)


def _starts(law: Law, rules: Grid, cells: NDArray[np.intp], lodged: Days, events: Events) -> Days:
    """Give the day on which each term starts: of the later days that its rules name the last, else an earlier one."""
    given = {
        StartDay.REGISTRATION_DOCUMENT: events.registered_on,
        StartDay.REGISTERED_ON: events.registered_on,
        StartDay.RESPONSIBLE_ON: events.responsible_on,
        StartDay.FEE_PAID_ON: events.fee_paid_on,
        StartDay.PROTECTED_UNTIL: events.protected_until,
        **dict.fromkeys(OBJECTION_PERIODS, events.decision_on),
    }
    days = {start: np.asarray(day, np.int32).reshape(-1) for start, day in given.items() if day is not None}
    if not days:
        return lodged
    codes = rules.starts.reshape(-1)[cells]
    starts = lodged.copy()
    for start in days.keys() & EARLIER:
        chosen = ((codes & bit(start)) > 0) & (days[start] > 0)
        starts = np.where(chosen, days[start], starts)
    later = np.zeros(lodged.shape, np.int32)
    for start in days.keys() & LATER:
        day = days[start]
        if start in OBJECTION_PERIODS:
            day = np.where(day > 0, ends_of_weeks(start, np.maximum(day, FIRST_DAY.toordinal()), law), 0)
        else:
            day = np.where(day >= lodged, day, 0)
        later = np.maximum(later, np.where((codes & bit(start)) > 0, day, 0))
    found: Days = np.where(later > 0, later, starts).astype(np.int32)
    return found


@dataclass(eq=False)
class _Stock:
    """Arrays with an element per case; `anchor` and `months` change while the later law is applied."""

    lodged: Days
    types: NDArray[np.intp]
    nations: NDArray[np.intp] | None
    known: NDArray[np.intp]
    start: Days
    anchor: Days
    months: Days
    ceiling: Days
    extension: Days | None = None
    suspended: Days | None = None
    fixed: NDArray[np.bool_] | None = None

    def ends(self, cases: NDArray[np.intp]) -> Days:
        """Give the ends of the periods of some cases, before the ceiling and before closed days."""
        ends = add_months_to_days(self.anchor[cases], self.months[cases])
        return ends if self.suspended is None else ends + self.suspended[cases]

    def all_ends(self) -> Days:
        """Give the ends of all periods, before the ceiling and before closed days."""
        ends = add_months_to_days(self.anchor, self.months)
        return ends if self.suspended is None else ends + self.suspended


class _Suspensions:
    """The suspensions of all cases in the order of their first days, to be applied up to a day at a time."""

    def __init__(self, pairs: tuple[tuple[ArrayLike, ArrayLike], ...]) -> None:
        first = [np.asarray(pair[0], np.int32).reshape(-1) for pair in pairs]
        until = [np.asarray(pair[1], np.int32).reshape(-1) for pair in pairs]
        cases = [np.flatnonzero(days > 0) for days in first]
        # Columns one after the other, so that of one case the earlier suspension comes first within a day.
        self.case = np.concatenate(cases)
        self.first = np.concatenate([days[rows] for days, rows in zip(first, cases, strict=True)])
        self.until = np.concatenate([days[rows] for days, rows in zip(until, cases, strict=True)])
        self.column = np.concatenate([np.full(rows.size, number) for number, rows in enumerate(cases)])
        self.done = np.zeros(self.case.size, np.bool_)

    def apply(self, stock: _Stock, by: int) -> None:
        """Let those that began on or before `by` prolong the periods that still ran when they began."""
        assert stock.suspended is not None  # made together with the suspensions
        due = ~self.done & (self.first <= by)
        for column in range(int(self.column.max(initial=-1)) + 1):
            rows = np.flatnonzero(due & (self.column == column))
            running = rows[self.first[rows] <= stock.ends(self.case[rows])]
            stock.suspended[self.case[running]] += self.until[running] - self.first[running]
        self.done |= due


def _apply_later_law(law: Law, reading: Reading, stock: _Stock, given: Events) -> None:
    """Apply, in the order of their days, suspensions, moratoria and the decrees that reach pending cases."""
    suspensions = _Suspensions(given.suspended) if given.suspended else None
    if suspensions is not None:
        stock.suspended = np.zeros(stock.lodged.shape, np.int32)
    events = [(row.valid_from, partial(_apply_moratorium, law, row, reading)) for row in law.moratoria]
    events += [
        (value.pending_on, partial(_reach_pending, law, rule, value, reading))
        for rule in law.of_kind("extension")
        for value in rule.values
        if value.pending_on is not None
    ]
    for day, happens in sorted(events, key=lambda event: event[0]):
        if suspensions is not None:
            suspensions.apply(stock, day.toordinal())
        happens(stock)
    if suspensions is not None:
        suspensions.apply(stock, LAST_DAY.toordinal())


def _reach_pending(law: Law, rule: LawRule, value: LawValue, reading: Reading, stock: _Stock) -> None:
    """Extend older periods that had not ended on the day of the decree."""
    assert value.pending_on is not None  # the caller asks for these only
    believed = np.array([value.belief(day, reading) is not None for day in known_intervals(law)])
    of_type = np.array([name in rule.types for name in law.type_ids])
    older = np.flatnonzero(stock.lodged < value.valid_from.toordinal())
    older = older[believed[stock.known[older]] & of_type[stock.types[older]]]
    if stock.fixed is not None:
        older = older[~stock.fixed[older]]
    reached = older[stock.ends(older) >= value.pending_on.toordinal()]
    already = 0 if stock.extension is None else np.minimum(np.maximum(stock.extension[reached], 0), value.number)
    stock.months[reached] += value.number - already


def _apply_moratorium(law: Law, moratorium: Moratorium, reading: Reading, stock: _Stock) -> None:
    if stock.nations is None:
        return
    cases = _concerned(law, moratorium, stock.types, stock.nations)
    if stock.fixed is not None:
        cases = cases[~stock.fixed[cases]]
    if moratorium.lodged_before < date.max:
        cases = cases[stock.lodged[cases] < moratorium.lodged_before.toordinal()]
    cases = cases[stock.start[cases] < moratorium.valid_until.toordinal()]
    cases = _reached(moratorium, cases, stock)
    effects = _effects(law, moratorium, reading)[stock.known[cases]]
    stock.months[cases[effects == _EXTRA_TERM]] += moratorium.extra_months
    _suspend(moratorium, cases[effects == _SUSPENSION], stock)


def _reached(moratorium: Moratorium, cases: NDArray[np.intp], stock: _Stock) -> NDArray[np.intp]:
    """Leave out the cases whose period it could not bring past its own start: there was nothing left to extend."""
    longest = add_months_to_days(stock.anchor[cases], stock.months[cases] + np.int32(moratorium.extra_months))
    if stock.suspended is not None:
        longest += stock.suspended[cases]
    limited = np.flatnonzero(stock.ceiling[cases] < NO_CEILING)
    limits = add_months_to_days(stock.start[cases[limited]], stock.ceiling[cases[limited]])
    longest[limited] = np.minimum(longest[limited], limits)
    kept: NDArray[np.intp] = cases[longest >= moratorium.valid_from.toordinal()]
    return kept


_EXTRA_TERM, _SUSPENSION = 1, 2
_EFFECT_CODES = {MoratoriumEffect.EXTRA_TERM: _EXTRA_TERM, MoratoriumEffect.SUSPENSION: _SUSPENSION}


def _concerned(
    law: Law, moratorium: Moratorium, types: NDArray[np.intp], nations: NDArray[np.intp]
) -> NDArray[np.intp]:
    codes = [
        code
        for code, name in enumerate(nationalities(law))
        if moratorium.concerns(name.partition(":")[0], name.partition(":")[2] or None)
    ]
    of_type = np.array([name in moratorium.types for name in law.type_ids])
    cases = np.flatnonzero(np.isin(nations, codes) if len(codes) > 1 else nations == codes[0])
    concerned: NDArray[np.intp] = cases[of_type[types[cases]]]
    return concerned


def _effects(law: Law, moratorium: Moratorium, reading: Reading) -> NDArray[np.int8]:
    """Effect of a moratorium in every interval of knowledge dates; 0 where nobody believed in it."""
    beliefs = (moratorium.belief(day, reading) for day in known_intervals(law))
    return np.array([0 if belief is None else _EFFECT_CODES[belief.effect] for belief in beliefs], np.int8)


def _suspend(moratorium: Moratorium, cases: NDArray[np.intp], stock: _Stock) -> None:
    """Let the clock stand still: for the months it lasted, or until its end for an application lodged during it."""
    first, last = moratorium.valid_from.toordinal(), moratorium.valid_until.toordinal()
    running = cases[stock.ends(cases) >= first]
    before = stock.start[running] <= first
    stock.months[running[before]] += moratorium.months
    during = running[~before]
    if during.size and stock.anchor is stock.start:
        stock.anchor = stock.start.copy()
    stock.anchor[during] += last - stock.start[during]
