# SPDX-License-Identifier: EUPL-1.2
"""Which files of a package import which, read from their syntax trees."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path


def imports_between_files(source: Path, package: str) -> dict[str, set[str]]:
    """Every file of a package by its module, with the files of it that it imports, for their types too."""
    files = {
        ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((source / package).rglob("*.py"))
    }
    found: dict[str, set[str]] = {module: set() for module in files}
    for module, path in files.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for name in node.names:
                    whole = f"{node.module}.{name.name}"
                    found[module] |= {whole if whole in files else node.module} & files.keys()
            elif isinstance(node, ast.Import):
                found[module] |= {name.name for name in node.names} & files.keys()
        found[module].discard(module)
    return found


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """One circle of files, if there is any."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return [error.args[1]]
    return []
