# SPDX-License-Identifier: EUPL-1.2
"""The page with every term of a case: the answer of `keten case timeline`, by form, and nothing kept."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from keten.deadlines import code_of
from keten.parameters.law import load_law
from keten_web.clock.examples import LIFE_EXAMPLE
from keten_web.clock.life import ask
from keten_web.clock.views import _life_question

LAW = load_law()


def asked(client, changes=None, **options) -> str:
    response = client.post(reverse("clock-life"), {**LIFE_EXAMPLE, **(changes or {}), **options})
    assert response.status_code == 200
    return unescape(response.content.decode())


def faults(page: str) -> dict[str, str]:
    summary = re.search(r'<div class="faults.*?</div>', page, re.S)
    assert summary is not None, "no faults were told"
    return dict(re.findall(r'href="#(.*?)">.*?</a>: (.*?)</li>', summary[0], re.S))


def test_the_page_gives_every_term_of_the_command(reader):
    page = asked(reader)
    question = _life_question(LIFE_EXAMPLE)
    assert question.is_valid()
    found = ask(question)
    assert len(found.terms) == page.count('rel="noreferrer"') > 8
    for row in found.terms:
        assert row.address in page and row.term.nl[1:] in page
    rows = json.loads(reader.post(reverse("clock-life"), {**LIFE_EXAMPLE, "as": "json"}).content)
    assert [row["rule"] for row in rows] == [row.rule for row in found.terms]


def test_two_judgments_and_a_day_of_the_court_are_counted():
    question = _life_question(LIFE_EXAMPLE)
    assert question.is_valid()
    cost = ask(question).cost
    assert cost is not None
    assert [row.court_term_ends for row in cost.judgments] == [date(2024, 1, 29), date(2024, 7, 31)]
    assert cost.judicial_eur == 7500  # 75 days at 100, reached long before the second judgment


def test_the_code_of_a_print_repeats_the_terms_on_both_pages(reader):
    kept = {name: value for name, value in LIFE_EXAMPLE.items() if value}
    code = code_of(kept)
    for name in ("clock", "clock-life"):
        page = unescape(reader.post(reverse(name), {"code": code}).content.decode())
        assert 'id="terms-running"' in page
    assert code_of({**kept, "event-INITIAL_FORMS": "0", "suspension-INITIAL_FORMS": "0"}) in asked(reader)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"event-0-on": "01-01-2022"}, "id_event-0-on", "ligt vóór de indiening"),
        ({"event-0-on": ""}, "id_event-1-on", "geen ingebrekestelling"),
        ({"event-1-what": "notice"}, "id_event-1-what", "meer dan eens"),
        ({"event-1-on": "02-12-2023"}, "id_event-2-on", "geen beroep"),
        ({"event-2-term_weeks": ""}, "id_event-2-term_weeks", "weken"),
        ({"event-2-maximum": ""}, "id_event-2-maximum", "maximum"),
        ({"event-5-per_day": "5", "event-5-maximum": "9"}, "id_event-5-per_day", "hoort bij een uitspraak"),
        ({"event-4-decide_by": "01-05-2024"}, "id_event-4-decide_by", "voor de uitspraak"),
        ({"application_type": "dublin_request"}, "id_event-0-what", "in gebreke"),
        ({"group": "uyghur"}, "id_group", "andere nationaliteit"),
        ({"responsible_by": LAW.responsibility_grounds[0].id}, "id_responsible_on", "verantwoordelijk"),
        ({"event-0-what": "nothing"}, "id_event-0-what", "nothing"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(change, field, message, reader):
    assert message in faults(asked(reader, change))[field]


def test_a_row_more_keeps_what_was_filled_in(reader):
    page = asked(reader, add="event")
    assert 'name="event-TOTAL_FORMS" value="8"' in page
    assert 'value="07-09-2023"' in page and 'value="21-06-2022"' in page and 'value="37500"' in page


def test_a_clock_that_still_stands_still_is_shown_on_both_pages(reader):
    page = asked(reader, {"suspension-0-until_day": ""})
    assert "staat stil" in page and 'id="terms-running"' in page
    case = {name: value for name, value in LIFE_EXAMPLE.items() if not name.startswith("event-")}
    page = unescape(reader.post(reverse("clock"), {**case, "suspension-0-until_day": ""}).content.decode())
    assert "staat stil" in page and "outcome__day" in page


def test_a_table_of_the_terms_is_taken_along(reader):
    for form in ("csv", "xlsx", "ods"):
        response = reader.post(reverse("clock-life"), {**LIFE_EXAMPLE, "as": form})
        assert f"termijnen.{form}" in response["Content-Disposition"]
    page = reader.post(reverse("clock-life"), {**LIFE_EXAMPLE, "as": "csv"}).content.decode("utf-8-sig")
    assert "beroepstermijn" in page.lower() and "https://wetten.overheid.nl" in page


def test_no_english_stands_in_the_dutch_answer(reader):
    page = asked(reader)
    answer = page[page.index('id="answer"') : page.index('class="account"')]
    assert not re.search(r"\b(the|of the|after|appeal|judgment|known)\b", re.sub(r"<[^>]*>", " ", answer))
