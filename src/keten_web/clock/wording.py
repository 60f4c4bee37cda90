# SPDX-License-Identifier: EUPL-1.2
"""Sentences of the core in the language of the page, and days and spans as a reader writes them."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from keten.deadlines import Text
from keten.deadlines.wording import span
from keten.parameters.law import Unit
from keten_web.words.wording import NARROW_SPACE, locale


class InTwoLanguages(Protocol):
    """Anything with its Dutch and its English."""

    @property
    def nl(self) -> str: ...

    @property
    def en(self) -> str: ...


def named(text: InTwoLanguages) -> str:
    """Give the text in the language of the page."""
    return text.en if get_language() == "en" else text.nl


def capital(sentence: str) -> str:
    """Begin with a capital letter and leave the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def said(text: Text) -> str:
    """Give a sentence of the core in the language of the page."""
    return capital(named(text))


def territories() -> dict[str, str]:
    """Names of countries in the language of the page."""
    return dict(Locale.parse(locale()).territories)


def full_day(on: date) -> str:
    """Maandag 10 juli 2023, with the weekday in the lower case of the language."""
    return format_date(on, "EEEE d MMMM y", locale=locale())


def length(value: int | str, unit: str) -> str:
    """Write the value of a rule: 9 maanden; loopbrief."""
    if isinstance(value, str):
        words = {"form_signed": _("receipt of the application"), "registration_document": _("registration document")}
        return words.get(value, value)
    return named(span(value, Unit(unit))).replace(" ", NARROW_SPACE, 1)


def days(count: int) -> str:
    """Write a number of days."""
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": format_decimal(count, locale=locale())}


def euros(amount: float) -> str:
    """Write an amount; cents only where there are any."""
    pattern = "#,##0" if amount == int(amount) else "#,##0.00"
    return f"€{NARROW_SPACE}{format_decimal(amount, pattern, locale=locale())}"
