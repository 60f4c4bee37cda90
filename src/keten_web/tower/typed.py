# SPDX-License-Identifier: EUPL-1.2
"""Numbers that were typed on a page of the tower, in the notation of who typed them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import get_language

from keten.domain.numbers import NotRead, read_number

NOTATION = "notation"
"""Field that says in which language the numbers of an address are written: an address outlives the page it was on."""

MACHINES = {NOTATION: "en"}
"""Goes with an address that the site itself wrote."""

_PLAIN = re.compile(r"-?\d+\.\d+")


def number(sent: Mapping[str, str], name: str) -> float | None:
    """Read a number; None when it is none, or can mean two things.

    Without a notation the language of the page holds; what it cannot write so, such as 0.85 in Dutch, is taken as
    programs write it.
    """
    text = sent.get(name, "").strip()
    language = sent.get(NOTATION) if sent.get(NOTATION) in {"nl", "en"} else None
    found = read_number(text, language or get_language())
    if isinstance(found, NotRead) and language is None and _PLAIN.fullmatch(text):
        found = read_number(text, "en")
    return None if isinstance(found, NotRead) else float(found)
