# SPDX-License-Identifier: EUPL-1.2
"""The figures that are known, all of them or those known on a day, and the rule that chooses between two of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Self

import polars as pl

from keten.domain.errors import DeliveryError, Problem
from keten.domain.language import Language
from keten.files import read_sheets_of_ours
from keten.observations.checking import POLARS, check_cells
from keten.observations.reading import find_cells
from keten.observations.stream import Stream
from keten.observations.tables import SOURCE_TYPES, TABLES, with_provenance


@dataclass(frozen=True, eq=False)
class Observations:
    """One frame per declared table; every row carries its provenance. Equal to nothing but itself.

    `known_on_day` is the knowledge date the rows were limited to, or None when they were not.
    """

    inflow: pl.DataFrame
    stock: pl.DataFrame
    decisions: pl.DataFrame
    throughput: pl.DataFrame
    staff: pl.DataFrame
    reception: pl.DataFrame
    departures: pl.DataFrame
    return_files: pl.DataFrame
    detention: pl.DataFrame
    penalties: pl.DataFrame
    forecasts: pl.DataFrame
    plans: pl.DataFrame
    unit_costs: pl.DataFrame
    budgets: pl.DataFrame
    key_figures: pl.DataFrame
    distributions: pl.DataFrame
    known_on_day: date | None = None
    base: Observations | None = None
    """The figures without those of `stream`, where deliveries were added."""
    stream: Stream | None = None
    """The deliveries of a store, with their history; the tables hold what is known of them."""

    def table(self, name: str) -> pl.DataFrame:
        """Give the frame of a table by its name.

        Raises
        ------
        DeliveryError
            When there is no such table.
        """
        if name not in TABLES:
            raise DeliveryError(
                f"Table {name!r}", [Problem("name", "there is no such table.", f"Choose from {', '.join(TABLES)}.")]
            )
        frame: pl.DataFrame = getattr(self, name)
        return frame

    def known_on(self, day: date | datetime) -> Observations:
        """Keep what was published or received on or before a day, or before a moment of it; nobody knows the future.

        What is known of a delivered fact is worked out anew: a correction that came later is not known yet.
        """
        if type(day) is date and self.known_on_day == day:
            return self
        if self.base is not None and self.stream is not None:
            whole_day = day.date() if isinstance(day, datetime) else day
            known = self.base.known_on(whole_day).with_stream(self.stream.until(day))
            return replace(known, known_on_day=whole_day)
        return _known_on(self, day.date() if isinstance(day, datetime) else day)

    def with_stream(self, stream: Stream) -> Observations:
        """Add what is known of the deliveries of a store: one row per fact, none where the figure is withheld."""
        made: Observations = self
        for name in TABLES:
            rows = stream.as_known(name)
            if rows.height:
                made = made.with_rows(name, rows)
        return replace(made, base=self, stream=stream)

    def with_rows(self, name: str, rows: pl.DataFrame) -> Self:
        """Add rows of a delivery to a table."""
        current = self.table(name)
        frames: dict[str, Any] = {name: pl.concat([current, rows.select(current.columns).cast(current.schema)])}
        return replace(self, **frames)

    def fingerprint(self) -> str:
        """Hash of all figures with their provenance: the name of the snapshot that they are."""
        return _fingerprint(self)


@lru_cache(maxsize=32)
def _fingerprint(observations: Observations) -> str:
    digest = hashlib.sha256()
    for name in sorted(TABLES):
        if TABLES[name].delivered_only and not observations.table(name).height:
            continue
        digest.update(name.encode())
        digest.update(observations.table(name).write_csv().encode())
    return digest.hexdigest()


@lru_cache(maxsize=16)
def _known_on(observations: Observations, day: date) -> Observations:
    frames: dict[str, Any] = {name: observations.table(name).filter(pl.col("published") <= day) for name in TABLES}
    return replace(observations, **frames, known_on_day=day)


def best_known(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Choose one row per fact, where sources or publications disagree.

    The rule: the most authoritative kind of source first (in the order of `SOURCE_TYPES`; what Keten derived comes
    last), then the latest publication, then a revision before a first publication, then the address in alphabetical
    order, so that the choice never depends on the order of the rows.
    """
    authority = {kind: rank for rank, kind in enumerate(SOURCE_TYPES)}
    return (
        rows.with_columns(
            pl.col("source_type").replace_strict(authority, return_dtype=pl.Int8).alias("_authority"),
            (pl.col("vintage").fill_null("") == "first publication").alias("_first"),
        )
        .sort(["_authority", "published", "_first", "source_url"], descending=[False, True, False, False])
        .unique(subset=list(key), keep="first", maintain_order=True)
        .drop("_authority", "_first")
        .sort(list(key))
    )


@lru_cache
def load_published() -> Observations:
    """Read the published figures that ship with Keten: what could be known on 13 July 2023.

    Raises
    ------
    DeliveryError
        When a packaged file does not follow its own declaration.
    """
    with as_file(files("keten.observations").joinpath("published")) as folder:
        frames: dict[str, Any] = {name: _read_published(folder / f"{name}.csv", name) for name in TABLES}
    return Observations(**frames)


def _read_published(path: Path, name: str) -> pl.DataFrame:
    table = with_provenance(TABLES[name])
    if TABLES[name].delivered_only:
        return pl.DataFrame(schema={column.name: POLARS[column.type] for column in table.columns})
    workbook = read_sheets_of_ours(path.name, path.read_bytes(), separator=",")
    _, cells = find_cells(workbook, table)
    return check_cells(cells, table, subject=path.name, language=Language.EN, together=False).frame.drop("state")
