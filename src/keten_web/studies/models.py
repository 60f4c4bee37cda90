# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptScenario(models.Model):
    """Choices on a base that somebody kept, with the reason; frozen ones never change again."""

    title = models.CharField(_("title"), max_length=120)
    reason = models.TextField(_("reason"))
    base = models.CharField(max_length=120)
    """Name of the study whose scenario the choices were made on."""
    document = models.JSONField()
    """The scenario itself, every changed value with its owner, reason and source."""
    choices = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey("accounts.PartnerOrganisation", on_delete=models.PROTECT, null=True, related_name="+")
    shared_with = models.ManyToManyField("accounts.PartnerOrganisation", related_name="+", blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    is_frozen = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return self.title


class State(models.TextChoices):
    """Where the run of a study stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    BROKEN_OFF = "broken_off", _("broken off")


class Run(models.Model):
    """A study that is asked for: who wants which scenario with how many replications, and what came of it."""

    scenario = models.ForeignKey(KeptScenario, on_delete=models.CASCADE, related_name="runs")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seed = models.PositiveBigIntegerField(default=7)
    replications = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)
    """How often this run ended with an outcome; never more than once."""
    output_hash = models.CharField(max_length=64, default="")
    problem = models.TextField(default="")
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at", "-pk")

    def __str__(self) -> str:
        return f"{self.scenario}: {self.replications}"

    @property
    def is_open(self) -> bool:
        return self.state in {State.WAITING, State.RUNNING}
