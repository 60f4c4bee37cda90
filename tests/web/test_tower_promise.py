# SPDX-License-Identifier: EUPL-1.2
"""The promise page: the law at once, and the price when a worker has worked it out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from keten.questions.price import Commitment, document_of, price_of
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.run import Settings, run_study
from keten_web.tower import actions, inquiries
from keten_web.tower.models import Inquiry, Kind

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
HORIZON = date(2023, 8, 31)


@pytest.fixture(scope="session")
def promised_study(tmp_path_factory) -> Path:
    """A real study of four months and one replication."""
    folder = tmp_path_factory.mktemp("promised") / "promised"
    scenario = read_scenario(LETTER).model_copy(update={"horizon": HORIZON})
    run_study(prepare(scenario), Settings(seed=7, replications=1), folder)
    return folder


@pytest.fixture
def real(settings, promised_study: Path, tmp_path: Path, monkeypatch) -> Path:
    settings.STUDIES, settings.FIRST_STUDY = promised_study.parent, promised_study.name
    settings.SIMULATIONS = tmp_path / "simulations"
    monkeypatch.setattr(inquiries, "REPLICATIONS", {Kind.PROMISE: 1})
    return promised_study


def ask(client, **sent):
    """Ask the price, let a worker answer, and give the page one is led to."""
    response = client.post(reverse("promise-price"), {"base": "promised", **sent})
    assert response.status_code == 302
    before = client.get(response.url.split("#")[0]).content.decode()
    inquiry = Inquiry.objects.latest("asked_at")
    actions.carry_out(inquiry.pk)
    inquiry.refresh_from_db()
    return before, inquiry, client.get(response.url.split("#")[0]).content.decode()


def test_no_mark_of_another_language_is_shown_literally(reader, real):
    assert "`" not in reader.get(reverse("promise")).content.decode()


def test_the_steps_of_the_lawful_way_carry_their_sources(reader, real):
    page = reader.get(reverse("promise")).content.decode()
    assert re.search(r'Nader gehoor.*?<a class="utrecht-link" href="https://', page, re.S)


def test_the_price_is_that_of_the_core_and_says_who_waits(reader, real):
    sent = {"group": "first_track_4_other", "other": "first_track_2", "weeks": "60", "by": "2023-08"}
    before, inquiry, page = ask(reader, **sent)
    assert "Wacht op de computer" in before
    base = prepare(read_scenario(LETTER).model_copy(update={"horizon": HORIZON}))
    found = document_of(price_of(base, Commitment("first_track_4_other", 60, HORIZON), replications=1, seed=7))
    assert inquiry.answer == {**found, "replications": 1}
    for words in ("De groep voorop", "In de gewone volgorde", "Wat het met andere groepen doet", "wordt geworven"):
        assert words in page
    assert "first=first_track_4_other" in page


def test_without_weeks_the_group_must_go_as_fast_as_the_other(reader, real):
    _before, inquiry, page = ask(reader, group="first_track_4_other", other="first_track_2")
    assert 0 < inquiry.answer["weeks"] < 26
    assert "weken vanaf augustus 2023" in page


WRONG = """
weeks=veel
weeks=-3
weeks=nan
"""


@pytest.mark.parametrize("query", WRONG.split())
def test_weeks_that_are_no_number_are_refused(query, reader, real):
    assert "Geef de weken als getal" in reader.get(f"{reverse('promise')}?{query}").content.decode()
    name, value = query.split("=")
    assert reader.post(reverse("promise-price"), {"base": "promised", name: value}).status_code == 404


def test_a_group_that_is_not_there_breaks_off_with_what_to_do(reader, real):
    _before, inquiry, _page = ask(reader, group="nobody", weeks="3")
    assert inquiry.state == "broken_off"
    assert "nobody" in inquiry.problem


def test_a_study_without_its_scenario_still_tells_the_law(reader):
    page = reader.get(reverse("promise")).content.decode()
    assert "2 gehoren in plaats van 1" in page
    assert "er kan niets op worden berekend" in page
