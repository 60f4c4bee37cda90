# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that happened. The database refuses to change or delete a row and links it to the row before.

    `signature` is what the application wrote under it, with a key that the database does not have. `number`,
    `previous` and `digest` are filled by the database when the transaction ends (see the migrations).
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    result = models.CharField(max_length=40)
    reason = models.TextField(default="")
    details = models.JSONField(default=dict)
    origin = models.GenericIPAddressField(null=True)
    trace = models.CharField(max_length=60)
    fsc_transaction = models.CharField(max_length=60, default="")
    context = models.UUIDField(null=True)
    place = models.CharField(max_length=160, default="")
    """Signed too: number of this row, transaction, and the last link that was there when it was written."""
    sealed = models.JSONField(default=list)
    """Signed too: every row that the action changed, see `changes.Seal`."""
    signature = models.CharField(max_length=80, default="")
    number = models.BigIntegerField(null=True, unique=True)
    previous = models.CharField(max_length=64, default="")
    digest = models.CharField(max_length=64, default="")

    class Meta:
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=("context",), name="audit_event_context_idx"),
            models.Index(fields=("action", "at"), name="audit_event_action_at_idx"),
            models.Index(fields=("actor", "-id"), name="audit_event_actor_idx"),
            models.Index(fields=("action", "-id"), name="audit_event_action_idx"),
            models.Index(fields=("at",), name="audit_event_at_idx"),
            models.Index(fields=("subject",), name="audit_event_subject_idx", opclasses=("varchar_pattern_ops",)),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.subject}: {self.result}"


class Head(models.Model):
    """The last link of the chain: one row, kept by the database, locked by who adds the next."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"
