# SPDX-License-Identifier: EUPL-1.2
"""The one reader of numbers, for files, forms, the API and the command line.

Dutch and English write the same figure in opposite ways: 16.105 is sixteen thousand in the one, sixteen and a tenth in
the other. The language of the reader settles it. Where it is not known, a text that reads differently in the two is
asked back: a guess would be wrong by a factor of a thousand.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from keten.domain.errors import Problem
from keten.domain.language import Language, Words

MOST_DIGITS = 18
"""More digits than a count of persons, cases or cents can have; and all that a database keeps exactly."""

_MINUS = dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d"), "-")
"""Signs that people, word processors and statistics offices write for minus."""
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u2008\u2002\u2003\u200a"), " ")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2019\u02bc\u2018"), "'")
_PLAIN = str.maketrans(_MINUS | _SPACES | _APOSTROPHES)

_MARKS = {Language.NL: (",", "."), Language.EN: (".", ",")}
"""By language: the mark before the decimals, and the mark between thousands."""
_EXPONENT = re.compile(r"[eE][+-]?[0-9]+$")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|oneindig)", re.IGNORECASE)
_NUMBERLIKE = re.compile(r"[+-]?[0-9.,' ]*[0-9][0-9.,' ]*([eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class NotRead:
    """A text that was not read: a code for programs, and what is wrong and what to do, in both languages."""

    code: str
    what: Words
    remedy: Words

    def at(self, where: Words | str) -> Problem:
        """Give this as the problem of a place: a cell, a field."""
        return Problem(where, self.what, self.remedy, self.code)


def read_number(
    value: str | float | Decimal | None, language: Language | str | None = None, *, percent: bool = False
) -> Decimal | NotRead:
    """Read a number as people write it, or say why it cannot be read.

    Parameters
    ----------
    value
        A text in the notation of the language; or a number of a spreadsheet or of JSON, which is taken as it is.
    language
        `nl`: a point between thousands and a comma before decimals; `en`: the reverse. None: not known; then a text
        that reads differently in the two is asked back.
    percent
        Whether a percent sign is understood: 86% is 0.86. Else it is refused.

    Returns
    -------
    Decimal or NotRead
        The exact number, or the code `empty`, `not_a_number`, `not_finite`, `too_large`, `grouping`, `ambiguous` or
        `percent`.
    """
    if not isinstance(value, str):
        return _from_cell(value)
    text = value.translate(_PLAIN).strip()
    if not text:
        return _EMPTY
    if _NOT_FINITE.fullmatch(text):
        return _not_finite(text)
    if text.endswith("%"):
        if not percent:
            return NotRead(
                "percent",
                Words(en=f"{_cut(text)} has a percent sign.", nl=f"{_cut(text)} heeft een procentteken."),
                Words(en="Write the number without it.", nl="Schrijf het getal zonder dat teken."),
            )
        found = read_number(text[:-1], language)
        return found if isinstance(found, NotRead) else found / 100
    return _from_text(text, Language(language) if language else None)


def read_count(value: str | float | Decimal | None, language: Language | str | None = None) -> int | NotRead:
    """Read a whole number, or say why it is none; also refuses decimals, a percent sign and an exponent.

    Returns
    -------
    int or NotRead
        Next to the codes of `read_number`: `not_whole` and `exponent`.
    """
    if isinstance(value, str) and _EXPONENT.search(value.strip()) and _NUMBERLIKE.fullmatch(value.strip()):
        shown = _cut(value)
        return NotRead(
            "exponent",
            Words(en=f"{shown} is shortened by a spreadsheet.", nl=f"{shown} is afgekort door een rekenprogramma."),
            Words(en="Write all digits of the count.", nl="Schrijf alle cijfers van het aantal."),
        )
    found = read_number(value, language)
    if isinstance(found, NotRead):
        return found
    if found != found.to_integral_value():
        return _not_whole(value, found)
    return int(found)


def _from_cell(value: float | Decimal | None) -> Decimal | NotRead:
    if value is None:
        return _EMPTY
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return _not_a_number(str(value))
    if not math.isfinite(value):
        return _not_finite(str(value))
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return exact if exact.adjusted() < MOST_DIGITS or not exact else _too_large(str(value))


def _from_text(text: str, language: Language | None) -> Decimal | NotRead:
    if not _NUMBERLIKE.fullmatch(text):
        return _not_a_number(text)
    number, _, power = text.lower().partition("e")
    if len(re.sub(r"[^0-9]", "", number)) > MOST_DIGITS or len(power.lstrip("+-")) > 2:
        return _too_large(text)
    readings = {one: _read_in(text, one) for one in _MARKS}
    if language is not None:
        found = readings[language]
        return _does_not_fit(text, language) if found is None else _bounded(found, text)
    different = {found for found in readings.values() if found is not None}
    if len(different) > 1:
        return _ambiguous(text, readings)
    return _bounded(different.pop(), text) if different else _does_not_fit(text, None)


def _bounded(found: Decimal, text: str) -> Decimal | NotRead:
    return found if not found or -MOST_DIGITS <= found.adjusted() < MOST_DIGITS else _too_large(text)


def _read_in(text: str, language: Language) -> Decimal | None:
    """Read a text in one notation; None when its marks do not fit that notation."""
    decimal_mark, group_mark = (re.escape(mark) for mark in _MARKS[language])
    whole = rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:{group_mark}[0-9]{{3}})+|[1-9][0-9]{{0,2}}(?:[ '][0-9]{{3}})+)"
    match = re.fullmatch(
        rf"(?P<sign>[+-]?) ?(?P<whole>{whole})?(?:{decimal_mark}(?P<part>[0-9]+))?(?P<exponent>[eE][+-]?[0-9]{{1,2}})?",
        text,
    )
    if match is None or (match["whole"] is None and match["part"] is None) or len({*text} & {" ", "'"}) > 1:
        return None
    whole_digits = re.sub(r"[^0-9]", "", match["whole"] or "0")
    return Decimal(f"{match['sign']}{whole_digits}.{match['part'] or '0'}{match['exponent'] or ''}")


# --- what is said -----------------------------------------------------------------------------------------------------

_EMPTY = NotRead(
    "empty",
    Words(en="there is no number.", nl="er staat geen getal."),
    Words(en="Fill in a number.", nl="Vul een getal in."),
)


def _cut(text: str) -> str:
    """Show what was typed; of a very long text the begin."""
    text = text.strip()
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def _not_a_number(text: str) -> NotRead:
    return NotRead(
        "not_a_number",
        Words(en=f"{_cut(text)} is not a number.", nl=f"{_cut(text)} is geen getal."),
        Words(
            en="Write digits only, without a unit or a remark.",
            nl="Schrijf alleen cijfers, zonder eenheid of opmerking.",
        ),
    )


def _not_finite(text: str) -> NotRead:
    return NotRead(
        "not_finite",
        Words(en=f"{_cut(text)} is not a number.", nl=f"{_cut(text)} is geen getal."),
        Words(en="Write the number, or leave it empty.", nl="Schrijf het getal, of laat het leeg."),
    )


def _too_large(text: str) -> NotRead:
    return NotRead(
        "too_large",
        Words(
            en=f"{_cut(text)} has more digits than a figure can have.",
            nl=f"{_cut(text)} heeft meer cijfers dan een getal hier kan hebben.",
        ),
        Words(en=f"Write at most {MOST_DIGITS} digits.", nl=f"Schrijf hoogstens {MOST_DIGITS} cijfers."),
    )


def _written(number: Decimal, language: Language) -> str:
    """Write a number in the notation of a language, with marks between thousands."""
    decimal_mark, group_mark = _MARKS[language]
    english = f"{number.normalize():,f}"
    return english.translate({ord("."): decimal_mark, ord(","): group_mark})


def _not_whole(value: object, found: Decimal) -> NotRead:
    shown = _cut(str(value))
    return NotRead(
        "not_whole",
        Words(en=f"{shown} is not a whole number.", nl=f"{shown} is geen geheel getal."),
        Words(
            en=f"It reads as {_written(found, Language.EN)}; write the count without decimals.",
            nl=f"Het leest als {_written(found, Language.NL)}; schrijf het aantal zonder decimalen.",
        ),
    )


def _ambiguous(text: str, readings: dict[Language, Decimal | None]) -> NotRead:
    dutch, english = (readings[one] for one in (Language.NL, Language.EN))
    assert dutch is not None and english is not None  # both were read, and differ
    return NotRead(
        "ambiguous",
        Words(
            en=f"{_cut(text)} can be {_written(dutch, Language.EN)} (Dutch notation) or "
            f"{_written(english, Language.EN)} (English notation).",
            nl=f"{_cut(text)} kan {_written(dutch, Language.NL)} zijn (Nederlandse notatie) of "
            f"{_written(english, Language.NL)} (Engelse notatie).",
        ),
        Words(
            en="Say which notation it is (language nl or en), or write it without marks between thousands.",
            nl="Geef aan welke notatie het is (taal nl of en), of schrijf het zonder scheiding tussen duizendtallen.",
        ),
    )


def _does_not_fit(text: str, language: Language | None) -> NotRead:
    """Ask what was meant by marks that fit no notation, or not the one that holds."""
    other = {Language.NL: Language.EN, Language.EN: Language.NL}
    as_other = _read_in(text, other[language]) if language else None
    digits = re.sub(r"[^0-9]", "", text)
    plain = Decimal(f"{'-' if text.startswith('-') else ''}{digits}")
    meant = [as_other, plain] if as_other is not None else [plain]
    english, dutch = (" or ".join(_written(one, Language.EN) for one in meant),
                      " of ".join(_written(one, Language.NL) for one in meant))  # fmt: skip
    return NotRead(
        "grouping",
        Words(
            en=f"{_cut(text)} does not stand as a number is written: thousands come in groups of three digits.",
            nl=f"{_cut(text)} staat er niet zoals een getal wordt geschreven: duizendtallen staan in groepen van drie.",
        ),
        Words(en=f"Did you mean {english}?", nl=f"Bedoelt u {dutch}?"),
    )
