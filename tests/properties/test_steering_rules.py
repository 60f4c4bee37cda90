# SPDX-License-Identifier: EUPL-1.2
"""What holds for every agreement, signal and risk, whatever the figures."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from keten.domain.figures import summarise
from keten.domain.words import Direction, SignalState
from keten.steering.agreements import (
    Actual,
    Agreement,
    BudgetUnit,
    Counting,
    Duty,
    ErrorBudget,
    Nature,
    Norm,
    Parties,
    Subject,
    Verdict,
    judge_year,
    months_of,
)
from keten.steering.risks import probability_of_crossing, share_that_crosses
from keten.steering.signals import episodes, watch

YEAR = months_of(2023)
OVER = date(2024, 2, 1)
VALUES = st.one_of(st.none(), st.integers(0, 200).map(float))
STATES = st.lists(st.sampled_from(SignalState), min_size=1, max_size=30)

LEVEL = Agreement(
    id="level",
    parties=Parties.BILATERAL,
    nature=Nature.QUANTITATIVE,
    subject=Subject.PERFORMANCE,
    partners=("IND", "COA"),
    duties=(Duty("IND", "x", "x"), Duty("COA", "x", "x")),
    unit="cases",
    norms=(Norm(100),),
    error_budget=ErrorBudget(BudgetUnit.PERIODS, 0.25),
)


def actuals(values):
    return [Actual(start, end, end, value=value) for (start, end), value in zip(YEAR, values, strict=False)]


def watched(states, persistence):
    ends = [date(2000 + n // 12, n % 12 + 1, 28) for n in range(len(states))]
    return watch([(end, None, state) for end, state in zip(ends, states, strict=True)], persistence=persistence)


@given(st.lists(VALUES, min_size=12, max_size=12), st.sampled_from(Counting))
def test_an_agreement_is_kept_only_when_everything_is_known(values, counting):
    agreement = replace(
        LEVEL, counting=counting, error_budget=None if counting is Counting.ADDS_UP else LEVEL.error_budget
    )
    judged = judge_year(agreement, actuals(values), YEAR, on=OVER)
    if judged.verdict is Verdict.KEPT:
        assert None not in values
    if None in values:
        assert judged.verdict in {Verdict.UNKNOWN, Verdict.BROKEN}
    assert len(judged.missing) == values.count(None)


@given(st.lists(st.integers(0, 200).map(float), min_size=12, max_size=12), st.integers(0, 11), st.integers(0, 100))
def test_doing_better_never_breaks_an_agreement(values, month, more):
    before = judge_year(LEVEL, actuals(values), YEAR, on=OVER)
    better = [value + more if n == month else value for n, value in enumerate(values)]
    after = judge_year(LEVEL, actuals(better), YEAR, on=OVER)
    assert before.verdict is Verdict.BROKEN or after.verdict is Verdict.KEPT
    assert after.budget.used <= before.budget.used


@given(st.lists(VALUES, min_size=12, max_size=12), st.integers(0, 11))
def test_what_was_broken_in_the_year_stays_broken(values, months_over):
    on = YEAR[months_over][1]
    during = judge_year(LEVEL, actuals(values), YEAR, on=on)
    after = judge_year(LEVEL, actuals(values), YEAR, on=OVER)
    assert during.verdict is not Verdict.BROKEN or after.verdict is Verdict.BROKEN


@given(STATES, st.integers(1, 4))
def test_without_data_a_state_is_never_on_course_and_never_changes(states, persistence):
    rows = watched(states, persistence)
    for before, month in zip(rows, rows[1:], strict=False):
        if month.frozen:
            assert month.state is not SignalState.ON_COURSE
            assert month.state is before.state or before.state is SignalState.ON_COURSE


@given(STATES, st.integers(1, 4))
def test_a_settled_state_was_seen_for_as_long_as_it_must_persist(states, persistence):
    severity = {SignalState.ON_COURSE: 0, SignalState.ATTENTION: 1, SignalState.SIGNAL: 2}
    rows = watched(states, persistence)
    known = [month for month in rows if not month.frozen]
    for n, month in enumerate(known):
        if n and month.state is not known[n - 1].state:
            run = known[max(0, n - persistence + 1) : n + 1]
            assert len(run) == persistence
            worse = severity[month.state] > severity[known[n - 1].state]
            assert all((severity[row.seen] >= severity[month.state]) == worse or row.seen is month.state for row in run)


@given(STATES, st.integers(1, 4))
def test_signals_do_not_overlap_and_only_the_last_can_be_open(states, persistence):
    found = episodes(watched(states, persistence))
    for earlier, later in zip(found, found[1:], strict=False):
        assert earlier.ended_on is not None
        assert earlier.ended_on < later.raised_on
    for episode in found:
        assert episode.first_seen_on <= episode.raised_on
        assert episode.ended_on is None or episode.raised_on < episode.ended_on


@given(
    st.lists(st.integers(0, 100), min_size=11, max_size=200),
    st.integers(0, 100),
    st.sampled_from(Direction),
)
def test_the_bounds_from_three_quantiles_hold_the_share_of_the_replications(outcomes, value, direction):
    exact = share_that_crosses(outcomes, value, direction).central
    bounds = probability_of_crossing(summarise(outcomes), value, direction)
    # A quantile at the nearest rank lies at most one replication from its share.
    slack = 1 / (len(outcomes) - 1)
    assert bounds.low - slack <= exact <= bounds.high + slack
