# SPDX-License-Identifier: EUPL-1.2
"""English that a reader of a Dutch page would see: a text in which several words are English and not Dutch."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

from keten.steering.bodies import Mandate
from keten_web.words.names import ANSWERABLE

_ONLY_ENGLISH = """
    the and with not are were which that this these from for by has have been to than be every who when does do only
    its at but it what there where their they nobody nothing cannot after before until between into whether because
    each both other all any must may should would could says say made
    """
ENGLISH = frozenset(_ONLY_ENGLISH.split())
"""Words that hold a sentence together in English and are no Dutch word."""
SHARED = frozenset({"of", "is", "in", "on", "as", "was", "or", "no"})
"""Words that count as well, but only beside those: some are Dutch too."""
ENOUGH = 3
"""So many different words make a text English, two of them in English only."""

_NOT_READ = frozenset({"script", "style", "code", "pre", "textarea"})
CODES = re.compile("|".join([*Mandate, *(name for name in ANSWERABLE if name.startswith("Minister "))]))
"""What is written in one language only in the tables, and has a name in Dutch that a page gives."""

_EMPTY = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"[a-z]+")


class _Texts(HTMLParser):
    """Collects the texts that are read as Dutch: not those inside an element of another language, nor of a machine."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        language = dict(attrs).get("lang")
        foreign = self.inside[-1][1] if self.inside else False
        if language is not None:
            foreign = language != "nl"
        if tag not in _EMPTY:
            self.inside.append((tag, foreign or tag in _NOT_READ))
        if not foreign:
            read_aloud = ("title", "alt", "aria-label", "placeholder", "aria-description", "data-says")
            self.texts += [value for name, value in attrs if value and name in read_aloud]

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _foreign in self.inside):
            while self.inside.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not (self.inside and self.inside[-1][1]):
            self.texts.append(data)


@cache
def is_english(text: str) -> bool:
    """Say whether a text is a sentence of English, or a code of the tables."""
    if CODES.search(text):
        return True
    words = set(_WORD.findall(_ADDRESS.sub("", text.lower())))
    only = words & ENGLISH
    return len(only) > 1 and len(only | (words & SHARED)) >= ENOUGH


def english_in(page: str) -> list[str]:
    """Give the texts of a Dutch page that are English."""
    reader = _Texts()
    reader.feed(page)
    return [" ".join(text.split()) for text in reader.texts if is_english(text)]
