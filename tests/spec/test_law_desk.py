# SPDX-License-Identifier: EUPL-1.2
"""The law desk: what is open, how the law changed, what a proposal would do before it goes in."""

from __future__ import annotations

import json
import shutil

import pytest

from keten import cli
from keten.parameters.law import FOLDER


@pytest.fixture
def run(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            cli.main(["law", *map(str, arguments)])
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return run


def test_what_is_not_certain_is_listed_with_what_would_settle_it(run):
    rows = json.loads(run("open", "--json")[1])
    assert {row["state"] for row in rows} == {"unverified", "open", "contested"}
    assert all(row["what"] and row["what_nl"] and row["source"] for row in rows)
    assert any("14" in row["what"] or "71b" in row["what"] for row in rows)
    assert any(row["settled_by_nl"] == "het antwoord van het Hof van Justitie op RVS:2025:1473" for row in rows)
    assert run("open", "--language", "nl")[0] == 0


def test_the_changelog_of_the_law_is_readable(run):
    rows = json.loads(run("changes", "--since", "2025-01-01", "--json")[1])
    days = [row["known_from"] for row in rows]
    assert days == sorted(days, reverse=True)
    assert {("2025-03-12", "2025-03-28"), ("2025-04-15", "2025-04-15"), ("2026-06-12", "2026-06-12")} <= {
        (row["known_from"], row["valid_from"]) for row in rows
    }
    assert run("changes")[0] == 0
    assert run("changes", "--since", "x")[0] == 2


def test_a_proposal_shows_which_answers_change_before_it_goes_in(run, tmp_path):
    proposal = tmp_path / "law"
    shutil.copytree(FOLDER, proposal)
    file = proposal / "decision_period.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("value: 9\n        unit: months", "value: 8\n        unit: months"), encoding="utf-8")
    span = ("--from", "2025-02-01", "--until", "2025-05-31", "--known-on", "2026-01-01")
    found = json.loads(run("impact", proposal, *span, "--json")[1])
    assert found["before"] != found["after"]
    assert {(row["type"], row["lodged_on"], row["before"], row["after"]) for row in found["changed"]} == {
        ("family_reunification", "2025-04-01", "2026-01-01", "2025-12-01"),
        ("family_reunification", "2025-05-01", "2026-02-01", "2026-01-01"),
    }
    assert json.loads(run("impact", FOLDER, *span, "--json")[1])["changed"] == []
    assert run("impact", proposal, *span)[0] == 0
