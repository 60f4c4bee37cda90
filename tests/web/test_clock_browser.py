# SPDX-License-Identifier: EUPL-1.2
"""The statutory clock in a real browser: each state in both languages and themes, by keyboard, narrow, on paper, and
without JavaScript.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from in_browser import DIRECTOR, LANGUAGES, look_at, open_everything, sideways
from playwright.sync_api import Browser, Page, expect

from keten_web.clock.examples import EXAMPLES

pytestmark = pytest.mark.browser

ADDRESS = "/beslistermijn"
LATE_PART = "Als het besluit te laat is"


def make_faults(page: Page) -> None:
    open_everything(page)
    page.fill("#id_lodged_on", "31-02-2023")
    page.fill("#id_judgment_on", "01-02-2024")
    page.fill("#id_per_day", "100")
    page.click(".clock .send button")
    page.wait_for_selector(".faults")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_is_accessible(language, director):
    look_at(director, ADDRESS, "clock-empty", language=language, prepare=open_everything)
    for example in EXAMPLES:
        look_at(director, f"{ADDRESS}?example={example.id}", f"clock-{example.id}", language=language)
    look_at(director, ADDRESS, "clock-faults", language=language, prepare=make_faults)
    look_at(director, f"{ADDRESS}/zaak?example=chain", "clock-life", language=language)
    look_at(director, f"{ADDRESS}/wet", "clock-law", language=language)


def test_the_drawing_turns_where_it_no_longer_fits(director):
    for example in EXAMPLES:
        director.open(f"{ADDRESS}?example={example.id}")
        for width in (1440, 1024, 768, 320):
            director.page.set_viewport_size({"width": width, "height": 800})
            assert sideways(director.page) <= 0, example.id
            shown = [name for name in ("lying", "standing") if director.page.locator(f".line--{name}").is_visible()]
            assert len(shown) == 1
            assert (shown == ["standing"]) == (width == 320) or width not in {320, 1440}


def test_the_law_fits_a_narrow_screen(director):
    director.open(f"{ADDRESS}/wet")
    for width in (1440, 320):
        director.page.set_viewport_size({"width": width, "height": 800})
        assert sideways(director.page) <= 0


def test_a_case_is_asked_and_answered_with_the_keyboard_alone(director):
    director.open(ADDRESS)
    page = director.page
    page.focus("#id_lodged_on")
    page.keyboard.type("10-04-2022")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "id_known_on"
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("13-07-2023")
    page.keyboard.press("Enter")
    page.wait_for_selector(".outcome")
    assert page.locator(".outcome__day").inner_text() == "maandag 10 juli 2023"
    assert page.evaluate("document.activeElement.id") == "answer"
    assert "2022" not in page.url


def test_a_fault_leads_to_its_field(director):
    director.open(ADDRESS)
    make_faults(director.page)
    director.page.locator(".faults a").first.click()
    assert director.page.evaluate("document.activeElement.id") == "id_lodged_on"


def test_another_language_or_theme_asks_the_same_again(director):
    director.open(ADDRESS)
    page = director.page
    page.fill("#id_lodged_on", "15-04-2022")
    page.fill("#id_known_on", "13-07-2023")
    page.click(".clock .send button")
    page.wait_for_selector(".outcome")
    page.get_by_role("button", name="English").click()
    page.get_by_text("Saturday 15 July 2023").wait_for()
    page.get_by_role("button", name="Theme: Dark").click()
    page.wait_for_selector("html[data-theme=dark]")
    assert page.locator(".outcome__day").inner_text() == "Saturday 15 July 2023"


def test_the_answer_is_a_file_one_click_away(director):
    director.open(f"{ADDRESS}?example=after-decree")
    for name, ending in (("csv", "csv"), ("Download JSON", "json")):
        with director.page.expect_download() as download:
            director.page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"beslistermijn.{ending}"
    assert json.loads(Path(download.value.path()).read_text())["deadline"] == "2023-07-10"


def test_on_paper_stands_the_answer_with_what_was_asked_and_not_the_form(director):
    director.open(f"{ADDRESS}?example=after-decree")
    director.page.emulate_media(media="print")
    expect(director.page.locator("form.question")).not_to_be_visible()
    expect(director.page.get_by_role("button", name="Download CSV")).not_to_be_visible()
    expect(director.page.locator(".only-print").get_by_text("24 juli 2023")).to_be_visible()
    director.keep_picture("clock-print")


def test_everything_works_without_javascript(browser: Browser, site):
    plain = browser.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    try:
        page = plain.new_page()
        page.goto(f"{site.url}/inloggen")
        page.fill("#id_username", DIRECTOR)
        page.fill("#id_password", site.password)
        page.click("main button[type=submit]")
        page.goto(site.url + ADDRESS)
        page.fill("#id_lodged_on", "15-04-2022")
        page.fill("#id_known_on", "13-07-2023")
        page.locator("summary", has_text="Opschortingen").click()
        page.get_by_role("button", name="Opschorting toevoegen").click()
        page.fill("#id_suspension-0-from_day", "01-06-2022")
        page.fill("#id_suspension-0-until_day", "21-06-2022")
        page.locator("summary", has_text=LATE_PART).click()
        page.fill("#id_notice_on", "07-09-2023")
        page.click(".clock .send button")
        assert page.locator(".outcome__day").inner_text() == "vrijdag 4 augustus 2023"
        expect(page.locator(".line--lying .line__bar--suspended")).to_be_visible()
    finally:
        plain.close()
