# SPDX-License-Identifier: EUPL-1.2
"""The record as the letters fill it: complete, linked, the same when loaded again, and found in three clicks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from keten.steering.exercise import load_exercise
from keten.steering.letters import load_record
from keten_web.audit.models import Event
from keten_web.record.kinds import kinds
from keten_web.steering import letters, models, queries


@pytest.fixture
def demo(letters_of_steering, cast):
    return cast["partner_reader"]


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:800]
    return response.content.decode()


def test_everything_loads_and_loading_again_changes_nothing(demo):
    record = load_record()
    assert models.PerformanceAgreement.objects.count() == len(record.agreements)
    assert models.SteeringDecision.objects.count() == len(record.steering_decisions) + len(load_exercise().decisions)
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


def test_the_meetings_are_an_exercise_and_say_so(demo):

    exercise = load_exercise()
    assert models.Meeting.objects.count() == len(exercise.meetings)
    made_up = [*models.Meeting.objects.all(), *models.AgendaItem.objects.all(), *models.ActionItem.objects.all()]
    for row in made_up:
        assert row.title.startswith("Oefening: "), row.code
        assert row.title_en.startswith("Exercise: "), row.code
        assert row.assumption, row.code


def test_each_answer_of_the_exercise_is_lawful_in_its_order(demo):
    from keten.steering import outcomes
    from keten_web.steering import judging

    bodies = {body.code: judging.as_body(body) for body in models.GovernanceBody.objects.all()}
    answered = [row for row in models.Signal.objects.all() if row.outcomes]
    assert len(answered) == 3
    for row in answered:
        whole = judging.as_signal(row)
        signal = outcomes.AnsweredSignal(whole.id, whole.raised_on, whole.owner)
        for outcome in whole.outcomes:
            signal = outcomes.answer(signal, outcome, bodies)


def test_the_cycle_can_be_walked_from_agenda_to_outcome(demo):
    """A signal on an agenda, escalated, decided on figures, with actions; an older decision was looked back on."""
    signal = models.Signal.objects.get(indicator="permit_holders_waiting")
    agenda = models.AgendaItem.objects.filter(signal=signal, decision__isnull=False).get()
    decision = agenda.decision
    meeting = page(demo, agenda.meeting.get_absolute_url())
    assert signal.title in meeting
    assert decision.title in meeting
    shown = page(demo, decision.get_absolute_url())
    assert "zojuist nageteld: dezelfde." in shown
    assert "16.000" in shown
    for action in models.ActionItem.objects.filter(decision=decision):
        assert action.title in shown
    older = models.SteeringDecision.objects.get(code="exercise_planning_weekly")
    assert older.state == "reviewed"
    assert older.outcome in page(demo, older.get_absolute_url())


def test_every_chain_goal_is_on_the_strategic_agenda(demo):
    body = models.GovernanceBody.objects.get(code="executive_body")
    strategic = models.AgendaItem.objects.filter(body=body, meeting=None)
    goals = models.ChainGoal.objects.filter(parent=None)
    assert {item.goal for item in strategic} == set(goals)
    shown = page(demo, body.get_absolute_url())
    for goal in goals:
        assert goal.title in shown


def test_the_meeting_load_is_counted(demo):
    total = queries.governance()["load"].total
    held = models.Meeting.objects.filter(state="held")
    assert total.meetings == held.count() == 5
    assert total.hours == sum(m.minutes / 60 * sum(int(seat.split()[1]) for seat in m.seats) for m in held)


def test_a_signal_that_nobody_answered_stays_in_sight(demo):
    silent = {line.row.indicator for line in queries.signal_lines() if line.silent}
    assert silent == {"share_decided_in_time", "demonstrable_departure_share", "reception_occupancy"}
