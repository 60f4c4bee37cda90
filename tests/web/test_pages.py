# SPDX-License-Identifier: EUPL-1.2
"""What the pages say, in which language, and what they say when there is nothing to show."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from keten.indicators.registry import indicators

OVERVIEW = "overview"


def text_of(response) -> str:
    assert response.status_code == 200, response.content.decode()[:400]
    return response.content.decode()


def test_dutch_is_the_language_whatever_the_browser_prefers(reader):
    page = text_of(reader.get(reverse(OVERVIEW), headers={"accept-language": "en"}))
    assert '<html lang="nl"' in page
    assert "Geteld tot en met 30 april 2023" in page


def test_who_chooses_english_gets_english(reader):
    reader.post(reverse("language"), {"language": "en", "next": reverse(OVERVIEW)})
    page = text_of(reader.get(reverse(OVERVIEW)))
    assert '<html lang="en"' in page
    assert "Counted until 30 April 2023" in page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_is_remembered(theme, reader):
    reader.post(reverse("theme"), {"theme": theme, "next": reverse(OVERVIEW)})
    assert f'data-theme="{theme}"' in text_of(reader.get(reverse(OVERVIEW)))


def test_an_unknown_theme_is_the_theme_of_the_device(reader):
    reader.post(reverse("theme"), {"theme": '"><script>'})
    assert "data-theme" not in text_of(reader.get(reverse(OVERVIEW)))


def test_every_indicator_has_a_tile_with_its_origin(reader):
    page = text_of(reader.get(reverse(OVERVIEW)))
    for indicator in indicators():
        assert reverse("indicator", kwargs={"identifier": indicator.id}) in page


def test_missing_data_are_unknown_and_never_on_course(reader):
    page = text_of(reader.get(reverse(OVERVIEW)))
    tile = re.search(r'<article class="tile" aria-labelledby="tile-share_decided_in_time">.*?</article>', page, re.S)
    assert tile is not None
    assert "geen cijfer" in tile[0]
    assert "onbekend" in tile[0]
    assert "op koers" not in tile[0]


def test_the_origin_names_definition_owner_signal_value_and_receipt(reader):
    page = text_of(reader.get(reverse("indicator", kwargs={"identifier": "overdue_share"})))
    for part in (
        "Definitie",
        "Immigratie- en Naturalisatiedienst",
        "hoogstens 7%",
        "keten study verify",
        "verzonnen hash",
    ):
        assert part in page


def test_the_chosen_scenario_stays_chosen(reader):
    assert "Verzonnen: high" in _scenario(reader.get(reverse(OVERVIEW), {"scenario": "high"}))
    assert "Verzonnen: high" in _scenario(reader.get(reverse("stock")))


def _scenario(response) -> str:
    found = re.search(r"<summary>.*?Scenario:.*?</summary>", text_of(response), re.S)
    assert found is not None
    return found[0]


def test_scenarios_stand_in_the_order_of_their_inflow(reader):
    page = text_of(reader.get(reverse(OVERVIEW)))
    assert re.findall(r'href="\?scenario=(\w+)"', page) == ["low", "likely", "high"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/?scenario=nothing", "Er is geen studie met de naam “nothing”."),
        ("/indicatoren/nothing", "Er is geen indicator met de naam “nothing”."),
        ("/voorraad/nothing.csv", "Er is geen voorraad met de naam “nothing”."),
        ("/ketenkaart?on=2023-05-12", "Deze studie zegt niets over 2023-05-12."),
        ("/ketenkaart?on=yesterday", "“yesterday” is geen datum."),
        ("/nothing", "Er is niets verloren gegaan."),
    ],
)
def test_a_page_that_does_not_exist_says_what_does_not(address, said, reader):
    response = reader.get(address)
    assert response.status_code == 404
    assert said in response.content.decode()


def test_without_a_study_the_page_says_what_to_do_first(reader, settings, tmp_path):
    settings.STUDIES = tmp_path / "nothing here"
    page = text_of(reader.get(reverse(OVERVIEW)))
    assert "keten study run examples/letter-2023/most-likely.toml" in page


def test_a_damaged_study_is_left_out_and_the_others_are_shown(reader, settings, studies, tmp_path, caplog):
    settings.STUDIES = tmp_path / "studies"
    shutil.copytree(studies, settings.STUDIES)
    (settings.STUDIES / "high" / "summary.json").write_text("{}")
    page = text_of(reader.get(reverse(OVERVIEW)))
    assert "?scenario=high" not in page
    assert "not as promised" in caplog.text


def test_a_study_of_another_version_says_so(reader, settings, studies, tmp_path):
    settings.STUDIES = tmp_path / "studies"
    shutil.copytree(studies, settings.STUDIES)
    receipt = settings.STUDIES / "likely" / "receipt.json"
    receipt.write_text(json.dumps({**json.loads(receipt.read_text()), "code_version": "0.0.1"}))
    assert "gemaakt met versie 0.0.1" in text_of(reader.get(reverse(OVERVIEW)))


def test_a_file_has_the_unrounded_figures_with_their_source(reader):
    response = reader.get(reverse("stock-file", kwargs={"identifier": "stock.track_4", "form": "csv"}))
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    opening = next(row for row in rows if row["Datum"] == "2023-04-30" and row["Grootheid"].startswith("Voorraad"))
    assert response["Content-Disposition"] == 'attachment; filename="likely-stock.track_4.csv"'
    assert opening["Waarde"] == "33555"
    assert {row["Soort"] for row in rows} == {"geteld", "prognose"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("stock-file", {"identifier": "stock.track_4"}),
        ("indicator-file", {"identifier": "overdue_share"}),
        ("chain-map-file", {}),
    ],
)
def test_a_table_is_there_as_csv_xlsx_and_ods_with_equal_content_and_no_word_of_a_machine(name, arguments, reader):
    files = {
        form: reader.get(reverse(name, kwargs={**arguments, "form": form})).content for form in ("csv", "xlsx", "ods")
    }
    text = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    books = [CalamineWorkbook.from_filelike(io.BytesIO(files[form])) for form in ("xlsx", "ods")]
    for book in books:
        cells = book.get_sheet_by_index(0).to_python()
        assert len(cells) == len(text)
        assert [str(cell) for cell in cells[0]] == text[0]
        assert len(book.sheet_names) == 2
    words = {cell for row in text for cell in (*row[:2], row[3])}
    assert not [word for word in words if re.search(r"[a-z]_[a-z]|^(cases|stock|counted|forecast)$", word)], words


@pytest.mark.parametrize("name", ["overview", "stock", "chain-map"])
def test_a_page_asks_the_browser_for_nothing_inline_and_nothing_from_elsewhere(name, reader):
    response = reader.get(reverse(name))
    page = text_of(response)
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.findall(r"<[^>]+\s(?:style|on\w+)=", page)
    assert not re.findall(r"<script(?![^>]*(?:\ssrc=|application/json))", page)
    assert not re.findall(r'(?:src|action)="(?:https?:)?//', page)
    assert not re.findall(r'<link[^>]+href="(?:https?:)?//', page)


def test_the_database_is_asked_little(reader, django_assert_max_num_queries):
    reader.get(reverse(OVERVIEW))
    with django_assert_max_num_queries(6):
        reader.get(reverse(OVERVIEW))
