# SPDX-License-Identifier: EUPL-1.2
"""A scenario in words: every value, who stands for it, and why."""

from pathlib import Path

import pytest

from keten.parameters.load import load_chain
from keten.study.scenario import read_scenario
from keten.study.words import Words, in_words

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"


@pytest.fixture(scope="module")
def likely():
    return list(in_words(read_scenario(LETTER / "most-likely.toml"), load_chain()))


def test_a_value_is_told_with_who_stands_for_it_and_why(likely):
    (reading,) = (row for row in likely if row.subject.en == "Reading of contested rules")
    assert reading.subject.nl == "Lezing van omstreden regels"
    assert reading.value == Words("die van de IND", "that of the IND")
    assert reading.owner == "Keten"
    assert reading.reason.startswith("The letter reckons with the extended period")
    assert reading.source.startswith("https://")


def test_days_and_shares_are_written_as_people_write_them(likely):
    told = {row.subject.nl: row.value for row in likely}
    assert told["Recht zoals bekend op"] == Words("13 juli 2023", "13 July 2023")
    (share,) = (value for subject, value in told.items() if subject.startswith("Deel van de uren"))
    assert share == Words("70%", "70%")


@pytest.mark.parametrize("path", sorted(LETTER.glob("*.toml")), ids=lambda path: path.stem)
def test_no_value_of_the_letter_is_told_by_its_place_in_the_file(path):
    rows = list(in_words(read_scenario(path), load_chain()))
    assert rows
    for row in rows:
        assert " " in row.subject.nl or row.subject.nl.isalpha()
        assert not {"_", "{"} & set(row.subject.nl + row.value.nl + row.subject.en + row.value.en)


def test_every_period_of_a_capacity_is_told_with_its_own_reason():
    scenario = read_scenario(LETTER / "penalty-forecast-agreed-production.toml")
    periods = [(name, period) for name, rows in scenario.capacity.items() for period in rows]
    told = [row for row in in_words(scenario, load_chain()) if row.subject.en.startswith("Capacity of")]
    assert len(periods) > 1
    assert [row.reason for row in told] == [period.reason for _, period in periods]
