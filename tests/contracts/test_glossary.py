# SPDX-License-Identifier: EUPL-1.2
"""One concept, one word: the glossary is complete, and the code uses its words."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from keten.domain.glossary import load_glossary
from keten.domain.words import CoreProcess

GLOSSARY = load_glossary()
LINTED = {"src", "tools", "benchmarks"}


def test_every_term_is_complete() -> None:
    """Identifier, both names and both meanings, a topic and a source that exist."""
    topics = {topic.id for topic in GLOSSARY.topics}
    sources = {source.id for source in GLOSSARY.sources}
    for term in GLOSSARY.terms:
        assert all((term.nl, term.en, term.meaning_nl, term.meaning_en)), term.id
        assert term.topic in topics, f"{term.id}: topic {term.topic} does not exist"
        assert term.source in sources, f"{term.id}: source {term.source} does not exist"
        assert term.id.isidentifier(), f"{term.id} cannot name anything in code"


def test_one_concept_has_one_word() -> None:
    """No identifier, and no Dutch word, twice."""
    for words in ([term.id for term in GLOSSARY.terms], [term.nl for term in GLOSSARY.terms]):
        assert [word for word, count in Counter(words).items() if count > 1] == []


def test_no_term_is_a_banned_word() -> None:
    """The glossary keeps its own rule."""
    assert {term.id for term in GLOSSARY.terms} & {row.word for row in GLOSSARY.banned} == set()


def test_a_word_that_is_not_there_says_what_to_do() -> None:
    """Asking for an unknown term is a mistake of the programmer."""
    with pytest.raises(KeyError, match=r"add it to glossary\.yaml"):
        load_glossary().term("synergy")


def test_the_core_processes_are_those_of_the_steering_model() -> None:
    """Toegang, toelating, toezicht, terugkeer, opvang, bewaring."""
    assert [process.value for process in CoreProcess] == [
        "ENTRY", "ADMISSION", "SUPERVISION", "RETURN", "RECEPTION", "DETENTION",
    ]  # fmt: skip


def _names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give every name that the code gives to something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname


def banned_names(source: str) -> list[tuple[int, str]]:
    """Banned words that stand alone as a name, with the line on which they do."""
    banned = {row.word for row in GLOSSARY.banned}
    return [(line, name) for line, name in _names(ast.parse(source)) if name.lower().strip("_") in banned]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("target = 3", ["target"]),
        ("target_value = 3", []),
        ("def process(cases): ...", ["process"]),
        ("def count(data): ...", ["data"]),
        ("class Manager: ...", ["Manager"]),
        ("for status in rows: ...", ["status"]),
        ("row.backlog = 1", ["backlog"]),
        ("print(response.status)", []),
        ("respond(status=404)", []),
        ("import interfaces as interface", ["interface"]),
    ],
)
def test_the_lint_finds_banned_names(source: str, found: list[str]) -> None:
    """Only giving such a name is refused; using one of another library is not."""
    assert [name for _, name in banned_names(source)] == found


def test_no_banned_name_in_the_sources(texts: dict[Path, str]) -> None:
    """Each banned word means too many things here; the glossary says what to write instead."""
    instead = {row.word: row.instead for row in GLOSSARY.banned}
    faults = [
        f"{path}:{line}: {name}; write {instead[name.lower().strip('_')]}"
        for path, text in texts.items()
        if path.suffix == ".py" and path.parts[0] in LINTED and "migrations" not in path.parts
        for line, name in banned_names(text)
    ]
    assert not faults, "\n".join(faults)
