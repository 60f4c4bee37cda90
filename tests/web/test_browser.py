# SPDX-License-Identifier: EUPL-1.2
"""The site in a real browser, as it is served: both languages, both themes, wide and narrow, with and without figures.

The pages come from the addresses of the site, so that none is forgotten.
"""

from __future__ import annotations

import re
import shutil
from urllib.parse import urlsplit

import pytest
from django.test import RequestFactory
from django.utils.translation import override
from in_browser import DIRECTOR, LANGUAGES, THEMES, Watched, accessibility_faults, look_at, open_everything, sideways
from playwright.sync_api import expect
from test_access import NEEDS, PAGES, address

from keten_web.accounts.actions import DEMO_LOGINS
from keten_web.accounts.roles import ROLES, Permission
from keten_web.dashboard import errors

pytestmark = pytest.mark.browser

NOT_A_PAGE = {"alive", "ready", "security", "what-if-answer", "kept-scenario", "inquiry", "delivery-file"}
"""Answers in plain text, a part of a page, and what somebody kept; files are left out by their address."""
NOT_OF_THIS_SITE = {"delivery-withdraw", "month-report", "month-report-edition"}
"""Pages of what is not here: a delivery that counts, and the report of a month that was closed."""

LEFT_OUT = NOT_A_PAGE | NOT_OF_THIS_SITE
SHOWN = [name for name in PAGES if name not in LEFT_OUT and not address(name).endswith((".csv", ".toml"))]
NEEDED = {**NEEDS, "user": Permission.MANAGE_USERS}


def seen_by(name: str) -> str:
    """Give who looks at a page: the first of the demonstration, the director before all, who may see it."""
    return next(one.username for one in DEMO_LOGINS if name not in NEEDED or NEEDED[name] in ROLES[one.role][1])


@pytest.mark.parametrize("username", sorted({seen_by(name) for name in SHOWN}))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_and_fits_its_window(language, username, person):
    for name in SHOWN:
        if seen_by(name) == username:
            look_at(person, address(name), name, language=language, narrow_too=language == "nl")


COUNTED = {
    "name": "voorraad.csv",
    "mimeType": "text/csv",
    "buffer": b"reference_date,group,count\n2022-02-28,track_1,3000\n",
}


@pytest.mark.parametrize("username", ["planner-ind"])
def test_figures_are_delivered_counted_and_taken_back_by_hand(person):
    """As a planner does it, with the page that only who delivered what counts can open: so it is looked at here."""
    page = person.page
    person.look(language="nl", theme="light")
    person.open(address("deliveries"))
    page.set_input_files("input[type=file]", COUNTED)
    page.get_by_role("button", name="Controleren").click()
    page.get_by_role("button", name="Akkoord").click()
    withdraw = page.get_by_role("link", name="Deze levering intrekken")
    expect(withdraw).to_be_visible()
    path = urlsplit(str(withdraw.get_attribute("href"))).path
    for language in LANGUAGES:
        look_at(person, path, "delivery-withdraw", language=language, narrow_too=language == "nl")
    person.look(language="nl", theme="light")
    person.open(path)
    page.get_by_label("Reden").fill("Verkeerde maand geteld.")
    page.get_by_role("button", name="Intrekken, met deze reden").click()
    expect(page.get_by_text("Verkeerde maand geteld.").first).to_be_visible()
    expect(page.get_by_role("link", name="Deze levering intrekken")).to_have_count(0)


LYING_OVER_EACH_OTHER = """() => {
    const boxes = [...document.querySelectorAll(".tile")].map((tile) => tile.getBoundingClientRect());
    const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    const full = [...document.querySelectorAll(".tile")].filter((tile) => tile.scrollHeight > tile.clientHeight + 2);
    return full.length + boxes.filter((a, i) => boxes.some((b, j) => i < j && over(a, b))).length;
}"""


