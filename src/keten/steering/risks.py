# SPDX-License-Identifier: EUPL-1.2
"""How large a chain risk is, and what covers it.

Where a risk is a statement about a model output ("the stock of track 4 passes 40,000 before the end of the year"), its
likelihood is computed from a study. Elsewhere people type the level, and a reader sees which of the two it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite

from keten.domain.figures import Range
from keten.domain.words import Direction


class RiskLevel(StrEnum):
    """How much attention a risk asks."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    UNKNOWN = "unknown"


class Impact(StrEnum):
    """How bad it is for a chain goal when it happens; always judged by people."""

    SMALL = "small"
    SERIOUS = "serious"
    SEVERE = "severe"


class Basis(StrEnum):
    """Where a level comes from."""

    COMPUTED = "computed"
    TYPED = "typed"


LIKELY = 0.5
POSSIBLE = 0.1
"""From which probability a risk is possible, and from which it is likely: outside one outcome in ten the range of a
study has ended, and from one in two it is the expectation. An assumption: no scale was published for the chain."""

_MATRIX = {
    Impact.SMALL: (RiskLevel.LOW, RiskLevel.LOW, RiskLevel.MEDIUM),
    Impact.SERIOUS: (RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.HIGH),
    Impact.SEVERE: (RiskLevel.MEDIUM, RiskLevel.HIGH, RiskLevel.HIGH),
}
"""Level by impact, for an unlikely, a possible and a likely risk."""


@dataclass(frozen=True)
class Probability:
    """A probability between bounds; equal bounds when every replication is known."""

    low: float
    high: float

    @property
    def central(self) -> float:
        """The middle of the bounds."""
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class ModelStatement:
    """The risk in terms of a study: a measure that crosses a value in some month of a period.

    `direction` is where the measure should go: lower is better when rising above `value` is the risk.
    """

    measure: str
    value: float
    direction: Direction
    first_month: str
    last_month: str


@dataclass(frozen=True)
class ChainRisk:
    """A risk for a chain goal; with a `statement` its likelihood is computed, else people typed the level."""

    id: str
    impact: Impact
    statement: ModelStatement | None = None
    typed_level: RiskLevel = RiskLevel.UNKNOWN


@dataclass(frozen=True)
class AssessedRisk:
    """A risk with its level, where that comes from, and, when computed, the probability and its worst month."""

    risk: ChainRisk
    level: RiskLevel
    basis: Basis
    probability: Probability | None = None
    month: str | None = None


@dataclass(frozen=True)
class Cover:
    """Something that covers risks in a period, for instance a performance agreement."""

    id: str
    risks: tuple[str, ...]
    valid_from: date = date.min
    valid_until: date = date.max


def share_that_crosses(outcomes: Sequence[float], value: float, direction: Direction) -> Probability:
    """Count how many replications end beyond a value; the value itself is not beyond.

    Raises
    ------
    ValueError
        When there are no outcomes.
    """
    if not outcomes:
        raise ValueError("A probability of no outcomes does not exist; run at least one replication.")
    beyond = sum(_beyond(outcome, value, direction) for outcome in outcomes) / len(outcomes)
    return Probability(beyond, beyond)


def probability_of_crossing(outcomes: Range, value: float, direction: Direction) -> Probability:
    """Bound the probability that a quantity ends beyond a value, when only p10, p50 and p90 are known.

    Between two known quantiles nothing more is known than that the probability lies between theirs: no shape is
    assumed. A value outside the range has a probability of less than one in ten, or more than nine.
    """
    ladder = ((outcomes.p10, 0.1), (outcomes.p50, 0.5), (outcomes.p90, 0.9))
    if direction is Direction.LOWER_IS_BETTER:
        # P(X > value): every quantile above the value proves at least the part above it.
        low = max((1 - rank for quantile, rank in ladder if quantile > value), default=0.0)
        high = min((1 - rank for quantile, rank in ladder if quantile <= value), default=1.0)
    else:
        low = max((rank for quantile, rank in ladder if quantile < value), default=0.0)
        high = min((rank for quantile, rank in ladder if quantile >= value), default=1.0)
    return Probability(round(low, 9), round(high, 9))


def level(likelihood: Probability, impact: Impact) -> RiskLevel:
    """Read the level from probability and impact; the middle of the bounds decides."""
    step = (likelihood.central >= POSSIBLE) + (likelihood.central >= LIKELY)
    return _MATRIX[impact][step]


def assess(risk: ChainRisk, months: Iterable[tuple[str, Range]] | None) -> AssessedRisk:
    """Say how large a risk is.

    Parameters
    ----------
    months
        Month (`2023-05`) and outcome of the measure in the latest study; None when there is no study with it.

    Returns
    -------
    AssessedRisk
        Computed from the month in which crossing is most likely. Without a month in the period the level is unknown,
        never low: a risk does not shrink because nobody looked.
    """
    statement = risk.statement
    if statement is None:
        return AssessedRisk(risk, risk.typed_level, Basis.TYPED)
    chances = [
        (probability_of_crossing(outcome, statement.value, statement.direction), month)
        for month, outcome in months or ()
        if statement.first_month <= month <= statement.last_month and isfinite(outcome.p50)
    ]
    if not chances:
        return AssessedRisk(risk, RiskLevel.UNKNOWN, Basis.COMPUTED)
    # Of equal chances the earliest month counts: that is when somebody has to act.
    chance, month = min(chances, key=lambda row: (-row[0].central, row[1]))
    return AssessedRisk(risk, level(chance, risk.impact), Basis.COMPUTED, chance, month)


def uncovered(risks: Iterable[ChainRisk], covers: Iterable[Cover], *, on: date) -> tuple[ChainRisk, ...]:
    """Find the risks that nothing covers on a day."""
    covered = {risk for cover in covers if cover.valid_from <= on < cover.valid_until for risk in cover.risks}
    return tuple(risk for risk in risks if risk.id not in covered)


def _beyond(outcome: float, value: float, direction: Direction) -> bool:
    return outcome > value if direction is Direction.LOWER_IS_BETTER else outcome < value
