# SPDX-License-Identifier: EUPL-1.2
"""A choice with what it was predicted to do and how it came out; and what a forecast said when a signal was raised."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keten.whatif.ledger import Worked
from keten_web.foresight import words
from keten_web.record.fields import LinesField
from keten_web.record.models import Record, tracked
from keten_web.steering.models import AgendaItem, GovernanceBody, Signal, SteeringDecision


def _points_at(model: Any, name: Any) -> Any:
    return models.ForeignKey(
        model, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=name
    )


@tracked
class SteeringChoice(Record):
    """A steering choice; its prediction is made once, and its judgement again as figures come in."""

    happened = ("chosen_on",)
    written = {"prediction": words.prediction_in_words, "judgement": words.judgement_in_words}

    chosen_on = models.DateField(_("chosen on"))
    body = _points_at(GovernanceBody, _("governance body"))
    agenda_item = _points_at(AgendaItem, _("agenda item"))
    decision = _points_at(SteeringDecision, _("steering decision"))
    is_exercise = models.BooleanField(_("exercise: not predicted at the time"), default=False)
    worked = LinesField(
        _("hours really worked"),
        help_text=_(
            "One per line: resource, from, until, hours per working day and source, for instance baa_officers "
            "2023-05-01 2023-07-01 100 https://…"
        ),
    )
    prediction = models.JSONField(_("prediction"), default=dict, blank=True, editable=False)
    prediction_hash = models.CharField(_("hash of the prediction"), max_length=64, blank=True, editable=False)
    judgement = models.JSONField(_("judgement"), default=dict, blank=True, editable=False)
    judgement_hash = models.CharField(_("hash of the judgement"), max_length=64, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=words.CHOICE_STATES, default="predicted")

    class Meta(Record.Meta):
        verbose_name = _("steering choice")
        verbose_name_plural = _("steering choices")
        ordering = ("-chosen_on", "code")

    def problems(self) -> dict[str, str]:
        """Refuse a choice without a prediction, and hours that cannot be read."""
        if not self.prediction:
            return {
                "": gettext("A choice is laid down with its prediction: start from What if, or from a kept scenario.")
            }
        try:
            worked_of(self.worked)
        except ValueError:
            return {
                "worked": gettext(
                    "Write resource, from, until, hours per working day and source on each line: baa_officers "
                    "2023-05-01 2023-07-01 100 https://example.org."
                )
            }
        return {}

    @property
    def who(self) -> str:
        """Say who made the choice: the body, else who took the decision."""
        if self.body_id:
            return str(self.body.name)
        return str(self.decision.who) if self.decision_id else ""

    who.fget.short_description = _("chosen by")  # type: ignore[attr-defined]


def worked_of(lines: list[str]) -> tuple[Worked, ...]:
    """Read hours that were really worked.

    Raises
    ------
    ValueError
        When a line is not resource, two days, hours and an address.
    """
    found = []
    for line in lines:
        resource, start, end, hours, source = line.split(maxsplit=4)
        row = Worked(resource, date.fromisoformat(start), date.fromisoformat(end), float(hours), source)
        if row.valid_from >= row.valid_until or not 0 <= row.hours < float("inf"):
            raise ValueError(line)
        found.append(row)
    return tuple(found)


@tracked
class SignalForecast(models.Model):
    """What a forecast said when a signal ahead was raised, or when it was last looked at."""

    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, related_name="forecast")
    indicator = models.CharField(max_length=80)
    remedy = models.CharField(max_length=40)
    lead_months = models.FloatField()
    probability = models.FloatField()
    crossing_on = models.DateField(null=True)
    act_by = models.DateField(null=True)
    looked_on = models.DateField()
    study = models.CharField(max_length=120)
    receipt = models.JSONField(default=dict)

    class Meta:
        ordering = ("act_by", "pk")

    def __str__(self) -> str:
        return f"{self.indicator} {self.looked_on}"

    @property
    def is_too_late(self) -> bool:
        """True when the measure, decided on the day of the forecast, works only after the crossing."""
        return self.act_by is not None and self.act_by < self.looked_on
