# SPDX-License-Identifier: EUPL-1.2
"""What every row of the record has: an owner, two languages, a source, a version and a history made by the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keten_web.accounts.models import PartnerOrganisation, User

if TYPE_CHECKING:
    from keten_web.record.limits import Limit


Row = TypeVar("Row", bound=models.Model)


def tracked(model: type[Row]) -> type[Row]:
    """Let the database keep every version of a row, whatever program changed it; put this on every model."""
    trackers = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    made: type[Row] = pghistory.track(*trackers, append_only=True)(model)
    return made


class Record(models.Model):
    """A row that a partner owns. Only `record.actions` writes it; nothing is deleted, only withdrawn."""

    objects: ClassVar[models.Manager[Any]]
    address_of: ClassVar[Callable[[str], str]]
    """Where a row stands, by its code; the kind says it when it is declared."""
    limits: ClassVar[Mapping[str, Limit]] = {}
    """What can be true of each number of the row."""
    frozen_figures: ClassVar[tuple[str, ...]] = ()
    """Fields that keep figures as they once were: `figures`, each with `value` and `unit`."""
    written: ClassVar[Mapping[str, Callable[[Any], str]]] = {}
    """Fields that keep something with parts, each with how that is written for a reader."""
    in_order: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Days, months or years that follow each other, the earliest first."""
    in_no_order: ClassVar[Mapping[str, str]] = {}
    """Days, months or years that stand on their own, each with the reason."""
    happened: ClassVar[tuple[str, ...]] = ()
    """Days on which something happened: they never lie ahead."""
    may_lie_ahead: ClassVar[tuple[str, ...]] = ()
    """Days that may be still to come: of what is planned, due or holds until then."""

    code = models.SlugField(
        _("code"), max_length=80, unique=True, help_text=_("Short and lasting: it stands in the address.")
    )
    partner = models.ForeignKey(
        PartnerOrganisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    title = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    text = models.TextField(_("explanation"), blank=True)
    text_en = models.TextField(_("explanation in English"), blank=True)
    source = models.CharField(_("source"), max_length=500, blank=True, help_text=_("Address of the publication."))
    assumption = models.TextField(_("assumed, because"), blank=True, help_text=_("When no publication says it."))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False, validators=[MinValueValidator(1)])
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False, editable=False)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        abstract = True
        ordering: ClassVar[Sequence[str]] = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.title_en if get_language() == "en" and self.title_en else self.title

    @property
    def explanation(self) -> str:
        return self.text_en if get_language() == "en" and self.text_en else self.text

    def owners(self) -> set[str]:
        """Give the codes of the partners whose row this is: both of them when it is joint."""
        return {self.partner_id}

    def problems(self) -> dict[str, str]:
        """Say what is wrong with the row as a whole: field -> what it is and what to do; empty when nothing is."""
        return {}

    def days_that_happened(self) -> tuple[str, ...]:
        """Give the days of this row that have been; a day that was planned is one of them once it is over."""
        return self.happened

    def on_change(self, by: User, changed: frozenset[str]) -> None:
        """Let the row react to what changed, for instance by asking both sides to agree again."""

    def get_absolute_url(self) -> str:
        return type(self).address_of(self.code)

    def event_model(self) -> Any:
        """Give the table in which the database keeps the versions of this row."""
        return self._meta.get_field("events").related_model


class Steering(models.Model):
    """Carries the permissions of the record; there is no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_record", "Can view the record"),
            ("view_exact_counts", "Can view counts below ten"),
            ("write_own", "Can write the rows of the own partner"),
            ("steer_chain", "Can write the rows of the chain and call its bodies together"),
            ("approve", "Can approve and decide for the own partner"),
            ("view_audit", "Can view the audit trail"),
            ("manage_users", "Can manage users"),
        ]
