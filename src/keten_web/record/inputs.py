# SPDX-License-Identifier: EUPL-1.2
"""Read what people write: numbers and days, in the way of the language. What can mean two things is asked back."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain import numbers
from keten.domain.language import said
from keten.domain.numbers import NotRead
from keten_web.sheets.writing import number_text
from keten_web.words.fields import day_parts


class NumberField(forms.Field):
    """A number as the language writes it: 16.105,5 in Dutch, 16,105.5 in English."""

    def __init__(
        self,
        *,
        is_whole: bool = False,
        at_least: Decimal | float | None = None,
        at_most: Decimal | float | None = None,
        language: str | None = None,
        **options: Any,
    ) -> None:
        attributes = {"inputmode": "numeric" if is_whole else "decimal", "autocomplete": "off", "maxlength": "40"}
        options.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(**options)
        self.is_whole, self.at_least, self.at_most, self.language = is_whole, at_least, at_most, language

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else number_text(value)

    def to_python(self, value: Any) -> float | int | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        if self.is_whole:
            return read_count(text, self.language)
        return float(read_number(text, self.language))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if self.at_least is not None and value < self.at_least:
            raise ValidationError(
                _("%(value)s lies below %(bound)s, the least it can be.")
                % {"value": number_text(value), "bound": number_text(self.at_least)}
            )
        if self.at_most is not None and value > self.at_most:
            raise ValidationError(
                _("%(value)s lies above %(bound)s, the most it can be.")
                % {"value": number_text(value), "bound": number_text(self.at_most)}
            )

    def has_changed(self, initial: Any, typed: Any) -> bool:
        try:
            return bool(initial != self.to_python(typed))
        except ValidationError:
            return True


def read_number(text: str, language: str | None = None) -> Decimal:
    """Read a number in the way of a language; that of the page when none is named.

    Raises
    ------
    ValidationError
        When it is no number, or can mean two things.
    """
    return _read(numbers.read_number(text, language or get_language()))


def read_count(text: str, language: str | None = None) -> int:
    """Read a whole number in the way of a language.

    Raises
    ------
    ValidationError
        When it is no whole number, or can mean two things.
    """
    return int(_read(numbers.read_count(text, language or get_language())))


def _read(found: Decimal | int | NotRead) -> Decimal:
    if isinstance(found, NotRead):
        sentence = f"{said(found.what, get_language())} {said(found.remedy, get_language())}"
        raise ValidationError(sentence[:1].upper() + sentence[1:])
    return Decimal(found)


def read_day(text: str, language: str | None = None) -> date:
    """Read a day: 2023-07-01, 1 July 2023, and in Dutch 1-7-2023.

    Raises
    ------
    ValidationError
        When it is no day, or month and day may be the other way round.
    """
    parts = day_parts(text.strip())
    if parts is None:
        raise ValidationError(_("“%(text)s” is not a date. Write 2023-07-01.") % {"text": text[:60]})
    is_numbered = re.fullmatch(r"\d{1,2}[-/. ]+\d{1,2}[-/. ]+\d{4}", text.strip())
    may_be_swapped = parts[1] <= 12 and parts[2] <= 12 and parts[1] != parts[2]
    if is_numbered and may_be_swapped and (language or get_language()) != "nl":
        raise ValidationError(
            _("“%(text)s” can be two days: which is the month? Write 2023-07-01.") % {"text": text[:60]}
        )
    try:
        return date(*parts)
    except ValueError:
        raise ValidationError(_("%(text)s does not exist. Check day and month.") % {"text": text[:60]}) from None
