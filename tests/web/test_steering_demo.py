# SPDX-License-Identifier: EUPL-1.2
"""The record as the letters fill it: complete, linked, the same when loaded again, and found in three clicks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from keten.steering.letters import load_record
from keten_web.audit.models import Event
from keten_web.record.kinds import kinds
from keten_web.steering import letters, models, queries


@pytest.fixture
def demo(cast):
    letters.load_letters()
    return cast["partner_reader"]


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:800]
    return response.content.decode()


def test_everything_loads_and_loading_again_changes_nothing(demo):
    record = load_record()
    assert models.PerformanceAgreement.objects.count() == len(record.agreements)
    assert models.SteeringDecision.objects.count() == len(record.steering_decisions)
    before = Event.objects.count()
    letters.load_letters()
    assert Event.objects.count() == before


def test_every_page_of_every_row_answers(demo):
    for kind in kinds():
        page(demo, kind.address("record-list"))
        for row in kind.model.objects.all():
            page(demo, row.get_absolute_url())


def test_three_clicks(demo):
    overview = page(demo, reverse("overview"))
    assert reverse("agreements") in overview
    model = page(demo, reverse("agreements"))
    point = models.HandoverPoint.objects.get(code="grant_to_reception")
    assert point.get_absolute_url() in model
    shown = page(demo, point.get_absolute_url())
    assert "geschonden" in shown
    for row, figures in queries.handover_point(point, None)["decisions"]:
        assert row.title in shown
        assert figures
    assert "Heronderhandelen" in shown
