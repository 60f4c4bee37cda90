# SPDX-License-Identifier: EUPL-1.2
"""Every kind of case, from which day it counts and what is open: the day before, the day, the day after."""

from __future__ import annotations

import re
from datetime import date

import pytest

from keten.deadlines import (
    Case,
    Events,
    Suspension,
    citation,
    deadline_days,
    decision_deadline,
    load_law,
    nationality_codes,
    term_end,
    term_questions,
    terms,
)
from keten.domain.errors import UsageError
from keten.domain.words import Reading

LAW = load_law()
DAYS = ("registered_on", "responsible_on", "fee_paid_on", "decision_on", "protected_until", "extended_to")


def day(text):
    return date.fromisoformat(text)


def table(text):
    """Rows of a table in text: a header, then one row a line, cells separated by |."""
    header, *lines = [line for line in text.strip().splitlines() if line.strip()]
    names = [name.strip() for name in header.split("|")]
    return [dict(zip(names, (cell.strip() for cell in line.split("|")), strict=True)) for line in lines]


def case_of(row):
    """A case from a row: the day columns that are filled, an extension, a suspension FROM:UNTIL, a group."""
    given = {name: day(row[name]) for name in DAYS if row.get(name)}
    if row.get("extension"):
        given["extension"] = int(row["extension"])
    if row.get("suspended"):
        first, until = row["suspended"].split(":")
        given["suspensions"] = (Suspension(day(first), day(until), "incomplete"),)
    return Case(
        row["type"], day(row["lodged_on"]), row.get("nationality") or None, group=row.get("group") or None, **given
    )


def ask(row, reading=Reading.AUTHORITY):
    return decision_deadline(case_of(row), LAW, known_on=day(row.get("known_on") or "2026-11-29"), reading=reading)


def vector(row, reading=Reading.AUTHORITY):
    case = case_of(row)
    days = {name: [getattr(case, name).toordinal() if getattr(case, name) else 0] for name in DAYS}
    extension = None if case.extension is None else [case.extension]
    pairs = tuple(
        ([suspension.from_day.toordinal()], [suspension.until_day.toordinal()]) for suspension in case.suspensions
    )
    name = f"{case.nationality}:{case.group}" if case.group else case.nationality
    found = deadline_days(
        [case.lodged_on.toordinal()],
        LAW.type_code(case.application_type),
        nationality_codes([name], LAW),
        law=LAW,
        known_on=day(row.get("known_on") or "2026-11-29"),
        reading=reading,
        events=Events(extension=extension, suspended=pairs, **days),
    )
    return date.fromordinal(int(found[0]))


def both(rows):
    for row in rows:
        assert ask(row).deadline == day(row["deadline"]), row
        assert vector(row) == day(row["deadline"]), row


def test_family_reunification_has_nine_months_from_28_march_2025_and_ninety_days_and_three_months_before():
    both(
        table("""
        type                 | lodged_on  | known_on   | extension | extended_to | deadline
        family_reunification | 2025-03-27 | 2026-07-01 |           |             | 2025-09-25
        family_reunification | 2025-03-28 | 2026-07-01 |           |             | 2025-12-28
        family_reunification | 2025-03-29 | 2026-07-01 |           |             | 2025-12-29
        family_reunification | 2025-03-28 | 2025-03-11 |           |             | 2025-09-26
        family_reunification | 2025-03-28 | 2025-03-12 |           |             | 2025-12-28
        family_reunification | 2025-04-15 | 2026-07-01 |           |             | 2026-01-15
        family_reunification | 2025-04-15 | 2026-07-01 | 0         |             | 2026-01-15
        family_reunification | 2025-04-15 | 2026-07-01 |           | 2026-04-01  | 2026-04-01
        family_reunification | 2024-08-14 | 2025-07-28 | 0         |             | 2024-11-12
        family_reunification | 2024-08-14 | 2025-07-28 | 3         |             | 2025-02-12
    """)
    )
    row = {"type": "family_reunification", "lodged_on": "2025-04-15", "extension": "3"}
    for refuse in (ask, vector):
        with pytest.raises(UsageError, match="longer than the law allows"):
            refuse(row)


