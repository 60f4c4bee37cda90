# SPDX-License-Identifier: EUPL-1.2
"""What is asked of a delivery: the file, and how it was written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keten_web.accounts.models import User
from keten_web.deliveries import queries, reading, rights, words
from keten_web.deliveries.models import Delivery
from keten_web.deliveries.reading import File
from keten_web.words import wording

LANGUAGES = (("nl", _("Dutch: 16.105,5 and 1-7-2023")), ("en", _("English: 16,105.5 and 2023-07-01")))


def _named(row: Delivery) -> str:
    return f"{words.table(row.table)}: {row.file_name}, {wording.moment(row.received_at)}"


class WithdrawForm(forms.Form):
    """Why a delivery is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "utrecht-textarea"}),
        help_text=_("It stands in the history, for who asks later why these figures are gone."),
    )


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
    corrects = forms.ModelChoiceField(
        label=_("Corrects an earlier delivery"),
        queryset=None,
        required=False,
        empty_label=_("no, these are new figures"),
        help_text=_("Only when that delivery was wrong; its figures then give way to these, whichever came last."),
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        tables = [(name, words.table(name)) for name in rights.tables_of(by)]
        self.fields["table"].choices = [("", _("as the file says")), *sorted(tables, key=lambda row: row[1])]
        self.fields["recipe"].choices = [("", _("the columns of Keten")), *reading.recipes()]
        self.fields["language"].initial = get_language()
        self.fields["corrects"].queryset = queries.own_that_count(by)
        self.fields["corrects"].label_from_instance = _named
        for name in ("table", "recipe", "language", "corrects"):
            self.fields[name].widget.attrs["class"] = "utrecht-textbox"

    def as_file(self) -> File:
        """Give what was sent."""
        sent = self.cleaned_data
        return File(sent["file"].name, sent["file"].read(), sent["table"], sent["recipe"], sent["language"])
