# SPDX-License-Identifier: EUPL-1.2
"""What is asked on the first day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keten_web.accounts.forms import NewPasswordForm, box, username_field
from keten_web.start.actions import SETS, Account


class FirstDayForm(NewPasswordForm):
    """The first administrator, and what the record starts with."""

    field_order = ("sleutel", "username", "name", "password", "again", "starting_set")
    sleutel = forms.CharField(widget=forms.HiddenInput)
    username = username_field()
    name = forms.CharField(label=_("Name on the screen"), max_length=100, widget=box())
    starting_set = forms.ChoiceField(
        label=_("The record starts with"),
        choices=lambda: [(name, one.label) for name, one in SETS.items()],
        initial="empty",
        widget=forms.Select(attrs={"class": "utrecht-textbox"}),
    )

    def account(self) -> Account:
        sent: dict[str, Any] = self.cleaned_data
        return Account(sent["username"], sent["name"], sent["password"])
