# SPDX-License-Identifier: EUPL-1.2
"""Decision deadlines of a million cases: the same rules, looked up per cell of the grid (see `rules`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keten.deadlines.calendar import FIRST_DAY, LAST_START, Days, add_months_to_days, closed_days
from keten.deadlines.rules import NO_CEILING, Grid, grid, known_interval, known_intervals
from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import Law, LawRule, LawValue, Moratorium, MoratoriumEffect

OTHER_NATIONALITY = 0
"""Code of every nationality that no moratorium names, and of an unknown one."""

_SHOWN = 5
"""How many refused cases an error names."""


@lru_cache(maxsize=8)
def nationalities(law: Law) -> tuple[str, ...]:
    """Nationalities that a moratorium names, in the order of their codes; code 0 is every other one."""
    return ("", *sorted({code for moratorium in law.moratoria for code in moratorium.nationalities}))


def nationality_codes(names: Iterable[str | None], law: Law) -> NDArray[np.int16]:
    """Codes of nationalities for `deadline_days`; one that no moratorium names is 0."""
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


def deadline_days(
    lodged_days: ArrayLike,
    type_codes: ArrayLike,
    nationality_codes: ArrayLike | None = None,
    *,
    law: Law,
    known_on: date | ArrayLike,
    reading: Reading = Reading.AUTHORITY,
    registered_days: ArrayLike | None = None,
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

    Returns
    -------
    numpy.ndarray
        int32 day numbers, in the shape of `lodged_days`.

    Raises
    ------
    UsageError
        When a day lies outside the calendar, a type code does not exist, or no rule holds for a case.
    """
    lodged = np.ascontiguousarray(lodged_days, np.int32)
    shape, lodged = lodged.shape, lodged.reshape(-1)
    types = _per_case(type_codes, lodged.size)
    _check(lodged, types, law)
    if not lodged.size:
        return lodged.reshape(shape)
    known = _known(law, known_on, lodged.size)
    rules, cells = _look_up(law, lodged, types, known, Reading(reading))
    months = rules.months.reshape(-1)[cells]
    if months.min() < 0:
        raise _no_rule(law, lodged, types, months)
    start = lodged if registered_days is None else _starts(rules, cells, lodged, registered_days)
    anchor = start + rules.days.reshape(-1)[cells] if rules.has_days else start
    ceiling = rules.ceiling.reshape(-1)[cells]
    nations = None if nationality_codes is None else _per_case(nationality_codes, lodged.size)
    stock = _Stock(lodged, types, nations, known, start, anchor, months, ceiling)
    _apply_later_law(law, Reading(reading), stock)
    anchor, months = stock.anchor, stock.months
    ends = add_months_to_days(anchor, months)
    capped = np.flatnonzero(months > ceiling) if anchor is start else np.flatnonzero(ceiling < NO_CEILING)
    if capped.size:
        ends[capped] = np.minimum(ends[capped], add_months_to_days(start[capped], ceiling[capped]))
    if rules.moved.any():
        moving = np.flatnonzero(rules.moved.reshape(-1)[cells])
        ends[moving] = closed_days(law).move_days(ends[moving])
    return ends.reshape(shape)


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
    law: Law, lodged: Days, types: NDArray[np.intp], known: NDArray[np.intp], reading: Reading
) -> tuple[Grid, NDArray[np.intp]]:
    asked = tuple(int(interval) for interval in np.flatnonzero(np.bincount(known)))
    rules = grid(law, reading, asked)
    return rules, rules.cells(types, known, lodged)


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


def _starts(rules: Grid, cells: NDArray[np.intp], lodged: Days, registered_days: ArrayLike) -> Days:
    registered = np.ascontiguousarray(registered_days, np.int32).reshape(-1)
    starts: Days = np.where(rules.at_registration.reshape(-1)[cells], registered, lodged)
    return starts


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

    def ends(self, cases: NDArray[np.intp]) -> Days:
        """Give the ends of the periods of some cases, before the ceiling and before closed days."""
        return add_months_to_days(self.anchor[cases], self.months[cases])


def _apply_later_law(law: Law, reading: Reading, stock: _Stock) -> None:
    """Apply, in the order of their days, the moratoria and the decrees that reach pending cases."""
    events = [(row.valid_from, partial(_apply_moratorium, law, row, reading)) for row in law.moratoria]
    events += [
        (value.pending_on, partial(_reach_pending, law, rule, value, reading))
        for rule in law.of_kind("extension")
        for value in rule.values
        if value.pending_on is not None
    ]
    for _, happens in sorted(events, key=lambda event: event[0]):
        happens(stock)


def _reach_pending(law: Law, rule: LawRule, value: LawValue, reading: Reading, stock: _Stock) -> None:
    """Extend older periods that had not ended on the day of the decree."""
    assert value.pending_on is not None  # the caller asks for these only
    believed = np.array([value.belief(day, reading) is not None for day in known_intervals(law)])
    of_type = np.array([name in rule.types for name in law.type_ids])
    older = np.flatnonzero(stock.lodged < value.valid_from.toordinal())
    older = older[believed[stock.known[older]] & of_type[stock.types[older]]]
    stock.months[older[stock.ends(older) >= value.pending_on.toordinal()]] += value.number


def _apply_moratorium(law: Law, moratorium: Moratorium, reading: Reading, stock: _Stock) -> None:
    if stock.nations is None:
        return
    cases = _concerned(law, moratorium, stock.types, stock.nations)
    cases = cases[stock.start[cases] < moratorium.valid_until.toordinal()]
    cases = _reached(moratorium, cases, stock)
    effects = _effects(law, moratorium, reading)[stock.known[cases]]
    stock.months[cases[effects == _EXTRA_TERM]] += moratorium.extra_months
    _suspend(moratorium, cases[effects == _SUSPENSION], stock)


def _reached(moratorium: Moratorium, cases: NDArray[np.intp], stock: _Stock) -> NDArray[np.intp]:
    """Leave out the cases whose period it could not bring past its own start: there was nothing left to extend."""
    longest = add_months_to_days(stock.anchor[cases], stock.months[cases] + np.int32(moratorium.extra_months))
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
    codes = [nationalities(law).index(name) for name in moratorium.nationalities]
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
