# SPDX-License-Identifier: EUPL-1.2
"""The record in a real browser: three clicks to the answer, every kind's page accessible, forms by keyboard, narrow."""

from __future__ import annotations

import pytest
from in_browser import LANGUAGES, Watched, accessibility_faults, look_at, open_everything
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

PAGES = {
    "handover-point": "/koppelvlakken/grant_to_reception",
    "agreement": "/prestatieafspraken/permit_holders_in_reception",
    "signal": "/signalen/signaal-lead_time_track_4-2023-02",
    "decision": "/besluiten/start_baa",
    "body": "/overleggremia/tactical_body",
    "next-framework": "/beleidskaders/framework_2024",
    "goal": "/ketendoelen/goal_reception",
    "as-it-was": "/ketendoelen/goal_reception?op=2020-01-01",
    "agreement-form": "/prestatieafspraken/nieuw",
    "step": "/signalen/signaal-share_decided_in_time-2022-04/stap/geen-actie",
    "found": "/zoeken?zoek=opvang",
}
"""The pages for meetings that stand behind an address with a code."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_for_meetings_are_accessible_with_everything_open_and_fit_the_narrowest_window(language, director):
    for name, path in PAGES.items():
        look_at(director, path, f"record-{name}", language=language, prepare=open_everything)


def test_three_clicks_from_the_overview(director):
    """Which agreements are broken at Toelating -> Opvang, what was decided, on which figures, what comes next."""
    page = director.page
    director.open("/")
    page.get_by_role("link", name="Afspraken", exact=True).click()
    page.get_by_role("link", name="Toelating → Opvang: 1 geschonden").click()
    main = page.locator("main")
    expect(main.get_by_text("geschonden").first).to_be_visible()
    expect(main.get_by_role("heading", name="Wat erover is besloten, op welke cijfers")).to_be_visible()
    expect(main.get_by_text("33.555")).to_be_visible()
    expect(main.get_by_text("Heronderhandelen")).to_be_visible()
    main.get_by_role("link", name="Start van het project bespoediging afdoening asiel").click()
    expect(page.locator("main").get_by_text("zojuist nageteld: dezelfde.")).to_be_visible()


def test_a_goal_is_changed_with_the_keyboard_alone(director):
    page = director.page
    director.open("/ketendoelen/goal_safety_society")
    page.get_by_role("link", name="Wijzigen", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/wijzigen")
    page.get_by_label("Volgorde").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("77")
    page.get_by_label("Reden").focus()
    page.keyboard.type("Anders geordend.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goal_safety_society")
    expect(page.get_by_role("status").get_by_text("De wijziging staat in het dossier.")).to_be_visible()


def test_two_editors_in_two_windows_lose_nothing(director, browser: Browser, site):
    other_context = browser.new_context()
    other = Watched(other_context.new_page(), site)
    other.log_in("ketenregisseur")
    for watched in (director, other):
        watched.open("/ketendoelen/goal_information_society/wijzigen")
    for watched, title in ((director, "Eerste"), (other, "Tweede")):
        watched.page.get_by_label("Titel", exact=True).fill(title)
        watched.page.get_by_label("Reden").fill("Beter gezegd.")
        watched.page.get_by_role("button", name="De wijziging vastleggen").click()
    alert = other.page.get_by_role("alert")
    expect(alert.get_by_text("Eerste")).to_be_visible()
    assert other.page.get_by_label("Titel", exact=True).input_value() == "Tweede"
    assert accessibility_faults(other.page) == []
    other.page.get_by_role("button", name="De wijziging vastleggen").click()
    expect(other.page.get_by_role("heading", name="Tweede")).to_be_visible()
    other_context.close()
