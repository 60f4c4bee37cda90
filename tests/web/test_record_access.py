# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with the record: every kind, every role, own and other partner. The list of kinds is the registry."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from keten_web.accounts.models import User
from keten_web.accounts.roles import ROLES
from keten_web.record.kinds import kinds

KINDS = kinds()
WRITERS = {"chain_director", "partner_planner"}
"""Roles that write rows; who approves takes steps and fills in no forms."""


def client_of(role: str, partner: str) -> tuple[User, Client]:
    user = User.objects.create(username=f"{role}-{partner}", name=role, partner_id=partner)
    user.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(user)
    return user, client


def test_every_role_reads_the_lists_and_their_files_and_nobody_else_does(cast):
    for kind in KINDS:
        for role, client in cast.items():
            expected = {"anonymous": 302, "outsider": 403}.get(role, 200)
            for address in (kind.address("record-list"), kind.address("record-export", "csv")):
                assert client.get(address).status_code == expected, f"{role}: {address}"


def test_only_who_may_make_a_row_gets_the_form(cast):
    for kind in KINDS:
        for role in (*ROLES, "outsider"):
            expected = 200 if role in WRITERS and kind.may(User.objects.get(username=role)) else 403
            for view in ("record-new", "record-import"):
                address = kind.address(view)
                assert cast[role].get(address).status_code == expected, f"{role}: {address}"
                if expected == 403:
                    assert cast[role].post(address, {"title": "x"}).status_code == 403, f"{role}: {address}"


@pytest.fixture
def demo(letters_of_steering, cast) -> None:
    """The record of the letters, and who may do something with it."""


def test_every_row_lets_itself_be_changed_by_its_own_partner_only(demo):
    """For each row: what the form says to each role, own and other partner, is what the rule of its kind says."""
    people = [client_of(role, partner) for role in ROLES for partner in ("COA", "KMAR", "MINISTRY")]
    checked = 0
    for kind in KINDS:
        for row in kind.model.objects.all()[:1]:
            for user, client in people:
                may = kind.may(user, row)
                assert client.get(kind.address("record-edit", row.code)).status_code == (200 if may else 403)
                expected = 200 if kind.may_withdraw(user, row) else 403
                assert client.post(kind.address("record-withdraw", row.code), {}).status_code == expected
                own = user.partner_id in row.owners()
                role = user.groups.get().name
                assert not may or role in WRITERS, f"{role} changes {kind.slug}"
                assert not may or own or role == "chain_director", f"{user} changes {row}"
                checked += 1
    assert checked > 200


def test_every_step_is_refused_to_who_may_not_take_it(demo):
    people = [client_of(role, partner) for role in ROLES for partner in ("COA", "MINISTRY")]
    for kind in KINDS:
        for row in kind.model.objects.all()[:1]:
            for step in kind.transitions:
                for user, client in people:
                    address = reverse("record-move", args=(kind, row.code, step.slug))
                    expected = 200 if step in kind.steps(user, row) else 403
                    assert client.get(address).status_code == expected, f"{user}: {address}"


def test_a_row_that_points_nowhere_answers_with_a_page(demo, cast):
    for kind in KINDS:
        for view in ("record-detail", "record-history", "record-edit", "record-withdraw"):
            assert cast["chain_director"].get(kind.address(view, "nergens")).status_code == 404
