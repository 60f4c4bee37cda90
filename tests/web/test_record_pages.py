# SPDX-License-Identifier: EUPL-1.2
"""The pages that every kind has: list, row, history, as it was, form, step, files, search."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from keten_web.accounts.models import User
from keten_web.record import actions
from keten_web.record.fields import text_to_series
from keten_web.steering.kinds import CHAIN_GOALS
from keten_web.steering.models import ChainGoal

REASON = "Afgesproken in het overleg."


@pytest.fixture
def goal(cast) -> ChainGoal:
    director = User.objects.get(username="chain_director")
    return actions.create(CHAIN_GOALS, {"title": "Humane opvang", "code": "opvang"}, by=director)


@pytest.fixture
def client(cast):
    return cast["chain_director"]


def page(client, name: str, *arguments: str, **query: str) -> str:
    response = client.get(reverse(name, args=("ketendoelen", *arguments)), query)
    assert response.status_code == 200, response.content.decode()[:600]
    return response.content.decode()


def test_the_list_shows_rows_and_sieves_them(client, goal):
    assert "Humane opvang" in page(client, "record-list")
    assert "Humane opvang" not in page(client, "record-list", zoek="terugkeer")


def test_only_who_may_write_sees_the_way_to_the_form(cast, client, goal):
    assert "/wijzigen" in page(client, "record-detail", "opvang")
    assert "/wijzigen" not in page(cast["partner_reader"], "record-detail", "opvang")
    assert cast["partner_reader"].get(reverse("record-edit", args=("ketendoelen", "opvang"))).status_code == 403


def sent(**changes: str) -> dict[str, str]:
    return {"title": "Humane opvang", "order": "0", "expected_version": "1", "reason": REASON, **changes}


def test_a_change_by_the_form_is_stored_with_its_reason(client, goal):
    address = reverse("record-edit", args=("ketendoelen", "opvang"))
    assert client.post(address, sent(title="Humane en veilige opvang")).status_code == 302
    goal.refresh_from_db()
    assert (goal.title, goal.version) == ("Humane en veilige opvang", 2)
    assert REASON in page(client, "record-history", "opvang")


def test_the_second_editor_keeps_the_text_and_sees_the_change_of_the_first(client, goal):
    address = reverse("record-edit", args=("ketendoelen", "opvang"))
    client.post(address, sent(title="Eerste"))
    shown = client.post(address, sent(title="Tweede")).content.decode()
    assert "Eerste" in shown
    assert 'value="Tweede"' in shown
    assert 'name="expected_version" value="2"' in shown
    assert client.post(address, sent(title="Tweede", expected_version="2")).status_code == 302


def test_mistakes_are_told_beside_their_fields(client, goal):
    address = reverse("record-edit", args=("ketendoelen", "opvang"))
    shown = client.post(address, sent(title="", order="veel", reason="")).content.decode()
    assert shown.count("ask--wrong") == 2


def test_a_new_row_by_the_form(client, cast):
    response = client.post(reverse("record-new", args=("ketendoelen",)), {"title": "Veiligheid", "order": "3"})
    assert response.url == reverse("record-detail", args=("ketendoelen", "veiligheid"))


def test_withdrawing_asks_a_reason(client, goal):
    address = reverse("record-withdraw", args=("ketendoelen", "opvang"))
    assert client.post(address, {"expected_version": "1", "reason": ""}).status_code == 200
    assert client.post(address, {"expected_version": "1", "reason": REASON}).status_code == 302
    assert "Humane opvang" not in page(client, "record-list")


def test_as_it_was_before_there_was_a_record(client, goal):
    assert "2001" in page(client, "record-detail", "opvang", op="2001-01-01")
    assert client.get(reverse("record-detail", args=("ketendoelen", "opvang")), {"op": "ooit"}).status_code == 404


def test_an_unknown_kind_or_row_does_not_exist(client, goal):
    assert client.get("/ketendoelen/nergens").status_code == 404
    assert client.get("/bestaatniet/nergens").status_code == 404


def test_search_over_everything(client, goal):
    found = client.get(reverse("search"), {"zoek": "opvang humane"}).content.decode()
    assert "<mark>Humane</mark> <mark>opvang</mark>" in found


@pytest.mark.parametrize(
    ("view", "query", "answer"),
    [
        ("record-list", {"zoek": "a\x00b"}, 400),
        ("record-list", {"partner": "\x00"}, 400),
        ("record-detail", {"op": "9999-12-31"}, 200),
        ("record-detail", {"op": "0001-01-01"}, 200),
    ],
)
def test_strange_questions_get_an_answer(view, query, answer, client, goal):
    arguments = ("ketendoelen", *(["opvang"] if view == "record-detail" else []))
    assert client.get(reverse(view, args=arguments), query).status_code == answer


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        ("2023-01-01 2024-01-01 22184", 0),
        ("2023-01-01 2024-01-01 nan\n2024-01-01 2023-01-01 5\nveel", 3),
        ("2023-01-01 2024-01-01 1\n2023-06-01 2024-06-01 2", 1),
    ],
)
def test_a_norm_through_time_is_typed_as_lines_and_every_mistake_is_told(typed, problems):
    try:
        series = text_to_series(typed)
    except ValidationError as refusal:
        assert len(refusal.messages) == problems
    else:
        assert problems == 0
        assert series == [{"from": "2023-01-01", "until": "2024-01-01", "value": 22184.0}]


def test_a_list_with_a_place_of_its_own_in_the_menu_is_marked_there_alone(client):
    shown = client.get(reverse("record-list", args=("koppelvlakken",)))
    marked = [entry["address"] for group in shown.context["navigation"] for entry in group["entries"] if entry["here"]]
    assert marked == [reverse("record-list", args=("koppelvlakken",))]
