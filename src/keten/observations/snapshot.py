# SPDX-License-Identifier: EUPL-1.2
"""Figures as known at a moment in one Parquet file, named by its content: what a study used, for who does it again."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from keten.domain.errors import DeliveryError, Problem
from keten.observations.checking import POLARS
from keten.observations.known import Observations
from keten.observations.tables import TABLES, with_provenance

FILE = "figures.parquet"
"""The name of a snapshot in the folder of a study."""
_TABLE = "_table"
_KNOWN_ON = "known_on"


def as_parquet(observations: Observations) -> bytes:
    """Write all figures in one table; the column `_table` says which one a row belongs to."""
    frames = [
        observations.table(name).with_columns(pl.lit(name).alias(_TABLE))
        for name in TABLES
        if observations.table(name).height
    ]
    buffer = io.BytesIO()
    day = observations.known_on_day.isoformat() if observations.known_on_day else ""
    pl.concat(frames, how="diagonal_relaxed").write_parquet(
        buffer, compression="zstd", compression_level=3, metadata={_KNOWN_ON: day}
    )
    return buffer.getvalue()


def from_parquet(content: bytes) -> Observations:
    """Read the figures of a snapshot back as they were."""
    every = pl.read_parquet(io.BytesIO(content))
    day = pl.read_parquet_metadata(io.BytesIO(content)).get(_KNOWN_ON, "")
    frames: dict[str, Any] = {name: _rows(every, name) for name in TABLES}
    return Observations(**frames, known_on_day=date.fromisoformat(day) if day else None)


def _rows(every: pl.DataFrame, name: str) -> pl.DataFrame:
    schema = {column.name: POLARS[column.type] for column in with_provenance(TABLES[name]).columns}
    present = [column for column in schema if column in every.columns]
    rows = every.filter(pl.col(_TABLE) == name).select(present)
    return rows.with_columns(pl.lit(None).alias(column) for column in schema if column not in present).select(
        pl.col(column).cast(kind) for column, kind in schema.items()
    )


def write_snapshot(observations: Observations, folder: Path) -> Path:
    """Write a snapshot in a folder, under the name of its content; one that is there stays as it is."""
    path = folder / f"{observations.fingerprint()}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        waiting = path.with_suffix(".new")
        waiting.write_bytes(as_parquet(observations))
        waiting.rename(path)
    return path


def read_snapshot(path: Path, name: str) -> Observations:
    """Read a snapshot and make sure that it is the one of that name.

    Raises
    ------
    DeliveryError
        When the file is not there, cannot be read, or holds other figures.
    """
    try:
        found = from_parquet(path.read_bytes())
    except (OSError, pl.exceptions.PolarsError, ValueError) as error:
        remedy = "Bring back the folder of the study as it was written, or run the study again."
        raise DeliveryError(str(path), [Problem("snapshot", f"cannot be read ({error}).", remedy)]) from None
    if found.fingerprint() != name:
        what = f"holds other figures than those of snapshot {name[:12]}."
        raise DeliveryError(str(path), [Problem("snapshot", what, "Bring back the file, or run the study again.")])
    return found
