# SPDX-License-Identifier: EUPL-1.2
"""What a form offers: choices in place of codes typed by heart, and the parts in which a long form is folded.

An app says it in its `offered.py`, beside its `kinds.py`. Files and the API go on speaking in codes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keten_web.accounts import queries as accounts
from keten_web.accounts.models import PartnerOrganisation
from keten_web.record.kinds import Kind
from keten_web.record.models import Record
from keten_web.words import names

Options = Sequence[tuple[str, str]]
"""Code and name, in the language of the page."""

Offer = Callable[[], Options]

_OFFERS: dict[tuple[type[Record], str], Offer] = {}
_WORDS: dict[tuple[type[Record], str], dict[str, str | Promise]] = {}
_PARTS: dict[type[Record], tuple[Part, ...]] = {}


@dataclass(frozen=True)
class Part:
    """Fields of a form that belong together, under one heading."""

    heading: str | Promise
    fields: tuple[str, ...]


def offer(model: type[Record], options: Offer, *fields: str) -> None:
    """Offer choices for fields that hold codes."""
    for name in fields:
        model._meta.get_field(name)  # a misspelt field is an error at start
        _OFFERS[model, name] = options


def offer_words(model: type[Record], words: Sequence[tuple[str, str | Promise]], *fields: str) -> None:
    """Offer a fixed list of words; where the field is shown, it speaks in them too."""
    offer(model, lambda: [(code, str(said)) for code, said in words], *fields)
    _WORDS.update({(model, name): dict(words) for name in fields})


def word(model: type[Record], name: str, code: str) -> str | None:
    """Give the word for a code of a field; None when it has no fixed list of them."""
    said = _WORDS.get((model, name), {}).get(code)
    return None if said is None else str(said)


def fold(model: type[Record], *parts: Part) -> None:
    """Fold the form of a kind in parts; what is in none of them stands at the end."""
    _PARTS[model] = parts


def choices_of(model: type[Record], name: str) -> Offer | None:
    """Give the choices of a field; None when it is free text."""
    return _OFFERS.get((model, name))


ELSEWHERE = frozenset({"source", "assumption"})


def parts_of(kind: Kind) -> tuple[Part, ...]:
    """Give the parts of the form of a kind; the first is open."""
    parts = _PARTS.get(kind.model, ())
    rest = [name for name in kind.fields if all(name not in part.fields for part in parts)]
    main = tuple(name for name in rest if name not in ELSEWHERE and not name.endswith("_en"))
    last = tuple(name for name in rest if name not in main)
    first = (Part("", main),) if main and not parts else ()
    middle = (Part(_("More"), main),) if main and parts else ()
    return (*first, *parts, *middle, Part(_("In English, and where it comes from"), last))


def partners() -> Options:
    """Give every chain partner: what everybody calls it, and its full name."""
    return [(row.code, partner_label(row)) for row in accounts.partners()]


def partner_label(row: PartnerOrganisation) -> str:
    """Name a partner as people look for it: by what everybody calls it, and by its full name."""
    short = str(names.partner_short(row.code))
    return short if short == str(row) else f"{short} ({row})"


def rows_of(*models: type[Record]) -> Offer:
    """Offer the rows of kinds, by their code."""

    def options() -> Options:
        return [(row.code, row.name) for model in models for row in model.objects.filter(is_withdrawn=False)]

    return options
