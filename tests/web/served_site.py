# SPDX-License-Identifier: EUPL-1.2
"""The site as people get it: its own programs, its own database, its own server, in a temporary home.

The database is made and brought to its shape once per run of the tests, and so is what fills it; each site starts with
a copy of that home. It never waits for a disk: what these tests look at is not whether PostgreSQL survives a loss of
power.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import sharing

from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.run import Settings, run_study

SOURCES = Path(__file__).resolve().parents[2] / "src"
LETTER = SOURCES.parent / "examples" / "letter-2023" / "most-likely.toml"
SECONDS_TO_START = 120
TOLD = "told-by-demo"
"""A file in a home that is filled already: what filling it said."""
NEVER_WAIT_FOR_THE_DISK = """
from psycopg import connect
from keten_web.config import database
with database.running() as url, connect(url, autocommit=True) as connection:
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        connection.execute(f"ALTER SYSTEM SET {setting} = off")
"""
MORE_THAN_THE_DEMONSTRATION = """
from keten_web.config import database
with database.running():
    import django
    django.setup()
    from keten_web.accounts.models import User
    from keten_web.config import home
    from keten_web.deliveries import actions
    from keten_web.deliveries.reading import File
    User.objects.create_user(username="outsider", name="Zonder rol", password=home.secret("demo-password", length=9))
    stock = b"reference_date,group,count\\n2023-06-30,track_4,64000\\n2023-06-30,track_1,3000\\n"
    actions.deliver(File("voorraad-juni.csv", stock), by=User.objects.get(username="planner-ind"))
"""
"""Makes someone who may log in but has no role, and figures of a partner that wait to be accepted."""


@dataclass
class Site:
    """Programs of the site with one home; `url` answers once it is served."""

    home: Path
    studies: Path
    port: int
    demo: bool
    server: subprocess.Popen[str] | None = field(default=None)
    told: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        return (self.home / "demo-password").read_text()

    @property
    def environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KETEN_", "DATABASE_", "DJANGO_")) and name not in {"HOST", "PORT"}
        }
        return {
            **inherited,
            "PYTHONPATH": str(SOURCES),
            "KETEN_HOME": str(self.home),
            "KETEN_STUDIES": str(self.studies),
            "KETEN_FIRST_STUDY": "likely",
            "TMPDIR": str(self.home),
            "DJANGO_SETTINGS_MODULE": "keten_web.config.settings",
            **({"KETEN_DEMO": "1"} if self.demo else {}),
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the home of this site, to its end."""
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def fill(self) -> None:
        """Fill the record as the demonstration does, and make its log-ins; keeps what that told."""
        filled = self.run("-m", "keten_web", "demo")
        assert filled.returncode == 0, filled.stderr
        self.told = filled.stdout

    def serve(self) -> None:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "keten_web", "serve", "--port", str(self.port)]
        with (self.home / "serve.log").open("w") as output:
            self.server = subprocess.Popen(
                command, env=self.environment, stdout=output, stderr=output, text=True, start_new_session=True
            )
        for _ in range(SECONDS_TO_START * 10):
            if self.server.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=SECONDS_TO_START).close()
                return
            except OSError:  # not listening yet, or not ready
                pause(self.server)
        raise RuntimeError(f"The site did not start:\n{(self.home / 'serve.log').read_text()}")

    def stop(self) -> int:
        """Ask the server to end and give its exit code."""
        assert self.server is not None
        self.server.send_signal(signal.SIGTERM)
        return self.server.wait(timeout=60)

    def interrupt(self) -> int:
        """End the server and all that it started at the same moment, as Ctrl-C in a terminal does."""
        assert self.server is not None
        os.killpg(self.server.pid, signal.SIGINT)
        return self.server.wait(timeout=60)


def pause(server: subprocess.Popen[str]) -> None:
    """Wait a tenth of a second, or less when the server ends."""
    try:
        server.wait(timeout=0.1)
    except subprocess.TimeoutExpired:
        return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def home_with_a_database() -> Path:
    """Give a home whose database has the shape of this version; to be copied."""
    return sharing.once("home", _with_a_database)


def _with_a_database(home: Path) -> None:
    made = Site(home, home / "studies", 0, demo=True)
    for done in (made.run("-c", NEVER_WAIT_FOR_THE_DISK), made.run("-m", "keten_web", "migrate")):
        assert done.returncode == 0, done.stderr


@contextmanager
def site(studies: Path, *, demo: bool, like: Path | None = None) -> Iterator[Site]:
    """Make a site with a database that is ready, or like a home that is filled already.

    What still runs at the end is stopped and its home removed.
    """
    home = Path(tempfile.mkdtemp(prefix="keten-"))
    sharing.copy(like or home_with_a_database(), home)
    made = Site(home, studies, free_port(), demo)
    try:
        yield made
    finally:
        if made.server is not None and made.server.poll() is None:
            made.stop()
        shutil.rmtree(home)


@contextmanager
def demonstration(studies: Path, name: str = "home-demonstration") -> Iterator[Site]:
    """Make the demonstration with its record on these studies; under one name it is filled once."""

    def fill(half: Path) -> None:
        with site(studies, demo=True) as made:
            made.fill()
            sharing.copy(made.home, half)
            (half / TOLD).write_text(made.told)

    with site(studies, demo=True, like=sharing.once(name, fill)) as made:
        made.told = (made.home / TOLD).read_text()
        yield made


@contextmanager
def with_study_until(horizon: date, studies: Path) -> Iterator[Site]:
    """Serve the demonstration with one real study of the letter of 2023, as far as a day."""
    scenario = read_scenario(LETTER).model_copy(update={"horizon": horizon})
    name = f"until-{horizon}"
    run = sharing.once(
        f"study-{name}",
        lambda half: run_study(prepare(scenario), Settings(seed=7, replications=4), half / "likely"),
    )
    sharing.copy(run, studies)
    with demonstration(studies, f"home-{name}") as made:
        made.serve()
        yield made
