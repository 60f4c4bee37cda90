# SPDX-License-Identifier: EUPL-1.2
"""Who may do what through the API: each role against each operation of its own description, own and other partner."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client, RequestFactory

from keten_web.accounts.models import PartnerOrganisation, User
from keten_web.accounts.roles import ROLES
from keten_web.api import BASE, document
from keten_web.record.kinds import CHANGE, WITHDRAW, Kind, by_slug, kinds
from keten_web.site.api import api

WRITERS = {"chain_director", "partner_planner"}
"""Roles that write rows; who approves takes steps only."""

DESCRIPTION = document.openapi(api, RequestFactory().get("/", HTTP_HOST="127.0.0.1"))
OPERATIONS = [
    (method, path, operation["operationId"])
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
]


@dataclass(frozen=True)
class Person:
    """Someone with a role at a partner."""

    role: str
    user: User
    client: Client

    def ask(self, method: str, path: str, body: Any = None, version: int = 0) -> Any:
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method)(BASE + path, headers={"If-Match": f'"{version}"'}, **sent)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what was written: each question finds the same record."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def person(role: str, partner: str) -> Person:
    user = User.objects.create(username=f"{role}-{partner}", name=role, partner_id=partner)
    user.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(user)
    return Person(role, user, client)


@pytest.fixture
def demo(cast) -> None:
    """The record of the demonstration: a row of nearly every kind, of several partners."""
    from keten_web.accountability import letters as accountability
    from keten_web.steering import letters

    letters.load_letters()
    accountability.load_letters()


@pytest.fixture
def people(demo) -> dict[str, list[Person]]:
    """Everybody: each role at each partner that owns something, and at one that owns nothing."""
    owners = {row.partner_id for kind in kinds() for row in kind.model.objects.order_by("pk")[:1]}
    others = PartnerOrganisation.objects.exclude(code__in=owners).order_by("code")
    return {
        code: [person(role, code) for role in ROLES] for code in (*sorted(owners), *(row.code for row in others[:1]))
    }


def kind_of(path: str) -> Kind | None:
    return by_slug(path.strip("/").split("/")[0])


def body_of(kind: Kind, row: Any, **more: Any) -> dict[str, Any]:
    """What one would send to make this row again."""
    name = next(found for found in DESCRIPTION["paths"][f"/{kind.slug}"]["post"]["requestBody"]["content"].values())
    shape = DESCRIPTION["components"]["schemas"][name["schema"]["$ref"].rsplit("/", 1)[-1]]
    from keten_web.api import schemas

    told = schemas.told(kind, row)
    return {part: told[part] for part in shape["properties"] if part in told and part != "code"} | more


def test_every_operation_is_one_that_is_tried_here():
    untried = {name for _method, _path, name in OPERATIONS if not any(name.startswith(verb) for verb in TRIED)}
    assert untried == {"showLeveringen", "checkLeveringen"}  # tried in `test_deliveries`
    assert {kind.slug for kind in kinds()} == {kind.slug for _m, path, _n in OPERATIONS if (kind := kind_of(path))}


@pytest.mark.parametrize(("who", "expected"), [("anonymous", 401), ("outsider", 403)])
def test_without_a_log_in_or_a_role_nobody_gets_in(who, expected, cast):
    for method, path, name in OPERATIONS:
        sent = {"data": "{}", "content_type": "application/json"} if method in {"post", "patch"} else {}
        response = getattr(cast[who], method)(BASE + path.replace("{code}", "nergens"), **sent)
        assert (response.status_code, response["Content-Type"]) == (expected, "application/problem+json"), name


def _reads(kind: Kind, row: Any, path: str, who: Person, partner: str) -> None:
    if partner != row.partner_id:  # reading is the same for everybody, so the other partner is the case that matters
        assert who.ask("get", path.replace("{code}", row.code)).status_code == 200


def _makes(kind: Kind, row: Any, path: str, who: Person, partner: str) -> None:
    for owner in {who.user.partner_id, row.partner_id} if who.role in WRITERS else {who.user.partner_id}:
        with undone():
            response = who.ask("post", path, body_of(kind, row, partner=owner, reason="Test."))
        assert response.status_code in {201, 400, 403}, (kind.slug, who.user, response.content)
        foreign = who.role == "partner_planner" and owner != who.user.partner_id
        if who.role not in WRITERS or foreign or not kind.may(who.user):
            assert response.status_code == 403, (kind.slug, who.user, owner)
        elif response.status_code == 201:
            assert response.json().get("partner") == owner


def _writes(action: str, method: str, body: dict[str, str], done: int) -> Callable[..., None]:
    def tried(kind: Kind, row: Any, path: str, who: Person, partner: str) -> None:
        may = kind.allows(action, who.user, row)
        with undone():
            response = who.ask(method, path.replace("{code}", row.code), body, row.version)
        assert response.status_code == (done if may else 403), (kind.slug, who.user, response.content)
        own = who.user.partner_id in row.owners()
        assert not may or (who.role in WRITERS and (own or who.role == "chain_director")), (kind.slug, who.user)

    return tried


_changes = _writes(CHANGE, "patch", {"source": "Een test.", "reason": "Test."}, 200)
_withdraws = _writes(WITHDRAW, "post", {"step": "intrekken", "reason": "Test."}, 201)


def _takes_steps(kind: Kind, row: Any, path: str, who: Person, partner: str) -> None:
    _withdraws(kind, row, path, who, partner)
    for step in kind.transitions:
        with undone():
            asked = {"step": step.slug, "reason": "Test."}
            response = who.ask("post", path.replace("{code}", row.code), asked, row.version)
        expected = {201, 400} if step in kind.steps(who.user, row) else {403}
        assert response.status_code in expected, (kind.slug, step.slug, who.user, response.content)


TRIED: dict[str, Callable[..., None]] = {
    "listVersions": _reads,
    "list": _reads,
    "read": _reads,
    "create": _makes,
    "change": _changes,
    "takeStep": _takes_steps,
}
"""What is tried of each operation, by the first word of its name; the first that fits."""


def test_every_role_does_through_each_operation_what_it_may_and_nothing_else(people):
    tried = 0
    for _method, path, name in OPERATIONS:
        kind = kind_of(path)
        row = kind.model.objects.select_related().order_by("pk").first() if kind else None
        if kind is None or row is None:
            continue
        other = next(partner for partner in people if partner not in row.owners())
        check = next(found for verb, found in TRIED.items() if name.startswith(verb))
        for partner in (row.partner_id, other):
            for who in people[partner]:
                check(kind, row, path, who, partner)
                tried += 1
    assert tried > 1000


def test_every_role_reads_the_events(people):
    for everyone in people.values():
        assert {who.ask("get", "/gebeurtenissen").status_code for who in everyone} == {200}
