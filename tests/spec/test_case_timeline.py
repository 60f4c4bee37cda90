# SPDX-License-Identifier: EUPL-1.2
"""A case for life: events in, every running and future term out."""

from __future__ import annotations

import json
from datetime import date

import pytest

from keten import cli
from keten.deadlines import load_law
from keten.parameters.law import LawFile

LAW = load_law()
CONTRACT = {"term", "from", "last_day", "rule", "article", "address", "reading", "open_question"}
CASE = """
[case]
type = "first"
lodged_on = 2022-04-15
known_on = 2024-02-01
[[suspensions]]
from = 2022-06-01
until = 2022-06-21
ground = "incomplete"
[[events]]
what = "notice"
on = 2023-09-07
[[events]]
what = "late_decision_appeal"
on = 2023-09-26
[[events]]
what = "judgment"
on = 2023-12-01
sent_on = 2023-12-04
term_weeks = 8
per_day = 100
maximum = 7500
[[events]]
what = "rejected"
on = 2024-01-29
[[events]]
what = "detained"
on = 2024-01-30
"""


@pytest.fixture
def run(capsys, tmp_path):
    def run(text, *arguments):
        path = tmp_path / "case.toml"
        path.write_text(text)
        with pytest.raises(SystemExit) as ended:
            cli.main(["case", "timeline", str(path), *arguments])
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return run


def rows_of(run, text, *arguments):
    code, out, _ = run(text, "--json", *arguments)
    assert code == 0
    return json.loads(out)


def test_every_term_of_a_case_with_its_state(run):
    rows = rows_of(run, CASE)
    assert all(set(row) >= CONTRACT and row["address"].startswith("https://") for row in rows)
    assert [(row["rule"], row["from"], row["last_day"], row["state"]) for row in rows] == [
        ("asylum_decision_period", "2022-04-15", "2023-08-04", "passed"),
        ("notice_of_default", "2023-08-05", "2023-09-07", "passed"),
        ("notice_period", "2023-09-07", "2023-09-21", "passed"),
        ("late_decision_appeal", "2023-09-22", "2023-09-26", "passed"),
        ("court_term", "2023-12-01", "2024-01-29", "passed"),
        ("appeal_period", "2024-01-29", "2024-02-26", "running"),
        ("departure_period", "2024-01-29", "2024-02-26", "running"),
        ("detention_maximum", "2024-01-30", "2024-07-28", "running"),
        ("detention_maximum_extended", "2024-01-30", "2025-07-23", "running"),
    ]


def test_what_changed_the_deadline_when_it_became_known(run):
    row = rows_of(run, CASE)[0]
    assert [(each["known_on"], each["before"], each["after"]) for each in row["changes"]] == [
        ("2022-09-27", "2022-11-04", "2023-08-04")
    ]
    courts = rows_of(run, CASE, "--known-on", "2025-06-01", "--reading", "courts")
    own = next(each for each in courts if each["reading"] == "courts" and each["rule"] == "asylum_decision_period")
    assert [each["known_on"] for each in own["changes"]] == ["2022-09-27", "2023-01-06", "2023-02-03", "2025-05-08"]


def test_both_readings_stand_there_where_they_give_another_day(run):
    rows = rows_of(run, CASE, "--known-on", "2025-06-01")
    periods = {row["reading"]: row["last_day"] for row in rows if row["rule"] == "asylum_decision_period"}
    assert periods == {"authority": "2023-08-04", "courts": "2022-11-04"}


def test_a_late_case_says_from_which_day_a_notice_is_possible(run):
    rows = rows_of(run, '[case]\ntype = "regular"\nlodged_on = 2026-01-05\nknown_on = 2026-01-10\n')
    assert [(row["rule"], row["from"], row["last_day"], row["state"]) for row in rows] == [
        ("regular_decision_period", "2026-01-05", "2026-04-07", "running"),
        ("notice_of_default", "2026-04-08", None, "future"),
    ]


@pytest.mark.parametrize("event", LAW.events, ids=lambda event: event.id)
def test_every_event_of_the_law_sets_its_terms_in_motion(event, run):
    """On the day of the Pact and on the day before it: every event leads to a term on one of them."""
    text = '[case]\ntype = "first"\nlodged_on = 2026-01-05\nknown_on = 2026-06-20\n[[events]]\nwhat = "{}"\non = {}\n'
    found = set()
    for on in ("2026-06-11", "2026-06-12"):
        for row in rows_of(run, text.format(event.id, on)):
            assert row["last_day"] is None or date.fromisoformat(row["last_day"]) >= date.fromisoformat(row["from"])
            found.add(row["rule"])
    assert found & {part.rule for part in event.terms}


