# SPDX-License-Identifier: EUPL-1.2
"""What holds for every case: one answer from two ways of counting, and limits that nothing breaks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keten.deadlines import (
    Case,
    Judgment,
    LateDecision,
    Suspension,
    deadline_days,
    decision_deadline,
    has_rule,
    late_decision_cost,
    load_law,
    nationality_codes,
)
from keten.deadlines.calendar import add_months, add_months_to_days
from keten.domain.errors import UsageError
from keten.domain.words import Reading

LAW = load_law()
EDGES = sorted(
    {value.valid_from for rule in LAW.rules for value in rule.values}
    | {moratorium.valid_from for moratorium in LAW.moratoria}
    | {moratorium.valid_until for moratorium in LAW.moratoria}
    | {
        known.valid_from
        for row in (*LAW.moratoria, *(value for rule in LAW.rules for value in rule.values))
        for known in row.beliefs
        if known.valid_from > date.min
    }
)
FIRST = date(2009, 10, 1)
CEILING_FROM = date(2015, 7, 20)
near_an_edge = st.builds(
    lambda edge, offset: edge + timedelta(days=offset),
    st.sampled_from([edge for edge in EDGES if edge > FIRST + timedelta(days=2)]),
    st.integers(-2, 2),
)
lodging_days = st.dates(FIRST, date(2029, 12, 31)) | near_an_edge
known_days = st.dates(FIRST, date(2030, 12, 31)) | near_an_edge
questions = st.tuples(
    st.sampled_from(LAW.type_ids),
    lodging_days,
    st.sampled_from([None, "SYR", "LBN", "AFG", "UKR", "SDN", "IRQ"]),
    known_days,
    lodging_days,
)


@given(st.lists(questions, min_size=1, max_size=30), st.sampled_from(Reading))
def test_the_million_and_the_one_are_counted_alike(asked, reading):
    """Mixed types, dates, knowledge dates, nationalities and starts, under both readings."""
    types = np.array([LAW.type_code(row[0]) for row in asked])
    lodged = np.array([row[1].toordinal() for row in asked], np.int32)
    registered = np.array([min(row[1], row[4]).toordinal() for row in asked], np.int32)
    known = np.array([row[3].toordinal() for row in asked], np.int32)
    nations = nationality_codes([row[2] for row in asked], LAW)
    covered = has_rule(lodged, types, law=LAW, known_on=known, reading=reading)
    found = deadline_days(
        lodged[covered], types[covered], nations[covered], law=LAW, known_on=known[covered], reading=reading,
        registered_days=registered[covered],
    ).tolist()  # fmt: skip
    for row, start, has in zip(asked, registered.tolist(), covered.tolist(), strict=True):
        case = Case(row[0], row[1], row[2], registered_on=date.fromordinal(start))
        if has:
            answer = decision_deadline(case, LAW, known_on=row[3], reading=reading)
            assert found.pop(0) == answer.deadline.toordinal()
        else:
            with pytest.raises(UsageError):
                decision_deadline(case, LAW, known_on=row[3], reading=reading)


@given(st.dates(date(2000, 1, 1), date(2049, 12, 31)), st.integers(0, 60))
def test_months_are_counted_alike_for_one_and_for_many(start, months):
    """The same day of the month, or the last day of a shorter one."""
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)
    many = add_months_to_days(np.array([start.toordinal()], np.int32), np.array([months], np.int32))
    assert many.tolist() == [end.toordinal()]


@given(
    st.sampled_from(["first", "subsequent", "lateral"]),
    lodging_days,
    st.sampled_from([None, "SYR", "LBN", "AFG", "UKR", "SDN"]),
    known_days,
    st.sampled_from(Reading),
    st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), max_size=3),
)
def test_no_asylum_period_passes_its_ceiling_and_none_is_shorter_than_the_statute(
    application_type, lodged_on, nationality, known_on, reading, suspended
):
    """Whatever extends or suspends it."""
    suspensions = tuple(
        Suspension(lodged_on + timedelta(days=first), lodged_on + timedelta(days=first + length), "consent")
        for first, length in suspended
    )
    case = Case(application_type, lodged_on, nationality, suspensions=suspensions)
    answer = decision_deadline(case, LAW, known_on=known_on, reading=reading)
    assert answer.statutory_deadline <= answer.deadline
    if lodged_on >= CEILING_FROM:
        assert answer.deadline <= add_months(lodged_on, 21)
    assert add_months(lodged_on, 6) <= answer.statutory_deadline


@given(lodging_days, known_days)
def test_leaving_an_extension_out_never_gives_more_time(lodged_on, known_on):
    """The law without a decree is never later than the law with it."""
    case = Case("first", lodged_on)
    full = decision_deadline(case, LAW, known_on=known_on).deadline
    for instrument in ("WBV 2016/3", "WBV 2022/22", "WBV 2023/3", "WBV 2023/26"):
        assert decision_deadline(case, LAW.without(instrument), known_on=known_on).deadline <= full


@given(
    st.dates(date(2013, 1, 1), date(2026, 1, 1)),
    st.integers(-30, 60),
    st.integers(15, 60),
    st.integers(0, 300),
    st.integers(1, 20),
    st.integers(0, 800),
    st.sampled_from(["first", "family_reunification"]),
)
def test_a_later_decision_never_costs_less_and_never_more_than_the_maximum(
    deadline, notice, appeal, judgment, weeks, decided, application_type
):
    """And nothing when it came in time, or when the notice was premature."""
    received = deadline + timedelta(days=notice)
    appeal_on = received + timedelta(days=appeal + 6)
    ruling = Judgment(appeal_on, appeal_on + timedelta(days=judgment), 100, 7500, weeks)
    costs = [
        late_decision_cost(
            LateDecision(deadline, received, judgments=(ruling,), decided_on=on, application_type=application_type),
            LAW,
            counted_to=on,
            known_on=date(2026, 1, 1),
        )
        for on in (deadline + timedelta(days=decided), deadline + timedelta(days=decided + 1))
    ]
    totals = [cost.administrative_eur + cost.judicial_eur for cost in costs]
    assert 0 <= totals[0] <= totals[1] <= 1442 + 7500
    if notice <= 0 or decided <= 0:
        assert totals[0] == 0
    assert costs[0].premature == (notice <= 0)
