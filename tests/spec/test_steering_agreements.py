# SPDX-License-Identifier: EUPL-1.2
"""When an agreement is kept: in a period, over a year, and how much of its error budget is used."""

from dataclasses import replace
from datetime import date

import pytest
from indicator_tables import written

from keten.domain.errors import ParameterError
from keten.domain.words import Direction
from keten.steering.agreements import (
    Actual,
    Agreement,
    BudgetUnit,
    Counting,
    Duty,
    ErrorBudget,
    Nature,
    Norm,
    NormPer,
    Parties,
    Subject,
    Unjudged,
    Verdict,
    as_known_on,
    carried_over,
    check,
    judge_period,
    judge_year,
    months_between,
    months_of,
    problems_of,
    problems_of_actual,
)

YEAR = months_of(2023)
DUTIES = (Duty("IND", "Beslist op tijd.", "Decides in time."), Duty("COA", "Brengt de mensen.", "Brings people."))
IN_TIME = Agreement(
    id="in_time",
    parties=Parties.BILATERAL,
    nature=Nature.QUANTITATIVE,
    subject=Subject.PERFORMANCE,
    partners=("IND", "COA"),
    duties=DUTIES,
    unit="share",
    norms=(Norm(0.80, valid_until=date(2023, 7, 1)), Norm(0.90, valid_from=date(2023, 7, 1))),
    error_budget=ErrorBudget(BudgetUnit.PERIODS, 0.25),
)
PRODUCTION = replace(
    IN_TIME,
    id="production",
    subject=Subject.PRODUCTION,
    counting=Counting.ADDS_UP,
    unit="cases",
    norms=(Norm(100),),
    error_budget=None,
)
WEEKS = replace(IN_TIME, id="weeks", unit="weeks", direction=Direction.LOWER_IS_BETTER, norms=(Norm(26),))
QUALITATIVE = replace(IN_TIME, id="quality", nature=Nature.QUALITATIVE, norms=(), unit="", error_budget=None)


def actuals(values, recorded_on=date(2024, 1, 15)):
    """Actuals of the first months of 2023; `?` has no value, `-` is not there at all."""
    return [
        Actual(start, end, min(recorded_on, date(2024, 1, 15)), value=None if text == "?" else float(text))
        for (start, end), text in zip(YEAR, values.split(), strict=False)
        if text != "-"
    ]


def test_a_period_is_judged_against_the_norm_that_held_when_it_began():
    january, july = YEAR[0], YEAR[6]
    table = """
        agreement | month   | value | verdict
        in_time   | january | 0.80  | kept
        in_time   | january | 0.79  | broken
        in_time   | july    | 0.89  | broken
        in_time   | july    | 0.90  | kept
        weeks     | july    | 26    | kept
        weeks     | july    | 26.1  | broken
        in_time   | july    | ?     | unknown
    """
    for row in written(table):
        start, end = january if row["month"] == "january" else july
        value = None if row["value"] == "?" else float(row["value"])
        agreement = {"in_time": IN_TIME, "weeks": WEEKS}[row["agreement"]]
        verdict = judge_period(agreement, Actual(start, end, date(2023, 8, 1), value=value)).verdict
        assert verdict == Verdict(row["verdict"]), row


def test_without_a_norm_there_is_nothing_to_keep():
    later = replace(IN_TIME, norms=(Norm(0.9, valid_from=date(2024, 1, 1)),))
    assert judge_period(later, actuals("0.1")[0]).verdict is Verdict.NOT_AGREED
    assert judge_year(later, actuals("0.1"), YEAR, on=date(2024, 2, 1)).verdict is Verdict.NOT_AGREED


def test_a_year_within_its_error_budget_is_kept_and_says_how_much_was_used():
    on = date(2024, 2, 1)
    year = judge_year(IN_TIME, actuals("0.7 0.8 0.8 0.8 0.8 0.8 0.9 0.9 0.8 0.9 0.9 0.8"), YEAR, on=on)
    assert (year.verdict, year.budget.allowed, year.budget.used, year.budget.left) == (Verdict.KEPT, 3, 3, 0)
    assert year.budget.share_used == 1
    overrun = judge_year(IN_TIME, actuals("0.7 0.8 0.8 0.8 0.8 0.8 0.8 0.9 0.8 0.9 0.9 0.8"), YEAR, on=on)
    assert (overrun.verdict, overrun.budget.left) == (Verdict.BROKEN, -1)


