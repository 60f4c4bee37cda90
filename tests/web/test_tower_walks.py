# SPDX-License-Identifier: EUPL-1.2
"""What takes longer in the control tower, asked and followed in a real browser; and the scenarios that people keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import served_site
from in_browser import LANGUAGES, PATIENCE, Watched, look_at
from playwright.sync_api import Page, expect

WIDTHS = (1280, 320)
CHOICES = "baa=0&homes=120"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[served_site.Site]:
    """A site with one real study of half a year, on which runs are short."""
    with served_site.with_study_until(date(2023, 10, 31), tmp_path_factory.mktemp("walked")) as made:
        yield made


def open_questions(page: Page) -> None:
    page.evaluate("document.querySelectorAll('.longer details').forEach((part) => { part.open = true; })")


def looked_at(director: Watched, address: str, name: str) -> None:
    """Hold a page against axe and against its window in both languages; ends in Dutch."""
    for language in reversed(LANGUAGES):
        look_at(director, address, name, language=language, widths=WIDTHS, prepare=open_questions)


def test_steps_assumptions_and_what_it_takes_are_asked_with_the_keyboard_and_appear_by_themselves(director):
    page = director.page
    director.open(f"/verkeerstoren/wat-als?{CHOICES}")
    page.get_by_role("button", name="Verdeel het over de keuzes").focus()
    page.keyboard.press("Enter")
    steps = page.locator("#explain")
    expect(steps.get_by_role("row", name="Alle keuzes samen").first).to_be_visible()
    expect(steps).to_contain_text("Voorraad spoor 4: de verandering in stappen")
    page.get_by_label("Aantal", exact=True).fill("13000")
    page.get_by_label("Doel", exact=True).select_option("permit_holders_waiting")
    page.get_by_label("Door te draaien aan").select_option("homes")
    page.get_by_role("button", name="Zoek het minste dat volstaat").press("Enter")
    sought = page.locator("#seek")
    expect(sought.get_by_text("Waarden die zijn geprobeerd").first).to_be_visible()
    page.get_by_label("Cijfer op de horizon").select_option("stock.track_4")
    page.get_by_role("button", name="Zet de aannames op volgorde").press("Enter")
    ranked = page.locator("#rank").get_by_text("welke aanname het zwaarst weegt").first
    expect(ranked).to_be_visible(timeout=3 * PATIENCE)  # two runs for every assumption
    looked_at(director, f"/verkeerstoren/wat-als?{CHOICES}", "what-if-longer")


def test_a_question_that_takes_longer_can_be_stopped(director):
    page = director.page
    director.open("/verkeerstoren/wat-als?baa=10")
    page.get_by_role("button", name="Zet de aannames op volgorde").click()
    page.locator("#rank").get_by_role("button", name="Stop").click()
    expect(page.locator("#rank")).to_contain_text("Gestopt", timeout=PATIENCE)


def test_the_price_of_a_promise_appears_by_itself(director):
    page = director.page
    director.open("/verkeerstoren/belofte?group=first_track_4_syr_yem&weeks=30")
    page.get_by_role("button", name="Reken de prijs in mensen uit").press("Enter")
    expect(page.get_by_role("row", name="De groep voorop").first).to_be_visible(timeout=PATIENCE)
    looked_at(director, "/verkeerstoren/belofte?group=first_track_4_syr_yem&weeks=30", "promise-price")


def test_what_is_kept_is_accessible_and_stands_side_by_side(director):
    page = director.page
    director.open("/verkeerstoren/wat-als?baa=0")
    page.get_by_label("Naam", exact=True).fill("Zonder BAA")
    page.get_by_label("Reden", exact=True).fill("Wat kost stoppen?")
    page.get_by_role("button", name="Bewaar", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Zonder BAA")).to_be_visible(timeout=PATIENCE)
    address = page.url.removeprefix(director.site.url)
    expect(page.locator(".runs")).to_contain_text("afgerond", timeout=PATIENCE)
    looked_at(director, address, "kept-scenario")
    looked_at(director, "/studies", "kept-scenarios")
    looked_at(director, f"/studies/vergelijk?with={address.rsplit('/', 1)[1]}", "scenario-compare")


@pytest.mark.parametrize("address", ["/verkeerstoren", "/verkeerstoren/locatie/decision_officers_track_4/national"])
def test_the_tower_and_a_location_are_accessible(address, director):
    looked_at(director, address, "tower" + address.rsplit("/", 1)[1])
