# SPDX-License-Identifier: EUPL-1.2
"""The tables that observations and studies share, column by column."""

from __future__ import annotations

from keten.domain import ledger
from keten.domain.tables import Column, Table
from tools.reference import table

PAGE = "docs/tables.md"

INTRODUCTION = """\
# Tables

The past and the future have one shape: what partners delivered and what a study produced are rows of these tables.
Made from [ledger.py](../src/keten/domain/ledger.py) by `make docs`.
"""


def render() -> str:
    """Write one section per table."""
    declared = [value for value in vars(ledger).values() if isinstance(value, Table)]
    return "\n".join([INTRODUCTION, *(_section(one) for one in declared)])


def _section(one: Table) -> str:
    rows = [(f"`{column.name}`", column.type.__name__, column.unit, _meaning(column)) for column in one.columns]
    return f"## {one.name}\n\n{one.meaning}.\n\n" + table(("column", "type", "unit", "meaning"), rows)


def _meaning(column: Column) -> str:
    allowed = f" One of: {', '.join(column.values)}." if column.values else ""
    return f"{column.meaning}.{allowed}"
