# SPDX-License-Identifier: EUPL-1.2
"""What a command prints: tables for people on a terminal, JSON for machines, errors on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import Enum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from keten.domain.errors import KetenError, Problem, UsageError
from keten.domain.language import Language

MOST_SEED = 2**63 - 1
"""The largest seed: what a signed number of 64 bits holds, so that a database and a receipt can keep it."""
Seed = Annotated[int, typer.Option("--seed", min=0, max=MOST_SEED, help="Seed of all draws.")]


def at_most(name: str, most: int, reason: str) -> Callable[[int | None], int | None]:
    """Make the check of an option: none, or more than so many, is refused before anything is read, with the reason."""

    def check(value: int | None) -> int | None:
        if value is not None and value < 1:
            raise UsageError("The question", [Problem(f"--{name} {value}", "is too few.", "Ask for 1 or more.")])
        if value is not None and value > most:
            problem = Problem(f"--{name} {value}", f"is more than {most:,}: {reason}.", f"Ask for {most:,} or fewer.")
            raise UsageError("The question", [problem])
        return value

    return check


FEW_REPLICATIONS = at_most(
    "replications", 10_000, "the mean hardly becomes more precise, and what a run keeps of each fills the memory"
)
"""The check of every number of replications or samples."""

MOST_WORKERS = 512
FEW_WORKERS = at_most("workers", MOST_WORKERS, "every process takes memory, and more than there are cores only wait")
"""The check of every number of processes."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else.")]
"""The option that every command takes."""


PIPE_WIDTH = 200


def error(text: str) -> None:
    """Say on stderr what is wrong."""
    print(text, file=sys.stderr)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_json(value: object) -> None:
    """Print one JSON document on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain, allow_nan=False)
    sys.stdout.write("\n")


def print_table(title: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, figures_from: int = 1) -> None:
    """Print a table; columns from `figures_from` on are aligned right."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for position, name in enumerate(header):
        table.add_column(name, justify="right" if position >= figures_from else "left")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console = Console()
    # A pipe has no width of its own; a table cut to 80 characters would be of no use to anyone.
    (console if console.is_terminal else Console(width=PIPE_WIDTH)).print(table)


@contextmanager
def told_in(language: Language | None) -> Iterator[None]:
    """Let an error be told in the language of the reader."""
    try:
        yield
    except KetenError as error:
        error.language = language
        raise


@contextmanager
def progress_bar(title: str, total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Draw a progress bar on stderr; nothing where a machine reads along."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done, total=max(total, done))