def test_the_table_for_readers(run):
    for language, word in [("nl", "laatste dag"), ("en", "last day")]:
        code, out, _ = run(CASE, "--language", language)
        assert (code, word in out) == (0, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no type and lodged_on"),
        ("[case", "is no TOML"),
        ('[case]\ntype = "first"\nlodged_on = "2022-04-15"\n', "is not what belongs here"),
        ('[case]\ntype = "first"\nlodged_on = 2022-04-15\nlodged = 1\n', "case: lodged: is not known here"),
        (
            '[case]\ntype = "first"\nlodged_on = 2022-04-15\n[[events]]\nwhat = "party"\non = 2023-01-01\n',
            "does not exist",
        ),
        ('[case]\ntype = "first"\nlodged_on = 2022-04-15\n[[events]]\nwhat = "rejected"\n', "has no day"),
        (
            '[case]\ntype = "first"\nlodged_on = 2022-04-15\n[[events]]\nwhat = "judgment"\non = 2023-01-01\n',
            "no appeal",
        ),
        ('[case]\ntype = "firts"\nlodged_on = 2022-04-15\n', "'firts' does not exist"),
        ('[case]\ntype = "first"\nlodged_on = 2022-04-15\nevents = 3\n', "is not known here"),
        ('events = 3\n[case]\ntype = "first"\nlodged_on = 2022-04-15\n', "is no list of tables"),
    ],
)
def test_a_wrong_file_says_what_to_do(text, told, run):
    code, out, err = run(text)
    assert (code, out) == (2, "")
    assert told in err


def test_a_file_that_is_none_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["case", "timeline", "none.toml"])
    assert (ended.value.code, "cannot be read" in capsys.readouterr().err) == (2, True)


def test_an_event_names_only_terms_that_exist():
    rules = {rule.rule for rule in LAW.rules if rule.kind == "term"}
    assert all(part.rule in rules for event in LAW.events for part in event.terms)
    assert "events" in LawFile.model_fields


REPEATED = CASE[: CASE.index('[[events]]\nwhat = "rejected"')]


def test_a_new_appeal_that_comes_too_early_is_told(run):
    """RBDHA:2025:4834: an appeal before the term of the court had passed is not admissible."""
    early = REPEATED + '[[events]]\nwhat = "late_decision_appeal"\non = 2024-01-10\n'
    rows = [row for row in rows_of(run, early) if row["rule"] == "late_decision_appeal"]
    assert (rows[1]["from"], rows[1]["last_day"]) == ("2024-01-30", "2024-01-10")
    assert "not admissible" in rows[1]["says"]
    in_time = early.replace("2024-01-10", "2024-01-30")
    assert "not admissible" not in str(rows_of(run, in_time))


def test_a_decision_ends_the_decision_period_and_the_right_to_a_new_appeal(run):
    rows = rows_of(run, CASE)
    assert rows[0]["says"] == "Decided on 29 January 2024."
    assert len([row for row in rows if row["rule"] == "late_decision_appeal"]) == 1


def test_a_moratorium_after_the_notice_leaves_the_penalty_as_it_was(run):
    """RBDHA:2025:14982: notice of 16 September 2024, moratorium from 14 December 2024."""
    case = """
[case]
type = "first"
nationality = "SYR"
lodged_on = 2024-03-11
known_on = 2025-08-01
[[events]]
what = "notice"
on = 2024-09-16
"""
    assert rows_of(run, case)[0]["late_decision"]["premature"] is False


def test_what_becomes_known_after_the_day_that_is_asked_stands_apart(run):
    row = rows_of(run, '[case]\ntype = "first"\nlodged_on = 2022-04-15\nknown_on = 2022-09-01\n')[0]
    assert row["changes"] == []
    assert all("()" not in change["because_nl"] for change in row["changes_later"])
    assert [(change["before"], change["after"]) for change in row["changes_later"]][:1] == [
        ("2022-10-15", "2023-07-15")
    ]


def test_an_event_that_stands_there_twice_is_refused(run):
    code, _, err = run(CASE + '[[events]]\nwhat = "notice"\non = 2023-09-08\n')
    assert code == 2
    assert "2 times" in err
