# SPDX-License-Identifier: EUPL-1.2
"""Indicators on the command line and in the documentation."""

import json
from pathlib import Path

import pytest

from keten.cli import main
from keten.domain.words import ChainGoal
from keten.indicators import indicators
from keten.indicators.reference import reference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "indicators.md"


def run(capsys, *arguments):
    """Run the command line; give its exit code, its output and its errors."""
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    printed = capsys.readouterr()
    return end.value.code, printed.out, printed.err


def test_the_page_about_indicators_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == reference(), "Run: keten indicators reference > docs/indicators.md"


def test_reference_prints_the_page(capsys):
    assert run(capsys, "indicators", "reference") == (0, reference(), "")


def test_list_names_every_indicator(capsys):
    code, text, _ = run(capsys, "indicators", "list")
    assert code == 0
    assert text.count("PROCEDURE") == sum(row.goal is ChainGoal.PROCEDURE for row in indicators())
    _, document, _ = run(capsys, "indicators", "list", "--json")
    assert [row["id"] for row in json.loads(document)] == [row.id for row in indicators()]


def test_show_gives_the_signal_value_with_its_source(capsys):
    code, document, _ = run(capsys, "indicators", "show", "lead_time_track_4", "--json")
    shown = json.loads(document)
    assert (code, shown["goal"], shown["owner"]) == (0, "PROCEDURE", "IND")
    assert shown["signal"]["signal_value"][0]["value"] == 26
    assert shown["signal"]["signal_value"][0]["source"].startswith("https://")


@pytest.mark.parametrize(("identifier", "told"), [("overdue_share", "0.07 share"), ("quashed_on_appeal_share", "key_")])
def test_show_prints_a_table_for_people(capsys, identifier, told):
    code, text, _ = run(capsys, "indicators", "show", identifier)
    assert code == 0
    assert told in text


def test_show_refuses_an_unknown_indicator(capsys):
    code, text, errors = run(capsys, "indicators", "show", "overdue")
    assert (code, text) == (2, "")
    assert "overdue: is not an indicator." in errors
