# SPDX-License-Identifier: EUPL-1.2
"""Fields that read what people write: a date in the order of the country, an amount with either comma or point."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import get_month_names
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keten.deadlines.calendar import FIRST_DAY, LAST_START

_NUMBERED = re.compile(r"(?P<day>\d{1,2})[-/. ]+(?P<month>\d{1,2})[-/. ]+(?P<year>\d{4})")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
_NAMED = re.compile(r"(?P<day>\d{1,2})\s+(?P<month>[^\W\d]+)\.?\s+(?P<year>\d{4})")
_THOUSANDS = re.compile(r"\d{1,3}(?:[., ]\d{3})+(?:[.,]\d{1,2})?")
_PLAIN = re.compile(r"\d+(?:[.,]\d{1,2})?")

_MONTHS = {
    name.lower().rstrip("."): number
    for language in ("nl", "en")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=language).items()
}


class DayField(forms.Field):
    """A day: 10-04-2022, 2022-04-10 or 10 april 2022. The order day, month, year holds in both languages."""

    default_error_messages = {"required": gettext_lazy("Fill in this date: day, month, year, for instance 10-04-2022.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"maxlength": "40"}), **options)
        self.widget.attrs.update({"class": "utrecht-textbox day", "autocomplete": "off", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%d-%m-%Y") if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        text = str(value or "").strip()
        if not text:
            return None
        parts = day_parts(text)
        if parts is None:
            raise ValidationError(
                _("“%(text)s” is not a date. Write day, month and year, for instance 10-04-2022.") % {"text": text}
            )
        try:
            day = date(*parts)
        except ValueError:
            raise ValidationError(_("%(text)s does not exist. Check day and month.") % {"text": text}) from None
        if not FIRST_DAY <= day <= LAST_START:
            raise ValidationError(
                _("The year must lie between %(first)s and %(last)s. Check the year.")
                % {"first": FIRST_DAY.year, "last": LAST_START.year}
            )
        return day


def day_parts(text: str) -> tuple[int, int, int] | None:
    for pattern in (_NUMBERED, _ISO, _NAMED):
        if found := pattern.fullmatch(text):
            month = found["month"].lower()
            number = int(month) if month.isdigit() else _MONTHS.get(month)
            return None if number is None else (int(found["year"]), number, int(found["day"]))
    return None


class EuroField(forms.Field):
    """An amount in euros: 7500, 7.500, 7,500 or 7.500,00; three figures after a mark are thousands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"maxlength": "20"}), **options)
        self.widget.attrs.update({"class": "utrecht-textbox figure", "inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value or "").replace("€", "").replace("\N{NO-BREAK SPACE}", " ").strip()
        if not text:
            return None
        if _THOUSANDS.fullmatch(text):
            cents = re.search(r"[.,](\d{1,2})$", text)
            whole = re.sub(r"\D", "", text[: cents.start()] if cents else text)
            return Decimal(f"{whole}.{cents[1] if cents else 0}")
        if _PLAIN.fullmatch(text):
            return Decimal(text.replace(",", "."))
        raise ValidationError(_("“%(text)s” is not an amount. Write euros, for instance 100 or 7500.") % {"text": text})


class CountField(forms.IntegerField):
    """A whole number with bounds, and a message that says which."""

    def __init__(self, *, at_least: int, at_most: int, **options: Any) -> None:
        super().__init__(widget=forms.TextInput, **options)
        self.at_least, self.at_most = at_least, at_most
        self.widget.attrs.update({"class": "utrecht-textbox figure", "inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        try:
            number = super().clean(value)
        except ValidationError:
            number = self.at_least - 1
        if number is not None and not self.at_least <= number <= self.at_most:
            raise ValidationError(
                _("Fill in a whole number from %(first)s to %(last)s.") % {"first": self.at_least, "last": self.at_most}
            )
        return number
