# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from keten_web.studies.models import State


class Kind(models.TextChoices):
    """What can be asked about choices beyond the quick look."""

    SHARPEN = "sharpen", _("more replications")
    EXPLAIN = "explain", _("the change as steps")
    RANK = "rank", _("assumptions ranked")
    SEEK = "seek", _("what it takes")
    PROMISE = "promise", _("the price of a promise")


class Inquiry(models.Model):
    """A question of the control tower that takes longer than somebody waits: who asked what, and what came of it."""

    kind = models.CharField(max_length=8, choices=Kind.choices)
    base = models.CharField(max_length=120)
    """Name of the study that the choices were made on."""
    base_hash = models.CharField(max_length=64)
    """Hash of the outcome of that study when it was asked; another outcome is another question."""
    choices = models.JSONField(default=dict)
    question = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    """Hash of everything above: the same question twice is one inquiry."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    """Runs that are done, of how many; unknown until it starts."""
    attempts = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)
    """How often this ended with an answer; never more than once per time it was asked."""
    answer = models.JSONField(null=True)
    problem = models.TextField(default="")
    asked_at = models.DateTimeField()
    looked_at = models.DateTimeField()
    """When somebody last looked how far it is."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("asked_by", "key"), name="one_inquiry_per_question"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.base}"

    @property
    def is_open(self) -> bool:
        return self.state in {State.WAITING, State.RUNNING}
