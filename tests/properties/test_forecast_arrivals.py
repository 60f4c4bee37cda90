# SPDX-License-Identifier: EUPL-1.2
"""What holds for every sample: whole, non-negative, adding up, and dependent on seed and replication only."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.forecast import COUNTED_CLASSES, OtherFlow, Plan, YearPlan, sample_arrivals, shares, usual_seasonality
from keten.observations import load_published
from keten.parameters.values import Quantity

LETTER = date(2023, 7, 13)
SEASON = usual_seasonality(load_published(), LETTER)
SHARES = shares(load_published(), LETTER)


def assumed(low, mode, high):
    return Quantity(low=low, mode=mode, high=high, unit="persons", assumption="Generated.")


@st.composite
def totals(draw, largest=150_000):
    low, mode, high = sorted(draw(st.lists(st.integers(0, largest), min_size=3, max_size=3)))
    return assumed(low, mode, high)


@st.composite
def plans(draw):
    """Two or three years, the first partly observed up to the end of some month."""
    first = draw(st.integers(2000, 2050))
    month = draw(st.integers(0, 11))
    until = date(first, month + 1, 1) - timedelta(days=1) if month else None
    observed = draw(st.integers(0, 60_000)) if month else 0
    years = [YearPlan(first, draw(totals()), observed, until)]
    years += [YearPlan(first + extra, draw(totals())) for extra in range(1, draw(st.integers(2, 3)))]
    flows = tuple(
        OtherFlow(name, "generated", draw(totals(30_000)))
        for name in ("lateral", "family_reunification", "supervision")
    )
    return Plan("generated", "mpp_inflow", tuple(years), flows)


def sample(plan, *, seed=1, replication=0, start=None, end=None):
    return sample_arrivals(
        plan=plan,
        seasonality=SEASON,
        shares=SHARES,
        start=start or plan.years[0].first_open_day,
        end=end or date(plan.years[-1].year, 12, 31),
        seed=seed,
        replication=replication,
    )


seeds = st.integers(0, 2**63)
replications = st.integers(0, 100_000)


@settings(max_examples=60)
@given(plan=plans(), seed=seeds, replication=replications)
def test_arrivals_are_whole_non_negative_and_add_up_to_the_drawn_totals(plan, seed, replication):
    arrivals = sample(plan, seed=seed, replication=replication)
    assert arrivals.counts.dtype == np.int32
    assert arrivals.counts.min() >= 0
    assert (np.diff(arrivals.days) == 1).all()
    for drawn, year in zip(arrivals.drawn, plan.years, strict=True):
        low, high = year.total.bounds
        assert max(round(low), year.observed) <= drawn.total <= max(round(high), year.observed)
        first, last = year.first_open_day.toordinal(), date(year.year, 12, 31).toordinal()
        inside = (arrivals.days >= first) & (arrivals.days <= last)
        assert int(arrivals.counted()[inside].sum()) + drawn.observed == drawn.total


@settings(max_examples=30)
@given(plan=plans(), seed=seeds, replication=replications)
def test_the_same_seed_and_replication_give_the_same_bits(plan, seed, replication):
    once, again = (sample(plan, seed=seed, replication=replication) for _ in range(2))
    assert once.counts.tobytes() == again.counts.tobytes()
    assert once.drawn == again.drawn


@settings(max_examples=30)
@given(seed=seeds, replication=replications)
def test_another_seed_or_replication_gives_other_bits(seed, replication):
    flows = tuple(
        OtherFlow(name, "generated", assumed(100, 200, 300))
        for name in ("lateral", "family_reunification", "supervision")
    )
    plan = Plan("generated", "mpp_inflow", (YearPlan(2024, assumed(40_000, 50_000, 60_000)),), flows)
    here = sample(plan, seed=seed, replication=replication).counts.tobytes()
    assert here != sample(plan, seed=seed + 1, replication=replication).counts.tobytes()
    assert here != sample(plan, seed=seed, replication=replication + 1).counts.tobytes()


@settings(max_examples=20)
@given(plan=plans(), seed=seeds, count=st.integers(1, 5))
def test_a_replication_does_not_depend_on_how_many_are_run_or_in_which_order(plan, seed, count):
    forward = [sample(plan, seed=seed, replication=number).counts for number in range(count)]
    backward = [sample(plan, seed=seed, replication=number).counts for number in reversed(range(count))]
    assert all((one == other).all() for one, other in zip(forward, reversed(backward), strict=True))


@settings(max_examples=30)
@given(plan=plans(), seed=seeds, skip=st.integers(0, 200), keep=st.integers(0, 300))
def test_a_part_of_the_period_is_a_part_of_the_whole(plan, seed, skip, keep):
    whole = sample(plan, seed=seed)
    start = plan.years[0].first_open_day + timedelta(days=min(skip, len(whole.days) - 1))
    end = min(start + timedelta(days=keep), date(plan.years[-1].year, 12, 31))
    # Years in which the part starts must be the years of the plan: leave out the years before.
    shorter = replace(plan, years=tuple(year for year in plan.years if year.year >= start.year))
    part = sample(shorter, seed=seed, start=start, end=end)
    begin = start.toordinal() - int(whole.days[0])
    assert (whole.counts[begin : begin + len(part.days)] == part.counts).all()


@settings(max_examples=30)
@given(plan=plans(), seed=seeds, factor=st.integers(2, 4))
def test_a_larger_total_never_draws_a_smaller_year(plan, seed, factor):
    larger = replace(
        plan,
        years=tuple(
            replace(
                year,
                total=assumed(
                    *(factor * part for part in (year.total.bounds[0], year.total.central, year.total.bounds[1]))
                ),
            )
            for year in plan.years
        ),
    )
    for small, large in zip(sample(plan, seed=seed).drawn, sample(larger, seed=seed).drawn, strict=True):
        assert large.total >= small.total


@settings(max_examples=30)
@given(plan=plans(), seed=seeds)
def test_changing_a_flow_outside_the_count_leaves_the_count_alone(plan, seed):
    other = replace(plan, other_flows=tuple(replace(flow, total=assumed(0, 0, 0)) for flow in plan.other_flows))
    first, second = sample(plan, seed=seed), sample(other, seed=seed)
    inside = len(COUNTED_CLASSES)
    assert (first.counts[:, :inside] == second.counts[:, :inside]).all()
    assert second.counts[:, inside:].sum() == 0
