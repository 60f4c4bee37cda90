# SPDX-License-Identifier: EUPL-1.2
"""What an agreement counts, over which time, and that a figure counts once: by form, by file and by API."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from keten_web.accounts import actions as account_actions
from keten_web.accounts import tokens
from keten_web.accounts.models import User
from keten_web.record import actions, intake
from keten_web.record.errors import InvalidError
from keten_web.steering import actions as steering
from keten_web.steering import evidence, letters, models, queries
from keten_web.steering.kinds import ACTUALS, AGREEMENTS

PLAN, BAA = "production_track_4_2023", "production_baa"


@pytest.fixture
def demo(cast) -> None:
    letters.load_letters()


@pytest.fixture
def planner(cast) -> User:
    return User.objects.get(username="partner_planner")


def agreement(code: str) -> Any:
    return models.PerformanceAgreement.objects.get(code=code)


def actual(of: str, first: date, last: date, value: float, by: User, **more: Any) -> Any:
    values = {
        "title": "Realisatie",
        "agreement": agreement(of),
        "period_start": first,
        "period_end": last,
        "recorded_on": date(2023, 7, 10),
        "value": value,
        **more,
    }
    return actions.create(ACTUALS, values, by=by)


def line(code: str, on: date = date(2023, 7, 13)) -> queries.AgreementLine:
    return queries.lines_of(models.PerformanceAgreement.objects.filter(code=code), on=on)[0]


def test_a_half_year_stands_beside_what_was_agreed_for_it(demo, planner):
    actual(PLAN, date(2023, 1, 1), date(2023, 6, 30), 9_000, planner)
    page = Client()
    page.force_login(planner)
    shown = page.get(agreement(PLAN).get_absolute_url()).content.decode()
    assert "tot nu toe afgesproken 11.092, gerealiseerd 9.000" in shown
    assert line(PLAN).norm == 22_184
    assert "afgehandelde zaken in spoor 4 buiten het project baa" in shown.lower()
    assert "zodat niets dubbel telt" in shown


def test_baa_is_judged_over_its_own_first_year(demo, planner):
    actual(BAA, date(2023, 5, 1), date(2023, 12, 31), 11_200, planner, recorded_on=date(2024, 1, 5))
    judged = line(BAA, on=date(2024, 1, 13)).judged.year
    assert (judged.verdict, judged.still_needed) == ("running", 1_800)
    assert line(BAA, on=date(2024, 5, 2)).verdict == "unknown"
    page = Client()
    page.force_login(planner)
    assert "30 apr 2024" in page.get(agreement(BAA).get_absolute_url()).content.decode()


def test_a_figure_of_the_indicator_counts_for_none_of_two_agreements_on_its_parts(demo, monkeypatch):
    point = evidence.ObservedPoint(date(2023, 6, 30), 2_400.0, "https://example.org", "", "", date(2023, 7, 1), False)
    monkeypatch.setattr(evidence, "known", lambda name, on: (point,) if name == "production_track_4" else ())
    assert steering.bring_in_actuals(date(2023, 7, 13)) == 0
    baa = agreement(BAA)
    models.PerformanceAgreement.objects.filter(pk=baa.pk).update(counts="handled.track_4")
    assert steering.bring_in_actuals(date(2023, 7, 13)) == 1
    assert [row.agreement for row in models.Actual.objects.filter(value=2_400)] == [baa]


def test_two_agreements_do_not_count_the_same(demo, planner):
    with pytest.raises(InvalidError) as refused:
        row = agreement(BAA)
        actions.change(
            AGREEMENTS, BAA, {"counts": agreement(PLAN).counts}, by=planner, expected_version=row.version, reason="x"
        )
    assert "dubbel" in str(refused.value)
    with pytest.raises(InvalidError) as refused:
        actions.change(
            AGREEMENTS, BAA, {"counts": "share_decided_in_time"}, by=planner, expected_version=row.version, reason="x"
        )
    assert "niet vergeleken" in str(refused.value)


def test_decisions_are_no_handled_cases_by_form_file_and_api(demo, planner):
    """What is missing is said, and nothing is stored."""
    said = "Tel erbij wat ontbreekt en geef de som: ingetrokken aanvragen in spoor 4"
    models.PerformanceAgreement.objects.filter(code=PLAN).update(indicator="", counts="handled.track_4")
    values = {
        "title": "Beslist",
        "agreement": PLAN,
        "period_start": "2023-01-01",
        "period_end": "2023-01-31",
        "recorded_on": "2023-02-10",
        "value": 1_900,
        "counts": "decided.track_4",
    }
    client = Client()
    client.force_login(planner)
    form = client.post(ACTUALS.address("record-new"), {**values, "agreement": agreement(PLAN).pk})
    assert said in form.content.decode()
    file = "\n".join([",".join(values), ",".join(map(str, values.values()))])
    with pytest.raises(intake.FileRefusedError) as refused:
        intake.read(ACTUALS, file.encode(), "rij.csv", by=planner, reason="Proef.")
    assert said in str(refused.value.problems)
    token = account_actions.issue_token(planner, scopes=tokens.SCOPES, days=1, by=None)
    sent = {"periodStart" if k == "period_start" else "periodEnd" if k == "period_end" else
            "recordedOn" if k == "recorded_on" else k: v for k, v in values.items()}  # fmt: skip
    answer = Client().post(
        "/api/v1/realisaties", json.dumps(sent), content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not models.Actual.objects.filter(agreement__code=PLAN).exists()
