# SPDX-License-Identifier: EUPL-1.2
"""Which steps are lawful: no open matter gets lost, a promise is kept or replaced, an incident teaches something."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from keten_web.accountability import kinds, models
from keten_web.accounts.models import User
from keten_web.record import actions
from keten_web.record.errors import InvalidError, NotAllowedError

REASON = "Zo besloten in het overleg."


@pytest.fixture
def director(cast) -> User:
    user = User.objects.get(username="chain_director")
    user.partner_id = "MINISTRY"
    user.save()
    return User.objects.get(pk=user.pk)


@pytest.fixture
def planner(cast) -> User:
    """A planner of the IND."""
    return User.objects.get(username="partner_planner")


def make(kind, by, **values):
    return actions.create(kind, {"title": "Voorbeeld", **values}, by=by)


def move(kind, row, step, by, **values):
    return actions.move(kind, row.code, step, by=by, expected_version=row.version, reason=REASON, values=values)


def said(refusal) -> str:
    return " ".join(what for found in refusal.value.problems.values() for what in found)


@pytest.fixture
def report(director):
    return make(kinds.REPORTS, director, code="oud", published_on=date(2019, 6, 4), author="Commissie")


@pytest.fixture
def newer(director):
    return make(kinds.REPORTS, director, code="nieuwer", published_on=date(2021, 5, 20), author="Bureau")


@pytest.fixture
def open_matter(director, report):
    return make(kinds.RECOMMENDATIONS, director, code="financiering", report=report)


def test_a_report_does_not_close_over_a_matter_without_a_home(director, report, newer, open_matter):
    with pytest.raises(InvalidError) as refusal:
        move(kinds.REPORTS, report, "sluiten", director)
    assert "nergens ondergebracht" in said(refusal)
    home = make(kinds.RECOMMENDATIONS, director, code="bekostiging", report=newer)
    carried = move(kinds.RECOMMENDATIONS, open_matter, "overdragen", director, carried_to=home)
    assert (carried.state, carried.home) == ("carried_over", home)
    closed = move(kinds.REPORTS, report, "sluiten", director)
    assert closed.state == "closed"
    assert closed.closed_on is not None


def test_a_report_to_which_matters_were_carried_does_not_close_over_them(director, report, newer, open_matter):
    home = make(kinds.RECOMMENDATIONS, director, code="bekostiging", report=newer)
    move(kinds.RECOMMENDATIONS, open_matter, "overdragen", director, carried_to=home)
    with pytest.raises(InvalidError) as refusal:
        move(kinds.REPORTS, newer, "sluiten", director)
    assert "is hieraan overgedragen" in said(refusal)


def test_a_matter_is_carried_only_to_where_it_is_followed(director, report, newer, open_matter):
    move(kinds.REPORTS, newer, "sluiten", director)
    newer.refresh_from_db()
    elsewhere = models.Recommendation(code="x", title="x", report=newer, partner_id="MINISTRY", state="implemented")
    elsewhere.save()
    with pytest.raises(InvalidError) as refusal:
        move(kinds.RECOMMENDATIONS, open_matter, "overdragen", director, carried_to=elsewhere)
    assert "kies een andere" in said(refusal)


def test_a_matter_gets_one_home_and_can_be_rehomed(director, open_matter):
    with pytest.raises(InvalidError):
        move(kinds.RECOMMENDATIONS, open_matter, "onderbrengen", director)
    commitment = make(kinds.COMMITMENTS, director, made_on=date(2023, 7, 13))
    housed = move(kinds.RECOMMENDATIONS, open_matter, "onderbrengen", director, home_commitment=commitment)
    assert housed.home == commitment
    other = make(kinds.COMMITMENTS, director, made_on=date(2023, 7, 14))
    rehomed = move(kinds.RECOMMENDATIONS, housed, "onderbrengen", director, home_commitment=other)
    assert rehomed.home == other


def test_closing_without_effect_is_for_the_director_and_has_a_reason(director, planner, report):
    own = make(kinds.RECOMMENDATIONS, director, code="eigen", report=report, partner_id="IND")
    with pytest.raises(NotAllowedError):
        move(kinds.RECOMMENDATIONS, own, "zonder-gevolg", planner)
    assert move(kinds.RECOMMENDATIONS, own, "zonder-gevolg", director).state == "not_followed"


def test_implemented_needs_evidence(director, open_matter):
    with pytest.raises(InvalidError) as refusal:
        move(kinds.RECOMMENDATIONS, open_matter, "afronden", director)
    assert "waaruit blijkt" in said(refusal)
    done = move(kinds.RECOMMENDATIONS, open_matter, "afronden", director, evidence="Het model draait.")
    assert done.is_finished


def test_a_promise_that_cannot_be_kept_goes_on_as_another(director):
    promise = make(kinds.COMMITMENTS, director, code="zo-snel-als", made_on=date(2023, 6, 28))
    with pytest.raises(InvalidError) as refusal:
        move(kinds.COMMITMENTS, promise, "herformuleren", director)
    assert "wat ervan is gekomen" in said(refusal)
    assert "in de plaats" in said(refusal)
    other = make(kinds.COMMITMENTS, director, code="zo-spoedig-mogelijk", made_on=date(2023, 7, 13))
    restated = move(kinds.COMMITMENTS, promise, "herformuleren", director, outcome="Niet mogelijk.", continued_by=other)
    assert (restated.state, restated.continued_by) == ("restated", other)


def test_an_incident_closes_when_it_is_over_and_its_lessons_have_an_end(director):
    incident = make(kinds.INCIDENTS, director, code="voorval", started_on=date(2022, 8, 1))
    with pytest.raises(InvalidError):
        move(kinds.INCIDENTS, incident, "beheerst", director)
    over = move(kinds.INCIDENTS, incident, "beheerst", director, ended_on=date(2022, 9, 10))
    with pytest.raises(InvalidError) as refusal:
        move(kinds.INCIDENTS, over, "sluiten", director)
    assert "nog geen les" in said(refusal)
    lesson = make(kinds.LESSONS, director, incident=over, learned_on=date(2022, 10, 3))
    with pytest.raises(InvalidError) as refusal:
        move(kinds.INCIDENTS, over, "sluiten", director)
    assert "staat nog open" in said(refusal)
    move(kinds.LESSONS, lesson, "verwerken", director)
    assert move(kinds.INCIDENTS, over, "sluiten", director).state == "closed"


def test_a_risk_is_computed_or_typed_with_a_reason(director):
    table = {
        "nothing": {},
        "both": {"measure": "stock.track_4", "crossing_value": 1, "first_month": "2023-01", "last_month": "2023-12",
                 "typed_level": "low", "level_reason": "x"},
        "half": {"measure": "stock.track_4"},
        "no reason": {"typed_level": "high"},
        "months": {"measure": "x", "crossing_value": 1, "first_month": "2023-12", "last_month": "2023-01"},
        "not a month": {"measure": "x", "crossing_value": 1, "first_month": "2023-13", "last_month": "2023-14"},
    }  # fmt: skip
    for name, values in table.items():
        with pytest.raises(InvalidError):
            make(kinds.RISKS, director, code=name.replace(" ", "-"), **values)
    assert make(kinds.RISKS, director, typed_level="high", level_reason="Een oordeel.").state == "open"


def test_a_claim_is_asked_by_the_partner_and_granted_by_the_director(planner, director):
    wish = make(kinds.BUDGET_CLAIMS, planner, code="wens", round="Voorjaar 2024", year=2024, line="ind")
    with pytest.raises(InvalidError):
        move(kinds.BUDGET_CLAIMS, wish, "indienen", planner)
    wish = actions.change(
        kinds.BUDGET_CLAIMS, "wens", {"asked_eur": 1_000_000}, by=planner, expected_version=1, reason=REASON
    )
    submitted = move(kinds.BUDGET_CLAIMS, wish, "indienen", planner)
    with pytest.raises(NotAllowedError):
        move(kinds.BUDGET_CLAIMS, submitted, "toekennen", planner, granted_eur=5)
    granted = move(kinds.BUDGET_CLAIMS, submitted, "toekennen", director, granted_eur=400_000)
    assert (granted.state, granted.asked_eur, granted.granted_eur) == ("granted", 1_000_000, 400_000)


def test_a_partner_writes_its_own_rows_only(planner, director):
    with pytest.raises(NotAllowedError):
        make(kinds.RISKS, planner, typed_level="low", level_reason="x", partner_id="COA")
    with pytest.raises(NotAllowedError):
        make(kinds.BUDGET_LINES, planner, year=2023, line="ind", amount_eur=1)
    other = make(kinds.RISKS, director, typed_level="low", level_reason="x", partner_id="COA")
    with pytest.raises(NotAllowedError):
        actions.change(kinds.RISKS, other.code, {"title": "y"}, by=planner, expected_version=1, reason=REASON)


@pytest.mark.parametrize("name", ["risks", "incidents", "finance", "recommendations", "commitments"])
def test_a_page_without_rows_says_so(cast, name):
    assert " geen " in f" {cast['partner_reader'].get(reverse(name)).content.decode().lower()} "
