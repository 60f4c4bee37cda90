# SPDX-License-Identifier: EUPL-1.2
"""Delivery contracts: which figures a partner owes every month, what they are, when, and what must hold of them.

They are data (`contracts.yaml`); one checker judges them for file, form and API alike: `keten.observations.judging`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from keten.domain.language import Words
from keten.domain.tables import Column, Table
from keten.domain.yaml_text import parse_yaml
from keten.observations.tables import TABLES


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Declared):
    """The same words in both languages."""

    nl: str
    en: str

    @property
    def words(self) -> Words:
        """Both languages."""
        return Words(nl=self.nl, en=self.en)


class Owed(_Declared):
    """One figure that is owed every month: a row of a table, and the column it stands in."""

    id: str
    nl: str
    en: str
    key: dict[str, str]
    """Values of the key of the table, but for its days."""
    column: str
    unit: str = ""
    part_of: str = ""
    whole: bool = False
    """Whether it counts whole things, where its column may hold other numbers too."""
    lowest: float = 0.0
    highest: float | None = None
    jump: Annotated[float, Field(gt=0)] | None = None
    """Share of the figure of the month before by which it may differ without a reason."""

    @property
    def words(self) -> Words:
        """Both languages."""
        return Words(nl=self.nl, en=self.en)


class Parts(_Declared):
    """No part is above its whole (`part`), and parts that exclude each other are together not above it (`parts`)."""

    kind: Literal["part", "parts"]
    whole: str
    parts: tuple[str, ...]


class Balance(_Declared):
    """What was there at the end of the month before, plus what came, minus what went, is what is there now."""

    kind: Literal["balance"]
    stock: str
    added: tuple[str, ...]
    taken: tuple[str, ...]
    tolerance: float = 0.0
    """How far it may be off, in the unit of the stock."""


Rule = Annotated[Parts | Balance, Field(discriminator="kind")]


class Contract(_Declared):
    """What one partner owes of one table: an information agreement, with its source or that it is assumed."""

    id: str
    partner: str
    table: str
    nl: str
    en: str
    definition: Text
    due_day: int = Field(ge=1, le=28)
    """Day of the next month by which it is owed."""
    contact: str = ""
    second_reader: bool = False
    """Whether another than the giver has to agree before it counts."""
    source: str
    assumption: Text | None = None
    since: date
    version: int = 1
    figures: tuple[Owed, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()

    @property
    def words(self) -> Words:
        """Both languages."""
        return Words(nl=self.nl, en=self.en)

    @property
    def declared(self) -> Table:
        """The table that the figures are rows of."""
        return TABLES[self.table]

    def due_on(self, month: date) -> date:
        """Give the day by which the figures of a month are owed."""
        return (month_end(month) + timedelta(days=1)).replace(day=self.due_day)

    def agreed(self, **changes: Any) -> Contract:
        """Give the contract with what partners agreed otherwise."""
        return Contract.model_validate(self.model_dump() | changes)


@lru_cache
def contracts() -> tuple[Contract, ...]:
    """Every contract that ships.

    Raises
    ------
    ValueError
        When one names a table, a column or a figure that is not there: a fault of Keten itself.
    """
    raw = parse_yaml(files("keten.observations").joinpath("contracts.yaml").read_text(encoding="utf-8"))
    found = tuple(Contract.model_validate(one) for one in raw["contracts"])
    figures = {figure.id for contract in found for figure in contract.figures}
    for contract in found:
        _refuse_unknown(contract, figures)
    return found


def _refuse_unknown(contract: Contract, figures: set[str]) -> None:
    table = contract.declared
    for figure in contract.figures:
        wanted = {name for name in table.key if name not in DAYS}
        if set(figure.key) != wanted or figure.column not in {column.name for column in table.figures}:
            raise ValueError(f"{contract.id}: {figure.id} is no figure of {contract.table}.")
    named = [name for rule in contract.rules for name in _named(rule)]
    if unknown := sorted(set(named) - figures):
        raise ValueError(f"{contract.id}: {', '.join(unknown)} is owed by nobody.")


def _named(rule: Parts | Balance) -> tuple[str, ...]:
    return (rule.whole, *rule.parts) if isinstance(rule, Parts) else (rule.stock, *rule.added, *rule.taken)


DAYS = frozenset({"period_start", "period_end", "reference_date"})
"""Columns of a key that are days; a contract is about every month, so they follow from it."""


def of_partner(partner: str, among: tuple[Contract, ...] | None = None) -> tuple[Contract, ...]:
    """Give the contracts of a partner."""
    return tuple(one for one in (contracts() if among is None else among) if one.partner == partner)


# --- figures and rows -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A figure of a month: the cell of a contract. `month` is the last day of it."""

    figure: str
    month: date


def month_end(on: date) -> date:
    """Give the last day of the month of a day."""
    return on.replace(day=monthrange(on.year, on.month)[1])


def month_before(month: date) -> date:
    """Give the last day of the month before."""
    return month.replace(day=1) - timedelta(days=1)


def column_of(contract: Contract, figure: Owed) -> Column:
    """Give the column of a figure."""
    return next(column for column in contract.declared.columns if column.name == figure.column)


def unit_of(contract: Contract, figure: Owed) -> str:
    """Give the unit of a figure."""
    unit = column_of(contract, figure).unit
    return figure.unit or ("persons" if unit == "as defined" else unit)


def row_of(contract: Contract, figure: Owed, month: date) -> dict[str, object]:
    """Write the row of a figure of a month, as far as it is known before the figure is."""
    month = month_end(month)
    days = {"period_start": month.replace(day=1), "period_end": month, "reference_date": month, "period_type": "month"}
    row: dict[str, object] = {name: days[name] for name in contract.declared.column_names if name in days}
    if "unit" in contract.declared.column_names:
        row["unit"] = figure.unit
    return row | dict(figure.key)


def place_of(contract: Contract, figure: Owed, row: Mapping[str, object]) -> Place | None:
    """Give the cell that a row fills; None when it is about something else, or about no whole month."""
    if any(row.get(name) != value for name, value in figure.key.items()):
        return None
    end = row.get("reference_date", row.get("period_end"))
    start = row.get("period_start")
    if not isinstance(end, date) or end != month_end(end):
        return None
    return Place(figure.id, end) if start is None or start == end.replace(day=1) else None