def test_a_dublin_case_counts_from_responsibility_under_the_decree_of_its_application():
    """Vw 2000, art. 42(6): RBDHA:2024:16660, 2025:7652, 2024:4628; the ceiling counts from lodging, apart."""
    rows = table("""
        type  | lodged_on  | responsible_on | known_on   | nationality | deadline   | ceiling
        first | 2023-03-16 | 2023-04-26     | 2024-07-01 |             | 2024-07-26 | 2024-12-16
        first | 2022-06-04 | 2023-04-07     | 2025-05-01 |             | 2024-07-07 | 2024-03-04
        first | 2021-06-01 | 2022-01-20     | 2022-08-01 |             | 2022-07-20 | 2023-03-01
        first | 2022-03-01 | 2022-03-26     | 2023-01-01 |             | 2022-09-26 | 2023-12-01
        first | 2022-03-01 | 2022-03-27     | 2023-01-01 |             | 2023-06-27 | 2023-12-01
        first | 2022-03-01 | 2022-03-28     | 2023-01-01 |             | 2023-06-28 | 2023-12-01
        first | 2023-10-25 | 2023-12-26     | 2025-08-29 | SDN         | 2025-09-26 | 2025-07-25
        first | 2026-06-11 | 2026-08-01     | 2026-11-29 |             | 2027-02-01 | 2028-03-11
        first | 2026-06-12 | 2026-08-01     | 2026-11-29 |             | 2026-12-12 |
    """)
    both(rows)
    for row in rows:
        answer = ask(row)
        assert [limit.last_day for limit in answer.limits] == ([day(row["ceiling"])] if row["ceiling"] else [])
        beyond = [question for question in answer.open_questions if "21 months" in question.question.en]
        assert bool(beyond) == bool(row["ceiling"] and answer.deadline > day(row["ceiling"])), row


def test_how_responsibility_came_about_is_told():
    case = Case("first", day("2023-03-16"), responsible_on=day("2023-04-26"), responsible_by="no_claim")
    steps = decision_deadline(case, LAW, known_on=day("2024-07-01")).steps
    assert "no request was made" in steps[0].en
    assert "er is geen claim gelegd" in steps[0].nl


def test_the_border_procedure_has_five_weeks_and_the_whole_of_it_is_shown_as_such():
    rows = table("""
        type   | lodged_on  | registered_on | extension | deadline   | whole
        border | 2026-06-11 |               |           | 2026-07-09 |
        border | 2026-06-12 |               |           | 2026-07-17 | 2026-09-04
        border | 2026-06-13 |               |           | 2026-07-18 | 2026-09-05
        border | 2026-06-15 | 2026-06-12    |           | 2026-07-17 | 2026-09-04
        border | 2026-06-12 |               | 4         | 2026-08-14 | 2026-10-02
    """)
    both(rows)
    for row in rows:
        assert [limit.last_day for limit in ask(row).limits] == ([day(row["whole"])] if row["whole"] else []), row


def test_every_other_kind_has_its_own_period():
    both(
        table("""
        type                                 | lodged_on  | fee_paid_on | decision_on | extension | deadline
        regular                              | 2026-01-05 |             |             |           | 2026-04-07
        regular                              | 2026-01-06 |             |             |           | 2026-04-07
        regular                              | 2026-01-07 |             |             |           | 2026-04-07
        regular                              | 2026-01-05 |             |             | 6         | 2026-10-05
        regular                              | 2026-01-05 |             |             | 2         | 2026-06-05
        regular_long_term_resident_elsewhere | 2026-01-05 |             |             |           | 2026-05-05
        regular_long_term_resident_elsewhere | 2026-01-05 |             |             | 3         | 2026-08-05
        regular_blue_card                    | 2026-01-05 |             |             |           | 2026-04-07
        regular_study_research               | 2026-01-05 |             |             |           | 2026-03-06
        regular_study_research               | 2026-01-06 |             |             |           | 2026-03-09
        eu_long_term_resident                | 2026-01-05 |             |             |           | 2026-07-05
        eu_long_term_resident                | 2026-01-05 |             |             | 6         | 2027-01-05
        mvv                                  | 2026-01-05 |             |             |           | 2026-04-07
        mvv                                  | 2026-01-05 |             |             | 3         | 2026-07-06
        mvv_blue_card                        | 2026-01-05 |             |             |           | 2026-04-07
        mvv_study_research                   | 2026-01-05 |             |             |           | 2026-03-06
        return_visa                          | 2026-01-05 |             |             |           | 2026-01-19
        return_visa                          | 2026-01-05 |             |             | 2         | 2026-02-02
        naturalisation                       | 2026-01-05 | 2026-01-20  |             |           | 2027-01-20
        naturalisation                       | 2026-01-05 | 2026-01-20  |             | 6         | 2027-07-20
        naturalisation                       | 2026-01-05 | 2026-01-20  |             | 12        | 2028-01-20
        naturalisation                       | 2026-01-05 |             |             |           | 2027-01-05
        option                               | 2026-01-05 |             |             |           | 2026-04-06
        option                               | 2026-01-05 |             |             | 13        | 2026-07-06
        objection                            | 2024-04-02 |             | 2024-03-21  |           | 2024-08-29
        objection                            | 2024-04-18 |             | 2024-03-21  |           | 2024-08-29
        objection                            | 2024-04-18 |             | 2024-03-21  | 13        | 2024-11-28
        objection                            | 2024-05-01 |             | 2024-04-08  |           | 2024-09-16
        objection_other                      | 2024-04-02 |             | 2024-03-21  |           | 2024-05-30
        objection_other                      | 2024-04-02 |             | 2024-03-21  | 6         | 2024-07-11
        objection_nationality                | 2024-04-02 |             | 2024-03-21  |           | 2024-06-13
        inadmissible_after_return_decision   | 2026-06-12 |             |             |           | 2026-06-26
        inadmissible_after_return_decision   | 2026-12-18 |             |             |           | 2027-01-05
        inadmissible                         | 2026-06-12 |             |             | 2         | 2026-10-12
    """)
    )


