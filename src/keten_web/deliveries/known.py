# SPDX-License-Identifier: EUPL-1.2
"""The figures as known on a day: the one question that every reader in the site asks, and its one answer.

Published figures are where it begins: the seeding put them in the database. What partners delivered and was accepted
comes on top of it, by the rule of `keten.observations.stream`. Kept per program until something is accepted or
withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import polars as pl
from django.db.models import Count, Max, Min, Q

from keten.observations import Observations
from keten.observations.checking import POLARS
from keten.observations.stream import Delivery as Received
from keten.observations.stream import Stream
from keten.observations.tables import TABLES, with_provenance
from keten_web.deliveries.models import DeliveredFigure, Delivery, State

Version = tuple[int, datetime | None]
"""How many deliveries count, and when the last of them was accepted."""
STATE = "state"


def published() -> Observations:
    """Give the published figures that the site began with, for who asks what stood there before a partner delivered."""
    return _published(_of_this_page()[1])


def known_on(day: date) -> Observations:
    """Give the figures as known at the end of a day; the same object as long as nothing came in."""
    now, seeded = _of_this_page()
    return _known_on(_held.get() or now, seeded, day)


@contextmanager
def held(until: Version) -> Iterator[None]:
    """Let the figures stand still for who closes a month: what is accepted after a moment waits."""
    token = _held.set(until)
    try:
        yield
    finally:
        _held.reset(token)


@contextmanager
def one_page() -> Iterator[None]:
    """Let a page have the same figures from beginning to end, and ask once up to where they go."""
    token = _page.set([])
    try:
        yield
    finally:
        _page.reset(token)


def asked_anew() -> None:
    """Let the rest of a page see what was accepted or left out in it."""
    if (asked := _page.get()) is not None:
        asked.clear()


def _of_this_page() -> tuple[Version, int]:
    asked = _page.get()
    if asked is None:
        return _now()
    if not asked:
        asked.append(_now())
    return asked[0]


_page: ContextVar[list[tuple[Version, int]] | None] = ContextVar("figures of this page", default=None)
_held: ContextVar[Version | None] = ContextVar("figures held", default=None)


def version() -> Version:
    """Say up to which decision the answer goes."""
    return _now()[0]


def _now() -> tuple[Version, int]:
    """Ask in one small question up to where deliveries go, and which published figures the site began with."""
    counted = Q(state__in=COUNTED)
    found = Delivery.objects.filter(counted | Q(state=State.PACKAGED)).aggregate(
        number=Count("pk", filter=counted),
        withdrawn=Count("pk", filter=Q(state=State.WITHDRAWN)),
        accepted=Max("decided_at", filter=counted),
        taken_back=Max("withdrawn_at", filter=counted),
        seeded=Max("pk", filter=Q(state=State.PACKAGED)),
    )
    moments = [moment for moment in (found["accepted"], found["taken_back"]) if moment is not None]
    return (found["number"] + found["withdrawn"], max(moments, default=None)), found["seeded"] or 0


COUNTED = (State.ACCEPTED, State.WITHDRAWN)
"""Deliveries that count, or counted until they were withdrawn."""


@lru_cache(maxsize=24)
def _known_on(version: Version, seeded: int, day: date) -> Observations:
    began, stream = _published(seeded), _stream(version)
    return (began.with_stream(stream) if stream.parts else began).known_on(day)


@lru_cache(maxsize=2)
def _published(seeded: int) -> Observations:
    """Read the published figures; they change only when a new version of Keten brings others."""
    frames: dict[str, Any] = {name: as_frame(name, (), is_published=True) for name in TABLES}
    for delivery in Delivery.objects.filter(state=State.PACKAGED, pk__lte=seeded):
        frames[delivery.table] = as_frame(delivery.table, _contents(delivery.pk), is_published=True)
    return Observations(**frames)


@lru_cache(maxsize=4)
def _stream(version: Version) -> Stream:
    if version[1] is None:
        return Stream(())
    found = (
        Delivery.objects.filter(state__in=COUNTED, decided_at__lte=version[1])
        .annotate(known_on=Min("figures__known_on"))
        .filter(known_on__isnull=False)
        .select_related("corrects")
        .order_by("decided_at", "pk")
    )
    return Stream(tuple((as_received(row, version[1]), _rows(row.pk, row.table, row.decided_at)) for row in found))


def as_received(row: Any, until: datetime | None = None) -> Received:
    """Write a delivery for the stream; what was withdrawn after a moment still counted at it."""
    is_withdrawn = row.withdrawn_at is not None and (until is None or row.withdrawn_at <= until)
    return Received(
        table=row.table,
        file_name=row.file_name,
        sha256=row.sha256,
        delivered_by=row.sender_id,
        received_at=row.received_at,
        rows=row.rows,
        sequence=row.pk,
        recipe=row.recipe or None,
        known_on=getattr(row, "known_on", None),
        corrects=_name_of(row.corrects) if row.corrects_id else None,
        withdrawn_on=row.withdrawn_on if is_withdrawn else None,
    )


def _name_of(row: Any) -> str:
    return Received(row.table, row.file_name, row.sha256, row.sender_id, row.received_at, row.rows).identifier


@lru_cache(maxsize=2048)
def _rows(delivery: int, table: str, _decided_at: datetime) -> pl.DataFrame:
    """Give the rows of a delivery as its table has them; they never change."""
    return as_frame(table, _contents(delivery))


def _contents(delivery: int) -> Iterable[tuple[Mapping[str, Any], str]]:
    """Give each row of a delivery once, however many figures it holds."""
    found = DeliveredFigure.objects.filter(delivery_id=delivery).order_by("row", "pk")
    return {row: (content, state) for row, content, state in found.values_list("row", "content", "state")}.values()


def as_frame(table: str, rows: Iterable[tuple[Mapping[str, Any], str]], *, is_published: bool = False) -> pl.DataFrame:
    """Make the frame of a table from the contents of rows: each with its state, or as published with its source."""
    columns = (with_provenance(TABLES[table]) if is_published else TABLES[table]).columns
    days = {column.name for column in columns if column.type is date}
    values = [
        {
            column.name: _day(content.get(column.name)) if column.name in days else content.get(column.name)
            for column in columns
        }
        | ({} if is_published else {STATE: state})
        for content, state in rows
    ]
    schema = {column.name: POLARS[column.type] for column in columns} | ({} if is_published else {STATE: pl.String})
    return pl.DataFrame(values, schema=schema)


def _day(written: object) -> date | None:
    return date.fromisoformat(str(written)) if written else None
