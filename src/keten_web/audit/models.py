# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that happened. The database refuses to change or delete a row (see the first migration)."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    result = models.CharField(max_length=40)
    origin = models.GenericIPAddressField(null=True)
    trace = models.CharField(max_length=60)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.subject}: {self.result}"
