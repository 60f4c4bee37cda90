# SPDX-License-Identifier: EUPL-1.2
"""What `keten db` does; `keten` itself hands its words over to here, because the core knows no web framework."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from keten.cli import output
from keten.domain.errors import DeliveryError, KetenError, Problem, RunError, UsageError
from keten_web.config import database

Command = Callable[[argparse.Namespace], None]


class LeftOutError(DeliveryError):
    """The backup was made, without studies that are not what their receipts say (exit code 4)."""

    refusal = "was made without these"


class AuditError(KetenError):
    """The audit trail or the history is not as it was written (exit code 1)."""

    refusal = "not as it was written"


def migrate(chosen: argparse.Namespace) -> None:
    """Bring the database to the shape this version needs; partners and roles follow the chain tables."""
    from keten_web.backups import actions

    applied = actions.migrate()
    if chosen.json:
        output.print_json({"applied": applied})
    else:
        print("The database is ready.")


def backup(chosen: argparse.Namespace) -> None:
    """Write the database and the studies of its runs to one file, as they are at one moment, while people work on."""
    from keten_web.backups import actions, runs

    manifest = actions.backup(chosen.file)
    if chosen.json:
        output.print_json(_summary(chosen.file, manifest))
    else:
        print(f"{chosen.file}: {_counted(manifest)}. Last audit link: {manifest['head']}")
    if manifest["left_out"]:
        raise LeftOutError(str(chosen.file), runs.problems(manifest["left_out"]))


def restore(chosen: argparse.Namespace) -> None:
    """Put the content of a backup in the database, and its studies in their folders: all of it or nothing."""
    from keten_web.backups import actions

    manifest = actions.restore(chosen.file, replace=chosen.replace)
    if chosen.json:
        output.print_json(_summary(chosen.file, manifest))
        return
    print(f"{chosen.file} of {manifest['made_at']} is back: {_counted(manifest)}.")
    for row in manifest["left_out"]:
        print(f"Not in this backup: {row['where']} {row['what']}")


def _summary(file: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    names = ("head", "made_at", "left_out")
    counts = {"rows": _rows(manifest), "studies": len(manifest["runs"])}
    return {"file": str(file), **counts, **{name: manifest[name] for name in names}}


def _counted(manifest: dict[str, Any]) -> str:
    return f"{len(manifest['tables'])} tables, {_rows(manifest)} rows, {len(manifest['runs'])} studies"


def _rows(manifest: dict[str, Any]) -> int:
    return sum(table["rows"] for table in manifest["tables"])


def verify_audit(chosen: argparse.Namespace) -> None:
    """Read the audit trail and every row of the site, and name each row that is not as it was written."""
    from keten_web.audit import verification

    _check_links(chosen.head)
    verdict = verification.verify(chosen.head)
    if chosen.json:
        output.print_json({**asdict(verdict), "holds": verdict.holds})
    if not verdict.holds:
        problems = [
            Problem(f"{fault.row} ({fault.at})" if fault.at else fault.row, fault.what, verification.REMEDY)
            for fault in verdict.faults
        ]
        raise AuditError("The audit trail", problems)
    if not chosen.json:
        print(f"The audit trail holds: {verdict.events} events, {verdict.versions} versions of records.")
        print(f"Last link, to keep outside this database: {verdict.head}")


def _check_links(links: list[str]) -> None:
    wrong = [link for link in links if not _is_link(link)]
    if wrong:
        remedy = "Give NUMBER:DIGEST, as `keten db verify-audit` and `keten db backup` print it."
        raise UsageError("--head", [Problem(link, "is not a link of the audit trail.", remedy) for link in wrong])


def _is_link(link: str) -> bool:
    number, _, digest = link.partition(":")
    return number.isdecimal() and len(digest) == 64 and set(digest) <= set("0123456789abcdef")


COMMANDS: dict[str, Command] = {
    "migrate": migrate,
    "backup": backup,
    "restore": restore,
    "verify-audit": verify_audit,
}


def add(parser: argparse.ArgumentParser, start_django: Callable[[], None]) -> None:
    """Add the commands to the parser of `python -m keten_web db`."""
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run in COMMANDS.items():
        command = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        command.add_argument("--json", action="store_true", help="print JSON on stdout, and nothing else")
        if run in {backup, restore}:
            command.add_argument("file", type=Path)
        if run is restore:
            command.add_argument(
                "--replace", action="store_true", help="throw away what the database and the folders of runs hold now"
            )
        if run is verify_audit:
            command.add_argument("--head", action="append", default=[], help="a link written down before")
        command.set_defaults(run=_on_the_database(run, start_django))


@contextmanager
def _told_in_words() -> Iterator[None]:
    """Tell in words what the machine or the server cannot do now; the work itself is all or nothing."""
    from django.db import OperationalError

    try:
        yield
    except OperationalError as error:
        remedy = "Look whether the server runs, and whether its disk is full."
        raise RunError("The database", [Problem("PostgreSQL", f"says: {str(error).strip()}.", remedy)]) from None
    except OSError as error:
        where = str(error.filename or "A file")
        what = f"could not be read or written: {error.strerror or error}."
        raise RunError(
            "The work", [Problem(where, what, "Look whether the disk is full, and whose file it is.")]
        ) from None


def _on_the_database(run: Command, start_django: Callable[[], None]) -> Command:
    def wrapper(chosen: argparse.Namespace) -> None:
        with database.running():
            start_django()
            with _told_in_words():
                run(chosen)

    return wrapper
