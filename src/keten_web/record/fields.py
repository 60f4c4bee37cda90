# SPDX-License-Identifier: EUPL-1.2
"""Two fields that hold a list in the row itself, so that the history and “as it was” have it whole."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keten_web.record.inputs import read_number
from keten_web.sheets.writing import number_text

SEPARATOR = "\n"


def lines_to_text(lines: list[str] | None) -> str:
    """Write a list as a reader types it: one per line."""
    return SEPARATOR.join(lines or [])


def text_to_lines(text: str) -> list[str]:
    """Read what was typed; empty lines say nothing."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def series_to_text(series: list[dict[str, Any]] | None) -> str:
    """Write a series in time: `2023-01-01 2024-01-01 22184` (from, until, value), one per line."""
    return SEPARATOR.join(f"{row['from']} {row['until']} {number_text(row['value'])}" for row in series or [])


def text_to_series(text: str, language: str | None = None) -> list[dict[str, Any]]:
    """Read a series in time; its values are written as the language does.

    Raises
    ------
    ValidationError
        With every line that cannot be read, and every pair of stretches that overlap.
    """
    rows, problems = [], []
    for number, line in enumerate(text_to_lines(text), start=1):
        try:
            start, end, value = line.split()
            row: dict[str, Any] = {"from": date.fromisoformat(start), "until": date.fromisoformat(end)}
            row["value"] = float(read_number(value, language))
        except ValidationError as error:
            problems += [_("Line %(number)s: %(what)s") % {"number": number, "what": what} for what in error.messages]
            continue
        except ValueError:
            problems.append(
                _("Line %(number)s cannot be read. Write from, until and value: 2023-01-01 2024-01-01 22184.")
                % {"number": number}
            )
            continue
        if row["from"] >= row["until"]:
            problems.append(
                _("Line %(number)s ends before it begins; “until” is the first day after it.") % {"number": number}
            )
        rows.append(row)
    rows.sort(key=lambda row: row["from"])
    for one, other in zip(rows, rows[1:], strict=False):
        if other["from"] < one["until"]:
            problems.append(_("Two stretches overlap on %(day)s; a day has one value.") % {"day": other["from"]})
    if problems:
        raise ValidationError(problems)
    return [{**row, "from": row["from"].isoformat(), "until": row["until"].isoformat()} for row in rows]


class _TextOfList(forms.CharField):
    widget = forms.Textarea

    def __init__(self, *, model_field: _ListField, language: str | None = None, **options: Any) -> None:
        self.model_field, self.language = model_field, language
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else self.model_field.to_text(value)

    def clean(self, value: Any) -> Any:
        return self.model_field.from_text(super().clean(value), self.language)

    def has_changed(self, initial: Any, typed: Any) -> bool:
        return self.model_field.to_text(initial) != (typed or "")


class _ListField(models.JSONField):
    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("default", list)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    def formfield(self, **options: Any) -> forms.Field:
        text = {"label": capfirst(self.verbose_name), "required": not self.blank, "help_text": self.help_text}
        return _TextOfList(model_field=self, language=options.get("language"), **text)

    @staticmethod
    def to_text(value: Any) -> str:
        return lines_to_text(value)

    @staticmethod
    def from_text(text: str, language: str | None = None) -> Any:
        return text_to_lines(text)


class LinesField(_ListField):
    """A list of sentences."""


class SeriesField(_ListField):
    """Values that hold for a stretch of time: [{"from": "2023-01-01", "until": "2024-01-01", "value": 22184.0}]."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("help_text", gettext_lazy("One per line: from, until (the first day after it), value."))
        super().__init__(*args, **options)

    @staticmethod
    def to_text(value: Any) -> str:
        return series_to_text(value)

    @staticmethod
    def from_text(text: str, language: str | None = None) -> Any:
        return text_to_series(text, language)
