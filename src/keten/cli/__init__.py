# SPDX-License-Identifier: EUPL-1.2
"""Parse, call, print. Every file in this folder adds its commands with a function `register(app)`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import typer
import typer.main
from typer.exceptions import TyperException

from keten.cli import index, output
from keten.domain.errors import KetenError

_NO_COMMANDS = frozenset({"index", "output"})

STOPPED = 130
"""Exit code after Ctrl-C, as shells have it."""


def build(words: Sequence[str] | None = None) -> typer.Typer:
    """Assemble the command line from the files of this folder, in alphabetical order.

    With the first words of a command line only the files that it needs are loaded; of the others the names stand in.
    """
    app = typer.Typer(
        name="keten",
        help="Steering of the migration chain: stock, deadlines, penalties, beds and money, explained.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
    for module in sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name not in _NO_COMMANDS):
        if words is None or index.is_needed(module, words):
            importlib.import_module(f"{__name__}.{module}").register(app)
        else:
            _register_names(app, module)
    return app


def _register_names(app: typer.Typer, module: str) -> None:
    """Let the help know the commands of a file that is not loaded."""
    for name, about in index.GROUPS.get(module, {}).items():
        group(app, name, about=about)
    for name, about in index.COMMANDS.get(module, {}).items():
        app.command(name, help=about)(_not_loaded)


def _not_loaded() -> None:
    raise AssertionError("the index of commands let a command be asked whose file was not loaded")


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
        words = sys.argv[1:] if arguments is None else arguments
        command = typer.main.get_command(build([word for word in words if not word.startswith("-")]))
        code = command.main(args=arguments, standalone_mode=False)
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
