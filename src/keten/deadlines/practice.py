# SPDX-License-Identifier: EUPL-1.2
"""What courts do, as distributions: the new term per phase and the penalty, at a date of judgment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keten.domain.errors import Problem, UsageError
from keten.parameters.law import CourtPenalty, CourtTerm, Law


@dataclass(frozen=True, eq=False)
class Distribution:
    """Outcomes with their probabilities, and the rulings they were counted in.

    `outcomes` has one row per outcome; `columns` names what each number of a row is, with its unit.
    """

    outcomes: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    columns: tuple[str, ...]
    rulings: tuple[str, ...]
    assumption: str

    def draw(self, uniforms: ArrayLike) -> NDArray[np.float64]:
        """Give the outcome of each uniform number in [0, 1): an array of shape (draws, columns)."""
        edges = np.cumsum(self.probabilities)[:-1]
        drawn: NDArray[np.float64] = self.outcomes[np.searchsorted(edges, np.asarray(uniforms), side="right")]
        return drawn


def phases(law: Law) -> tuple[str, ...]:
    """Phases of a case for which court terms are known."""
    return tuple(dict.fromkeys(row.phase for row in law.court_terms))


def court_terms(law: Law, phase: str, judgment_on: date) -> Distribution:
    """Distribution of the term (weeks) that courts give in a phase on a date of judgment.

    Raises
    ------
    UsageError
        For an unknown phase, or a date for which no practice is known.
    """
    rows = [row for row in law.court_terms if row.phase == phase]
    row = _at(rows, judgment_on, what=f"court terms in the phase {phase}", choices=phases(law))
    return _distribution([(part.value,) for part in row.weeks], [part.weight for part in row.weeks], ("weeks",), row)


def court_penalties(law: Law, appeal: Literal["first", "repeat"], judgment_on: date) -> Distribution:
    """Distribution of the penalty (eur per day, maximum in eur) that courts attach on a date of judgment.

    Raises
    ------
    UsageError
        For a date for which no practice is known.
    """
    rows = [row for row in law.court_penalties if row.appeal == appeal]
    row = _at(rows, judgment_on, what=f"court penalties on a {appeal} appeal", choices=("first", "repeat"))
    outcomes = [(part.per_day, part.maximum) for part in row.amounts]
    return _distribution(outcomes, [part.weight for part in row.amounts], ("eur_per_day", "maximum_eur"), row)


Practice = TypeVar("Practice", CourtTerm, CourtPenalty)


def _at(rows: list[Practice], day: date, *, what: str, choices: tuple[str, ...]) -> Practice:
    for row in rows:
        if row.valid_from <= day < row.valid_until:
            return row
    known = ", ".join(f"{row.valid_from}..{row.valid_until}" for row in rows) or f"only {', '.join(choices)}"
    problem = Problem(
        str(day), f"no practice is known (known: {known}).", "Add it to the court practice with the rulings."
    )
    raise UsageError(what, [problem])


def _distribution(
    outcomes: Sequence[tuple[float, ...]],
    weights: Sequence[float],
    columns: tuple[str, ...],
    row: CourtTerm | CourtPenalty,
) -> Distribution:
    shares = np.asarray(weights, np.float64)
    return Distribution(
        outcomes=np.asarray(outcomes, np.float64),
        probabilities=shares / shares.sum(),
        columns=columns,
        rulings=row.rulings,
        assumption=row.assumption,
    )
