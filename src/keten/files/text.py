# SPDX-License-Identifier: EUPL-1.2
"""Large tables of text in and out: a csv with a case a row is read as columns, and what is written is never a formula.

Text takes no more memory than it has characters, so it needs no process of its own.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import islice

from keten.domain.clean_text import clean_text
from keten.domain.errors import Problem
from keten.domain.language import Words
from keten.domain.numbers import NotRead
from keten.files import worker
from keten.files.door import LARGE, FileRefusedError, Limits

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a spreadsheet program takes text for a formula, or what comes after it."""

_UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class TextTable:
    """A csv as text in which nothing strange is left, with its separator and the number of its first row of data."""

    text: str
    separator: str
    first_row: int


def read_text(name: str, content: bytes, limits: Limits = LARGE) -> TextTable:
    """Decode a csv, find its separator and refuse what no text holds.

    Raises
    ------
    FileRefusedError
        When it is too large, empty, a workbook in disguise, or holds characters that no text holds.
    """
    try:
        if len(content) > limits.bytes:
            raise worker.RefusedError("too_many_bytes", most=limits.bytes)
        if not content.strip():
            raise worker.RefusedError("empty")
        if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
            raise worker.RefusedError("workbook_named_csv")
        text, _ = worker.decode(content)
    except worker.RefusedError as refusal:
        raise FileRefusedError.of(name, refusal) from None
    if found := _UNCLEAN.search(text):
        line = len(re.findall(r"\r\n|\n|\r", text[: found.start()])) + 1
        told = clean_text(found[0])
        assert isinstance(told, NotRead)  # the two look for the same characters
        what = Words(en=f"it holds a character that no text holds (U+{ord(found[0]):04X}).",
                     nl=f"er staat een teken dat niet in een tekst hoort (U+{ord(found[0]):04X}).")  # fmt: skip
        raise FileRefusedError(
            name, [Problem(Words(en=f"line {line}", nl=f"regel {line}"), what, told.remedy)], told.code
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    declared = re.match(r'"?sep=(.)"?[ \t]*\n', text, re.IGNORECASE)
    if declared:
        return TextTable(text[declared.end() :], declared[1], 3)
    begin = "".join(islice(io.StringIO(text), worker.LINES_TO_SNIFF))
    separator = "\t" if name.lower().endswith((".tsv", ".tab")) else worker.sniff(begin)
    return TextTable(text, separator, 2)
