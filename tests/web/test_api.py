# SPDX-License-Identifier: EUPL-1.2
"""The Dutch API design rules, one test each: the description is read and the running API is called."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client
from django.utils import timezone

from keten_web.accounts import actions as account_actions
from keten_web.accounts import tokens
from keten_web.accounts.models import AccessToken, User
from keten_web.api import VERSION
from keten_web.api.models import GivenAnswer
from keten_web.audit.models import Event
from keten_web.steering.models import ChainGoal

BASE = "/api/v1"
GOALS = f"{BASE}/ketendoelen"
GUARDS = {
    "API-Version": VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
METHODS = ("get", "post", "put", "patch", "delete")


class Caller:
    """Calls the API as a program with a token."""

    def __init__(self, token: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(self.client, method)(path, headers=named, **sent)


@pytest.fixture
def director(cast) -> User:
    return User.objects.get(username="chain_director")


@pytest.fixture
def call(director) -> Caller:
    return Caller(account_actions.issue_token(director, scopes=tokens.SCOPES, days=1, by=None))


@pytest.fixture
def goal(call) -> str:
    """The address of a row."""
    return str(call("post", GOALS, {"title": "Een goede procedure"})["Location"])


@pytest.fixture
def description(db) -> dict[str, Any]:
    return json.loads(Client().get(f"{BASE}/openapi.json").content)


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def named_parts(node: Any, key: str) -> Iterator[Any]:
    if isinstance(node, dict):
        if key in node:
            yield node[key]
        for part in node.values():
            yield from named_parts(part, key)
    elif isinstance(node, list):
        for part in node:
            yield from named_parts(part, key)


# --- the description --------------------------------------------------------------------------------------------------


def test_the_description_is_openapi_3_for_everybody_from_everywhere(description):
    response = Client().get(f"{BASE}/openapi.json")
    assert re.fullmatch(r"3(\.\d+){1,2}", description["openapi"])
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Type"] == "application/json"


def test_every_reference_leads_somewhere(description):
    schemas = description["components"]["schemas"]
    references = set(named_parts(description, "$ref"))
    assert references
    assert {name for name in references if name.removeprefix("#/components/schemas/") not in schemas} == set()


def test_servers_are_encrypted_and_carry_the_major_version_and_paths_do_not(description):
    assert [
        re.fullmatch(r"https://[^/]+(/.*)?/v1", server["url"]) is not None for server in description["servers"]
    ] == [True]
    assert [path for path in description["paths"] if re.search(r"/v\d", path)] == []


def test_the_version_is_semantic_and_every_answer_carries_it(description, call, goal):
    assert re.fullmatch(r"\d+\.\d+\.\d+", description["info"]["version"])
    answers = [call("get", goal), call("get", f"{GOALS}/nergens"), Client().get(GOALS), Client().get(f"{BASE}/niets")]
    assert {response["API-Version"] for response in answers} == {description["info"]["version"]}
    for _path, _method, operation in operations(description):
        assert all("API-Version" in response["headers"] for response in operation["responses"].values())


def test_the_team_can_be_reached(description):
    contact = description["info"]["contact"]
    assert contact["name"]
    assert re.fullmatch(r"[^@]+@[^@]+", contact["email"])
    assert contact["url"].startswith("https://")


def test_names_have_the_prescribed_form(description):
    for path in description["paths"]:
        assert not path.endswith("/")
        for part in path.strip("/").split("/"):
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*|\{[a-z][a-zA-Z]*\}", part), path
    for _path, _method, operation in operations(description):
        asked = [row["name"] for row in operation["parameters"] if row["in"] == "query"]
        assert [name for name in asked if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", name)] == []
    for name, schema in description["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z][a-zA-Z0-9]*", name)
        assert [part for part in schema.get("properties", {}) if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", part)] == []


def test_an_address_with_a_slash_at_the_end_is_not_there(call):
    assert call("get", f"{GOALS}/").status_code == 404


def test_only_the_methods_of_http_and_no_verb_in_a_path(description):
    verbs = re.compile(r"/(maken|wijzigen|intrekken|ophalen|get|create|update|delete)(/|$)")
    for path, method, _operation in operations(description):
        assert method in METHODS
        assert not verbs.search(path)


def test_every_operation_says_what_it_may_refuse_as_a_problem(description):
    for path, method, operation in operations(description):
        refused = {code: row for code, row in operation["responses"].items() if code >= "400"}
        assert {"400", "401", "403"} <= set(refused), f"{method} {path}"
        assert "422" not in refused
        assert all(list(row["content"]) == ["application/problem+json"] for row in refused.values())


def test_what_is_called_a_day_or_a_moment_has_that_form(description):
    for schema in description["components"]["schemas"].values():
        for name, found in schema.get("properties", {}).items():
            if re.search(r"(At|On|Date|dated|until|from|validFrom|validUntil)$", name) and "format" in str(found):
                assert re.search(r"'format': '(date|date-time)'", str(found)), name


def test_every_property_says_what_it_is_in_dutch(description):
    goal = description["components"]["schemas"]["Ketendoelen"]["properties"]
    assert goal["parent"]["description"] == "onderdeel van"


# --- answers ----------------------------------------------------------------------------------------------------------


def test_every_answer_is_guarded(call, goal):
    for response in (call("get", goal), call("get", GOALS), call("get", f"{GOALS}/nergens"), Client().get(GOALS)):
        assert {name: response[name] for name in GUARDS} == GUARDS
        assert response["Strict-Transport-Security"].startswith("max-age=")
        assert "Access-Control-Allow-Origin" not in response


def problem(response: Any, code: int) -> dict[str, Any]:
    assert (response.status_code, response["Content-Type"]) == (code, "application/problem+json")
    told = json.loads(response.content)
    assert told["status"] == code
    assert told["title"]
    assert told["detail"]
    return told


def test_every_refusal_is_a_problem(call, goal):
    problem(Client().get(GOALS), 401)
    problem(call("get", f"{GOALS}/nergens"), 404)
    problem(call("get", f"{BASE}/niets"), 404)
    problem(Client().get("/api/v2/ketendoelen"), 404)
    response = call("delete", goal)
    problem(response, 405)
    assert response["Allow"]


def test_invalid_input_is_400_with_everything_that_is_wrong(call):
    told = problem(call("post", GOALS, {"order": "drie", "onbekend": 1, "parent": "a b"}), 400)
    assert {(row["in"], row["name"]) for row in told["errors"]} == {
        ("body", "/title"),
        ("body", "/order"),
        ("body", "/onbekend"),
        ("body", "/parent"),
    }
    told = problem(call("get", f"{GOALS}?page=0&pageSize=1000"), 400)
    assert {(row["in"], row["name"]) for row in told["errors"]} == {("query", "page"), ("query", "pageSize")}


def test_what_the_record_refuses_is_told_the_same_way(call):
    told = problem(call("post", GOALS, {"title": "x", "parent": "nergens", "partner": "nobody"}), 400)
    assert {row["name"] for row in told["errors"]} == {"/parent", "/partner"}


def test_a_body_that_is_no_json_is_refused(call):
    response = call.client.post(GOALS, data="{", content_type="application/json")
    problem(response, 400)


def test_an_error_of_ours_is_a_problem_too(call, goal, monkeypatch):
    from keten_web.record import queries

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(queries, "one", breaks)
    call.client.raise_request_exception = False
    told = problem(call("get", goal), 500)
    assert "ZeroDivision" not in str(told)


def test_moments_are_in_utc(call, goal):
    row = call("get", goal).json()
    assert row["createdAt"].endswith("Z")
    assert row["changedAt"].endswith("Z")


def test_a_list_comes_in_pages(call):
    for number in range(5):
        call("post", GOALS, {"title": f"Doel {number}", "order": number})
    first = call("get", f"{GOALS}?pageSize=2").json()
    last = call("get", f"{GOALS}?pageSize=2&page=3").json()
    assert (first["count"], first["page"], first["pageSize"]) == (5, 1, 2)
    assert [row["title"] for row in (*first["results"], *last["results"])] == ["Doel 0", "Doel 1", "Doel 4"]
    assert [row["title"] for row in call("get", f"{GOALS}?search=doel+3").json()["results"]] == ["Doel 3"]


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_made_row_has_an_address_a_version_and_an_audit_event(call, director):
    response = call("post", GOALS, {"title": "Een goede procedure", "textEn": "Good"}, traceparent="00-abc-def-01")
    assert (response.status_code, response["Location"]) == (201, f"{GOALS}/een-goede-procedure")
    assert response["ETag"] == '"1"'
    assert response.json()["textEn"] == "Good"
    event = Event.objects.get(action="create")
    assert (event.actor, event.trace) == (director, "00-abc-def-01")


def test_a_row_is_of_the_partner_that_was_named(call):
    assert call("post", GOALS, {"title": "x", "partner": "COA"}).json()["partner"] == "COA"
    assert call("post", GOALS, {"title": "y"}).json()["partner"] == "IND"


def test_a_planner_makes_nothing_for_another_partner(cast):
    planner = User.objects.get(username="partner_planner")
    writes = Caller(account_actions.issue_token(planner, scopes=tokens.SCOPES, days=1, by=None))
    sent = {"title": "Jaarplan", "nature": "annual_plan"}
    problem(writes("post", f"{BASE}/plannen-en-brieven", {**sent, "partner": "COA"}), 403)
    response = writes("post", f"{BASE}/plannen-en-brieven", sent)
    assert (response.status_code, response.json()["partner"]) == (201, "IND")
    taken = {"partner": "COA", "reason": "Overgedragen."}
    problem(writes("patch", response["Location"], taken, If_Match='"1"'), 403)


def test_whoever_changes_says_which_version_was_read(call, goal):
    change = {"text": "Langer", "reason": "Zo afgesproken."}
    told = problem(call("patch", goal, change), 428)
    assert told["errors"][0]["name"] == "If-Match"
    response = call("patch", goal, change, If_Match='"1"')
    assert (response.status_code, response["ETag"], response.json()["text"]) == (200, '"2"', "Langer")


def test_the_second_of_two_editors_is_told_what_the_first_changed(call, goal):
    call("patch", goal, {"text": "De een", "reason": "x"}, If_Match='"1"')
    response = call("patch", goal, {"text": "De ander", "reason": "x"}, If_Match='"1"')
    told = problem(response, 412)
    assert response["ETag"] == '"2"'
    assert told["errors"][0]["name"] == "/text"
    assert "De een" in told["errors"][0]["detail"]
    assert ChainGoal.objects.get().text == "De een"


@pytest.mark.parametrize("match", ['"0"', '"99"', "1", 'W/"1"', "*", '"x"', '"99999999999999999999"'])
def test_a_version_that_is_not_this_one_is_refused(match, call, goal):
    problem(call("patch", goal, {"text": "x", "reason": "x"}, If_Match=match), 412)


def test_a_change_has_a_reason(call, goal):
    told = problem(call("patch", goal, {"text": "x"}, If_Match='"1"'), 400)
    assert told["errors"][0]["name"] == "/reason"


def test_a_field_is_emptied_by_null_and_left_alone_when_it_is_not_sent(call, goal):
    other = call("post", GOALS, {"title": "Onderdeel", "parent": "een-goede-procedure", "text": "t"})["Location"]
    row = call("patch", other, {"parent": None, "reason": "x"}, If_Match='"1"').json()
    assert (row["parent"], row["text"]) == (None, "t")


def test_a_row_is_withdrawn_by_a_step_and_stays_readable(call, goal):
    steps = f"{goal}/stappen"
    problem(call("post", steps, {"step": "intrekken"}, If_Match='"1"'), 400)
    row = call("post", steps, {"step": "intrekken", "reason": "Dubbel."}, If_Match='"1"')
    assert (row.status_code, row.json()["isWithdrawn"]) == (201, True)
    assert call("get", GOALS).json()["count"] == 0
    assert call("get", f"{GOALS}?withdrawn=true").json()["count"] == 1
    assert call("get", goal).status_code == 200


def test_every_version_can_be_read_and_the_row_as_it_was(call, goal):
    call("patch", goal, {"text": "Langer", "reason": "Zo afgesproken."}, If_Match='"1"')
    versions = call("get", f"{goal}/versies").json()
    assert [(row["number"], row["action"], row["reason"]) for row in versions] == [
        (2, "gewijzigd", "Zo afgesproken."),
        (1, "gemaakt", ""),
    ]
    assert versions[0]["changes"] == [{"field": "text", "before": "", "after": "Langer"}]
    today = timezone.localdate()
    assert call("get", f"{goal}?on={today}").json()["text"] == "Langer"
    problem(call("get", f"{goal}?on={today - timedelta(days=1)}"), 404)


# --- the same request twice -------------------------------------------------------------------------------------------


def test_the_same_request_twice_is_done_once(call):
    first, second = (call("post", GOALS, {"title": "Eens"}, Idempotency_Key="k1") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (second["Location"], second["ETag"]) == (first["Location"], first["ETag"])
    assert second["Idempotency-Replayed"] == "true"
    assert ChainGoal.objects.count() == 1


def test_the_same_request_from_four_at_once_is_done_once(transactional_db, director):
    token = account_actions.issue_token(director, scopes=tokens.SCOPES, days=1, by=None)

    def send(_: int) -> tuple[int, bytes]:
        try:
            response = Caller(token)("post", GOALS, {"title": "Eens"}, Idempotency_Key="k1")
            return response.status_code, response.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))
    assert [code for code, _content in answers] == [201]
    assert ChainGoal.objects.count() == Event.objects.filter(action="create").count() == 1


def test_a_change_that_is_sent_again_is_not_a_conflict(call, goal):
    change = {"text": "Langer", "reason": "x"}
    first, second = (call("patch", goal, change, If_Match='"1"', Idempotency_Key="k2") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert ChainGoal.objects.get().version == 2


def test_a_key_belongs_to_one_request_and_one_user(call, cast):
    call("post", GOALS, {"title": "Eens"}, Idempotency_Key="k1")
    problem(call("post", GOALS, {"title": "Anders"}, Idempotency_Key="k1"), 409)
    other = User.objects.create(username="other", partner_id="IND")
    other.groups.set(Group.objects.filter(name="chain_director"))
    another = Caller(account_actions.issue_token(other, scopes=tokens.SCOPES, days=1, by=None))
    assert another("post", GOALS, {"title": "Anders"}, Idempotency_Key="k1").status_code == 201


def test_a_request_that_was_refused_may_be_mended_under_the_same_key(call):
    problem(call("post", GOALS, {"title": ""}, Idempotency_Key="k1"), 400)
    problem(call("post", GOALS, {"title": "x", "parent": "nergens"}, Idempotency_Key="k1"), 400)
    assert call("post", GOALS, {"title": "x"}, Idempotency_Key="k1").status_code == 201


def test_an_answer_is_kept_for_a_day(call):
    call("post", GOALS, {"title": "Eens"}, Idempotency_Key="k1")
    GivenAnswer.objects.update(at=timezone.now() - timedelta(hours=24, seconds=1))
    assert call("post", GOALS, {"title": "Eens"}, Idempotency_Key="k1").status_code == 201
    assert ChainGoal.objects.count() == 2
    assert GivenAnswer.objects.count() == 1


def test_a_key_of_another_form_is_refused(call):
    told = problem(call("post", GOALS, {"title": "x"}, Idempotency_Key="x" * 256), 400)
    assert told["errors"][0]["in"] == "header"


# --- who asks ---------------------------------------------------------------------------------------------------------


def test_a_session_may_read_and_writes_with_its_token_against_forged_requests(director):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(director)
    assert browser.get(GOALS).status_code == 200
    body = {"data": json.dumps({"title": "x"}), "content_type": "application/json"}
    problem(browser.post(GOALS, **body), 403)
    browser.get("/toegankelijkheid")
    from django.middleware.csrf import _get_new_csrf_string

    secret = _get_new_csrf_string()
    browser.cookies["csrftoken"] = secret
    assert browser.post(GOALS, headers={"X-CSRFToken": secret}, **body).status_code == 201


def test_a_token_that_may_only_read_writes_nothing(director):
    reads = Caller(account_actions.issue_token(director, scopes=["lezen"], days=1, by=None))
    assert reads("get", GOALS).status_code == 200
    response = reads("post", GOALS, {"title": "x"})
    problem(response, 403)
    assert 'scope="schrijven"' in response["WWW-Authenticate"]


def test_a_token_ends_by_itself_by_revoking_and_with_its_user(director):
    call = Caller(account_actions.issue_token(director, scopes=tokens.SCOPES, days=1, by=None))
    AccessToken.objects.update(until=timezone.now())
    problem(call("get", GOALS), 401)
    call = Caller(account_actions.issue_token(director, scopes=tokens.SCOPES, days=1, by=None))
    account_actions.revoke_tokens(director, by=None)
    problem(call("get", GOALS), 401)
    call = Caller(account_actions.issue_token(director, scopes=tokens.SCOPES, days=1, by=None))
    User.objects.update(is_active=False)
    problem(call("get", GOALS), 401)


def test_a_token_is_kept_as_a_digest_only(director):
    token = account_actions.issue_token(director, scopes=tokens.SCOPES, days=1, by=None)
    assert token not in str(AccessToken.objects.values())
    assert token not in str(Event.objects.values())


@pytest.mark.parametrize(("scopes", "days"), [([], 1), (["alles"], 1), (["lezen"], 0), (["lezen"], 366)])
def test_a_token_for_anything_else_is_not_drawn(scopes, days, director):
    with pytest.raises(ValueError, match="Choose scopes"):
        account_actions.issue_token(director, scopes=scopes, days=days, by=None)


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Bearer keten_x", "Basic eDp5", "x"])
def test_anything_else_is_no_token(header, db):
    problem(Client(headers={"Authorization": header}).get(GOALS), 401)
