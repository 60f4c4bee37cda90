# SPDX-License-Identifier: EUPL-1.2
"""Files with figures as partners delivered them, and the figures in them: each with who said it, when, and of what."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from keten_web.record.models import tracked


class State(models.TextChoices):
    """How it stands with a delivery."""

    WAITING = "waiting", _("waits for consent")
    ACCEPTED = "accepted", _("accepted")
    DROPPED = "dropped", _("dropped")
    WITHDRAWN = "withdrawn", _("withdrawn")
    PACKAGED = "packaged", _("comes with Keten")


@tracked
class Delivery(models.Model):
    """A file with figures from a partner, checked; it counts once it is accepted."""

    sender = models.ForeignKey(
        "accounts.PartnerOrganisation", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("sender")
    )
    """Nobody for the published figures that come with Keten."""
    table = models.CharField(_("table"), max_length=40)
    recipe = models.CharField(_("recipe"), max_length=80, blank=True)
    language = models.CharField(_("language of the file"), max_length=2, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    received_at = models.DateTimeField(_("received at"))
    received_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("delivered by")
    )
    rows = models.PositiveIntegerField(_("rows"))
    notes = models.JSONField(default=list)
    """What there was to tell about the file."""
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", verbose_name=_("corrects")
    )
    """The delivery that this one says it corrects; it then goes before that one, whenever it came."""
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)
    """Day of the site from which it counts no more; who looks back before that day still sees its figures."""
    withdrawn_because = models.TextField(_("reason of withdrawal"), blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-received_at", "-pk")
        indexes = (models.Index(fields=("sender", "table", "received_at")),)

    def __str__(self) -> str:
        return f"{self.sender_id} {self.table} {self.received_at:%Y-%m-%d}"


class DeliveredFile(models.Model):
    """The file as it came, byte for byte."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="file", primary_key=True)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("file of a delivery")
        triggers = (pgtrigger.Protect(name="file_stays", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return str(self.delivery)


class DeliveredFigure(models.Model):
    """One figure of an accepted delivery. It is never changed: a later one of the same sender stands in its place."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="figures")
    row = models.PositiveIntegerField()
    """Row in the file; the heading is row 1 of its sheet."""
    table = models.CharField(max_length=40)
    key = models.CharField(max_length=500)
    """What it is a figure of: the values of the key of its table, as JSON."""
    column = models.CharField(max_length=40)
    unit = models.CharField(max_length=40)
    definition = models.CharField(max_length=80, blank=True)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    """Last day of the period; of a count on a day that day itself."""
    value = models.FloatField(null=True)
    state = models.CharField(max_length=12)
    """Final, provisional, suppressed or unknown; the last two have no value."""
    sender = models.ForeignKey("accounts.PartnerOrganisation", on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()
    known_on = models.DateField()
    """Day from which it may be used: nobody knows the future."""
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    content = models.JSONField(default=dict)
    """The whole row."""

    class Meta:
        verbose_name = _("delivered figure")
        verbose_name_plural = _("delivered figures")
        ordering = ("received_at", "pk")
        indexes = (models.Index(fields=("table", "key", "column", "received_at")),)
        constraints = (
            models.UniqueConstraint(
                fields=("delivery", "key", "column"),
                condition=models.Q(sender__isnull=False),  # what was published may be printed several times
                name="one_figure_per_fact_and_delivery",
            ),
        )
        triggers = (pgtrigger.Protect(name="figure_stays", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.table} {self.key} {self.column}"
