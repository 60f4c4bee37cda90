# SPDX-License-Identifier: EUPL-1.2
"""Somebody who sees the what-if page for the first time finds out what BAA does, in a real browser."""

from __future__ import annotations

import pytest
from in_browser import LANGUAGES, PATIENCE, accessibility_faults, look_at
from playwright.sync_api import expect
from served_site import Site

from keten_web.tower.inquiries import FULL

pytestmark = pytest.mark.browser


@pytest.fixture
def site(site_of_a_year: Site) -> Site:
    """A site with one real study of a year."""
    return site_of_a_year


def test_a_first_time_user_finds_what_baa_does_to_penalties_and_to_reception_costs(director):
    page = director.page
    page.get_by_role("link", name="Wat als", exact=True).click()
    director.keep_picture("what-if-1-start")
    page.get_by_label("Project BAA").fill("0")
    penalties = page.get_by_role("row", name="Dwangsommen betaald")
    reception = page.get_by_role("row", name="Kosten van opvang (COA)")
    expect(penalties).to_be_visible()
    expect(reception).to_be_visible()
    for row in (penalties, reception):
        assert row.locator("data").get_attribute("value")
        assert "€" in row.inner_text()
    expect(page.locator("#figures")).to_contain_text("herhalingen, paarsgewijs vergeleken")
    expect(page.locator(".changed")).to_contain_text("0 % van het plan")
    assert "baa=0" in page.url
    assert accessibility_faults(page) == []
    director.keep_picture("what-if-2-without-baa")


def test_the_figures_sharpen_by_themselves_without_loading_the_page_again(director):
    director.open("/verkeerstoren/wat-als")
    page = director.page
    page.evaluate("window.sameWindow = true")
    page.get_by_label("Project BAA").fill("20")
    figures = page.locator("#figures")
    expect(figures).to_have_attribute("data-replications", "4", timeout=PATIENCE)
    director.keep_picture("what-if-sharpening")
    before = page.get_by_role("row", name="Dwangsommen betaald").locator("data").get_attribute("value")
    expect(figures).to_have_attribute("data-replications", str(FULL), timeout=PATIENCE)
    expect(page.locator("#sharpen-says")).to_contain_text(f"{FULL} herhalingen")
    expect(page.locator("#sharpen-progress")).to_be_hidden()
    assert page.get_by_role("row", name="Dwangsommen betaald").locator("data").get_attribute("value") != before
    assert page.evaluate("window.sameWindow")
    assert accessibility_faults(page) == []
    director.keep_picture("what-if-sharp")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_is_accessible_in_both_languages_and_fits_a_telephone(language, director):
    for address, name in (("/verkeerstoren", "tower"), ("/verkeerstoren/wat-als?baa=0", "what-if-answer")):
        look_at(director, address, name, language=language)


def test_without_a_mouse_one_turns_a_lever_and_reads_the_answer(director):
    director.open("/verkeerstoren/wat-als")
    lever = director.page.get_by_label("Project BAA")
    lever.focus()
    director.page.keyboard.press("Control+a")
    director.page.keyboard.type("50")
    director.page.keyboard.press("Enter")
    expect(director.page.get_by_role("row", name="Dwangsommen betaald")).to_be_visible(timeout=PATIENCE)


def test_an_impossible_choice_says_why_and_loses_nothing(director):
    director.open("/verkeerstoren/wat-als?baa=900&homes=120")
    expect(director.page.get_by_role("alert")).to_be_visible()
    assert director.page.get_by_label("Huisvesting van vergunninghouders").input_value() == "120"
    assert accessibility_faults(director.page) == []
