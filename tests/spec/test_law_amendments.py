# SPDX-License-Identifier: EUPL-1.2
"""Law that is entered: added to the packaged law, read a second time, tried before it goes in, and taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from keten.cli import main
from keten.deadlines import Case, decision_deadline, load_law, term_end
from keten.deadlines.consequences import consequences
from keten.deadlines.desk import law_changes
from keten.deadlines.examples import answered, rulings, specification
from keten.domain.errors import ParameterError, UsageError
from keten.domain.words import Reading
from keten.parameters.amendments import amended, law_from, undoing

LAW = load_law()
KNOWN = date(2026, 12, 1)
HEADING = {
    "id": "wbv-2026-1", "nl": "WBV 2026/1", "en": "WBV 2026/1", "author": "A. Jansen", "second_reader": "B. de Vries",
    "source": "https://zoek.officielebekendmakingen.nl/stcrt-2026-1.html", "entered_on": date(2026, 11, 30),
}  # fmt: skip
DECREE = {
    "rule": "category_wide_extension",
    "values": [
        {
            "instrument": "WBV 2026/1", "article": "Vw 2000, art. 42(4)(b)", "source": HEADING["source"],
            "from": date(2025, 6, 1), "until": date(2026, 6, 12), "value": 9,
            "known": [{"from": date(2026, 11, 30), "by": "entry into force", "by_nl": "inwerkingtreding"}],
        }
    ],
}  # fmt: skip
RULING = {
    "rule": "category_wide_extension", "instrument": "WBV 2026/1", "ecli": "RBDHA:2026:1", "holds": False,
    "spoken": date(2026, 12, 15), "instance": "full_chamber", "nl": "niet verbindend", "en": "not binding",
}  # fmt: skip


def text(heading=(), **parts):
    return yaml.safe_dump({"amendment": {**HEADING, **dict(heading)}, **parts}, allow_unicode=True, sort_keys=False)


def law(*texts):
    return amended(LAW, [(f"{number}.yaml", one) for number, one in enumerate(texts)])


def last_day(under, known_on=KNOWN, reading=Reading.AUTHORITY, lodged_on=date(2025, 7, 1), kind="first"):
    return decision_deadline(Case(kind, lodged_on), under, known_on=known_on, reading=reading).deadline


def test_a_decree_counts_from_the_day_on_which_it_is_known_and_leaves_the_rest_as_it_was():
    after = law(text(rules=[DECREE]))
    assert last_day(after) == date(2026, 10, 1)
    assert last_day(after, known_on=date(2026, 11, 29)) == last_day(LAW) == date(2026, 1, 1)
    assert last_day(after, lodged_on=date(2025, 5, 31)) == last_day(LAW, lodged_on=date(2025, 5, 31))
    assert after.digest != LAW.digest
    assert len(after.digest) == len(LAW.digest)
    for example in specification():
        assert answered(example, after) == answered(example, LAW), example


def test_a_ruling_is_followed_by_the_courts_from_its_day():
    after = law(text(rules=[DECREE]), text({"id": "ruling"}, rulings=[RULING]))
    days = {
        (known, reading): last_day(after, known, reading) for known in (date(2026, 12, 14), date(2026, 12, 15))
        for reading in Reading
    }  # fmt: skip
    assert [day == date(2026, 1, 1) for day in days.values()] == [False, False, False, True]


def test_a_moratorium_gives_only_what_differs_or_everything():
    longer = law(text(moratoria=[{"rule": "moratorium_sudan", "until": date(2024, 7, 9)}]))
    assert [row.valid_until for row in longer.moratoria if row.rule == "moratorium_sudan"] == [date(2024, 7, 9)]
    sudan = next(row for row in LAW.moratoria if row.rule == "moratorium_sudan")
    assert [row for row in longer.moratoria if row.rule == "moratorium_sudan"] == [
        sudan.model_copy(update={"valid_until": date(2024, 7, 9)})
    ]
    new = sudan.model_dump(by_alias=True, mode="json", exclude_defaults=True) | {
        "rule": "moratorium_mali", "nationalities": ["MLI"], "from": "2025-07-01", "until": "2026-01-01",
    }  # fmt: skip
    after = law(text(moratoria=[new]))
    asked = Case("first", date(2025, 7, 1), "MLI")
    assert decision_deadline(asked, after, known_on=KNOWN).deadline == date(2027, 1, 1)


def test_a_new_kind_of_case_needs_no_code():
    kind = {"id": "visa_for_film", "family": "visa", "nl": "filmvisum", "en": "film visa"}
    source = {"instrument": "Filmwet", "article": "Vw 2000, art. 25(1)", "source": "https://wetten.overheid.nl/x"}
    period = {
        "rule": "decision_period_film", "kind": "decision_period", "nl": "beslistermijn", "en": "decision period",
        "types": ["visa_for_film"], "unit": "weeks", "values": [{**source, "from": date(2026, 1, 1), "value": 3}],
    }  # fmt: skip
    after = law(text(types=[kind], rules=[period]))
    assert last_day(after, lodged_on=date(2026, 9, 1), kind="visa_for_film") == date(2026, 9, 22)
    assert after.type_ids[:-1] == LAW.type_ids
    found = consequences(LAW, after, known_on=KNOWN, first=date(2026, 9, 1), last=date(2026, 9, 1))
    assert {(row.application_type, row.before) for row in found.answers} == {("visa_for_film", None)}


WRONG = [
    ({"second_reader": " a. jansen"}, {"rules": [DECREE]}, "the second reader is the author"),
    ({"source": "Staatscourant"}, {"rules": [DECREE]}, "source"),
    ({"source": ""}, {"rules": [DECREE]}, "source"),
    ({"id": "Decree 1"}, {"rules": [DECREE]}, "amendment.id"),
    ({}, {}, "no law in it"),
    ({}, {"edition": date(2026, 1, 1)}, "belongs to the packaged law"),
    ({}, {"rules": [{**DECREE, "unit": "weeks"}]}, "leave kind and unit out"),
    ({}, {"rules": [{"rule": "nowhere", "values": DECREE["values"]}]}, "rules.0.kind"),
    ({}, {"rules": [{"rule": "category_wide_extension", "values": []}]}, "values"),
    ({}, {"rules": [{"rule": "category_wide_extension", "valeus": []}]}, "valeus"),
    ({}, {"moratoria": [{"rule": "moratorium_sudan", "types": ["visa_for_film"]}]}, "visa_for_film"),
    ({}, {"rulings": [{**RULING, "instrument": "WBV 1900/1"}]}, "names no value"),
    ({}, {"rulings": [{**RULING, "instrument": None}]}, "could be about several"),
    ({}, {"rulings": [{**RULING, "rule": "nowhere"}]}, "does not exist"),
    ({}, {"rulings": [{**RULING, "instrument": "WBV 2023/3", "holds": None}]}, "does not say whether"),
    ({}, {"rulings": [{**RULING, "rule": "moratorium_sudan"}]}, "Say which `effect`"),
    ({"takes_back": "nothing"}, {}, "was not entered before it"),
    ({"takes_back": "nothing"}, {"rules": [DECREE]}, "a file of its own"),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "parts", "said"), WRONG, ids=[row[2] for row in WRONG])
def test_law_that_cannot_be_is_refused_with_where_and_what_to_do(heading, parts, said):
    with pytest.raises(ParameterError) as refused:
        law(text(heading, **parts))
    assert said.casefold() in str(refused.value).casefold()


@pytest.mark.parametrize("content", ["", "rules: [", "- 1", "amendment: 3", "rules: 3\namendment: {}", "x" * 400_001])
def test_what_is_no_amendment_is_refused(content):
    with pytest.raises(ParameterError):
        law(content)


def test_undoing_is_a_later_version_and_gives_the_law_of_before():
    first = text(rules=[DECREE])
    with_it = law(first)
    back = undoing(
        "wbv-2026-1", author="Cornelis", second_reader="Dirk", source="https://x.nl", on=date(2026, 12, 2), law=with_it
    )
    without = law(first, back)
    assert without.digest == LAW.digest
    assert last_day(without) == last_day(LAW)
    assert [(one.amendment.id, one.holds) for one in without.amendments] == [
        ("wbv-2026-1", False), ("wbv-2026-1-back-1", True),
    ]  # fmt: skip
    with pytest.raises(UsageError):
        undoing("wbv-2026-1", author="Cornelis", second_reader="Dirk", source="https://x.nl", on=KNOWN, law=without)
    again = undoing(
        "wbv-2026-1-back-1",
        author="Cornelis",
        second_reader="Dirk",
        source="https://x.nl",
        on=date(2026, 12, 3),
        law=without,
    )
    assert law(first, back, again).digest == with_it.digest


def test_every_example_of_the_law_is_answered_as_it_states():
    for example in (*specification(), *rulings()):
        found = answered(example, LAW)
        assert example.stated in (None, found.deadline), example
        assert example.premature in (None, found.premature), example
    assert len(specification()) > 150
    assert len(rulings()) > 60
    assert {example.case.application_type for example in specification()} >= {"first", "naturalisation", "objection"}


def test_before_it_goes_in_one_sees_which_answers_change_and_what_it_costs():
    cases = pl.DataFrame(
        {"case": ["a", "b"], "lodged_on": [date(2025, 7, 1), date(2024, 3, 1)], "type": ["first", "first"],
         "nationality": pl.Series([None, None], dtype=pl.String), "known_on": [KNOWN, KNOWN]}
    )  # fmt: skip
    after = law(text(rules=[{**DECREE, "values": [{**DECREE["values"][0], "value": 3}]}]))
    found = consequences(LAW, after, known_on=KNOWN, first=date(2025, 5, 1), last=date(2025, 8, 1), cases=cases)
    assert {(row.application_type, row.lodged_on) for row in found.answers if row.application_type == "first"} == {
        ("first", date(2025, month, 1)) for month in (6, 7, 8)
    }
    assert {row.days for row in found.answers if row.lodged_on == date(2025, 7, 1)} == {90}
    stock = found.stock
    assert (stock.movement.cases, stock.movement.moved, stock.days_added) == (2, 1, 90)
    assert stock.exposure_before_eur > stock.exposure_after_eur > 0
    assert not found.nothing
    assert consequences(LAW, LAW, known_on=KNOWN, first=KNOWN, last=KNOWN, cases=cases).nothing


def test_a_mistake_about_the_past_shows_in_the_rows_that_depart_from_what_is_stated():
    wrong = replace(LAW, digest="x").without("WBV 2022/22")
    found = consequences(LAW, wrong, known_on=KNOWN, first=KNOWN, last=KNOWN)
    assert [row for row in found.specification if row.departs]
    assert [row for row in found.rulings if row.departs]
    assert all(row.before != row.after for row in (*found.specification, *found.rulings))


def test_terms_and_penalties_that_change_are_shown_too():
    value = {"instrument": "Vw", "article": "Vw 2000, art. 69(1)", "source": "https://x.nl", "from": date(2027, 1, 1)}
    after = law(text(rules=[{"rule": "appeal_period", "values": [{**value, "value": 6}]}]))
    assert term_end("appeal_period", date(2027, 1, 4), after, known_on=KNOWN).last_day == date(2027, 2, 15)
    found = consequences(LAW, after, known_on=KNOWN, first=date(2026, 12, 1), last=date(2027, 1, 1))
    assert [(row.rule, row.starts_on, row.days) for row in found.terms] == [("appeal_period", date(2027, 1, 1), 28)]
    scope = next(rule for rule in LAW.of_kind("scope", "regular"))
    ends = {"rule": scope.rule, "values": [{**value, "value": 1, "from": date(2026, 11, 30)}]}
    found = consequences(LAW, law(text(rules=[ends])), known_on=KNOWN, first=KNOWN, last=KNOWN)
    assert ("regular", 0, 1442) in {(row.application_type, row.before, row.after) for row in found.penalties}


def test_the_changelog_says_which_amendment_brought_a_change():
    after = law(text(rules=[DECREE]))
    newest = law_changes(after)[0]
    assert (newest.instrument, newest.known_from, newest.amendment) == ("WBV 2026/1", date(2026, 11, 30), "wbv-2026-1")
    assert all(row.amendment is None for row in law_changes(LAW))


def run(capsys, *arguments):
    """Run a command; gives what it printed, and refuses one that failed."""
    with pytest.raises(SystemExit) as ended:
        main([str(part) for part in arguments])
    printed = capsys.readouterr()
    assert not ended.value.code, printed.err
    return json.loads(printed.out)


def test_the_command_line_enters_shows_and_takes_back(tmp_path: Path, capsys):
    file, folder = tmp_path / "decree.yaml", tmp_path / "law"
    file.write_text(text(rules=[DECREE]), encoding="utf-8")
    span = ("--from", "2025-07-01", "--until", "2025-07-01")
    tried = run(capsys, "law", "impact", file, "--known-on", KNOWN, *span, "--json")
    assert {row["type"] for row in tried["changed"]} == {"first", "subsequent", "lateral"}
    assert not folder.exists()
    written = run(capsys, "law", "add", file, "--law", folder, "--json")
    assert (written["before"], written["after"]) == (LAW.digest, tried["after"])
    asked = ("deadline", "--lodged-on", "2025-07-01", "--type", "first", "--known-on", KNOWN, "--law", folder, "--json")
    assert run(capsys, *asked)["deadline"] == "2026-10-01"
    with pytest.raises(AssertionError, match="two amendments have this name"):
        run(capsys, "law", "add", file, "--law", folder)
    signed = ("--author", "Cornelis", "--second-reader", "Dirk", "--source", "https://x.nl")
    with pytest.raises(AssertionError, match="second reader is the author"):
        run(capsys, "law", "take-back", "wbv-2026-1", "--law", folder, *signed[:3], "Cornelis", *signed[4:])
    run(capsys, "law", "take-back", "wbv-2026-1", "--law", folder, *signed, "--json")
    assert run(capsys, *asked)["deadline"] == "2026-01-01"
    names = [path.name for path in sorted(folder.iterdir())]
    assert names == ["0001-wbv-2026-1.yaml", "0002-takes-back-wbv-2026-1.yaml"]


def test_a_folder_is_amendments_or_a_whole_law(tmp_path: Path):
    (tmp_path / "a.yaml").write_text(text(rules=[DECREE]), encoding="utf-8")
    (tmp_path / "b.yaml").write_text("nationalities: [NLD]\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="is no amendment"):
        law_from(tmp_path)
