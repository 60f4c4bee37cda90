# SPDX-License-Identifier: EUPL-1.2
"""Keep deliveries: the figures as Parquet, and beside them who delivered what and when. Whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import polars as pl

from keten.domain.errors import DeliveryError, Problem
from keten.domain.tables import Table
from keten.observations.checking import check_cells, recognise_table
from keten.observations.known import Observations, load_published
from keten.observations.reading import read_cells
from keten.observations.tables import PARTNERS, TABLES

NOT_STATED = "not_stated"
"""Sender of a delivery of which nobody said who delivered it."""

FIGURES = "figures.parquet"
PROVENANCE_FILE = "provenance.json"


@dataclass(frozen=True)
class Delivery:
    """A delivery that was checked: what it holds and where it came from.

    `sha256` is the hash of the file as delivered; `received_at` is in UTC.
    """

    table: str
    file_name: str
    sha256: str
    delivered_by: str
    received_at: datetime
    rows: int

    @property
    def identifier(self) -> str:
        """Name of the delivery in the store: day of receipt, partner and the begin of the hash."""
        return f"{self.received_at:%Y-%m-%d}-{self.delivered_by}-{self.sha256[:12]}"


def check_delivery(path: Path, *, table_name: str | None, received_at: datetime) -> tuple[Table, pl.DataFrame]:
    """Read and check a delivery without storing it.

    Raises
    ------
    DeliveryError
        With every problem of the file.
    """
    if table_name is not None and table_name not in TABLES:
        raise DeliveryError(
            path.name, [Problem("table", f"there is no table {table_name}.", f"Choose from {', '.join(TABLES)}.")]
        )
    cells = read_cells(path, sheets=(table_name,) if table_name else tuple(TABLES))
    table = TABLES[table_name] if table_name else recognise_table(cells, path.name)
    return table, check_cells(cells, table, subject=path.name, received_on=received_at.date())


def load_delivery(
    path: Path,
    *,
    store: Path,
    received_at: datetime,
    delivered_by: str = NOT_STATED,
    table_name: str | None = None,
) -> Delivery:
    """Check a delivery and store it whole, or refuse it and store nothing.

    The folder of a delivery is written beside its place and then renamed, so that a reader never sees half of one.

    Raises
    ------
    DeliveryError
        When the file has problems, the partner is unknown, or the same file was stored before.
    """
    table, figures = check_delivery(path, table_name=table_name, received_at=received_at)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    delivery = Delivery(table.name, path.name, digest, delivered_by, received_at.astimezone(UTC), figures.height)
    _refuse_stranger(delivery)
    _refuse_repetition(delivery, store)
    place = store / table.name / delivery.identifier
    waiting = store / table.name / f".{delivery.identifier}-{uuid4().hex}"
    waiting.mkdir(parents=True)
    try:
        figures.write_parquet(waiting / FIGURES)
        (waiting / PROVENANCE_FILE).write_text(_as_json(delivery), encoding="utf-8")
        waiting.rename(place)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise
    return delivery


def _as_json(delivery: Delivery) -> str:
    return json.dumps(asdict(delivery) | {"received_at": delivery.received_at.isoformat()}, indent=2) + "\n"


def _refuse_stranger(delivery: Delivery) -> None:
    if delivery.delivered_by not in (*PARTNERS, NOT_STATED):
        what = f"{delivery.delivered_by!r} is not a chain partner."
        remedy = f"Choose from {', '.join(PARTNERS)}."
        raise DeliveryError(delivery.file_name, [Problem("delivered by", what, remedy)])


def _refuse_repetition(delivery: Delivery, store: Path) -> None:
    for earlier in deliveries(store):
        if earlier.sha256 == delivery.sha256 and earlier.table == delivery.table:
            what = f"this very file was stored on {earlier.received_at:%Y-%m-%d} ({earlier.identifier})."
            raise DeliveryError(
                delivery.file_name, [Problem("file", what, "Nothing to do; deliver again when figures change.")]
            )


def deliveries(store: Path) -> tuple[Delivery, ...]:
    """List the deliveries of a store, oldest first."""
    found = []
    for path in store.glob(f"*/[!.]*/{PROVENANCE_FILE}"):
        raw = json.loads(path.read_text(encoding="utf-8"))
        found.append(Delivery(**raw | {"received_at": datetime.fromisoformat(raw["received_at"])}))
    return tuple(sorted(found, key=lambda delivery: (delivery.received_at, delivery.identifier)))


def read_store(store: Path, base: Observations | None = None) -> Observations:
    """Add every delivery of a store to the published figures (or to another base).

    A delivered row counts as known from the day of receipt and, as it comes from the partner itself, goes before
    published rows of the same fact.
    """
    observations = load_published() if base is None else base
    for delivery in deliveries(store):
        rows = pl.read_parquet(store / delivery.table / delivery.identifier / FIGURES)
        observations = observations.with_rows(delivery.table, _with_provenance(rows, delivery))
    return observations


def _with_provenance(rows: pl.DataFrame, delivery: Delivery) -> pl.DataFrame:
    return rows.with_columns(
        vintage=pl.lit(f"delivery {delivery.identifier}"),
        published=pl.lit(delivery.received_at.date()),
        published_as_given=pl.lit(delivery.received_at.isoformat()),
        source_type=pl.lit("delivery"),
        source_url=pl.lit(f"urn:sha256:{delivery.sha256}"),
        note=pl.lit(f"{delivery.file_name}, delivered by {delivery.delivered_by}"),
    )
