# SPDX-License-Identifier: EUPL-1.2
"""A file of cases, a change of law over a stock, and the commands."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest
from strange_files import xlsx

from keten import cli
from keten.deadlines import Rules, compare, doubled_cases, load_law, read_cases, with_deadlines, write_whole
from keten.domain.errors import DeliveryError, UsageError
from keten.domain.words import Reading

LAW = load_law()
JULY_2023 = Rules(LAW, date(2023, 7, 13))

CASES = """case,lodged_on,type,nationality,known_on
a,2022-04-15,first,,
b,2022-03-26,first,IRQ,
c,2024-08-14,family_reunification,,2025-07-28
d,2024-05-01,first,SYR,2026-03-01
"""


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(CASES)
    return path


def test_each_case_gets_its_deadline_on_its_own_knowledge_date(cases):
    found = with_deadlines(read_cases(cases, JULY_2023), JULY_2023)
    assert dict(found.select("case", "deadline").iter_rows()) == {
        "a": date(2023, 7, 15),
        "b": date(2022, 9, 26),
        "c": date(2025, 2, 12),
        "d": date(2025, 11, 1),
    }


def test_the_knowledge_date_is_an_optional_column(tmp_path):
    (tmp_path / "cases.csv").write_text("case,lodged_on,type\na,2022-04-15,first\n")
    found = with_deadlines(read_cases(tmp_path / "cases.csv", JULY_2023), JULY_2023)
    assert found["deadline"].to_list() == [date(2023, 7, 15)]


def test_every_wrong_row_is_named_in_one_error(tmp_path):
    (tmp_path / "cases.csv").write_text(
        "case,lodged_on,type,nationality,known_on\n"
        "a,2022-02-30,first,,\n"
        "b,2022-04-15,firts,,\n"
        "c,2022-04-15,first,Syria,2022-13-01\n"
        ",1850-01-01,first,,\n"
    )
    with pytest.raises(DeliveryError) as refused:
        read_cases(tmp_path / "cases.csv", JULY_2023)
    assert [problem.where.split(" '")[0] for problem in refused.value.problems] == [
        "row 2, lodged_on", "row 3, type", "row 4, known_on", "row 4, nationality",
        "row 5, case (empty)", "row 5, lodged_on",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "it is empty"),
        ("case,lodged_on,type\na\x00,2022-04-15,first\n", "line 2: it holds a character that no text holds (U+0000)"),
        ("case,lodged_on,type\na,2022-04-15,first,more\n", "as many cells as the header"),
        ("case,lodged_on,type\na,2022-04-15\n", "row 2, type (empty)"),
        ("case,lodged_on,type,type\na,2022-04-15,first,border\n", "column type: stands in the file more than once"),
        ("case,lodged_on,type\na,2022-4-15,first\n", "row 2, lodged_on '2022-4-15': is no date"),
        ("case,lodged_on,type\na,31-12-2022,first\n", "row 2, lodged_on '31-12-2022': is no date"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_says_why(tmp_path, content, told):
    (tmp_path / "cases.csv").write_text(content)
    with pytest.raises(DeliveryError) as refused:
        read_cases(tmp_path / "cases.csv", JULY_2023)
    assert told in str(refused.value)


def test_a_file_with_no_cases_or_a_byte_order_mark_is_read(tmp_path):
    for content, cases in [("case,lodged_on,type\n", 0), ("\ufeffcase,lodged_on,type\na,2022-04-15,first\n", 1)]:
        (tmp_path / "cases.csv").write_text(content)
        assert with_deadlines(read_cases(tmp_path / "cases.csv", JULY_2023), JULY_2023).height == cases


def test_a_case_without_a_rule_is_named(tmp_path):
    (tmp_path / "cases.csv").write_text("case,lodged_on,type\na,2022-04-15,accelerated\nb,2022-04-15,first\n")
    with pytest.raises(DeliveryError, match="row 2: no decision period holds for accelerated lodged on 2022-04-15"):
        read_cases(tmp_path / "cases.csv", JULY_2023)


def test_a_file_that_is_none_or_lacks_a_column_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is no file"):
        read_cases(tmp_path / "none.csv", JULY_2023)
    (tmp_path / "cases.csv").write_text("case,date\na,2022-04-15\n")
    with pytest.raises(DeliveryError, match="column lodged_on: is missing") as refused:
        read_cases(tmp_path / "cases.csv", JULY_2023)
    assert len(refused.value.problems) == 2


def test_a_result_is_written_whole_or_not_at_all(tmp_path):
    frame = pl.DataFrame({"case": ["a"], "deadline": [date(2023, 7, 15)]})
    for name in ("out.csv", "out.parquet"):
        write_whole(frame, tmp_path / name)
    assert pl.read_parquet(tmp_path / "out.parquet").equals(frame)
    assert pl.read_csv(tmp_path / "out.csv", try_parse_dates=True).equals(frame)
    for path in (tmp_path / "out.xls", tmp_path / "none" / "out.csv"):
        with pytest.raises(UsageError):
            write_whole(frame, path)
    with pytest.raises(pl.exceptions.ComputeError):
        write_whole(pl.DataFrame({"nested": [[1]]}), tmp_path / "out.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"out.csv", "out.parquet"}


def test_a_change_of_law_tells_which_cases_move_and_which_become_overdue(cases):
    stock = read_cases(cases, JULY_2023)
    after = Rules(LAW, date(2025, 7, 1), Reading.COURTS)
    movement, rows = compare(stock, JULY_2023, after, overdue_on=date(2023, 7, 1))
    assert rows.select("case", "moved_by_days", "overdue_before", "overdue_after").rows() == [
        ("a", -273, False, True),
        ("b", 0, True, True),
        ("c", 0, False, False),
        ("d", 365, False, False),
    ]
    assert (movement.cases, movement.moved, movement.moved_earlier, movement.moved_later) == (4, 2, 1, 1)
    assert (movement.overdue_before, movement.overdue_after) == (1, 2)
    assert (movement.become_overdue, movement.no_longer_overdue) == (1, 0)
    assert sum(group["moved"] for group in movement.groups) == 2


def test_a_case_for_which_only_one_of_two_laws_has_a_rule_is_named(tmp_path):
    (tmp_path / "cases.csv").write_text("case,lodged_on,type\na,2026-07-01,accelerated\n")
    before = Rules(LAW, date(2026, 7, 1))
    after = Rules(LAW.without("Asylum Procedures Regulation"), date(2026, 7, 1))
    with pytest.raises(DeliveryError, match="row 2: no decision period holds for accelerated"):
        compare(read_cases(tmp_path / "cases.csv", before), before, after, overdue_on=date(2026, 7, 1))


def test_two_rule_sets_can_be_compared(cases):
    stock = read_cases(cases, JULY_2023)
    without = Rules(LAW.without("WBV 2022/22"), JULY_2023.known_on)
    movement, _ = compare(stock, JULY_2023, without, overdue_on=date(2023, 7, 1))
    assert (movement.moved_earlier, movement.become_overdue, movement.smallest_move_days) == (1, 1, -273)


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return ended.value.code, captured.out, captured.err


def test_the_command_deadline(capsys):
    code, out, _ = run(
        capsys, "deadline", "--lodged-on", "2022-04-15", "--type", "first", "--known-on", "2023-07-13", "--json"
    )
    answer = json.loads(out)
    assert code == 0
    assert (answer["deadline"], answer["statutory_deadline"], answer["reading"]) == (
        "2023-07-15", "2022-10-15", "authority",
    )  # fmt: skip
    contract = {"rule", "value", "unit", "article", "instrument", "valid_from", "valid_until", "known_from", "source"}
    assert all(contract <= set(rule) for rule in answer["rules"])
    assert answer["steps"] and answer["steps_nl"]


def test_the_command_deadline_for_readers(capsys):
    for language, word in [("en", "Decision deadline"), ("nl", "Uiterste beslisdatum")]:
        code, out, _ = run(
            capsys, "deadline", "--lodged-on", "2024-09-05", "--nationality", "SYR", "--known-on", "2026-03-01",
            "--suspend", "2024-10-01:2024-10-21:incomplete", "--language", language,
        )  # fmt: skip
        assert code == 0
        assert word in out


def test_the_command_deadlines(capsys, cases, tmp_path):
    code, out, _ = run(capsys, "deadlines", cases, tmp_path / "out.parquet", "--known-on", "2023-07-13", "--json")
    assert (code, json.loads(out)["cases"]) == (0, 4)
    assert pl.read_parquet(tmp_path / "out.parquet")["deadline"][0] == date(2023, 7, 15)
    assert run(capsys, "deadlines", cases, tmp_path / "out.csv", "--known-on", "2023-07-13")[0] == 0


def test_the_file_with_the_cases_is_never_written_over(capsys, cases):
    code, out, err = run(capsys, "deadlines", cases, cases)
    assert (code, out) == (2, "")
    assert "is the file with the cases itself" in err
    assert cases.read_text() == CASES


def test_a_place_where_nothing_can_be_written_is_told(tmp_path):
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(UsageError, match=r"out.csv: cannot be written"):
        write_whole(pl.DataFrame({"case": ["a"]}), tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_the_command_deadlines_compares(capsys, cases, tmp_path):
    change = (
        "--compare",
        "known_on=2023-07-13,2025-07-01",
        "--compare",
        "reading=courts",
        "--overdue-on",
        "2023-07-01",
    )
    code, out, _ = run(capsys, "deadlines", cases, tmp_path / "moved.csv", *change, "--json")
    found = json.loads(out)
    assert (code, found["moved"], found["become_overdue"], found["after"]["reading"]) == (0, 2, 1, "courts")
    assert pl.read_csv(tmp_path / "moved.csv").height == 4
    code, out, _ = run(capsys, "deadlines", cases, *change)
    assert (code, "become overdue" in out) == (0, True)
    code, out, _ = run(
        capsys, "deadlines", cases, "--known-on", "2023-07-13", "--compare", "without=WBV 2022/22", "--json"
    )
    assert (code, json.loads(out)["moved"]) == (0, 1)


def test_the_command_penalty(capsys):
    asked = (
        "penalty", "--deadline", "2023-07-15", "--notice-on", "2023-09-07", "--appeal-on", "2023-09-26",
        "--judgment-on", "2023-12-01", "--term-weeks", "8", "--per-day", "100", "--maximum", "7500",
    )  # fmt: skip
    code, out, _ = run(capsys, *asked, "--decided-on", "2024-03-01", "--json")
    found = json.loads(out)
    assert code == 0
    assert {
        "premature": False, "administrative_eur": 0, "judicial_eur": 3500, "court_term_ends": "2024-01-26",
        "days_in_default": 35,
    }.items() <= found.items()  # fmt: skip
    assert all({"on", "what", "article"} <= set(event) for event in found["timeline"])
    code, out, _ = run(
        capsys, *asked, "--repeat", "2024-05-01:2024-08-01:2:200:15000", "--as-of", "2024-09-01", "--json"
    )
    assert (code, json.loads(out)["judicial_eur"]) == (0, 10900)
    assert run(capsys, *asked, "--notice-on", "2023-07-15", "--language", "nl")[0] == 0


def test_the_command_term(capsys):
    code, out, _ = run(capsys, "term", "appeal_period", "--from", "2024-05-02", "--known-on", "2024-06-01", "--json")
    assert (code, json.loads(out)["last_day"]) == (0, "2024-05-30")
    assert run(capsys, "term", "detention_maximum", "--from", "2024-05-02")[0] == 0
    assert run(capsys, "term")[0] == 0
    code, out, _ = run(capsys, "term", "--json")
    assert "notice_period" in {row["rule"] for row in json.loads(out)}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("deadline", "--lodged-on", "2022-02-30", "--type", "foo"), ("is no date that exists", "'foo'")),
        (("deadline", "--lodged-on", "20220415"), ("YYYY-MM-DD",)),
        (("deadline", "--lodged-on", "2022-02-30", "--nationality", "syr", "--extension", "-1"),
         ("is no date that exists", "three capitals", "less than nothing")),
        (("deadline", "--lodged-on", "2022-04-15", "--suspend", "2022-06-01:9999-06-21:consent"), ("Check the year",)),
        (("penalty", "--deadline", "9999-12-31"), ("deadline of 9999-12-31: lies outside",)),
        (("penalty", "--deadline", "2023-07-15", "--notice-on", "2023-09-07", "--appeal-on", "2023-09-26",
          "--judgment-on", "2023-12-01", "--term-weeks", "99999999", "--per-day", "nan", "--maximum", "inf"),
         ("Give 1 to 520 weeks", "beyond belief")),
        (("deadline", "--lodged-on", "2022-04-15", "--suspend", "2022-06-21:2022-06-01:incomplete"), ("ends before",)),
        (("deadline", "--lodged-on", "2022-04-15", "--suspend", "2022-06-21"), ("three parts",)),
        (("penalty", "--deadline", "2023-07-15", "--judgment-on", "2023-12-01"), ("no appeal before it",)),
        (("penalty", "--deadline", "2023-07-15", "--per-day", "100"), ("without a judgment",)),
        (("penalty", "--deadline", "2023-07-15", "--repeat", "x"), ("not understood", "without a first judgment")),
        (
            ("penalty", "--deadline", "2023-07-15", "--notice-on", "2023-09-07", "--appeal-on", "2023-09-26",
             "--judgment-on", "2023-09-01", "--term-weeks", "8"),
            ("judgment of 2023-09-01: lies before the appeal",),
        ),
        (
            ("penalty", "--deadline", "2023-07-15", "--notice-on", "2022-01-01", "--lodged-on", "2022-04-15"),
            ("lies before the application",),
        ),
        (("deadlines", "none.csv"), ("no file to write",)),
        (("deadlines", "none.csv", "--compare", "when=2023"), ("is not understood",)),
        (("deadlines", "none.csv", "--compare", "reading=king"), ("is no reading",)),
        (("deadlines", "none.csv", "--compare", "without=WBV 1"), ("no rule comes from",)),
        (("term", "appeal_perod"), ("is missing", "no such rule")),
        (("term", "asylum_decision_period", "--from", "2024-01-01"), ("is no term",)),
    ],
)  # fmt: skip
def test_a_wrong_question_says_what_to_do(capsys, arguments, told):
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert all(part in err for part in told), err


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@sum", "\ttab"])
def test_what_a_spreadsheet_would_take_for_a_formula_is_written_as_text(tmp_path, start):
    frame = pl.DataFrame({"case": [start, "plain", None], "deadline": [date(2023, 7, 15)] * 3})
    write_whole(frame, tmp_path / "out.csv")
    assert pl.read_csv(tmp_path / "out.csv", quote_char='"')["case"].to_list() == [f"'{start}", "plain", None]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cases.csv", b"Zaaknummer;Ingediend op;Soort\r\na;2022-04-15;first\r\n"),
        ("cases.csv", b"sep=;\ncase;lodged_on;type\na;2022-04-15;first\n"),
        ("cases.csv", "case;lodged_on;type\na;2022-04-15;first\n".encode("utf-16")),
        ("cases.csv", b"CASE\tLODGED_ON\tTYPE\ra\t2022-04-15\tfirst\r"),
        ("cases.xlsx", xlsx({"Uitleg": [["lees dit"]], "zaken": [["Case", "Lodged on", "Type"],
                                                              ["a", date(2022, 4, 15), "first"]]})),
    ],
    ids=["Dutch and Windows", "sep", "UTF-16", "tabs and CR", "workbook"],
)  # fmt: skip
def test_a_file_of_cases_is_read_whatever_program_wrote_it(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    found = read_cases(tmp_path / name, JULY_2023)
    assert found.select("case", "lodged_on", "type").rows() == [("a", date(2022, 4, 15), "first")]


def test_a_refused_file_of_cases_ends_with_4_and_writes_nothing(capsys, tmp_path):
    (tmp_path / "cases.csv").write_text("sep=,\ncase,lodged_on,type\na,2022-04-15,firts\n")
    code, out, err = run(capsys, "deadlines", tmp_path / "cases.csv", tmp_path / "out.csv")
    assert (code, out) == (4, "")
    assert "row 3, type 'firts'" in err
    assert not (tmp_path / "out.csv").exists()


def test_a_case_that_stands_twice_is_told(capsys, tmp_path):
    (tmp_path / "cases.csv").write_text(
        "case,lodged_on,type,known_on\na,2022-04-15,first,\na,2022-04-16,first,\nb,2022-04-15,first,\n"
        "b,2022-04-15,first,2021-01-01\n"
    )
    assert doubled_cases(read_cases(tmp_path / "cases.csv", JULY_2023)) == ["a"]
    code, out, _ = run(capsys, "deadlines", tmp_path / "cases.csv", tmp_path / "out.csv", "--json")
    assert (code, json.loads(out)["doubled"]) == (0, ["a"])
    assert "1 cases (a)" in run(capsys, "deadlines", tmp_path / "cases.csv", tmp_path / "out.csv")[1]


def test_every_kind_and_event_goes_by_column(tmp_path):
    (tmp_path / "cases.csv").write_text(
        "case,lodged_on,type,nationality,group,responsible_on,fee_paid_on,decision_on,extension,extended_to,"
        "suspended_from,suspended_until\n"
        "a,2023-03-16,first,,,2023-04-26,,,,,,\n"
        "b,2026-01-05,naturalisation,,,,2026-01-20,,6,,,\n"
        "c,2024-04-02,objection,,,,,2024-03-21,,,,\n"
        "d,2025-04-15,family_reunification,,,,,,,2026-04-01,,\n"
        "e,2022-04-15,first,,,,,,,,2022-06-01,2022-06-21\n"
        "f,2015-06-01,first,CHN,uyghur,,,,,,,\n"
        "g,2024-08-14,family_reunification,,,,,,0,,,\n"
    )
    rules = Rules(LAW, date(2026, 11, 29))
    found = with_deadlines(read_cases(tmp_path / "cases.csv", rules), rules)
    assert dict(found.select("case", "deadline").iter_rows()) == {
        "a": date(2024, 7, 26),
        "b": date(2027, 7, 20),
        "c": date(2024, 8, 29),
        "d": date(2026, 4, 1),
        "e": date(2023, 8, 4),
        "f": date(2016, 12, 1),
        "g": date(2024, 11, 12),
    }
    assert dict(found.select("case", "due").iter_rows())["b"] == "later"
    assert found["due"][0] == "late"


def test_what_is_due_is_counted_from_the_knowledge_date(tmp_path):
    (tmp_path / "cases.csv").write_text("case,lodged_on,type\na,2022-04-15,first\n")
    for known_on, due in [("2023-07-16", "late"), ("2023-07-15", "this_week"), ("2023-07-08", "this_month"),
                          ("2023-06-14", "later")]:  # fmt: skip
        rules = Rules(LAW, date.fromisoformat(known_on))
        assert with_deadlines(read_cases(tmp_path / "cases.csv", rules), rules)["due"].to_list() == [due]


def test_an_event_that_cannot_be_is_refused_with_its_row(tmp_path):
    (tmp_path / "cases.csv").write_text(
        "case,lodged_on,type,nationality,group,responsible_on,fee_paid_on,extension,suspended_from,suspended_until\n"
        "a,2023-03-16,first,SYX,,2023-03-01,,x,,\n"
        "b,2023-03-16,first,SYR,uyghur,,2023-04-01,,2023-03-01,\n"
    )
    with pytest.raises(DeliveryError) as refused:
        read_cases(tmp_path / "cases.csv", JULY_2023)
    told = str(refused.value)
    for part in ("SYX", "lies before the lodging", "no whole number", "no group of", "says nothing about this type",
                 "belongs to suspended_until"):  # fmt: skip
        assert part in told
