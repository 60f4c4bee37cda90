# SPDX-License-Identifier: EUPL-1.2
"""What is asked when a choice is laid down."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from keten_web.record.queries import standing
from keten_web.steering.models import AgendaItem, GovernanceBody, SteeringDecision

BOX = "utrecht-textbox"


def _select() -> forms.Select:
    return forms.Select(attrs={"class": BOX})


class ChoiceForm(forms.Form):
    """Who chose what, when and why."""

    title = forms.CharField(label=_("Name"), min_length=3, max_length=300, widget=forms.TextInput(attrs={"class": BOX}))
    text = forms.CharField(label=_("Reason"), min_length=5, widget=forms.Textarea(attrs={"rows": 3, "class": BOX}))
    chosen_on = forms.DateField(
        label=_("Chosen on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": BOX})
    )
    body = forms.ModelChoiceField(
        standing(GovernanceBody), label=_("Governance body"), required=False, widget=_select()
    )
    agenda_item = forms.ModelChoiceField(standing(AgendaItem), label=_("Agenda item"), required=False, widget=_select())
    decision = forms.ModelChoiceField(
        standing(SteeringDecision),
        label=_("Steering decision"),
        required=False,
        widget=_select(),
    )
    is_exercise = forms.BooleanField(label=_("This is an exercise; nobody decided it"), required=False)
