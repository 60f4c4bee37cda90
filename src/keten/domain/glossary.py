# SPDX-License-Identifier: EUPL-1.2
"""The words of the chain, from the one file that names code, screens and reports (`glossary.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from keten.domain.yaml_text import parse_yaml


@dataclass(frozen=True)
class Source:
    """An organisation or text whose English word is used."""

    id: str
    name: str
    address: str


@dataclass(frozen=True)
class Topic:
    """A group of terms, in the order in which they are shown."""

    id: str
    nl: str
    en: str


@dataclass(frozen=True)
class Term:
    """One concept: its identifier in code, its word and its meaning in both languages.

    `source` is the identifier of the `Source` whose English word it is.
    """

    id: str
    topic: str
    nl: str
    en: str
    meaning_nl: str
    meaning_en: str
    source: str
    note: str = ""


@dataclass(frozen=True)
class BannedWord:
    """A word that may not stand alone as a name in code, and what to write instead."""

    word: str
    instead: str
    reason: str


@dataclass(frozen=True)
class Glossary:
    """All terms with their sources and the words that are banned."""

    sources: tuple[Source, ...]
    topics: tuple[Topic, ...]
    terms: tuple[Term, ...]
    banned: tuple[BannedWord, ...]

    def of(self, topic: str) -> tuple[Term, ...]:
        """Terms of one topic, in the order of the file."""
        return tuple(term for term in self.terms if term.topic == topic)

    def term(self, identifier: str) -> Term:
        """Look a term up by its identifier.

        Raises
        ------
        KeyError
            When the glossary does not have it.
        """
        for term in self.terms:
            if term.id == identifier:
                return term
        raise KeyError(f"{identifier} is not in the glossary; add it to glossary.yaml or use the word that is.")


@cache
def load_glossary() -> Glossary:
    """Read the glossary that comes with the package."""
    text = resources.files(__package__).joinpath("glossary.yaml").read_text(encoding="utf-8")
    content: dict[str, list[dict[str, Any]]] = parse_yaml(text)
    return Glossary(
        sources=tuple(Source(**row) for row in content["sources"]),
        topics=tuple(Topic(**row) for row in content["topics"]),
        terms=tuple(Term(**row) for row in content["terms"]),
        banned=tuple(BannedWord(**row) for row in content["banned"]),
    )
