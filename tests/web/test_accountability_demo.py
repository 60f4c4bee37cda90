# SPDX-License-Identifier: EUPL-1.2
"""Risk, incidents, money, recommendations and commitments as the letters fill them: complete, linked and judged."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from keten.steering.letters import load_record
from keten.steering.risks import RiskLevel
from keten_web.accountability import kinds, letters, models, queries
from keten_web.audit.models import Event
from keten_web.steering.models import FrameworkLine
from keten_web.words import wording

RECORD = load_record()
KINDS = (
    kinds.RISKS, kinds.INCIDENTS, kinds.MOMENTS, kinds.LESSONS, kinds.FUNDING_RELATIONS, kinds.BUDGET_LINES,
    kinds.BUDGET_CLAIMS, kinds.REPORTS, kinds.RECOMMENDATIONS, kinds.COMMITMENTS,
)  # fmt: skip
PAGES = ("risks", "incidents", "finance", "recommendations", "commitments", "partners")


@pytest.fixture(scope="module")
def loaded(letters_of_steering):
    """All letters, loaded once for all tests of this file; each test works on a savepoint inside."""
    letters.load_letters()


@pytest.fixture
def demo(loaded, cast):
    return cast["partner_reader"]


def page(client, address: str, language: str = "nl") -> str:
    client.cookies["django_language"] = language
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:800]
    return response.content.decode()


def test_everything_of_the_letters_is_there_and_loading_again_changes_nothing(demo):
    counts = {
        models.ChainRisk: len(RECORD.risks),
        models.Incident: len(RECORD.incidents),
        models.IncidentMoment: sum(len(row.timeline) for row in RECORD.incidents),
        models.Lesson: sum(len(row.lessons) for row in RECORD.incidents),
        models.FundingRelation: len(RECORD.funding_relations),
        models.BudgetLine: len(RECORD.budget_lines),
        models.BudgetClaim: len(RECORD.budget_claims),
        models.Report: len(RECORD.reports),
        models.Recommendation: len(RECORD.recommendations),
        models.Commitment: len(RECORD.commitments),
    }
    assert {model: model.objects.count() for model in counts} == counts
    before = Event.objects.count()
    letters.load_letters()
    assert Event.objects.count() == before


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_and_every_row_answers_in_both_languages(demo, language):
    for name in PAGES:
        page(demo, reverse(name), language)
    for kind in KINDS:
        page(demo, kind.address("record-list"), language)
        for row in kind.model.objects.all():
            page(demo, row.get_absolute_url(), language)


def test_the_risk_page_computes_levels_from_the_study_and_shows_what_is_uncovered(demo, likely):
    lines = {line.row.code: line for line in queries.risk_lines(likely)}
    assert lines["risk_inflow"].assessed.level is RiskLevel.HIGH
    assert lines["risk_inflow"].is_computed
    assert [cover.code for cover in lines["risk_inflow"].covers] == [
        "production_baa",
        "production_track_4_2023",
        "start_baa",
    ]
    assert lines["risk_late_appeals"].assessed.level is RiskLevel.UNKNOWN
    shown = page(demo, reverse("risks"))
    uncovered = shown[shown.index('id="uncovered"') : shown.index("</section>", shown.index('id="uncovered"'))]
    for row in RECORD.uncovered_risks():
        assert f"/ketenrisicos/{row.id}" in uncovered
    assert "risk_inflow" not in uncovered


def test_a_risk_page_shows_the_months_and_what_was_decided(demo):
    shown = page(demo, models.ChainRisk.objects.get(code="risk_inflow").get_absolute_url())
    assert "stock.track_4" in shown
    assert "/besluiten/start_baa" in shown


def test_an_incident_is_asked_whether_a_signal_would_have_warned(demo):
    incident = models.Incident.objects.get(code="ter_apel_2022")
    found = queries.forewarned(incident)
    shown = page(demo, incident.get_absolute_url())
    assert found.word in shown
    assert shown.index("26 augustus 2022") < shown.index("9 september 2022") < shown.index("3 oktober 2022")


def test_the_money_page_draws_who_funds_whom_and_puts_a_scenario_beside_the_budget(demo):
    shown = page(demo, reverse("finance"))
    totals = [row.amount_eur for row in RECORD.budget_lines if row.line == "total"]
    assert wording.exact(totals[-1], "eur") in shown
    assert 'class="funding__stream"' in shown
    assert "funding__stream--elsewhere" in shown
    found = queries.finance(date(2023, 7, 13), None)
    assert [part["row"].partner_id for part in found["relations"]][:2] == ["COA", "IND"]
    assert {part["line"].stage for part in found["relations"] if part["line"]} == {"first_supplementary"}
    assert found["budget"][-1].amounts == tuple(totals)
    assert found["budget"][-1].change == totals[-1] - totals[0]


def test_the_tree_holds_what_went_from_one_report_to_another_and_loses_nothing(demo):
    assert queries.lost() == []
    shown = page(demo, reverse("recommendations"))
    assert "Geen open punt gaat verloren" in shown
    ey = next(report for report in queries.tree() if report["row"].code == "ey_ind_2021")
    took = {line.row.code: {other.code for other in line.taken_over} for line in ey["lines"] if line.taken_over}
    assert took == {
        "ey_ind_funding": {"van_zwol_funding"},
        "ey_ind_operational_steering": {"van_zwol_lead_times", "significant_operational"},
    }


def test_commitments_are_sorted_by_what_they_ask(demo):
    found = queries.commitments(date(2023, 7, 13))
    assert {row.code for row in found["overdue"]} == {"commitment_chain_plan", "commitment_implementation_2023"}
    assert {row.code for row in found["done"]} == {"commitment_extension_review", "commitment_track_2_speed"}
    assert "commitment_funding_proposal" in {row.code for row in found["due"]}
    later = {row.code for row in queries.commitments(date(2024, 1, 1))["overdue"]}
    assert "commitment_funding_proposal" in later
    assert "Voor de zomer" in page(demo, reverse("commitments") + "?op=2023-07-13").replace("voor de", "Voor de")


def test_the_partners_page_shows_who_must_consent_on_a_day(demo):
    shown = page(demo, reverse("partners") + "?op=2023-07-13")
    assert "minister van Defensie" in shown
    assert "niemand in de keten mag dit beslissen" in shown
    assert "Geen sturingsrelatie" in page(demo, reverse("partners") + "?op=2015-01-01")
    assert demo.get(reverse("partners") + "?op=gisteren").status_code == 404


def test_lessons_uncovered_risks_and_open_matters_stand_in_the_next_framework(demo):
    about = set(FrameworkLine.objects.filter(framework__year=2024).values_list("about", flat=True))
    assert {row.id for incident in RECORD.incidents for row in incident.lessons} <= about
    assert {row.id for row in RECORD.uncovered_risks()} <= about
    assert {"ey_ind_funding", "commitment_funding_proposal"} <= about
    assert "van_zwol_funding" not in about, "it is told once, at its home"


def test_an_incident_shows_the_last_figures_that_were_known_before_it(demo):
    """A place was counted before Ter Apel, but no signal value held yet: both are told."""
    known = queries.forewarned(models.Incident.objects.get(code="ter_apel_2022")).known
    assert known
    assert all(figure.on < date(2022, 8, 1) for figure in known)
    assert 42_301 in {figure.value for figure in known}
