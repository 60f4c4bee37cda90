# SPDX-License-Identifier: EUPL-1.2
"""Questions about accounts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from keten_web.accounts.models import AccessToken, Identity, PartnerOrganisation, User
from keten_web.accounts.roles import Permission


def administrators() -> QuerySet[User]:
    """Give who may manage users and may log in."""
    codename = Permission.MANAGE_USERS.split(".")[1]
    holds = Q(groups__permissions__codename=codename) | Q(is_superuser=True)
    return User.objects.filter(holds, is_active=True).distinct()


def users() -> QuerySet[User]:
    """Give every account, who may log in first, by name."""
    return (
        User.objects.select_related("partner")
        .prefetch_related("groups", "identities")
        .order_by("-is_active", "name", "username")
    )


def active_users() -> QuerySet[User]:
    """Give who may log in."""
    return User.objects.filter(is_active=True)


def account(pk: int) -> User:
    """Give an account as it stands in the database now."""
    return User.objects.get(pk=pk)


def nobody() -> QuerySet[User]:
    """Give no account: a form starts so, until it is told whom it may offer."""
    return User.objects.none()


def who_may_log_in(username: str) -> User | None:
    """Find an account by its user name; None when nobody with it may log in."""
    return active_users().filter(username=username).first()


def is_known(username: str) -> bool:
    """Tell whether an account has exactly this user name."""
    return User.objects.filter(username=username).exists()


def is_taken(username: str) -> bool:
    """Tell whether an account has this user name, in whatever letters."""
    return User.objects.filter(username__iexact=username).exists()


def in_role(role: str) -> QuerySet[User]:
    """Give who holds a role and may log in."""
    return active_users().filter(groups__name=role)


def partners() -> QuerySet[PartnerOrganisation]:
    """Give every organisation of the chain."""
    return PartnerOrganisation.objects.all()


def partner(code: str | None) -> PartnerOrganisation | None:
    """Find an organisation by its code."""
    return PartnerOrganisation.objects.filter(pk=code).first()


def token_with(digest: str, now: datetime) -> AccessToken | None:
    """Find an access token that is still good, with its user."""
    return AccessToken.objects.select_related("user").filter(digest=digest, until__gt=now).first()


def identity(issuer: str, subject: str) -> Identity | None:
    """Find by whom a user is known elsewhere, with the user."""
    return Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
