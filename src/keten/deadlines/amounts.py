# SPDX-License-Identifier: EUPL-1.2
"""Amounts of penalties by days in default, for whom they exist, and when a court could attach one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

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
    """Days of a penalty: from the day after `last_day_in_time` to `until`.

    Days of force majeure do not count; the penalty runs on after them, the administrative (RBDHA:2020:13288) and the
    judicial (GHSHE:2021:2525) alike.
    """
    days = max((until - last_day_in_time).days, 0)
    for row in stopped:
        first, last = max(row.first_day, last_day_in_time + timedelta(days=1)), min(row.last_day, until)
        days -= max((last - first).days + 1, 0)
    return days


def last_day_of_penalty(last_day_in_time: date, stopped: tuple[ForceMajeure, ...], days: int = MAXIMUM_DAYS) -> date:
    """Day on which a penalty has run for a number of days, past the days of force majeure; by default to 42 days."""
    day = last_day_in_time + timedelta(days=days)
    while days_of_penalty(last_day_in_time, day, stopped) < days:
        day += timedelta(days=1)
    return day
