# SPDX-License-Identifier: EUPL-1.2
"""Who did what, when; and nobody changes it afterwards."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from keten_web.accounts.models import User
from keten_web.audit.models import Event

PASSWORD = "a long enough phrase"


@pytest.fixture
def someone(db) -> User:
    return User.objects.create_user(username="someone", password=PASSWORD, name="Iemand")


def log_in(username: str, password: str) -> None:
    Client().post(reverse("login"), {"username": username, "password": password})


def test_logging_in_and_failing_to_are_events(someone):
    log_in("someone", PASSWORD)
    log_in("someone", "wrong")
    assert [(event.action, event.subject, event.result) for event in Event.objects.all()] == [
        ("log_in", "someone", "done"),
        ("log_in", "someone", "refused"),
    ]


def test_a_password_typed_as_a_name_is_not_kept(someone):
    log_in(PASSWORD, "")
    log_in("my secret phrase", "x")
    assert all(PASSWORD not in event.subject and "secret" not in event.subject for event in Event.objects.all())


def test_taking_unrounded_figures_is_an_event(reader):
    reader.get(reverse("indicator-file", kwargs={"identifier": "overdue_share", "form": "csv"}))
    event = Event.objects.get(action="export")
    assert event.subject == "likely/overdue_share.csv"
    assert event.actor.username == "partner_reader"


@pytest.mark.parametrize("change", [lambda rows: rows.update(result="changed"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_or_delete_an_event(change, someone):
    log_in("someone", PASSWORD)
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        change(Event.objects.all())
    assert Event.objects.get().result == "done"
