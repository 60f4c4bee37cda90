# SPDX-License-Identifier: EUPL-1.2
"""The form of a row, made from its kind; what was read, and at which version, travels with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from keten_web.record.errors import InvalidError
from keten_web.record.fields import _ListField
from keten_web.record.inputs import NumberField
from keten_web.record.kinds import Kind


class RecordForm(forms.ModelForm):
    """Values of a row; nothing is saved here."""

    def _post_clean(self) -> None:
        """Leave the checks of the row to the action that writes it: there they are all told at once."""

    def add_problems(self, invalid: InvalidError) -> None:
        """Put each problem beside its field, and what belongs to none at the top."""
        for name, problems in invalid.problems.items():
            for problem in problems:
                self.add_error(name if name in self.fields else None, problem)


def form_class(kind: Kind, names: Sequence[str], *, language: str | None = None) -> type[RecordForm]:
    """Make the form of some fields of a kind; numbers are read in a language, that of the page when none is named."""
    made = partial(_form_field, language=language)
    return forms.modelform_factory(kind.model, form=RecordForm, fields=list(names), formfield_callback=made)


def _number_field(field: Any, language: str | None) -> forms.Field:
    """Make the field of a number, with the bounds of the model."""
    checks = [check for check in field.validators if isinstance(check, MinValueValidator | MaxValueValidator)]
    lowest = [check.limit_value for check in checks if isinstance(check, MinValueValidator)]
    highest = [check.limit_value for check in checks if isinstance(check, MaxValueValidator)]
    return NumberField(
        label=capfirst(field.verbose_name),
        help_text=field.help_text,
        required=not field.blank,
        initial=field.get_default() if field.has_default() else None,
        is_whole=isinstance(field, models.IntegerField),
        at_least=max(lowest, default=None),
        at_most=min(highest, default=None),
        language=language,
    )


def _form_field(field: Any, language: str | None = None, **options: Any) -> forms.Field | None:
    if isinstance(field, models.IntegerField | models.FloatField | models.DecimalField) and not field.choices:
        made: forms.Field | None = _number_field(field, language)
    elif isinstance(field, _ListField):
        made = field.formfield(language=language, **options)
    else:
        made = field.formfield(**options)
    if made is None:
        return None
    if isinstance(made, forms.DateField):
        made.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = 4
    if not isinstance(made.widget, forms.CheckboxInput):
        made.widget.attrs["class"] = "utrecht-textbox"
    return made


class WhyForm(forms.Form):
    """The reason, and the version that was read."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        help_text=_("Stands in the history, for who asks later why this was done."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "utrecht-textbox"}),
    )


class FileForm(forms.Form):
    """A table of rows, and why they are read in."""

    file = forms.FileField(label=_("File (csv, xlsx or ods)"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "utrecht-textbox"}),
    )
