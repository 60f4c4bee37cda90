# SPDX-License-Identifier: EUPL-1.2
"""The only place that writes deliveries. A file is taken whole, or refused with everything that is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from keten.domain.digest import hash_of
from keten.domain.errors import Problem, ProblemKind
from keten.domain.language import Words, said
from keten.observations import load_published
from keten.observations.tables import TABLES
from keten_web.accounts.models import User
from keten_web.audit import actions as audit
from keten_web.config.today import today
from keten_web.deliveries import comparing, known, queries, reading, rights
from keten_web.deliveries.models import DeliveredFigure, DeliveredFile, Delivery, State
from keten_web.deliveries.news import figures_changed
from keten_web.deliveries.reading import Checked, File, RefusedError, Row
from keten_web.record.errors import NotAllowedError, ReasonMissingError

CORRECTS = Words(en="corrects", nl="verbetert")
OF_ANOTHER_TABLE = ProblemKind(
    code="corrects_another_table",
    what=Words(
        en="this file is about {given}, the delivery that it corrects is about {other}.",
        nl="dit bestand gaat over {given}, de levering die het verbetert over {other}.",
    ),
    remedy=Words(en="Choose the delivery that this file corrects.", nl="Kies de levering die dit bestand verbetert."),
)


def check(file: File, *, by: User) -> Checked:
    """Check a file as if it were delivered now; nothing is stored.

    Raises
    ------
    NotAllowedError, RefusedError
    """
    _need(rights.delivers(by))
    checked = reading.understood(file, sender=by.partner_id or "", received_at=timezone.now())
    if not rights.may_deliver(by, checked.table.name):
        owner = rights.owner_of(checked.table.name) or ""
        raise NotAllowedError(_("Figures of this table are delivered by %(owner)s.") % {"owner": owner})
    return checked


@transaction.atomic
def deliver(file: File, *, by: User, corrects: Delivery | None = None, request: HttpRequest | None = None) -> Delivery:
    """Take in a file that has no problems; it counts when it is accepted.

    Parameters
    ----------
    corrects
        The delivery of which it says that it corrects it; its figures then go before those, whenever they came.

    Raises
    ------
    NotAllowedError, RefusedError
        And then nothing was stored.
    """
    checked = check(file, by=by)
    digest = hash_of(file.content)
    _refuse_repetition(digest, checked, by)
    _refuse_another_table(corrects, checked, by)
    delivery = Delivery(
        sender_id=by.partner_id,
        table=checked.table.name,
        recipe=file.recipe,
        language=file.language,
        file_name=file.name[:200],
        sha256=digest,
        received_at=timezone.now(),
        received_from=by,
        rows=len(checked.rows),
        notes=[{"en": str(note), "nl": said(note, "nl")} for note in checked.notes],
        corrects=corrects,
    )
    with audit.written("deliver", lambda: f"leveringen/{delivery.pk}", request=request, by=by, details=_told(delivery)):
        delivery.save()
        DeliveredFile.objects.create(delivery=delivery, content=file.content)
    return delivery


def _refuse_repetition(digest: str, checked: Checked, by: User) -> None:
    """Refuse the very file that counts already."""
    same = Delivery.objects.filter(sha256=digest, sender_id=by.partner_id, table=checked.table.name)
    earlier = same.exclude(state__in=(State.DROPPED, State.WITHDRAWN)).first()
    if earlier is not None:
        day = f"{timezone.localtime(earlier.received_at):%Y-%m-%d}"
        raise RefusedError(
            [
                Problem(
                    Words(en="file", nl="bestand"),
                    Words(en=f"this very file was received on {day}.",
                          nl=f"precies dit bestand is ontvangen op {day}."),
                    Words(en="Nothing to do; deliver again when figures change.",
                          nl="U hoeft niets te doen; lever opnieuw als er cijfers veranderen."),
                )
            ]
        )  # fmt: skip


def _refuse_another_table(corrects: Delivery | None, checked: Checked, by: User) -> None:
    """Refuse the correction of what is not the own delivery of this table, or does not count."""
    if corrects is None:
        return
    _need(rights.may_withdraw(by, corrects))
    if corrects.table != checked.table.name:
        raise RefusedError([OF_ANOTHER_TABLE.at(CORRECTS, given=checked.table.name, other=corrects.table)])


@transaction.atomic
def withdraw(delivery: Delivery, *, by: User, reason: str, request: HttpRequest | None = None) -> Delivery:
    """Take back a delivery that counts: from today on nobody reads its figures, what they replaced holds again.

    Raises
    ------
    NotAllowedError, ReasonMissingError
        And then nothing was changed.
    """
    locked = Delivery.objects.select_for_update().get(pk=delivery.pk)
    _need(rights.may_withdraw(by, locked))
    if not reason.strip():
        raise ReasonMissingError
    locked.state, locked.withdrawn_because = State.WITHDRAWN, reason.strip()
    locked.withdrawn_at, locked.withdrawn_on = timezone.now(), today()
    details = _told(locked)
    with audit.written(
        "withdraw_delivery", lambda: f"leveringen/{locked.pk}", request=request, by=by, reason=reason, details=details
    ):
        locked.save()
    known.asked_anew()
    figures_changed.send(sender=Delivery, delivery=locked)
    return locked


@transaction.atomic
def accept(delivery: Delivery, *, by: User, request: HttpRequest | None = None) -> Delivery:
    """Let a delivery count: every figure of it, in the place of what its sender delivered before.

    Raises
    ------
    NotAllowedError, RefusedError
        And then nothing was stored.
    """
    locked = _waiting(delivery, by)
    if not rights.may_accept(by, locked):
        raise NotAllowedError(_("The contract asks that another planner than the giver lets these figures count."))
    checked = reading.understood(queries.file_of(locked), sender=locked.sender_id, received_at=locked.received_at)
    rows = [_stored(locked, found) for found in comparing.differences(checked, sender=locked.sender_id)]
    _decide(locked, State.ACCEPTED, "accept", by, request, rows)
    return locked


@transaction.atomic
def drop(delivery: Delivery, *, by: User, request: HttpRequest | None = None) -> Delivery:
    """Leave a delivery out; it stays readable and never counts.

    Raises
    ------
    NotAllowedError
        And then nothing was changed.
    """
    locked = _waiting(delivery, by)
    _decide(locked, State.DROPPED, "drop", by, request, ())
    return locked


def _waiting(delivery: Delivery, by: User) -> Delivery:
    locked = Delivery.objects.select_for_update().get(pk=delivery.pk)
    _need(rights.may_decide(by, locked))
    if locked.state != State.WAITING:
        raise NotAllowedError(_("This delivery was decided on before; look at it again."))
    return locked


def _decide(
    delivery: Delivery,
    state: State,
    action: str,
    by: User,
    request: HttpRequest | None,
    rows: Iterable[DeliveredFigure],
) -> None:
    delivery.state = state
    delivery.decided_at = timezone.now()
    with audit.written(action, lambda: f"leveringen/{delivery.pk}", request=request, by=by, details=_told(delivery)):
        delivery.save()
        DeliveredFigure.objects.bulk_create(rows, batch_size=2000)
    known.asked_anew()
    figures_changed.send(sender=Delivery, delivery=delivery)


def _stored(delivery: Delivery, found: comparing.Difference) -> DeliveredFigure:
    figure = found.figure
    return DeliveredFigure(
        delivery=delivery,
        row=figure.row.number,
        table=figure.fact.table,
        key=figure.fact.key,
        column=figure.fact.column,
        unit=figure.unit,
        definition=figure.definition,
        period_start=figure.first_day,
        period_end=figure.last_day,
        value=figure.value,
        state=figure.state,
        sender_id=delivery.sender_id,
        received_at=delivery.received_at,
        known_on=min(timezone.localtime(delivery.received_at).date(), today()),  # in a demonstration its own day
        replaces_id=found.replaces,
        content={name: _plain(value) for name, value in figure.row.values.items()},
    )


SEEDED = (
    "delivery_id", "row", "table", "key", "column", "unit", "definition", "period_start", "period_end", "value",
    "state", "received_at", "known_on", "content",
)  # fmt: skip
"""Columns of a published figure, in the order in which they are copied in."""


@transaction.atomic
def seed() -> int:
    """Put the published figures that come with Keten in the database, each with its own source and first day.

    Done again it changes nothing; where a new version brings other figures of a table, those take the place of the
    earlier ones.

    Returns
    -------
    The number of figures that came in.
    """
    count = 0
    for name, frame, digest, earlier in list(_unseeded()):
        if earlier is not None:
            earlier.state = State.DROPPED
            earlier.save()
        now = timezone.now()
        made = Delivery.objects.create(
            table=name,
            file_name=f"{name}.csv",
            sha256=digest,
            received_at=now,
            rows=frame.height,
            state=State.PACKAGED,
            decided_at=now,
        )
        count += _copy(made, frame.to_dicts())
    known.asked_anew()
    return count


def is_seeded() -> bool:
    """Tell whether the published figures of this version are in the database."""
    return next(_unseeded(), None) is None


def _unseeded() -> Iterator[tuple[str, pl.DataFrame, str, Delivery | None]]:
    """Give the tables of which other figures are in the database, with what stands there."""
    ships, there = load_published(), {row.table: row for row in Delivery.objects.filter(state=State.PACKAGED)}
    for name in TABLES:
        frame = ships.table(name)
        digest, earlier = hash_of(frame.write_csv()), there.get(name)
        if not frame.is_empty() and (earlier is None or earlier.sha256 != digest):
            yield name, frame, digest, earlier


def _copy(delivery: Delivery, rows: Iterable[Mapping[str, Any]]) -> int:
    checked = Checked(
        TABLES[delivery.table], tuple(Row(number, row, reading.FINAL) for number, row in enumerate(rows, start=2)), ()
    )
    found = comparing.figures(checked)
    table = connection.ops.quote_name(DeliveredFigure._meta.db_table)
    columns = ", ".join(map(connection.ops.quote_name, SEEDED))
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for figure in found:
            content = {name: _plain(value) for name, value in figure.row.values.items()}
            copy.write_row(
                (
                    delivery.pk, figure.row.number, figure.fact.table, figure.fact.key, figure.fact.column,
                    figure.unit, figure.definition, figure.first_day, figure.last_day, figure.value, figure.state,
                    delivery.received_at, figure.row.values["published"],
                    json.dumps(content, ensure_ascii=False, allow_nan=False),
                )
            )  # fmt: skip
    return len(found)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _told(delivery: Delivery) -> dict[str, Any]:
    return {"table": delivery.table, "sha256": delivery.sha256, "rows": delivery.rows, "state": str(delivery.state)}


def _need(allowed: bool) -> None:
    if not allowed:
        raise NotAllowedError(_("Only a planner of the partner whose figures they are may deliver them."))
