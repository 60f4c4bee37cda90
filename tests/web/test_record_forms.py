# SPDX-License-Identifier: EUPL-1.2
"""The forms of every kind: what is wrong is told at the top and at the field, and codes are chosen, not typed."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from keten_web.accounts.models import User
from keten_web.record import actions, offered
from keten_web.record.fields import LinesField
from keten_web.record.forms import form_class, parts
from keten_web.record.kinds import by_slug, kinds
from keten_web.steering.kinds import AGREEMENTS
from keten_web.steering.models import PolicyFramework

TYPED = {"duties", "duties_en", "seats", "worked"}
"""Lists that are sentences or amounts, not codes."""

MOST_OPEN = 12
"""Fields that are open when a form is opened; more is a page that nobody overlooks."""


@pytest.fixture
def client(cast):
    return cast["chain_director"]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.slug)
def test_a_form_that_is_wrong_says_so_in_its_title_at_the_top_and_at_the_field(kind, client):
    page = client.post(reverse("record-new", args=(kind.slug,)), {"title": ""})
    if page.status_code == 403:
        return  # this kind is not made by a form
    text = page.content.decode()
    assert "<title>Fout: " in text
    links = re.findall(r'<li>\s*<a href="#([^"]+)">', text)
    assert "id_title" in links
    for anchor in links:
        assert f'id="{anchor}"' in text, anchor
    assert text.count('class="ask__fault"') == len(set(re.findall(r'id="(id_\w+)_error"', text)))
    assert text.index("faults--summary") < text.index('<form class="fill"')


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.slug)
def test_lists_of_codes_are_chosen_from_a_list(kind):
    for name in kind.fields:
        if isinstance(kind.field(name), LinesField) and name not in TYPED:
            assert offered.choices_of(kind.model, name) is not None, name


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.slug)
def test_a_form_has_every_field_once_and_few_of_them_open(kind, cast):
    form = form_class(kind, kind.fields)()
    shown = [field.name for part in parts(kind, form) for field in part.fields]
    assert sorted(shown) == sorted(kind.fields)
    first = parts(kind, form)[0]
    assert len(first.fields) <= MOST_OPEN


def test_a_folded_part_with_a_fault_is_open(cast):
    form = form_class(AGREEMENTS, AGREEMENTS.fields)({"title": "x", "error_budget_share": "veel"})
    form.is_valid()
    open_parts = [part for part in parts(AGREEMENTS, form) if part.is_open]
    assert any(field.name == "error_budget_share" for part in open_parts for field in part.fields)


def test_partners_are_ticked_and_stored_as_codes_and_nothing_typed_is_lost(client):
    sent = {"title": "Kader", "year": "2031", "partners_bound": ["IND", "COA"]}
    page = client.post(reverse("record-new", args=("beleidskaders",)), {**sent, "year": "twee"}).content.decode()
    assert re.search(r'value="COA"[^>]*checked', page)
    client.post(reverse("record-new", args=("beleidskaders",)), sent)
    assert PolicyFramework.objects.get().partners_bound == ["IND", "COA"]


def test_a_code_that_is_in_no_list_any_more_stays_with_the_row(cast):
    kind = by_slug("besluiten")
    form = form_class(kind, kind.fields)(
        {"title": "x", "about": ["weg-ermee"]}, initial={"about": ["weg-ermee"], "title": "x"}
    )
    form.is_valid()
    assert form.cleaned_data.get("about") == ["weg-ermee"]


@pytest.mark.parametrize(
    ("language", "typed", "value"),
    [("nl", "16.105", 16105), ("nl", "16105,5", 16105.5), ("en", "16,105.5", 16105.5), ("nl", "1.6", None)],
)
def test_a_form_reads_numbers_as_the_language_of_the_page_writes_them(language, typed, value, client):
    kind = by_slug("overleggremia")
    form = form_class(kind, ["meetings_per_year"], language=language)({"meetings_per_year": typed})
    assert form.is_valid() == (value is not None)
    assert form.cleaned_data.get("meetings_per_year") == value


def test_the_button_says_what_happens_next(client, cast):
    director = User.objects.get(username="chain_director")
    goal = actions.create(by_slug("ketendoelen"), {"title": "Opvang"}, by=director)
    assert (
        "Vastleggen in het dossier</button>"
        in client.get(reverse("record-new", args=("ketendoelen",))).content.decode()
    )
    assert "Bewaren als concept</button>" in page_of(client, "besluiten")
    change = client.get(reverse("record-edit", args=("ketendoelen", goal.code))).content.decode()
    assert "De wijziging vastleggen</button>" in change


def page_of(client, slug: str) -> str:
    return client.get(reverse("record-new", args=(slug,))).content.decode()
