# SPDX-License-Identifier: EUPL-1.2
"""The decision deadline: which rule, counted how, known when, read by whom."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from keten.deadlines import (
    Case,
    Suspension,
    deadline_days,
    decision_deadline,
    load_law,
    nationality_codes,
    term_end,
    type_codes,
)
from keten.deadlines.counting import work_out
from keten.domain.errors import ParameterError, UsageError
from keten.domain.words import Reading
from keten.parameters.law import LawValue, MoratoriumEffect

LAW = load_law()


def day(text):
    return date.fromisoformat(text)


def table(text):
    """Rows of a table in text: a header, then one row a line, cells separated by |."""
    header, *lines = [line for line in text.strip().splitlines() if line.strip()]
    names = [name.strip() for name in header.split("|")]
    return [dict(zip(names, (cell.strip() for cell in line.split("|")), strict=True)) for line in lines]


def ask(application_type, lodged_on, known_on, reading=Reading.AUTHORITY, nationality=None, **case):
    return decision_deadline(
        Case(application_type, day(lodged_on), nationality or None, **case),
        LAW,
        known_on=day(known_on),
        reading=Reading(reading),
    )


def vector(application_type, lodged_on, known_on, reading, nationality=None):
    days = deadline_days(
        [day(lodged_on).toordinal()],
        type_codes([application_type], LAW),
        nationality_codes([nationality], LAW),
        law=LAW,
        known_on=day(known_on),
        reading=Reading(reading),
    )
    return date.fromordinal(int(days[0]))


BOUNDARIES = table("""
    lodged_on  | known_on   | authority  | courts
    2015-08-10 | 2016-02-11 | 2016-02-10 | 2016-02-10
    2015-08-11 | 2016-02-10 | 2016-02-11 | 2016-02-11
    2015-08-11 | 2016-02-11 | 2016-11-11 | 2016-02-11
    2016-02-10 | 2016-02-11 | 2017-05-10 | 2016-08-10
    2016-02-11 | 2016-02-11 | 2017-05-11 | 2017-05-11
    2017-01-31 | 2017-02-01 | 2018-04-30 | 2018-04-30
    2017-02-01 | 2017-02-01 | 2017-08-01 | 2017-08-01
    2022-03-26 | 2022-04-01 | 2022-09-26 | 2022-09-26
    2022-03-26 | 2022-09-27 | 2022-09-26 | 2022-09-26
    2022-03-26 | 2025-05-08 | 2022-09-26 | 2022-09-26
    2022-03-27 | 2022-09-26 | 2022-09-27 | 2022-09-27
    2022-03-27 | 2022-09-27 | 2023-06-27 | 2023-06-27
    2022-03-27 | 2023-01-05 | 2023-06-27 | 2023-06-27
    2022-03-27 | 2023-01-06 | 2023-06-27 | 2022-09-27
    2022-03-27 | 2023-02-03 | 2023-06-27 | 2023-06-27
    2022-03-27 | 2025-05-07 | 2023-06-27 | 2023-06-27
    2022-03-27 | 2025-05-08 | 2023-06-27 | 2022-09-27
    2022-03-27 | 2026-02-05 | 2023-06-27 | 2022-09-27
    2022-04-10 | 2022-05-01 | 2022-10-10 | 2022-10-10
    2022-04-10 | 2022-09-27 | 2023-07-10 | 2023-07-10
    2022-04-10 | 2025-05-08 | 2023-07-10 | 2022-10-10
    2022-12-31 | 2022-09-26 | 2023-06-30 | 2023-06-30
    2022-12-31 | 2022-12-31 | 2024-03-31 | 2024-03-31
    2022-12-31 | 2025-05-07 | 2024-03-31 | 2024-03-31
    2022-12-31 | 2025-05-08 | 2024-03-31 | 2023-06-30
    2023-01-01 | 2023-01-26 | 2023-07-01 | 2023-07-01
    2023-01-01 | 2023-01-27 | 2024-04-01 | 2024-04-01
    2023-01-01 | 2025-05-07 | 2024-04-01 | 2024-04-01
    2023-01-01 | 2025-05-08 | 2024-04-01 | 2023-07-01
    2023-12-31 | 2024-01-01 | 2025-03-31 | 2025-03-31
    2023-12-31 | 2025-05-07 | 2025-03-31 | 2025-03-31
    2023-12-31 | 2025-05-08 | 2025-03-31 | 2024-06-30
    2024-01-01 | 2024-01-01 | 2025-04-01 | 2025-04-01
    2024-01-01 | 2024-12-19 | 2025-04-01 | 2025-04-01
    2024-01-01 | 2024-12-20 | 2025-04-01 | 2024-07-01
    2024-01-01 | 2025-05-31 | 2025-04-01 | 2024-07-01
    2024-01-01 | 2025-06-01 | 2024-07-01 | 2024-07-01
    2024-12-31 | 2024-12-31 | 2026-03-31 | 2025-06-30
    2024-12-31 | 2025-06-30 | 2025-06-30 | 2025-06-30
    2025-01-01 | 2025-01-01 | 2025-07-01 | 2025-07-01
    2025-01-01 | 2026-02-05 | 2025-07-01 | 2025-07-01
    2026-06-11 | 2026-06-11 | 2026-12-11 | 2026-12-11
    2026-06-12 | 2024-01-01 | 2026-12-12 | 2026-12-12
    2026-06-12 | 2026-07-01 | 2026-12-12 | 2026-12-12
