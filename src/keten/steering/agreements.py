# SPDX-License-Identifier: EUPL-1.2
"""What partners agreed with each other, and whether it is kept: in a period, over a year, and within its error budget.

A performance agreement has two sides with duties, a norm that may change through time, and an error budget: the share
of periods, or of cases, that may miss the norm without the agreement being broken. What is not known is never kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from math import floor, isfinite

from keten.domain.bounds import problem_of
from keten.domain.errors import ParameterError, Problem
from keten.domain.language import Words
from keten.domain.words import Direction
from keten.steering.problems import (
    ACTUAL_TWICE,
    BUDGET_NO_SHARE,
    BUDGET_OF_TOTAL,
    COUNTED_TWICE,
    DUTY_WITHOUT_PARTY,
    KEPT_OF_QUANTITATIVE,
    KNOWN_TOO_EARLY,
    MISSED_OF_UNKNOWN,
    MORE_THAN_WHOLE,
    NO_DUTY,
    NORM_NO_VALUE,
    NORM_NOT_WHOLE,
    NORM_OF_QUALITATIVE,
    NORM_OR_REASON,
    NORM_WITHOUT_UNIT,
    NOT_TWO_PARTNERS,
    OTHER_PERIOD,
    OUTSIDE_TERM,
    PARTNER_TWICE,
    PERIOD_NOT_WHOLE,
    TERM_BACKWARD,
    TERM_NOT_WHOLE,
    THE_NORM_OF,
    TOO_FEW_PARTNERS,
    TWO_NORMS,
    VALUE_OF_QUALITATIVE,
)

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


class NormPer(StrEnum):
    """Over which length of time a norm holds that adds up: a month, a quarter, or the whole time the norm is valid."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    WHOLE = "whole"


