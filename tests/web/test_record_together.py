# SPDX-License-Identifier: EUPL-1.2
"""Many who write at once: nothing is lost, and whoever was second is told."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client

from keten_web.accounts import actions as accounts
from keten_web.accounts.models import User
from keten_web.audit.models import Event
from keten_web.deliveries import actions as deliveries
from keten_web.record import actions, queries
from keten_web.record.errors import EditConflictError, InvalidError
from keten_web.steering.kinds import CHAIN_GOALS, CHAIN_PURPOSES
from keten_web.steering.models import ChainGoal, ChainPurpose

CLIENTS = 8
ROUNDS = 5


@pytest.fixture
def director(transactional_db) -> User:
    accounts.synchronise_partners()
    accounts.synchronise_roles()
    deliveries.seed()
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


def test_eight_who_write_the_same_title_at_once_each_get_a_row(director):
    """Through the site itself, because there it answered 500; half by the form and half by the API."""
    start = Barrier(CLIENTS)

    def once(number: int) -> int:
        try:
            client = Client(raise_request_exception=False)
            client.force_login(User.objects.get(pk=director.pk))
            start.wait(timeout=60)
            if number % 2:
                sent = {"nature": "purpose", "order": "0", "title": "Zelfde titel"}
                return client.post(CHAIN_PURPOSES.address("record-new"), sent).status_code
            body = json.dumps({"title": "Zelfde titel"})
            return client.post("/api/v1/ketenbedoelingen", body, content_type="application/json").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = sorted(clients.map(once, range(CLIENTS)))
    assert answers == [201] * (CLIENTS // 2) + [302] * (CLIENTS // 2)
    codes = set(ChainPurpose.objects.values_list("code", flat=True))
    assert codes == {"zelfde-titel", *(f"zelfde-titel-{number}" for number in range(2, CLIENTS + 1))}
    assert Event.objects.filter(action="create").count() == CLIENTS


def test_eight_who_choose_the_same_code_at_once_are_told_except_the_first(director):
    start = Barrier(CLIENTS)

    def once(_number: int) -> bool:
        try:
            by = User.objects.get(pk=director.pk)
            start.wait(timeout=60)
            actions.create(CHAIN_PURPOSES, {"title": "Zelfde", "code": "zelfde"}, by=by)
        except InvalidError as refusal:
            assert set(refusal.problems) <= {"code", ""}
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert sorted(clients.map(once, range(CLIENTS))) == [False] * (CLIENTS - 1) + [True]