""")


@pytest.mark.parametrize("application_type", ["first", "subsequent", "lateral"])
@pytest.mark.parametrize("row", BOUNDARIES, ids=lambda row: f"{row['lodged_on']} known {row['known_on']}")
def test_the_same_application_has_another_deadline_before_and_after_a_decree_or_ruling(row, application_type):
    for reading in ("authority", "courts"):
        answer = ask(application_type, row["lodged_on"], row["known_on"], reading)
        assert answer.deadline == day(row[reading])
        assert vector(application_type, row["lodged_on"], row["known_on"], reading) == day(row[reading])


@pytest.mark.parametrize("row", BOUNDARIES, ids=lambda row: f"{row['lodged_on']} known {row['known_on']}")
def test_every_answer_says_what_the_other_reading_would_be(row):
    answer = ask("first", row["lodged_on"], row["known_on"])
    assert answer.other_reading.deadline == day(row["courts"])
    assert bool(answer.other_reading.because) == (row["authority"] != row["courts"])


def test_months_are_counted_in_one_step():
    """RBDHA:2024:12172: six and then nine months would give 30 August."""
    for row in table("""
        lodged_on  | known_on   | months | deadline
        2023-05-31 | 2024-07-01 | 15     | 2024-08-31
        2023-08-31 | 2024-07-01 | 15     | 2024-11-30
        2022-11-30 | 2023-07-01 | 15     | 2024-02-29
        2021-08-31 | 2022-01-01 | 6      | 2022-02-28
        2019-08-31 | 2019-09-01 | 6      | 2020-02-29
        2020-02-29 | 2020-03-01 | 6      | 2020-08-29
        2023-11-29 | 2024-07-01 | 15     | 2025-02-28
    """):
        assert ask("first", row["lodged_on"], row["known_on"]).deadline == day(row["deadline"]), row
        assert vector("first", row["lodged_on"], row["known_on"], "authority") == day(row["deadline"]), row


def test_each_type_has_its_own_period():
    for row in table("""
        type                   | lodged_on  | known_on   | deadline
        family_reunification   | 2024-08-14 | 2025-07-28 | 2025-02-12
        family_reunification   | 2024-08-17 | 2025-07-28 | 2025-02-17
        family_reunification   | 2024-08-18 | 2025-07-28 | 2025-02-17
        dublin_request         | 2022-09-06 | 2023-01-01 | 2022-12-06
        dublin_request         | 2023-01-01 | 2023-02-01 | 2023-04-01
        dublin_request         | 2026-06-12 | 2026-07-01 | 2026-08-12
        dublin_request_eurodac | 2022-12-22 | 2023-01-01 | 2023-02-22
        dublin_request_eurodac | 2026-06-13 | 2026-07-01 | 2026-07-13
        accelerated            | 2026-06-12 | 2026-07-01 | 2026-09-12
        inadmissible           | 2026-06-12 | 2026-07-01 | 2026-08-12
        border                 | 2026-06-12 | 2026-07-01 | 2026-07-17
    """):
        answer = ask(row["type"], row["lodged_on"], row["known_on"])
        assert answer.deadline == day(row["deadline"]), row
        assert vector(row["type"], row["lodged_on"], row["known_on"], "authority") == day(row["deadline"]), row


def test_family_reunification_without_the_extension_ends_after_ninety_days_and_moves_off_closed_days():
    for row in table("""
        lodged_on  | deadline   | why
        2024-08-14 | 2024-11-12 | a Tuesday
        2024-08-18 | 2024-11-18 | 16 November is a Saturday
        2024-09-26 | 2024-12-30 | 25 and 26 December, the equated 27th, a weekend
        2025-01-27 | 2025-04-28 | 27 April is a Sunday
    """):
        assert ask("family_reunification", row["lodged_on"], "2025-07-28", extension=0).deadline == day(row["deadline"])


def test_a_rule_that_ended_or_has_not_begun_raises_and_names_what_is_known():
    for application_type, lodged_on in [("accelerated", "2026-06-11"), ("first", "2009-09-30")]:
        with pytest.raises(UsageError, match="no rule holds") as refused:
            ask(application_type, lodged_on, "2026-07-01")
        assert "known: " in str(refused.value)
        with pytest.raises(UsageError, match="no decision period holds"):
            vector(application_type, lodged_on, "2026-07-01", "authority")
    with pytest.raises(UsageError, match="until 2026-06-12"):
        term_end("appeal_period_track_2", day("2026-06-12"), LAW, known_on=day("2026-07-01"))


MORATORIA = table("""
    nationality | lodged_on  | known_on   | authority  | courts     | extra_term | suspension
    SYR         | 2024-09-05 | 2024-12-13 | 2025-12-05 | 2025-12-05 | -          | -
    SYR         | 2024-09-05 | 2024-12-14 | 2026-06-05 | 2026-06-05 | 2026-06-05 | 2026-06-05
    SYR         | 2024-09-05 | 2025-07-01 | 2026-03-05 | 2026-03-05 | 2026-03-05 | 2025-09-05
    SYR         | 2024-09-05 | 2025-07-09 | 2026-03-05 | 2026-03-05 | 2026-03-05 | 2025-09-05
    SYR         | 2024-09-05 | 2025-07-10 | 2026-03-05 | 2026-03-05 | 2026-03-05 | 2025-09-05
    SYR         | 2024-09-05 | 2026-02-04 | 2026-03-05 | 2026-03-05 | 2026-03-05 | 2025-09-05
    SYR         | 2024-09-05 | 2026-02-05 | 2026-03-05 | 2026-03-05 | 2026-03-05 | 2025-09-05
    SYR         | 2024-03-11 | 2026-03-01 | 2025-09-11 | 2025-09-11 | 2025-09-11 | 2024-09-11
    SYR         | 2023-10-23 | 2025-04-07 | 2025-07-23 | 2025-07-23 | 2025-07-23 | 2025-07-23
    SYR         | 2024-01-30 | 2025-03-25 | 2025-10-30 | 2025-07-30 | 2025-10-30 | 2025-10-30
    SYR         | 2024-01-30 | 2026-03-01 | 2025-07-30 | 2025-07-30 | 2025-07-30 | 2024-07-30
    SYR         | 2025-03-01 | 2026-03-01 | 2026-09-01 | 2026-09-01 | 2026-09-01 | 2025-12-14
    SYR         | 2025-06-13 | 2026-03-01 | 2026-12-13 | 2026-12-13 | 2026-12-13 | 2025-12-14
    SYR         | 2025-06-14 | 2026-03-01 | 2025-12-14 | 2025-12-14 | -          | -
    SYR         | 2023-03-13 | 2025-01-01 | 2024-06-13 | 2024-06-13 | 2024-06-13 | 2024-06-13
    SYR         | 2023-03-14 | 2025-01-01 | 2024-12-14 | 2024-12-14 | 2024-12-14 | 2024-06-14
    LBN         | 2024-09-22 | 2025-08-05 | 2026-03-22 | 2026-03-22 | 2026-03-22 | 2025-09-22
    IRQ         | 2024-09-05 | 2026-02-05 | 2025-03-05 | 2025-03-05 | -          | -
    AFG         | 2021-03-01 | 2021-09-01 | 2022-09-01 | 2022-09-01 | 2022-09-01 | 2022-07-01
    AFG         | 2022-07-20 | 2022-08-01 | 2024-01-20 | 2024-01-20 | 2024-01-20 | 2023-01-21
    AFG         | 2022-07-21 | 2022-08-01 | 2023-01-21 | 2023-01-21 | -          | -
    UKR         | 2022-03-10 | 2022-03-21 | 2022-09-10 | 2022-09-10 | -          | -
    UKR         | 2022-03-10 | 2022-03-22 | 2023-09-10 | 2023-09-10 | 2023-09-10 | 2023-08-28
    UKR         | 2022-03-10 | 2023-03-09 | 2023-12-10 | 2023-12-10 | 2023-12-10 | 2023-12-10
    UKR         | 2023-11-27 | 2025-07-25 | 2025-08-27 | 2025-08-27 | 2025-08-27 | 2025-02-28
    UKR         | 2023-11-28 | 2024-01-01 | 2025-02-28 | 2025-02-28 | -          | -
    UKR         | 2020-01-24 | 2022-06-30 | 2020-07-24 | 2020-07-24 | 2020-07-24 | 2020-07-24
    SDN         | 2023-07-11 | 2025-08-05 | 2025-04-11 | 2025-01-11 | 2025-04-11 | 2025-04-11
    SDN         | 2024-06-27 | 2025-08-05 | 2025-12-27 | 2025-12-27 | 2025-12-27 | 2025-01-07
    SDN         | 2024-07-05 | 2025-08-05 | 2026-01-05 | 2026-01-05 | 2026-01-05 | 2025-01-07
    SDN         | 2024-07-06 | 2025-08-05 | 2026-01-06 | 2026-01-06 | 2026-01-06 | 2025-01-07
    SDN         | 2024-07-07 | 2025-08-05 | 2025-01-07 | 2025-01-07 | -          | -
    LBY         | 2019-06-30 | 2019-07-25 | 2019-12-30 | 2019-12-30 | -          | -
    LBY         | 2019-06-30 | 2019-07-26 | 2020-12-30 | 2020-12-30 | 2020-12-30 | 2020-12-30
    LBY         | 2020-06-30 | 2020-08-01 | 2021-12-30 | 2021-12-30 | 2021-12-30 | 2021-01-01
    LBY         | 2020-07-01 | 2020-08-01 | 2021-01-01 | 2021-01-01 | -          | -
    BDI         | 2017-06-30 | 2017-08-01 | 2018-12-30 | 2018-12-30 | 2018-12-30 | 2018-01-01
    BDI         | 2017-07-01 | 2017-08-01 | 2018-01-01 | 2018-01-01 | -          | -
    YEM         | 2016-08-11 | 2016-09-01 | 2018-05-11 | 2018-05-11 | 2018-05-11 | 2017-11-12
    YEM         | 2016-08-12 | 2016-09-01 | 2017-11-12 | 2017-11-12 | -          | -
    IRN         | 2025-12-01 | 2026-03-18 | 2026-06-01 | 2026-06-01 | -          | -
    IRN         | 2025-12-01 | 2026-03-19 | 2027-06-01 | 2027-06-01 | 2027-06-01 | 2026-12-01
    IRN         | 2026-06-11 | 2026-07-01 | 2027-12-11 | 2027-12-11 | 2027-12-11 | 2027-03-19
    IRN         | 2026-06-12 | 2026-07-01 | 2026-12-12 | 2026-12-12 | -          | -
    SDN         | 2021-12-31 | 2024-01-01 | 2022-06-30 | 2022-06-30 | 2022-06-30 | 2022-06-30
