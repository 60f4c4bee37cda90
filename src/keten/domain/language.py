# SPDX-License-Identifier: EUPL-1.2
"""The two languages of the product, and words that are known in both."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """A language in which people read and write: also the notation of their numbers and dates."""

    NL = "nl"
    EN = "en"


class Words(str):
    """A sentence in English that knows its Dutch: used as text it is English, `said(...)` gives either.

    Being text it can stand wherever a message stood before, also in an error that goes to another process.
    """

    nl: str

    def __new__(cls, en: str, nl: str) -> Words:
        """Keep both sentences."""
        made = super().__new__(cls, en)
        made.nl = nl
        return made

    def __reduce__(self) -> tuple[type[Words], tuple[str, str]]:
        """Survive the way to another process."""
        return Words, (str(self), self.nl)


def said(text: str, language: Language | str | None) -> str:
    """Give a text in a language; text that is known in one language only is given as it is."""
    return text.nl if language == Language.NL and isinstance(text, Words) else str(text)
