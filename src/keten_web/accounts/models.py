# SPDX-License-Identifier: EUPL-1.2
"""Users know as little as possible about themselves: a name on the screen, a partner, a role."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keten.parameters.load import load_chain
from keten_web.audit import actions as audit
from keten_web.config.today import today


class PartnerOrganisation(models.Model):
    """An organisation of the chain; the chain tables are the source, this is what users belong to."""

    code = models.CharField(max_length=40, primary_key=True)
    nl = models.CharField(max_length=200)
    en = models.CharField(max_length=200)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        """Give the name of the day the site speaks of; an organisation that left the chain keeps its last one."""
        known = next((row for row in load_chain().partners if row.id == self.code), None)
        named = known.named_on(today()) if known else self
        return named.en if get_language() == "en" else named.nl


class User(AbstractUser):
    """Someone who may log in. A role is a group (see `roles`), without a role one sees nothing."""

    first_name = None
    last_name = None
    name = models.CharField(_("name"), max_length=100)
    partner = models.ForeignKey(PartnerOrganisation, on_delete=models.PROTECT, null=True, blank=True)

    def __str__(self) -> str:
        return self.name or self.username

    def check_password(self, raw_password: str) -> bool:
        """Check a password; hashing it anew, as better settings ask, is a change of the account that is signed."""
        with audit.changing() as changes:
            is_right = super().check_password(raw_password)
            changes.sign("hash_password", self.username, even_when_none=False, request=None, by=self)
        return is_right

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class Identity(models.Model):
    """By whom a user is known elsewhere. Only the pair is kept: names and addresses may change, this does not."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("issuer", "subject"), name="one_user_per_identity"),)

    def __str__(self) -> str:
        return f"{self.issuer} {self.subject}"


class AccessToken(models.Model):
    """What a program may do in the name of a user, until when. The token itself is not kept, only its digest."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user} until {self.until:%Y-%m-%d}: {' '.join(self.scopes)}"


class Usage(models.Model):
    """How much somebody asked of a kind since when; see `bounds`, which is the only one to write it."""

    key = models.CharField(max_length=200, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.count} since {self.since:%H:%M:%S}"
