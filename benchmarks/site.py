# SPDX-License-Identifier: EUPL-1.2
"""The site with twenty people on it at once: how long they wait for a page and for a quick look.

The site runs as anybody starts it, with its own database, worker and server. The people are threads of another program
on the same machine, so they and the site share its cores. Everybody reads for some seconds between two clicks; one
click in five is a choice on the what-if page that nobody made before, so no answer comes from memory.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks import Row

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = ROOT / "examples" / "letter-2023" / "most-likely.toml"
USERS, CLICKS, QUICK_LOOK_EVERY = 20, 15, 5
READING_SECONDS = (3.0, 7.0)
PAGES = (
    "/",
    "/verkeerstoren",
    "/ketenkaart",
    "/voorraad",
    "/kader",
    "/afspraken",
    "/signalen",
    "/besluiten",
    "/risicos",
)
QUICK_LOOK = "/verkeerstoren/wat-als/antwoord"
USER_NAME = "ketenregisseur"
SECONDS_TO_START = 120
ROUNDS_BEFORE = 4
"""So many that each of the processes of the server has answered everything once, more likely than not."""
SEED = 2023


class Click(NamedTuple):
    """One request: what was asked, how long it took, and the code of the answer (0: none came)."""

    quick_look: bool
    seconds: float
    code: int


def rows() -> Iterator[Row]:
    """Give the wait for pages and quick looks that 95 of 100 clicks stay under, and how many clicks failed."""
    with tempfile.TemporaryDirectory(prefix="keten-bench-") as folder, _served(Path(folder)) as address:
        password = (Path(folder) / "demo-password").read_text(encoding="utf-8").strip()
        command = (sys.executable, "-m", "benchmarks.site", address, password)
        output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    clicks = [Click(*found) for found in json.loads(output)]
    note = f"{USERS} people, {READING_SECONDS[0]:.0f} to {READING_SECONDS[1]:.0f} s between clicks, on one machine"
    for name, chosen in (("page view", False), ("quick look", True)):
        waits = [click.seconds for click in clicks if click.quick_look is chosen]
        middle, high = np.percentile(waits, [50, 95])
        yield Row(f"site, {name}, 95 of 100 within", "s", float(high), note=f"half within {middle:.2f} s; {note}")
    failed = [click.code for click in clicks if click.code != 200]
    yield Row("site, clicks that failed", "clicks", len(failed), note=f"of {len(clicks)}; {sorted(set(failed)) or ''}")


@contextmanager
def _served(home: Path) -> Iterator[str]:
    """Start a site for demonstration with one study, and give its address."""
    environment = {
        **os.environ,
        "KETEN_HOME": str(home),
        "KETEN_STUDIES": str(home / "studies"),
        "KETEN_FIRST_STUDY": "likely",
        "KETEN_DEMO": "1",
    }
    study = ("keten", "study", "run", str(SCENARIO), "--replications", "20", "--out", str(home / "studies" / "likely"))
    for command in (study, ("keten_web", "migrate"), ("keten_web", "demo")):
        subprocess.run((sys.executable, "-m", *command), env=environment, capture_output=True, check=True)
    port = _free_port()
    serve = (sys.executable, "-m", "keten_web", "serve", "--port", str(port))
    with (
        (home / "serve.log").open("w") as log,
        subprocess.Popen(serve, env=environment, stdout=log, stderr=log) as site,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(site, address)
            yield address
        finally:
            site.send_signal(signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(site: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(SECONDS_TO_START * 10):
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=SECONDS_TO_START).close()
            return
        except OSError:
            if site.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError("The site did not start.")


class _Person:
    """Somebody who is logged in and clicks."""

    def __init__(self, address: str, password: str, number: int) -> None:
        self._address, self._luck, self._turn = address, random.Random(SEED + number), number
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(jar)
        self._log_in(password)
        self.clicks: list[Click] = []

    def _log_in(self, password: str) -> None:
        page = self._browser.open(f"{self._address}/inloggen").read().decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if found is None:
            raise RuntimeError("The page to log in has no form.")
        form = {"csrfmiddlewaretoken": found[1], "username": USER_NAME, "password": password}
        sent = urllib.request.Request(
            f"{self._address}/inloggen", urllib.parse.urlencode(form).encode(), {"Referer": f"{self._address}/inloggen"}
        )
        self._browser.open(sent).close()

    def click_through(self) -> None:
        """Read, click, and so on; everybody starts at another moment and at another page."""
        for number in range(CLICKS):
            time.sleep(self._luck.uniform(*READING_SECONDS))
            self.click(quick_look=(number + self._turn) % QUICK_LOOK_EVERY == 0)

    def visit(self, page: str) -> None:
        """Open a page without counting it."""
        self._browser.open(f"{self._address}{page}").close()

    def click(self, *, quick_look: bool) -> None:
        """Ask a page, or a quick look at choices of one's own."""
        where, expected = self._luck.choice(PAGES), "</html>"
        if quick_look:
            choices = {"baa": 10 * self._luck.randint(0, 15), "hires_track_4": 10 * self._luck.randint(1, 30)}
            where, expected = f"{QUICK_LOOK}?{urllib.parse.urlencode(choices)}", "data-replications"
        start = time.perf_counter()
        code = self._ask(where, expected)
        self.clicks.append(Click(quick_look, time.perf_counter() - start, code))

    def _ask(self, where: str, expected: str) -> int:
        """Ask an address; an answer in which something is missing counts as none."""
        try:
            with self._browser.open(f"{self._address}{where}") as answer:
                return int(answer.getcode()) if expected in answer.read().decode() else 0
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0


def _all_at_once(address: str, password: str) -> list[Click]:
    """Let everybody click at the same time, after some rounds that fill the caches of a site that just started."""
    people = [_Person(address, password, number) for number in range(USERS)]
    for _ in range(ROUNDS_BEFORE):
        for page in PAGES:
            people[0].visit(page)
        people[0].click(quick_look=True)
    people[0].clicks.clear()
    threads = [threading.Thread(target=person.click_through) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [click for person in people for click in person.clicks]


if __name__ == "__main__":
    print(json.dumps(_all_at_once(*sys.argv[1:3])))
