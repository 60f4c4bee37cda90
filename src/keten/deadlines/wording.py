# SPDX-License-Identifier: EUPL-1.2
"""Sentences in the two languages in which people read an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from keten.parameters.law import Unit

_DUTCH_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
_DUTCH_WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ENGLISH_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_UNITS = {
    Unit.DAYS: ("day", "days", "dag", "dagen"),
    Unit.WEEKS: ("week", "weeks", "week", "weken"),
    Unit.WORKING_DAYS: ("working day", "working days", "werkdag", "werkdagen"),
    Unit.MONTHS: ("month", "months", "maand", "maanden"),
    Unit.DETENTION_MONTHS: (
        "month of thirty days",
        "months of thirty days",
        "maand van dertig dagen",
        "maanden van dertig dagen",
    ),
}


@dataclass(frozen=True)
class Text:
    """One sentence, in English and in Dutch."""

    en: str
    nl: str


def sentence(text: Text) -> Text:
    """Begin both sentences with a capital."""
    return Text(text.en[:1].upper() + text.en[1:], text.nl[:1].upper() + text.nl[1:])


def english(day: date) -> str:
    """Write a date as an English reader does: 15 July 2023."""
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"


def dutch(day: date) -> str:
    """Write a date as a Dutch reader does: 15 juli 2023."""
    return f"{day.day} {_DUTCH_MONTHS[day.month - 1]} {day.year}"


def weekday(day: date) -> Text:
    """Name of the day of the week."""
    return Text(_ENGLISH_WEEKDAYS[day.weekday()], _DUTCH_WEEKDAYS[day.weekday()])


def span(value: int, unit: Unit) -> Text:
    """Write a number of units: 1 month, 6 months; 1 maand, 6 maanden."""
    one, many, een, meer = _UNITS[unit]
    return Text(f"{value} {one if value == 1 else many}", f"{value} {een if value == 1 else meer}")


def dated(en: str, nl: str, **days: date) -> Text:
    """Fill the dates of a sentence in both languages: `dated("ends on {end}", "eindigt op {end}", end=...)`."""
    return Text(
        en.format(**{name: english(day) for name, day in days.items()}),
        nl.format(**{name: dutch(day) for name, day in days.items()}),
    )
