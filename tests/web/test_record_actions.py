# SPDX-License-Identifier: EUPL-1.2
"""The record: one writer, a version, a reason, a history made by the database, and nothing half-written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from keten_web.accounts.models import User
from keten_web.audit import actions as audit
from keten_web.audit import seals
from keten_web.audit.models import Event
from keten_web.record import actions, queries
from keten_web.record.errors import EditConflictError, InvalidError, NotAllowedError, ReasonMissingError
from keten_web.steering.kinds import CHAIN_GOALS, DECISIONS
from keten_web.steering.models import ChainGoal

REASON = "De partners spraken het zo af."


@pytest.fixture
def director(cast) -> User:
    return User.objects.get(username="chain_director")


@pytest.fixture
def reader_user(cast) -> User:
    return User.objects.get(username="partner_reader")


@pytest.fixture
def goal(director) -> ChainGoal:
    return actions.create(CHAIN_GOALS, {"title": "Een goede procedure"}, by=director)


def events(action: str) -> int:
    return Event.objects.filter(action=action).count()


def test_a_new_row_has_a_code_an_owner_a_version_and_one_audit_event(goal, director):
    assert (goal.code, goal.partner_id, goal.version) == ("een-goede-procedure", "IND", 1)
    event = Event.objects.get(action="create")
    assert (event.subject, event.actor) == ("ketendoelen/een-goede-procedure", director)


def test_two_rows_with_one_title_have_two_codes(goal, director):
    other = actions.create(CHAIN_GOALS, {"title": "Een goede procedure"}, by=director)
    assert other.code == "een-goede-procedure-2"


def test_who_may_not_write_writes_nothing(reader_user):
    with pytest.raises(NotAllowedError):
        actions.create(CHAIN_GOALS, {"title": "Iets"}, by=reader_user)
    assert not ChainGoal.objects.exists()
    assert events("create") == 0


def test_every_problem_is_told_and_nothing_is_stored(director):
    with pytest.raises(InvalidError) as refusal:
        actions.create(CHAIN_GOALS, {"title": "", "order": -1, "code": "nieuw"}, by=director)
    assert set(refusal.value.problems) == {"title", "order", "code"}
    assert not ChainGoal.objects.exists()


@pytest.mark.parametrize("year", [1, 202, 1899, 2200, 9999])
def test_a_day_in_a_year_that_nobody_means_is_refused(year, director):
    day = date(year, 5, 1)
    with pytest.raises(InvalidError) as refusal:
        actions.create(DECISIONS, {"title": "Besluit", "taken_on": day}, by=director)
    assert "1900" in refusal.value.problems["taken_on"][0]


def test_a_change_needs_a_reason_and_raises_the_version(goal, director):
    with pytest.raises(ReasonMissingError):
        actions.change(CHAIN_GOALS, goal.code, {"title": "Anders"}, by=director, expected_version=1, reason=" ")
    changed = actions.change(
        CHAIN_GOALS, goal.code, {"title": "Anders"}, by=director, expected_version=1, reason=REASON
    )
    assert changed.version == 2
    assert events("change") == 1


def test_what_stays_the_same_is_no_change(goal, director):
    same = actions.change(CHAIN_GOALS, goal.code, {"title": goal.title}, by=director, expected_version=1, reason="")
    assert same.version == 1
    assert events("change") == 0


def test_the_second_of_two_editors_is_told_what_the_first_did(goal, director):
    actions.change(CHAIN_GOALS, goal.code, {"title": "Eerste"}, by=director, expected_version=1, reason=REASON)
    with pytest.raises(EditConflictError) as conflict:
        actions.change(CHAIN_GOALS, goal.code, {"title": "Tweede"}, by=director, expected_version=1, reason=REASON)
    (change,) = conflict.value.changes
    assert (change.field, change.before, change.after) == ("title", "Een goede procedure", "Eerste")
    assert "chain_director" in conflict.value.who
    assert ChainGoal.objects.get().title == "Eerste"


def test_the_history_says_what_who_and_why(goal, director):
    actions.change(CHAIN_GOALS, goal.code, {"title": "Anders"}, by=director, expected_version=1, reason=REASON)
    last, first = queries.history(CHAIN_GOALS, goal)
    assert (first.action, first.changes) == ("gemaakt", ())
    assert (last.reason, last.who) == (REASON, "chain_director (IND)")
    assert [(row.field, row.before, row.after) for row in last.changes] == [("title", "Een goede procedure", "Anders")]


@pytest.mark.parametrize(
    "behind_the_back",
    [
        lambda goal: ChainGoal.objects.filter(pk=goal.pk).update(title="Stil"),
        lambda goal: ChainGoal.objects.bulk_update([_renamed(goal)], ["title"]),
        lambda goal: _sql("UPDATE steering_chaingoal SET title = 'Stil' WHERE id = %s", goal.pk),
    ],
    ids=["update", "bulk_update", "sql"],
)
def test_a_change_outside_the_actions_is_in_the_history_and_marked(goal, behind_the_back):
    behind_the_back(goal)
    newest = queries.history(CHAIN_GOALS, goal)[0]
    assert newest.is_outside
    assert newest.changes[0].after == "Stil"


def _renamed(goal: ChainGoal) -> ChainGoal:
    goal.title = "Stil"
    return goal


def _sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_history_itself_cannot_be_changed(goal):
    with pytest.raises(DatabaseError), transaction.atomic():
        goal.event_model().objects.update(title="Verbloemd")


def test_as_it_was_on_a_day(goal, director):
    today = timezone.localdate()
    actions.change(CHAIN_GOALS, goal.code, {"title": "Anders"}, by=director, expected_version=1, reason=REASON)
    goal.refresh_from_db()
    assert queries.as_it_was(CHAIN_GOALS, goal, today).title == "Anders"
    assert queries.as_it_was(CHAIN_GOALS, goal, today - timedelta(days=2)) is None
    assert queries.as_it_was(CHAIN_GOALS, goal, date(2999, 1, 1)).title == "Anders"


def test_a_withdrawn_row_leaves_the_lists_and_stays_readable(goal, director):
    actions.withdraw(CHAIN_GOALS, goal.code, by=director, expected_version=1, reason=REASON)
    assert queries.readable(CHAIN_GOALS, director) == []
    assert queries.one(CHAIN_GOALS, director, goal.code).is_withdrawn
    assert [row.code for row in queries.readable(CHAIN_GOALS, director, {"ingetrokken": "1"})] == [goal.code]


def test_when_the_audit_trail_refuses_the_row_is_not_written(goal, director, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr("keten_web.audit.actions.record", refuse)
    with pytest.raises(DatabaseError):
        actions.change(CHAIN_GOALS, goal.code, {"title": "Anders"}, by=director, expected_version=1, reason=REASON)
    assert ChainGoal.objects.get().title == "Een goede procedure"


def test_loading_twice_changes_nothing_and_leaves_what_people_changed(director):
    for _ in range(2):
        actions.load(CHAIN_GOALS, "doel", {"title": "Uit de brief", "partner_id": "MINISTRY"}, reason="De brief.")
    assert events("load") == 1
    actions.change(CHAIN_GOALS, "doel", {"title": "Beter"}, by=director, expected_version=1, reason=REASON)
    actions.load(CHAIN_GOALS, "doel", {"title": "Uit de brief", "partner_id": "MINISTRY"}, reason="De brief.")
    assert ChainGoal.objects.get().title == "Beter"


def test_the_reason_of_a_change_stands_in_the_signed_audit_row(goal, director):
    actions.change(CHAIN_GOALS, goal.code, {"title": "Beter"}, by=director, expected_version=1, reason=f"  {REASON} ")
    event = Event.objects.get(action="change")
    assert event.reason == REASON
    assert seals.sign(audit.signed_content(event)) == event.signature
    event.reason = "Om een andere reden."
    assert seals.sign(audit.signed_content(event)) != event.signature
