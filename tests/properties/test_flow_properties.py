# SPDX-License-Identifier: EUPL-1.2
"""What must hold for every chain, every stock and every policy."""

import math

import numpy as np
import polars as pl
from chains import chain_of
from flow_runs import opening_at, prepare, small_runs
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_engine import ENTER, ReferenceEngine, luck_of, stream

from keten.flow.draws import triangular, uniform_draws
from keten.flow.kernel import NEVER
from keten.flow.network import TRACK_GROUPS
from keten.flow.tables import tabulate_events


def events_of(run):
    size = int(run.events.size[0])
    return list(zip(*(column[:size].tolist() for column in run.events[:5]), strict=True))


@given(small_runs())
@settings(max_examples=100)
def test_the_kernel_and_the_reference_engine_agree_event_for_event(small):
    reference = ReferenceEngine(small).run()
    assert events_of(small.kernel()) == reference.events


@given(small_runs())
@settings(max_examples=40)
def test_no_day_of_a_case_lies_outside_the_days_for_which_a_run_makes_room(small):
    cases, earliest, latest = small.workload.cases, small.workload.earliest, small.workload.latest
    assert earliest <= min(0, cases["lodged"].min(), cases["deadline"].min())
    assert latest >= cases["deadline"][cases["deadline"] < NEVER].max(initial=0)


@given(small_runs())
@settings(max_examples=40)
def test_no_case_is_lost(small):
    ledger = small.tables(small.kernel()).ledger
    assert (ledger["opening"] + ledger["inflow"] - ledger["outflow"] == ledger["closing"]).all()
    by_month = ledger.group_by("period_end").agg(pl.col("opening", "closing").sum()).sort("period_end")
    arrived = int(small.arrivals.sum())
    assert by_month["closing"][-1] == len(small.workload.cases)
    assert by_month["opening"][0] + arrived == by_month["closing"][-1]
    assert (by_month["opening"][1:] == by_month["closing"][:-1]).all()


@given(small_runs())
@settings(max_examples=40)
def test_overdue_is_counted_as_by_looking_at_every_case_at_every_month_end(small):
    run = small.kernel()
    late = small.tables(run).ledger.group_by("period_end").agg(pl.col("overdue").sum()).sort("period_end")["overdue"]
    for number, last in enumerate(small.calendar.month_end):
        stage = small.workload.cases["stage"].copy()
        present = np.arange(len(stage)) < small.workload.first[last + 1]
        for case, _, kind, entered, day in events_of(run):
            if kind == ENTER and day <= last:
                stage[case] = entered
        expected = (present & small.network.undecided[stage] & (small.workload.cases["deadline"] < last)).sum()
        assert late[number + 1] == expected


@given(small_runs())
@settings(max_examples=40)
def test_the_oldest_tenth_is_that_of_everybody_who_waits_undecided_at_the_month_end(small):
    reference = ReferenceEngine(small)
    stage, case_class = list(reference.stage), list(reference.case_class)
    reference.run()
    there = set(reference.arrivals[-1])
    found = small.tables(small.kernel()).ages
    for last in [-1, *small.calendar.month_end]:
        for case, its_class, kind, entered, day in reference.events:
            if kind == ENTER and day <= last:
                there.add(case)
                stage[case], case_class[case] = entered, its_class
        groups = small.network.track_group[case_class]
        for group, name in enumerate(TRACK_GROUPS[:-1]):
            ages = [
                last - reference.lodged[case]
                for case in there
                if groups[case] == group and small.network.undecided[stage[case]]
            ]
            row = found.filter(pl.col("track") == name, pl.col("period_end") == small.span.day(int(last)))
            assert row["undecided"].sum() == len(ages)
            if ages:
                tenth = sorted(ages, reverse=True)[math.ceil(len(ages) / 10) - 1]
                assert tenth / 7 - 1 < row["oldest_tenth_weeks"].item() < tenth / 7 + 1


@given(small_runs())
@settings(max_examples=40)
def test_nobody_works_more_hours_than_there_are(small):
    resources = small.tables(small.kernel()).resources
    waits = {stage.id for stage in small.chain.stages if stage.kind.value == "wait"}
    stays = {service.resource for service in small.chain.services if service.stage in waits}
    worked = resources.filter(~pl.col("resource").is_in(stays))
    assert (worked["hours_used"] <= worked["hours_available"] + 1e-6).all()


