# SPDX-License-Identifier: EUPL-1.2
"""What is agreed in the chain, what came of it, and who decided what about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from keten_web.record.models import Record, tracked


@tracked
class ChainGoal(Record):
    """What the partners want to reach together; a sub-goal stands under a goal."""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("part of")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("chain goal")
        verbose_name_plural = _("chain goals")
        ordering = ("order", "code")
