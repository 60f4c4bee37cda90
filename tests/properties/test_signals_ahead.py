# SPDX-License-Identifier: EUPL-1.2
"""Signals ahead: in time for the measure that could stop the crossing, with probability, dead band and persistence."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.domain.errors import ParameterError
from keten.indicators import find, indicators
from keten.steering.ahead import (
    DAYS_PER_MONTH,
    Outlook,
    crossing,
    dead_band,
    is_raised,
    load_remedies,
    look_ahead,
    remedy_for,
)
from keten.steering.outcomes import DAYS_TO_ANSWER
from keten.steering.risks import LIKELY

TODAY = date(2023, 4, 30)
WAITING = find("notices_per_100_undecided")
"""Lower is better: signal value 2, dead band 0.2."""
VALUE, BAND = 2.0, 0.2


def month_end(number):
    """The month end so many months after today."""
    month = TODAY.month + number
    return date(TODAY.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def path(*values):
    return [(month_end(n), value) for n, value in enumerate(values, start=1)]


def ahead(*paths, history=(), was_raised=False):
    remedy = remedy_for(WAITING.id)
    return look_ahead(WAITING, paths, history=list(history), on=TODAY, remedy=remedy, was_raised=was_raised)


def crosses_after(months):
    """A path that lies on course, and across for good after so many months."""
    return path(*([1.0] * months), *([3.0] * (24 - months)))


# Data


def test_every_indicator_with_a_norm_has_a_measure_that_could_stop_it():
    with_norm = {row.id for row in indicators() if row.rule is not None}
    named = [name for remedy in load_remedies() for name in remedy.indicators]
    assert sorted(named) == sorted(with_norm)


def test_every_lead_time_has_an_origin():
    for remedy in load_remedies():
        assert remedy.lead_months > 0
        assert all(part.source or part.assumption for part in remedy.parts)


def test_recruiting_takes_its_time_and_training_too():
    staff = remedy_for(WAITING.id)
    assert staff.lead_months == 4 + 9
    assert staff.lead_days == round(13 * DAYS_PER_MONTH)
    assert staff.is_assumed


@pytest.mark.parametrize(
    "content", ["x: {nl: a, en: b, indicators: []}", "x: {nl: a, en: b, indicators: [], staff: [no]}"]
)
def test_a_measure_without_a_known_lead_time_is_refused(content, tmp_path):
    file = tmp_path / "remedies.yaml"
    file.write_text(content)
    with pytest.raises(ParameterError):
        load_remedies(file)


# The rule


def test_a_crossing_within_the_lead_time_is_signalled_now():
    found = ahead(*[crosses_after(12)] * 10)
    assert found.outlook is Outlook.AHEAD
    assert found.probability == 1.0
    assert found.crossing == month_end(13)
    assert found.act_by == found.crossing - timedelta(days=found.remedy.lead_days)


def test_a_crossing_that_can_still_be_stopped_next_month_is_not_signalled_yet():
    assert ahead(*[crosses_after(20)] * 10).outlook is Outlook.QUIET


def test_the_window_is_the_lead_time_and_the_time_to_answer():
    found = ahead(crosses_after(1))
    assert found.window_end == TODAY + timedelta(days=found.remedy.lead_days + DAYS_TO_ANSWER)


def test_it_says_that_the_measure_comes_too_late():
    assert ahead(*[crosses_after(2)] * 3).is_too_late
    assert not ahead(*[crosses_after(20)] * 3).is_too_late


def test_the_probability_is_the_share_of_the_replications_that_cross():
    found = ahead(*[crosses_after(5)] * 3, *[crosses_after(24)] * 7)
    assert found.probability == 0.3
    assert found.outlook is Outlook.QUIET


def test_one_month_across_is_no_crossing():
    assert crossing(WAITING, [], path(1.0, 3.0, 1.0, 1.0, 3.0, 1.0)) is None
    assert crossing(WAITING, [], path(1.0, 3.0, 3.0, 1.0)) == month_end(2)


def test_a_crossing_in_the_last_month_alone_did_not_stay():
    assert crossing(WAITING, [], path(1.0, 1.0, 3.0)) is None


def test_what_was_seen_already_is_not_foreseen():
    history = [(month_end(n), 3.0) for n in (-2, -1, 0)]
    assert ahead(*[crosses_after(1)] * 5, history=history).outlook is Outlook.CROSSED


def test_no_replications_have_no_probability():
    with pytest.raises(ValueError, match="no replications"):
        ahead()


# No flapping

NEAR = st.floats(VALUE - BAND + 0.001, VALUE + 3 * BAND)


@settings(max_examples=200)
@given(st.lists(NEAR, min_size=3, max_size=18))
def test_a_path_that_hovers_around_the_value_raises_once(values):
    """After two months across it is across, whatever it does within the dead band: one crossing, and it never ends."""
    hovering = path(VALUE + 0.1, VALUE + 0.1, *values)
    assert crossing(WAITING, [], hovering) == month_end(1)
    raised, times = False, 0
    for day in range(len(hovering) - 1):
        now = is_raised(
            1.0 if crossing(WAITING, hovering[:day], hovering[day:]) else 0.0, was_raised=raised, replications=200
        )
        times += now and not raised
        raised = now
    assert times == 1


@given(st.integers(1, 1_000), st.floats(0, 1), st.floats(0, 1))
def test_another_seed_does_not_switch_a_signal_without_leaving_the_dead_band(replications, first, second):
    before = is_raised(first, was_raised=False, replications=replications)
    after = is_raised(second, was_raised=before, replications=replications)
    band = dead_band(replications)
    if before and not after:
        assert second <= LIKELY - band
    if after and not before:
        assert second >= LIKELY
    if before and abs(first - second) < band:
        assert after


@given(st.lists(st.floats(0.41, 0.59), min_size=1, max_size=60))
def test_a_probability_that_hovers_around_likely_switches_at_most_once(probabilities):
    """With 200 replications two runs differ by less than a tenth: such a difference never ends a signal."""
    raised, switches = False, 0
    for probability in probabilities:
        now = is_raised(probability, was_raised=raised, replications=200)
        switches += now is not raised
        raised = now
    assert switches <= 1


@given(st.integers(1, 5_000))
def test_the_dead_band_is_wider_with_fewer_replications(replications):
    assert LIKELY >= dead_band(replications) >= dead_band(replications + 1) >= 0.1


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_a_sooner_crossing_is_never_less_probable(sooner):
    later = [crosses_after(10 if soon else 18) for soon in sooner]
    earlier = [crosses_after(6 if soon else 11) for soon in sooner]
    assert ahead(*earlier).probability >= ahead(*later).probability
