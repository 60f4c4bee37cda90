# SPDX-License-Identifier: EUPL-1.2
"""What `python -m keten_web events` does: tell the outbox to who wants to hear it. Run it every minute."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict

from keten.cli import output
from keten.domain.errors import Problem, UsageError
from keten_web.config import database

ADDRESSES = "KETEN_EVENT_ADDRESSES"


def deliver(chosen: argparse.Namespace) -> None:
    """Tell every address in KETEN_EVENT_ADDRESSES what it has not heard yet, in order."""
    from django.conf import settings

    from keten_web.events import actions

    if not settings.EVENT_ADDRESSES:
        remedy = f"Name them in {ADDRESSES}, separated by commas, or fetch /api/v1/gebeurtenissen."
        raise UsageError("Telling events", [Problem("addresses", "none are known.", remedy)])
    caught = actions.catch_up()
    told = actions.deliver(settings.EVENT_ADDRESSES)
    if chosen.json:
        output.print_json({"found_late": caught, "addresses": [asdict(row) for row in told]})
        return
    for row in told:
        print(f"{row.address}: {row.delivered} told{'; ' + row.problem if row.problem else ''}")


def add(parser: argparse.ArgumentParser, start_django: Callable[[], None]) -> None:
    """Add the command to the parser."""
    parser.add_argument("--json", action="store_true", help="print JSON on stdout, and nothing else")

    def run(chosen: argparse.Namespace) -> None:
        with database.running():
            start_django()
            deliver(chosen)

    parser.set_defaults(run=run)
