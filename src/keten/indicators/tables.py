# SPDX-License-Identifier: EUPL-1.2
"""The tables an indicator is computed from, whichever rows they hold: observed or simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.domain.errors import Problem, UsageError
from keten.domain.ledger import AGES, DEADLINES, DECISIONS, INTERVIEWS, LEDGER, PLACES, RECEPTION, RESOURCES
from keten.domain.tables import Column, Table
from keten.indicators.sheets import Sheet

INDEX = ("replication", "period_end")
"""What every row of every table carries: which replication, and the last day of which month."""

EMPTY = pl.DataFrame(schema={"replication": pl.Int64, "period_end": pl.Date, "value": pl.Float64})
"""The answer of a formula when what it needs is not there."""

_REPLICATION, _PERIOD_END = LEDGER.columns[:2]

ARRIVALS = Table(
    name="arrivals",
    meaning="Cases that entered the chain in a month; moves between stages do not count",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("case_class", str, "-", "Case class of the chain tables"),
        Column("arrivals", int, "cases", "Cases that entered the chain in the month", minimum=0),
    ),
    key=("replication", "period_end", "case_class"),
)

COSTS = Table(
    name="costs",
    meaning="What the chain cost in a month; rows may be split by partner or by item",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("cost_eur", float, "eur", "Costs of the month"),
    ),
)

DECLARATIONS: Mapping[str, Table] = {
    table.name: table
    for table in (LEDGER, DEADLINES, RESOURCES, RECEPTION, DECISIONS, INTERVIEWS, AGES, PLACES, ARRIVALS, COSTS)
}
"""The declaration of each table of the bundle; more columns than declared are welcome."""


@dataclass(frozen=True)
class Tables:
    """Everything an indicator may look at. A table that is not there makes a value unknown, never zero.

    Parameters
    ----------
    ledger, deadlines, resources, reception, decisions, interviews, ages, places
        Frames with the columns of `keten.domain.ledger`. The stock on the reference date is a set of ledger rows
        with no inflow and no outflow; in such a month flows are unknown, not zero.
    arrivals, costs
        Frames with the columns of `ARRIVALS` and `COSTS`.
    complete
        True for a run, which writes every row that holds a case: a row that is not there then means no cases.
        False for published figures: a row that is not there then means that nobody published it.

    Raises
    ------
    UsageError
        When a frame misses columns; all of them are listed.
    """

    ledger: pl.DataFrame | None = None
    deadlines: pl.DataFrame | None = None
    resources: pl.DataFrame | None = None
    reception: pl.DataFrame | None = None
    decisions: pl.DataFrame | None = None
    interviews: pl.DataFrame | None = None
    ages: pl.DataFrame | None = None
    places: pl.DataFrame | None = None
    arrivals: pl.DataFrame | None = None
    costs: pl.DataFrame | None = None
    complete: bool = False

    def __post_init__(self) -> None:
        problems = [
            Problem(name, f"column {column} is missing.", f"Deliver the columns {', '.join(declared)}.")
            for name, frame in self.frames.items()
            for declared in [DECLARATIONS[name].column_names]
            for column in declared
            if column not in frame.columns
        ]
        if problems:
            raise UsageError("the bundle of tables", problems)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The tables that are there, by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: frame for name, frame in found.items() if isinstance(frame, pl.DataFrame)}

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """The tables that are there, by name, ready to be added up."""
        return {name: Sheet(frame) for name, frame in self.frames.items()}

    @cached_property
    def months(self) -> pl.DataFrame:
        """Every replication and month that any table speaks of, in order."""
        spoken_of = [sheet.months for sheet in self.sheets.values()]
        return pl.concat([EMPTY.select(INDEX), *spoken_of]).unique().sort(INDEX)

    @cached_property
    def moved(self) -> NDArray[np.bool_]:
        """Tell of each month of the ledger whether any case is known to have moved in it."""
        ledger = self.sheets["ledger"]
        flows = [ledger.per_month(name, ledger.where(pl.col(name).is_not_null()))[0] for name in ("inflow", "outflow")]
        return np.asarray(sum(flows) > 0)


def index_columns() -> tuple[pl.Expr, pl.Expr]:
    """Replication and period end, in the types every answer has."""
    return pl.col("replication").cast(pl.Int64), pl.col("period_end").cast(pl.Date)
