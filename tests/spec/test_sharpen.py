# SPDX-License-Identifier: EUPL-1.2
"""A comparison that sharpens gives the figures of a study, however many steps it took."""

from datetime import date
from pathlib import Path

import pytest

from keten.questions.compare import differences, read_study
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.run import Settings, run_study
from keten.whatif.account import Account
from keten.whatif.chosen import scenario_with
from keten.whatif.look import compare_runs, simulate
from keten.whatif.sharpen import (
    FRAMES,
    common_number,
    forget_oldest,
    grown,
    kept_numbers,
    key_of,
    read_kept,
    steps_until,
)

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
ACCOUNT = Account("Analist", "Wat doet deze keuze?", "wat-als")


@pytest.fixture(scope="module")
def base():
    return prepare(read_scenario(LETTER).model_copy(update={"horizon": date(2023, 7, 31)}))


@pytest.fixture(scope="module")
def variant(base):
    return prepare(scenario_with(base, {"baa": 0, "homes": 120}, ACCOUNT))


def same(one, other):
    return all(getattr(one, name).equals(getattr(other, name)) for name in FRAMES)


STEPS = """
100  12 25 50 100
12   12
4    4
30   12 25 30
"""


@pytest.mark.parametrize("row", STEPS.strip().splitlines())
def test_the_steps_end_with_the_full_number(row):
    full, *steps = map(int, row.split())
    assert steps_until(full) == tuple(steps)


def test_in_steps_or_at_once_the_figures_are_those_of_a_study_to_the_last_digit(base, variant, tmp_path):
    for replications in (2, 3, 6):
        runs = [grown(inputs, seed=7, replications=replications, folder=tmp_path) for inputs in (base, variant)]
    assert same(runs[1], simulate(variant, seed=7, replications=6))
    for inputs, name in ((base, "study-base"), (variant, "study-variant")):
        run_study(inputs, Settings(seed=7, replications=6), tmp_path / name)
    studies = [read_study(tmp_path / name) for name in ("study-base", "study-variant")]
    assert list(compare_runs(*runs).differences) == differences(studies[0].values, studies[1].values)


def test_what_was_run_is_kept_and_not_run_again(variant, tmp_path):
    told = []
    grown(variant, seed=7, replications=2, folder=tmp_path)
    grown(variant, seed=7, replications=3, folder=tmp_path, progress=told.append)
    assert told == [3]
    grown(variant, seed=7, replications=3, folder=tmp_path, progress=told.append)
    assert told == [3]
    grown(variant, seed=7, replications=4, folder=tmp_path)
    assert kept_numbers(tmp_path, key_of(variant, 7)) == (3, 4)


def test_a_pair_can_be_shown_with_the_largest_number_that_both_have(base, variant, tmp_path):
    keys = [key_of(inputs, 7) for inputs in (base, variant)]
    assert common_number(tmp_path, keys) == 0
    grown(base, seed=7, replications=3, folder=tmp_path)
    grown(variant, seed=7, replications=2, folder=tmp_path)
    assert common_number(tmp_path, keys) == 0
    grown(variant, seed=7, replications=3, folder=tmp_path)
    assert common_number(tmp_path, keys) == 3
    assert same(
        read_kept(tmp_path, keys[1], variant, seed=7, replications=3), simulate(variant, seed=7, replications=3)
    )
    assert read_kept(tmp_path, keys[1], variant, seed=7, replications=9) is None


def test_another_seed_or_scenario_is_kept_apart_and_the_oldest_is_forgotten(base, variant, tmp_path):
    assert len({key_of(base, 7), key_of(base, 8), key_of(variant, 7)}) == 3
    for number, inputs in enumerate((base, variant)):
        grown(inputs, seed=number, replications=1, folder=tmp_path)
    forget_oldest(tmp_path, 1)
    assert kept_numbers(tmp_path, key_of(base, 0)) == ()
    assert kept_numbers(tmp_path, key_of(variant, 1)) == (1,)
    forget_oldest(tmp_path / "not there", 1)
