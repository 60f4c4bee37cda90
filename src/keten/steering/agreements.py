# SPDX-License-Identifier: EUPL-1.2
"""What partners agreed with each other, and whether it is kept: in a period, over a year, and within its error budget.

A performance agreement has two sides with duties, a norm that may change through time, and an error budget: the share
of periods, or of cases, that may miss the norm without the agreement being broken. What is not known is never kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from math import floor, isfinite

from keten.domain.bounds import problem_of
from keten.domain.errors import ParameterError, Problem
from keten.domain.words import Direction

_DECIMALS = 9
"""Differences smaller than this are the arithmetic of the machine, not a miss."""


class Parties(StrEnum):
    """Joint: three or more partners, or the chain as a whole. Bilateral: two partners."""

    JOINT = "joint"
    BILATERAL = "bilateral"


class Nature(StrEnum):
    """Quantitative: a norm in numbers. Qualitative: people judge whether it was kept."""

    QUANTITATIVE = "quantitative"
    QUALITATIVE = "qualitative"


class Subject(StrEnum):
    """What the agreement is about: how it goes (performance), what comes out (result), how many (production)."""

    PERFORMANCE = "performance"
    RESULT = "result"
    PRODUCTION = "production"


class Counting(StrEnum):
    """Whether periods add up to the year (a number of cases) or each stands alone (a share, a lead time)."""

    ADDS_UP = "adds_up"
    STANDS_ALONE = "stands_alone"


class BudgetUnit(StrEnum):
    """Of what a part may miss."""

    PERIODS = "periods"
    CASES = "cases"


class Verdict(StrEnum):
    """What can be said of an agreement.

    `RUNNING`: the year is not over and it can still be kept. `UNKNOWN`: an actual that should be there is missing.
    `NOT_AGREED`: no norm holds, so there is nothing to keep yet.
    """

    KEPT = "kept"
    BROKEN = "broken"
    RUNNING = "running"
    UNKNOWN = "unknown"
    NOT_AGREED = "not_agreed"


@dataclass(frozen=True)
class Norm:
    """The agreed value of one period, for periods that start in [valid_from, valid_until)."""

    value: float
    valid_from: date = date.min
    valid_until: date = date.max


@dataclass(frozen=True)
class ErrorBudget:
    """The share (0 up to 1) of periods or cases of a year that may miss the norm."""

    unit: BudgetUnit
    share: float


@dataclass(frozen=True)
class Duty:
    """What one side must do so that the other side can keep its part."""

    partner: str
    nl: str
    en: str


@dataclass(frozen=True)
class Agreement:
    """A performance agreement between partners.

    Parameters
    ----------
    partners
        Identifiers of the partners that agreed: two when bilateral, two or more when joint.
    norms
        The norm through time, in `unit` per period; empty for a qualitative agreement, or when it is still to be
        agreed.
    still_to_be_agreed
        Why there is no norm yet; empty when there is one.
    covers
        Identifiers of the risks this agreement covers.
    """

    id: str
    parties: Parties
    nature: Nature
    subject: Subject
    partners: tuple[str, ...]
    duties: tuple[Duty, ...]
    direction: Direction = Direction.HIGHER_IS_BETTER
    counting: Counting = Counting.STANDS_ALONE
    unit: str = ""
    norms: tuple[Norm, ...] = ()
    error_budget: ErrorBudget | None = None
    handover_point: str | None = None
    covers: tuple[str, ...] = ()
    still_to_be_agreed: str = ""

    def norm_at(self, on: date) -> Norm | None:
        """Give the norm that holds on a day; None when none does."""
        return next((norm for norm in self.norms if norm.valid_from <= on < norm.valid_until), None)


@dataclass(frozen=True)
class Actual:
    """What a period brought, as known since `recorded_on`; a correction is a later actual of the same period.

    `value` belongs to a quantitative agreement, `kept` to a qualitative one. With an error budget in cases, `cases` is
    how many were counted and `missed` how many of them missed the norm. `period_end` is the last day of the period.
    """

    period_start: date
    period_end: date
    recorded_on: date
    value: float | None = None
    kept: bool | None = None
    cases: int | None = None
    missed: int | None = None


@dataclass(frozen=True)
class PeriodVerdict:
    """What one period says; `shortfall` is how much worse than the norm, in its unit (negative: better)."""

    actual: Actual
    norm: Norm | None
    verdict: Verdict
    shortfall: float | None


@dataclass(frozen=True)
class BudgetUse:
    """How much of an error budget is used, in periods or cases; `allowed` is how many may miss in the year."""

    unit: BudgetUnit
    allowed: int
    used: int

    @property
    def left(self) -> int:
        """How many may still miss; negative when the budget is overrun."""
        return self.allowed - self.used

    @property
    def share_used(self) -> float | None:
        """Used as a share of what is allowed; None when nothing may miss."""
        return self.used / self.allowed if self.allowed else None


@dataclass(frozen=True)
class YearVerdict:
    """What a year says of an agreement.

    `agreed` and `realised` are totals of the periods known so far, and only there when periods add up; `still_needed`
    is what the rest of the year must bring. `missing` are the periods that are over without an actual.
    """

    verdict: Verdict
    periods: tuple[PeriodVerdict, ...]
    budget: BudgetUse | None
    agreed: float | None
    realised: float | None
    still_needed: float | None
    missing: tuple[date, ...]


def problems_of(agreement: Agreement) -> list[Problem]:
    """Find everything that makes an agreement no agreement; empty when it is sound."""
    where = f"agreement {agreement.id}"
    found = [*_partner_problems(agreement), *_norm_problems(agreement), *_budget_problems(agreement)]
    return [Problem(where, what, remedy) for what, remedy in found]


def check(agreements: Iterable[Agreement]) -> None:
    """Refuse agreements that are not sound.

    Raises
    ------
    ParameterError
        With every problem of every agreement.
    """
    problems = [problem for agreement in agreements for problem in problems_of(agreement)]
    if problems:
        raise ParameterError("The agreements", problems)


def problems_of_actual(
    agreement: Agreement, actual: Actual, others: Iterable[Actual], *, corrects: Actual | None = None
) -> list[Problem]:
    """Find what makes a row no actual of an agreement; empty when it is sound.

    Parameters
    ----------
    others
        The other actuals of the agreement, also those that were corrected.
    corrects
        The actual of which this one is the correction; None when it is the first of its period.
    """
    where = f"actual of agreement {agreement.id}"
    found = [
        *_nature_problems(agreement, actual),
        *_part_problems(actual),
        *_period_problems(actual, others, corrects),
    ]
    return [Problem(where, what, remedy) for what, remedy in found]


def as_known_on(actuals: Iterable[Actual], on: date) -> tuple[Actual, ...]:
    """Give the actual of each period as it was known on a day: the latest recorded by then, in order of period."""
    known: dict[date, Actual] = {}
    for actual in sorted(actuals, key=lambda row: row.recorded_on):
        if actual.recorded_on <= on:
            known[actual.period_start] = actual
    return tuple(known[start] for start in sorted(known))


def judge_period(agreement: Agreement, actual: Actual) -> PeriodVerdict:
    """Say whether the agreement was kept in one period."""
    if agreement.nature is Nature.QUALITATIVE:
        return PeriodVerdict(actual, None, _judged_by_people(actual.kept), None)
    norm = agreement.norm_at(actual.period_start)
    if norm is None:
        return PeriodVerdict(actual, None, Verdict.NOT_AGREED, None)
    if actual.value is None or not isfinite(actual.value):
        return PeriodVerdict(actual, norm, Verdict.UNKNOWN, None)
    worse = actual.value - norm.value if agreement.direction is Direction.LOWER_IS_BETTER else norm.value - actual.value
    shortfall = round(worse, _DECIMALS)
    return PeriodVerdict(actual, norm, Verdict.BROKEN if shortfall > 0 else Verdict.KEPT, shortfall)


def judge_year(
    agreement: Agreement, actuals: Iterable[Actual], periods: Sequence[tuple[date, date]], *, on: date
) -> YearVerdict:
    """Say whether an agreement is kept over a year, and how much of its error budget is used.

    Parameters
    ----------
    actuals
        Actuals of the agreement, corrections included; only what was recorded by `on` counts.
    periods
        First and last day of every period of the year.
    on
        The day on which the question is asked.

    Returns
    -------
    YearVerdict
        `BROKEN` as soon as the budget is overrun, or at the end of the year when the total falls short; `KEPT` only
        when the year is over and everything is known; `UNKNOWN` when a period that is over has no actual;
        `NOT_AGREED` when no norm holds in any period.
    """
    known = {row.period_start: row for row in as_known_on(actuals, on)}
    judged = tuple(judge_period(agreement, known[start]) for start, _ in periods if start in known)
    silent = {row.actual.period_start for row in judged if row.verdict is Verdict.UNKNOWN}
    over = [start for start, end in periods if end < on and _counts(agreement, start)]
    missing = tuple(start for start in over if start not in known or start in silent)
    is_over = all(end < on for _, end in periods)
    budget = _budget_use(agreement, judged, periods)
    agreed, realised, still_needed = _totals(agreement, judged, periods)
    verdict = _verdict(agreement, judged, budget, still_needed, missing, is_over, periods)
    return YearVerdict(verdict, judged, budget, agreed, realised, still_needed, missing)


def months_of(year: int) -> tuple[tuple[date, date], ...]:
    """First and last day of the twelve months of a year."""
    starts = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
    return tuple((start, date.fromordinal(after.toordinal() - 1)) for start, after in pairwise(starts))


def _judged_by_people(kept: bool | None) -> Verdict:
    if kept is None:
        return Verdict.UNKNOWN
    return Verdict.KEPT if kept else Verdict.BROKEN


def _counts(agreement: Agreement, start: date) -> bool:
    return agreement.nature is Nature.QUALITATIVE or agreement.norm_at(start) is not None


def _budget_use(
    agreement: Agreement, judged: Sequence[PeriodVerdict], periods: Sequence[tuple[date, date]]
) -> BudgetUse | None:
    budget = agreement.error_budget
    if budget is None:
        return None
    if budget.unit is BudgetUnit.PERIODS:
        countable = sum(_counts(agreement, start) for start, _ in periods)
        used = sum(row.verdict is Verdict.BROKEN for row in judged)
        return BudgetUse(budget.unit, _whole_part(budget.share * countable), used)
    counted = sum(row.actual.cases or 0 for row in judged)
    return BudgetUse(budget.unit, _whole_part(budget.share * counted), sum(row.actual.missed or 0 for row in judged))


def _whole_part(number: float) -> int:
    # Nine tenths of ten is nine, whatever the machine makes of 0.9 * 10.
    return floor(round(number, _DECIMALS))


def _totals(
    agreement: Agreement, judged: Sequence[PeriodVerdict], periods: Sequence[tuple[date, date]]
) -> tuple[float | None, float | None, float | None]:
    if agreement.nature is Nature.QUALITATIVE or agreement.counting is Counting.STANDS_ALONE:
        return None, None, None
    norms = [norm.value for start, _ in periods if (norm := agreement.norm_at(start))]
    if not norms:
        return None, None, None
    known = [row for row in judged if row.norm is not None and row.shortfall is not None]
    agreed = round(sum(row.norm.value for row in known if row.norm), _DECIMALS)
    realised = round(sum(row.actual.value or 0.0 for row in known), _DECIMALS)
    return agreed, realised, round(sum(norms) - realised, 6)


def _verdict(
    agreement: Agreement,
    judged: Sequence[PeriodVerdict],
    budget: BudgetUse | None,
    still_needed: float | None,
    missing: Sequence[date],
    is_over: bool,
    periods: Sequence[tuple[date, date]],
) -> Verdict:
    if not any(_counts(agreement, start) for start, _ in periods):
        return Verdict.NOT_AGREED
    if _is_lost(agreement, judged, budget, still_needed, is_over and not missing):
        return Verdict.BROKEN
    if missing:
        return Verdict.UNKNOWN
    return Verdict.KEPT if is_over else Verdict.RUNNING


def _is_lost(
    agreement: Agreement,
    judged: Sequence[PeriodVerdict],
    budget: BudgetUse | None,
    still_needed: float | None,
    is_complete: bool,
) -> bool:
    if still_needed is not None:
        lower = agreement.direction is Direction.LOWER_IS_BETTER
        # Too many is lost at once; too few only when nothing can be added any more.
        return still_needed < 0 if lower else is_complete and still_needed > 0
    if budget is not None and budget.unit is BudgetUnit.CASES:
        # More cases may still come and widen the budget, so that only a whole year can overrun it.
        return is_complete and budget.left < 0
    allowed = budget.allowed if budget else 0
    return sum(row.verdict is Verdict.BROKEN for row in judged) > allowed


def _partner_problems(agreement: Agreement) -> Iterable[tuple[str, str]]:
    count = len(set(agreement.partners))
    if count != len(agreement.partners):
        yield "a partner is named twice.", "Name each partner once."
    if agreement.parties is Parties.BILATERAL and count != 2:
        yield (
            f"a bilateral agreement has two partners, this one has {count}.",
            "Correct the partners, or make it joint.",
        )
    if agreement.parties is Parties.JOINT and count < 2:
        yield f"a joint agreement has several partners, this one has {count}.", "Add the other partners."
    for partner in sorted(set(agreement.partners) - {duty.partner for duty in agreement.duties}):
        yield f"{partner} has no duty.", "Write what this side must do, or leave the partner out."
    for partner in sorted({duty.partner for duty in agreement.duties} - set(agreement.partners)):
        yield f"{partner} has a duty but did not agree.", "Add the partner, or remove the duty."


def _norm_problems(agreement: Agreement) -> Iterable[tuple[str, str]]:
    quantitative = agreement.nature is Nature.QUANTITATIVE
    if quantitative and bool(agreement.norms) == bool(agreement.still_to_be_agreed):
        yield (
            "has a norm or a reason why it is still to be agreed, one of the two.",
            "Add the one, or remove the other.",
        )
    if not quantitative and agreement.norms:
        yield "a qualitative agreement has no norm in numbers.", "Remove the norm, or make it quantitative."
    if agreement.norms and not agreement.unit:
        yield "the norm has no unit.", "Say in which unit it is."
    for norm in agreement.norms:
        if norm.valid_from >= norm.valid_until or not isfinite(norm.value):
            yield f"the norm from {norm.valid_from} is not a value in a period.", "Correct its value or its dates."
        elif agreement.unit and (wrong := problem_of(agreement.id, norm.value, agreement.unit)):
            yield f"the norm of {wrong.what}", wrong.remedy
    for earlier, later in pairwise(sorted(agreement.norms, key=lambda norm: norm.valid_from)):
        if later.valid_from < earlier.valid_until:
            yield f"two norms hold on {later.valid_from}.", "End the earlier one where the later one starts."


def _budget_problems(agreement: Agreement) -> Iterable[tuple[str, str]]:
    budget = agreement.error_budget
    if budget is not None and not 0 <= budget.share < 1:
        yield f"an error budget of {budget.share} is not a share from 0 up to 1.", "Give the share that may miss."
    if budget is not None and agreement.counting is Counting.ADDS_UP:
        yield "what adds up over a year is judged on its total.", "Remove the error budget, or judge each period."


def _nature_problems(agreement: Agreement, actual: Actual) -> Iterable[tuple[str, str]]:
    if agreement.nature is Nature.QUALITATIVE and actual.value is not None:
        yield "a qualitative agreement is kept or not, it has no value.", "Say whether it was kept."
    if agreement.nature is Nature.QUANTITATIVE and actual.kept is not None:
        yield "a quantitative agreement is judged on its value.", "Give the value, and leave “kept” empty."


def _part_problems(actual: Actual) -> Iterable[tuple[str, str]]:
    if actual.missed is not None and actual.cases is None:
        yield "of how many cases these missed is not said.", "Give the cases counted."
    if actual.missed is not None and actual.cases is not None and actual.missed > actual.cases:
        yield (
            f"{actual.missed} missed of {actual.cases} cases.",
            "A part is no more than the whole; correct one of them.",
        )


def _period_problems(actual: Actual, others: Iterable[Actual], corrects: Actual | None) -> Iterable[tuple[str, str]]:
    if corrects is not None:
        if (actual.period_start, actual.period_end) != (corrects.period_start, corrects.period_end):
            first, last = corrects.period_start, corrects.period_end
            yield f"the row it corrects is about {first} up to {last}.", "A correction has the same period."
        return
    for other in others:
        if actual.period_start <= other.period_end and other.period_start <= actual.period_end:
            yield (
                f"there is an actual of {other.period_start} up to {other.period_end} already.",
                "Change that one, or add a correction that names it: a month counts once.",
            )
            return