""")


@pytest.mark.parametrize("row", MORATORIA, ids=lambda row: f"{row['nationality']} {row['lodged_on']} {row['known_on']}")
def test_a_moratorium_adds_a_year_or_suspends(row):
    """One more year to at most 21 months, or suspension for the months it lasted; both readings are shown.

    The two last columns are the effects with the rest of the authority's reading. A moratorium adds nothing when the
    21 months, or the period with the year, had passed before it began, and suspends nothing when the period had.
    """
    for reading in ("authority", "courts"):
        answer = ask("first", row["lodged_on"], row["known_on"], reading, row["nationality"])
        assert answer.deadline == day(row[reading])
        found = vector("first", row["lodged_on"], row["known_on"], reading, row["nationality"])
        assert found == day(row[reading])
    readings = ask("first", row["lodged_on"], row["known_on"], "authority", row["nationality"]).moratorium_readings
    expected = {name: day(row[name]) for name in ("extra_term", "suspension") if row[name] != "-"}
    assert readings == expected


def test_a_suspension_prolongs_the_period_by_its_days_when_the_clock_still_ran():
    def suspend(*texts):
        return tuple(Suspension(day(a), day(b), ground) for a, b, ground in (text.split(":") for text in texts))

    for suspensions, deadline in [
        (("2021-06-01:2021-06-21:incomplete",), "2021-08-04"),
        (("2021-06-01:2021-06-21:incomplete", "2021-06-10:2021-06-21:consent"), "2021-08-04"),
        (("2021-06-01:2021-06-21:incomplete", "2021-07-20:2021-07-25:applicant_delay"), "2021-08-09"),
        (("2021-07-16:2021-08-16:force_majeure",), "2021-07-15"),
        (("2021-07-15:2021-07-20:information_abroad",), "2021-07-20"),
        (("2021-02-01:2023-02-01:consent",), "2022-10-15"),  # 21 months is the end of it
    ]:
        answer = ask("first", "2021-01-15", "2021-09-01", suspensions=suspend(*suspensions))
        assert answer.deadline == answer.statutory_deadline == day(deadline), suspensions


def test_a_decree_for_pending_applications_reaches_older_ones_that_something_else_kept_alive():
    """WBV 2022/22 names an extension, a moratorium and a suspension (Stcrt. 2023, 3235)."""
    for row in table("""
        lodged_on  | nationality | suspended             | extension | known_on   | deadline
        2022-03-26 |             |                       |           | 2022-10-01 | 2022-09-26
        2022-03-20 |             | 2022-05-01:2022-05-08 |           | 2022-10-01 | 2023-06-27
        2022-03-20 |             | 2022-05-01:2022-05-07 |           | 2022-10-01 | 2022-09-26
        2022-03-20 |             | 2022-05-01:2022-05-08 |           | 2022-09-26 | 2022-09-27
        2022-03-10 | UKR         |                       |           | 2022-09-26 | 2023-09-10
        2022-03-10 | UKR         |                       |           | 2022-10-01 | 2023-12-10
        2021-03-26 | AFG         |                       |           | 2022-10-01 | 2022-09-26
        2021-03-27 | AFG         |                       |           | 2022-10-01 | 2022-12-27
        2022-01-10 |             |                       | 6         | 2022-10-01 | 2023-04-10
        2022-01-10 |             |                       | 9         | 2022-10-01 | 2023-04-10
    """):
        days = [day(text) for text in row["suspended"].split(":") if text]
        suspensions = (Suspension(*days, "incomplete"),) if days else ()
        extension = int(row["extension"]) if row["extension"] else None
        answer = ask(
            "first", row["lodged_on"], row["known_on"], nationality=row["nationality"], suspensions=suspensions,
            extension=extension,
        )  # fmt: skip
        assert answer.deadline == day(row["deadline"]), row
        if not row["suspended"] and not row["extension"]:
            found = vector("first", row["lodged_on"], row["known_on"], "authority", row["nationality"])
            assert found == day(row["deadline"]), row


def test_a_suspension_may_keep_a_period_alive_until_a_moratorium_and_no_day_stands_still_twice():
    """Moratorium on Syria from 14 December 2024 to 13 June 2025, read as suspension: six months."""
    for row in table("""
        lodged_on  | suspended             | deadline   | why
        2024-06-10 | 2024-08-01:2024-08-05 | 2025-06-14 | lives until 14 December
        2024-06-10 | 2024-08-01:2024-08-04 | 2024-12-13 | ended the day before
        2024-09-05 | 2025-01-01:2025-02-01 | 2025-09-05 | within the moratorium
        2024-09-05 | 2024-12-01:2025-01-01 | 2025-09-18 | thirteen days before it
        2024-09-05 | 2025-06-01:2025-06-24 | 2025-09-15 | ten days after it
        2025-03-01 | 2025-03-10:2025-03-20 | 2025-12-14 | lodged during it
    """):
        first, until = row["suspended"].split(":")
        suspensions = (Suspension(day(first), day(until), "incomplete"),)
        asked = Case("first", day(row["lodged_on"]), "SYR", suspensions=suspensions)
        read = work_out(asked, LAW, day("2026-03-01"), Reading.COURTS, effect=MoratoriumEffect.SUSPENSION)
        assert read.deadline == day(row["deadline"]), row


def test_before_the_transposition_of_the_directive_the_law_was_another():
    """Vw 2000, art. 42(4): six months until 20 July 2015, and no ceiling."""
    for lodged_on, extension, deadline in [
        ("2014-01-15", 6, "2015-01-15"),
        ("2015-07-20", 9, "2016-10-20"),
        ("2015-07-20", 12, "2017-01-20"),
    ]:
        assert ask("first", lodged_on, "2016-01-01", extension=extension).deadline == day(deadline)
    with pytest.raises(UsageError, match="longer than the law allows"):
        ask("first", "2015-07-19", "2016-01-01", extension=7)
    consent = (Suspension(day("2014-02-01"), day("2016-02-01"), "consent"),)
    assert ask("first", "2014-01-15", "2016-01-01", suspensions=consent).deadline == day("2016-07-14")
    with pytest.raises(UsageError, match="no rule holds"):
        ask("family_reunification", "2013-05-31", "2014-01-01")
    assert ask("family_reunification", "2013-06-01", "2014-01-01", extension=0).deadline == day("2013-08-30")


def test_every_knowledge_date_has_an_answer():
    for known_on, deadline in [("0001-01-01", "2022-10-15"), ("9999-12-31", "2023-07-15")]:
        assert ask("first", "2022-04-15", known_on).deadline == day(deadline)
        assert vector("first", "2022-04-15", known_on, "authority") == day(deadline)


def test_individual_extensions_share_the_nine_months_with_the_decree_and_go_no_further_than_the_law():
    for row in table("""
        lodged_on  | known_on   | extension | deadline
        2021-01-15 | 2021-02-01 | 9         | 2022-04-15
        2021-01-15 | 2021-02-01 | 12        | 2022-07-15
        2022-04-15 | 2023-07-13 | 9         | 2023-07-15
        2022-04-15 | 2023-07-13 | 12        | 2023-10-15
        2026-06-12 | 2026-07-01 | 6         | 2027-06-12
    """):
        assert ask("first", row["lodged_on"], row["known_on"], extension=int(row["extension"])).deadline == day(
            row["deadline"]
        )
    with pytest.raises(UsageError, match="longer than the law allows"):
        ask("first", "2021-01-15", "2021-02-01", extension=13)
    with pytest.raises(UsageError, match="longer than the law allows"):
        ask("border", "2026-06-12", "2026-07-01", extension=5)


def test_the_start_of_the_period_is_contested():
    """The signed form (RBDHA:2024:2511) or the registration document (RBDHA:2024:22100)."""
    for row in table("""
        known_on   | reading   | starts_on
        2024-12-22 | courts    | 2025-02-11
        2024-12-23 | courts    | 2025-01-20
        2024-12-23 | authority | 2025-02-11
    """):
        answer = ask("first", "2025-02-11", row["known_on"], row["reading"], registered_on=day("2025-01-20"))
        assert answer.starts_on == day(row["starts_on"])
        lodged, registered = day("2025-02-11").toordinal(), day("2025-01-20").toordinal()
        found = deadline_days(
            [lodged], 0, law=LAW, known_on=day(row["known_on"]), reading=row["reading"], registered_days=[registered]
        )
        assert date.fromordinal(int(found[0])) == answer.deadline


def test_terms_move_off_closed_days_or_never_do():
    for row in table("""
        term                                 | from       | last_day   | why
        notice_period                        | 2023-09-07 | 2023-09-21 | a Thursday
        notice_period                        | 2022-12-11 | 2022-12-27 | both days of Christmas
        notice_period                        | 2023-04-14 | 2023-05-01 | an equated Friday
        notice_period                        | 2014-04-12 | 2014-04-28 | King's Day on Saturday 26 April
        notice_period                        | 2013-04-16 | 2013-05-01 | Queen's Day
        notice_period                        | 2024-04-21 | 2024-05-06 | 5 May, a Sunday
        notice_period                        | 2022-04-21 | 2022-05-06 | 5 May, every year
        notice_period                        | 2024-03-15 | 2024-04-02 | Good Friday to Easter Monday
        notice_period                        | 2024-04-25 | 2024-05-13 | Ascension Day and the equated Friday
        notice_period                        | 2024-12-13 | 2024-12-30 | the equated 27 December
        appeal_period                        | 2023-03-31 | 2023-05-01 | an equated Friday
        appeal_period_general_procedure      | 2023-12-18 | 2023-12-27 | Christmas
        court_term                           | 2023-12-11 | 2023-12-25 | set by a court: never
        departure_period                     | 2023-11-27 | 2023-12-27 | Christmas
        detention_maximum                    | 2024-01-01 | 2024-06-29 | six months of thirty days, a Saturday
        detention_maximum_extended           | 2024-01-01 | 2025-06-24 | eighteen months of thirty days
        dublin_transfer                      | 2023-07-06 | 2024-01-06 | an EU term, a Saturday
        dublin_reply_take_charge             | 2026-06-12 | 2026-07-12 | an EU term, a Sunday
        appeal_period                        | 2026-06-11 | 2026-07-09 | four weeks
        appeal_period                        | 2026-06-12 | 2026-06-26 | two weeks, art. 69(2)(b)
        appeal_period_general_procedure      | 2026-06-12 | 2026-06-19 | one week, art. 69(2)(a)
        higher_appeal_period_short           | 2026-06-11 | 2026-06-18 | one week
        higher_appeal_period_short           | 2026-06-12 | 2026-06-26 | two weeks, art. 69(5)
        border_detention                     | 2026-06-11 | 2026-07-09 | four weeks
        border_detention                     | 2026-06-12 | 2026-07-17 | five weeks
        detention_asylum                     | 2026-06-11 | 2026-07-09 | four weeks
        detention_asylum                     | 2026-06-12 | 2026-12-09 | six months of thirty days
        detention_pending_regular_application | 2026-06-12 | 2026-07-10 | four weeks, before and after
        objection_period                     | 2024-03-21 | 2024-04-18 | four weeks
        council_of_state_term                | 2024-01-12 | 2024-06-21 | twenty-three weeks never move
        notice_period                        | 2017-04-14 | 2017-05-01 | 28 April 2017, equated by decree
        notice_period                        | 2018-12-10 | 2018-12-27 | 24 December 2018, equated; Christmas
        notice_period                        | 2019-12-12 | 2019-12-30 | Christmas; the equated 27th; a weekend
        family_reunification_application_window | 2023-09-25 | 2023-12-27 | Christmas
    """):
        found = term_end(row["term"], day(row["from"]), LAW, known_on=day("2026-07-01"))
        assert found.last_day == day(row["last_day"]), row


def test_the_months_of_asylum_never_move():
    """Closed days that courts printed as deadlines."""
    for row in table("""
        lodged_on  | known_on   | deadline   | closed
        2022-04-15 | 2023-07-13 | 2023-07-15 | Saturday
        2022-07-07 | 2023-04-25 | 2023-10-07 | Saturday
        2022-09-25 | 2023-06-05 | 2023-12-25 | Christmas
        2022-10-07 | 2023-12-31 | 2024-01-07 | Sunday
        2023-05-31 | 2024-07-01 | 2024-08-31 | Saturday
        2023-10-25 | 2024-10-01 | 2025-01-25 | Saturday
        2024-02-11 | 2025-01-13 | 2025-05-11 | Sunday
    """):
        answer = ask("first", row["lodged_on"], row["known_on"])
        assert answer.deadline == day(row["deadline"])
        assert any("stays the last day" in step.en for step in answer.steps)


def test_the_answer_lists_its_rules_with_article_instrument_and_source():
    answer = ask("first", "2022-04-15", "2023-07-13")
    assert (answer.deadline, answer.statutory_deadline) == (day("2023-07-15"), day("2022-10-15"))
    assert [(used.rule, used.value, used.unit, used.instrument) for used in answer.rules] == [
        ("asylum_decision_period", 6, "months", "Vreemdelingenwet 2000"),
        ("category_wide_extension", 9, "months", "WBV 2022/22"),
    ]
    assert [used.known_from for used in answer.rules] == [day("2009-10-01"), day("2022-09-27")]
    assert all(used.article and used.source.startswith("https://") for used in answer.rules)


def test_every_step_is_a_sentence():
    suspension = (Suspension(day("2024-12-01"), day("2025-01-01"), "incomplete"),)
    for reading in Reading:
        answer = ask("first", "2024-09-05", "2026-03-01", reading, "SYR", suspensions=suspension)
        for step in answer.steps:
            assert all(not text[0].islower() and text.endswith(".") for text in (step.en, step.nl)), step


def test_a_contested_effect_has_the_source_of_who_reads_it_so():
    for reading, ruling in [("courts", "RVS:2025:3082"), ("authority", "RBDHA:2025:14982")]:
        answer = ask("first", "2024-09-05", "2026-03-01", reading, "SYR")
        assert next(used for used in answer.rules if used.rule == "moratorium_syria").source.endswith(ruling)


def test_a_withdrawn_extension_is_told():
    answer = ask("first", "2024-05-01", "2025-07-01")
    assert any("WBV 2023/26" in step.en and "does not count" in step.en for step in answer.steps)
    assert any("WBV 2023/26" in step.nl and "telt" in step.nl for step in answer.steps)


def test_what_is_not_verified_shows_in_the_answer():
    for application_type, lodged_on, nationality, word in [
        ("first", "2026-06-12", None, "1182/71"),
        ("first", "2024-05-01", None, "June 2025"),
        ("first", "2015-10-01", None, "RVS:2017:520"),
        ("first", "2020-01-01", None, "2020/12"),
        ("first", "2020-01-01", None, "force majeure"),
        ("first", "2022-01-01", "RUS", "Russian conscripts"),
        ("first", "2022-03-01", "SDN", "political activists"),
        ("first", "2015-10-01", "CHN", "Uyghurs"),
        ("first", "2024-07-07", "SDN", "8 July 2024"),
        ("first", "2021-09-01", "AFG", "14 October 2021"),
        ("first", "2024-01-01", "PSE", "unlawful"),
        ("first", "2026-01-01", "IRN", "Iran"),
        ("first", "2026-06-01", None, "transition article"),
        ("first", "2015-05-01", "SOM", "Al-Shabaab"),
        ("temporary_protection", "2023-09-01", None, "Court of Justice"),
    ]:
        answer = ask(application_type, lodged_on, "2026-07-01", nationality=nationality)
        assert any(word in text.en for text in answer.not_verified), (application_type, lodged_on)
    assert not ask("first", "2022-04-15", "2023-07-13").not_verified


def test_a_term_says_what_is_not_verified_about_it():
    for term, starts_on, verified in [
        ("notice_period", "2023-09-07", True),
        ("detention_maximum", "2023-09-07", True),
        ("stay_in_restricted_location", "2023-09-07", False),
        ("family_reunification_application_window", "2023-09-07", False),
        ("screening_inland", "2026-07-01", False),
    ]:
        found = term_end(term, day(starts_on), LAW, known_on=day("2026-07-01")).applied.value
        assert (found.verified, bool(found.unverified_nl)) == (verified, not verified), term
    with pytest.raises(UsageError, match="no rule holds"):
        term_end("detention_maximum", day("2012-03-19"), LAW, known_on=day("2026-07-01"))


def test_a_case_that_cannot_exist_is_refused_with_everything_that_is_wrong():
    wrong = Case(
        "firts",
        day("2022-04-15"),
        nationality="Syria",
        registered_on=day("2022-05-01"),
        suspensions=(Suspension(day("2022-06-21"), day("2022-06-01"), "holiday"),),
        extension=-1,
    )
    with pytest.raises(UsageError) as refused:
        decision_deadline(wrong, LAW, known_on=day("2022-07-01"))
    assert len(refused.value.problems) == 6


def test_arrays_that_cannot_be_are_refused():
    lodged = [day("2022-04-15").toordinal()]
    for days, codes in [([12], 0), (lodged, 99), (lodged, -1), (lodged, 0.5)]:
        with pytest.raises(UsageError):
            deadline_days(days, codes, law=LAW, known_on=day("2023-01-01"))
    assert deadline_days([], 0, law=LAW, known_on=day("2023-01-01")).size == 0
    with pytest.raises(UsageError, match="no such application type"):
        type_codes(["firts"], LAW)


def test_each_case_may_have_its_own_knowledge_date():
    known = [day(text).toordinal() for text in ("2022-05-01", "2022-09-27")]
    found = deadline_days([day("2022-04-10").toordinal()] * 2, 0, law=LAW, known_on=known)
    assert [date.fromordinal(int(ordinal)) for ordinal in found] == [day("2022-10-10"), day("2023-07-10")]
    assert found.dtype == np.int32


def test_a_changed_decision_period_is_one_value():
    nine = LawValue(
        valid_from="2027-01-01", value=9, article="a bill", instrument="a bill", source="https://example.nl"
    )
    changed = LAW.with_value("asylum_decision_period", nine)
    for lodged_on, deadline in [("2026-12-31", "2027-06-30"), ("2027-01-01", "2027-10-01")]:
        case = Case("first", day(lodged_on))
        assert decision_deadline(case, changed, known_on=day("2027-02-01")).deadline == day(deadline)


def test_an_instrument_can_be_left_out():
    without = LAW.without("WBV 2022/22")
    case = Case("first", day("2022-04-15"))
    assert decision_deadline(case, without, known_on=day("2023-07-13")).deadline == day("2022-10-15")
    with pytest.raises(UsageError, match="no rule comes from this instrument"):
        LAW.without("WBV 2022/23")


def test_a_wrong_law_is_refused_with_every_problem(tmp_path):
    (tmp_path / "types.yaml").write_text("types: [{id: first, family: asylum, nl: eerste, en: first}]")
    (tmp_path / "one.yaml").write_text("rules: [{rule: a, kind: nothing}]")
    (tmp_path / "two.yaml").write_text("rules: [")
    with pytest.raises(ParameterError) as refused:
        load_law(tmp_path)
    assert {problem.where.split(":")[0] for problem in refused.value.problems} >= {"one.yaml", "two.yaml"}


def test_two_values_that_are_believed_together_are_refused(tmp_path):
    value = "{from: 2020-01-01, value: %s, article: a, instrument: i, source: 'https://example.nl'}"
    (tmp_path / "law.yaml").write_text(
        "types: [{id: first, family: asylum, nl: eerste, en: first}]\n"
        "rules: [{rule: period, kind: decision_period, nl: termijn, en: period, types: [first, second], unit: months,"
        f" values: [{value % 6}, {value % 9}]}}]"
    )
    with pytest.raises(ParameterError, match="believed at the same time"):
        load_law(tmp_path)


def test_every_value_of_the_law_has_an_address():
    sourced = [value for rule in LAW.rules for value in rule.values]
    sourced += [*LAW.moratoria, *LAW.temporary_acts, *LAW.force_majeure, *LAW.suspension_grounds]
    assert all(row.source.startswith("http") and row.article and row.instrument for row in sourced)
