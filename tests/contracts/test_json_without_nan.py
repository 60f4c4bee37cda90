# SPDX-License-Identifier: EUPL-1.2
"""JSON has no NaN and no Infinity: whoever writes JSON refuses them, so that no reader gets what it cannot read."""

import ast
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src"
WRITERS = ("dump", "dumps")
OF_THE_SITE = {
    "JsonResponse": ("json_dumps_params", "{'allow_nan': False}"),
    "NinjaAPI": ("renderer", "StrictRenderer()"),
}
"""What writes JSON for the site and its API, and what makes it strict."""


def lax_writers(source: str) -> list[int]:
    """Find the lines that write JSON in which NaN is allowed."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "json"
        for alias in node.names
        if alias.name in WRITERS
    }
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        by_module = (
            isinstance(called, ast.Attribute)
            and called.attr in WRITERS
            and isinstance(called.value, ast.Name)
            and called.value.id == "json"
        )
        if by_module or (isinstance(called, ast.Name) and called.id in names):
            if not _says(node, "allow_nan", "False"):
                found.append(node.lineno)
        elif isinstance(called, ast.Name) and called.id in OF_THE_SITE and not _says(node, *OF_THE_SITE[called.id]):
            found.append(node.lineno)
    return found


def _says(call: ast.Call, argument: str, written: str) -> bool:
    return any(word.arg == argument and ast.unparse(word.value) == written for word in call.keywords)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import json\njson.dumps({})", [2]),
        ("from json import dumps as told\ntold({})", [2]),
        ("import json\njson.dump({}, file, allow_nan=True)", [2]),
        ("import json\njson.dumps({}, allow_nan=False)", []),
        ("JsonResponse({})", [1]),
        ("JsonResponse({}, json_dumps_params={'allow_nan': False})", []),
        ("NinjaAPI(title='Keten')", [1]),
    ],
)
def test_a_writer_that_allows_nan_is_found(source, found):
    assert lax_writers(source) == found


def test_nobody_writes_json_with_nan():
    lax = {
        f"{path.relative_to(SOURCES)}:{line}"
        for path in sorted(SOURCES.rglob("*.py"))
        for line in lax_writers(path.read_text(encoding="utf-8"))
    }
    assert not lax, "say allow_nan=False"
