# SPDX-License-Identifier: EUPL-1.2
"""The ledger of steering choices: predicted beside a do-nothing twin, and the outcome in parts that add up."""

import json
from dataclasses import replace
from datetime import date
from functools import cache
from math import fsum
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keten.domain.errors import ScenarioError
from keten.domain.figures import Range
from keten.observations import load_published
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.interval import interval_of_mean, interval_of_outcome
from keten.whatif.account import Account
from keten.whatif.chosen import scenario_with
from keten.whatif.exercises import START_BAA, load_exercise
from keten.whatif.ledger import (
    Actual,
    Cause,
    Happened,
    Part,
    Split,
    Verdict,
    Worked,
    actuals_after,
    inflow_known_until,
    judge,
    judgement_of,
    predict,
    prediction_from,
    prediction_of,
)
from keten.whatif.look import simulate

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
ACCOUNT = Account("Analist", "De keuze, of niets doen.", "oefening")
THE_LETTER = date(2023, 7, 13)
JUNE = date(2023, 6, 30)


@cache
def with_baa():
    """The letter's scenario until the end of June 2023; the project BAA is in it."""
    return read_scenario(LETTER / "most-likely.toml").model_copy(update={"horizon": JUNE})


@cache
def twin(**levers):
    return scenario_with(prepare(with_baa()), levers or {"baa": 0}, ACCOUNT)


@cache
def prediction():
    return predict(with_baa(), twin(), replications=3, seed=7)


def happened(known_on=THE_LETTER, worked=()):
    return Happened(load_published().known_on(known_on), known_on, worked)


@cache
def judged():
    return judge(prediction(), happened())


# The prediction


def test_the_prediction_is_the_paired_difference_with_the_twin():
    with_it, without = (
        simulate(prepare(scenario), replications=3, seed=7).values.filter(
            (pl.col("measure") == "stock.track_4") & (pl.col("period_end") == JUNE)
        )["value"]
        for scenario in (with_baa(), twin())
    )
    expected = interval_of_mean((with_it - without).to_list())
    row = prediction().at("stock.track_4", JUNE)
    assert (row.effect, row.low, row.high) == pytest.approx((expected.mean, expected.low, expected.high), abs=1e-6)
    assert row.twin.mean == pytest.approx(without.mean(), abs=1e-6)
    assert row.effect < 0


def test_runs_that_were_done_already_give_the_same_prediction():
    with_it, without = (simulate(prepare(scenario), replications=3, seed=7).values for scenario in (with_baa(), twin()))
    assert prediction_from(with_baa(), twin(), without, with_it, seed=7) == prediction()


def test_the_replications_that_both_runs_have_are_the_pairs():
    few = simulate(prepare(with_baa()), replications=2, seed=7).values
    many = simulate(prepare(twin()), replications=3, seed=7).values
    assert prediction_from(with_baa(), twin(), many, few, seed=7).replications == 2


def test_a_prediction_is_kept_and_read_back_whole():
    assert prediction_of(json.loads(json.dumps(prediction().as_document()))) == prediction()


def test_the_receipt_tells_data_law_model_and_both_scenarios():
    receipt = prediction().receipt
    assert receipt["known_on"] == receipt["law_known_on"] == "2023-07-13"
    assert receipt["reading"] == "authority"
    assert set(receipt["inputs"]) == {"code", "parameters", "observations", "scenario", "twin"}
    assert receipt["inputs"]["scenario"] != receipt["inputs"]["twin"]


def test_a_choice_that_changes_nothing_or_speaks_of_other_days_is_refused():
    with pytest.raises(ScenarioError, match="differs in nothing"):
        predict(with_baa(), with_baa(), replications=1, seed=7)
    other = twin().model_copy(update={"horizon": date(2023, 7, 31)})
    with pytest.raises(ScenarioError, match="horizon"):
        predict(with_baa(), other, replications=1, seed=7)


def test_runs_without_a_common_replication_are_no_pairs():
    rows = simulate(prepare(with_baa()), replications=1, seed=7).values
    with pytest.raises(ScenarioError, match="none in common"):
        prediction_from(with_baa(), twin(), rows.with_columns(replication=pl.lit(9)), rows, seed=7)


# What happened


def test_only_what_was_published_by_the_day_counts():
    assert {row.measure for row in actuals_after(prediction(), happened())} == {"stock.track_4", "reception.occupancy"}
    assert actuals_after(prediction(), happened(date(2023, 5, 1))) == ()


def test_the_inflow_is_known_for_the_unbroken_months_that_were_published():
    inputs = prepare(with_baa())
    assert inflow_known_until(inputs, happened().observations) == JUNE
    assert inflow_known_until(inputs, happened(date(2023, 5, 1)).observations) is None


@pytest.mark.parametrize(
    ("day", "month_end"),
    [
        (date(2023, 6, 30), date(2023, 6, 30)),
        (date(2023, 7, 1), date(2023, 6, 30)),
        (date(2023, 7, 20), date(2023, 7, 31)),
        (date(2024, 2, 10), date(2024, 1, 31)),
    ],
)
def test_a_figure_stands_beside_the_nearest_month_end(day, month_end):
    assert Actual("stock.track_4", day, 1.0, "").month_end == month_end


