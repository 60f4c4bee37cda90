# SPDX-License-Identifier: EUPL-1.2
"""Risk, incidents, money and recommendations in a real browser: accessible with everything open, and narrow."""

from __future__ import annotations

import pytest
from in_browser import LANGUAGES, look_at, open_everything
from playwright.sync_api import expect

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
def test_the_pages_are_accessible_with_everything_open_and_fit_the_narrowest_window(language, director):
    for name, path in PAGES.items():
        look_at(director, path, f"accountability-{name}", language=language, prepare=open_everything)


def test_from_the_tree_to_what_became_of_a_recommendation(director):
    """From the report that was closed, by what was carried over, to the promise it now waits for."""
    page = director.page
    director.open("/aanbevelingenboom")
    page.get_by_role("link", name="Kom tot een stabiele bekostiging").first.click()
    main = page.locator("main")
    expect(main.get_by_role("link", name="Zorg voor stabiele financiering")).to_be_visible()
    expect(main.get_by_text("Een werkgroep bereidt een voorstel voor").first).to_be_visible()
