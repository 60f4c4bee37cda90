# SPDX-License-Identifier: EUPL-1.2
"""A table is declared once: reader, check, template, export and manual all follow from the declaration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from keten.domain.language import Words

ColumnType = type[int] | type[float] | type[str] | type[date]


@dataclass(frozen=True)
class Column:
    """One column: its name, type, unit and meaning.

    Parameters
    ----------
    type
        `int`, `float`, `str` or `datetime.date`.
    required
        An empty cell is refused when true.
    minimum
        Smallest value that can be true, for instance 0 for a stock.
    values
        The closed list of values, where there is one.
    """

    name: str
    type: ColumnType
    unit: str
    meaning: str
    required: bool = True
    minimum: float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table with its columns, its key and what one row stands for."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    row_check: Callable[[dict[str, object]], tuple[Words, Words] | None] | None = field(default=None, compare=False)
    """What is wrong with a row and what to do, where its cells are right one by one."""
    owner: str | None = None
    """Partner whose figures these are; its own delivery goes before that of another. None: the partner of the row."""
    looks_ahead: bool = False
    """Whether its periods may lie ahead: a forecast, a plan."""
    delivered_only: bool = False
    """Whether no figures of this table ship with Keten."""

    @property
    def figures(self) -> tuple[Column, ...]:
        """The columns that hold what was counted: numbers that are no part of the key."""
        return tuple(column for column in self.columns if column.type in (int, float) and column.name not in self.key)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)
