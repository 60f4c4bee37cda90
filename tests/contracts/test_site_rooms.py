# SPDX-License-Identifier: EUPL-1.2
"""The rooms of the site, read from the syntax tree: who writes, who reads, and no files that import each other.

The layers themselves stand in `pyproject.toml`. What is listed here does not keep to the rule yet, each with its
reason; a file that is not listed keeps to it, and a file that keeps to it may not be listed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from file_imports import circles, imports_between_files

MANAGERS = {"objects", "_base_manager", "_default_manager"}
WRITES = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
"""Methods that only a manager has; `create`, `update`, `save` and `delete` are looked at more closely."""

MAY_WRITE = {"actions.py"}
MAY_READ = {"actions.py", "queries.py"}

WRITES_ELSEWHERE: dict[str, str] = {}

READS_ELSEWHERE = {
    "accountability/models.py": "choices of a field that are rows of another kind",
    "accountability/steps.py": "a step looks at the rows beside the one it judges",
    "deliveries/comparing.py": "lays a delivery beside the one before it",
    "deliveries/known.py": "the one place that knows what was delivered until a day; all rooms ask here",
    "record/offered.py": "options of a form",
    "record/search.py": "searches all kinds at once",
    "steering/evidence.py": "figures beside the rows they came from",
    "steering/judging.py": "judges all agreements of a month",
    "steering/models.py": "choices of a field that are rows of another kind",
    "steering/steps.py": "a step looks at the rows beside the one it judges",
}

LOOPS = {
    ("keten_web.accountability.models", "keten_web.accountability.queries"): "a row shows figures of others",
}
"""Imports inside a function by which files of the site still know each other."""


@pytest.fixture(scope="module")
def site(root: Path) -> dict[str, ast.Module]:
    """The syntax tree of every file of the site but the migrations, by its place."""
    package = root / "src" / "keten_web"
    return {
        path.relative_to(package).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(package.rglob("*.py"))
        if "migrations" not in path.parts
    }


def through_a_manager(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr in MANAGERS for part in ast.walk(node))


def writes(tree: ast.AST) -> Iterator[int]:
    """Lines where rows are written."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, whose = node.func.attr, node.func.value
        on_rows = (name in {"create", "update", "delete"} and through_a_manager(whose)) or name in WRITES
        if on_rows or (name in {"save", "delete"} and not node.args):
            yield node.lineno


def names_what(tree: ast.AST, module: str) -> bool:
    """Whether a file imports a module of its own room by that name."""
    return any(
        isinstance(node, ast.ImportFrom)
        and ((node.module or "").endswith(f".{module}") or any(name.name == module for name in node.names))
        for node in ast.walk(tree)
    )


def test_only_actions_write(site: dict[str, ast.Module]) -> None:
    found = {place: list(writes(tree)) for place, tree in site.items() if Path(place).name not in MAY_WRITE}
    assert {place: lines for place, lines in found.items() if lines and place not in WRITES_ELSEWHERE} == {}
    assert [place for place in WRITES_ELSEWHERE if not found.get(place)] == [], "listed, but it does not write"


def test_only_queries_and_actions_read_through_managers(site: dict[str, ast.Module]) -> None:
    found = {place for place, tree in site.items() if through_a_manager(tree)}
    assert sorted(place for place in found - READS_ELSEWHERE.keys() if Path(place).name not in MAY_READ) == []
    assert sorted(READS_ELSEWHERE.keys() - found) == [], "listed, but it does not read"


def test_queries_do_not_know_actions(site: dict[str, ast.Module]) -> None:
    """Reading a page can never write."""
    rooms = {place: tree for place, tree in site.items() if Path(place).name == "queries.py"}
    assert len(rooms) > 1
    assert [place for place, tree in rooms.items() if names_what(tree, "actions")] == []


def test_no_files_of_the_site_import_each_other(root: Path) -> None:
    imports = imports_between_files(root / "src", "keten_web")
    for module, other in LOOPS:
        assert other in imports[module], f"listed, but {module} does not import {other}"
        imports[module].discard(other)
    assert circles(imports) == []
    for module, other in LOOPS:
        imports[module].add(other)
        assert circles(imports), f"listed, but {module} may import {other}: that makes no circle"
        imports[module].discard(other)


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("Row.objects.create(name=1)", 1),
        ("Row.objects.filter(a=1).update(b=2)", 1),
        ("row.save(update_fields=['a'])", 1),
        ("rows.bulk_create(more)", 1),
        ("actions.create(kind, given)", 0),
        ("document.save(file)", 0),
        ("seen.update({1: 2})", 0),
    ],
)
def test_a_write_is_seen(code: str, count: int) -> None:
    """The tests above can fail, and see no write where none is."""
    assert len(list(writes(ast.parse(code)))) == count
