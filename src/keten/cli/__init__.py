# SPDX-License-Identifier: EUPL-1.2
"""Parse, call, print. Every file in this folder adds its commands with a function `register(app)`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from datetime import UTC, datetime

import typer
import typer.main
from typer.exceptions import TyperException

from keten.cli import output
from keten.domain.errors import KetenError

STOPPED = 130
"""Exit code after Ctrl-C, as shells have it."""


def build() -> typer.Typer:
    """Assemble the command line from the files of this folder, in alphabetical order."""
    app = typer.Typer(
        name="keten",
        help="Steering of the migration chain: stock, deadlines, penalties, beds and money, explained.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
    for module in sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name != "output"):
        importlib.import_module(f"{__name__}.{module}").register(app)
    return app


def group(app: typer.Typer, name: str, *, about: str) -> typer.Typer:
    """Find the group of commands of that name, or make it: more than one file may add to a group."""
    for found in app.registered_groups:
        if found.name == name and found.typer_instance is not None:
            return found.typer_instance
    made = typer.Typer(no_args_is_help=True, help=about)
    app.add_typer(made, name=name)
    return made


def now() -> datetime:
    """Read the clock; the only place of the command line where it is read."""
    return datetime.now(UTC)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end with the exit code of the contract (0, 2, 3, 4, 5)."""
    try:
        code = typer.main.get_command(build()).main(args=arguments, standalone_mode=False)
    except KetenError as error:
        output.error(str(error))
        sys.exit(error.exit_code)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        usage = f"{context.get_usage()}\n" if context is not None else ""
        output.error(f"{usage}{error.format_message()}")
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED
    if code == STOPPED:
        output.error("Stopped. Nothing half-written was left behind.")
    sys.exit(code if isinstance(code, int) else 0)
