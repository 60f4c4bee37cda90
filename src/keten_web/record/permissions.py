# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with a row, as data: a right is lines of a permission and a relation to the row.

One line is enough. What the site lets somebody do, the buttons it shows, what the API answers and the document
`docs/rights.md` all read the same lines; nothing else decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rules.predicates import Predicate, predicate

from keten_web.accounts.models import User
from keten_web.accounts.roles import ROLES, Permission
from keten_web.record.models import Record


@dataclass(frozen=True)
class Relation:
    """What a user, through the own partner, has to do with a row."""

    name: str
    label: str | Promise
    holds: Predicate

    def test(self, by: User, record: Record | None) -> bool:
        return bool(self.holds.test(by, record))


@dataclass(frozen=True)
class Line:
    """Who has this permission may do it with the rows that have this relation."""

    permission: Permission
    relation: Relation

    def test(self, by: User, record: Record | None) -> bool:
        return by.has_perm(self.permission) and self.relation.test(by, record)

    @property
    def roles(self) -> tuple[str, ...]:
        """Name the roles that have the permission."""
        return tuple(name for name, (_label, held) in ROLES.items() if self.permission in held)


@dataclass(frozen=True)
class Right:
    """Lines, of which one is enough."""

    lines: tuple[Line, ...]

    def test(self, by: User, record: Record | None = None) -> bool:
        return any(line.test(by, record) for line in self.lines)

    def __or__(self, other: Right) -> Right:
        return Right((*self.lines, *other.lines))


def right(permission: Permission, relation: Relation) -> Right:
    """Give the right of who has a permission, on the rows of a relation."""
    return Right((Line(permission, relation),))


@predicate
def is_any(_by: User, _record: Record | None) -> bool:
    """Whatever row."""
    return True


@predicate
def is_own(by: User, record: Record | None) -> bool:
    """Belongs to the partner of the user; a new row has that partner as its owner, and not only as the other side."""
    if record is None:
        return bool(by.partner_id)
    owners = {record.partner_id} if record._state.adding else record.owners()
    return bool(by.partner_id) and by.partner_id in owners


ANY = Relation("any", _("of every organisation"), is_any)
OWN = Relation("own", _("of the own organisation"), is_own)

reads_record = right(Permission.VIEW_RECORD, ANY)
steers = right(Permission.STEER_CHAIN, ANY)
writes_own = right(Permission.WRITE_OWN, OWN)
approves_own = right(Permission.APPROVE, OWN)
