# SPDX-License-Identifier: EUPL-1.2
"""Questions about accounts."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from keten_web.accounts.models import User
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
