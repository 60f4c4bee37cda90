# SPDX-License-Identifier: EUPL-1.2
"""The worker: one program beside the site that runs studies and answers inquiries, one at a time.

A lock in the database makes sure that there is one. So when a worker gets the lock, whatever is marked as busy lost its
worker and is taken up again.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import psycopg

from keten_web.config import database, supervisor

LOCK = 0x6B6574656E  # the letters "keten"
PATIENCE = 10
"""Seconds in which a worker may stop by itself."""
POLITENESS = 5
"""How much the worker gives way to the site, which answers people who wait (see `nice`)."""
SECONDS_BETWEEN_LOOKS = 3
_SAYS_JSON = "KETEN_WORKER_JSON"


def tell(what: str, number: int, *, done: int, of: int) -> None:
    """Say how far a run, an inquiry or the closing of a month is, where somebody listens."""
    if os.environ.get(_SAYS_JSON):
        print(json.dumps({what: number, "done": done, "of": of}, allow_nan=False), flush=True)


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
    ended = Event()
    Thread(target=_end_without_the_lock, args=(connection.connection, ended), daemon=True).start()
    try:
        actions.take_up_lost_runs()
        connector: Any = app.connector
        with app.replace_connector(connector.get_worker_connector()):
            app.run_worker(queues=[actions.QUEUE], wait=not chosen.once, concurrency=1, delete_jobs="successful")
    finally:
        ended.set()
        connection.close()


def _end_without_the_lock(held: psycopg.Connection[Any], ended: Event) -> None:
    """End the worker when the connection with its lock is gone, as after a restart of the database.

    It would go on without the lock, beside the next one; that next one takes up what this one was busy with.
    """
    while not ended.wait(SECONDS_BETWEEN_LOOKS):
        try:
            held.execute("SELECT 1")
        except psycopg.Error:
            if not ended.is_set():
                supervisor.say("the study worker lost its place in the database, and ends; another takes over.")
                supervisor.end_now()


def add(parser: argparse.ArgumentParser, start_django: Callable[[], None]) -> None:
    """Add the command to the parser."""
    parser.add_argument("--once", action="store_true", help="stop when no study is waiting")
    parser.add_argument("--json", action="store_true", help="print progress as lines of JSON")

    def run(chosen: argparse.Namespace) -> None:
        supervisor.follow()
        with database.running():
            start_django()
            work(chosen)

    parser.set_defaults(run=run)
