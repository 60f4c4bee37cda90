# SPDX-License-Identifier: EUPL-1.2
"""The message catalogue: English in the code, Dutch beside it; compiled with Babel, no gettext tools needed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
MARGIN = re.compile(r"^[ \t]+", re.MULTILINE)
"""The margin of a template, which would mean something to Python."""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def catalogues() -> list[Path]:
    """Give the source file of every translation."""
    return sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """Read one translation."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, abort_invalid=True)


def compile_all() -> list[Path]:
    """Compile the translations that are newer than their compiled form; give those."""
    compiled = []
    for source in catalogues():
        compiled_file = source.with_suffix(".mo")
        if not compiled_file.exists() or compiled_file.stat().st_mtime < source.stat().st_mtime:
            half = compiled_file.with_suffix(f".{os.getpid()}")
            with half.open("wb") as file:
                write_mo(file, read(source))
            half.replace(compiled_file)  # at once: another process may be doing the same
            compiled.append(compiled_file)
    return compiled


def messages() -> set[tuple[str, ...]]:
    """Find every sentence in code and templates that needs a translation: (singular,) or (singular, plural)."""
    found = set()
    for text in texts():
        for _line, message, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
            sentences = message if isinstance(message, tuple) else (message,)
            found.add(tuple(part for part in (*sentences, context) if part))
    return found


def in_context(text: str) -> Iterator[tuple[str, str]]:
    """Find the words in a text of Python that need a translation in a context of their own: (word, context)."""
    for _line, message, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
        if context:
            yield (message if isinstance(message, str) else message[0]), context


def texts() -> Iterator[str]:
    """Give all code and all templates, as Python that calls gettext."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.read_text()
    for path in sorted((PACKAGE / "templates").rglob("*.html")):
        yield MARGIN.sub("", templatize(path.read_text(), origin=str(path)))
