# SPDX-License-Identifier: EUPL-1.2
"""What a late decision costs, day by day and to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from keten.deadlines import (
    Judgment,
    LateDecision,
    administrative_amounts,
    administrative_penalty_applies,
    administrative_scale,
    court_penalties,
    court_terms,
    judicial_amounts,
    judicial_penalty_allowed,
    late_decision_appeal_allowed,
    late_decision_cost,
    load_law,
    notice_ends,
    phases,
)
from keten.domain.errors import UsageError
from keten.domain.words import Reading

LAW = load_law()


def day(text):
    return date.fromisoformat(text)


def cost(late, counted_to="2026-07-01", **asked):
    return late_decision_cost(late, LAW, counted_to=day(counted_to), **asked)


LETTER = LateDecision(
    deadline=day("2023-07-15"),
    notice_received_on=day("2023-09-07"),
    judgments=(Judgment(day("2023-09-26"), day("2023-12-01"), per_day=100, maximum=7500, term_weeks=8),),
    decided_on=day("2024-03-01"),
)


def test_the_chain_of_a_late_decision():
    found = cost(LETTER)
    assert (found.premature, found.administrative_eur, found.judicial_eur) == (False, 0, 3500)
    assert (found.court_term_ends, found.days_in_default) == (day("2024-01-26"), 35)
    assert [(event.on.isoformat(), event.what.en.split(":")[0].split(";")[0]) for event in found.timeline] == [
        ("2023-07-15", "last day on which a decision is in time"),
        ("2023-09-07", "notice of default received"),
        ("2023-09-21", "last day of the two weeks after the notice"),
        ("2023-09-26", "appeal against the late decision"),
        ("2023-12-01", "judgment"),
        ("2024-01-26", "last day of the court's term"),
        ("2024-01-27", "first day of the judicial penalty"),
        ("2024-03-01", "decision"),
    ]
    assert all(event.article and event.what.nl for event in found.timeline)


@pytest.mark.parametrize(("notice", "rates"), [("2018-12-31", (20, 30, 40)), ("2019-01-01", (23, 35, 45))])
@pytest.mark.parametrize("days", range(61))
def test_the_administrative_penalty_of_every_day(notice, rates, days):
    """First, second and third fortnight at their own amount, nothing after the 42nd day."""
    first, second, third = rates
    expected = first * min(days, 14) + second * min(max(days - 14, 0), 14) + third * min(max(days - 28, 0), 14)
    grace_ends = day(notice) + timedelta(weeks=2)  # 14 and 15 January 2019, a Monday and a Tuesday
    late = LateDecision(day("2018-12-20"), day(notice), decided_on=grace_ends + timedelta(days=days))
    found = cost(late)
    assert (found.administrative_days, found.administrative_eur) == (min(days, 42), expected)
    assert (
        administrative_amounts(days, LAW, "first", notice_received_on=day(notice), known_on=day("2019-06-01"))
        == expected
    )


def test_the_maximum_of_each_period():
    for notice, maximum in [("2009-10-01", 1260), ("2018-12-31", 1260), ("2019-01-01", 1442), ("2025-02-13", 1442)]:
        assert administrative_scale(LAW, day(notice), known_on=day("2025-07-01"))[-1] == maximum
    with pytest.raises(UsageError, match="no rule holds"):
        administrative_scale(LAW, day("2009-09-30"), known_on=day("2025-07-01"))


def test_for_whom_the_administrative_penalty_exists():
    for application_type, notice, lodged_on, applies in [
        ("first", "2012-09-30", None, False),
        ("first", "2012-10-01", None, True),
        ("first", "2013-01-15", "2012-06-01", False),  # lodged before 1 October 2012: nothing is due
        ("first", "2013-05-15", "2012-10-01", True),
        ("first", "2020-07-10", None, True),
        ("first", "2020-07-11", None, False),
        ("subsequent", "2024-01-01", None, False),
        ("family_reunification", "2020-07-11", None, True),
        ("family_reunification", "2025-02-13", None, True),
        ("family_reunification", "2025-04-14", None, True),
        ("family_reunification", "2025-04-15", None, False),
        ("family_reunification", "2025-04-16", None, False),
        ("regular", "2025-04-14", None, True),
        ("regular", "2025-04-15", None, False),
        ("objection", "2025-04-15", None, False),
        ("return_visa", "2025-04-15", None, False),
        ("naturalisation", "2025-04-14", None, True),
        ("naturalisation", "2025-04-15", None, True),
        ("option", "2026-06-20", None, True),
        ("objection_nationality", "2026-06-20", None, True),
    ]:
        found, _ = administrative_penalty_applies(
            LAW,
            application_type,
            notice_received_on=day(notice),
            lodged_on=lodged_on and day(lodged_on),
            known_on=day("2026-01-01"),
        )
        assert found == applies, (application_type, notice, lodged_on)


def test_the_open_transition_of_the_abolition_is_told_with_both_sums():
    """Vw 2000, art. 71b: a notice of the two weeks before 15 April 2025 has its first penalty day after it."""
    for notice, sums in [
        ("2025-03-31", None),
        ("2025-04-01", (1442, 0)),
        ("2025-04-14", (1442, 0)),
        ("2025-04-15", None),
    ]:
        late = LateDecision(day("2025-02-12"), day(notice), application_type="family_reunification")
        found = cost(late).open_questions
        assert [row.amounts_eur for row in found] == ([sums] if sums else []), notice
    found = cost(LateDecision(day("2019-12-01"), day("2020-07-10")))
    assert [row.amounts_eur for row in found.open_questions] == [(1442, 0)]


def test_a_nil_penalty_names_the_act_that_excludes_it():
    for application_type, notice, article in [
        ("first", "2020-07-11", "Tijdelijke wet opschorting dwangsommen IND, art. 1"),
        ("first", "2025-04-15", "Vw 2000, art. 71b"),
        ("family_reunification", "2025-04-15", "Vw 2000, art. 71b"),
        ("regular", "2026-09-01", "Vw 2000, art. 71b"),
    ]:
        found = cost(LateDecision(day("2020-01-02"), day(notice), application_type=application_type), "2026-11-01")
        assert (found.administrative_eur, found.excluded_by.article) == (0, article)
        assert any("excluded by" in note.en and "uitgesloten door" in note.nl for note in found.notes)
    assert cost(LateDecision(day("2024-02-12"), day("2024-03-01"), application_type="regular")).excluded_by is None


def test_a_notice_long_after_the_end_of_the_term_is_warned_about_and_still_counts():
    for notice, warned in [("2024-01-13", False), ("2024-01-14", True)]:
        found = cost(replace(LETTER, notice_received_on=day(notice), judgments=(), application_type="regular"))
        assert any("unreasonably late" in note.en for note in found.notes) == warned, notice
        assert found.administrative_eur > 0


def test_both_sums_are_told_where_the_day_of_the_decision_makes_a_difference():
    """RBNNE:2021:5695 counts the day on which the applicant learnt of the decision."""
    [question] = cost(LETTER).open_questions
    assert question.amounts_eur == (3500, 3400)
    assert not cost(replace(LETTER, decided_on=day("2024-06-01"))).open_questions


def test_the_term_of_the_court_runs_from_the_day_on_which_the_judgment_was_sent():
    sent = replace(LETTER.judgments[0], sent_on=day("2023-12-05"))
    found = cost(replace(LETTER, judgments=(sent,)))
    assert (found.court_term_ends, found.judicial_eur) == (day("2024-01-30"), 3100)
    assert not any("sent" in note.en for note in found.notes)
    assert any("sent" in note.en for note in cost(LETTER).notes)
    with pytest.raises(UsageError, match="before itself"):
        cost(replace(LETTER, judgments=(replace(sent, sent_on=day("2023-11-30")),)))


def test_a_notice_on_or_before_the_deadline_is_premature_and_has_no_effect():
    for notice, premature in [("2023-07-14", True), ("2023-07-15", True), ("2023-07-16", False)]:
        found = cost(replace(LETTER, notice_received_on=day(notice), application_type="family_reunification"))
        assert found.premature == premature
        assert (found.judicial_eur > 0) == (not premature)
        assert (found.administrative_eur > 0) == (not premature)
    assert any(
        "RBDHA:2019:6452" in note.en for note in cost(replace(LETTER, notice_received_on=day("2023-07-15"))).notes
    )


def test_decided_in_time_at_each_point_means_nothing_is_owed():
    late = replace(LETTER, application_type="family_reunification")
    for decided_on, administrative, judicial in [
        ("2023-07-15", 0, 0),  # on the deadline
        ("2023-09-21", 0, 0),  # on the last day of the two weeks
        ("2023-09-22", 23, 0),
        ("2023-11-02", 1442, 0),
        ("2024-01-26", 1442, 0),  # on the last day of the court's term
        ("2024-01-27", 1442, 100),
        ("2024-04-10", 1442, 7500),
        ("2024-04-11", 1442, 7500),
    ]:
        found = cost(replace(late, decided_on=day(decided_on)))
        assert (found.administrative_eur, found.judicial_eur) == (administrative, judicial), decided_on


def test_without_a_decision_penalties_are_counted_to_the_day_of_the_question():
    late = replace(LETTER, decided_on=None)
    assert [cost(late, until).judicial_eur for until in ("2024-01-26", "2024-02-05", "2025-01-01")] == [0, 1000, 7500]
    assert cost(late, "2025-01-01").judgments[0].maximum_reached_on == day("2024-04-10")


def test_two_weeks_end_on_an_open_day_and_a_court_term_ends_on_any_day():
    late = LateDecision(
        deadline=day("2022-11-01"),
        notice_received_on=day("2022-12-11"),  # two weeks later is Christmas, a Sunday
        judgments=(Judgment(day("2023-01-10"), day("2023-10-30"), 100, 7500, 8),),  # ends on Christmas
        decided_on=day("2023-12-27"),
    )
    found = cost(late)
    assert (found.notice_period_ends, found.court_term_ends, found.judicial_eur) == (
        day("2022-12-27"),
        day("2023-12-25"),
        200,
    )
    notices = np.array([day("2022-12-11").toordinal(), day("2023-09-07").toordinal()], np.int32)
    ends = notice_ends(notices, LAW, known_on=day("2024-01-01"))
    assert [date.fromordinal(int(end)) for end in ends] == [day("2022-12-27"), day("2023-09-21")]


def test_an_appeal_within_the_two_weeks_is_inadmissible():
    judgment = replace(LETTER.judgments[0], appeal_on=day("2023-09-21"))
    found = cost(replace(LETTER, judgments=(judgment,)))
    assert (found.appeal_premature, found.judicial_eur, found.court_term_ends) == (True, 0, None)
    judgment = replace(judgment, appeal_on=day("2023-09-22"))
    assert cost(replace(LETTER, judgments=(judgment,))).judicial_eur == 3500


def test_a_judgment_on_an_appeal_that_came_too_early_is_not_counted_and_that_is_told():
    for late in (
        replace(LETTER, notice_received_on=day("2023-07-15")),
        replace(LETTER, judgments=(replace(LETTER.judgments[0], appeal_on=day("2023-09-21")),)),
    ):
        found = cost(late)
        assert found.judicial_eur == 0
        assert any("holds until it is set aside" in note.en for note in found.notes)


def test_force_majeure_stops_the_judicial_penalty_too():
    """GHSHE:2021:2525: 16 March to 16 May 2020 do not count; the maximum is reached 62 days later."""
    judgment = Judgment(day("2019-12-01"), day("2020-01-15"), per_day=100, maximum=7500, term_weeks=8)
    late = LateDecision(day("2019-10-01"), day("2019-10-15"), judgments=(judgment,))
    found = {until: cost(late, until) for until in ("2020-03-15", "2020-05-16", "2020-05-17", "2020-12-01")}
    assert {until: one.judicial_eur for until, one in found.items()} == {
        "2020-03-15": 400, "2020-05-16": 400, "2020-05-17": 500, "2020-12-01": 7500,
    }  # fmt: skip
    assert found["2020-12-01"].judgments[0].maximum_reached_on == day("2020-07-26")


def test_the_last_day_in_time_names_the_article_of_its_time():
    for application_type, lodged_on, article in [
        ("first", None, "Vw 2000, art. 42(1)"),
        ("first", "2022-04-15", "Vw 2000, art. 42(1)"),
        ("first", "2026-06-12", "Regulation (EU) 2024/1348, art. 35(4)"),
        ("family_reunification", None, "Vw 2000, art. 2u(1)"),
        ("family_reunification", "2025-03-28", "Vw 2000, art. 2u(4)"),
    ]:
        late = LateDecision(
            day("2027-01-01"), lodged_on=lodged_on and day(lodged_on), application_type=application_type
        )
        assert cost(late, "2027-02-01").timeline[0].article == article


def test_a_repeated_appeal_needs_no_new_notice_and_has_its_own_penalty():
    second = Judgment(day("2024-05-01"), day("2024-08-01"), per_day=200, maximum=15000, term_weeks=2)
    found = cost(replace(LETTER, judgments=(*LETTER.judgments, second), decided_on=day("2024-09-01")))
    assert [outcome.amount_eur for outcome in found.judgments] == [7500, 3400]
    assert (found.judicial_eur, found.court_term_ends, found.days_in_default) == (10900, day("2024-08-15"), 17)


def test_a_repeated_appeal_that_came_too_early_is_saved_when_the_term_has_lapsed_by_the_judgment():
    """RBDHA:2025:12547."""
    saved = Judgment(day("2024-01-20"), day("2024-02-15"), 200, 15000, 2)
    lost = Judgment(day("2024-01-10"), day("2024-01-26"), 200, 15000, 2)
    for second, count in [(saved, 2), (lost, 1)]:
        assert len(cost(replace(LETTER, judgments=(*LETTER.judgments, second))).judgments) == count


def test_a_court_may_set_a_day_instead_of_weeks():
    """RVS:2022:3788: decide by 20 January 2023."""
    judgment = Judgment(day("2022-10-01"), day("2022-11-16"), 100, 7500, decide_by=day("2023-01-20"))
    late = LateDecision(day("2022-08-01"), day("2022-09-01"), judgments=(judgment,), decided_on=day("2023-02-01"))
    found = cost(late)
    assert found.judicial_eur == 1200
    assert any("decide by 20 January 2023" in event.what.en for event in found.timeline)
    assert any("beslissen uiterlijk op 20 januari 2023" in event.what.nl for event in found.timeline)


def test_applicants_share_one_amount():
    found = cost(replace(LETTER, applicants=3))
    assert (found.judicial_eur, found.each_eur) == (3500, 1166.67)


def test_facts_that_cannot_be_are_refused_all_at_once():
    wrong = LateDecision(
        deadline=day("2023-07-15"),
        notice_received_on=day("2023-01-01"),
        judgments=(Judgment(day("2022-12-01"), day("2022-11-01"), -1, 7500),),
        lodged_on=day("2023-01-15"),
        applicants=0,
    )
    with pytest.raises(UsageError) as refused:
        cost(wrong)
    told = str(refused.value)
    for part in (
        "notice of default of 2023-01-01: lies before the application",
        "appeal of 2022-12-01: lies before the notice",
        "judgment of 2022-11-01: lies before the appeal",
        "needs one term",
        "penalty below nothing",
        "0 applicants",
    ):
        assert part in told
    for application_type in ("dublin_request", "unknown"):
        with pytest.raises(UsageError, match="Choose one of first"):
            cost(replace(LETTER, application_type=application_type))
    with pytest.raises(UsageError, match="no notice of default before it"):
        cost(LateDecision(day("2023-07-15"), appeal_on=day("2023-08-01")))


def test_without_a_notice_nothing_is_owed():
    found = cost(LateDecision(day("2023-07-15")))
    assert (found.administrative_eur, found.judicial_eur, found.premature) == (0, 0, False)


def test_the_temporary_acts_and_what_courts_made_of_them():
    for on, known_on, reading, appeal, penalty in [
        ("2020-07-10", "2020-07-20", "authority", True, True),
        ("2020-07-11", "2020-07-20", "authority", False, False),
        ("2021-07-10", "2021-07-10", "authority", False, False),
        ("2021-07-11", "2021-07-11", "authority", True, False),
        ("2020-09-01", "2022-07-06", "authority", True, False),  # the ban on appeals was not binding
        ("2022-05-01", "2022-05-01", "authority", True, False),
        ("2022-05-01", "2022-05-01", "courts", True, True),
        ("2022-05-01", "2022-11-30", "authority", True, True),  # RVS:2022:3353
        ("2024-01-01", "2024-01-01", "authority", True, True),
    ]:
        asked = {"known_on": day(known_on), "reading": Reading(reading)}
        assert late_decision_appeal_allowed(LAW, "first", day(on), **asked) == appeal, (on, known_on)
        assert judicial_penalty_allowed(LAW, "first", day(on), **asked) == penalty, (on, known_on)
    assert judicial_penalty_allowed(LAW, "family_reunification", day("2021-01-01"), known_on=day("2021-01-01"))
    late = replace(LETTER, deadline=day("2020-01-01"), notice_received_on=day("2020-08-01"), decided_on=None)
    early = replace(LETTER.judgments[0], appeal_on=day("2020-09-01"), judgment_on=day("2021-01-10"))
    notes = cost(replace(late, judgments=(early,)), known_on=day("2021-02-01")).notes
    assert len([note for note in notes if "Tijdelijke wet" in note.en and "What a court imposed" in note.en]) == 2


def test_court_practice_is_a_distribution_per_period_and_phase():
    for appeal, judged_on, amounts in [
        ("first", "2019-06-01", {(100, 15000): 1.0}),
        ("first", "2023-06-01", {(100, 7500): 1.0}),
        ("first", "2024-12-20", {(100, 15000): 0.4, (100, 7500): 0.6}),
        ("repeat", "2025-08-22", {(100, 15000): 0.2, (150, 22500): 0.1, (200, 15000): 0.5, (250, 37500): 0.2}),
    ]:
        practice = court_penalties(LAW, appeal, day(judged_on))
        found = {
            tuple(row): share for row, share in zip(practice.outcomes.tolist(), practice.probabilities, strict=True)
        }
        assert found == pytest.approx(amounts)
        assert practice.rulings and practice.assumption
    assert court_terms(LAW, "not_heard", day("2023-06-01")).draw([0.0, 0.83, 0.84, 0.999]).tolist() == [
        [16], [16], [8], [8],
    ]  # fmt: skip
    with pytest.raises(UsageError, match="no practice is known"):
        court_penalties(LAW, "first", day("2018-01-01"))
    with pytest.raises(UsageError, match="view_submitted"):
        court_terms(LAW, "unheard", day("2023-06-01"))
    assert len(phases(LAW)) == 8


def test_judicial_penalties_of_many_cases():
    assert judicial_amounts([-3, 0, 1, 75, 76], 100, [7500, 7500, 7500, 7500, 15000]).tolist() == [
        0,
        0,
        100,
        7500,
        7600,
    ]
