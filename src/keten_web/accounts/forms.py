# SPDX-License-Identifier: EUPL-1.2
"""What is asked of accounts: a name, a role, a partner, a password, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from keten_web.accounts import queries
from keten_web.accounts.models import User
from keten_web.accounts.roles import ROLES


def box(**more: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "utrecht-textbox", **more})


def _is_free(username: str) -> None:
    if queries.is_taken(username):
        raise ValidationError(_("Somebody has this user name already. Choose another."))


def username_field() -> forms.CharField:
    """Ask a user name that nobody has."""
    letters = RegexValidator(
        r"\A[a-zA-Z0-9][\w.@+-]*\Z",
        _("Use letters, digits and the signs . @ + - _ only; begin with a letter or digit."),
    )
    return forms.CharField(
        label=_("User name"),
        max_length=60,
        validators=[letters, _is_free],
        widget=box(autocapitalize="none", autocomplete="username"),
    )


def _asked_of_a_password() -> str:
    return " ".join(str(text) for text in password_validators_help_texts())


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=lazy(_asked_of_a_password, str)(),
        widget=forms.PasswordInput(attrs={"class": "utrecht-textbox", "autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"class": "utrecht-textbox", "autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or self.cleaned_data
        password, again = sent.get("password"), sent.get("again")
        if password and again and password != again:
            self.add_error("again", _("This is another password than the one above."))
        elif password:
            about = self.user or User(username=sent.get("username", ""), name=sent.get("name", ""))
            try:
                validate_password(password, about)
            except ValidationError as error:
                self.add_error("password", error)
        return sent


class PartnerField(forms.ModelChoiceField):
    """A partner, by its name."""

    def label_from_instance(self, row: Any) -> str:
        return str(row)


class PersonForm(forms.Form):
    """Who somebody is here, what they may do, and for whom."""

    name = forms.CharField(label=_("Name on the screen"), max_length=100, widget=box())
    role = forms.ChoiceField(
        label=_("Role"),
        choices=lambda: [("", ""), *((name, label) for name, (label, _held) in ROLES.items())],
        widget=forms.Select(attrs={"class": "utrecht-textbox"}),
    )
    partner = PartnerField(
        label=_("Partner"),
        queryset=queries.partners(),
        required=False,
        widget=forms.Select(attrs={"class": "utrecht-textbox"}),
    )

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or self.cleaned_data
        if sent.get("role") in NEED_A_PARTNER and not sent.get("partner"):
            self.add_error("partner", _("This role works for a partner. Choose which."))
        return sent


NEED_A_PARTNER = frozenset({"chain_director", "partner_planner", "partner_reader", "board_member"})


class InviteForm(PersonForm):
    """Somebody new."""

    field_order = ("username", "name", "role", "partner")
    username = username_field()


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "utrecht-textbox"}),
    )


class ChangePersonForm(PersonForm, ReasonForm):
    """Another name, role or partner, and why."""

    field_order = ("name", "role", "partner", "reason")


class EndForm(ReasonForm):
    """Why somebody goes, and who takes over."""

    field_order = ("to", "reason")
    to = PartnerField(
        label=_("Who takes over what is open"),
        queryset=queries.nobody(),
        required=False,
        widget=forms.Select(attrs={"class": "utrecht-textbox"}),
    )

    def __init__(self, *args: Any, heirs: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = heirs
