# SPDX-License-Identifier: EUPL-1.2
"""The two languages of the product, and words that are known in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language in which people read and write: also the notation of their numbers and dates."""

    NL = "nl"
    EN = "en"


@dataclass(frozen=True, kw_only=True)
class Words:
    """The same words in both languages; printed as they are they give the English.

    They are no text, so that nobody shows a reader the wrong language unawares: `said(words, language)` gives text.
    """

    nl: str
    en: str

    def __str__(self) -> str:
        return self.en

    def filled(self, **blanks: object) -> Words:
        """Fill the blanks `{name}` of both: words in the same language, numbers in its notation, rows with commas."""
        nl = {name: _blank(value, Language.NL) for name, value in blanks.items()}
        en = {name: _blank(value, Language.EN) for name, value in blanks.items()}
        return Words(nl=self.nl.format(**nl), en=self.en.format(**en))

    def changed(self, change: Callable[[str], str]) -> Words:
        """Do the same to both, for instance give them a capital letter."""
        return Words(nl=change(self.nl), en=change(self.en))


def said(text: object, language: Language | str | None) -> str:
    """Give words in a language, in English where it is not known; anything else is given as it is."""
    return text.nl if language == Language.NL and isinstance(text, Words) else str(text)


class _DutchNumber:
    """A number that is formatted as Python does, with the marks of the Dutch notation."""

    def __init__(self, number: float) -> None:
        self.number = number

    def __format__(self, form: str) -> str:
        return format(self.number, form).translate({ord(","): ".", ord("."): ","})


def _blank(value: object, language: Language) -> object:
    if isinstance(value, Words):
        return said(value, language)
    if isinstance(value, list | tuple):
        return ", ".join(said(part, language) for part in value)
    if isinstance(value, int | float) and not isinstance(value, bool) and language == Language.NL:
        return _DutchNumber(value)
    return value
