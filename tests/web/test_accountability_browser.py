# SPDX-License-Identifier: EUPL-1.2
"""Risk, incidents, money and recommendations in a real browser: accessible with everything open, and narrow."""

from __future__ import annotations

import pytest
from test_browser import (  # noqa: F401 - fixtures
    LANGUAGES,
    accessibility_faults,
    browser,
    context,
    director,
    sideways,
    site,
    visitor,
)
from test_steering_browser import open_everything

pytestmark = pytest.mark.browser

PAGES = {
    "risks": "/risicos",
    "computed-risk": "/ketenrisicos/risk_inflow",
    "typed-risk": "/ketenrisicos/risk_extension",
    "incident": "/incidenten/ter_apel_2022",
    "money": "/middelen",
    "report": "/rapporten/van_zwol_2019",
    "recommendation": "/aanbevelingen/ey_ind_funding",
    "carry-over": "/aanbevelingen/ey_ind_strategic_agenda/stap/overdragen",
    "commitment": "/toezeggingen/commitment_chain_plan",
    "risk-form": "/ketenrisicos/risk_inflow/wijzigen",
    "partners": "/partners?op=2023-07-13",
}
"""The pages for meetings that stand behind an address with a code, and those whose parts fold open."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_accessible_with_everything_open(language, director):  # noqa: F811
    director.look(language=language, theme="light")
    for name, path in PAGES.items():
        assert director.open(path) == 200, name
        open_everything(director.page)
        assert accessibility_faults(director.page) == [], name
        director.keep_picture(f"accountability-{name}-{language}")
    assert director.elsewhere == []


def test_they_fit_the_narrowest_window(director):  # noqa: F811
    director.page.set_viewport_size({"width": 320, "height": 800})
    for language in LANGUAGES:
        director.look(language=language, theme="light")
        for name, path in PAGES.items():
            director.open(path)
            open_everything(director.page)
            assert sideways(director.page) <= 0, (name, language)


def test_from_the_tree_to_what_became_of_a_recommendation(director):  # noqa: F811
    """From the report that was closed, by what was carried over, to the promise it now waits for."""
    page = director.page
    director.open("/aanbevelingenboom")
    page.get_by_role("link", name="Kom tot een stabiele bekostiging").first.click()
    main = page.locator("main")
    assert main.get_by_role("link", name="Zorg voor stabiele financiering").is_visible()
    assert main.get_by_text("Een werkgroep bereidt een voorstel voor").first.is_visible()