def test_what_can_be_said_during_the_year():
    table = """
        agreement  | on         | values                                          | verdict
        in_time    | 2023-04-01 | 0.8 0.8 0.8                                     | running
        in_time    | 2023-04-01 | 0.8 - 0.8                                       | unknown
        in_time    | 2023-04-01 | 0.8 ? 0.8                                       | unknown
        in_time    | 2023-05-01 | 0.7 0.7 0.7 0.7                                 | broken
        in_time    | 2023-05-01 | 0.7 0.7 0.7 -                                   | unknown
        production | 2023-04-01 | 50 50 50                                        | running
        production | 2024-02-01 | 50 50 50 50 50 50 200 150 150 150 150 99        | broken
        production | 2024-02-01 | 50 50 50 50 50 50 200 150 150 150 150 100       | kept
        production | 2024-02-01 | 50 50 50 50 50 50 200 150 150 150 150 ?         | unknown
    """
    for row in written(table):
        agreement = {"in_time": IN_TIME, "production": PRODUCTION}[row["agreement"]]
        on = date.fromisoformat(row["on"])
        judged = judge_year(agreement, actuals(row["values"], recorded_on=on), YEAR, on=on)
        assert judged.verdict == Verdict(row["verdict"]), row


def test_production_says_what_the_rest_of_the_year_must_bring():
    judged = judge_year(PRODUCTION, actuals("90 120 80", recorded_on=date(2023, 4, 10)), YEAR, on=date(2023, 4, 10))
    assert (judged.agreed, judged.realised, judged.still_needed) == (300, 290, 910)


PLAN = replace(
    PRODUCTION,
    id="plan",
    norms=(Norm(22_184, date(2023, 1, 1), date(2024, 1, 1)),),
    norm_per=NormPer.WHOLE,
    counts="handled.track_4.annual_plan",
)
BAA = replace(
    PRODUCTION,
    id="baa",
    norms=(Norm(13_000, date(2023, 5, 1), date(2024, 5, 1)),),
    norm_per=NormPer.WHOLE,
    term=(date(2023, 5, 1), date(2024, 4, 30)),
    counts="handled.baa",
)
BY_NAME = {"plan": PLAN, "baa": BAA, "in_time": IN_TIME, "weeks": WEEKS}


def figure(period, value, recorded_on=None):
    first, last = (date.fromisoformat(day) for day in period.split(" .. "))
    return Actual(first, last, recorded_on or last, value=float(value))


def test_a_figure_is_judged_against_what_was_agreed_for_a_period_of_its_length():
    table = """
        agreement | period                   | value  | agreed  | verdict | why
        plan      | 2023-01-01 .. 2023-01-31 | 1849   | 1848.67 | kept    |
        plan      | 2023-01-01 .. 2023-06-30 | 9000   | 11092   | broken  |
        plan      | 2023-01-01 .. 2023-06-30 | 11092  | 11092   | kept    |
        plan      | 2023-04-01 .. 2023-06-30 | 5546   | 5546    | kept    |
        plan      | 2023-01-01 .. 2023-12-31 | 22183  | 22184   | broken  |
        plan      | 2023-01-01 .. 2023-01-15 | 1000   |         | unknown | parts_of_months
        plan      | 2023-12-01 .. 2024-01-31 | 4000   |         | unknown | partly_agreed
        plan      | 2024-01-01 .. 2024-01-31 | 4000   |         | not_agreed |
        baa       | 2023-05-01 .. 2023-12-31 | 11200  | 8666.67 | kept    |
        baa       | 2023-01-01 .. 2023-12-31 | 11200  |         | unknown | outside_term
        in_time   | 2023-01-01 .. 2023-06-30 | 0.79   | 0.8     | broken  |
        in_time   | 2023-01-01 .. 2023-12-31 | 0.95   |         | unknown | norm_changes
        weeks     | 2023-01-09 .. 2023-01-13 | 26     | 26      | kept    |
    """
    for row in written(table):
        judged = judge_period(BY_NAME[row["agreement"]], figure(row["period"], row["value"]))
        assert judged.verdict == Verdict(row["verdict"]), row
        assert judged.agreed == (pytest.approx(float(row["agreed"]), abs=0.01) if row["agreed"] else None), row
        assert judged.why == (Unjudged(row["why"]) if row["why"] else None), row


