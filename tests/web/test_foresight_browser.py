# SPDX-License-Identifier: EUPL-1.2
"""Choices, signals ahead and receipts in a real browser: accessible, by keyboard, narrow, and to the last digit."""

from __future__ import annotations

import pytest
from in_browser import LANGUAGES, accessibility_faults, look_at, open_everything
from playwright.sync_api import expect
from served_site import Site

pytestmark = pytest.mark.browser

PAGES = {
    "choices": "/keuzes",
    "choice": "/stuurkeuzes/start-baa",
    "choice-nothing": "/keuzes/vastleggen?base=likely",
    "choice-lay-down": "/keuzes/vastleggen?base=likely&baa=0",
    "receipt": "/bewijs",
    "receipt-again": "/bewijs?figure=stock.track_4&reken=ja",
    "receipt-of-choice": "/bewijs?keuze=start-baa&figure=stock.track_4&on=2024-12-31",
    "signals-ahead": "/signalen",
    "tower-ahead": "/verkeerstoren",
}


@pytest.fixture
def site(site_of_a_year: Site) -> Site:
    """A site with one real study of a year."""
    return site_of_a_year


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_accessible_in_both_languages_and_themes_and_fit_a_telephone(language, director):
    for name, address in PAGES.items():
        look_at(director, address, f"foresight-{name}", language=language, prepare=open_everything)


def test_a_choice_is_laid_down_from_what_if_and_looked_back_on_with_the_keyboard_alone(director):
    page = director.page
    director.open("/verkeerstoren/wat-als?baa=0")
    page.get_by_role("button", name="Vastleggen als keuze").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/keuzes/vastleggen**")
    for label, said in (("Naam", "Zonder BAA"), ("Reden", "Om te leren wat het doet.")):
        page.get_by_label(label).focus()
        page.keyboard.type(said)
    page.get_by_role("button", name="Vastleggen").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/stuurkeuzes/zonder-baa")
    expect(page.get_by_role("heading", name="Zonder BAA", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("zojuist nageteld: dezelfde.")
    director.keep_picture("foresight-laid-down")
    page.get_by_role("link", name="Terugkijken met de cijfers van nu").click()
    page.get_by_role("button").filter(has_text="Terugkijken").click()
    page.wait_for_url("**/stuurkeuzes/zonder-baa")
    expect(page.get_by_role("heading", name="Wat eruit kwam, in delen")).to_be_visible()
    assert accessibility_faults(page) == []
    director.keep_picture("foresight-looked-back")


def test_a_figure_of_the_tower_comes_out_again_to_the_last_digit(director):
    page = director.page
    director.open("/verkeerstoren")
    page.get_by_role("link", name="bewijs Voorraad spoor 4", exact=True).click()
    page.get_by_role("link", name="Doe het opnieuw").click()
    expect(page.get_by_role("status")).to_contain_text("gelijk tot op het laatste cijfer")
    director.keep_picture("foresight-again")


def test_a_signal_ahead_says_how_likely_and_until_when_there_is_time(director):
    page = director.page
    director.open("/signalen")
    page.get_by_role("region", name="Voorzien: nog niet geteld").get_by_role("link").first.click()
    main = page.locator("main")
    for words in ("Kans", "Te laat na", "Maatregel en doorlooptijd"):
        expect(main.get_by_text(words, exact=True).first).to_be_visible()
    assert accessibility_faults(page) == []
    director.keep_picture("foresight-signal")
