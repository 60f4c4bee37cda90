# SPDX-License-Identifier: EUPL-1.2
"""Counting on the calendar, for one date and for arrays of day numbers.

A day number is the proleptic ordinal of `date.toordinal()`. Months are counted in one step: the same day number,
clipped to the last day of a shorter month, so that 31 May 2023 plus fifteen months is 31 August 2024. Whether a term
that ends on a closed day runs on is a property of the term (`TermCalendar`); the General Extension of Time-Limits Act
(Algemene termijnenwet, art. 1-4) knows which terms do.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

from keten.deadlines.wording import Text, weekday
from keten.parameters.law import Law, TermCalendar, Unit

Days = NDArray[np.int32]

FIRST_DAY = date(2000, 1, 1)
"""First day on which anything can be counted."""
LAST_DAY = date(2069, 12, 31)
"""Last day on which a term may end."""
LAST_START = date(2049, 12, 31)
"""Last day on which a term may start."""

DAYS_IN_DETENTION_MONTH = 30
"""A month of detention is thirty days, by analogy with art. 88 of the Criminal Code."""

_ORIGIN = FIRST_DAY.toordinal()
_SATURDAY = 5


def add_months(start: date, months: int) -> date:
    """Add whole months in one step; the day is clipped to the last day of a shorter month."""
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class _MonthTable:
    """Month and day of each day number, and first day and length of each month, as look-up tables."""

    month: NDArray[np.int32]
    day: NDArray[np.int32]
    first: NDArray[np.int32]
    length: NDArray[np.int32]


@lru_cache(maxsize=1)
def _months() -> _MonthTable:
    origin, count = np.datetime64(FIRST_DAY, "D"), (LAST_DAY - FIRST_DAY).days + 1
    days = origin + np.arange(count)
    months = days.astype("datetime64[M]")
    firsts = np.arange(months[0], months[-1] + 1).astype("datetime64[D]")
    after = np.append(firsts[1:], days[-1] + 1)
    return _MonthTable(
        month=(months - months[0]).astype(np.int32),
        day=(days - months.astype("datetime64[D]")).astype(np.int32),
        first=((firsts - origin).astype(np.int64) + _ORIGIN).astype(np.int32),
        length=(after - firsts).astype(np.int32),
    )


def add_months_to_days(days: Days, months: Days) -> Days:
    """Add whole months in one step to day numbers (see `add_months`).

    Both arrays have the same shape; the result is int32. Days must lie between `FIRST_DAY` and `LAST_START`.
    """
    table = _months()
    at = days - np.int32(_ORIGIN)
    month = table.month[at] + months
    last = table.length[month]
    last -= 1
    clipped: Days = np.minimum(table.day[at], last)
    clipped += table.first[month]
    return clipped


@dataclass(frozen=True, eq=False)
class ClosedDays:
    """The days on which no term of the General Extension of Time-Limits Act ends.

    `next_open[day - origin]` is the first day from `day` on that is not a Saturday, Sunday, generally recognised
    holiday (art. 3(1)), Good Friday (art. 3(2)) or equated day (art. 3(3)).
    """

    next_open: Days
    names: dict[date, Text]
    open_days: Days
    open_before: Days

    def move(self, end: date) -> date:
        """Move the end of a term to the first day that is open (art. 1)."""
        return date.fromordinal(int(self.next_open[end.toordinal() - _ORIGIN]))

    def move_days(self, ends: Days) -> Days:
        """Move ends of terms, as day numbers."""
        moved: Days = self.next_open[ends - np.int32(_ORIGIN)]
        return moved

    def why_closed(self, day: date) -> Text:
        """Name of the holiday, or of the day of the weekend."""
        return self.names.get(day) or weekday(day)

    def add_working_days(self, start: date, count: int) -> date:
        """Last day of a number of working days that begin the day after `start`."""
        days = self.add_working_days_to(np.array([start.toordinal()], np.int32), np.array([count], np.int32))
        return date.fromordinal(int(days[0]))

    def add_working_days_to(self, starts: Days, counts: Days) -> Days:
        """Add working days to day numbers (see `add_working_days`); a count of 0 leaves the day as it is."""
        before = self.open_before[starts - np.int32(_ORIGIN)]
        ends: Days = np.where(counts > 0, self.open_days[before + counts - 1], starts)
        return ends


def closed_days(law: Law) -> ClosedDays:
    """Work out the closed days of the Netherlands, with the equated days of the law."""
    return _closed_days(tuple(row.day for row in law.equated_days if row.closed))


@lru_cache(maxsize=8)
def _closed_days(equated: tuple[date, ...]) -> ClosedDays:
    years = range(FIRST_DAY.year, LAST_DAY.year + 1)
    english, dutch = (
        holidays.country_holidays("NL", years=years, categories=("public", "optional"), language=language)
        for language in ("en_US", "nl")
    )
    names = {day: Text(str(name), str(dutch[day])) for day, name in english.items()}
    names.update(dict.fromkeys(equated, Text("equated day", "gelijkgestelde dag")))
    closed = _mark(names)
    following = np.arange(_ORIGIN, _ORIGIN + closed.size, dtype=np.int32)
    for position in range(closed.size - 2, -1, -1):
        if closed[position]:
            following[position] = following[position + 1]
    is_open = ~closed
    open_days = (np.flatnonzero(is_open) + _ORIGIN).astype(np.int32)
    # How many open days lie on or before a day: the next one is the first working day of a term that starts there.
    open_before = np.cumsum(is_open).astype(np.int32)
    return ClosedDays(next_open=following, names=names, open_days=open_days, open_before=open_before)


def _mark(names: Iterable[date]) -> NDArray[np.bool_]:
    count = (LAST_DAY - FIRST_DAY).days + 1
    weekdays = (np.arange(count) + FIRST_DAY.weekday()) % 7
    closed: NDArray[np.bool_] = weekdays >= _SATURDAY
    for day in names:
        closed[(day - FIRST_DAY).days] = True
    return closed


def count_term(start: date, value: int, unit: Unit) -> date:
    """Last day of a term that starts after `start`, before anything is moved.

    The day of the event does not count: two weeks after a Monday is a Monday.
    """
    match unit:
        case Unit.MONTHS:
            return add_months(start, value)
        case Unit.WEEKS:
            return start + timedelta(weeks=value)
        case Unit.DETENTION_MONTHS:
            return start + timedelta(days=DAYS_IN_DETENTION_MONTH * value)
        case Unit.DAYS:
            return start + timedelta(days=value)
    raise ValueError(f"{unit} cannot be counted on a calendar.")


def moves(calendar: TermCalendar) -> bool:
    """Whether a term with this calendar runs on when it ends on a closed day.

    The EU rule (Regulation 1182/71, art. 3(4)) uses the closed days of the Member State, so both move the same way.
    """
    return calendar is not TermCalendar.UNMOVED
