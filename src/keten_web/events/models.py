# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.db import models


class OutboxEvent(models.Model):
    """A fact as it is told: written in the transaction of the fact itself, and never changed."""

    sequence = models.BigAutoField(primary_key=True)
    identifier = models.UUIDField(unique=True)
    type = models.CharField(max_length=120)
    source = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    time = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        ordering = ("sequence",)

    def __str__(self) -> str:
        return f"{self.sequence} {self.type} {self.subject}"


class Subscriber(models.Model):
    """How far an address was told, and what came of the last try."""

    address = models.URLField(max_length=500, unique=True)
    delivered = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    try_again_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, default="")

    def __str__(self) -> str:
        return f"{self.address}: {self.delivered}"
