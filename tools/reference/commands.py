# SPDX-License-Identifier: EUPL-1.2
"""Every command of the command line, with its options and its example, as its own help tells it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from keten.cli import build
from tools.reference import table

PAGE = "docs/commands.md"

INTRODUCTION = """\
# Commands

Every command of `keten`, made from its own help by `make docs`. In the environment of this repository:
`.venv/bin/keten`. Each takes `--json`, which prints one JSON document on stdout and nothing else.

Exit codes: 0 done · 1 a run broke off, for instance because its workers were killed · 2 the command was used wrongly ·
3 a parameter file is wrong · 4 a delivery is refused · 5 a scenario is refused · 130 stopped with Ctrl-C. Errors go to
stderr, all problems of a file at once, and nothing is half-written.
"""


def commands(group: Any = None, path: str = "keten") -> Iterator[tuple[str, Any]]:
    """Give each command with its full name, in alphabetical order."""
    group = group or typer.main.get_command(build())
    for name, command in sorted(getattr(group, "commands", {}).items()):
        if getattr(command, "commands", None) is not None:
            yield from commands(command, f"{path} {name}")
        elif not command.hidden:
            yield f"{path} {name}", command


def render() -> str:
    """Write one section per command."""
    return "\n".join([INTRODUCTION, *(_section(path, command) for path, command in commands())])


def _section(path: str, command: Any) -> str:
    rows = [_row(parameter) for parameter in command.params]
    description = inspect.cleandoc((command.help or "").replace("\b", "")).replace("\f", "")
    return f"## {path}\n\n{description}\n" + (f"\n{table(('', 'meaning'), rows)}" if rows else "")


def _row(parameter: Any) -> tuple[str, str]:
    if parameter.param_type_name == "option":
        names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    else:
        names = f"`{parameter.name.upper()}`"
    told = getattr(parameter, "show_default", None)  # in words where the value depends on the machine
    default = told if isinstance(told, str) else parameter.default
    if parameter.required or default in (None, False, ()):
        return names, parameter.help or ""
    return names, f"{parameter.help or ''} Default: {str(default).removesuffix(' 00:00:00')}."