def test_a_half_year_takes_the_place_of_its_months():
    half = [figure("2023-01-01 .. 2023-06-30", 9_000, date(2023, 7, 10))]
    judged = judge_year(PLAN, half, YEAR, on=date(2023, 7, 13))
    assert (judged.verdict, judged.agreed, judged.realised, judged.still_needed) == (
        Verdict.RUNNING, 11_092, 9_000, 13_184,
    )  # fmt: skip
    assert judged.missing == ()
    later = judge_year(PLAN, half, YEAR, on=date(2023, 9, 1))
    assert (later.verdict, later.missing) == (Verdict.UNKNOWN, (date(2023, 7, 1), date(2023, 8, 1)))


def test_a_month_counts_once_when_it_was_told_twice():
    twice = [figure("2023-01-01 .. 2023-06-30", 9_000), figure("2023-01-01 .. 2023-01-31", 1_900)]
    judged = judge_year(PLAN, twice, YEAR, on=date(2023, 7, 1))
    assert judged.realised == 1_900
    assert [row.why for row in judged.periods] == [None, Unjudged.COUNTED_ELSEWHERE]


def test_an_agreement_has_its_own_term():
    eleven = [figure("2023-05-01 .. 2023-12-31", 11_200)]
    first_year = months_between(*BAA.term_in(2023))
    judged = judge_year(BAA, eleven, first_year, on=date(2024, 1, 1))
    assert (judged.verdict, judged.still_needed) == (Verdict.RUNNING, 1_800)
    rest = [*eleven, figure("2024-01-01 .. 2024-04-30", 1_799)]
    assert judge_year(BAA, rest, first_year, on=date(2024, 5, 1)).verdict is Verdict.BROKEN
    rest[1] = replace(rest[1], value=1_800)
    assert judge_year(BAA, rest, first_year, on=date(2024, 5, 1)).verdict is Verdict.KEPT


def test_a_figure_that_counts_something_else_is_not_judged():
    decided = replace(figure("2023-01-01 .. 2023-01-31", 1_900), counts="decided.track_4")
    judged = judge_period(PLAN, decided)
    assert (judged.verdict, judged.why, judged.shortfall) == (Verdict.UNKNOWN, Unjudged.COUNTS_OTHERWISE, None)


def test_what_is_no_actual_of_its_agreement():
    january = figure("2023-01-01 .. 2023-01-31", 1_900, date(2023, 2, 1))
    table = """
        agreement | actual                                          | corrects | said
        plan      | 2023-01-01 .. 2023-03-31                        |          | already
        plan      | 2023-01-01 .. 2023-01-31                        |          | already
        plan      | 2023-01-01 .. 2023-01-31                        | january  |
        plan      | 2023-01-01 .. 2023-03-31                        | january  | same period
        plan      | 2023-02-01 .. 2023-02-28                        |          |
        plan      | 2023-02-01 .. 2023-02-27                        |          | whole months
        baa       | 2023-04-01 .. 2023-04-30                        |          | runs from
    """
    for row in written(table):
        actual = replace(figure(row["actual"], 1), recorded_on=date(2024, 6, 1))
        corrects = january if row["corrects"] else None
        problems = problems_of_actual(BY_NAME[row["agreement"]], actual, [january], corrects=corrects)
        assert [row["said"] in str(problem) for problem in problems] == ([True] if row["said"] else []), row


def test_too_many_is_lost_at_once():
    refusals = replace(PRODUCTION, direction=Direction.LOWER_IS_BETTER, norms=(Norm(10),))
    judged = judge_year(refusals, actuals("100 21", recorded_on=date(2023, 3, 1)), YEAR, on=date(2023, 3, 1))
    assert judged.verdict is Verdict.BROKEN


