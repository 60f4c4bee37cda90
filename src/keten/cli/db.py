# SPDX-License-Identifier: EUPL-1.2
"""The commands around the site. They hand their words over to `keten_web`, which the core itself never imports."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from keten.cli import group, output
from keten.domain.errors import Problem, UsageError

SITE = "keten_web"
NEEDED = ("django", "psycopg", SITE)

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup: one zip file.")]


def _hand_over(words: Sequence[str], *, as_json: bool = False) -> None:
    """Become the site's own program: same terminal, same signals, and its exit code is ours.

    Raises
    ------
    UsageError
        When the site is not installed.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        remedy = "Install it with `pip install keten[web]`, or run `make run` in the clone."
        raise UsageError(f"keten {words[0]}", [Problem(name, "is not installed.", remedy) for name in missing])
    sys.stdout.flush()
    words = [*words, "--json"] if as_json else list(words)
    os.execv(sys.executable, [sys.executable, "-m", SITE, *words])


def migrate(as_json: output.Json = False) -> None:
    """Bring the database to the shape this version needs.

    Example: `keten db migrate`
    """
    _hand_over(["db", "migrate"], as_json=as_json)


def backup(file: BackupFile, as_json: output.Json = False) -> None:
    """Write the whole database to one file, as it is at one moment, while people work on.

    The file holds every table with its hash, and what the database looked like; it is written whole or not at all. Keep
    it as you keep the database itself: it holds accounts. The key that signs the audit trail is not in it. When it
    cannot be written, as on a full disk, nothing is left of it, the audit trail says that it failed, and the exit code
    is 1.

    Example: `keten db backup keten-2026-11-21.zip`
    """
    _hand_over(["db", "backup", str(file)], as_json=as_json)


def restore(
    file: BackupFile,
    replace: Annotated[bool, typer.Option("--replace", help="Throw away what the database holds now.")] = False,
    as_json: output.Json = False,
) -> None:
    """Put the content of a backup in the database: all of it or nothing.

    A damaged file, a file of a newer version of Keten and a database that is not empty are refused.

    Example: `keten db restore keten-2026-11-21.zip`
    """
    _hand_over(["db", "restore", str(file), *(["--replace"] if replace else [])], as_json=as_json)


def verify_audit(
    head: Annotated[
        list[str] | None,
        typer.Option(metavar="NUMBER:DIGEST", help="A link that was written down before; may be repeated."),
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Read the audit trail and every row of the site, and name each row that is not as it was written.

    Exit code 0 when everything holds, 1 when something does not, 2 when there are no tables to read.
    What it promises, and what not, stands in `docs/audit.md`.

    Example: `keten db verify-audit --json`
    """
    links = [word for link in head or [] for word in ("--head", link)]
    _hand_over(["db", "verify-audit", *links], as_json=as_json)


def serve(
    host: Annotated[str, typer.Option(envvar="HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(callback=output.FEW_WORKERS, help="Number of processes that answer.")] = 1,
    as_json: output.Json = False,
) -> None:
    """Serve the site until it is stopped; with `--json` the address is printed as JSON.

    Example: `keten serve --port 8080`
    """
    words = ["serve", "--host", host, "--port", str(port), "--workers", str(workers)]
    _hand_over(words, as_json=as_json)


class StartingSet(StrEnum):
    """What the record of a new site starts with."""

    EMPTY = "empty"
    LETTERS = "letters"


def site_init(
    username: Annotated[
        str, typer.Option(help="Make the first administrator; the password is asked, or read from stdin.")
    ] = "",
    name: Annotated[str, typer.Option(help="The name on the screen.")] = "",
    starting_set: Annotated[
        StartingSet | None, typer.Option("--set", help="Load this: nothing, or the letters of 2007 and 2023.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Make a site ready for its first day, without the demonstration.

    Brings the database to the shape of this version. Without --username the address is printed where the first
    administrator is made, with a key that works once. Exit code 2 when there is an administrator already.

    Example: `keten site init --username jansen --set letters`
    """
    words = ["site", "init", *(["--username", username] if username else []), *(["--name", name] if name else [])]
    _hand_over([*words, *(["--set", starting_set.value] if starting_set else [])], as_json=as_json)


def register(app: typer.Typer) -> None:
    """Add `keten db ...` and `keten serve`."""
    commands = group(app, "db", about="The database of the site: shape, backup, and whether the audit trail holds.")
    commands.command("migrate")(migrate)
    commands.command("backup")(backup)
    commands.command("restore")(restore)
    commands.command("verify-audit")(verify_audit)
    group(app, "site", about="The site itself: its first day.").command("init")(site_init)
    app.command("serve")(serve)
