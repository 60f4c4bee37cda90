# SPDX-License-Identifier: EUPL-1.2
"""What is asked: a case with the dates that the law looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from keten.deadlines.calendar import FIRST_DAY, LAST_START
from keten.domain.errors import Problem, UsageError
from keten.parameters.law import Law


@dataclass(frozen=True, order=True)
class Suspension:
    """An interval in which the clock stands still (Awb 4:15).

    Parameters
    ----------
    from_day
        First day on which the clock stands still: the day after the invitation or the notice.
    until_day
        The day on which it runs again, for instance the day on which the application was completed. Not counted.
    ground
        Ground of the law (see the suspension grounds of the law), for instance `incomplete`.
    """

    from_day: date
    until_day: date
    ground: str

    @property
    def days(self) -> int:
        """Number of days the clock stands still."""
        return (self.until_day - self.from_day).days


@dataclass(frozen=True)
class Case:
    """One application with the dates the law looks at.

    Parameters
    ----------
    application_type
        A type of the law, for instance `first`.
    lodged_on
        Day of receipt of the signed application; for a Dublin request the date of the registration document.
    nationality
        ISO 3166 alpha-3 code; only decision moratoria look at it.
    registered_on
        Date of the registration document, where it differs from `lodged_on`.
    suspensions
        Intervals in which the clock stood still.
    extension
        Months of individual extension; none when no individual decision is known.
    """

    application_type: str
    lodged_on: date
    nationality: str | None = None
    registered_on: date | None = None
    suspensions: tuple[Suspension, ...] = ()
    extension: int | None = None


def check_case(case: Case, law: Law) -> None:
    """Refuse a case that cannot exist, with everything that is wrong with it.

    Raises
    ------
    UsageError
        For an unknown type or ground, a day outside the calendar, a suspension that ends before it starts.
    """
    problems = list(_problems(case, law))
    if problems:
        raise UsageError("the case", problems)


def _problems(case: Case, law: Law) -> Iterator[Problem]:
    if case.application_type not in law.type_ids:
        yield Problem("type", f"{case.application_type!r} does not exist.", f"Choose one of {', '.join(law.type_ids)}.")
    yield from _outside_calendar("lodged on", case.lodged_on)
    if case.registered_on is not None:
        yield from _outside_calendar("registered on", case.registered_on)
        if case.registered_on > case.lodged_on:
            yield Problem(
                f"registered on {case.registered_on}",
                f"lies after the signing of the form on {case.lodged_on}.",
                "The registration document comes first; exchange the two dates.",
            )
    if case.nationality is not None and not is_nationality(case.nationality):
        yield Problem(
            f"nationality {case.nationality!r}", "is not a code of three capitals.", "Use ISO 3166, for instance SYR."
        )
    if case.extension is not None and case.extension < 0:
        yield Problem("extension", f"{case.extension} months is less than nothing.", "Give 0 or more months.")
    for suspension in case.suspensions:
        yield from _suspension_problems(suspension, case, law)


def is_nationality(code: str) -> bool:
    """Whether a text has the form of an ISO 3166 alpha-3 code."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def _outside_calendar(where: str, day: date) -> Iterator[Problem]:
    if not FIRST_DAY <= day <= LAST_START:
        yield Problem(f"{where} {day}", f"lies outside {FIRST_DAY} to {LAST_START}.", "Check the year.")


def _suspension_problems(suspension: Suspension, case: Case, law: Law) -> Iterator[Problem]:
    where = f"suspension {suspension.from_day}:{suspension.until_day}:{suspension.ground}"
    grounds = [ground.id for ground in law.suspension_grounds]
    if suspension.ground not in grounds:
        yield Problem(where, f"{suspension.ground!r} is no ground of Awb 4:15.", f"Choose one of {', '.join(grounds)}.")
    yield from _outside_calendar(f"{where}: until", suspension.until_day)
    if suspension.until_day <= suspension.from_day:
        yield Problem(where, "ends before it starts.", "Give the first day it stands still and the day it runs again.")
    if suspension.from_day <= case.lodged_on:
        yield Problem(
            where,
            f"starts before the term does (lodged on {case.lodged_on}).",
            "A clock that does not run cannot stand still; check both dates.",
        )


def merged(suspensions: Iterable[Suspension]) -> tuple[Suspension, ...]:
    """Join suspensions that touch or overlap, so that no day counts twice; the first ground names the whole."""
    joined: list[Suspension] = []
    for suspension in sorted(suspensions):
        if joined and suspension.from_day <= joined[-1].until_day:
            last = joined.pop()
            suspension = Suspension(last.from_day, max(last.until_day, suspension.until_day), last.ground)
        joined.append(suspension)
    return tuple(joined)
