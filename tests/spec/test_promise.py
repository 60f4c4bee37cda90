# SPDX-License-Identifier: EUPL-1.2
"""The promise of 28 June 2023, that track 4 goes as fast as track 2: the law itself gives three reasons why not."""

from datetime import date

import pytest

from keten.domain.errors import ScenarioError
from keten.parameters.load import load_chain
from keten.questions.promise import as_fast_as, fastest_way

CHAIN = load_chain()
PROMISED = date(2023, 6, 28)


def test_the_promise_about_track_4_has_three_reasons_each_with_its_source():
    answer = as_fast_as(CHAIN, "first_track_4_other", "first_track_2", PROMISED)
    assert not answer.can_be_kept
    assert [reason.kind for reason in answer.reasons] == ["interviews", "waiting", "requirement"]
    interviews, waiting, medical = answer.reasons
    assert interviews.words.en.startswith("2 interviews instead of 1: ")
    assert waiting.words.en == "Rest and preparation period: at least 6 days"
    assert medical.words.en.startswith("Medical examination")
    assert all("https://" in reason.source for reason in answer.reasons)


WAYS = """
case class           on          days  steps
first_track_2        2023-06-28  0     simplified_procedure
first_track_4_other  2023-06-28  6     registration_interview rest_and_preparation ready_to_schedule @
first_track_4_other  2026-07-01  0     registration_interview rest_and_preparation ready_to_schedule @
"""
ENDING = "detailed_interview decision_aa"
"""How both ways of track 4 end, written as @ in the table."""


@pytest.mark.parametrize("row", WAYS.strip().splitlines()[1:])
def test_the_fastest_lawful_way(row):
    case_class, on, days, *stages = row.replace("@", ENDING).split()
    way = fastest_way(CHAIN, case_class, date.fromisoformat(on))
    assert [step.stage.id for step in way.steps if step.stage.undecided and step.stage.id != "registration"] == stages
    assert way.least_days == float(days)


def test_a_group_goes_as_fast_as_itself():
    assert as_fast_as(CHAIN, "first_track_2", "first_track_2", PROMISED).can_be_kept


def test_track_2_has_no_reason_to_be_slower_than_track_4():
    assert as_fast_as(CHAIN, "first_track_2", "first_track_4_other", PROMISED).can_be_kept


def test_without_the_rest_period_the_medical_examination_and_the_six_days_fall_away():
    answer = as_fast_as(CHAIN, "first_track_4_other", "first_track_2", date(2026, 7, 1))
    assert [reason.kind for reason in answer.reasons] == ["interviews"]


def test_a_group_that_is_not_there_is_named_with_what_is_meant():
    with pytest.raises(ScenarioError, match="first_track_4_other"):
        fastest_way(CHAIN, "first_track_4_othr", PROMISED)
