# SPDX-License-Identifier: EUPL-1.2
"""When an indicator is on course, asks attention, raises a signal, or cannot be judged."""

from dataclasses import replace
from datetime import date

import pytest
from indicator_tables import written

from keten.domain.errors import ParameterError
from keten.domain.words import Direction, SignalState
from keten.indicators import find, indicators, registry, signal_state, signal_states
from keten.indicators.signal_values import Level, SignalRule

ON = date(2023, 6, 30)


def quantity(value):
    return {"value": value, "unit": "share", "assumption": "An example."}


RULE = SignalRule.model_validate(
    {
        "counts": "share_decided_in_time",
        "signal_value": quantity(0.90),
        "attention_band": quantity(0.05),
        "dead_band": quantity(0.02),
    }
)
HIGHER = replace(find("share_decided_in_time"), rule=RULE)
LOWER = replace(HIGHER, direction=Direction.LOWER_IS_BETTER)


def check(indicator, text):
    """Each line: earlier values (oldest first), the value, and the state that follows."""
    for row in written(text):
        earlier = [None if value == "?" else float(value) for value in row["earlier"].split()]
        value = None if row["value"] == "?" else float(row["value"])
        assert signal_state(indicator, value, earlier, on=ON) == SignalState(row["state"]), row


def test_a_value_that_should_be_high():
    check(
        HIGHER,
        """
        earlier | value | state
                | 0.96  | on_course
                | 0.95  | on_course
                | 0.949 | attention
                | 0.90  | attention
                | 0.899 | signal
                | 0     | signal
        """,
    )


def test_a_value_that_should_be_low():
    check(
        LOWER,
        """
        earlier | value | state
                | 0.84  | on_course
                | 0.85  | on_course
                | 0.851 | attention
                | 0.90  | attention
                | 0.901 | signal
        """,
    )


def test_a_state_improves_only_when_the_value_is_back_by_more_than_the_dead_band():
    check(
        HIGHER,
        """
        earlier        | value | state
        0.89           | 0.91  | signal
        0.89 0.91      | 0.92  | attention
        0.89           | 0.96  | attention
        0.94           | 0.96  | attention
        0.94           | 0.97  | on_course
        0.89 0.98      | 0.96  | on_course
        0.99 0.99 0.91 | 0.89  | signal
        """,
    )


def test_missing_data_are_unknown_and_a_gap_in_the_past_is_skipped():
    check(
        HIGHER,
        """
        earlier | value | state
                | ?     | unknown
        0.99    | ?     | unknown
                | nan   | unknown
                | inf   | unknown
        0.89 ?  | 0.91  | signal
        ?       | 0.96  | on_course
        """,
    )


def test_a_key_figure_is_never_judged():
    assert signal_state(find("quashed_on_appeal_share"), 0.99, on=ON) is SignalState.UNKNOWN


def test_the_signal_value_of_the_day_counts():
    production = find("production_track_4")
    on_2000_decisions = {
        date(2022, 12, 31): SignalState.UNKNOWN,
        date(2023, 4, 30): SignalState.ON_COURSE,
        date(2023, 5, 31): SignalState.SIGNAL,
        date(2024, 12, 31): SignalState.ON_COURSE,
    }
    assert {day: signal_state(production, 2000, on=day) for day in on_2000_decisions} == on_2000_decisions


def test_a_series_is_judged_month_by_month_with_its_own_past():
    months = [(date(2023, month, 28), value) for month, value in enumerate((0.96, 0.89, 0.91, None, 0.93), start=1)]
    assert signal_states(HIGHER, months) == ["on_course", "signal", "signal", "unknown", "attention"]


def problems_with(monkeypatch, **changed):
    """The problems of the catalogue when some of its indicators were written otherwise."""
    monkeypatch.setattr(registry, "_DECLARED", {row.id: row for row in indicators()} | changed)
    with pytest.raises(ParameterError) as refusal:
        registry.indicators.__wrapped__()
    return refusal.value.problems


def test_wrong_signal_values_are_refused_with_every_problem(monkeypatch):
    overdue, lead_time, quashed = map(find, ("overdue_share", "lead_time_track_4", "quashed_on_appeal_share"))
    without_origin = replace(overdue.signal, values=(Level(0.07),), dead_band=Level(0.01, assumption="a", source="b"))
    problems = problems_with(
        monkeypatch,
        overdue_share=replace(overdue, signal=without_origin),
        lead_time_track_4=replace(lead_time, signal=None),
        quashed_on_appeal_share=replace(quashed, signal=overdue.signal),
    )
    assert sorted(problem.where for problem in problems) == [
        "lead_time_track_4",
        "overdue_share.dead_band",
        "overdue_share.signal_value.0",
        "quashed_on_appeal_share",
    ]


def test_two_signal_values_for_one_day_are_refused(monkeypatch):
    production = find("production_track_4")
    first, *others = production.signal.values
    twice = replace(production.signal, values=(replace(first, until=date(2023, 6, 1)), *others))
    (problem,) = problems_with(monkeypatch, production_track_4=replace(production, signal=twice))
    assert "validity overlaps" in str(problem)


def test_a_signal_value_counts_what_its_indicator_counts_in_its_unit():
    for row in indicators():
        if row.rule:
            assert row.rule.counts == row.counts
            assert {level.unit for level in (*row.rule.signal_value, row.rule.attention_band)} == {row.unit}
