# SPDX-License-Identifier: EUPL-1.2
"""What law does before it goes in: which answers change, over the specification, the rulings and a stock of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from keten.deadlines.amounts import judicial_penalty_allowed
from keten.deadlines.desk import Moved, PenaltyMoved, TermMoved, impact, impact_on_penalties, impact_on_terms
from keten.deadlines.examples import Answered, Example, answered, rulings, specification
from keten.deadlines.penalties import Judgment, LateDecision, late_decision_cost
from keten.deadlines.practice import court_penalties, court_terms, phases
from keten.deadlines.stock import Movement, Rules, compare
from keten.domain.errors import UsageError
from keten.parameters.law import Law

COURT_DAYS = 70
"""Days from appeal to judgment that are taken: the most common in `late_decisions.yaml`."""
_TWO_WEEKS = 14


@dataclass(frozen=True)
class Changed:
    """An example that another law answers otherwise; `kept` whether the stated day is still given, none if unstated."""

    example: Example
    before: Answered
    after: Answered

    @property
    def days(self) -> int | None:
        """By how many days the last day moves; positive is later, none where one of the laws has no rule."""
        if self.before.deadline is None or self.after.deadline is None:
            return None
        return (self.after.deadline - self.before.deadline).days

    @property
    def departs(self) -> bool:
        """Whether the other law gives up a day, or a premature or timely notice, that the example states."""
        was, now = _as_stated(self.example, self.before), _as_stated(self.example, self.after)
        return was and not now


def _as_stated(example: Example, found: Answered) -> bool:
    right = example.stated is None or example.stated == found.deadline
    return right and (example.premature is None or example.premature == found.premature)


@dataclass(frozen=True)
class StockChange:
    """What law does to a stock: how many cases, by how many days, and the penalties that could follow (eur).

    The money is an upper bound: every case that is late gives notice the day after its deadline, appeals when the two
    weeks are over, gets a judgment after `COURT_DAYS` with the most common term and penalty, and is undecided still.
    """

    movement: Movement
    days_added: int
    exposure_before_eur: float
    exposure_after_eur: float


@dataclass(frozen=True)
class Consequences:
    """Everything that changes, before law goes in."""

    before: Law
    after: Law
    known_on: date
    answers: tuple[Moved, ...]
    terms: tuple[TermMoved, ...]
    penalties: tuple[PenaltyMoved, ...]
    specification: tuple[Changed, ...]
    rulings: tuple[Changed, ...]
    stock: StockChange | None

    @property
    def nothing(self) -> bool:
        """Whether no answer changes."""
        moved = self.stock is not None and self.stock.movement.moved
        parts = (self.answers, self.terms, self.penalties, self.specification, self.rulings)
        return not (any(parts) or moved)


def consequences(
    before: Law,
    after: Law,
    *,
    known_on: date,
    first: date = date(2015, 8, 1),
    last: date = date(2027, 12, 31),
    cases: pl.DataFrame | None = None,
) -> Consequences:
    """Try law that is to go in: on a grid of cases, on the specification, on the rulings, and on a stock.

    Parameters
    ----------
    known_on
        Day as of which the grid and the stock are asked, and to which penalties are counted.
    first, last
        Days of lodging of the grid.
    cases
        A stock as `read_cases` gives it; none where there is no stock to try.
    """
    grid = {"known_on": known_on, "first": first, "last": last}
    return Consequences(
        before, after, known_on,
        answers=impact(before, after, **grid),
        terms=impact_on_terms(before, after, **grid),
        penalties=impact_on_penalties(before, after, **grid),
        specification=tuple(_changed(_then_and_now(specification(), known_on), before, after)),
        rulings=tuple(_changed(_then_and_now(rulings(), known_on), before, after)),
        stock=None if cases is None else _stock(cases, before, after, known_on),
    )  # fmt: skip


def _then_and_now(examples: Iterable[Example], known_on: date) -> Iterator[Example]:
    """Ask each example on its own knowledge date, and once more today; what was stated, was stated then only."""
    then = tuple(examples)
    later = (
        replace(example, known_on=known_on, stated=None, premature=None)
        for example in then
        if example.known_on < known_on
    )
    yield from dict.fromkeys((*then, *later))


def _changed(examples: Iterable[Example], before: Law, after: Law) -> Iterator[Changed]:
    for example in examples:
        found = Changed(example, answered(example, before), answered(example, after))
        if found.before != found.after:
            yield found


def _stock(cases: pl.DataFrame, before: Law, after: Law, known_on: date) -> StockChange:
    movement, rows = compare(cases, Rules(before, known_on), Rules(after, known_on), overdue_on=known_on)
    return StockChange(
        movement=movement,
        days_added=int(rows["moved_by_days"].sum()),
        exposure_before_eur=exposure(rows, "deadline_before", before, known_on),
        exposure_after_eur=exposure(rows, "deadline_after", after, known_on),
    )


def exposure(rows: pl.DataFrame, deadline: str, law: Law, counted_to: date) -> float:
    """Add up what could be owed on a day (eur) when every late case gives notice and appeals at once.

    Parameters
    ----------
    rows
        Columns `type`, and the deadlines under the name `deadline`.
    """
    late = rows.filter(pl.col(deadline) < counted_to)
    counts = late.group_by("type", deadline).len().iter_rows()
    return sum((_cost(kind, last_day, law, counted_to) * int(number) for kind, last_day, number in counts), 0.0)


def _cost(kind: str, deadline: date, law: Law, counted_to: date) -> float:
    """Give what one late case could cost (eur); nothing where no notice of default is possible."""
    notice = deadline + timedelta(days=1)
    appeal = notice + timedelta(days=_TWO_WEEKS + 5)
    judged_on = appeal + timedelta(days=COURT_DAYS)
    late = LateDecision(deadline=deadline, notice_received_on=notice, application_type=kind)
    if not any(law.of_kind("scope", kind)) or notice > counted_to:
        return 0.0
    judgment = _usual(kind, appeal, judged_on, law) if judged_on <= counted_to else None
    if judgment is not None:
        late = LateDecision(deadline, notice, judgments=(judgment,), application_type=kind)
    try:
        found = late_decision_cost(late, law, counted_to=counted_to)
    except UsageError:
        return 0.0
    return found.administrative_eur + found.judicial_eur


def _usual(kind: str, appeal: date, judged_on: date, law: Law) -> Judgment | None:
    """Give the judgment that is most common on a day; none where no practice is known or no penalty is allowed."""
    if not judicial_penalty_allowed(law, kind, judged_on, known_on=judged_on):
        return None
    family = next(row.family for row in law.types if row.id == kind)
    phase = next((name for name in phases(law) if name == family), phases(law)[0])
    try:
        weeks = court_terms(law, phase, judged_on)
        amounts = court_penalties(law, "first", judged_on)
    except UsageError:
        return None
    term = weeks.outcomes[weeks.probabilities.argmax()][0]
    per_day, maximum = amounts.outcomes[amounts.probabilities.argmax()]
    return Judgment(appeal, judged_on, float(per_day), float(maximum), int(term))
