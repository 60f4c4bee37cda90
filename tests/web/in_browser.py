# SPDX-License-Identifier: EUPL-1.2
"""What the tests in a real browser share: the browser, a watched page, and what is held against it.

The fixtures stand in `conftest`: one browser and one filled site serve all tests of a session, and each test gets a
context of its own. With `KETEN_PICTURES=1` every page that is looked at is kept as a picture in `out/screenshots`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import look
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright
from served_site import Site

from keten_web.accounts.actions import DEMO_LOGINS

PICTURES = Path(__file__).resolve().parents[2] / "out" / "screenshots"
KEEPS_PICTURES = os.environ.get("KETEN_PICTURES", "").lower() in {"1", "true", "yes"}
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LANGUAGES = ("nl", "en")
THEMES = ("light", "dark")
WIDTHS = (1920, 3840, 1280, 768, 320)
PATIENCE = 120_000
"""Milliseconds before waiting is called hanging; a busy machine is no fault of the site."""
DIRECTOR = DEMO_LOGINS[0].username


def chromium() -> str:
    """Find the browser, or say how to get one."""
    found = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    mac = Path("/Applications/Chromium.app/Contents/MacOS/Chromium")
    if found is None and mac.exists():
        return str(mac)
    if found is None:
        pytest.fail(
            "The browser tests need Chromium, and it is not installed. Install it (Debian: apt-get install chromium; "
            "macOS: brew install --cask chromium), or set CHROMIUM to the path of one.",
            pytrace=False,
        )
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the browser, and end it."""
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS + sandbox)
        yield browser
        browser.close()


def new_context(browser: Browser, state: StorageState | None = None) -> BrowserContext:
    """Give a window without any past; with a state it is logged in."""
    made = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", storage_state=state)
    made.set_default_timeout(PATIENCE)
    return made


Prepare = Callable[[Page], None]
"""What brings a page that was just opened to the state that is looked at."""


def as_it_is(_: Page) -> None:
    """Look at a page as it opens."""


@dataclass
class Watched:
    """A page of which everything it asks and complains about is kept."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._complain(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _complain(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site.url + "/", "data:", "blob:")):
            self.elsewhere.append(url)

    def open(self, path: str) -> int:
        """Open a page and wait until its charts are drawn; give the status."""
        response = self.page.goto(self.site.url + path)
        assert response is not None
        drawn = "[...document.querySelectorAll('[data-chart]')].every((chart) => chart.dataset.drawn)"
        self.page.wait_for_function(drawn)
        return response.status

    def log_in(self, username: str) -> None:
        self.open("/inloggen")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", self.site.password)
        self.page.click("main button[type=submit]")

    def look(self, *, language: str, theme: str) -> None:
        cookies = {"django_language": language, "keten_theme": theme}
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.site.url} for name, value in cookies.items()]
        )

    def keep_picture(self, name: str) -> None:
        """Keep a picture for people to look at, where they asked for pictures; no test looks at one."""
        if KEEPS_PICTURES:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


LOOK_WITH_AXE = """([where, what]) =>
    axe.run(where, { runOnly: what, resultTypes: ["violations"] }).then((found) =>
        found.violations.flatMap((fault) =>
            fault.nodes.map((node) => `${fault.id}: ${fault.help}: ${node.target} ${node.failureSummary}`)))
"""
"""Only what is wrong comes out of the browser: what is right is a hundred times as long."""
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules about colours: all that another theme can break, as it changes nothing else."""


def _found_by_axe(page: Page, *, kind: str, values: list[str], within: str = "html") -> list[str]:
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    return list(page.evaluate(LOOK_WITH_AXE, [within, {"type": kind, "values": values}]))


def accessibility_faults(page: Page, within: str = "html") -> list[str]:
    """Give what axe finds wrong on a page as it stands, or in a part of it."""
    return _found_by_axe(page, kind="tag", values=TAGS, within=within)


def faults_of_colour(page: Page) -> list[str]:
    """Give what is wrong with the colours only, on a page that was held against all rules in the other theme."""
    return _found_by_axe(page, kind="rule", values=COLOURS)


def sideways(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def open_everything(page: Page) -> None:
    """Fold open all parts of a page but the menus: those open by hand, or with the width of the window."""
    page.evaluate("for (const part of document.querySelectorAll('details:not(.menu, .fold)')) part.open = true")


def opens(watched: Watched, path: str, prepare: Prepare) -> None:
    """Open a page that must be there, and bring it to the state that is looked at."""
    assert watched.open(path) == 200, path
    prepare(watched.page)


SETTLED = """(width) => innerWidth === width
    && document.querySelector(".fold")?.open !== matchMedia("(max-width: 60rem)").matches"""
"""The window has its width, and the menu has folded or opened with it."""


def _fits(watched: Watched, path: str, width: int, prepare: Prepare) -> None:
    """Change the width of the window; what draws by itself is opened anew, to draw for that width."""
    page = watched.page
    page.set_viewport_size({"width": width, "height": 900})
    if page.locator("[data-chart]").count():
        opens(watched, path, prepare)
    page.wait_for_function(SETTLED, arg=width)
    faults = look.faults(page)
    assert not faults, f"{path} at {width}: " + "; ".join(faults)


def look_at(
    watched: Watched,
    path: str,
    name: str,
    *,
    language: str,
    widths: Sequence[int] = WIDTHS,
    narrow_too: bool = True,
    prepare: Prepare = as_it_is,
) -> None:
    """Hold a page in one language against axe in both themes, and against windows from wide to narrow, in one walk.

    `narrow_too` also holds the narrowest window against axe. Ends with a wide window and the light theme.
    """
    page = watched.page
    for theme in THEMES:
        watched.look(language=language, theme=theme)
        page.set_viewport_size({"width": widths[0], "height": 900})
        opens(watched, path, prepare)
        assert page.locator("html").get_attribute("lang") == language, path
        seen = look.faults(page)
        assert not seen, f"{path}: " + "; ".join(seen)
        faults = accessibility_faults if theme == "light" else faults_of_colour
        assert faults(page) == [], (path, theme)
        watched.keep_picture(f"{name}-{language}-{theme}")
        for width in widths[1:] if theme == "light" else widths[-1:] if narrow_too else ():
            _fits(watched, path, width, prepare)
            if narrow_too and width == widths[-1]:
                assert faults(page) == [], (path, theme, width)
            watched.keep_picture(f"{name}-{language}-{theme}-{width}")
    watched.look(language=language, theme="light")
    page.set_viewport_size({"width": widths[0], "height": 900})
