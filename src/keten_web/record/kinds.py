# SPDX-License-Identifier: EUPL-1.2
"""The kinds of rows. One declaration gives list, row, history, form, steps, search, files and the tests of access."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Field
from django.urls import reverse
from django.utils.functional import Promise
from rules import Predicate

from keten_web.accounts.models import User
from keten_web.record import permissions
from keten_web.record.models import Record

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
    and may change the state itself, for instance to “agreed” only when the second of two has agreed.
    """

    slug: str
    label: Text
    origins: tuple[str, ...]
    to: str
    permitted: Predicate
    needs_reason: bool = True
    problems: Callable[[Any, User], Sequence[str]] = _nothing_wrong
    effect: Callable[[Any, User], None] = _nothing_more
    asks: tuple[str, ...] = ()
    """Fields that are filled in with the step."""


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
    may_read: Predicate = permissions.reads_record
    may_write: Predicate = permissions.writes_own
    may_create: Predicate | None = None
    """Who may make a new row; who may write when it is not said."""
    transitions: tuple[Transition, ...] = ()
    writable_states: tuple[str, ...] = ()
    """States in which the form may change the row; empty is every state."""
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
        return self.model._meta.get_field(name)

    def transition(self, slug: str) -> Transition | None:
        return next((row for row in self.transitions if row.slug == slug), None)

    def address(self, view: str, *arguments: str) -> str:
        return reverse(view, args=(self, *arguments))

    def may(self, by: User, record: Record | None = None) -> bool:
        """Tell whether a user may change this row now, or make a new one when there is none."""
        if record is None:
            return bool((self.may_create or self.may_write).test(by, None))
        if record.is_withdrawn or (self.writable_states and record.state not in self.writable_states):
            return False
        return bool(self.may_write.test(by, record))

    def steps(self, by: User, record: Record) -> tuple[Transition, ...]:
        """Give the steps a user may take from here."""
        if record.is_withdrawn:
            return ()
        return tuple(row for row in self.transitions if record.state in row.origins and row.permitted.test(by, record))


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind; its slug and its model are its own."""
    if kind.slug in _KINDS or any(kind.model is other.model for other in _KINDS.values()):
        raise ValueError(f"{kind.slug} or its model is registered twice.")
    _KINDS[kind.slug] = kind
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
