# SPDX-License-Identifier: EUPL-1.2
"""The worker: one program beside the site that runs studies and answers inquiries, one at a time.

A lock in the database makes sure that there is one. So when a worker gets the lock, whatever is marked as busy lost its
worker and is taken up again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from keten_web.config import database

if TYPE_CHECKING:
    from keten_web.studies.models import Run
    from keten_web.tower.models import Inquiry

LOCK = 0x6B6574656E  # the letters "keten"
PATIENCE = 10
"""Seconds in which a worker may stop by itself."""
POLITENESS = 5
"""How much the worker gives way to the site, which answers people who wait (see `nice`)."""
_SAYS_JSON = "KETEN_WORKER_JSON"


def tell(run: Run) -> None:
    """Say how far a run is, where somebody listens."""
    if os.environ.get(_SAYS_JSON):
        print(json.dumps({"run": run.pk, "done": run.done, "of": run.replications}), flush=True)


def tell_inquiry(inquiry: Inquiry) -> None:
    """Say how far an inquiry is, where somebody listens."""
    if os.environ.get(_SAYS_JSON):
        print(json.dumps({"inquiry": inquiry.pk, "done": inquiry.done, "of": inquiry.of}), flush=True)


def work(chosen: argparse.Namespace) -> None:
    """Run studies and answer inquiries until stopped; with --once until none is waiting."""
    from django.db import connection
    from procrastinate.contrib.django import app

    from keten_web.studies import actions

    if chosen.json:
        os.environ[_SAYS_JSON] = "1"
    os.nice(POLITENESS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        actions.take_up_lost_runs()
        with app.replace_connector(app.connector.get_worker_connector()):
            app.run_worker(queues=[actions.QUEUE], wait=not chosen.once, concurrency=1, delete_jobs="successful")
    finally:
        connection.close()


def add(parser: argparse.ArgumentParser, start_django: Callable[[], None]) -> None:
    """Add the command to the parser."""
    parser.add_argument("--once", action="store_true", help="stop when no study is waiting")
    parser.add_argument("--json", action="store_true", help="print progress as lines of JSON")

    def run(chosen: argparse.Namespace) -> None:
        with database.running():
            start_django()
            work(chosen)

    parser.set_defaults(run=run)


@contextmanager
def beside() -> Iterator[None]:
    """Keep a worker running beside the site, and start another when it is lost."""
    stopping = Event()
    current: list[subprocess.Popen[bytes]] = []

    def supervise() -> None:
        while not stopping.is_set():
            current[:] = [subprocess.Popen([sys.executable, "-m", "keten_web", "worker"])]
            current[0].wait()
            stopping.wait(1)

    thread = Thread(target=supervise, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        for program in current:
            _stop(program)
        thread.join(timeout=PATIENCE)


def _stop(program: subprocess.Popen[bytes]) -> None:
    """Ask a worker to stop, and end it when it is too busy to listen; its run is taken up by the next."""
    program.terminate()
    try:
        program.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        program.kill()
