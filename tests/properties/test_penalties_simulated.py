# SPDX-License-Identifier: EUPL-1.2
"""The simulation and the clock of one case count the same days and the same amounts, on cases that are made up."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.deadlines import Judgment, LateDecision, court_penalties, late_decision_cost, load_law
from keten.domain.words import Reading
from keten.flow.cases import monthly_calendar
from keten.flow.draws import drawn
from keten.flow.kernel import CASE, NEVER, Workload
from keten.flow.late_decisions import PENALTY, Practice, schedule_late_decisions, settle
from keten.flow.network import Span
from keten.parameters.late_decisions import load_late_decisions
from keten.scenario.read import read_scenario
from keten.study.inputs import Inputs, prepare

LAW = load_law()
LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
SPANS = [
    # Force majeure and the first temporary act; what courts did before July 2020 is not known, so nobody appeals.
    (Span(date(2019, 5, 31), date(2021, 3, 31)), date(2021, 6, 1), 0.0),
    # The abolition of 15 April 2025; everybody appeals.
    (Span(date(2023, 4, 30), date(2025, 12, 31)), date(2026, 1, 31), 1.0),
]
CLASSES = {"first_track_4_other": "first", "family_reunification": "family_reunification"}
MADE_UP = st.lists(
    st.tuples(
        st.integers(0, 500),  # day of the deadline
        st.sampled_from(sorted(CLASSES)),
        st.one_of(st.none(), st.integers(1, 900)),  # days from the deadline to the decision
        st.integers(0, 2**63),  # luck
    ),
    min_size=1,
    max_size=40,
)


@cache
def inputs() -> Inputs:
    """The chain of the letter."""
    return prepare(read_scenario(LETTER))


def cases_of(rows: list[tuple[int, str, int | None, int]], span: Span) -> np.ndarray:
    """Make up the cases as the flow knows them, still undecided."""
    names = [row.id for row in inputs().chain.case_classes]
    cases = np.zeros(len(rows), dtype=CASE)
    for case, (deadline, name, delay, luck) in zip(cases, rows, strict=True):
        case["luck"], case["deadline"], case["lodged"] = luck, deadline, -1
        case["case_class"] = names.index(name)
        late = NEVER if delay is None else deadline + delay
        case["decided"] = late if late < span.days else NEVER
    return cases


@pytest.mark.parametrize(("span", "known_on", "appeals"), SPANS)
@settings(max_examples=60)
@given(rows=MADE_UP)
def test_the_simulation_counts_what_the_clock_of_one_case_counts(span, known_on, appeals, rows):
    network = inputs().layout.network(lambda _name, quantity: quantity.central)
    practice = Practice(LAW, load_late_decisions(), known_on, Reading.AUTHORITY)
    cases = cases_of(rows, span)
    workload = Workload(cases, np.zeros(span.days + 1, dtype=np.int64), 0, NEVER)
    shares = {"late/notice_share": 1.0, "late/appeal_share": appeals}
    schedule = schedule_late_decisions(span, network, workload, practice, choose=lambda name, _quantity: shares[name])
    _, money = settle(span, monthly_calendar(span), cases, schedule, practice)
    assert money.accrued.sum() == pytest.approx(
        sum(by_the_clock(span, known_on, rows, cases, schedule, row) for row in range(len(schedule.case)))
    )


def by_the_clock(span, known_on, rows, cases, schedule, row) -> float:
    """What `keten.deadlines` makes of the same case, with what a court would have imposed."""
    number = int(schedule.case[row])
    case = cases[number]
    decided = int(case["decided"])
    judgments = ()
    appeal, judged = int(schedule.appeal[row]), int(schedule.judgment[row])
    if judged < min(decided, span.days):
        draw = drawn(case["luck"], np.uint64(PENALTY))
        [[per_day, maximum]] = court_penalties(LAW, "first", span.day(judged)).draw([draw]).tolist()
        weeks = (int(schedule.term_end[row]) - judged) // 7
        judgments = (Judgment(span.day(appeal), span.day(judged), per_day, maximum, weeks),)
    late = LateDecision(
        deadline=span.day(int(case["deadline"])),
        notice_received_on=span.day(int(schedule.notice[row])),
        judgments=judgments,
        decided_on=span.day(decided) if decided < span.days else None,
        application_type=CLASSES[rows[number][1]],
    )
    if decided <= int(schedule.notice[row]):
        return 0.0
    cost = late_decision_cost(late, LAW, counted_to=span.horizon, known_on=known_on)
    assert not cost.appeal_premature
    return cost.administrative_eur + cost.judicial_eur


def test_the_example_of_the_specification_costs_the_same_in_both():
    """A term of a court that ends on 26 January 2024 and a decision on 1 March 2024: 35 days at 100 euro."""
    span, known_on, _ = SPANS[1]
    term_end, decided = date(2024, 1, 26), date(2024, 3, 1)
    cases = cases_of([(76, "first_track_4_other", span.number(decided) - 76, 5)], span)
    practice = Practice(LAW, load_late_decisions(), known_on, Reading.AUTHORITY)
    network = inputs().layout.network(lambda _name, quantity: quantity.central)
    workload = Workload(cases, np.zeros(span.days + 1, dtype=np.int64), 0, NEVER)
    drawn_steps = schedule_late_decisions(span, network, workload, practice, choose=lambda _name, _quantity: 1.0)
    days = {"judgment": date(2023, 12, 1), "term_end": term_end, "appeal": date(2023, 9, 26)}
    schedule = drawn_steps._replace(
        **{name: np.array([span.number(day)], dtype=np.int32) for name, day in days.items()}
    )
    _, money = settle(span, monthly_calendar(span), cases, schedule, practice)
    assert money.accrued.sum() == 3500
    assert term_end + timedelta(days=35) == decided
