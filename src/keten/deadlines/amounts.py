# SPDX-License-Identifier: EUPL-1.2
"""Amounts of penalties by days in default, for whom they exist, and when a court could attach one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keten.deadlines.rules import Applied, require
from keten.deadlines.wording import Text
from keten.domain.words import Reading
from keten.parameters.law import CaseDate, ForceMajeure, Law, TemporaryAct

MAXIMUM_DAYS = 42
"""The administrative penalty runs for at most 42 days (Awb 4:17(1))."""


DAYS_PER_STEP = 14
"""Each amount per day holds for fourteen days (Awb 4:17(2))."""


def administrative_scale(
    law: Law, notice_received_on: date, *, known_on: date, reading: Reading = Reading.AUTHORITY
) -> NDArray[np.int64]:
    """Administrative penalty (eur) by the number of days in default: element `n` is what `n` days cost, 0 to 42.

    The day on which the authority received the notice decides which amounts hold (Awb 4:17, 11:2).
    """
    rule = law.rule("administrative_penalty_amounts")
    applied = require([rule], notice_received_on, known_on, Reading(reading), what="the administrative penalty")
    per_day = np.repeat(np.asarray(applied.value.value, np.int64), DAYS_PER_STEP)
    return np.concatenate([[0], np.cumsum(per_day)])


def administrative_penalty_applies(
    law: Law,
    application_type: str,
    *,
    notice_received_on: date,
    lodged_on: date | None = None,
    known_on: date,
    reading: Reading = Reading.AUTHORITY,
) -> tuple[bool, tuple[Text, ...]]:
    """Whether the administrative penalty exists for a case, and what is not confirmed about that.

    Raises
    ------
    UsageError
        For a type of application that has no such penalty, such as a Dublin request, or a day before 1 October 2009.
    """
    applied = administrative_scopes(
        law,
        application_type,
        notice_received_on=notice_received_on,
        lodged_on=lodged_on,
        known_on=known_on,
        reading=reading,
    )
    if not applied:
        require([], notice_received_on, known_on, Reading(reading), what=f"the penalty of {application_type}")
    doubts = tuple(
        Text(found.value.unverified, found.value.unverified_nl or found.value.unverified)
        for found in applied
        if found.value.unverified
    )
    return all(found.value.number for found in applied), doubts


def administrative_scopes(
    law: Law,
    application_type: str,
    *,
    notice_received_on: date,
    lodged_on: date | None = None,
    known_on: date,
    reading: Reading = Reading.AUTHORITY,
) -> tuple[Applied, ...]:
    """Give the rules that say whether the administrative penalty exists for a case, as far as its days are known."""
    day_of = {CaseDate.NOTICE_RECEIVED_ON: notice_received_on, CaseDate.LODGED_ON: lodged_on}
    return tuple(
        require([rule], day, known_on, Reading(reading), what=f"the administrative penalty of {application_type}")
        for rule in law.of_kind("scope", application_type)
        if (day := day_of[rule.selected_by]) is not None
    )


def administrative_amounts(
    days_in_default: ArrayLike,
    law: Law,
    application_type: str,
    *,
    notice_received_on: date,
    known_on: date,
    reading: Reading = Reading.AUTHORITY,
) -> NDArray[np.int64]:
    """Administrative penalties (eur) of many cases with a notice of the same period, by their days in default."""
    applies, _ = administrative_penalty_applies(
        law, application_type, notice_received_on=notice_received_on, known_on=known_on, reading=reading
    )
    scale = administrative_scale(law, notice_received_on, known_on=known_on, reading=reading)
    days = np.clip(np.asarray(days_in_default), 0, MAXIMUM_DAYS)
    return scale[days] if applies else np.zeros(days.shape, np.int64)


def judicial_amounts(days_in_default: ArrayLike, per_day: ArrayLike, maximum: ArrayLike) -> NDArray[np.float64]:
    """Judicial penalties (eur) of many cases: days in default times the amount per day, to the maximum."""
    days = np.maximum(np.asarray(days_in_default), 0)
    amounts: NDArray[np.float64] = np.minimum(days * np.asarray(per_day, np.float64), np.asarray(maximum, np.float64))
    return amounts


def judicial_penalty_allowed(
    law: Law, application_type: str, judgment_on: date, *, known_on: date, reading: Reading = Reading.AUTHORITY
) -> bool:
    """Whether a court could attach a penalty to a judgment of that day, as it was believed on the knowledge date."""
    return blocking_act(law, application_type, "judicial_penalty", judgment_on, known_on, reading) is None


def late_decision_appeal_allowed(
    law: Law, application_type: str, appeal_on: date, *, known_on: date, reading: Reading = Reading.AUTHORITY
) -> bool:
    """Whether an appeal against a late decision was open on that day, as it was believed on the knowledge date."""
    return blocking_act(law, application_type, "late_decision_appeal", appeal_on, known_on, reading) is None


def blocking_act(
    law: Law, application_type: str, concerns: str, day: date, known_on: date, reading: Reading
) -> TemporaryAct | None:
    """Give the temporary act that closed a remedy on a day, as it was believed on the knowledge date; mostly none."""
    return next(
        (
            act
            for act in law.temporary_acts
            if act.concerns == concerns
            and not act.allowed
            and application_type in act.types
            and act.valid_from <= day < act.valid_until
            and any(known.holds(known_on, Reading(reading)) for known in act.known)
        ),
        None,
    )


def days_of_penalty(last_day_in_time: date, until: date, stopped: Iterable[ForceMajeure] = ()) -> int:
    """Days of a penalty: from the day after `last_day_in_time` to `until`, both included.

    So the day of the decision is a day of the penalty. The first day is the one on which two weeks have passed since
    the term ran out and the notice was received (Awb 4:17(3)). No article names the last; RBNNE:2021:5695 takes the
    day on which the applicant learnt of the decision, and no other ruling was found. Days of force majeure do not
    count; the penalty runs on after them, the administrative (RBDHA:2020:13288) and the judicial (GHSHE:2021:2525).
    """
    return penalty_days(last_day_in_time.toordinal(), until.toordinal(), day_numbers(stopped))


def last_day_of_penalty(last_day_in_time: date, stopped: Iterable[ForceMajeure], days: int = MAXIMUM_DAYS) -> date:
    """Day on which a penalty has run for a number of days, past the days of force majeure; by default to 42 days."""
    return date.fromordinal(penalty_last_day(last_day_in_time.toordinal(), days, day_numbers(stopped)))


def day_numbers(stopped: Iterable[ForceMajeure], first_day: int = 0) -> NDArray[np.int64]:
    """Give periods of force majeure in order of time, as rows of first and last day, counted from a day (ordinal)."""
    rows = [(row.first_day.toordinal() - first_day, row.last_day.toordinal() - first_day) for row in stopped]
    return np.array(sorted(rows), dtype=np.int64).reshape(-1, 2)


# The rule itself, in day numbers and without a date, so that the simulation compiles these same lines. ----------------


def penalty_days(last_day_in_time: int, until: int, stops: NDArray[np.int64]) -> int:
    """Count the days of a penalty (see `days_of_penalty`); `stops` holds first and last day of what does not count."""
    days = max(until - last_day_in_time, 0)
    for row in range(len(stops)):
        days -= max(min(stops[row, 1], until) - max(stops[row, 0], last_day_in_time + 1) + 1, 0)
    return days


def penalty_last_day(last_day_in_time: int, days: int, stops: NDArray[np.int64]) -> int:
    """Find the day on which a penalty has run for so many days; `stops` in order of time."""
    day = last_day_in_time + days
    for row in range(len(stops)):
        first = max(stops[row, 0], last_day_in_time + 1)
        if first <= day:
            day += max(stops[row, 1] - first + 1, 0)
    return day


def judicial_amount(days: int, per_day: float, maximum: float) -> float:
    """Give the judicial penalty (eur): days times the amount per day, to the maximum."""
    return min(days * per_day, maximum)


def days_to_maximum(per_day: float, maximum: float) -> int:
    """Count the days after which a judicial penalty no longer grows."""
    return int(-(-maximum // per_day)) if per_day > 0 else 0
