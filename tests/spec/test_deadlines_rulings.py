# SPDX-License-Identifier: EUPL-1.2
"""What courts ruled, as specification: deadline, premature or not, penalty.

The rulings stand in `keten/parameters/law_rulings.csv` with their address. `judged_on` is the knowledge date; where the
day of the judgment was not read, `day_known` is no and a day of that time stands there. A ruling that the
rules do not reproduce names in `cannot` what differs and in `reason` why; it is tested to still differ.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

import keten.parameters
from keten.deadlines import (
    Case,
    Judgment,
    LateDecision,
    administrative_penalty_applies,
    administrative_scale,
    court_penalties,
    court_terms,
    deadline_for_notice,
    decision_deadline,
    late_decision_cost,
    load_law,
    term_end,
)
from keten.domain.words import Reading

LAW = load_law()
FILE = Path(keten.parameters.__file__).parent / "law_rulings.csv"
RULINGS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))


def rulings(*columns):
    """Rulings in which these columns are filled."""
    return [pytest.param(row, id=row["ecli"]) for row in RULINGS if all(row[column] for column in columns)]


def day(row, column):
    return date.fromisoformat(row[column]) if row[column] else None


def case_of(row):
    return Case(row["type"], day(row, "lodged_on"), row["nationality"] or None, day(row, "registered_on"))


def asked(row):
    return {"known_on": day(row, "judged_on"), "reading": Reading(row["reading"])}


@pytest.mark.parametrize("row", rulings("deadline"))
def test_the_deadline_of_the_ruling(row):
    answer = decision_deadline(case_of(row), LAW, **asked(row))
    if "deadline" in row["cannot"]:
        assert answer.deadline != day(row, "deadline"), f"{row['ecli']} is reproduced now; clear `cannot`"
    else:
        assert answer.deadline == day(row, "deadline")


@pytest.mark.parametrize("row", rulings("lodged_on", "notice_on", "premature"))
def test_whether_the_notice_was_premature(row):
    deadline = deadline_for_notice(case_of(row), day(row, "notice_on"), LAW, **asked(row))
    premature = day(row, "notice_on") <= deadline
    if "premature" in row["cannot"]:
        assert premature != (row["premature"] == "yes"), f"{row['ecli']} is reproduced now; clear `cannot`"
    else:
        assert premature == (row["premature"] == "yes")


@pytest.mark.parametrize("row", rulings("administrative_eur"))
def test_the_administrative_penalty(row):
    notice = day(row, "notice_on") or date(2018, 12, 31)
    assert administrative_penalty_applies(LAW, row["type"], notice_received_on=notice, known_on=day(row, "judged_on"))[
        0
    ]
    assert administrative_scale(LAW, notice, known_on=day(row, "judged_on"))[-1] == int(row["administrative_eur"])


def test_a_notice_of_february_2025_still_earns_the_administrative_penalty_in_family_reunification():
    ruling = next(row for row in RULINGS if row["ecli"] == "RBDHA:2025:13854")
    late = LateDecision(
        deadline=day(ruling, "deadline"),
        notice_received_on=day(ruling, "notice_on"),
        judgments=(Judgment(day(ruling, "appeal_on"), day(ruling, "judged_on"), 100, 15000, 8),),
        application_type="family_reunification",
        lodged_on=day(ruling, "lodged_on"),
    )
    cost = late_decision_cost(late, LAW, counted_to=day(ruling, "judged_on"))
    assert (cost.premature, cost.administrative_eur, cost.judicial_eur) == (False, 1442, 0)
    assert cost.court_term_ends == date(2025, 9, 22)


def test_force_majeure_stops_the_administrative_penalty_and_lets_it_run_on_afterwards():
    """RBDHA:2020:13288: 3 x 23 = 69 euro up to force majeure, and the full 1,442 by the judgment."""
    late = LateDecision(deadline=date(2020, 2, 1), notice_received_on=date(2020, 2, 27))
    expected = {date(2020, 3, 15): 69, date(2020, 5, 16): 69, date(2020, 5, 17): 92, date(2020, 12, 18): 1442}
    assert {until: late_decision_cost(late, LAW, counted_to=until).administrative_eur for until in expected} == expected


@pytest.mark.parametrize("row", rulings("phase", "term_weeks"))
def test_the_court_term_lies_in_the_known_practice(row):
    practice = court_terms(LAW, row["phase"], day(row, "judged_on"))
    assert [float(row["term_weeks"])] in practice.outcomes.tolist()


@pytest.mark.parametrize("row", rulings("appeal", "per_day"))
def test_the_court_penalty_lies_in_the_known_practice(row):
    practice = court_penalties(LAW, row["appeal"], day(row, "judged_on"))
    assert [float(row["per_day"]), float(row["maximum"])] in practice.outcomes.tolist()


def test_what_cannot_be_reproduced_is_listed_with_its_reason():
    listed = {row["ecli"]: row["reason"] for row in RULINGS if row["cannot"]}
    assert sorted(listed) == [
        "RBDHA:2019:6452",
        "RBDHA:2023:11105",
        "RBDHA:2023:4223",
        "RBDHA:2024:22100",
        "RBDHA:2025:15591",
        "RBDHA:2026:1940",
    ]
    assert all(listed.values())
    for ecli, reason in listed.items():
        print(f"{ecli}: {reason}")


def test_every_ruling_has_its_address():
    assert all(row["source"].startswith("https://") for row in RULINGS)
    assert len({row["ecli"] for row in RULINGS}) == len(RULINGS)


def test_a_moratorium_leaves_an_earlier_notice_valid():
    """RBDHA:2025:14982: notice of 16 September 2024, moratorium from 14 December 2024."""
    case, known = Case("first", date(2024, 3, 11), "SYR"), {"known_on": date(2025, 8, 1)}
    assert deadline_for_notice(case, date(2024, 9, 16), LAW, **known) == date(2024, 9, 11)
    assert decision_deadline(case, LAW, **known).deadline == date(2025, 9, 11)


def test_two_applications_of_one_family_one_penalty():
    """RBDHA:2026:2612: three related cases, one amount."""
    late = LateDecision(
        deadline=date(2024, 10, 30),
        notice_received_on=date(2025, 8, 28),
        judgments=(Judgment(date(2025, 10, 1), date(2026, 2, 5), 100, 15000, 8),),
        decided_on=date(2026, 5, 31),
        applicants=3,
    )
    cost = late_decision_cost(late, LAW, counted_to=date(2026, 5, 31))
    assert (cost.judicial_eur, cost.each_eur) == (5900, 1966.67)


# --- rulings and examples of every kind of case -----------------------------------------------------------------------

EVERY_KIND = list(csv.DictReader(FILE.with_name("law_cases.csv").read_text(encoding="utf-8").splitlines()))


def of_every_kind(*columns):
    return [pytest.param(row, id=row["ecli"]) for row in EVERY_KIND if all(row[column] for column in columns)]


def a_case(row):
    days = ("registered_on", "responsible_on", "fee_paid_on", "decision_on", "protected_until")
    given = {name: day(row, name) for name in days if row[name]}
    return Case(row["type"], day(row, "lodged_on"), row["nationality"] or None, **given)


def on_its_day(row):
    return {"known_on": day(row, "known_on"), "reading": Reading(row["reading"])}


@pytest.mark.parametrize("row", of_every_kind("deadline"))
def test_the_day_of_every_kind(row):
    if row["term"]:
        found = term_end(row["term"], day(row, "from"), LAW, **on_its_day(row)).last_day
    else:
        found = decision_deadline(a_case(row), LAW, **on_its_day(row)).deadline
    assert found == day(row, "deadline")


@pytest.mark.parametrize("row", of_every_kind("type", "premature"))
def test_whether_the_notice_was_premature_in_every_kind(row):
    deadline = deadline_for_notice(a_case(row), day(row, "notice_on"), LAW, **on_its_day(row))
    assert (day(row, "notice_on") <= deadline) == (row["premature"] == "yes")


@pytest.mark.parametrize("row", of_every_kind("administrative_eur"))
def test_the_administrative_penalty_of_every_kind(row):
    deadline = decision_deadline(a_case(row), LAW, **on_its_day(row)).deadline
    late = LateDecision(
        deadline, day(row, "notice_on"), decided_on=day(row, "decided_on"), application_type=row["type"],
        lodged_on=day(row, "lodged_on"),
    )  # fmt: skip
    cost = late_decision_cost(late, LAW, counted_to=day(row, "known_on"))
    assert cost.administrative_eur == int(row["administrative_eur"])
    if row["last_penalty_day"]:
        assert cost.notice_period_ends + timedelta(days=cost.administrative_days) == day(row, "last_penalty_day")


@pytest.mark.parametrize("row", of_every_kind("open_question"))
def test_what_is_open_is_named(row):
    questions = decision_deadline(a_case(row), LAW, **on_its_day(row)).open_questions
    for part in row["open_question"].split("|"):
        assert any(part in question.question.nl for question in questions), part


def test_a_ruling_that_is_not_followed_stands_in_the_answer_with_its_day():
    ruling = next(row for row in RULINGS if row["ecli"] == "RBDHA:2026:1940")
    answer = decision_deadline(case_of(ruling), LAW, **asked(ruling))
    assert (day(ruling, "deadline"), True) in {(each.deadline, each.contests) for each in answer.readings}


@pytest.mark.parametrize("row", of_every_kind("assumed"))
def test_a_day_that_the_part_read_does_not_give_decides_nothing(row):
    """Columns in `assumed` are ours, not of the ruling: moved together, they give the same outcome."""
    for moved in (-10, 10):
        days = {name: (day(row, name) + timedelta(days=moved)).isoformat() for name in row["assumed"].split()}
        other = {**row, **days}
        if row["deadline"]:
            test_the_day_of_every_kind(other)
        if row["premature"]:
            test_whether_the_notice_was_premature_in_every_kind(other)
        if row["administrative_eur"]:
            test_the_administrative_penalty_of_every_kind(other)


def test_a_repeat_appeal_judged_before_the_term_of_the_court_has_passed_sets_no_term():
    """RBDHA:2025:4834: to be decided before 30 January 2026, appeal again on 28 February 2025. Notice and first appeal
    are not in the part read; any days before the first judgment do.
    """
    first = Judgment(date(2024, 12, 1), date(2025, 1, 28), 100, 15000, decide_by=date(2026, 1, 29))
    again = Judgment(date(2025, 2, 28), date(2025, 3, 25), 100, 15000, term_weeks=2)
    later = Judgment(date(2026, 2, 2), date(2026, 3, 2), 250, 37500, term_weeks=2)
    late = LateDecision(date(2024, 10, 1), date(2024, 11, 1), judgments=(first, again, later),
                        application_type="family_reunification")  # fmt: skip
    cost = late_decision_cost(late, LAW, counted_to=date(2026, 3, 20))
    assert [outcome.judgment_on for outcome in cost.judgments] == [date(2025, 1, 28), date(2026, 3, 2)]
    refused = [
        event.on for event in cost.timeline if "inadmissible" in event.what.en or "not admissible" in event.what.en
    ]
    assert refused == [date(2025, 2, 28)]
