# SPDX-License-Identifier: EUPL-1.2
"""Names in the code that nobody uses, by vulture; it is told what templates and settings use by name.

A field of a class is not looked at: it is a column of a table, a key of a file or a word on a page.
"""

from __future__ import annotations

import ast
import keyword
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("src", "tools", "benchmarks", "tests")
LOOKED_AT = ("src/", "tools/", "benchmarks/")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
ADDRESS = re.compile(r"keten(?:_web)?(?:\.\w+)+")
"""How the settings and the models name a function or a class: by its whole address, in a text."""

CALLED_BY_NAME = {
    "urlpatterns": "Django, the addresses of a room",
    "handler4*": "Django, the page of an error",
    "handler5*": "Django, the page of an error",
    "*Config": "Django, the settings of an app",
    "get_full_name": "Django, asked of a user",
    "get_short_name": "Django, asked of a user",
    "label_from_instance": "Django, a field of a form",
    "prepare_value": "Django, a field of a form",
    "_post_clean": "Django, a form of a row",
    "to_url": "Django, part of an address",
    "state_forwards": "Django, a step of a migration",
    "deconstruct": "Django, a step of a migration",
    "AddTriggers": "migrations",
    "seal_as_found": "migrations",
    "Head": "migrations, a table without code",
    "Dashboard": "Django, a right that belongs to no table",
    "redirect_request": "urllib, which would follow a redirect",
    "get_failures": "django-axes",
    "is_locked": "django-axes",
    "reset_user_attempts": "django-axes",
    "parse_body": "django-ninja",
    "[A-Z][A-Z_]*": "settings by Django, members of an enumeration by a file of parameters",
}
"""Each name that no code of ours mentions, with who uses it."""

CALLED_WHEN = ("@*validator*", "@receiver", "@register.*", "@*.command*", "@*.callback*", "@indicator", "@pytest.*")
"""Decorators that hand a function over to who calls it."""


def unused() -> Iterator[str]:
    """Give a line for each name that is defined and used nowhere, tests included."""
    vulture = Vulture(ignore_names=list(CALLED_BY_NAME), ignore_decorators=CALLED_WHEN)
    vulture.scavenge([ROOT / place for place in PLACES], exclude=["*/migrations/*"])
    vulture.scan("\n".join(sorted(_named_elsewhere())))
    for item in vulture.get_unused_code(min_confidence=60):
        place = item.filename.relative_to(ROOT).as_posix()
        line = item.filename.read_text(encoding="utf-8").splitlines()[item.first_lineno - 1]
        is_a_field = item.typ in {"variable", "attribute"} and line.startswith(" ")
        if place.startswith(LOOKED_AT) and not is_a_field:
            yield f"{place}:{item.first_lineno}: {item.typ} {item.name}"


def _named_elsewhere() -> set[str]:
    """Give what templates name, and the last part of each address in a text."""
    names: set[str] = set()
    for path in (ROOT / "src").rglob("*.html"):
        for tag in re.findall(r"{[{%].*?[%}]}", path.read_text(encoding="utf-8"), re.DOTALL):
            names |= set(IDENTIFIER.findall(tag))
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ADDRESS.fullmatch(node.value):
                names.add(node.value.rpartition(".")[2])
    return {name for name in names if not keyword.iskeyword(name)}


def main() -> int:
    """Print what nobody uses; the exit code says whether there is any."""
    found = list(unused())
    if found:
        print("Used nowhere: remove it, or say in tools/unused.py who calls it by name.", *found, sep="\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
