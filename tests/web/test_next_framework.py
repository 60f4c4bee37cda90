# SPDX-License-Identifier: EUPL-1.2
"""The next framework: what is taken over becomes a draft, what is undecided blocks, and an old figure says so."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from keten_web.accounts.models import User
from keten_web.record import actions
from keten_web.record.errors import InvalidError
from keten_web.steering import letters, models, queries, steps
from keten_web.steering.kinds import FRAMEWORK_LINES

WHY = "Besproken in het ketenberaad."


@pytest.fixture
def director(cast) -> User:
    user = User.objects.get(username="chain_director")
    user.groups.set(Group.objects.filter(name="chain_director"))
    letters.load_letters()
    return user


def take(code: str, by: User) -> models.FrameworkLine:
    row = models.FrameworkLine.objects.get(about=code)
    return actions.move(FRAMEWORK_LINES, row.code, "overnemen", by=by, expected_version=row.version, reason=WHY)


def test_taking_a_line_over_makes_a_draft_agreement_of_the_next_year_linked_both_ways(director):
    taken = take("production_baa", director)
    draft, before = taken.agreement, models.PerformanceAgreement.objects.get(code="production_baa")
    assert (draft.state, draft.signed_by, draft.continues, draft.framework.year) == ("draft", [], before, 2024)
    assert (draft.term_start, draft.term_end) == (date(2024, 5, 1), date(2025, 4, 30))
    assert draft.norms == [{"from": "2024-05-01", "until": "2025-05-01", "value": 13_000.0}]
    assert (draft.duties, draft.counterparts) == (before.duties, before.counterparts)
    client = Client()
    client.force_login(director)
    pages = {row: client.get(row.get_absolute_url()).content.decode() for row in (draft, before, taken)}
    assert "Het jaar ervoor" in pages[draft]
    assert "afgesproken 13.000" in pages[draft]
    for here, there in ((draft, before), (before, draft), (taken, draft)):
        assert there.get_absolute_url() in pages[here]


def test_taking_over_again_makes_no_second_agreement_and_a_signal_makes_none(director):
    first = take("production_track_4_2023", director)
    row = models.FrameworkLine.objects.get(pk=first.pk)
    actions.move(FRAMEWORK_LINES, row.code, "laten-vallen", by=director, expected_version=row.version, reason=WHY)
    again = take("production_track_4_2023", director)
    assert again.agreement == first.agreement
    assert models.PerformanceAgreement.objects.filter(continues__code="production_track_4_2023").count() == 1
    other = models.FrameworkLine.objects.filter(evidence="signal").first()
    assert take(other.about, director).agreement is None


def test_undecided_lines_and_missing_consents_are_all_named_before_approval(director):
    draft = take("production_baa", director).agreement
    framework = draft.framework
    models.PolicyFramework.objects.filter(pk=framework.pk).update(state="agreed")
    framework.refresh_from_db()
    said = steps.obstacles_to("approved")(framework, director)
    open_lines = models.FrameworkLine.objects.filter(framework=framework, state="proposed")
    assert open_lines
    for name in (*(line.title for line in open_lines), draft.title):
        assert any(f"“{name}”" in what for what in said), name
    open_lines.update(state="dropped")
    models.PerformanceAgreement.objects.filter(pk=draft.pk).update(state="agreed")
    after = steps.obstacles_to("approved")(framework, director)
    assert not any("“" in what for what in after)
    with pytest.raises(InvalidError):  # the ministers still have to approve
        from keten_web.steering.kinds import POLICY_FRAMEWORKS

        actions.move(
            POLICY_FRAMEWORKS, framework.code, "goedkeuren", by=director, expected_version=framework.version, reason=WHY
        )


def test_a_decision_on_a_figure_of_six_years_old_says_so(director):
    figures = [
        {"indicator": "dublin_transfer_share", "value": 0.148, "unit": "share", "on": "2016-12-31"},
        {"indicator": "reception_occupancy", "value": 53_000, "unit": "persons", "on": "2023-04-28"},
    ]
    models.SteeringDecision.objects.update(evidence={"figures": figures}, taken_on=date(2023, 7, 13))
    row = models.SteeringDecision.objects.first()
    assert [(figure.months_old, figure.is_old) for figure in queries.figures_of(row)] == [(78, True), (2, False)]
    client = Client()
    client.force_login(director)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "78 maanden oud toen het besluit viel" in page
    assert page.count("ouder dan voor dit cijfer mag") == 1
