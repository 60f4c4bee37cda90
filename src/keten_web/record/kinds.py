# SPDX-License-Identifier: EUPL-1.2
"""The kinds of rows. One declaration gives list, row, history, form, steps, search, files and the tests of access."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Field
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keten_web.accounts.models import User
from keten_web.record import permissions
from keten_web.record.models import Record
from keten_web.record.permissions import Right

Text = str | Promise
Context = Callable[[Any, User], Mapping[str, Any]]
RESERVED_CODES = frozenset({"nieuw", "inlezen"})
"""Words that stand where a code stands in an address."""


def _nothing_wrong(_record: Record, _by: User) -> Sequence[str]:
    return ()


def _nothing_more(_record: Record, _by: User) -> None:
    return None


@dataclass(frozen=True)
class Transition:
    """A lawful step from one state to another.

    `problems` says what still stands in the way (all of it at once); `effect` changes more of the row than its state,
    and may change the state itself, for instance to “agreed” only when the second of two has agreed. `blocked` says of
    a step that asks something what stands in the way whatever is filled in: then it is not offered.
    """

    slug: str
    label: Text
    origins: tuple[str, ...]
    to: str
    permitted: Right
    needs_reason: bool = True
    problems: Callable[[Any, User], Sequence[str]] = _nothing_wrong
    effect: Callable[[Any, User], None] = _nothing_more
    asks: tuple[str, ...] = ()
    """Fields that are filled in with the step."""
    blocked: Callable[[Any, User], Sequence[str]] = _nothing_wrong

    def obstacles(self, record: Record, by: User) -> tuple[str, ...]:
        """Say why this step cannot be taken yet, before anything is filled in; empty when it can."""
        return tuple((self.blocked if self.asks else self.problems)(record, by))


@dataclass(frozen=True)
class Offer:
    """A step that a user may take from here, with what makes it impossible yet."""

    step: Transition
    obstacles: tuple[str, ...]


@dataclass(frozen=True)
class Withdrawal:
    """From which states a row may be withdrawn, by whom; no states is every state."""

    origins: tuple[str, ...]
    permitted: Right


def state_of(record: Record) -> str:
    """Give the state of a row; empty when its kind has none."""
    return getattr(record, "state", "")


@dataclass(frozen=True)
class RightRow:
    """A row of the table of rights: who may do one thing with a row of this kind, from which states."""

    action: str
    label: Text
    origins: tuple[str, ...]
    """States of the row; empty is every state."""
    right: Right
    needs_reason: bool = False

    def test(self, by: User, record: Record) -> bool:
        return (not self.origins or state_of(record) in self.origins) and self.right.test(by, record)


READ, CREATE, CHANGE, WITHDRAW = "read", "create", "change", "withdraw"


@dataclass(frozen=True)
class Kind:
    """A kind of row: what it is called, what is listed and edited, who may write, which steps are lawful."""

    model: type[Record]
    slug: str
    """Dutch plural, kebab-case: the address, and the path in the API."""
    theme: str
    """Which entry of the navigation it belongs to."""
    edited: tuple[str, ...]
    """Fields of the form, beside title, explanation and source."""
    listed: tuple[str, ...] = ()
    """Columns of the list, beside title and owner."""
    filtered: tuple[str, ...] = ()
    may_read: Right = permissions.reads_record
    may_write: Right = permissions.writes_own
    may_create: Right | None = None
    """Who may make a new row; who may write when it is not said."""
    transitions: tuple[Transition, ...] = ()
    writable_states: tuple[str, ...] = ()
    """States in which the form may change the row; empty is every state."""
    withdrawals: tuple[Withdrawal, ...] = ()
    """Who may withdraw a row, and from which states; who may change it when it is not said."""
    stays_in_sight: bool = False
    """A withdrawn row stays in the lists and counts, marked as withdrawn: it says something about its owner."""
    template: str = "record/detail.html"
    context: Context | None = None
    """What the template of the detail needs beside the row."""
    shows_owner: bool = True

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def plural(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def has_states(self) -> bool:
        return any(field.name == "state" for field in self.model._meta.fields)

    @property
    def fields(self) -> tuple[str, ...]:
        """Everything a user may fill in."""
        return ("title", "title_en", *self.edited, "text", "text_en", "source", "assumption")

    def field(self, name: str) -> Field[Any, Any]:
        field: Field[Any, Any] = self.model._meta.get_field(name)  # type: ignore[assignment]  # no field of a kind is a way back
        return field

    def transition(self, slug: str) -> Transition | None:
        return next((row for row in self.transitions if row.slug == slug), None)

    def address(self, view: str, *arguments: str) -> str:
        return reverse(view, args=(self, *arguments))

    @property
    def rights(self) -> tuple[RightRow, ...]:
        """Give the table of rights of this kind: everything that anybody may do with its rows."""
        withdrawals = self.withdrawals or (Withdrawal(self.writable_states, self.may_write),)
        return (
            RightRow(READ, _("Read"), (), self.may_read),
            RightRow(CREATE, _("Make"), (), self.may_create or self.may_write),
            RightRow(CHANGE, _("Change"), self.writable_states, self.may_write, needs_reason=True),
            *(RightRow(row.slug, row.label, row.origins, row.permitted, row.needs_reason) for row in self.transitions),
            *(RightRow(WITHDRAW, _("Withdraw"), row.origins, row.permitted, needs_reason=True) for row in withdrawals),
        )

    def allows(self, action: str, by: User, record: Record | None) -> bool:
        """Tell whether a user may do this with the row as it is now; without a row, whether one may be made at all."""
        rows = [row for row in self.rights if row.action == action]
        if record is None:
            return any(row.right.test(by, None) for row in rows)
        return not record.is_withdrawn and any(row.test(by, record) for row in rows)

    def may(self, by: User, record: Record | None = None) -> bool:
        """Tell whether a user may change this row now, or make a new one when there is none."""
        return self.allows(CREATE if record is None else CHANGE, by, record)

    def may_make(self, by: User, record: Record) -> bool:
        """Tell whether a user may make this row, with this owner."""
        return self.allows(CREATE, by, record)

    def may_withdraw(self, by: User, record: Record) -> bool:
        return self.allows(WITHDRAW, by, record)

    def steps(self, by: User, record: Record) -> tuple[Transition, ...]:
        """Give the steps a user may take from here."""
        return tuple(row for row in self.transitions if self.allows(row.slug, by, record))

    def offers(self, by: User, record: Record) -> tuple[Offer, ...]:
        """Give the steps a user may take from here, each with why it cannot be taken yet."""
        return tuple(Offer(row, row.obstacles(record, by)) for row in self.steps(by, record))


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind; its slug and its model are its own."""
    if kind.slug in _KINDS or any(kind.model is other.model for other in _KINDS.values()):
        raise ValueError(f"{kind.slug} or its model is registered twice.")
    _KINDS[kind.slug] = kind
    kind.model.address_of = staticmethod(partial(kind.address, "record-detail"))
    return kind


def kinds() -> tuple[Kind, ...]:
    """Give every kind, in the order in which they were declared."""
    return tuple(_KINDS.values())


def by_slug(slug: str) -> Kind | None:
    return _KINDS.get(slug)


def kind_of(record: Record | type[Record]) -> Kind:
    """Give the kind of a row or a model."""
    model = record if isinstance(record, type) else type(record)
    return next(kind for kind in _KINDS.values() if kind.model is model)


def related(kind: Kind) -> Iterator[tuple[Kind, str]]:
    """Give the kinds that point at this one, with the field that does."""
    for other in _KINDS.values():
        for field in other.model._meta.fields:
            if field.related_model is kind.model:
                yield other, field.name