def test_temporary_protection_puts_the_start_off_and_is_told_as_contested():
    rows = table("""
        type                 | lodged_on  | protected_until | deadline
        temporary_protection | 2022-03-10 | 2024-03-04      | 2024-09-04
        first                | 2022-08-01 | 2024-03-04      | 2024-09-04
        temporary_protection | 2026-06-12 | 2027-03-04      | 2027-09-04
    """)
    for row in rows:
        assert ask({**row, "known_on": "2022-01-01"}).deadline >= day(row["lodged_on"])
        assert any("RVS:2025:1473" in question.question.nl for question in ask(row).open_questions), row
    both([rows[0], rows[2]])
    running = ask({"type": "temporary_protection", "lodged_on": "2022-02-24".replace("02-24", "03-24")})
    assert any("tijdelijke bescherming" in question.question.nl for question in running.open_questions)


def test_a_day_that_is_not_given_is_told_and_the_possible_days_stand_there():
    objection = ask({"type": "objection", "lodged_on": "2024-04-10"})
    assert [question.days for question in objection.open_questions] == [(day("2024-08-21"), day("2024-09-18"))]
    naturalisation = ask({"type": "naturalisation", "lodged_on": "2019-02-18"})
    assert "recht is betaald" in naturalisation.open_questions[0].question.nl


def test_a_doubtful_boundary_is_told_on_both_sides_of_it():
    for row in table("""
        type           | lodged_on  | nationality | days
        first          | 2024-07-06 | SDN         |
        first          | 2024-07-07 | SDN         | 2025-01-07 2026-01-07
        first          | 2024-07-08 | SDN         | 2025-01-08 2026-01-08
        first          | 2024-07-09 | SDN         |
        first          | 2020-06-30 | LBY         |
        first          | 2020-07-01 | LBY         | 2021-01-01 2022-01-01
        first          | 2020-07-02 | LBY         |
        first          | 2017-06-30 | BDI         |
        first          | 2017-07-01 | BDI         | 2018-01-01 2019-01-01
        first          | 2017-07-02 | BDI         |
        dublin_request | 2026-06-11 |             |
        dublin_request | 2026-06-12 |             | 2026-08-12 2026-09-12
        dublin_request | 2026-06-30 |             | 2026-08-30 2026-09-30
        dublin_request | 2026-07-01 |             |
        first          | 2026-06-12 |             | 2026-12-12 2026-12-14
        first          | 2026-06-15 |             |
        first          | 2015-10-01 | CHN         | 2017-01-01 2017-07-01
    """):
        days = [question.days for question in ask(row).open_questions if len(question.days) == 2]
        wanted = tuple(day(text) for text in row["days"].split())
        assert wanted in days if wanted else not days, (row, days)


