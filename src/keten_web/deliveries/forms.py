# SPDX-License-Identifier: EUPL-1.2
"""What is asked of a delivery: the file, and how it was written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keten_web.accounts.models import User
from keten_web.deliveries import reading, rights, words
from keten_web.deliveries.reading import File

LANGUAGES = (("nl", _("Dutch: 16.105,5 and 1-7-2023")), ("en", _("English: 16,105.5 and 2023-07-01")))


class DeliverForm(forms.Form):
    """A file with figures."""

    file = forms.FileField(label=_("File (csv, xlsx or ods)"))
    table = forms.ChoiceField(
        label=_("What the figures are about"),
        required=False,
        help_text=_("Left open, the columns of the file tell it."),
    )
    recipe = forms.ChoiceField(label=_("Recipe"), required=False, help_text=_("How the columns of your file are read."))
    language = forms.ChoiceField(label=_("Numbers and dates are written in"), choices=LANGUAGES)

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        tables = [(name, words.table(name)) for name in rights.tables_of(by)]
        self.fields["table"].choices = [("", _("as the file says")), *sorted(tables, key=lambda row: row[1])]
        self.fields["recipe"].choices = [("", _("the columns of Keten")), *reading.recipes()]
        self.fields["language"].initial = get_language()
        for name in ("table", "recipe", "language"):
            self.fields[name].widget.attrs["class"] = "utrecht-textbox"

    def as_file(self) -> File:
        """Give what was sent."""
        sent = self.cleaned_data
        return File(sent["file"].name, sent["file"].read(), sent["table"], sent["recipe"], sent["language"])
