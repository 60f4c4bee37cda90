# SPDX-License-Identifier: EUPL-1.2
"""The deliveries of a store as one stream, and the one answer to what was known of a fact at a moment.

Of several rows of one fact holds:

1. that of the owner of the table (or of the partner the row is about) before that of another;
2. an explicit correction before the delivery that it corrects;
3. the later moment of receipt, also on the same day; at one moment the one that was stored later.

Never a hash or a name. What was suppressed or is unknown takes the place of the figure that was delivered before it:
then no delivered figure is known, and what was published stays. A row of who does not own the table goes behind what
was published. A folder and a site ask this module alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import polars as pl

from keten.observations.tables import TABLES

DELIVERED = ("delivery", "other_delivery")
"""Kinds of source of a delivered row: of the owner, and of another, who cannot outrank what was published."""
NOT_STATED = "not_stated"
"""Sender of a delivery of which nobody said who delivered it."""


@dataclass(frozen=True)
class Delivery:
    """A delivery that was checked: what it holds and where it came from.

    `sha256` is the hash of the file as delivered; `received_at` is in UTC. `sequence` counts the deliveries of a store
    in the order in which they were stored; `corrects` names the delivery that this one corrects. `known_on` is the day
    from which it is known, where that is not the day of receipt; from `withdrawn_on` on it counts no more.
    """

    table: str
    file_name: str
    sha256: str
    delivered_by: str
    received_at: datetime
    rows: int
    sequence: int = 0
    corrects: str | None = None
    recipe: str | None = None
    known_on: date | None = None
    withdrawn_on: date | None = None

    @property
    def known_day(self) -> date:
        """First day on which it is known."""
        return self.known_on or self.received_at.date()

    def as_of(self, moment: date | datetime) -> Delivery | None:
        """Give the delivery as it stood at a moment (of a day: before it was over); None when it was not known."""
        day = moment
        if isinstance(moment, datetime):
            end = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            day = end.date()
            if self.known_on is None and self.received_at > end:
                return None
        if self.known_day > day:
            return None
        still = self.withdrawn_on is not None and self.withdrawn_on > day
        return replace(self, withdrawn_on=None) if still else self

    @property
    def identifier(self) -> str:
        """Name of the delivery in the store: day of receipt, partner and the begin of the hash."""
        return f"{self.received_at:%Y-%m-%d}-{self.delivered_by}-{self.sha256[:12]}"


@dataclass(frozen=True, eq=False)
class Stream:
    """Deliveries with their figures, in the order in which they were stored."""

    parts: tuple[tuple[Delivery, pl.DataFrame], ...] = ()

    def until(self, moment: date | datetime) -> Stream:
        """Keep what was received at or before a moment; of a day: before it was over."""
        known = ((delivery.as_of(moment), rows) for delivery, rows in self.parts)
        return replace(self, parts=tuple((delivery, rows) for delivery, rows in known if delivery is not None))

    def only(self, names: Sequence[str]) -> Stream:
        """Keep the deliveries with these names."""
        return replace(self, parts=tuple(part for part in self.parts if part[0].identifier in names))

    def history(self, table: str) -> pl.DataFrame:
        """Give every delivered row of a table with its provenance and state, also those that no longer hold."""
        frames = [_with_provenance(rows, delivery) for delivery, rows in self.parts if delivery.table == table]
        return pl.concat(frames) if frames else pl.DataFrame()

    def rows_that_hold(self, table: str) -> pl.DataFrame:
        """Give one row per fact, by the rule of this module; with a state, and without a figure where there is none."""
        counting = [part for part in self.parts if part[0].table == table and part[0].withdrawn_on is None]
        ranks = ranked([delivery for delivery, _ in counting])
        frames = [
            _with_provenance(rows, delivery).with_columns(
                _rank=pl.lit(ranks[delivery.identifier]), _owner=_is_owner(table, delivery)
            )
            for delivery, rows in counting
        ]
        if not frames:
            return pl.DataFrame()
        every = pl.concat(frames).sort("_owner", "_rank", descending=[True, True])
        key = list(TABLES[table].key)
        return every.unique(subset=key, keep="first", maintain_order=True).drop("_rank", "_owner").sort(key)

    def as_known(self, table: str) -> pl.DataFrame:
        """Give the figures that are known of a table: what holds, as far as it is a figure."""
        rows = self.rows_that_hold(table)
        if not rows.height:
            return rows
        return rows.filter(~pl.col("state").is_in(["suppressed", "unknown"])).drop("state")


def _is_owner(table: str, delivery: Delivery) -> pl.Expr:
    owner = TABLES[table].owner
    if owner is None and "partner" in TABLES[table].column_names:
        return pl.col("partner") == delivery.delivered_by
    return pl.lit(owner is None or owner == delivery.delivered_by)


def ranked(found: Sequence[Delivery]) -> dict[str, int]:
    """Rank deliveries by name from weak to strong: by receipt, a correction directly above what it corrects at least.

    No two of them may have the same name.
    """
    order = [d.identifier for d in sorted(found, key=lambda delivery: (delivery.received_at, delivery.sequence))]
    corrections = sorted((d for d in found if d.corrects), key=lambda delivery: delivery.sequence)
    for delivery in corrections:
        own = order.index(delivery.identifier)
        if delivery.corrects in order and order.index(delivery.corrects) > own:
            order.insert(order.index(delivery.corrects) + 1, delivery.identifier)
            order.pop(own)
    return {identifier: rank for rank, identifier in enumerate(order)}


def _with_provenance(rows: pl.DataFrame, delivery: Delivery) -> pl.DataFrame:
    if "state" not in rows.columns:  # stored before figures had a state
        rows = rows.with_columns(state=pl.lit("final"))
    return rows.with_columns(
        vintage=pl.lit(f"delivery {delivery.identifier}"),
        published=pl.lit(delivery.known_day),
        published_as_given=pl.lit(delivery.received_at.isoformat()),
        source_type=pl.when(_is_owner(delivery.table, delivery))
        .then(pl.lit(DELIVERED[0]))
        .otherwise(pl.lit(DELIVERED[1])),
        source_url=pl.lit(f"urn:sha256:{delivery.sha256}"),
        note=pl.when(pl.col("state") == "final")
        .then(pl.lit(f"{delivery.file_name}, delivered by {delivery.delivered_by}"))
        .otherwise(pl.lit(f"{delivery.file_name}, delivered by {delivery.delivered_by}; ") + pl.col("state")),
    )
