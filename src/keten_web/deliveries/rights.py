# SPDX-License-Identifier: EUPL-1.2
"""Who may deliver what, and who may look at it. A partner delivers its own figures, and nobody those of another."""

from __future__ import annotations

from keten.observations.contracts import of_partner
from keten.observations.tables import TABLES
from keten_web.accounts.models import User
from keten_web.accounts.roles import Permission
from keten_web.deliveries.models import Delivery, State


def delivers(by: User) -> bool:
    """Tell whether a user may deliver figures at all: a planner, for the own partner."""
    return bool(by.partner_id) and by.has_perm(Permission.WRITE_OWN)


def may_deliver(by: User, table: str) -> bool:
    """Tell whether a user may deliver figures of a table: it belongs to the own partner, or its rows name one."""
    return delivers(by) and table in TABLES and table in tables_of(by)


def tables_of(by: User) -> tuple[str, ...]:
    """Give the tables that the partner of a user delivers."""
    return tuple(name for name in TABLES if owner_of(name) in (None, by.partner_id))


def owner_of(table: str) -> str | None:
    """Give the partner whose figures a table holds; None when each row names its partner."""
    return TABLES[table].owner


def sees_all(by: User) -> bool:
    """Tell whether a user sees the deliveries of every partner."""
    return by.has_perm(Permission.STEER_CHAIN) or by.has_perm(Permission.VIEW_AUDIT)


def may_withdraw(by: User, delivery: Delivery) -> bool:
    """Tell whether a user may take back a delivery that counts, or correct it."""
    return delivery.state == State.ACCEPTED and delivery.sender_id == by.partner_id and may_deliver(by, delivery.table)


def may_decide(by: User, delivery: Delivery) -> bool:
    """Tell whether a user may accept or drop a delivery."""
    return delivery.sender_id == by.partner_id and may_deliver(by, delivery.table)


def may_accept(by: User, delivery: Delivery) -> bool:
    """Tell whether a user may let a delivery count: not the giver, where its contract asks for a second reader."""
    return may_decide(by, delivery) and not (asks_second_reader(delivery) and delivery.received_from_id == by.pk)


def asks_second_reader(delivery: Delivery) -> bool:
    """Tell whether the contract of a delivery asks that another than the giver reads it before it counts."""
    own = of_partner(delivery.sender_id or "")
    return any(contract.second_reader for contract in own if contract.table == delivery.table)
