# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from keten_web.record.models import tracked


@tracked
class KeptScenario(models.Model):
    """Choices on a base that somebody kept, with the reason; the database refuses to change or delete a frozen one."""

    title = models.CharField(_("title"), max_length=120)
    reason = models.TextField(_("reason"))
    base = models.CharField(max_length=120)
    """Name of the study whose scenario the choices were made on."""
    document = models.JSONField()
    """The scenario itself, every changed value with its owner, reason and source."""
    choices = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey("accounts.PartnerOrganisation", on_delete=models.PROTECT, null=True, related_name="+")
    shared_with = models.ManyToManyField("accounts.PartnerOrganisation", through="Sharing", related_name="+")
    copied_from = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    """What it was copied from; that may be gone, and then its history is still there under this number."""
    is_frozen = models.BooleanField(_("frozen"), default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("scenario")
        ordering = ("-made_at", "-pk")
        triggers = (
            pgtrigger.Protect(
                name="frozen_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__is_frozen=True),
            ),
        )

    def __str__(self) -> str:
        return self.title


@tracked
class Sharing(models.Model):
    """A partner whose people may see a scenario; it is gone when the author takes it back, and its history stays."""

    scenario = models.ForeignKey(KeptScenario, on_delete=models.CASCADE, related_name="sharings")
    partner = models.ForeignKey("accounts.PartnerOrganisation", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("sharing of a scenario")
        ordering = ("made_at", "pk")
        constraints = (models.UniqueConstraint(fields=("scenario", "partner"), name="shared_once_with_a_partner"),)

    def __str__(self) -> str:
        return f"{self.scenario_id} → {self.partner_id}"


class State(models.TextChoices):
    """Where the run of a study stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    BROKEN_OFF = "broken_off", _("broken off")


class Run(models.Model):
    """A study that is asked for: who wants which scenario with how many replications, and what came of it.

    It has no history: it is work in progress, counted up by a worker. That it was asked for is an audit event, and its
    outcome never changes: a folder with a receipt, whose hash is kept here.
    """

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
