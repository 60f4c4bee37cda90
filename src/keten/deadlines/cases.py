# SPDX-License-Identifier: EUPL-1.2
"""What is asked: a case with the dates that the law looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from keten.deadlines.calendar import FIRST_DAY, LAST_START
from keten.domain.errors import Problem, UsageError
from keten.parameters.law import AskedDay, Law


@dataclass(frozen=True, order=True)
class Suspension:
    """An interval in which the clock stands still (Awb 4:15).

    Parameters
    ----------
    from_day
        First day on which the clock stands still: the day after the invitation or the notice.
    until_day
        The day on which it runs again, for instance the day on which the application was completed. Not counted; none
        while it still stands still.
    ground
        Ground of the law (see the suspension grounds of the law), for instance `incomplete`.
    """

    from_day: date
    until_day: date | None
    ground: str

    @property
    def days(self) -> int:
        """Number of days the clock stands still; 0 while that is not known."""
        return 0 if self.until_day is None else (self.until_day - self.from_day).days


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
        Individual extension in the unit of the law: months, or weeks where it extends in weeks; none when no individual
        decision is known.
    extended_to
        The day that a decision to extend gives itself, instead of a length.
    responsible_on
        Day on which it was established that the Netherlands is responsible (Dublin), and how that came about.
    fee_paid_on
        Day on which the fee was paid or full exemption was given (naturalisation), or the completing papers came in.
    decision_on
        Day on which the decision was made known that is objected to.
    protected_until
        Day on which temporary protection ended or will end.
    group
        Part of the nationality that a moratorium names, for instance `uyghur`.
    """

    application_type: str
    lodged_on: date
    nationality: str | None = None
    registered_on: date | None = None
    suspensions: tuple[Suspension, ...] = ()
    extension: int | None = None
    extended_to: date | None = None
    responsible_on: date | None = None
    responsible_by: str | None = None
    fee_paid_on: date | None = None
    decision_on: date | None = None
    protected_until: date | None = None
    group: str | None = None

    @property
    def stands_still(self) -> bool:
        """Whether the clock still stands still: a suspension has no end yet."""
        return any(suspension.until_day is None for suspension in self.suspensions)


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
    yield from _nationality_problems(case, law)
    if case.extension is not None and case.extension < 0:
        yield Problem("extension", f"{case.extension} months is less than nothing.", "Give 0 or more months.")
    yield from _day_problems(case, law)
    for suspension in case.suspensions:
        yield from _suspension_problems(suspension, case, law)


def _nationality_problems(case: Case, law: Law) -> Iterator[Problem]:
    code = case.nationality
    if code is not None and not is_nationality(code):
        yield Problem(f"nationality {code!r}", "is not a code of three capitals.", "Use ISO 3166, for instance SYR.")
    elif code is not None and law.nationalities and code not in law.nationalities:
        yield Problem(f"nationality {code!r}", "does not exist.", f"Use ISO 3166{_like(code, law.nationalities)}.")
    groups = {group.id: group.nationality for group in law.groups}
    if case.group is not None and case.group not in groups:
        yield Problem(f"group {case.group!r}", "does not exist.", f"Choose one of {', '.join(groups)}.")
    elif case.group is not None and groups[case.group] != code:
        yield Problem(
            f"group {case.group!r}", f"is a part of {groups[case.group]}, not of {code}.", "Correct one of the two."
        )


def _like(code: str, known: Iterable[str]) -> str:
    near = get_close_matches(code, sorted(known), n=3, cutoff=0.6)
    return f"; alike are {', '.join(near)}" if near else ", for instance SYR"


def _day_problems(case: Case, law: Law) -> Iterator[Problem]:
    """Check the further days of a case: within the calendar, in order, and asked for by this kind."""
    asked = next((row.asks for row in law.types if row.id == case.application_type), ())
    for name in AskedDay:
        day: date | None = getattr(case, name.value)
        if day is None:
            continue
        words = name.value.replace("_", " ")
        yield from _outside_calendar(words, day)
        if name not in asked and name is not AskedDay.REGISTERED_ON:
            kinds = [row.id for row in law.types if name in row.asks]
            yield Problem(
                f"{words} {day}", f"says nothing about {case.application_type}.", f"It belongs to {', '.join(kinds)}."
            )
    for words, day in (("responsible on", case.responsible_on), ("extended to", case.extended_to)):
        if day is not None and day < case.lodged_on:
            yield Problem(f"{words} {day}", f"lies before the lodging on {case.lodged_on}.", "Correct one of the two.")
    if case.extended_to is not None:
        yield from _outside_calendar("extended to", case.extended_to)
    if case.decision_on is not None and case.decision_on > case.lodged_on:
        yield Problem(
            f"decision on {case.decision_on}",
            f"lies after the objection of {case.lodged_on}.",
            "Correct one of the two.",
        )
    grounds = [row.id for row in law.responsibility_grounds]
    if case.responsible_by is not None and case.responsible_by not in grounds:
        yield Problem(
            f"responsible by {case.responsible_by!r}", "is no ground.", f"Choose one of {', '.join(grounds)}."
        )
    if case.responsible_by is not None and case.responsible_on is None:
        yield Problem("responsible by", "has no day.", "Give the day since when the Netherlands is responsible.")


def is_nationality(code: str) -> bool:
    """Whether a text has the form of an ISO 3166 alpha-3 code."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def _outside_calendar(where: str, day: date) -> Iterator[Problem]:
    if not FIRST_DAY <= day <= LAST_START:
        yield Problem(f"{where} {day}", f"lies outside {FIRST_DAY} to {LAST_START}.", "Check the year.")


def _suspension_problems(suspension: Suspension, case: Case, law: Law) -> Iterator[Problem]:
    where = f"suspension {suspension.from_day}:{suspension.until_day or ''}:{suspension.ground}"
    grounds = [ground.id for ground in law.suspension_grounds]
    if suspension.ground not in grounds:
        yield Problem(where, f"{suspension.ground!r} is no ground of Awb 4:15.", f"Choose one of {', '.join(grounds)}.")
    if suspension.until_day is None:
        yield from _outside_calendar(f"{where}: from", suspension.from_day)
    else:
        yield from _outside_calendar(f"{where}: until", suspension.until_day)
    if suspension.until_day is not None and suspension.until_day <= suspension.from_day:
        yield Problem(where, "ends before it starts.", "Give the first day it stands still and the day it runs again.")
    if suspension.from_day <= case.lodged_on:
        yield Problem(
            where,
            f"starts before the term does (lodged on {case.lodged_on}).",
            "A clock that does not run cannot stand still; check both dates.",
        )


def merged(suspensions: Iterable[Suspension], *, open_until: date = LAST_START) -> tuple[Suspension, ...]:
    """Join suspensions that touch or overlap, so that no day counts twice; the first ground names the whole.

    One that has no end yet is taken to end the day after `open_until`, or the day after it began where that is later.
    """
    joined: list[Suspension] = []
    for suspension in sorted(_ended(suspension, open_until) for suspension in suspensions):
        last = joined[-1] if joined else None
        if last is not None and last.until_day is not None and suspension.from_day <= last.until_day:
            joined.pop()
            until = max(last.until_day, suspension.until_day or last.until_day)
            suspension = Suspension(last.from_day, until, last.ground)
        joined.append(suspension)
    return tuple(joined)


def _ended(suspension: Suspension, open_until: date) -> Suspension:
    if suspension.until_day is not None:
        return suspension
    last = min(max(open_until, suspension.from_day), LAST_START)
    return Suspension(suspension.from_day, last + timedelta(days=1), suspension.ground)
