# SPDX-License-Identifier: EUPL-1.2
"""The one rule of clean text, for file, form and API: what no page, file or database can hold is refused at the door.

Line ends and the ways to write an accent are made equal; nothing that can be read is changed, and nothing is cut.
"""

from __future__ import annotations

import re
import unicodedata

from keten.domain.language import Words
from keten.domain.numbers import NotRead

LONGEST = 32_767
"""Characters that fit in one cell of a spreadsheet; longer text would be cut there without a word."""

_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters, NUL among them; a tab and a new line are text
    "\ud800-\udfff"  # halves of a character
    "\ufdd0-\ufdef\ufffe\uffff"  # code points that are no characters
    "\u202a-\u202e\u2066-\u2069]"  # turns the direction of what follows: shows another text than it holds
)


def clean_text(text: str, *, longest: int = LONGEST) -> str | NotRead:
    r"""Give the text as it is kept, or say why it cannot be kept.

    Line ends become `\n`, accents one character (NFC), a byte-order mark goes. Refused are control characters, code
    points that are no characters, marks that turn the direction of text, and text longer than `longest` characters.

    Returns
    -------
    str or NotRead
        The text; or the code `control_character` or `too_long`.
    """
    if found := _REFUSED.search(text):
        place, name = found.start() + 1, f"U+{ord(found[0]):04X}"
        return NotRead(
            "control_character",
            Words(
                en=f"character {place} ({name}) is one that no text holds.",
                nl=f"teken {place} ({name}) hoort niet in een tekst.",
            ),
            Words(en="Remove it, or type the text again.", nl="Haal het weg, of typ de tekst opnieuw."),
        )
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    length = len(plain) + sum(character > "\uffff" for character in plain)  # a spreadsheet counts those twice
    if length > longest:
        return NotRead(
            "too_long",
            Words(
                en=f"the text has {length:,} characters; at most {longest:,} fit.",
                nl=f"de tekst heeft {_dutch(length)} tekens; er passen er hoogstens {_dutch(longest)}.",
            ),
            Words(en="Shorten it, or refer to a document.", nl="Kort hem in, of verwijs naar een document."),
        )
    return plain


def visible(text: str) -> str:
    """Give a text without the characters that nobody sees, such as a zero-width space or a soft hyphen."""
    return text if text.isascii() else "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def invisible(text: str) -> tuple[str, ...]:
    """Name the characters of a text that nobody sees, each once: U+200B."""
    return tuple(dict.fromkeys(f"U+{ord(sign):04X}" for sign in text if visible(sign) != sign))


def _dutch(number: int) -> str:
    return f"{number:,}".replace(",", ".")