def test_an_error_budget_in_cases():
    per_case = replace(IN_TIME, error_budget=ErrorBudget(BudgetUnit.CASES, 0.1), norms=(Norm(0.9),))
    rows = [Actual(start, end, end, value=0.9, cases=50, missed=5) for start, end in YEAR]
    kept = judge_year(per_case, rows, YEAR, on=date(2024, 1, 1))
    assert (kept.verdict, kept.budget.allowed, kept.budget.used) == (Verdict.KEPT, 60, 60)
    rows[3] = replace(rows[3], missed=6, value=0.88)
    assert judge_year(per_case, rows, YEAR, on=date(2024, 1, 1)).verdict is Verdict.BROKEN
    assert judge_year(per_case, rows[:4], YEAR, on=date(2023, 5, 1)).verdict is Verdict.RUNNING


def test_people_judge_a_qualitative_agreement():
    rows = [Actual(start, end, end, kept=month != 5) for month, (start, end) in enumerate(YEAR, start=1)]
    judged = judge_year(QUALITATIVE, rows, YEAR, on=date(2024, 1, 1))
    assert [row.verdict for row in judged.periods[3:6]] == [Verdict.KEPT, Verdict.BROKEN, Verdict.KEPT]
    assert judged.verdict is Verdict.BROKEN
    assert judge_period(QUALITATIVE, replace(rows[0], kept=None)).verdict is Verdict.UNKNOWN


def test_a_correction_stands_beside_the_first_figure_and_counts_from_the_day_it_was_recorded():
    start, end = YEAR[0]
    first = Actual(start, end, date(2023, 2, 10), value=0.85)
    correction = Actual(start, end, date(2023, 6, 1), value=0.75)
    assert as_known_on([correction, first], date(2023, 5, 31)) == (first,)
    assert as_known_on([correction, first], date(2023, 6, 1)) == (correction,)
    assert as_known_on([correction, first], date(2023, 2, 1)) == ()


def test_an_agreement_that_is_none_is_refused_with_every_problem():
    wrong = replace(
        IN_TIME,
        partners=("IND", "COA", "DTV"),
        duties=(*DUTIES, Duty("IOM", "x", "x")),
        norms=(Norm(0.8), Norm(0.9, valid_from=date(2023, 1, 1))),
        unit="",
        error_budget=ErrorBudget(BudgetUnit.PERIODS, 1.5),
    )
    with pytest.raises(ParameterError) as refusal:
        check([IN_TIME, wrong, replace(PRODUCTION, id="no_norm", norms=())])
    said = [str(problem.what) for problem in refusal.value.problems]
    assert said == [
        "a bilateral agreement has two partners, this one has 3.",
        "DTV has no duty.",
        "IOM has a duty but did not agree.",
        "the norm has no unit.",
        "two norms hold on 2023-01-01.",
        "an error budget of 1.5 is not a share from 0 up to 1.",
        "has a norm or a reason why it is still to be agreed, one of the two.",
    ]


def test_a_norm_that_is_still_to_be_agreed_is_no_problem():
    assert problems_of(replace(PRODUCTION, norms=(), still_to_be_agreed="No public source gives one.")) == []
    assert problems_of(QUALITATIVE) == []


def test_an_agreement_goes_on_with_the_norm_of_the_year_before():
    table = """
        agreement | norm  | from       | until
        plan      | 22184 | 2024-01-01 | 2025-01-01
        baa       | 13000 | 2024-05-01 | 2025-05-01
        in_time   | 0.9   | 2024-01-01 | 2025-01-01
    """
    for row in written(table):
        after = carried_over(BY_NAME[row["agreement"]], 2023)
        days = (date.fromisoformat(row["from"]), date.fromisoformat(row["until"]))
        assert after.norms == (Norm(float(row["norm"]), *days),), row
    assert carried_over(BAA, 2023).term == (date(2024, 5, 1), date(2025, 4, 30))
    assert carried_over(replace(IN_TIME, norms=()), 2023).norms == ()
