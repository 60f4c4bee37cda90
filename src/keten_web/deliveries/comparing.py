# SPDX-License-Identifier: EUPL-1.2
"""What a delivery changes: each of its figures beside what was known before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from keten.domain.tables import Column, Table
from keten.observations.definitions import definitions
from keten.observations.known import Observations, best_known
from keten.observations.stream import ranked
from keten_web.deliveries import known
from keten_web.deliveries.models import DeliveredFigure, Delivery, State
from keten_web.deliveries.reading import Checked, Row

DAYS = (("period_start", "period_end"), ("reference_date", "reference_date"))


class Change(StrEnum):
    """What a delivered figure does to what was known."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    PUBLISHED = "published"
    """It stands in the place of a figure that was only published."""


@dataclass(frozen=True)
class Fact:
    """What a figure is of: its table, the values of the key as JSON, and the column it stands in."""

    table: str
    key: str
    column: str


@dataclass(frozen=True)
class Figure:
    """One figure of a row, with everything it needs to be understood by itself."""

    fact: Fact
    row: Row
    unit: str
    definition: str
    first_day: date | None
    last_day: date | None
    value: float | None

    @property
    def state(self) -> str:
        return self.row.state


@dataclass(frozen=True)
class Difference:
    """A delivered figure beside what was known."""

    figure: Figure
    change: Change
    before: float | None
    replaces: int | None
    """The delivered figure in whose place it stands."""


def figures(checked: Checked) -> tuple[Figure, ...]:
    """Give every figure of a delivery, in the order of the file."""
    return tuple(
        _figure(checked.table, row, column)
        for row in checked.rows
        for column in checked.table.figures
        if row.values.get(column.name) is not None or not _is_shared(checked.table, row)
    )


def _is_shared(table: Table, row: Row) -> bool:
    """Tell whether another column of the row has a value: then an empty one says nothing."""
    return any(row.values.get(column.name) is not None for column in table.figures)


def _figure(table: Table, row: Row, column: Column) -> Figure:
    value = row.values.get(column.name)
    first, last = _days(row.values)
    return Figure(
        fact=Fact(table.name, key_of(table, row.values), column.name),
        row=row,
        unit=_unit(column, row.values),
        definition=str(row.values.get("definition") or row.values.get("counted") or "")[:80],
        first_day=first,
        last_day=last,
        value=None if value is None else float(value),
    )


def _days(values: Mapping[str, Any]) -> tuple[date | None, date | None]:
    if isinstance(values.get("year"), int):
        return date(values["year"], 1, 1), date(values["year"], 12, 31)
    return next(((values[first], values[last]) for first, last in DAYS if values.get(last)), (None, None))


def _unit(column: Column, values: Mapping[str, Any]) -> str:
    if column.unit == "see unit":
        return str(values.get("unit") or "")
    if column.unit == "as defined":
        found = definitions().get(str(values.get("definition")))
        return found.unit if found is not None else ""
    return column.unit


def key_of(table: Table, values: Mapping[str, Any]) -> str:
    """Write what a row is about, in the order of the key of its table."""
    parts = [values.get(name) for name in table.key]
    return json.dumps(
        [part.isoformat() if isinstance(part, date) else part for part in parts], ensure_ascii=False, allow_nan=False
    )


def differences(checked: Checked, *, sender: str) -> tuple[Difference, ...]:
    """Put each figure of a delivery beside what was known: of the sender itself, else what was published."""
    found = figures(checked)
    delivered = latest(found, sender=sender)
    published = _published(known.published(), checked.table.name)
    return tuple(_difference(figure, delivered.get(figure.fact), published) for figure in found)


def _difference(figure: Figure, last: DeliveredFigure | None, published: Mapping[tuple[str, str], float]) -> Difference:
    if last is not None:
        same = last.value == figure.value and last.state == figure.state
        return Difference(figure, Change.SAME if same else Change.CHANGED, last.value, last.pk)
    before = published.get((figure.fact.key, figure.fact.column))
    if before is None:
        return Difference(figure, Change.NEW, None, None)
    return Difference(figure, Change.SAME if before == figure.value else Change.PUBLISHED, before, None)


def latest(found: Iterable[Figure], *, sender: str) -> dict[Fact, DeliveredFigure]:
    """Give the figure that holds now for each fact of those its sender delivered: by the rule of the stream."""
    facts = [figure.fact for figure in found]
    rows = DeliveredFigure.objects.filter(
        table__in={fact.table for fact in facts},
        key__in={fact.key for fact in facts},
        sender_id=sender,
        delivery__state=State.ACCEPTED,
    )
    ranks = _ranks(sender, {fact.table for fact in facts})
    weak_to_strong = sorted(rows, key=lambda row: (ranks[row.delivery_id], row.pk))
    return {Fact(row.table, row.key, row.column): row for row in weak_to_strong}


def _ranks(sender: str, tables: set[str]) -> dict[int, tuple[str, int]]:
    """Rank the deliveries that count as the stream does: a correction above what it corrects, else the later one."""
    found = Delivery.objects.filter(sender_id=sender, table__in=tables, state=State.ACCEPTED).select_related("corrects")
    ranks: dict[int, tuple[str, int]] = {}
    for table in tables:
        named = {row.pk: known.as_received(row) for row in found if row.table == table}
        order = ranked(list(named.values()))
        ranks |= {pk: (table, order[received.identifier]) for pk, received in named.items()}
    return ranks


@lru_cache(maxsize=32)
def _published(began: Observations, name: str) -> Mapping[tuple[str, str], float]:
    """Give what was published of a table: key and column -> value."""
    from keten.observations.tables import TABLES

    table = TABLES[name]
    if table.delivered_only:
        return {}
    rows = best_known(began.table(name), table.key).to_dicts()
    return {
        (key_of(table, row), column.name): float(row[column.name])
        for row in rows
        for column in table.figures
        if row.get(column.name) is not None
    }