@given(small_runs())
@settings(max_examples=40)
def test_the_log_hands_every_case_on_to_the_partner_of_the_next_stage(small):
    run = small.kernel()
    log = tabulate_events(small.chain, small.span, run)
    partner = {stage.id: stage.partner for stage in small.chain.stages}
    for row in log.filter(pl.col("event") == "enter").iter_rows(named=True):
        assert row["to_partner"] == partner[row["stage"]]


@given(small_runs(), st.integers(1, 5))
@settings(max_examples=40)
def test_other_people_arriving_does_not_change_the_luck_of_a_case(small, more):
    """An extra arrival moves the queue, never the draws of the others."""
    without, with_more = (prepare(small.chain, arrivals=counts) for counts in (small.arrivals, small.arrivals + more))
    assert set(without.workload.cases["luck"].tolist()) < set(with_more.workload.cases["luck"].tolist())


def test_the_luck_of_a_case_follows_from_seed_replication_class_day_and_place():
    """The second arrival of class 1 on day 2 of replication 3; in the opening stock only the place counts."""
    key = stream(7, 3)
    chain = chain_of()
    arrivals = np.zeros((3, len(chain.case_classes)), dtype=np.int64)
    arrivals[2, 1] = 2
    opening = opening_at(chain, [(chain.stages[0].id, chain.case_classes[0].id)], [10])
    luck = prepare(chain, arrivals=arrivals, opening=opening, seed=7, replication=3).workload.cases["luck"].tolist()
    assert luck == [luck_of(key, 0), luck_of(key, (2 << 44) | (2 << 24) | 0), luck_of(key, (2 << 44) | (2 << 24) | 1)]


@given(small_runs())
@settings(max_examples=40)
def test_no_two_cases_share_their_luck(small):
    assert len(np.unique(small.workload.cases["luck"])) == len(small.workload.cases)


@given(small_runs())
@settings(max_examples=40)
def test_more_capacity_never_leaves_more_work_undone(small):
    """With the same luck, twice the hours never make a work stage hand over fewer cases in all (no loops, no waits)."""
    if any(route.to == route.stage or route.becomes for route in small.chain.routes):
        return
    if len([stage for stage in small.chain.stages if stage.kind.value != "exit"]) != 1:
        return
    richer = small.capacity * 2
    before = small.kernel().counts.outflow.sum()
    small.capacity = richer
    assert small.kernel().counts.outflow.sum() >= before


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 50), st.floats(0, 50), st.floats(0, 50))
def test_a_triangular_draw_stays_within_its_bounds(draw, low, more, most):
    drawn = triangular(draw, low, low + more, low + more + most)
    assert low - 1e-9 <= drawn <= low + more + most + 1e-9


def test_uniform_draws_are_uniform_and_independent_of_neighbours():
    drawn = uniform_draws(np.uint64(1), np.arange(200_000), 3)
    counts = np.histogram(drawn, bins=20, range=(0, 1))[0]
    assert abs(counts / len(drawn) - 0.05).max() < 0.002
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.01


def test_littles_law_holds_in_a_stage_where_time_just_passes():
    """Mean stock = arrivals per day x mean wait, for a wait of 5, 10 or 30 days (triangular, mean 15)."""
    from datetime import date

    from chains import chain_of

    chain = chain_of(LITTLE)
    small = prepare(chain, arrivals=np.full((365 * 8, 1), 20), horizon=date(2031, 4, 30))
    run = small.kernel(room=0)
    closing = run.counts.opening[None] + np.cumsum(run.counts.inflow - run.counts.outflow, 0)
    mean_stock = closing[12:, 0, 0].mean()
    # A wait is rounded to whole days and a case is counted on the day it arrives, not on the day it leaves.
    assert abs(mean_stock / (20 * 15) - 1) < 0.01


LITTLE = """
partners: [{id: P, nl: P, en: P, relations: [{from: 2007-08-30, relation: agency, responsible: M,
  core_processes: [ADMISSION], role_nl: t, role_en: t, source: t}]}]
reception_groups: []
stages:
  - {id: wait, nl: w, en: w, core_process: ADMISSION, partner: P, kind: wait,
     delay: {low: 5, mode: 10, high: 30, unit: days, assumption: test}}
  - {id: out, nl: o, en: o, core_process: RETURN, partner: P, kind: exit}
case_classes: [{id: a, nl: a, en: a}]
resources: []
services: []
routes: [{stage: wait, to: out, share: {value: 1, unit: share, assumption: test}}]
handover_points: []
entries: [{case_class: a, stage: wait}]
"""