class Unjudged(StrEnum):
    """Why a figure says nothing of an agreement yet.

    `PARTS_OF_MONTHS`: what adds up is divided over whole months, and this period is none. `PARTLY_AGREED`: for a part
    of the period no norm holds. `NORM_CHANGES`: the norm of what stands alone is not the same during the period.
    `OUTSIDE_TERM`: the period lies outside that of the agreement. `COUNTED_ELSEWHERE`: other figures tell the same
    months. `COUNTS_OTHERWISE`: the figure counts something else than was agreed.
    """

    NO_VALUE = "no_value"
    PARTS_OF_MONTHS = "parts_of_months"
    PARTLY_AGREED = "partly_agreed"
    NORM_CHANGES = "norm_changes"
    OUTSIDE_TERM = "outside_term"
    COUNTED_ELSEWHERE = "counted_elsewhere"
    COUNTS_OTHERWISE = "counts_otherwise"


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
    """The agreed value, valid in [valid_from, valid_until).

    What adds up is agreed per month, quarter, half-year or year, or for the whole time the norm is valid, and spread
    evenly over the months of it. What stands alone is the same for a period of any length.
    """

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
        The norm through time, in `unit`; empty for a qualitative agreement, or when it is still to be agreed.
    norm_per
        Over which length of time the norm of what adds up holds.
    term
        First and last day of the agreement itself, when it does not follow the calendar year.
    counts
        Identifier of the definition of what is counted; empty when nothing is.
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
    norm_per: NormPer = NormPer.MONTH
    term: tuple[date, date] | None = None
    counts: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether the periods of a norm in numbers add up."""
        return self.nature is Nature.QUANTITATIVE and self.counting is Counting.ADDS_UP

    def term_in(self, year: int) -> tuple[date, date]:
        """Give first and last day of what a year of the agreement is: its own term, else the calendar year."""
        return self.term or (date(year, 1, 1), date(year, 12, 31))

    def norm_at(self, on: date) -> Norm | None:
        """Give the norm that holds on a day; None when none does."""
        return next((norm for norm in self.norms if norm.valid_from <= on < norm.valid_until), None)


@dataclass(frozen=True)
class Actual:
    """What a period brought, as known since `recorded_on`; a correction is a later actual of the same period.

    `value` belongs to a quantitative agreement, `kept` to a qualitative one. With an error budget in cases, `cases` is
    how many were counted and `missed` how many of them missed the norm. `period_end` is the last day of the period.
    `counts` is the definition of what the value counts; empty when it is what was agreed.
    """

    period_start: date
    period_end: date
    recorded_on: date
    value: float | None = None
    kept: bool | None = None
    cases: int | None = None
    missed: int | None = None
    counts: str = ""


@dataclass(frozen=True)
class PeriodVerdict:
    """What one period says.

    `agreed` is what was agreed for this period, whatever its length; `shortfall` is how much worse than that, in its
    unit (negative: better). `why` tells why nothing can be said.
    """

    actual: Actual
    norm: Norm | None
    verdict: Verdict
    shortfall: float | None
    agreed: float | None = None
    why: Unjudged | None = None


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

    `agreed` and `realised` are totals of the periods known so far: only there when periods add up and one is known.
    `still_needed` is what the rest of the year must bring. `missing` are the periods that are over without an actual.
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
    where = Words(nl=f"afspraak {agreement.id}", en=f"agreement {agreement.id}")
    found = [
        *_partner_problems(agreement),
        *_norm_problems(agreement),
        *_term_problems(agreement),
        *_budget_problems(agreement),
    ]
    return [problem.at(where) for problem in found]


def carried_over(agreement: Agreement, year: int) -> Agreement:
    """Give an agreement as it would go on after a year of it: the same norm, in the year that follows.

    What adds up keeps its total of the year; what stands alone keeps the norm that held at the end of it. Without a
    norm in that year it stays to be agreed.
    """
    first, last = agreement.term_in(year)
    after = _month_after(last.replace(day=1), 1)
    length = (after.year - first.year) * 12 + after.month - first.month
    until = _month_after(after, length)
    term = (after, date.fromordinal(until.toordinal() - 1)) if agreement.term else None
    if agreement.nature is Nature.QUALITATIVE:
        return replace(agreement, term=term)
    held = agreed_over(agreement, first, last) if agreement.adds_up else _norm_at_end(agreement, first, last)
    if not isinstance(held, int | float):
        return replace(agreement, norms=(), term=term)
    per = NormPer.WHOLE if agreement.adds_up else agreement.norm_per
    return replace(agreement, norms=(Norm(held, after, until),), norm_per=per, term=term)


def _norm_at_end(agreement: Agreement, first: date, last: date) -> float | None:
    holding = [norm for norm in agreement.norms if norm.valid_from <= last and first < norm.valid_until]
    return max(holding, key=lambda norm: norm.valid_from).value if holding else None


def counted_twice(agreements: Iterable[Agreement]) -> list[Problem]:
    """Find agreements that count the same in the same time, so that one figure would count for both.

    Only what adds up is counted away: many agreements may look at one share or one lead time.
    """
    found = []
    known = [agreement for agreement in agreements if agreement.adds_up and agreement.counts]
    for number, one in enumerate(known):
        for other in known[number + 1 :]:
            if one.counts == other.counts and _overlap(one, other):
                found.append(COUNTED_TWICE.at(one.id, counts=one.counts, other=other.id))
    return found


def _overlap(one: Agreement, other: Agreement) -> bool:
    return any(a.valid_from < b.valid_until and b.valid_from < a.valid_until for a in one.norms for b in other.norms)


def check(agreements: Iterable[Agreement]) -> None:
    """Refuse agreements that are not sound.

    Raises
    ------
    ParameterError
        With every problem of every agreement.
    """
    problems = [problem for agreement in agreements for problem in problems_of(agreement)]
    if problems:
        raise ParameterError(Words(nl="De set afspraken", en="The agreements"), problems)


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
    where = Words(nl=f"realisatie van afspraak {agreement.id}", en=f"actual of agreement {agreement.id}")
    found = [
        *_nature_problems(agreement, actual),
        *_part_problems(actual),
        *_length_problems(agreement, actual),
        *_period_problems(actual, others, corrects),
    ]
    return [problem.at(where) for problem in found]


def as_known_on(actuals: Iterable[Actual], on: date) -> tuple[Actual, ...]:
    """Give the actual of each period as it was known on a day: the latest recorded by then, in order of period."""
    known: dict[tuple[date, date], Actual] = {}
    for actual in sorted(actuals, key=lambda row: row.recorded_on):
        if actual.recorded_on <= on:
            known[actual.period_start, actual.period_end] = actual
    return tuple(known[period] for period in sorted(known))


def agreed_over(agreement: Agreement, first: date, last: date) -> float | Unjudged | None:
    """Say what was agreed for a period of any length; None when no norm holds in it.

    What adds up is spread evenly over the months of its norm: a period of whole months has its share of it. What
    stands alone is the same for every length, as long as the norm does not change during the period.
    """
    months = months_between(first, last)
    norms = [agreement.norm_at(start) for start, _ in months] if months else [agreement.norm_at(first)]
    known = [norm for norm in norms if norm is not None]
    if not known:
        return None
    if agreement.counting is Counting.STANDS_ALONE:
        return known[0].value if set(norms) == {known[0]} else Unjudged.NORM_CHANGES
    if not months:
        return Unjudged.PARTS_OF_MONTHS
    if len(known) < len(norms):
        return Unjudged.PARTLY_AGREED
    return round(sum(norm.value / _months_of_norm(agreement, norm) for norm in known), _DECIMALS)


def judge_period(agreement: Agreement, actual: Actual) -> PeriodVerdict:
    """Say whether the agreement was kept in one period, against what was agreed for a period of that length."""
    if agreement.nature is Nature.QUALITATIVE:
        return PeriodVerdict(actual, None, _judged_by_people(actual.kept), None)
    norm = agreement.norm_at(actual.period_start)
    agreed = agreed_over(agreement, actual.period_start, actual.period_end)
    if agreed is None:
        return PeriodVerdict(actual, None, Verdict.NOT_AGREED, None)
    why = _why_unjudged(agreement, actual, agreed)
    if why is not None or isinstance(agreed, Unjudged) or actual.value is None:
        known = None if isinstance(agreed, Unjudged) else agreed
        return PeriodVerdict(actual, norm, Verdict.UNKNOWN, None, known, why)
    worse = actual.value - agreed if agreement.direction is Direction.LOWER_IS_BETTER else agreed - actual.value
    shortfall = round(worse, _DECIMALS)
    return PeriodVerdict(actual, norm, Verdict.BROKEN if shortfall > 0 else Verdict.KEPT, shortfall, agreed)


def judge_year(
    agreement: Agreement, actuals: Iterable[Actual], periods: Sequence[tuple[date, date]], *, on: date
) -> YearVerdict:
    """Say whether an agreement is kept over a year of it, and how much of its error budget is used.

    A figure over several of the periods takes their place: it is judged against what was agreed for all of them.

    Parameters
    ----------
    actuals
        Actuals of the agreement, corrections included; only what was recorded by `on` counts.
    periods
        First and last day of every period of the year, mostly its months.
    on
        The day on which the question is asked.

    Returns
    -------
    YearVerdict
        `BROKEN` as soon as the budget is overrun, or at the end of the year when the total falls short; `KEPT` only
        when the year is over and everything is known; `UNKNOWN` when a period that is over has no actual;
        `NOT_AGREED` when no norm holds in any period.
    """
    judged = _judged_in(agreement, as_known_on(actuals, on), periods)
    expected = _expected(judged, periods)
    said = {(row.actual.period_start, row.actual.period_end) for row in judged if row.verdict is not Verdict.UNKNOWN}
    over = [period for period in expected if period[1] < on and _counts(agreement, period[0])]
    missing = tuple(start for start, end in over if (start, end) not in said)
    is_over = all(end < on for _, end in periods)
    budget = _budget_use(agreement, judged, expected)
    agreed, realised, still_needed = _totals(agreement, judged, periods)
    verdict = _verdict(agreement, judged, budget, still_needed, missing, is_over, expected)
    return YearVerdict(verdict, judged, budget, agreed, realised, still_needed, missing)


def months_of(year: int) -> tuple[tuple[date, date], ...]:
    """First and last day of the twelve months of a year."""
    return months_between(date(year, 1, 1), date(year, 12, 31))


def months_between(first: date, last: date) -> tuple[tuple[date, date], ...]:
    """First and last day of each month from a first day up to a last day; empty when these are no whole months."""
    after = date.fromordinal(last.toordinal() + 1) if last < date.max else date.max
    if first.day != 1 or after.day != 1 or after <= first:
        return ()
    number = (after.year - first.year) * 12 + after.month - first.month
    starts = [_month_after(first, step) for step in range(number + 1)]
    return tuple((start, date.fromordinal(later.toordinal() - 1)) for start, later in pairwise(starts))


def _month_after(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


_MONTHS = {NormPer.MONTH: 1, NormPer.QUARTER: 3, NormPer.HALF_YEAR: 6, NormPer.YEAR: 12}


def _months_of_norm(agreement: Agreement, norm: Norm) -> int:
    """Give over how many months the value of a norm is spread."""
    if agreement.norm_per is not NormPer.WHOLE:
        return _MONTHS[agreement.norm_per]
    return (norm.valid_until.year - norm.valid_from.year) * 12 + norm.valid_until.month - norm.valid_from.month


def _why_unjudged(agreement: Agreement, actual: Actual, agreed: float | Unjudged) -> Unjudged | None:
    if agreement.counts and actual.counts not in {"", agreement.counts}:
        return Unjudged.COUNTS_OTHERWISE
    if agreement.term and not _within((actual.period_start, actual.period_end), agreement.term):
        return Unjudged.OUTSIDE_TERM
    if isinstance(agreed, Unjudged):
        return agreed
    return Unjudged.NO_VALUE if actual.value is None or not isfinite(actual.value) else None


def _within(period: tuple[date, date], whole: tuple[date, date]) -> bool:
    return whole[0] <= period[0] and period[1] <= whole[1]


def _judged_in(
    agreement: Agreement, known: Sequence[Actual], periods: Sequence[tuple[date, date]]
) -> tuple[PeriodVerdict, ...]:
    """Judge what is known of a year; of figures that tell the same months the shorter ones count."""
    if not periods:
        return ()
    year = (periods[0][0], periods[-1][1])
    own = [row for row in known if row.period_start <= year[1] and year[0] <= row.period_end]
    taken: list[tuple[date, date]] = []
    found: list[PeriodVerdict] = []
    for actual in sorted(own, key=lambda row: (row.period_end - row.period_start, row.period_start)):
        period = (actual.period_start, actual.period_end)
        judged = judge_period(agreement, actual)
        if not _within(period, year):
            judged = replace(judged, verdict=Verdict.UNKNOWN, shortfall=None, why=Unjudged.OUTSIDE_TERM)
        elif any(period[0] <= end and start <= period[1] for start, end in taken):
            judged = replace(judged, verdict=Verdict.UNKNOWN, shortfall=None, why=Unjudged.COUNTED_ELSEWHERE)
        elif judged.why in {None, Unjudged.NO_VALUE}:
            taken.append(period)
        found.append(judged)
    return tuple(sorted(found, key=lambda row: (row.actual.period_start, row.actual.period_end)))


def _expected(judged: Sequence[PeriodVerdict], periods: Sequence[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """Give the periods of a year, in which a figure over several of them takes their place."""
    longer = {
        (row.actual.period_start, row.actual.period_end)
        for row in judged
        if row.why in {None, Unjudged.NO_VALUE} and (row.actual.period_start, row.actual.period_end) not in periods
    }
    starts, ends = {start for start, _ in periods}, {end for _, end in periods}
    whole = {period for period in longer if period[0] in starts and period[1] in ends}
    return tuple(sorted([*whole, *(part for part in periods if not any(_within(part, row) for row in whole))]))


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
    parts = [agreed_over(agreement, start, end) for start, end in periods]
    norms = [part for part in parts if isinstance(part, float)]
    if not norms:
        return None, None, None
    known = [row for row in judged if row.shortfall is not None]
    if not known:  # not zero: nothing that counts is known yet
        return None, None, round(sum(norms), 6)
    agreed = round(sum(row.agreed or 0.0 for row in known), 6)
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


def _partner_problems(agreement: Agreement) -> Iterable[Problem]:
    count = len(set(agreement.partners))
    if count != len(agreement.partners):
        yield PARTNER_TWICE.of()
    if agreement.parties is Parties.BILATERAL and count != 2:
        yield NOT_TWO_PARTNERS.of(count=count)
    if agreement.parties is Parties.JOINT and count < 2:
        yield TOO_FEW_PARTNERS.of(count=count)
    for partner in sorted(set(agreement.partners) - {duty.partner for duty in agreement.duties}):
        yield NO_DUTY.of(partner=partner)
    for partner in sorted({duty.partner for duty in agreement.duties} - set(agreement.partners)):
        yield DUTY_WITHOUT_PARTY.of(partner=partner)


def _norm_problems(agreement: Agreement) -> Iterable[Problem]:
    quantitative = agreement.nature is Nature.QUANTITATIVE
    if quantitative and bool(agreement.norms) == bool(agreement.still_to_be_agreed):
        yield NORM_OR_REASON.of()
    if not quantitative and agreement.norms:
        yield NORM_OF_QUALITATIVE.of()
    if agreement.norms and not agreement.unit:
        yield NORM_WITHOUT_UNIT.of()
    for norm in agreement.norms:
        if norm.valid_from >= norm.valid_until or not isfinite(norm.value):
            yield NORM_NO_VALUE.of(valid_from=norm.valid_from)
        elif agreement.unit and (wrong := problem_of(agreement.id, norm.value, agreement.unit)):
            yield replace(wrong, what=THE_NORM_OF.filled(wrong=wrong.what))
    for earlier, later in pairwise(sorted(agreement.norms, key=lambda norm: norm.valid_from)):
        if later.valid_from < earlier.valid_until:
            yield TWO_NORMS.of(valid_from=later.valid_from)


def _term_problems(agreement: Agreement) -> Iterable[Problem]:
    if agreement.term is not None and agreement.term[1] < agreement.term[0]:
        yield TERM_BACKWARD.of()
    elif agreement.term is not None and agreement.adds_up and not months_between(*agreement.term):
        yield TERM_NOT_WHOLE.of()
    if agreement.adds_up:
        for norm in agreement.norms:
            if agreement.norm_per is NormPer.WHOLE and not _is_whole_months(norm):
                yield NORM_NOT_WHOLE.of(valid_from=norm.valid_from)


def _is_whole_months(norm: Norm) -> bool:
    is_bounded = norm.valid_from > date.min and norm.valid_until < date.max
    return is_bounded and norm.valid_from.day == norm.valid_until.day == 1


def _budget_problems(agreement: Agreement) -> Iterable[Problem]:
    budget = agreement.error_budget
    if budget is not None and not 0 <= budget.share < 1:
        yield BUDGET_NO_SHARE.of(share=budget.share)
    if budget is not None and agreement.counting is Counting.ADDS_UP:
        yield BUDGET_OF_TOTAL.of()


def _nature_problems(agreement: Agreement, actual: Actual) -> Iterable[Problem]:
    if agreement.nature is Nature.QUALITATIVE and actual.value is not None:
        yield VALUE_OF_QUALITATIVE.of()
    if agreement.nature is Nature.QUANTITATIVE and actual.kept is not None:
        yield KEPT_OF_QUANTITATIVE.of()


def _part_problems(actual: Actual) -> Iterable[Problem]:
    if actual.missed is not None and actual.cases is None:
        yield MISSED_OF_UNKNOWN.of()
    if actual.missed is not None and actual.cases is not None and actual.missed > actual.cases:
        yield MORE_THAN_WHOLE.of(missed=actual.missed, cases=actual.cases)


def _length_problems(agreement: Agreement, actual: Actual) -> Iterable[Problem]:
    period = (actual.period_start, actual.period_end)
    if agreement.term is not None and not _within(period, agreement.term):
        yield OUTSIDE_TERM.of(a=agreement.term[0], b=agreement.term[1])
    if agreement.adds_up and not months_between(*period):
        yield PERIOD_NOT_WHOLE.of()
    if agreement.adds_up and actual.recorded_on <= actual.period_end:
        yield KNOWN_TOO_EARLY.of()


def _period_problems(actual: Actual, others: Iterable[Actual], corrects: Actual | None) -> Iterable[Problem]:
    if corrects is not None:
        if (actual.period_start, actual.period_end) != (corrects.period_start, corrects.period_end):
            first, last = corrects.period_start, corrects.period_end
            yield OTHER_PERIOD.of(first=first, last=last)
        return
    for other in others:
        if actual.period_start <= other.period_end and other.period_start <= actual.period_end:
            yield ACTUAL_TWICE.of(period_start=other.period_start, period_end=other.period_end)
            return
