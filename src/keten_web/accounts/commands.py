# SPDX-License-Identifier: EUPL-1.2
"""What `python -m keten_web token` and `unlock` do: tokens of programs, and a log-in that no longer has to wait."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from keten.domain.errors import Problem, UsageError
from keten_web.config import database


def issue(chosen: argparse.Namespace) -> None:
    """Draw an access token for a user and print it once; or end all tokens of that user."""
    from keten_web.accounts import actions, queries, tokens

    user = queries.who_may_log_in(chosen.username)
    if user is None:
        raise UsageError("A token", [Problem(chosen.username, "is no user who may log in.", "Check the user name.")])
    if chosen.revoke:
        print(f"{actions.revoke_tokens(user, by=None)} tokens of {user.username} ended.")
        return
    try:
        print(actions.issue_token(user, scopes=chosen.scope or tokens.SCOPES[:1], days=chosen.days, by=None))
    except ValueError as error:
        raise UsageError("A token", [Problem("--scope, --days", "cannot be so.", str(error))]) from None


def add(parser: argparse.ArgumentParser, start_django: Callable[[], None]) -> None:
    """Add the command to the parser."""
    parser.add_argument("username")
    parser.add_argument("--scope", action="append", help="lezen (the default) or schrijven; may be repeated")
    parser.add_argument("--days", type=int, default=30, help="how long it lives, at most 365")
    parser.add_argument("--revoke", action="store_true", help="end every token of this user instead")

    def run(chosen: argparse.Namespace) -> None:
        with database.running():
            start_django()
            issue(chosen)

    parser.set_defaults(run=run)


def unlock(chosen: argparse.Namespace) -> None:
    """Let an account, or everybody at an address, log in again at once after too many failures."""
    from keten_web.accounts import actions

    if not chosen.username and not chosen.address:
        raise UsageError("Unlocking", [Problem("USERNAME, --address", "are both missing.", "Give one of them.")])
    who = " and ".join(part for part in (chosen.username, chosen.address) if part)
    forgotten = actions.unlock(chosen.username or "", chosen.address or "", by=None)
    print(f"{who} may log in at once." if forgotten else f"No failed log-ins of {who} are kept; nobody had to wait.")


def add_unlock(parser: argparse.ArgumentParser, start_django: Callable[[], None]) -> None:
    """Add the command to the parser."""
    parser.add_argument("username", nargs="?", help="the account that had to wait")
    parser.add_argument("--address", help="the address that had to wait")

    def run(chosen: argparse.Namespace) -> None:
        with database.running():
            start_django()
            unlock(chosen)

    parser.set_defaults(run=run)
