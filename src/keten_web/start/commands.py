# SPDX-License-Identifier: EUPL-1.2
"""What `keten site init` does; `keten` itself hands its words over to here, because the core knows no web framework."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable

from keten.cli import output
from keten.domain.errors import Problem, UsageError
from keten_web.config import database


def init(chosen: argparse.Namespace) -> None:
    """Make a site ready for its first day: shape, first administrator, and what the record starts with."""
    from django.core.exceptions import PermissionDenied
    from django.db import transaction

    from keten_web.backups import actions as backups
    from keten_web.start import actions, queries

    backups.migrate()
    rows = 0
    try:
        with transaction.atomic():
            if chosen.username:
                account = _account(chosen)
                actions.begin(account, "empty", request=None)
            if chosen.set:
                rows = actions.load(chosen.set, by=None)
    except PermissionDenied:
        remedy = "Log in as that one and invite others, or leave --username out."
        raise UsageError("A first administrator", [Problem("the site", "has one already.", remedy)]) from None
    where = queries.address(_site())
    _tell(chosen, where, rows)


def _tell(chosen: argparse.Namespace, where: str | None, rows: int) -> None:
    if chosen.json:
        output.print_json({"administrator": where is None, "first_day": where, "rows": rows})
        return
    print(f"The record holds {rows} rows of the starting set." if chosen.set else "The database is ready.")
    if where is None:
        print(f"The site has an administrator. Start it with `keten serve` and log in at {_site()}/inloggen.")
    else:
        print(f"Start the site with `keten serve` and make the first administrator here; the key works once:\n{where}")


def _site() -> str:
    return f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"


def _account(chosen: argparse.Namespace) -> object:
    """Ask the password where nobody sees it: at the terminal, or as the first line of what comes in."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.utils.translation import override

    from keten_web.accounts.forms import username_field
    from keten_web.accounts.models import User
    from keten_web.start.actions import Account

    is_typed = sys.stdin.isatty()
    password = getpass.getpass("Password: ") if is_typed else sys.stdin.readline().rstrip("\n")
    problems = []
    with override("en"):
        try:
            username_field().clean(chosen.username)
        except ValidationError as error:
            problems += [Problem("--username", "cannot be.", what) for what in error.messages]
        try:
            validate_password(password, User(username=chosen.username, name=chosen.name or ""))
        except ValidationError as error:
            problems += [Problem("the password", "is not good enough.", what) for what in error.messages]
    if problems:
        raise UsageError("A first administrator", problems)
    return Account(chosen.username, chosen.name or chosen.username, password)


def add(parser: argparse.ArgumentParser, start_django: Callable[[], None]) -> None:
    """Add the commands to the parser."""
    below = parser.add_subparsers(required=True, metavar="command")
    command = below.add_parser("init", help=init.__doc__, description=init.__doc__)
    about = "make the first administrator with this user name; the password is asked, or read from stdin"
    command.add_argument("--username", help=about)
    command.add_argument("--name", help="the name on the screen")
    command.add_argument("--set", choices=("empty", "letters"), help="what the record starts with")
    command.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def run(chosen: argparse.Namespace) -> None:
        with database.running():
            start_django()
            init(chosen)

    command.set_defaults(run=run)
