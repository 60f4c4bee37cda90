# SPDX-License-Identifier: EUPL-1.2
"""The manual page of the observations describes every table, column, definition and conversion, and is fresh."""

import json
from pathlib import Path

import pytest

from keten.cli import main
from keten.observations.definitions import conversions, definitions
from keten.observations.reference import reference
from keten.observations.tables import TABLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "observations.md"


def test_the_page_about_observations_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == reference(), "Run: keten observations reference > docs/observations.md"


def test_everything_that_is_declared_is_described():
    page = reference()
    for table in TABLES.values():
        assert f"## {table.name}" in page
        assert all(f"| `{column}` |" in page for column in table.column_names)
    assert all(f"### {name}" in page for name in (*definitions(), *conversions()))


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_has_a_meaning_and_a_unit(table):
    for column in table.columns:
        assert column.meaning
        assert column.unit
    assert set(table.key) <= set(table.column_names)


def test_the_command_prints_the_page(capsys):
    with pytest.raises(SystemExit):
        main(["observations", "reference"])
    assert capsys.readouterr().out == reference()
    with pytest.raises(SystemExit):
        main(["observations", "reference", "--json"])
    assert set(json.loads(capsys.readouterr().out)) == set(TABLES)
