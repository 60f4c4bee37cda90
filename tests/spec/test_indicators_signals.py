# SPDX-License-Identifier: EUPL-1.2
"""When an indicator is on course, asks attention, raises a signal, or cannot be judged."""

from dataclasses import replace
from datetime import date

import pytest
from indicator_tables import written

from keten.domain.errors import ParameterError
from keten.domain.words import Direction, SignalState
from keten.indicators import find, signal_state, signal_states
from keten.indicators.signal_values import PACKAGED, SignalRule, load_signal_rules

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


def test_wrong_signal_values_are_refused_with_every_problem(tmp_path):
    path = tmp_path / "signal_values.yaml"
    path.write_text(
        """
        overdue_share:
          signal_value: {value: 0.07, unit: share}
          attention_band: {value: 0.02, unit: share, assumption: "An example."}
          dead_bend: {value: 0.01, unit: share, assumption: "An example."}
          counts: overdue_share
        production:
          signal_value: {value: 1, unit: cases, assumption: "An example."}
        """
    )
    with pytest.raises(ParameterError) as refusal:
        load_signal_rules(path, expected=frozenset({"overdue_share", "lead_time_track_4"}))
    assert [problem.where for problem in refusal.value.problems] == [
        "lead_time_track_4",
        "production",
        "overdue_share.signal_value.0",
        "overdue_share.dead_band",
        "overdue_share.dead_bend",
    ]


def test_two_signal_values_for_one_day_are_refused(tmp_path):
    text = PACKAGED.read_text(encoding="utf-8").replace("until: 2023-05-01", "until: 2023-06-01")
    path = tmp_path / "signal_values.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match="validity overlaps"):
        load_signal_rules(path, expected=frozenset({"production_track_4"}))
