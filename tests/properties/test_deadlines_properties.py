# SPDX-License-Identifier: EUPL-1.2
"""What holds for every case: one answer from two ways of counting, and limits that nothing breaks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.deadlines import (
    Case,
    Events,
    Judgment,
    LateDecision,
    Suspension,
    deadline_days,
    decision_deadline,
    has_rule,
    late_decision_cost,
    load_law,
    nationality_codes,
)
from keten.deadlines.calendar import add_months, add_months_to_days
from keten.domain.errors import UsageError
from keten.domain.words import Reading

LAW = load_law()
EDGES = sorted(
    {value.valid_from for rule in LAW.rules for value in rule.values}
    | {moratorium.valid_from for moratorium in LAW.moratoria}
    | {moratorium.valid_until for moratorium in LAW.moratoria}
    | {
        known.valid_from
        for row in (*LAW.moratoria, *(value for rule in LAW.rules for value in rule.values))
        for known in row.beliefs
        if known.valid_from > date.min
    }
)
FIRST = date(2009, 10, 1)
CEILING_FROM = date(2015, 7, 20)
near_an_edge = st.builds(
    lambda edge, offset: edge + timedelta(days=offset),
    st.sampled_from([edge for edge in EDGES if edge > FIRST + timedelta(days=2)]),
    st.integers(-2, 2),
)
lodging_days = st.dates(FIRST, date(2029, 12, 31)) | near_an_edge
known_days = st.dates(FIRST, date(2030, 12, 31)) | near_an_edge
questions = st.tuples(
    st.sampled_from(LAW.type_ids),
    lodging_days,
    st.sampled_from([None, "SYR", "LBN", "AFG", "UKR", "SDN", "IRQ"]),
    known_days,
    lodging_days,
)


@given(st.lists(questions, min_size=1, max_size=30), st.sampled_from(Reading))
def test_the_million_and_the_one_are_counted_alike(asked, reading):
    """Mixed types, dates, knowledge dates, nationalities and starts, under both readings."""
    types = np.array([LAW.type_code(row[0]) for row in asked])
    lodged = np.array([row[1].toordinal() for row in asked], np.int32)
    registered = np.array([min(row[1], row[4]).toordinal() for row in asked], np.int32)
    known = np.array([row[3].toordinal() for row in asked], np.int32)
    nations = nationality_codes([row[2] for row in asked], LAW)
    covered = has_rule(lodged, types, law=LAW, known_on=known, reading=reading)
    found = deadline_days(
        lodged[covered], types[covered], nations[covered], law=LAW, known_on=known[covered], reading=reading,
        registered_days=registered[covered],
    ).tolist()  # fmt: skip
    for row, start, has in zip(asked, registered.tolist(), covered.tolist(), strict=True):
        case = Case(row[0], row[1], row[2], registered_on=date.fromordinal(start))
        if has:
            answer = decision_deadline(case, LAW, known_on=row[3], reading=reading)
            assert found.pop(0) == answer.deadline.toordinal()
        else:
            with pytest.raises(UsageError):
                decision_deadline(case, LAW, known_on=row[3], reading=reading)


@given(st.dates(date(2000, 1, 1), date(2049, 12, 31)), st.integers(0, 60))
def test_months_are_counted_alike_for_one_and_for_many(start, months):
    """The same day of the month, or the last day of a shorter one."""
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)
    many = add_months_to_days(np.array([start.toordinal()], np.int32), np.array([months], np.int32))
    assert many.tolist() == [end.toordinal()]


@given(
    st.sampled_from(["first", "subsequent", "lateral"]),
    lodging_days,
    st.sampled_from([None, "SYR", "LBN", "AFG", "UKR", "SDN"]),
    known_days,
    st.sampled_from(Reading),
    st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), max_size=3),
)
def test_no_asylum_period_passes_its_ceiling_and_none_is_shorter_than_the_statute(
    application_type, lodged_on, nationality, known_on, reading, suspended
):
    """Whatever extends or suspends it."""
    suspensions = tuple(
        Suspension(lodged_on + timedelta(days=first), lodged_on + timedelta(days=first + length), "consent")
        for first, length in suspended
    )
    case = Case(application_type, lodged_on, nationality, suspensions=suspensions)
    answer = decision_deadline(case, LAW, known_on=known_on, reading=reading)
    assert answer.statutory_deadline <= answer.deadline
    if lodged_on >= CEILING_FROM:
        assert answer.deadline <= add_months(lodged_on, 21)
    assert add_months(lodged_on, 6) <= answer.statutory_deadline


@given(lodging_days, known_days)
def test_leaving_an_extension_out_never_gives_more_time(lodged_on, known_on):
    """The law without a decree is never later than the law with it."""
    case = Case("first", lodged_on)
    full = decision_deadline(case, LAW, known_on=known_on).deadline
    for instrument in ("WBV 2016/3", "WBV 2022/22", "WBV 2023/3", "WBV 2023/26"):
        assert decision_deadline(case, LAW.without(instrument), known_on=known_on).deadline <= full


@given(
    st.dates(date(2013, 1, 1), date(2026, 1, 1)),
    st.integers(-30, 60),
    st.integers(15, 60),
    st.integers(0, 300),
    st.integers(1, 20),
    st.integers(0, 800),
    st.sampled_from(["first", "family_reunification"]),
)
def test_a_later_decision_never_costs_less_and_never_more_than_the_maximum(
    deadline, notice, appeal, judgment, weeks, decided, application_type
):
    """And nothing when it came in time, or when the notice was premature."""
    received = deadline + timedelta(days=notice)
    appeal_on = received + timedelta(days=appeal + 6)
    ruling = Judgment(appeal_on, appeal_on + timedelta(days=judgment), 100, 7500, weeks)
    costs = [
        late_decision_cost(
            LateDecision(deadline, received, judgments=(ruling,), decided_on=on, application_type=application_type),
            LAW,
            counted_to=on,
            known_on=date(2026, 1, 1),
        )
        for on in (deadline + timedelta(days=decided), deadline + timedelta(days=decided + 1))
    ]
    totals = [cost.administrative_eur + cost.judicial_eur for cost in costs]
    assert 0 <= totals[0] <= totals[1] <= 1442 + 7500
    if notice <= 0 or decided <= 0:
        assert totals[0] == 0
    assert costs[0].premature == (notice <= 0)


# --- an independent count: plain steps over the calendar, no rules engine --------------------------------------

PLAIN = {
    # kind: days or months, moved off closed days, longest extension, days or months of one unit of extension
    "regular": ("days", 90, True, 6, "months"),
    "regular_blue_card": ("days", 90, True, 0, ""),
    "regular_study_research": ("days", 60, True, 0, ""),
    "regular_long_term_resident_elsewhere": ("months", 4, False, 3, "months"),
    "eu_long_term_resident": ("months", 6, False, 6, "months"),
    "mvv": ("days", 90, True, 3, "months"),
    "return_visa": ("days", 14, True, 2, "weeks"),
    "naturalisation": ("months", 12, False, 12, "months"),
    "option": ("days", 91, False, 13, "weeks"),
    "objection": ("days", 133, False, 13, "weeks"),
    "objection_other": ("days", 42, True, 6, "weeks"),
    "family_reunification": ("months", 9, False, 0, ""),
    "border": ("days", 35, False, 4, "weeks"),
    "first": ("months", 6, False, 6, "months"),
}
MOVED_WHEN_EXTENDED = {"mvv", "return_visa", "objection_other"}
CLOSED = {(1, 1), (4, 27), (5, 5), (12, 25), (12, 26)}
EQUATED = {row.day for row in LAW.equated_days}


def _easter(year):
    """Gauss, as printed in any almanac."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30, (32 + 2 * (b % 4) + 2 * (c // 4) - c % 4)
    f = (e - d) % 7
    g = d + f - 7 * ((a + 11 * d + 22 * f) // 451) + 114
    return date(year, g // 31, g % 31 + 1)


def _closed(day):
    easter = _easter(day.year)
    movable = {easter + timedelta(days=offset) for offset in (-2, 0, 1, 39, 49, 50)}
    king = date(day.year, 4, 26) if date(day.year, 4, 27).weekday() == 6 else date(day.year, 4, 27)
    fixed = (day.month, day.day) in CLOSED - {(4, 27)} or day == king
    return day.weekday() > 4 or fixed or day in movable or day in EQUATED


def _step_months(day, months):
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    found = date(year, month, 1) + timedelta(days=day.day - 1)
    while found.month != month:
        found -= timedelta(days=1)
    return found


def _next_open(day):
    while _closed(day):
        day += timedelta(days=1)
    return day


def counted_by_hand(kind, start, extension):
    unit, length, moved, _, of = PLAIN[kind]
    end = start + timedelta(days=length) if unit == "days" else start
    if of == "weeks":
        end += timedelta(days=7 * extension)
    months = (length if unit == "months" else 0) + (extension if of == "months" else 0)
    end = _step_months(end, months)
    moves = kind in MOVED_WHEN_EXTENDED if extension else moved
    return _next_open(end) if moves else end


@settings(max_examples=400)
@given(
    st.sampled_from(sorted(PLAIN)),
    st.dates(date(2026, 6, 12), date(2029, 12, 31)),
    st.integers(0, 13),
    st.integers(0, 40),
)
def test_an_independent_count_gives_the_same_day(kind, lodged_on, extension, later):
    """Plain steps from day to day, with the closed days of an almanac, for the kinds of today."""
    extension = min(extension, PLAIN[kind][3])
    given_days, start = {}, lodged_on
    if kind == "naturalisation":
        given_days["fee_paid_on"] = start = lodged_on + timedelta(days=later)
    if kind in {"objection", "objection_other"}:
        given_days["decision_on"] = lodged_on - timedelta(days=min(later, 28))
        start = _next_open(given_days["decision_on"] + timedelta(days=28))
    case = Case(kind, lodged_on, extension=extension or None, **given_days)
    wanted = counted_by_hand(kind, start, extension)
    assert decision_deadline(case, LAW, known_on=date(2030, 1, 1)).deadline == wanted
    arrays = {name: [day.toordinal()] for name, day in given_days.items()}
    many = deadline_days(
        [lodged_on.toordinal()], LAW.type_code(kind), law=LAW, known_on=date(2030, 1, 1),
        events=Events(extension=[extension or -1], **arrays),
    )  # fmt: skip
    assert many.tolist() == [wanted.toordinal()]


@given(
    st.sampled_from(
        ["first", "subsequent", "family_reunification", "regular", "naturalisation", "objection", "border"]
    ),
    st.dates(date(2013, 6, 1), date(2026, 12, 31)),
    st.sampled_from([None, "SYR", "SDN", "UKR", "AFG", "LBY", "IRN"]),
    st.dates(date(2014, 1, 1), date(2026, 12, 31)),
    st.integers(0, 500),
    st.integers(-1, 3),
    st.lists(st.integers(1, 300), min_size=2, max_size=4, unique=True),
    st.sampled_from(Reading),
)
def test_the_million_with_events_and_the_one_are_counted_alike(
    kind, lodged_on, nationality, known_on, later, extension, edges, reading
):
    """Responsibility, fee, decision, extension and suspensions, in the order of their days."""
    asks = {row.id: row.asks for row in LAW.types}[kind]
    days = {name: lodged_on + timedelta(days=later) for name in ("responsible_on", "fee_paid_on") if name in asks}
    if "decision_on" in asks:
        days["decision_on"] = lodged_on - timedelta(days=later % 29)
    edges = sorted(edges)[: len(edges) // 2 * 2]
    # Suspensions that touch are one suspension; the columns of a file hold them apart.
    pairs = [
        (lodged_on + timedelta(days=a), lodged_on + timedelta(days=b))
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    suspensions = tuple(Suspension(first, until, "consent") for first, until in pairs)
    case = Case(kind, lodged_on, nationality if kind in {"first", "subsequent"} else None, suspensions=suspensions,
                extension=None if extension < 0 else extension, **days)  # fmt: skip
    arrays = {name: [day.toordinal()] for name, day in days.items()}
    events = Events(
        extension=[extension],
        suspended=tuple(([first.toordinal()], [until.toordinal()]) for first, until in pairs),
        **arrays,
    )

    def many():
        found = deadline_days(
            [lodged_on.toordinal()], LAW.type_code(kind), nationality_codes([case.nationality], LAW), law=LAW,
            known_on=known_on, reading=reading, events=events,
        )  # fmt: skip
        return date.fromordinal(int(found[0]))

    try:
        wanted = decision_deadline(case, LAW, known_on=known_on, reading=reading).deadline
    except UsageError:
        with pytest.raises(UsageError):
            many()
    else:
        assert many() == wanted
