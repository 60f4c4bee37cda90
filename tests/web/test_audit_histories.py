# SPDX-License-Identifier: EUPL-1.2
"""Beside the trail stands the history of every record: what did not go through the application is named."""

from __future__ import annotations

import pytest
import signing
from django.contrib.auth.models import Group
from django.db import connection
from django.utils.translation import override

from keten_web.accountability import letters as accountability
from keten_web.accounts.models import User
from keten_web.audit import actions as audit
from keten_web.audit import upgrades, verification
from keten_web.audit.models import Event
from keten_web.deliveries.models import Delivery
from keten_web.foresight import actions as foresight
from keten_web.record import actions
from keten_web.steering import letters
from keten_web.steering.kinds import CHAIN_GOALS
from keten_web.steering.models import ChainGoal


@pytest.fixture
def goal(transactional_db) -> ChainGoal:
    """A row that was made and changed by someone, with a reason."""
    signing.partners_and_roles()
    with audit.changing() as changes:
        director = User.objects.create(username="director", partner_id="IND")
        director.groups.set(Group.objects.filter(name="chain_director"))
        changes.sign("account", "director", request=None, by=None)
    made = actions.create(CHAIN_GOALS, {"title": "Een goede procedure"}, by=director)
    return actions.change(
        CHAIN_GOALS, made.code, {"text": "Langer"}, by=director, expected_version=1, reason="Zo afgesproken."
    )


def faults() -> list[str]:
    return [f"{fault.row}: {fault.what}" for fault in verification.verify().faults]


def test_what_went_through_the_application_holds(goal):
    verdict = verification.verify()
    assert verdict.faults == ()
    assert verdict.versions == 2 + Delivery.objects.count()


def test_every_version_leads_to_who_did_it_and_why(goal):
    event = Event.objects.get(action="change")
    version = goal.event_model().objects.latest("pgh_id")
    assert version.pgh_context_id == event.context


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_row_changed_with_sql_is_named(language, goal):
    ChainGoal.objects.update(title="Iets anders")
    with override(language):
        (found,) = faults()
    assert found.startswith("chain goal een-goede-procedure: was changed behind the back of the application (update)")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("UPDATE steering_chaingoal SET title = 'x'", "was changed with the triggers of the database switched off"),
        ("DELETE FROM steering_chaingoal", "was deleted with the triggers of the database switched off"),
        ("DELETE FROM steering_chaingoalevent", "was inserted with the triggers of the database switched off"),
    ],
)
def test_a_row_changed_with_the_triggers_off_is_named_too(query, expected, goal):
    with connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = replica; {query}; SET session_replication_role = origin")
    found, *versions = faults()
    assert "een-goede-procedure" in found
    assert expected in found
    assert all(": its version " in version and " is gone: event " in version for version in versions)


def test_a_deleted_audit_event_leaves_its_versions_without_anyone(goal):
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica; DELETE FROM audit_event WHERE action = 'change';"
            " SET session_replication_role = origin"
        )
    found = faults()
    assert "een-goede-procedure: was changed behind the back" in found[2]
    assert [fault.split(":")[0] for fault in found[:2]] == ["event 5", "event 5"]  # missing, and written down
    assert found[3].startswith("context ")


def test_the_whole_demonstration_goes_through_the_application(cast, real_demo):
    with connection.cursor() as cursor:
        verdict = verification.examine(cursor)
    assert verdict.versions > 300
    assert verdict.faults == ()


@pytest.fixture
def real_demo(cast) -> None:
    """Everything that `demo` puts in the record: letters, exercise, choices and what the first study foresees."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # each event takes its place at once
    signing.no_figures()
    upgrades.seal_as_found("the site of a test")
    signing.figures()
    letters.load_letters()
    accountability.load_letters()
    foresight.load_demo()
