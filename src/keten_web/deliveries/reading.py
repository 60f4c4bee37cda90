# SPDX-License-Identifier: EUPL-1.2
"""From a file to rows of a table, by the rules of `keten.observations`; all problems at once, at the cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from keten.domain.errors import DeliveryError, Problem
from keten.domain.language import Language, Words
from keten.domain.tables import Table
from keten.observations import recipe
from keten.observations.store import check_file, held_against_contracts
from keten_web.config.today import today
from keten_web.deliveries import known

FINAL = "final"
STATE = "state"


class RefusedError(Exception):
    """A delivery with all its problems; nothing was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Row:
    """A row that was understood: its number (the heading is 1), its values, and what its sender says of its figures."""

    number: int
    values: Mapping[str, Any]
    state: str


@dataclass(frozen=True)
class Checked:
    """A delivery without problems."""

    table: Table
    rows: tuple[Row, ...]
    notes: tuple[Words | str, ...]


@dataclass(frozen=True)
class File:
    """A file as it came, and what its sender says of it: which table, by which recipe, in which language."""

    name: str
    content: bytes
    table: str = ""
    recipe: str = ""
    language: str = ""


def understood(file: File, *, sender: str, received_at: datetime) -> Checked:
    """Read and check a file; nothing is stored.

    Raises
    ------
    RefusedError
        With every problem of the file.
    """
    try:
        checked = _checked(file, received_at, sender)
    except DeliveryError as refusal:
        raise RefusedError(refusal.problems) from None
    problems = list(_of_another(checked, sender))
    if problems:
        raise RefusedError(problems)
    return checked


def _of_another(checked: Checked, sender: str) -> Iterator[Problem]:
    """Find the rows that are about another partner than the sender."""
    if not any(column.name == "partner" for column in checked.table.columns):
        return
    for row in checked.rows:
        named = row.values.get("partner")
        if named != sender:
            yield Problem(
                Words(en=f"row {row.number}, column partner", nl=f"rij {row.number}, kolom partner"),
                Words(en=f"this figure is about {named}, and {sender} delivers.",
                      nl=f"dit cijfer gaat over {named}, en {sender} levert."),
                Words(en="A partner delivers its own figures; take the row out.",
                      nl="Een partner levert zijn eigen cijfers; haal de rij weg."),
            )  # fmt: skip


def _checked(file: File, received_at: datetime, sender: str) -> Checked:
    """Read a file, and hold it against the contracts of its sender: what is asked about it becomes a note."""
    found = check_file(
        file.name,
        file.content,
        table_name=file.table or None,
        received_at=received_at,
        recipe=file.recipe or None,
        language=Language(file.language) if file.language else None,
    )
    rows = [
        Row(number, {name: value for name, value in row.items() if name != STATE}, str(row.get(STATE) or FINAL))
        for number, row in enumerate(found.frame.to_dicts(), start=2)
    ]
    asked = held_against_contracts(file.name, found, known.known_on(today()), giver=sender)
    return Checked(found.table, tuple(rows), (*found.warnings, *asked))


def recipes() -> Sequence[tuple[str, str]]:
    """Give the ways in which a file can be written, beside the columns of Keten itself, in the language of the page."""
    return [(row.id, row.en if get_language() == "en" else row.nl) for row in recipe.recipes().values()]