def test_a_group_that_a_moratorium_names_counts_for_a_case_of_that_group():
    both(
        table("""
        type  | lodged_on  | nationality | group          | known_on   | deadline
        first | 2015-06-01 | CHN         |                | 2016-01-01 | 2015-12-01
        first | 2015-06-01 | CHN         | uyghur         | 2016-01-01 | 2016-12-01
        first | 2016-09-01 | CHN         | uyghur         | 2016-10-01 | 2018-06-01
        first | 2016-09-02 | CHN         | uyghur         | 2016-10-01 | 2017-12-02
        first | 2023-02-23 | SDN         | sudan_activist | 2023-06-01 | 2024-11-23
        first | 2023-02-24 | SDN         | sudan_activist | 2023-06-01 | 2024-05-24
    """)
    )
    with pytest.raises(UsageError, match="is a part of CHN"):
        ask({"type": "first", "lodged_on": "2015-06-01", "nationality": "SYR", "group": "uyghur"})


def test_a_nationality_that_does_not_exist_is_refused():
    for code, told in [("SYX", "does not exist"), ("QQQ", "does not exist"), ("syr", "three capitals")]:
        with pytest.raises(UsageError, match=told):
            ask({"type": "first", "lodged_on": "2024-01-01", "nationality": code})
    for code in ("SYR", "XXA", "XKX", "NLD"):
        ask({"type": "first", "lodged_on": "2024-01-01", "nationality": code})


def test_an_individual_extension_shows_the_months_given_and_how_it_relates_to_a_decree():
    case = Case("first", day("2021-01-15"), extension=4)
    answer = decision_deadline(case, LAW, known_on=day("2021-02-01"))
    used = next(rule for rule in answer.rules if rule.rule == "first_individual_extension")
    assert (answer.deadline, used.value) == (day("2021-11-15"), 4)
    assert any("+ 4 maanden; de wet staat 9 maanden toe" in step.nl for step in answer.steps)
    both_powers = decision_deadline(Case("first", day("2022-04-15"), extension=12), LAW, known_on=day("2023-07-13"))
    assert [rule.value for rule in both_powers.rules if "individual" in rule.rule] == [9, 3]
    assert any("tellen niet op, 12 maanden gelden" in step.nl for step in both_powers.steps)


def test_a_suspension_without_an_end_gives_the_earliest_day_and_says_so():
    case = Case("first", day("2021-01-15"), suspensions=(Suspension(day("2021-06-01"), None, "incomplete"),))
    for known_on, deadline in [("2021-06-20", "2021-08-04"), ("2021-06-21", "2021-08-05")]:
        answer = decision_deadline(case, LAW, known_on=day(known_on))
        assert answer.deadline == day(deadline)
        assert any("klok staat nog stil" in step.nl for step in answer.steps)


def test_a_lower_ruling_contests_the_council_of_state_and_does_not_set_it_aside():
    row = {"type": "first", "lodged_on": "2024-09-05", "nationality": "SYR", "known_on": "2026-03-01"}
    answer = ask(row, Reading.COURTS)
    assert answer.deadline == day("2026-03-05")
    found = {(each.instance, each.deadline, each.contests) for each in answer.readings}
    assert ("single_judge", day("2025-09-05"), True) in found
    contesting = next(each for each in answer.readings if each.deadline == day("2025-09-05"))
    assert (contesting.by.nl, contesting.on) == ("ECLI:NL:RBDHA:2026:1940", day("2026-02-05"))
    followed = next(each for each in answer.readings if each.side is Reading.COURTS and not each.contests)
    assert "ECLI:NL:RVS:2025:3082" in followed.by.nl
    before = ask({**row, "known_on": "2025-06-01"}, Reading.COURTS)
    assert not any("RVS:2025:3082" in each.by.nl for each in before.readings)


def test_no_rule_ends_without_a_successor_or_a_reason():
    for rule in LAW.rules:
        last = max(rule.values, key=lambda value: value.valid_from)
        if rule.kind == "extension" and rule.rule == "category_wide_extension":
            continue  # each decree is for its own year
        said = rule.succeeded_by or (rule.ends_without_successor_nl and rule.ends_without_successor_en)
        if last.valid_until is not None and rule.kind != "start":
            same_kind = [
                other for other in LAW.rules if other is not rule and other.kind == rule.kind and other.types and
                set(rule.types) <= set(other.types) and other.values[-1].valid_until is None
            ]  # fmt: skip
            assert said or same_kind or rule.kind in {"extension", "individual_extension"}, rule.rule


