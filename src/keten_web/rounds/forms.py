# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReopenForm(forms.Form):
    """Why a month is reopened, and until when."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    until = forms.DateField(label=_("Open up to and including"), widget=forms.DateInput(attrs={"type": "date"}))
