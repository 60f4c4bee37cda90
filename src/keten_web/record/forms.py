# SPDX-License-Identifier: EUPL-1.2
"""The form of a row, made from its kind; what was read, and at which version, travels with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from keten_web.accounts.models import PartnerOrganisation
from keten_web.record import offered
from keten_web.record.errors import InvalidError
from keten_web.record.fields import LinesField, _ListField
from keten_web.record.inputs import NumberField
from keten_web.record.kinds import Kind

SHORT = 8
"""A list of more choices than this can be searched."""


class CodesField(forms.MultipleChoiceField):
    """Several rows chosen from a list, kept as their codes; what the row holds already is never dropped unseen."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        lines = [value] if isinstance(value, str) else value or []
        return list(dict.fromkeys(code.strip() for line in lines for code in line.splitlines() if code.strip()))


class PartnerChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # has none when it runs
    """A partner, by what everybody calls it and by its full name."""

    def label_from_instance(self, row: Any) -> str:
        return offered.partner_label(row)


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # has none when it runs
    """Values of a row; nothing is saved here."""

    def __init__(self, sent: Any = None, *args: Any, **options: Any) -> None:
        if isinstance(sent, Mapping) and not isinstance(sent, MultiValueDict):
            sent = MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in sent.items()})
        super().__init__(sent, *args, **options)
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                _keep_possible(field, self.initial.get(name))

    def _post_clean(self) -> None:
        """Leave the checks of the row to the action that writes it: there they are all told at once."""

    def add_problems(self, invalid: InvalidError) -> None:
        """Put each problem beside its field, and what belongs to none at the top."""
        for name, problems in invalid.problems.items():
            for problem in problems:
                self.add_error(name if name in self.fields else None, problem)


def _keep_possible(field: forms.ChoiceField, held: Any) -> None:
    """Let what a row holds already stay possible, also when it is in no list any more."""
    offers: list[Any] = list(field.choices)  # type: ignore[arg-type]  # a list is given, though more can be
    known = {str(code) for code, _said in offers}
    codes = held if isinstance(held, list) else [held] if held not in (None, "") else []
    field.choices = [*offers, *((code, code) for code in map(str, codes) if code not in known)]


@dataclass(frozen=True)
class FormPart:
    """Fields that belong together; open when it is the first, or when something in it is wrong."""

    heading: str
    fields: tuple[BoundField, ...]
    is_open: bool


def parts(kind: Kind, form: RecordForm) -> tuple[FormPart, ...]:
    """Give the form of a kind in the parts in which it is folded."""
    found = []
    for number, part in enumerate(offered.parts_of(kind)):
        fields = tuple(form[name] for name in part.fields if name in form.fields)
        is_wrong = any(field.errors for field in fields)
        is_needed = any(field.field.required and not field.value() for field in fields)
        if fields:
            found.append(FormPart(str(part.heading), fields, number == 0 or is_wrong or is_needed))
    return tuple(found)


def form_class(
    kind: Kind, names: Sequence[str], *, language: str | None = None, with_choices: bool = True
) -> type[RecordForm]:
    """Make the form of some fields of a kind.

    Numbers are read in a language, that of the page when none is named. Without choices it asks codes, as a file does.
    """
    made = partial(_form_field, model=kind.model, language=language, with_choices=with_choices)
    form: type[RecordForm] = forms.modelform_factory(  # type: ignore[assignment]  # the form that is given is its base
        kind.model, form=RecordForm, fields=list(names), formfield_callback=made
    )
    return form


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


def _chosen_field(field: Any, options: offered.Offer) -> forms.Field:
    """Make the field of codes that are chosen by name; a code that a row holds already stays possible."""
    said: dict[str, Any] = {"label": capfirst(field.verbose_name), "required": not field.blank}
    if isinstance(field, LinesField):
        return CodesField(choices=options, **said)
    return forms.ChoiceField(choices=lambda: [("", ""), *options()], **said)


def _form_field(
    field: Any, *, model: Any, language: str | None, with_choices: bool, **options: Any
) -> forms.Field | None:
    offer = offered.choices_of(model, field.name) if with_choices else None
    if offer is not None:
        made: forms.Field | None = _chosen_field(field, offer)
    elif isinstance(field, models.IntegerField | models.FloatField | models.DecimalField) and not field.choices:
        made = _number_field(field, language)
    elif isinstance(field, _ListField):
        made = field.formfield(language=language, **options)
    elif isinstance(field, models.ForeignKey) and field.related_model is PartnerOrganisation:
        made = field.formfield(form_class=PartnerChoiceField, **options)
    else:
        made = field.formfield(**options)
    if made is not None:
        _dressed(made)
    return made


def _dressed(made: forms.Field) -> None:
    made.error_messages["required"] = _("Fill this in.")
    if isinstance(made, forms.DateField):
        made.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = 4
    if isinstance(made.widget, forms.CheckboxSelectMultiple | forms.Select) and not isinstance(
        made.widget, forms.NullBooleanSelect
    ):
        made.widget.attrs["data-search"] = ""
    if not isinstance(made.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        made.widget.attrs["class"] = "utrecht-textbox"


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
