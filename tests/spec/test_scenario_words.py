# SPDX-License-Identifier: EUPL-1.2
"""A scenario in words: every value, who stands for it, and why."""

from itertools import groupby
from pathlib import Path

import pytest

from keten.domain.language import Words
from keten.parameters.load import load_chain
from keten.scenario.model import Scenario
from keten.scenario.read import read_scenario
from keten.scenario.words import in_words

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"


@pytest.fixture(scope="module")
def likely():
    return list(in_words(read_scenario(LETTER / "most-likely.toml"), load_chain()))


def test_a_value_is_told_with_who_stands_for_it_and_why(likely):
    (reading,) = (row for row in likely if row.subject.en == "Reading of contested rules")
    assert reading.subject.nl == "Lezing van omstreden regels"
    assert reading.value == Words(nl="die van de IND", en="that of the IND")
    assert reading.owner == "Keten"
    assert reading.reason.startswith("The letter reckons with the extended period")
    assert reading.source.startswith("https://")


def test_days_and_shares_are_written_as_people_write_them(likely):
    told = {row.subject.nl: row.value for row in likely}
    assert told["Recht zoals bekend op"] == Words(nl="13 juli 2023", en="13 July 2023")
    (share,) = (value for subject, value in told.items() if subject.startswith("Deel van de uren"))
    assert share == Words(nl="70%", en="70%")


@pytest.mark.parametrize("path", sorted(LETTER.glob("*.toml")), ids=lambda path: path.stem)
def test_no_value_of_the_letter_is_told_by_its_place_in_the_file(path):
    rows = list(in_words(read_scenario(path), load_chain()))
    assert rows
    for row in rows:
        assert " " in row.subject.nl or row.subject.nl.isalpha()
        assert not {"_", "{"} & set(row.subject.nl + row.value.nl + row.subject.en + row.value.en)


def periods(*values):
    account = {"owner": "Planner", "source": "a test"}
    return [{**account, **value} for value in values]


def told(**changes):
    scenario = read_scenario(LETTER / "most-likely.toml")
    changed = Scenario.model_validate({**scenario.model_dump(by_alias=True), **changes})
    before = set(in_words(scenario, load_chain()))
    return [row for row in in_words(changed, load_chain()) if row not in before]


def test_a_value_that_ends_is_told_with_its_last_day():
    summer = {"value": 100, "from": "2023-09-01", "until": "2023-12-01", "reason": "Only in autumn."}
    (row,) = told(capacity={"baa_officers": periods(summer)})
    assert row.value == Words(
        nl="100 uur per werkdag vanaf 1 september 2023 tot 1 december 2023",
        en="100 hours per working day from 1 September 2023 until 1 December 2023",
    )


@pytest.mark.parametrize(
    ("resource", "nl", "en"),
    [
        ("municipal_homes", "90 personen per werkdag", "90 persons per working day"),
        ("detention_places", "90 personen", "90 persons"),
    ],
)
def test_a_capacity_is_told_in_what_it_is_counted_in(resource, nl, en):
    (row,) = told(capacity={resource: periods({"value": 90, "from": "2023-09-01", "reason": "More of them."})})
    assert row.value == Words(nl=f"{nl} vanaf 1 september 2023", en=f"{en} from 1 September 2023")


def test_periods_with_one_reason_are_told_together_and_others_apart():
    rows = told(
        capacity={
            "baa_officers": periods(
                {"value": 100, "from": "2023-05-01", "until": "2023-09-01", "reason": "Agreed."},
                {"value": 200, "from": "2023-09-01", "until": "2024-01-01", "reason": "Agreed."},
                {"value": 50, "from": "2024-01-01", "reason": "Winding down."},
            )
        }
    )
    assert [row.reason for row in rows] == ["Agreed.", "Winding down."]
    assert rows[0].value.en == (
        "100 hours per working day from 1 May 2023, "
        "200 hours per working day from 1 September 2023 until 1 January 2024"
    )


def test_a_range_is_told_as_its_middle_and_its_ends_without_decimals_when_large():
    (row,) = told(
        reception={
            "regular_places": periods(
                {"low": 45454.54545, "mode": 50000, "high": 56060.6, "from": "2023-05-01", "reason": "A round number."}
            )
        }
    )
    assert row.value.nl == "50.000 (45.455–56.061) vanaf 1 mei 2023"


def test_every_period_of_a_capacity_is_told_with_its_own_reason():
    scenario = read_scenario(LETTER / "penalty-forecast-agreed-production.toml")
    reasons = [reason for rows in scenario.capacity.values() for reason, _ in groupby(row.reason for row in rows)]
    said = [row for row in in_words(scenario, load_chain()) if row.subject.en.startswith("Capacity of")]
    assert len(reasons) > 1
    assert [row.reason for row in said] == reasons
