# SPDX-License-Identifier: EUPL-1.2
"""The tower and the what-if page: what they show, what they refuse, and that the figures are those of the core."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.results import read_results
from keten.whatif.account import Account
from keten.whatif.chosen import scenario_with
from keten.whatif.look import quick_look
from keten_web.tower import overview, quick

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"


@pytest.fixture
def real(settings, short_study: Path) -> Path:
    settings.STUDIES = short_study.parent
    settings.FIRST_STUDY = short_study.name
    return short_study


def page_of(client, name, query="", **arguments) -> str:
    response = client.get(reverse(name, kwargs=arguments or None) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_tower_shows_stock_flow_capacity_partners_and_what_binds(reader, real):
    page = page_of(reader, "tower")
    for words in ("33.555", "Capaciteit, per maand", "Beslissingen in spoor 4", "Zaken per partner", "Wat knelt"):
        assert words in page
    assert reverse("tower-partner", kwargs={"code": "IND"}) in page


def test_every_partner_of_the_tower_is_one_click_away_with_its_locations(reader, real):
    for row in overview.tower(read_results(real)).partners:
        page = page_of(reader, "tower-partner", code=row.code)
        assert "Zaken per stap" in page
    assert "landelijk" in page_of(reader, "tower-partner", code="IND")
    assert reader.get(reverse("tower-partner", kwargs={"code": "NOBODY"})).status_code == 404


def test_from_the_tower_to_one_location_takes_two_clicks(reader, real):
    tower = page_of(reader, "tower")
    partner = reverse("tower-partner", kwargs={"code": "IND"})
    assert f'href="{partner}"' in tower
    place = reverse("tower-location", kwargs={"resource": "decision_officers_track_4", "location": "national"})
    assert f'href="{place}"' in reader.get(partner).content.decode()
    page = reader.get(place).content.decode()
    assert "Maand voor maand, in uren" in page
    assert "mei 2023" in page
    for resource, location in (("decision_officers_track_4", "nowhere"), ("wishes", "national")):
        address = reverse("tower-location", kwargs={"resource": resource, "location": location})
        assert reader.get(address).status_code == 404


def test_the_tower_tells_how_old_the_stock_is_and_what_comes_due(reader, real):
    page = page_of(reader, "tower")
    for words in ("Leeftijd van de onbesliste voorraad", "18 maanden en meer", "Binnen 3 maanden te laat", "meer dan "):
        assert words in page


def test_without_choices_the_page_invites_and_computes_nothing(reader, real):
    page = page_of(reader, "what-if")
    assert "Er verschilt nog niets van de basis" in page
    assert 'id="lever-baa"' in page


def test_every_lever_has_bounds_and_says_why(reader, real):
    page = page_of(reader, "what-if")
    fields = re.findall(r'<input type="range"[^>]*>', page)
    assert fields
    assert all("min=" in field and "max=" in field for field in fields)
    assert page.count("lever__why") == page.count('class="lever"')


def test_the_answer_stands_next_to_the_base_with_sign_and_interval(reader, real):
    page = page_of(reader, "what-if", "?baa=0")
    assert "100 % van het plan → <b>0 % van het plan</b>" in page
    for words in (
        "Dwangsommen betaald",
        "Kosten van opvang (COA)",
        "Wie er baat bij heeft en wie het merkt",
        "4 herhalingen",
    ):
        assert words in page
    assert re.search(r"<data value=\"\d+\.\d+\"><b>\+", page)


def test_the_answer_alone_is_the_part_that_is_redrawn(reader, real):
    part = page_of(reader, "what-if-answer", "?baa=0")
    assert "<html" not in part
    assert "Dwangsommen betaald" in part


def test_the_figures_are_those_of_the_core_to_the_last_digit(reader, real):
    file = reader.get(reverse("what-if-file", kwargs={"form": "csv"}) + "?baa=0&homes=120").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file), delimiter=";"))
    base = prepare(read_scenario(LETTER).model_copy(update={"horizon": date(2023, 7, 31)}))
    scenario = scenario_with(base, {"baa": 0, "homes": 120}, Account("Iemand", "Anders gevraagd", "elders"))
    look = quick_look(base, scenario, replications=quick.REPLICATIONS, seed=7)
    assert [float(row["Verschil"].replace(",", ".")) for row in rows] == [row.mean.mean for row in look.differences]
    assert not any("_" in row["Maat"] for row in rows)


def test_the_choices_open_as_a_scenario_elsewhere(reader, real, tmp_path):
    (tmp_path / "chosen.toml").write_text(page_of(reader, "what-if-toml", "?baa=50&extension=struck_down"))
    scenario = read_scenario(tmp_path / "chosen.toml")
    assert scenario.law.reading.value == "courts"
    assert scenario.capacity["baa_officers"][0].owner


WRONG = """
?inflow_2023=900000               | ligt buiten
?baa=veel                         | geef een getal
?extension=misschien              | kies een van de mogelijkheden
?order=lodged&overdue_share=50     | kies de volgorde ‘vroegste
?first=none&horizon=14            | kies een groep
?baa=nan                          | geef een getal
"""


@pytest.mark.parametrize("row", WRONG.strip().splitlines())
def test_an_impossible_choice_is_refused_with_the_reason(row, reader, real):
    query, words = (part.strip() for part in row.split("|"))
    page = page_of(reader, "what-if", query)
    assert "Deze keuzes kunnen niet" in page
    assert words in page


def test_all_that_is_wrong_is_said_at_once(reader, real):
    page = page_of(reader, "what-if", "?baa=veel&inflow_2023=1&homes=9999")
    assert page.count("ask__fault") == 3


def test_a_study_without_its_scenario_says_what_to_do(reader):
    assert "Kies een andere studie" in page_of(reader, "what-if")


def test_the_promise_of_june_2023_opens_with_its_three_reasons(reader):
    page = page_of(reader, "promise")
    for words in ("2 gehoren in plaats van 1", "ten minste 6 dagen", "Medisch onderzoek"):
        assert words in page


def test_another_promise_is_answered_and_an_impossible_one_is_not(reader):
    assert "maakt niets" in page_of(reader, "promise", "?group=first_track_2&other=first_track_2")
    assert "er is niets berekend" in page_of(reader, "promise", "?group=nobody")
    assert "er is niets berekend" in page_of(reader, "promise", "?on=yesterday")


@pytest.mark.parametrize(
    ("language", "typed", "hours"),
    [("nl", "1.200", "1.200"), ("nl", "1200,5", "1.200,5"), ("en", "1,200", "1,200"), ("nl", "0.5", "0,5")],
)
def test_a_number_is_read_as_the_language_of_the_page_writes_it(language, typed, hours, reader, real):
    reader.cookies["django_language"] = language
    page = page_of(reader, "what-if", f"?baa={typed}")
    written = re.search(r'id="lever-baa"[^>]*value="([^"]*)"', page)
    assert written is not None
    assert written[1] == hours.replace({"nl": ".", "en": ","}[language], "")


def test_an_address_says_in_which_notation_its_numbers_are(reader, real):
    reader.cookies["django_language"] = "nl"
    page = page_of(reader, "what-if", "?notation=en&baa=1.200")
    assert 'value="1,2"' in page
