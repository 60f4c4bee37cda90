# SPDX-License-Identifier: EUPL-1.2
"""The web server is killed while it stores something: all of it is there afterwards, or nothing."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest
import served_site
from served_site import Site

GOAL = "/api/v1/ketendoelen"
HOLD = """
import sys
from keten_web.config import database
held, code = sys.argv[1:]
with database.running():
    import django
    django.setup()
    from django.db import connection, transaction
    def holds(locks):
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {locks} IN EXCLUSIVE MODE")  # readers go on: only who writes waits
    with transaction.atomic():
        holds(held)
        print("held", flush=True)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        with connection.cursor() as cursor:
            while True:
                cursor.execute(waiting, [held])
                if cursor.fetchone()[0]:
                    break
        print("waits", flush=True)
        sys.stdin.readline()
    with transaction.atomic():
        holds("steering_chaingoal, audit_event, audit_head")  # given once the transaction of the killed server is gone
    from keten_web.audit.models import Event
    from keten_web.steering.models import ChainGoal
    rows = ChainGoal.objects.filter(code=code).count()
    events = Event.objects.filter(subject__contains=code).count()
    print(rows, events, flush=True)
"""
"""Holds a table until a writer waits for it, and then until a line comes in; tells what was stored in the end."""


@pytest.fixture(scope="module")
def site(studies) -> Iterator[Site]:
    with served_site.demonstration(studies) as made:
        made.serve()
        yield made


@contextmanager
def held(site: Site, table: str, code: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, table, code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=site.environment, text=True, **pipes) as program:
        assert program.stdout.readline() == "held\n"
        yield program


def store(site: Site, token: str, code: str) -> int | None:
    """Ask to store a goal; None when the server goes away before it answers."""
    body = json.dumps({"code": code, "title": "Halverwege"}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(site.url + GOAL, body, headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError):
        return None


def kill_everything_but_the_database(site: Site) -> None:
    main = psutil.Process(site.server.pid)
    programs = [program for program in main.children(recursive=True) if "postgres" not in program.name()]
    for program in (main, *programs):
        program.kill()
    site.server.wait()


@pytest.mark.parametrize(
    ("table", "stored"),
    [
        pytest.param("audit_event", "0 0\n", id="the goal is stored, who did it not yet: nothing is kept"),
        pytest.param("audit_head", "1 1\n", id="the server has asked to keep it all: all is kept"),
    ],
)
def test_a_web_server_that_is_killed_in_mid_action_leaves_all_or_nothing(table, stored, site):
    code = table.replace("_", "-")
    token = site.run("-m", "keten_web", "token", "ketenregisseur", "--scope", "schrijven").stdout.strip()
    with held(site, table, code) as holder, ThreadPoolExecutor(1) as client:
        answer = client.submit(store, site, token, code)
        assert holder.stdout.readline() == "waits\n"
        kill_everything_but_the_database(site)
        assert answer.result() is None
        holder.stdin.write("go on\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == stored
    site.serve()
    assert store(site, token, code) == (201 if stored == "0 0\n" else 400)
    verified = site.run("-m", "keten_web", "db", "verify-audit")
    assert verified.returncode == 0, verified.stdout + verified.stderr
