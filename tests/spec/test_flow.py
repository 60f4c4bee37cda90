# SPDX-License-Identifier: EUPL-1.2
"""How the model moves a case: the rules of a day, one at a time, on chains that fit on a screen."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from chains import SMALL, chain_of
from flow_runs import judgments_of, opening_at, prepare

from keten.domain.errors import ParameterError
from keten.flow.network import QueueRule, Span, compile_network
from keten.flow.uncertainty import sampled
from keten.parameters.values import Quantity

MONDAY = 0  # the first simulated day, 1 May 2023, is a Monday


def decided_on(small):
    """Day number of the decision per case, and None for cases without one."""
    run = small.kernel()
    horizon = small.span.days
    return [int(day) if day < horizon else None for day in run.cases["decided"]]


def test_two_officers_of_eight_hours_do_two_cases_a_day_and_rest_at_the_weekend():
    """Capacity 16 hours a working day, a case takes 8: 2 a day, Monday to Friday."""
    small = prepare(chain_of(), arrivals=np.array([[12, 0]]))
    assert decided_on(small) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 7, 7]


def test_hours_that_run_over_are_a_debt_on_the_next_day():
    """A case of 12 hours with 16 a day: the second case starts on the 4 hours left and owes 8 to the next day."""
    chain = chain_of(SMALL.replace("effort: {value: 8,", "effort: {value: 12,"))
    small = prepare(chain, arrivals=np.array([[4, 0]]))
    assert decided_on(small) == [0, 0, 1, 2]


def test_first_in_first_out_goes_by_the_day_of_lodging_not_by_arrival_in_the_queue():
    chain = chain_of()
    opening = opening_at(chain, [("interview", "first_syria")] * 3, [10, 300, 100])
    assert decided_on(prepare(chain, arrivals=np.zeros((1, 2)), opening=opening)) == [1, 0, 0]


def test_a_priority_group_goes_before_older_cases():
    chain = chain_of()
    places = [("interview", "first_syria")] * 2 + [("interview", "first_other")] * 2
    opening = opening_at(chain, places, [300, 200, 2, 1])
    rules = {"officers": QueueRule(first=("first_other",))}
    assert decided_on(prepare(chain, arrivals=np.zeros((1, 2)), opening=opening, rules=rules)) == [1, 1, 0, 0]


def test_seventy_per_cent_of_the_hours_for_overdue_cases_and_thirty_for_the_others():
    """Ten cases a day; the decision period is 100 days, so cases lodged 200 days ago are overdue."""
    chain = chain_of(SMALL.replace("capacity: {value: 16,", "capacity: {value: 80,"))
    opening = opening_at(chain, [("interview", "first_syria")] * 40, [200] * 20 + [10] * 20)
    rules = {"officers": QueueRule("deadline", overdue_share=0.7)}
    decided = decided_on(prepare(chain, arrivals=np.zeros((1, 2)), opening=opening, rules=rules, period=100))
    assert sum(day == 0 for day in decided[:20]) == 7
    assert sum(day == 0 for day in decided[20:]) == 3


def test_hours_that_one_group_cannot_use_spill_over_to_the_other():
    chain = chain_of(SMALL.replace("capacity: {value: 16,", "capacity: {value: 80,"))
    opening = opening_at(chain, [("interview", "first_syria")] * 22, [200] * 2 + [10] * 20)
    rules = {"officers": QueueRule("deadline", overdue_share=0.7)}
    decided = decided_on(prepare(chain, arrivals=np.zeros((1, 2)), opening=opening, rules=rules, period=100))
    assert sum(day == 0 for day in decided) == 10


def test_a_missed_appointment_costs_its_hours_and_the_case_keeps_its_place():
    chain = chain_of(
        SMALL.replace("undecided: true,", "undecided: true, no_show: {value: 0.5, unit: share, assumption: test},")
    )
    small = prepare(chain, arrivals=np.array([[40, 0]]))
    run = small.kernel()
    missed = int(run.cases["turn"].sum())
    assert missed > 10
    assert run.counts.hours_used.sum() == 8 * (40 + missed)
    assert run.counts.hours_lost.sum() == 8 * missed
    assert run.counts.appointments.sum(axis=(0, 1)).tolist() == [40 + missed, missed]


def test_work_that_is_finished_today_is_at_the_next_desk_tomorrow():
    chain = chain_of(SMALL.replace("delay: {low: 7, mode: 14, high: 28,", "delay: {low: 1, mode: 1, high: 1,"))
    run = prepare(chain, arrivals=np.array([[2, 0]])).kernel()
    moves = [
        (int(case), int(stage), int(day))
        for case, stage, day in zip(*run.events[:1], run.events.stage, run.events.day, strict=False)
    ]
    departed = [day for case, stage, day in moves[: int(run.events.size[0])] if stage == 3]
    assert set(departed) <= {1}


def test_the_decision_counts_in_time_on_the_deadline_itself():
    """A period of 4 days: lodged on Monday, the deadline is Friday; Friday is in time, the Monday after is late."""
    small = prepare(chain_of(), arrivals=np.array([[12, 0]]), period=4)
    run = small.kernel()
    decisions = small.tables(run).decisions.filter(pl.col("track") == "track_4")
    assert decisions["decisions"].sum() == 12
    assert decisions["in_time"].sum() == 10
    assert decisions["lead_time_days"].sum() == 2 * (0 + 1 + 2 + 3 + 4 + 7)


def test_the_reference_date_is_a_row_where_nothing_has_moved_yet():
    chain = chain_of()
    opening = opening_at(chain, [("interview", "first_syria")] * 5, [300] * 3 + [1] * 2)
    small = prepare(chain, arrivals=np.zeros((1, 2)), opening=opening, period=40)
    ledger = small.tables(small.kernel()).ledger
    first = ledger.filter((pl.col("period_end") == date(2023, 4, 30)) & (pl.col("stage") == "interview"))
    assert first.select("opening", "inflow", "outflow", "closing", "overdue").rows() == [(5, 0, 0, 5, 3)]


def test_an_opening_case_has_part_of_its_wait_behind_it():
    chain = chain_of()
    opening = opening_at(chain, [("appeal_term", "first_syria")] * 400, [30] * 400)
    run = prepare(chain, arrivals=np.zeros((1, 2)), opening=opening).kernel()
    left = run.events.day[: int(run.events.size[0])][run.events.kind[: int(run.events.size[0])] == 1]
    # The whole wait has mean (7 + 14 + 28) / 3 = 16.3 days; what is left of it is half of that.
    assert 7 < left.mean() + 1 < 9.5


def test_a_value_that_does_not_hold_in_the_span_is_refused_not_guessed():
    chain = chain_of(SMALL.replace("capacity: {value: 16,", "capacity: {until: 2023-06-01, value: 16,"))
    with pytest.raises(ParameterError, match="no value holds on this day"):
        prepare(chain, arrivals=np.zeros((1, 2)))


def test_a_deadline_before_the_lodging_is_refused_as_a_court_would_judge_who_has_not_come():
    with pytest.raises(ParameterError, match="would have its deadline before that day"):
        prepare(chain_of(), arrivals=np.zeros((1, 2)), period=-1)
    prepare(chain_of(), arrivals=np.zeros((1, 2)), period=0)


def test_routes_are_chosen_in_proportion():
    """60 per cent granted, 40 rejected."""
    chain = chain_of(SMALL.replace("capacity: {value: 16,", "capacity: {value: 80000,"))
    run = prepare(chain, arrivals=np.array([[10_000, 0]])).kernel(room=0)
    housed = run.counts.inflow[:, 2].sum()
    assert abs(housed / 10_000 - 0.6) < 0.015


def test_an_uncertain_parameter_is_drawn_once_per_replication_and_by_its_name():
    effort = Quantity(low=4, mode=6, high=10, unit="hours", assumption="test")
    values = [sampled(7, replication)("effort/a", effort) for replication in range(2000)]
    assert min(values) >= 4
    assert max(values) <= 10
    assert abs(np.mean(values) - 20 / 3) < 0.1
    assert sampled(7, 3)("effort/a", effort) == values[3]
    assert sampled(7, 3)("effort/b", effort) != values[3]


def test_sampled_route_shares_still_add_up_to_one():
    chain = chain_of(SMALL.replace("share: {value: 0.6,", "share: {low: 0.4, mode: 0.6, high: 0.9,"))
    for replication in range(20):
        network = compile_network(chain, Span(date(2023, 4, 30), date(2023, 5, 31)), choose=sampled(1, replication))
        ends = [int(end) - 1 for end in np.unique(network.route_start) if end]
        assert (network.route_until[0, ends] == 1.0).all()


def test_opening_cases_are_numbered_before_arrivals():
    chain = chain_of()
    opening = opening_at(chain, [("interview", "first_syria")], [5])
    workload = prepare(chain, arrivals=np.array([[1, 1]]), opening=opening).workload
    assert workload.first[:3].tolist() == [1, 3, 3]
    assert workload.cases["lodged"].tolist() == [-6, MONDAY, MONDAY]


def judged(small, days):
    """Let a court set a term on a day for some cases: {case: (day of the judgment, last day of the term)}."""
    small.judgments = judgments_of(sorted(((case, *row) for case, row in days.items()), key=lambda row: row[1]))
    return small


def test_a_court_ordered_case_goes_to_the_front_on_the_day_of_the_judgment():
    """Twelve cases at two a day; the court speaks of the last two on the second day."""
    rules = {"officers": QueueRule(court_first=True)}
    small = judged(prepare(chain_of(), arrivals=np.array([[12, 0]]), rules=rules), {10: (1, 50), 11: (1, 40)})
    assert decided_on(small) == [0, 0, 2, 2, 3, 3, 4, 4, 7, 7, 1, 1]


def test_among_court_ordered_cases_the_earliest_term_goes_first_before_any_priority_group():
    rules = {"officers": QueueRule(first=("first_other",), court_first=True)}
    small = prepare(chain_of(SMALL.replace("value: 16,", "value: 8,")), arrivals=np.array([[3, 2]]), rules=rules)
    decided = decided_on(judged(small, {1: (0, 90), 2: (0, 30)}))
    assert decided == [4, 1, 0, 2, 3]


def test_without_the_rule_a_judgment_changes_nothing():
    small = judged(prepare(chain_of(), arrivals=np.array([[4, 0]])), {3: (0, 10)})
    assert decided_on(small) == [0, 0, 1, 1]


def test_a_planning_horizon_plans_a_priority_group_on_a_day_four_weeks_ahead():
    """Appointments 28 days ahead, a Monday; until then the others go on, on the day itself the group goes first."""
    rules = {"officers": QueueRule(first=("first_other",), horizon=28)}
    decided = decided_on(prepare(chain_of(), arrivals=np.array([[60, 2]]), rules=rules))
    assert decided[60:] == [28, 28]
    assert decided[:3] == [0, 0, 1]


def test_an_unpredictable_order_is_no_order_of_age():
    chain = chain_of()
    opening = opening_at(chain, [("interview", "first_syria")] * 200, list(range(400, 200, -1)))
    rules = {"officers": QueueRule("unpredictable")}
    decided = decided_on(prepare(chain, arrivals=np.zeros((1, 2)), opening=opening, rules=rules))
    days = [day if day is not None else 200 for day in decided]
    assert abs(np.corrcoef(np.arange(200), days)[0, 1]) < 0.25


def withdrawing(share, **more):
    """The small chain with an exit for withdrawals: so much of the Syrian cases is withdrawn in a year of waiting."""
    value = f"{{value: {share}, unit: share per year, assumption: test}}"
    text = SMALL.replace("{id: first_syria,", f"{{id: first_syria, withdrawal: {value},").replace(
        "  - {id: departed,",
        "  - {id: withdrawn, nl: w, en: w, core_process: ADMISSION, partner: IND, kind: exit}\n  - {id: departed,",
    )
    for old, new in more.values():
        text = text.replace(old, new)
    return chain_of(text)


def test_an_applicant_who_withdraws_leaves_the_queue_and_takes_no_hours():
    """Nobody works, and half of the people a year withdraw: after four months about a fifth has left."""
    chain = withdrawing(0.5, capacity=("capacity: {value: 16,", "capacity: {value: 0,"))
    small = prepare(chain, arrivals=np.array([[10_000, 10_000]]))
    run = small.kernel()
    gone = run.cases["stage"] == small.network.withdrawn_stage
    expected = 1 - 0.5 ** (small.span.days / 365.25)
    assert abs(gone[:10_000].mean() - expected) < 0.01
    assert not gone[10_000:].any()
    assert run.counts.hours_used.sum() == 0


def test_a_withdrawal_is_no_decision_but_ends_the_clock():
    chain = withdrawing(0.9)
    small = prepare(chain, arrivals=np.array([[400, 0]]))
    run = small.kernel()
    gone = run.cases["stage"] == small.network.withdrawn_stage
    assert gone.any()
    assert (run.cases["decided"][gone] < small.span.days).all()
    assert run.counts.decisions[:, :, 0].sum() + gone.sum() == (run.cases["decided"] < small.span.days).sum()
