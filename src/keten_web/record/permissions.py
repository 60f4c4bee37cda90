# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with a row: predicates over a user and a row, to be joined with `&`, `|` and `~`."""

from __future__ import annotations

from rules import predicate

from keten_web.accounts.models import User
from keten_web.accounts.roles import Permission
from keten_web.record.models import Record


@predicate
def reads_record(by: User, _record: Record | None) -> bool:
    """May look at the record at all."""
    return by.has_perm(Permission.VIEW_RECORD)


@predicate
def is_own(by: User, record: Record | None) -> bool:
    """Belongs to the partner of the user; a row that does not exist yet will."""
    return bool(by.partner_id) and (record is None or by.partner_id in record.owners())


@predicate
def plans(by: User, _record: Record | None) -> bool:
    """May write rows of the own partner."""
    return by.has_perm(Permission.WRITE_OWN)


@predicate
def steers(by: User, _record: Record | None) -> bool:
    """May write what belongs to the chain as a whole."""
    return by.has_perm(Permission.STEER_CHAIN)


@predicate
def approves(by: User, _record: Record | None) -> bool:
    """May approve and decide, for the own partner."""
    return by.has_perm(Permission.APPROVE)


writes_own = plans & is_own
approves_own = approves & is_own
