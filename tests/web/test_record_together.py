# SPDX-License-Identifier: EUPL-1.2
"""Many who write at once: nothing is lost, and whoever was second is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group
from django.db import connections

from keten_web.accounts import actions as accounts
from keten_web.accounts.models import User
from keten_web.audit.models import Event
from keten_web.record import actions, queries
from keten_web.record.errors import EditConflictError
from keten_web.steering.kinds import CHAIN_GOALS
from keten_web.steering.models import ChainGoal

CLIENTS = 8
ROUNDS = 5


@pytest.fixture
def director(transactional_db) -> User:
    accounts.synchronise_partners()
    accounts.synchronise_roles()
    user = User.objects.create(username="director", name="Ketenregisseur", partner_id="MINISTRY")
    user.groups.set(Group.objects.filter(name="chain_director"))
    return user


def write(number: int, user_id: int) -> int:
    """Add lines to the explanation, reading again whenever somebody else was first; give how often that was."""
    conflicts = 0
    try:
        by = User.objects.get(pk=user_id)
        for turn in range(ROUNDS):
            while True:
                read = ChainGoal.objects.get(code="doel")
                text = f"{read.text}{number}.{turn} "
                try:
                    actions.change(
                        CHAIN_GOALS, "doel", {"text": text}, by=by, expected_version=read.version, reason="Samen."
                    )
                    break
                except EditConflictError:
                    conflicts += 1
    finally:
        connections.close_all()
    return conflicts


def test_eight_clients_writing_at_once_lose_nothing(director):
    actions.create(CHAIN_GOALS, {"title": "Doel", "code": "doel"}, by=director)
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(write, range(CLIENTS), [director.pk] * CLIENTS))
    goal = ChainGoal.objects.get()
    assert sorted(goal.text.split()) == sorted(f"{n}.{turn}" for n in range(CLIENTS) for turn in range(ROUNDS))
    assert goal.version == 1 + CLIENTS * ROUNDS
    assert len(queries.history(CHAIN_GOALS, goal)) == goal.version
    assert Event.objects.filter(action="change").count() == CLIENTS * ROUNDS


def test_of_two_with_the_same_version_one_is_told(director):
    actions.create(CHAIN_GOALS, {"title": "Doel", "code": "doel"}, by=director)

    def once(title: str) -> bool:
        try:
            by = User.objects.get(pk=director.pk)
            actions.change(CHAIN_GOALS, "doel", {"title": title}, by=by, expected_version=1, reason="Tegelijk.")
        except EditConflictError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(once, ("Een", "Twee"))) == [False, True]
