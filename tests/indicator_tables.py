# SPDX-License-Identifier: EUPL-1.2
"""Tables written as text, so that a specification of an indicator can be read by someone who does not program."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from keten.domain.tables import Table
from keten.indicators.tables import DECLARATIONS, Tables

POLARS = {int: pl.Int64, float: pl.Float64, str: pl.String, date: pl.Date}


def written(text: str) -> list[dict[str, str]]:
    """Read a table written with bars; the first line names the columns."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def frame(table: Table, text: str) -> pl.DataFrame:
    """Make a frame of a declared table: text columns not written are 'any', figures not written are 0."""
    default: dict[Any, Any] = {int: 0, float: 0.0, str: "any"}
    columns = {column.name: column.type for column in table.columns}
    rows = [
        {name: _cell(kind, row[name]) if name in row else default[kind] for name, kind in columns.items()}
        for row in written(text)
    ]
    return pl.DataFrame(rows, schema={name: POLARS[kind] for name, kind in columns.items()})


def tables(*, complete: bool = True, **texts: str) -> Tables:
    """Make the bundle an indicator reads."""
    frames = {name: frame(DECLARATIONS[name], text) for name, text in texts.items()}
    return Tables(complete=complete, **frames)


def _cell(kind: Any, text: str) -> Any:
    if text == "":
        return None
    return date.fromisoformat(text) if kind is date else kind(text)