@pytest.mark.parametrize("width", (1440, 1280, 768, 320))
def test_no_tile_lies_over_another_also_in_a_second_row(width, director):
    director.page.set_viewport_size({"width": width, "height": 900})
    director.open(address("overview"))
    assert director.page.locator(".tile").count() > 5
    assert director.page.evaluate(LYING_OVER_EACH_OTHER) == 0


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_log_in_page_is_accessible_also_after_a_mistake(language, theme, visitor):
    visitor.look(language=language, theme=theme)
    visitor.open(address("login"))
    assert accessibility_faults(visitor.page) == []
    visitor.keep_picture(f"login-{language}-{theme}")
    visitor.page.fill("#id_username", "nobody")
    visitor.page.fill("#id_password", "nothing")
    visitor.page.click("main button[type=submit]")
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    assert accessibility_faults(visitor.page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_open_tables_and_menus_are_accessible(theme, director):
    director.look(language="nl", theme=theme)
    for name in ("overview", "indicator", "stock", "chain-map"):
        director.open(address(name))
        open_everything(director.page)
        assert accessibility_faults(director.page) == [], name
        for menu in director.page.locator("details.menu").all():  # one at a time: opening one closes the other
            menu.locator("summary").click()
            expect(menu.locator(":scope > :not(summary)").first).to_be_visible()
            assert accessibility_faults(director.page, "header") == [], name  # it lies over what is below the bar
            assert sideways(director.page) <= 0, name
        assert director.page.locator("details.menu[open]").count() == 1


def test_a_chart_has_its_table_and_its_file_one_click_away(director):
    director.open(address("stock"))
    chart = director.page.locator("figure.chart").first
    chart.get_by_text("Toon als tabel").click()
    expect(chart.get_by_role("row", name="30 april 2023").get_by_text("33.555").first).to_be_visible()
    with director.page.expect_download() as download:
        chart.get_by_role("link", name="csv").click()
    assert download.value.suggested_filename == "likely-stock.track_4.csv"


def test_charts_follow_the_theme_and_write_dutch_figures(director):
    colours = {}
    for theme in THEMES:
        director.look(language="nl", theme=theme)
        director.open(address("stock"))
        lines = "[...document.querySelectorAll('figure.chart path')].map((line) => line.getAttribute('stroke'))"
        colours[theme] = {colour for colour in director.page.evaluate(lines) if colour and colour.startswith("rgb")}
        expect(director.page.locator("figure.chart svg").get_by_text("40.000").first).to_be_visible()
    assert colours["light"].isdisjoint(colours["dark"])


def test_a_scenario_is_chosen_with_the_keyboard_and_stays(director):
    director.open(address("overview"))
    menu = director.page.locator("#study-menu summary")
    menu.focus()
    director.page.keyboard.press("Enter")
    director.page.keyboard.press("Tab")
    director.page.keyboard.press("Enter")
    director.page.wait_for_url("**/?scenario=low")
    director.page.get_by_role("link", name="Voorraad", exact=True).click()
    assert "Verzonnen: low" in director.page.locator("#study-menu summary").inner_text()


def test_escape_closes_the_menu_and_gives_the_focus_back(director):
    director.open(address("overview"))
    director.page.locator("#study-menu summary").click()
    director.page.keyboard.press("Escape")
    expect(director.page.locator("#study-menu ul")).not_to_be_visible()
    assert director.page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_keyboard_reaches_everything_in_the_order_of_the_page_and_shows_where_it_is(director):
    for name in ("overview", "chain-map"):
        director.open(address(name))
        reachable = "a[href], button, summary, input:not([type=hidden]), [tabindex='0']"
        director.page.evaluate(
            "(chosen) => [...document.querySelectorAll(chosen)].filter((part) => part.checkVisibility())"
            ".forEach((part, n) => { part.dataset.order = n; })",
            reachable,
        )
        expected = director.page.locator("[data-order]").count()
        visited = []
        for _ in range(expected):
            director.page.keyboard.press("Tab")
            order, outline = director.page.evaluate(
                "[document.activeElement.dataset.order, getComputedStyle(document.activeElement).outlineStyle]"
            )
            visited.append(int(order))
            assert outline != "none", f"{name}: {visited}"
        assert visited == list(range(expected)), name


def test_the_first_key_offers_to_skip_to_the_content(director):
    director.open(address("overview"))
    director.page.keyboard.press("Tab")
    director.page.keyboard.press("Enter")
    assert director.page.evaluate("document.activeElement.id") == "content"


def test_the_choices_of_language_and_theme_work_and_bring_one_back(director):
    director.open(address("chain-map"))
    director.page.get_by_role("button", name="English").click()
    expect(director.page.get_by_role("link", name="Chain map", exact=True)).to_have_attribute("aria-current", "page")
    expect(director.page).to_have_url(re.compile(re.escape(address("chain-map")) + "$"))
    director.page.get_by_role("button", name="Theme: Dark").click()
    expect(director.page.locator("html")).to_have_css("color-scheme", "dark")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_study_the_page_is_accessible_and_says_what_to_do(language, theme, director, tmp_path):
    director.look(language=language, theme=theme)
    elsewhere = shutil.move(director.site.studies, tmp_path / "away")
    try:
        assert director.open("/") == 200
        assert "keten study run" in director.page.locator("main").inner_text()
        assert accessibility_faults(director.page) == []
        director.keep_picture(f"empty-{language}-{theme}")
    finally:
        shutil.move(elsewhere, director.site.studies)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_error_pages_are_accessible_and_say_what_to_do(language, theme, context, site):
    watched = Watched(context.new_page(), site)
    watched.log_in(DIRECTOR)
    watched.look(language=language, theme=theme)
    broken = site.studies / "broken"
    shutil.copytree(site.studies / "likely", broken)
    (broken / "ledger.parquet").write_text("not a table")
    try:
        with override(language):
            fault = errors.server_error(RequestFactory().get("/")).content
        watched.page.route("**/fault", lambda route: route.fulfill(status=500, content_type="text/html", body=fault))
        for status, path in ((404, "/nothing"), (404, "/ketenkaart?scenario=broken"), (500, "/fault")):
            assert watched.open(path) == status
            assert accessibility_faults(watched.page) == [], path
            watched.keep_picture(f"error-{status}-{language}-{theme}")
    finally:
        shutil.rmtree(broken)
    watched.page.context.clear_cookies()
    watched.log_in("outsider")
    watched.look(language=language, theme=theme)
    assert watched.open("/") == 403
    assert accessibility_faults(watched.page) == []
    watched.keep_picture(f"error-403-{language}-{theme}")
    assert watched.elsewhere == []
