# SPDX-License-Identifier: EUPL-1.2
"""What the law says of penalties, laid out for compiled functions; the rules themselves stand in `keten.deadlines`.

Days and amounts are computed by the functions of `keten.deadlines.amounts`, compiled as they are.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keten.deadlines import Law, amounts, notice_ends
from keten.deadlines.amounts import MAXIMUM_DAYS, administrative_penalty_applies, administrative_scale, day_numbers
from keten.deadlines.calendar import FIRST_DAY, LAST_START
from keten.domain.errors import UsageError
from keten.domain.words import Reading
from keten.flow.compiled import inlined

TYPES = ("first", "family_reunification")
"""Types of application whose rules differ; the place is the first axis of the scales."""

penalty_days = inlined(amounts.penalty_days)
penalty_last_day = inlined(amounts.penalty_last_day)
judicial_amount = inlined(amounts.judicial_amount)
days_to_maximum = inlined(amounts.days_to_maximum)


class PenaltyRules(NamedTuple):
    """The rules of a law as believed on a day, by day number from `first_day` (ordinal).

    `notice_ends` gives per day of notice the last day of the two weeks, as day number. `scale_of` gives per type and
    day of notice the row of `scales`; a row is the administrative penalty (eur) by days, nothing in the first row.
    `stops` holds per type the first and last day of force majeure; a row that is not used lies before all days.
    """

    first_day: int
    notice_ends: NDArray[np.int32]
    scale_of: NDArray[np.uint8]
    scales: NDArray[np.float64]
    stops: NDArray[np.int64]


def lay_out_penalties(law: Law, known_on: date, reading: Reading) -> PenaltyRules:
    """Lay out what a late decision costs, as it was believed on a day."""
    first, days = FIRST_DAY.toordinal(), (LAST_START - FIRST_DAY).days + 1
    every_day = np.arange(first, first + days, dtype=np.int32)
    scales: list[NDArray[np.float64]] = [np.zeros(MAXIMUM_DAYS + 1)]
    scale_of = np.zeros((len(TYPES), days), dtype=np.uint8)
    for number, name in enumerate(TYPES):
        for start in _changes(law, name):
            scale = _scale(law, name, start, known_on, reading)
            scale_of[number, (start - FIRST_DAY).days :] = len(scales) if scale is not None else 0
            scales += [] if scale is None else [scale]
    stops = [day_numbers((row for row in law.force_majeure if name in row.types), first) for name in TYPES]
    longest = max(map(len, stops))
    nowhere = np.full((longest, 2), [-days, -days - 1])
    return PenaltyRules(
        first_day=first,
        notice_ends=(notice_ends(every_day, law, known_on=known_on) - first).astype(np.int32),
        scale_of=scale_of,
        scales=np.array(scales),
        stops=np.array([np.concatenate([rows, nowhere[len(rows) :]]) for rows in stops]),
    )


def _changes(law: Law, application_type: str) -> list[date]:
    """List the days on which the rules of the administrative penalty of a type may change, the first day included."""
    rules = [*law.of_kind("scope", application_type), law.rule("administrative_penalty_amounts")]
    days = (day for rule in rules for value in rule.values for day in (value.valid_from, value.valid_until))
    return sorted({FIRST_DAY, *(day for day in days if day and FIRST_DAY < day < LAST_START)})


def _scale(law: Law, name: str, day: date, known_on: date, reading: Reading) -> NDArray[np.float64] | None:
    """Give what is owed after so many days for a notice of a day; None where nothing is or no rule is known."""
    try:
        applies, _ = administrative_penalty_applies(
            law, name, notice_received_on=day, known_on=known_on, reading=reading
        )
        scale = administrative_scale(law, day, known_on=known_on, reading=reading)
    except UsageError:
        return None
    return scale.astype(np.float64) if applies else None
