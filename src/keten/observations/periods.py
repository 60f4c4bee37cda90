# SPDX-License-Identifier: EUPL-1.2
"""Read days and periods as people and statistics offices write them; a day and a month are never swapped by guess."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from keten.domain.language import Language, Words
from keten.domain.numbers import NotRead
from keten.files import Cell

_MONTHS = (
    ("jan", "january", "januari"), ("feb", "february", "februari"), ("mar", "mrt", "march", "maart"),
    ("apr", "april"), ("may", "mei"), ("jun", "june", "juni"), ("jul", "july", "juli"),
    ("aug", "august", "augustus"), ("sep", "sept", "september"), ("oct", "okt", "october", "oktober"),
    ("nov", "november"), ("dec", "december"),
)  # fmt: skip
MONTH_NAMES = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}

MONTHS_OF = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""Length of a kind of period in months."""

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_CODES = (
    ("month", re.compile(rf"{_YEAR}(?:MM|-?M)(?P<part>\d\d?)", re.IGNORECASE)),
    ("month", re.compile(rf"{_YEAR}-(?P<part>\d\d)")),
    ("quarter", re.compile(rf"{_YEAR}(?:KW|[- ]?[QK])0?(?P<part>[1-4])", re.IGNORECASE)),
    ("half_year", re.compile(rf"{_YEAR}(?:HJ|[- ]?[HS])0?(?P<part>[12])", re.IGNORECASE)),
    ("year", re.compile(rf"{_YEAR}(?:JJ(?P<part>00))?", re.IGNORECASE)),
)
_NAMED_MONTH = re.compile(r"(?P<name>[a-z]{3,9})\.?[ -](?P<year>(?:19|20)?\d\d)", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})")
_IN_WORDS = re.compile(r"(?P<day>\d{1,2})[ -](?P<name>[a-z]{3,9})\.?[ -](?P<year>\d{4})", re.IGNORECASE)


@dataclass(frozen=True)
class Period:
    """Whole months: the first and the last day, and what kind of period it is."""

    start: date
    end: date
    kind: str


def read_period(cell: Cell) -> Period | None:
    """Read a code or a name of a period: 2023MM07, 2023KW02, 2023JJ00, 2023-07, 2023-Q2, 2023, jul-23, juli 2023.

    A date stands for its month: spreadsheets write the heading jul-23 as 1 July 2023.
    """
    if isinstance(cell, date):
        return _period("month", cell.year, cell.month)
    text = "" if isinstance(cell, bool) else str(cell).strip()
    for kind, pattern in _CODES:
        if match := pattern.fullmatch(text):
            return _period(kind, int(match["year"]), int(match.groupdict().get("part") or 0) or 1)
    if (match := _NAMED_MONTH.fullmatch(text)) and (month := MONTH_NAMES.get(match["name"].lower())):
        year = int(match["year"])
        return _period("month", year if year >= 1000 else 2000 + year, month)
    return None


def _period(kind: str, year: int, part: int) -> Period | None:
    months = MONTHS_OF[kind]
    first, last = (part - 1) * months + 1, part * months
    if not 1 <= first <= last <= 12:
        return None
    return Period(date(year, first, 1), date(year, last, monthrange(year, last)[1]), kind)


def read_day(cell: Cell, language: Language | None) -> date | NotRead:
    """Read a day: a date of a spreadsheet, year-month-day, a month in words, or day-month-year when it is Dutch.

    1-7-2023 is 1 July in Dutch. In English it may be 7 January, so it is asked back there, as it is where the language
    is not known.

    Returns
    -------
    date or NotRead
        The code is `not_a_date`, `no_such_day` or `ambiguous`.
    """
    if isinstance(cell, date):
        return _not_a_date(cell.isoformat(" ")) if isinstance(cell, datetime) else cell
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if _ISO.fullmatch(text):
        return _existing(text, *map(int, text.split("-")))
    if match := _IN_WORDS.fullmatch(text):
        month = MONTH_NAMES.get(match["name"].lower())
        return _existing(text, int(match["year"]), month, int(match["day"])) if month else _not_a_date(text)
    if match := _DAY_FIRST.fullmatch(text):
        parts = int(match["year"]), int(match["month"]), int(match["day"])
        return _existing(text, *parts) if language is Language.NL else _day_or_month(text)
    return _not_a_date(text)


def _existing(text: str, year: int, month: int, day: int) -> date | NotRead:
    try:
        return date(year, month, day)
    except ValueError:
        return NotRead(
            "no_such_day",
            Words(en=f"{text} is a date that does not exist.", nl=f"{text} is een datum die niet bestaat."),
            Words(en="Correct the day or the month.", nl="Verbeter de dag of de maand."),
        )


_AS_ISO = Words(
    en="Write the date as year-month-day, for instance 2023-04-30.",
    nl="Schrijf de datum als jaar-maand-dag, bijvoorbeeld 2023-04-30, of als dag-maand-jaar.",
)


_FIRST_SERIAL = date(1899, 12, 30)
"""Day nought of the numbers that a spreadsheet writes for days."""
_LIKELY_SERIALS = range(20_000, 80_000)
"""From 1954 to 2119."""


def _meant_by(text: str) -> date | None:
    """Give the day that a number stands for in a spreadsheet (45138), or when written without marks (20230731)."""
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and int(text[:5]) in _LIKELY_SERIALS:
        return _FIRST_SERIAL + timedelta(days=int(text[:5]))
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if re.fullmatch(r"(19|20)\d{6}", text) else None
    except ValueError:
        return None


def _not_a_date(text: str) -> NotRead:
    if meant := _meant_by(text):
        return NotRead(
            "not_a_date",
            Words(en=f"{text[:40]} is a number, not a date; as a day of a spreadsheet it stands for {meant}."
                  if len(text) != 8 else f"{text} is a number, not a date; it may stand for {meant}.",
                  nl=f"{text[:40]} is een getal, geen datum; als dag van een rekenblad staat het voor {meant}."
                  if len(text) != 8 else f"{text} is een getal, geen datum; het kan staan voor {meant}."),
            Words(en=f"Give the cells the notation of a date, or write {meant}.",
                  nl=f"Geef de cellen de notatie van een datum, of schrijf {meant}."),
        )  # fmt: skip
    if re.fullmatch(r"\d{8,}", text):  # not repeated: it could be the number of a person
        return NotRead(
            "not_a_date",
            Words(
                en=f"a number of {len(text)} digits is not a date.",
                nl=f"een getal van {len(text)} cijfers is geen datum.",
            ),
            _AS_ISO,
        )
    return NotRead(
        "not_a_date", Words(en=f"{text[:40]!r} is not a date.", nl=f"{text[:40]!r} is geen datum."), _AS_ISO
    )  # fmt: skip


def _day_or_month(text: str) -> NotRead:
    return NotRead(
        "ambiguous",
        Words(
            en=f"{text!r} is not a date in one reading: which is the day and which the month?",
            nl=f"{text!r} is niet op één manier een datum: wat is de dag en wat de maand?",
        ),
        Words(
            en="Write it as year-month-day, or say that it is Dutch (language nl: day-month-year).",
            nl="Schrijf de datum als jaar-maand-dag, of kies Nederlands (taal nl: dag-maand-jaar).",
        ),
    )
