# SPDX-License-Identifier: EUPL-1.2
"""A part of the site is killed: the site goes on, what was killed is there again, and it says what is down."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import served_site
from served_site import Site

from keten.domain.errors import UsageError
from keten_web.config import database, supervisor
from keten_web.dashboard import readiness
from keten_web.studies.worker import LOCK

TOOLS = Path(__file__).resolve().parents[2] / "tools" / "dev.py"


@pytest.fixture(scope="module")
def site(studies) -> Iterator[Site]:
    with served_site.site(studies, demo=True) as made:
        made.serve()
        yield made


def readiness_of(site: Site) -> tuple[int, str]:
    """What the site says of itself; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"{site.url}/readyz", timeout=served_site.SECONDS_TO_START) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()
    except OSError:
        return 0, ""


def until(holds: Callable[[], bool], site: Site) -> None:
    """Ask ten times a second whether something holds; it has to within two minutes, on any machine."""
    for _ in range(served_site.SECONDS_TO_START * 10):
        if holds():
            return
        served_site.pause(site.server)
    raise AssertionError(f"It does not come back:\n{(site.home / 'serve.log').read_text()}")


def part(site: Site, word: str) -> psutil.Process:
    """The program of the site that was started with a word."""
    return next(found for found in psutil.Process(site.server.pid).children() if word in found.cmdline())


def postmaster(site: Site) -> psutil.Process:
    return psutil.Process(int((site.home / "postgres" / "postmaster.pid").read_text().split()[0]))


KILLED = {
    "a process that answers": lambda site: part(site, "web").children()[-1],
    "the web server": lambda site: part(site, "web"),
    "the study worker": lambda site: part(site, "worker"),
    "a process of the database": lambda site: postmaster(site).children()[0],
    "the database": postmaster,
}


def has_ended(killed: psutil.Process) -> bool:
    """Say whether a process is gone, or is one of which only the number is left."""
    try:
        return killed.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def is_there_again(name: str, killed: psutil.Process, site: Site) -> bool:
    """Say whether another does what the killed one did; who starts a process anew may not have come so far."""
    try:
        return KILLED[name](site).pid != killed.pid
    except (StopIteration, IndexError, OSError, psutil.Error):
        return False


@pytest.mark.parametrize("name", KILLED)
def test_what_is_killed_is_there_again_and_the_site_goes_on(name, site):
    until(lambda: readiness_of(site) == (200, "ok\n"), site)
    killed = KILLED[name](site)
    killed.kill()
    until(lambda: has_ended(killed), site)
    until(lambda: is_there_again(name, killed, site), site)
    until(lambda: readiness_of(site) == (200, "ok\n"), site)
    assert site.server.poll() is None


def test_who_keeps_the_others_running_is_killed_and_nothing_stays_behind(studies):
    with served_site.site(studies, demo=True) as site:
        site.serve()
        below = psutil.Process(site.server.pid).children(recursive=True)
        site.server.kill()
        site.server.wait()
        _gone, alive = psutil.wait_procs(below, timeout=served_site.SECONDS_TO_START)
        assert alive == []
        assert not (site.home / "postgres" / "postmaster.pid").exists()
        site.serve()
        assert site.stop() == 0
        assert json.loads((site.home / "postgres" / database.USERS).read_text()) == []
        assert not (site.home / "postgres" / "postmaster.pid").exists()


def test_a_second_server_on_the_same_home_says_so_and_ends(site):
    second = site.run("-m", "keten_web", "serve", "--port", str(served_site.free_port()))
    assert second.returncode == UsageError.exit_code
    assert f"is served from this folder already, at {site.url}" in second.stderr
    assert "KETEN_HOME" in second.stderr
    assert readiness_of(site)[0] == 200


def test_a_second_server_on_the_same_port_says_so_and_ends(site, studies):
    with served_site.site(studies, demo=True) as other:
        second = other.run("-m", "keten_web", "serve", "--port", str(site.port))
    assert second.returncode == UsageError.exit_code
    assert f"port {site.port}" in second.stderr


def test_without_a_worker_the_site_is_ready_and_says_that_studies_wait(db, client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.content.decode().splitlines() == ["ok", readiness.warning()]
    assert "study worker" in readiness.warning()


def test_a_worker_is_known_by_its_lock(db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    assert readiness.warning() == ""


# The parts by themselves ---------------------------------------------------------------------------------------------


def test_a_program_that_keeps_ending_is_tried_ever_less_often():
    assert [supervisor.pause_after(failures) for failures in range(8)] == [0, 0, 1, 2, 4, 8, 16, 30]


@pytest.mark.parametrize(
    ("code", "words"), [(3, "ended with code 3"), (-9, "was ended by SIGKILL"), (-99, "was ended by signal 99")]
)
def test_how_a_program_ended_is_told_in_words(code, words):
    assert supervisor.how(code) == words


def test_a_home_is_free_again_when_its_server_is_gone(tmp_path):
    first, second = supervisor.alone(tmp_path, "http://one"), supervisor.alone(tmp_path, "http://two")
    with first, pytest.raises(UsageError, match="http://one"), second:
        raise AssertionError
    with supervisor.alone(tmp_path, "http://three"):
        assert "http://three" in (tmp_path / supervisor.LOCK).read_text()


def test_only_the_living_use_a_database(tmp_path):
    """A number that was given to another program after the list was written is no user."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    listed = tmp_path / database.USERS
    listed.write_text(json.dumps([os.getpid(), ended.pid]))
    assert database._forget_the_dead(tmp_path) == [os.getpid()]
    assert json.loads(listed.read_text()) == [os.getpid()]
    before_we_started = psutil.Process().create_time() - 60
    os.utime(listed, (before_we_started, before_we_started))
    assert database._forget_the_dead(tmp_path) == []


def test_a_program_ends_when_the_one_above_it_is_gone():
    """The middle one starts the lowest, tells its number and ends; the lowest then ends by itself."""
    lowest = "from keten_web.config import supervisor; import signal; supervisor.follow(); signal.pause()"
    middle = (
        "import os, subprocess, sys; os.environ['KETEN_SUPERVISOR'] = str(os.getpid());"
        "no = subprocess.DEVNULL;"
        f"print(subprocess.Popen([sys.executable, '-c', {lowest!r}], stdout=no, stderr=no).pid)"
    )
    told = subprocess.run([sys.executable, "-c", middle], capture_output=True, text=True, check=True).stdout
    try:
        psutil.Process(int(told)).wait(timeout=served_site.SECONDS_TO_START)
    except psutil.NoSuchProcess:
        return


def test_a_second_make_run_on_one_folder_says_so_and_ends(tmp_path):
    with supervisor.alone(tmp_path, "http://one"), socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        variables = {**os.environ, "KETEN_HOME": str(tmp_path), "PORT": str(port)}
        second = subprocess.run(
            [sys.executable, TOOLS, "run"], env=variables, capture_output=True, text=True, check=False
        )
    assert second.returncode == 1
    assert "is served from this folder already" in second.stderr
