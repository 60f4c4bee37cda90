# SPDX-License-Identifier: EUPL-1.2
"""The glossary as a page."""

from __future__ import annotations

from keten.domain.glossary import Glossary, load_glossary
from tools.reference import table

PAGE = "GLOSSARY.md"

INTRODUCTION = """\
# Glossary

One concept, one word: the identifier names it in the code, the Dutch and the English word on screens and in reports.
This page is made from [glossary.yaml](src/keten/domain/glossary.yaml) by `make docs`; change it there.

The English word is (1) the one an English publication of the responsible Dutch organisation uses; (2) else the word of
the European Union, if it means the same; (3) else plain English, marked *own*.
"""

BANNED = """\
A contract test refuses these words as the whole name of a variable, function or class in the sources.
"""


def render() -> str:
    """Write the glossary: one table per topic, the banned words, the sources."""
    glossary = load_glossary()
    parts = [INTRODUCTION]
    for topic in glossary.topics:
        rows = [
            (f"`{term.id}`", term.nl, term.en, _meaning(term.meaning_en, term.note), term.source)
            for term in glossary.of(topic.id)
        ]
        parts.append(f"## {topic.en}\n\n" + table(("identifier", "Dutch", "English", "meaning", "source"), rows))
    return "\n".join([*parts, _banned(glossary), _sources(glossary)])


def _meaning(meaning: str, note: str) -> str:
    return f"{meaning} *{note}*" if note else meaning


def _banned(glossary: Glossary) -> str:
    rows = [(f"`{row.word}`", row.instead, row.reason) for row in glossary.banned]
    header = ("word", "write instead", "because it could mean")
    return "## Banned as a name of its own\n\n" + BANNED + "\n" + table(header, rows)


def _sources(glossary: Glossary) -> str:
    rows = [(row.id, row.name, f"<{row.address}>" if row.address else "") for row in glossary.sources]
    return "## Sources of the English words\n\n" + table(("source", "what", "address"), rows)
