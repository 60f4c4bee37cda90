# SPDX-License-Identifier: EUPL-1.2
"""Read what a study wrote, as values; nothing is simulated again."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from keten.domain.errors import Problem, UsageError
from keten.domain.figures import PERCENTS, Range
from keten.indicators.summary import quantile
from keten.study.folder import AGAIN, read_document, read_table, table_problems

REQUIRED = ("summary.json", "receipt.json", "indicators.json", "ledger.parquet")
"""Files without which a folder is not a study that can be shown."""

STOCK_FLOW = ("opening", "inflow", "outflow", "closing", "overdue")


@dataclass(frozen=True)
class Observation:
    """A value that was really counted: on which day, and where it was published.

    `definition_nl` and `definition_en` say what exactly was counted where that differs from what is shown beside it.
    `reported` is true for a value that is carried as it was printed, not computed from published counts.
    """

    on: date
    value: float
    source: str
    definition_nl: str = ""
    definition_en: str = ""
    reported: bool = False


@dataclass(frozen=True)
class Outlook:
    """The past and the future of one quantity in one line.

    Parameters
    ----------
    months
        Simulated range per last day of the month, in order; the reference month is the opening point.
    observed
        Counted values, in order.
    """

    id: str
    unit: str
    months: Mapping[date, Range]
    observed: tuple[Observation, ...] = ()

    def at(self, on: date) -> Range | None:
        """Give the simulated range at a month end; None when the study does not speak of that month."""
        return self.months.get(on)

    def observed_until(self, on: date) -> tuple[Observation, ...]:
        """Give the counted values known up to and including a day."""
        return tuple(row for row in self.observed if row.on <= on)


@dataclass(frozen=True, eq=False)
class Results:
    """One study that was run: its scenario, its reference date, and what came out. Equal to nothing but itself."""

    folder: Path
    scenario: str
    title_nl: str
    title_en: str
    reference_date: date
    measures: Mapping[str, Outlook]
    indicators: Mapping[str, Outlook]
    receipt: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of the folder, by which a study is asked for."""
        return self.folder.name

    @cached_property
    def month_ends(self) -> tuple[date, ...]:
        """Every month end the study speaks of, in order; the first is the reference month."""
        return tuple(sorted({on for measure in self.measures.values() for on in measure.months}))

    @property
    def horizon(self) -> date:
        """The last month end of the study."""
        return self.month_ends[-1]

    @cached_property
    def ledger(self) -> pl.DataFrame:
        """The stock-flow ledger of all replications (see `keten.domain.ledger.LEDGER`)."""
        found = read_table(self.folder, "ledger")
        if found is None:
            raise UsageError(str(self.folder), [Problem("ledger.parquet", "is missing.", AGAIN)])
        return found

    @cached_property
    def reception(self) -> pl.DataFrame | None:
        """Persons in reception (see `keten.domain.ledger.RECEPTION`); None when the study did not write it."""
        return read_table(self.folder, "reception")


def month_end(month: str) -> date:
    """Give the last day of a month written as `2023-05`."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def list_studies(folder: Path) -> tuple[Path, ...]:
    """Give the folders that hold a study that can be shown, by name."""
    if not folder.is_dir():
        return ()
    return tuple(found for found in sorted(folder.iterdir()) if all((found / name).is_file() for name in REQUIRED))


def read_results(folder: Path) -> Results:
    """Read one study.

    Raises
    ------
    UsageError
        When the folder misses a file, or a file does not have the promised shape; every problem is listed.
    """
    problems = [
        Problem(name, "is missing.", "Run the study again; a study is written whole or not at all.")
        for name in REQUIRED
        if not (folder / name).is_file()
    ]
    if problems:
        raise UsageError(str(folder), problems)
    summary, receipt, written = (read_document(folder, name) for name in REQUIRED if name.endswith(".json"))
    named = receipt.get("files")
    files = [name for name in named if str(name).endswith(".parquet")] if isinstance(named, dict) else []
    if problems := list(table_problems(folder, dict.fromkeys(["ledger.parquet", *files]))):
        raise UsageError(str(folder), problems)
    try:
        return Results(
            folder=folder,
            scenario=str(summary["scenario"]),
            title_nl=str(summary["title"]["nl"]),
            title_en=str(summary["title"]["en"]),
            reference_date=date.fromisoformat(summary["reference_date"]),
            measures=dict(_outlooks(summary["measures"].items())),
            indicators=dict(_outlooks((row["id"], row) for row in written["indicators"])),
            receipt=receipt,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            str(folder), [Problem("summary.json, indicators.json", f"is not as promised ({error!r}).", AGAIN)]
        ) from error


def _outlooks(rows: Any) -> Iterator[tuple[str, Outlook]]:
    for identifier, row in rows:
        months = {month_end(month): _range(values) for month, values in sorted(row["months"].items())}
        known = {on: value for on, value in months.items() if value is not None}
        observed = [
            Observation(
                on=date.fromisoformat(point["on"]),
                value=float(point["value"]),
                source=str(point["source"]),
                definition_nl=str(point.get("definition_nl", "")),
                definition_en=str(point.get("definition_en", "")),
                reported=bool(point.get("reported", False)),
            )
            for point in row.get("observed", ())
            if point["value"] is not None
        ]
        ordered = tuple(sorted(observed, key=lambda point: point.on))
        yield identifier, Outlook(identifier, str(row.get("unit", "")), known, ordered)


def _range(values: Mapping[str, float | None]) -> Range | None:
    parts = {name: values.get(name) for name in ("p10", "p50", "p90", "mean")}
    if any(part is None for part in parts.values()):
        return None
    return Range(**{name: float(part) for name, part in parts.items() if part is not None})


def stock_flow(ledger: pl.DataFrame, on: date, *, by: tuple[str, ...] = ("stage", "case_class")) -> pl.DataFrame:
    """Median, 10% and 90% over the replications of stock and flow in the month that ends on a day.

    Returns
    -------
    polars.DataFrame
        The columns of `by`, then per stock-flow column its median (`closing`), low (`closing_p10`) and high
        (`closing_p90`), in cases.
    """
    month = ledger.filter(pl.col("period_end") == on)
    sums = month.group_by("replication", *by).agg(pl.col(STOCK_FLOW).sum())
    groups = sums.select(by).unique()
    every = groups.join(pl.DataFrame({"replication": sums["replication"].unique()}), how="cross")
    full = every.join(sums, on=["replication", *by], how="left").with_columns(pl.col(STOCK_FLOW).fill_null(0))
    return (
        full.group_by(by)
        .agg(
            quantile(pl.col(name), percent).alias(name if percent == 50 else f"{name}_p{percent}")
            for percent in PERCENTS
            for name in STOCK_FLOW
        )
        .sort(by)
    )