# The outcome in parts


def test_the_parts_and_the_remainder_make_the_published_figure():
    for split in judged().splits:
        assert split.adds_up
        assert fsum([split.without, *(part.amount for part in split.parts)]) == pytest.approx(split.actual.value)
        assert [part.cause for part in split.parts] == list(Cause)


def test_less_inflow_than_foreseen_lowers_the_stock_and_is_not_the_doing_of_the_choice():
    split = next(row for row in judged().splits if row.measure == "stock.track_4")
    assert split.actual.value == 36_870
    assert split.part(Cause.INFLOW).amount < -1_000
    assert -1_000 < split.part(Cause.CHOICE).amount < 0


def test_what_was_not_published_or_did_not_change_is_zero_and_nothing_was_run_for_it():
    for split in judged().splits:
        for cause in (Cause.STAFF, Cause.RULES):
            assert (split.part(cause).amount, split.part(cause).low, split.part(cause).high) == (0, 0, 0)
    assert not judged().rules_changed


def test_what_could_not_be_judged_is_named():
    assert "penalties.paid" in judged().not_yet
    assert "stock.track_4" not in judged().not_yet


def test_without_any_figure_there_is_no_verdict():
    found = judge(prediction(), happened(date(2023, 5, 1)))
    assert found.verdict is None
    assert set(found.not_yet) == set(prediction().measures)


def test_a_judgement_is_kept_and_read_back_whole():
    assert judgement_of(json.loads(json.dumps(judged().as_document()))) == judged()


def test_fewer_hours_than_planned_are_staff_when_the_choice_does_not_govern_them():
    less = Worked("decision_officers_track_4", date(2023, 5, 1), JUNE, 300, "https://example.org/hours")
    found = judge(prediction(), happened(worked=(less,)))
    split = next(row for row in found.splits if row.measure == "stock.track_4")
    assert split.part(Cause.STAFF).amount > 0
    assert split.adds_up


def test_how_the_choice_was_carried_out_is_part_of_the_choice():
    none = Worked("baa_officers", date(2023, 5, 1), date(2023, 7, 1), 0, "https://example.org/hours")
    found = judge(prediction(), happened(worked=(none,)))
    split = next(row for row in found.splits if row.measure == "stock.track_4")
    assert split.part(Cause.STAFF).amount == 0
    assert split.part(Cause.CHOICE).amount == 0
    assert split.verdict is Verdict.NO_MEASURABLE_EFFECT


def test_a_later_ruling_is_a_change_of_rules():
    found = judge(prediction(), happened(date(2025, 7, 1)))
    assert found.rules_changed


# The verdict


def split_of(choice, rest, *, low, high, predicted=(30_000, 40_000)):
    parts = {
        Cause.CHOICE: Part(Cause.CHOICE, choice, low, high),
        Cause.REMAINDER: Part(Cause.REMAINDER, rest, rest, rest),
    }
    every = tuple(parts.get(cause, Part(cause, 0, 0, 0)) for cause in Cause)
    actual = Actual("stock.track_4", JUNE, 35_000 + choice + rest, "")
    middle = sum(predicted) / 2
    return Split("stock.track_4", "cases", actual, 35_000, Range(predicted[0], middle, predicted[1], middle), every)


@pytest.mark.parametrize(
    ("split", "verdict"),
    [
        (split_of(-500, 0, low=-1_100, high=100), Verdict.NO_MEASURABLE_EFFECT),
        (split_of(0, 0, low=0, high=0), Verdict.NO_MEASURABLE_EFFECT),
        (split_of(-500, 600, low=-800, high=-200), Verdict.DROWNED),
        (split_of(-500, -100, low=-800, high=-200), Verdict.AS_PREDICTED),
        (split_of(-500, -100, low=-800, high=-200, predicted=(30_000, 31_000)), Verdict.OTHERWISE),
    ],
)
def test_the_verdict(split, verdict):
    assert split.adds_up
    assert split.verdict is verdict


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_one_outcome_is_less_sure_than_a_mean(outcomes):
    mean, one = interval_of_mean(outcomes), interval_of_outcome(outcomes)
    assert one.mean == mean.mean
    assert one.low <= mean.low <= mean.high <= one.high


# The exercise that ships


def test_the_exercise_is_what_the_model_says_today():
    """Made again with `keten choice predict` and `keten choice judge`; see the head of `keten.whatif.exercises`."""
    kept, looked_back = load_exercise(START_BAA)
    again = predict(kept.chosen, kept.twin, replications=kept.replications, seed=kept.seed)
    renew = "Write it again: keten choice predict examples/letter-2023/most-likely.toml --without baa=0 ..."
    assert again.rows == kept.rows, renew
    assert judge(kept, happened()) == looked_back, renew


def test_the_exercise_is_the_start_of_baa_of_the_letter():
    kept, looked_back = load_exercise(START_BAA)
    assert kept.chosen == read_scenario(LETTER / "most-likely.toml")
    assert looked_back.known_on == THE_LETTER
    assert replace(looked_back, splits=()).verdict is None