def test_a_term_under_the_new_regulations_tells_what_is_open():
    for term, start, days in [
        ("dublin_reply_take_charge", "2026-06-12", ("2026-07-12", "2026-07-13")),
        ("dublin_transfer", "2026-07-06", None),
        ("dublin_reply_take_charge", "2026-06-15", ("2026-07-15", "2026-08-15")),
    ]:
        found = term_end(term, day(start), LAW, known_on=day("2026-11-29"))
        told = [question.days for question in term_questions(found, LAW)]
        assert tuple(day(text) for text in days) in told if days else not told, (term, start, told)


def test_articles_are_written_as_lawyers_write_them_with_the_address_of_their_day():
    for article, nl, address in [
        ("Vw 2000, art. 42(1)", "artikel 42, eerste lid, van de Vw 2000",
         "https://wetten.overheid.nl/BWBR0011823/2024-05-01#Artikel42"),
        ("Vw 2000, art. 42(4)(b)", "artikel 42, vierde lid, onder b, van de Vw 2000",
         "https://wetten.overheid.nl/BWBR0011823/2024-05-01#Artikel42"),
        ("Vw 2000, art. 2u", "artikel 2u van de Vw 2000", "https://wetten.overheid.nl/BWBR0011823/2024-05-01#Artikel2u"),
        ("Awb, art. 4:17(3) and 6:12(2)", "artikelen 4:17, derde lid, en 6:12, tweede lid, van de Awb",
         "https://wetten.overheid.nl/BWBR0005537/2024-05-01#Artikel4:17"),
        ("Regulation (EU) 2024/1348, art. 35(4)", "artikel 35, vierde lid, van Verordening (EU) 2024/1348",
         "https://eur-lex.europa.eu/eli/reg/2024/1348/oj"),
        ("RWN, art. 9(4)", "artikel 9, vierde lid, van de RWN", "https://wetten.overheid.nl/BWBR0003738/2024-05-01#Artikel9"),
    ]:  # fmt: skip
        found = citation(article, day("2024-05-01"), LAW)
        assert (found.text.nl, found.address) == (nl, address)


ENGLISH = re.compile(
    r"\b(the|of the|and|entry into force|publication|decision|decree|period|ruling|receipt|months|until|art\.|"
    r"Regulation|Directive|extension|upheld|announced|withdrawn|Sunday|Saturday|Christmas|Easter|Whit|equated)\b"
)


def test_no_english_stands_in_a_dutch_answer():
    """Over every kind of case, moratorium and reading that the law holds."""
    asked = [
        {"type": row.id, "lodged_on": lodged_on, "nationality": nationality, "known_on": known_on}
        for row in LAW.types
        for lodged_on in ("2016-09-03", "2022-10-07", "2023-12-31", "2024-05-25", "2026-01-10", "2026-06-12")
        for known_on in ("2022-12-01", "2026-11-29")
        for nationality in ([""] if row.family != "asylum" else ["", "SYR", "AFG", "UKR", "SDN", "LBY", "IRN", "RUS"])
    ]
    for row in asked:
        for reading in Reading:
            try:
                answer = ask(row, reading)
            except UsageError:
                continue
            told = [step.nl for step in answer.steps] + [text.nl for text in answer.not_verified]
            told += [text.nl for text in answer.other_reading.because]
            told += [question.question.nl for question in answer.open_questions]
            told += [each.says.nl for each in answer.readings] + [each.by.nl for each in answer.readings]
            for used in answer.rules:
                told += [used.name.nl, used.article_nl, used.instrument_nl, used.known_by_nl or "", used.note_nl or ""]
            for sentence in told:
                assert not ENGLISH.search(sentence), sentence
            assert all(used.address.startswith("https://") for used in answer.rules)


def test_every_text_of_the_law_is_there_in_both_languages():
    for rule in LAW.rules:
        for value in rule.values:
            assert bool(value.note) <= bool(value.note_nl), rule.rule
            for known in value.known:
                assert bool(known.by) == bool(known.by_nl), rule.rule
    for row in LAW.moratoria:
        assert bool(row.note) == bool(row.note_nl) and all(known.by_nl for known in row.known)


def test_a_rule_that_ended_names_its_successor_in_the_list_of_terms():
    ended = [rule for rule in terms(LAW) if max(value.valid_until or date.max for value in rule.values) < date.max]
    assert ended and all(rule.succeeded_by or rule.ends_without_successor_nl for rule in ended)
