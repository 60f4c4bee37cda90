# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from datetime import date, timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from keten_web.record.models import tracked
from keten_web.studies.models import State


class RoundState(models.TextChoices):
    """Whether the figures of a month stand."""

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    REOPENED = "reopened", _("reopened")


@tracked
class MonthRound(models.Model):
    """A month of the chain, from the first delivery to the report."""

    month_end = models.DateField(_("month"), unique=True)
    state = models.CharField(_("state"), max_length=10, choices=RoundState.choices, default=RoundState.OPEN)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("reopened by")
    )
    reopened_until = models.DateField(_("reopened until"), null=True)
    reopened_because = models.TextField(_("reason of reopening"), blank=True)

    class Meta:
        verbose_name = _("month round")
        verbose_name_plural = _("month rounds")
        ordering = ("-month_end",)

    def __str__(self) -> str:
        return f"{self.month_end:%Y-%m}"

    def takes_new_figures(self, on: date) -> bool:
        """Tell whether a closing looks at figures that came in since: not in a closed month, whose figures stand."""
        if self.state == RoundState.REOPENED:
            return self.reopened_until is not None and on <= self.reopened_until
        return self.state == RoundState.OPEN


class Closing(models.Model):
    """One time that a month was worked out: on which figures, how far it is, and what came of it.

    It has no history: it is work in progress, counted up by a worker. Its outcome is written once and signed.
    """

    round = models.ForeignKey(MonthRound, on_delete=models.PROTECT, related_name="closings")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    known_on = models.DateField(_("figures as known on"))
    """Day as of which figures, law and agreements are read: what comes in during the closing waits."""
    deliveries = models.PositiveIntegerField(default=0)
    decided_until = models.DateTimeField(null=True)
    """How many deliveries counted when it was asked, and when the last of them was accepted: later ones wait too."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    progress = models.JSONField(default=dict)
    """Per step that was tried: its state, what it counted and what went wrong."""
    ended_at = models.DateTimeField(null=True)
    snapshot = models.CharField(_("hash of the figures"), max_length=64, blank=True)
    figures = models.JSONField(default=dict)
    """The counted figures as they were used: measure, day, value."""
    outcome = models.JSONField(default=dict)
    """What the steps did, and what changed and why; empty until it ended."""

    class Meta:
        verbose_name = _("closing of a month")
        verbose_name_plural = _("closings of months")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("round",),
                condition=models.Q(state__in=(State.WAITING.value, State.RUNNING.value)),
                name="one_open_closing_per_month",
            ),
        )

    def __str__(self) -> str:
        return f"{self.round} ({self.known_on})"

    @property
    def is_open(self) -> bool:
        return self.state in {State.WAITING, State.RUNNING}

    def missing(self) -> list[str]:
        """Name the indicators that were counted the month before and are not for this month."""
        month, before = (
            f"{self.round.month_end:%Y-%m}",
            f"{self.round.month_end.replace(day=1) - timedelta(days=1):%Y-%m}",
        )
        months = {name: {day[:7] for day in days} for name, days in self.figures.items()}
        return sorted(name for name, known in months.items() if before in known and month not in known)


class MonthReport(models.Model):
    """The report of a month as it was written when the month was closed; it is never written again.

    A month that is reopened and closed again gets a next edition beside the earlier ones.
    """

    round = models.ForeignKey(MonthRound, on_delete=models.PROTECT, related_name="reports")
    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="reports")
    edition = models.PositiveIntegerField(_("edition"))
    known_on = models.DateField(_("figures as known on"))
    snapshot = models.CharField(_("hash of the figures"), max_length=64)
    written_at = models.DateTimeField(_("written at"))
    content = models.JSONField()
    """Language -> the sections, each with its title, sentences and table."""
    sha256 = models.CharField(_("hash of the report"), max_length=64)

    class Meta:
        verbose_name = _("report of a month")
        verbose_name_plural = _("reports of months")
        ordering = ("-edition",)
        constraints = (models.UniqueConstraint(fields=("round", "edition"), name="one_report_per_edition"),)
        triggers = (pgtrigger.Protect(name="report_stays", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.round} ({self.edition})"
