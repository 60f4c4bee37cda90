# SPDX-License-Identifier: EUPL-1.2
"""What courts do, laid out for compiled functions: the new term and the penalty, by the period of the judgment.

The practice itself is data of the law (see `keten.deadlines.practice`); here stands only how a case draws from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keten.deadlines import Law
from keten.deadlines.practice import Distribution, court_penalties, court_terms
from keten.domain.errors import UsageError
from keten.flow.compiled import index, inlined
from keten.parameters.law import CourtPenalty, CourtTerm

PHASES = ("not_heard", "family_reunification")
"""Phases of a case in which a court sets a term here; the place is the first axis of the terms."""
UNKNOWN = -1
"""What is drawn from a period of which no practice is known."""


class Courts(NamedTuple):
    """Outcomes of the courts per period of practice, with the running totals of their probabilities.

    A period holds from its day in `starts` (ordinal) until the next one starts. Terms in weeks are by phase, period
    and outcome; penalties in eur, per day and at most, by period and outcome.
    """

    starts: NDArray[np.int64]
    weeks_until: NDArray[np.float64]
    weeks: NDArray[np.float64]
    amounts_until: NDArray[np.float64]
    per_day: NDArray[np.float64]
    maximum: NDArray[np.float64]


def lay_out_courts(law: Law, known_on: date) -> Courts:
    """Lay out the practice as far as it was known on a day; what was the practice then holds on."""
    rows: list[CourtTerm | CourtPenalty] = [*law.court_terms, *law.court_penalties]
    changes = {day for row in rows for day in (row.valid_from, row.valid_until) if day <= known_on}
    days = [date.min, *sorted(changes)]
    terms = [_known(court_terms, law, phase, day) for phase in PHASES for day in days]
    penalties = [_known(court_penalties, law, "first", day) for day in days]
    shape = len(PHASES), len(days), -1
    return Courts(
        starts=np.array([day.toordinal() for day in days]),
        weeks_until=_running_totals(terms).reshape(shape),
        weeks=_outcomes(terms, 0).reshape(shape),
        amounts_until=_running_totals(penalties),
        per_day=_outcomes(penalties, 0),
        maximum=_outcomes(penalties, 1),
    )


def _known(practice: Callable[..., Distribution], law: Law, name: str, day: date) -> Distribution | None:
    try:
        return practice(law, name, day)
    except UsageError:
        return None


def _running_totals(found: Sequence[Distribution | None]) -> NDArray[np.float64]:
    """Give per period up to which draw each outcome holds; the last outcome takes every draw that is left."""
    return _in_rows([[*np.cumsum(row.probabilities)[:-1], np.inf] if row else [np.inf] for row in found], np.inf)


def _outcomes(found: Sequence[Distribution | None], column: int) -> NDArray[np.float64]:
    return _in_rows([row.outcomes[:, column].tolist() if row else [UNKNOWN] for row in found], UNKNOWN)


def _in_rows(rows: Sequence[Sequence[float]], filler: float) -> NDArray[np.float64]:
    longest = max(len(row) for row in rows)
    return np.array([[*row, *[filler] * (longest - len(row))] for row in rows], dtype=np.float64)


@inlined
def _period(courts: Courts, day: int) -> int:
    """Find the period of a day (ordinal); most days lie in the last one."""
    period = len(courts.starts) - 1
    while day < courts.starts[index(period)]:
        period -= 1
    return period


@inlined
def court_weeks(courts: Courts, phase: int, day: int, draw: float) -> int:
    """Draw the term (weeks) that a court sets on a day; `UNKNOWN` when no practice of that day is known."""
    period, outcome = index(_period(courts, day)), 0
    while draw >= courts.weeks_until[index(phase), period, index(outcome)]:
        outcome += 1
    return int(courts.weeks[index(phase), period, index(outcome)])


@inlined
def court_penalty(courts: Courts, day: int, draw: float) -> tuple[float, float]:
    """Draw the penalty (eur per day, eur at most) that a court attaches on a day; `UNKNOWN` when not known."""
    period, outcome = index(_period(courts, day)), 0
    while draw >= courts.amounts_until[period, index(outcome)]:
        outcome += 1
    return courts.per_day[period, index(outcome)], courts.maximum[period, index(outcome)]
