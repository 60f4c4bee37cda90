# SPDX-License-Identifier: EUPL-1.2
"""Search: words in any of their forms, in the language of the page, best first, shown where they stand."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import override

from keten_web.accounts.models import User
from keten_web.record import actions, queries, search
from keten_web.steering.kinds import AGREEMENTS, CHAIN_GOALS, DECISIONS

GOALS = (
    {
        "code": "goal_period",
        "title": "Binnen de beslistermijn",
        "title_en": "Within the decision period",
        "text": "Aanvragen worden op tijd behandeld.",
        "text_en": "Applications are handled in time.",
    },
    {"code": "goal_reception", "title": "Humane opvang", "title_en": "Humane reception", "text": "Genoeg plaatsen."},
    {"code": "goal_other", "title": "Iets anders", "text": "Ook over opvang, maar dan in de tekst."},
)


@pytest.fixture
def director(cast) -> User:
    user = User.objects.get(username="chain_director")
    for values in GOALS:
        actions.create(CHAIN_GOALS, values, by=user)
    return user


def codes(user: User, text: str, language: str = "nl") -> list[str]:
    with override(language):
        return [hit.row.code for hit in search.search(user, text).hits]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("plaats", "nl", ["goal_reception"]),  # another form
        ("aanvraag", "nl", ["goal_period"]),
        ("application", "en", ["goal_period"]),
        ("handling", "en", ["goal_period"]),
        ("aanvraag", "en", []),  # the page speaks English
        ("opv", "nl", ["goal_reception", "goal_other"]),  # a beginning
        ("termijn", "nl", ["goal_period"]),  # a part of a Dutch word
        ("de opvang", "nl", ["goal_reception", "goal_other"]),
        ("opvang plaatsen", "nl", ["goal_reception"]),  # every word
        ("opvang terugkeer", "nl", []),
        ("GOAL_PER", "nl", ["goal_period"]),  # a code, in part
        ("_other", "nl", ["goal_other"]),
        ("'):*&|!(\\", "nl", []),
        ("zz\x00\x02plaats", "nl", []),
        ("   ", "nl", []),
    ],
)
def test_words_find_rows(text, language, found, director):
    assert sorted(codes(director, text, language)) == sorted(found)


def test_a_word_in_the_title_comes_before_one_in_the_text(director):
    assert codes(director, "opvang") == ["goal_reception", "goal_other"]


def test_a_code_that_was_typed_comes_first(director):
    actions.create(CHAIN_GOALS, {"code": "opvang", "title": "Een doel met die code"}, by=director)
    assert codes(director, "opvang")[0] == "opvang"


def test_english_falls_back_on_what_was_written_in_dutch_only(director):
    assert codes(director, "anders", "en") == ["goal_other"]


def test_more_words_than_anybody_means_do_not_make_the_database_work(director, django_assert_max_num_queries):
    many = " ".join(f"woord{number}" for number in range(3000))
    assert len(search.asked(many).words) == search.MOST_WORDS
    with django_assert_max_num_queries(60):
        assert codes(director, many) == []


def test_fields_of_a_kind_itself_are_searched_and_named(director):
    values = {"title": "Een besluit", "taken_by": "Bestuurlijk overleg", "taken_on": "2023-05-01"}
    actions.create(DECISIONS, values, by=director)
    with override("nl"):
        (hit,) = search.search(director, "bestuurlijk").hits
    assert hit.place == "genomen door"
    assert hit.excerpt == "<mark>Bestuurlijk</mark> overleg"


def test_lines_inside_a_row_are_searched(director):
    values = {
        "title": "Overdracht",
        "duties": ["IND: Levert het dossier.", "COA: Meldt de plaats."],
        "counterparts": ["COA"],
        "still_to_be_agreed": "Nog niet besproken.",
    }
    planner = User.objects.get(username="partner_planner")
    actions.create(AGREEMENTS, values, by=planner)
    assert codes(director, "dossiers levert") == ["overdracht"]


def test_what_was_typed_is_shown_and_never_run(director):
    actions.create(CHAIN_GOALS, {"title": "<script>alert(1)</script> plaats"}, by=director)
    with override("nl"):
        hits = search.search(director, "script plaats").hits
    (title,) = (hit.title for hit in hits if "script" in hit.title)
    assert "<script>" not in title
    assert "<mark>plaats</mark>" in title


def test_a_part_of_a_word_is_marked_too(director):
    with override("nl"):
        (hit,) = search.search(director, "termijn").hits
    assert hit.title == "Binnen de beslis<mark>termijn</mark>"


def test_who_may_not_read_finds_nothing(director):
    assert codes(User.objects.get(username="outsider"), "opvang") == []


def test_what_is_withdrawn_is_not_found(director):
    actions.withdraw(CHAIN_GOALS, "goal_other", by=director, expected_version=1, reason="Dubbel.")
    assert codes(director, "opvang") == ["goal_reception"]


def test_the_page_counts_by_kind_and_can_show_one(cast, director):
    values = {"title": "Besluit over opvang", "taken_by": "IND", "taken_on": "2023-05-01"}
    actions.create(DECISIONS, values, by=director)
    client = cast["partner_reader"]
    whole = client.get(reverse("search"), {"zoek": "opvang"}).content.decode()
    assert "alles (3)" in whole
    assert "ketendoelen (2)" in whole
    one = client.get(reverse("search"), {"zoek": "opvang", "soort": "besluiten"}).content.decode()
    assert "Humane" not in one
    assert "Besluit over <mark>opvang</mark>" in one


def test_the_list_of_a_kind_finds_the_same(director):
    with override("nl"):
        assert [row.code for row in queries.readable(CHAIN_GOALS, director, {"zoek": "plaats"})] == ["goal_reception"]
