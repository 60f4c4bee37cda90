# SPDX-License-Identifier: EUPL-1.2
"""The only place that writes users, partners and roles."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from keten.domain.digest import hash_of
from keten.parameters.load import load_chain
from keten_web.accounts import tokens
from keten_web.accounts.models import AccessToken, Identity, PartnerOrganisation, User
from keten_web.accounts.roles import ROLES
from keten_web.audit import actions as audit
from keten_web.config import home
from keten_web.config.provider import Provider


@dataclass(frozen=True)
class DemoLogin:
    """A log-in that exists to show the site; a role, never a person."""

    username: str
    name: str
    partner: str
    role: str


DEMO_LOGINS = (
    DemoLogin("ketenregisseur", "Ketenregisseur", "MINISTRY", "chain_director"),
    DemoLogin("planner-ind", "Planner IND", "IND", "partner_planner"),
    DemoLogin("lezer-coa", "Lezer COA", "COA", "partner_reader"),
    DemoLogin("planner-coa", "Planner COA", "COA", "partner_planner"),
    DemoLogin("bestuurder-ind", "Bestuurder IND", "IND", "board_member"),
    DemoLogin("bestuurder-coa", "Bestuurder COA", "COA", "board_member"),
    DemoLogin("bestuurder-min", "Bestuurder ministerie", "MINISTRY", "board_member"),
    DemoLogin("auditor", "Auditor", "MINISTRY", "auditor"),
    DemoLogin("beheerder", "Beheerder", "MINISTRY", "administrator"),
    # where a contract asks for a second reader, another than the giver lets figures count
    DemoLogin("tweede-lezer-ind", "Tweede lezer IND", "IND", "partner_planner"),
    DemoLogin("tweede-lezer-coa", "Tweede lezer COA", "COA", "partner_planner"),
)


@transaction.atomic
def synchronise_partners() -> None:
    """Bring the organisations in line with the chain tables; one that left the chain keeps its users."""
    for partner in load_chain().partners:
        PartnerOrganisation.objects.update_or_create(code=partner.id, defaults={"nl": partner.nl, "en": partner.en})


@transaction.atomic
def synchronise_roles() -> None:
    """Bring the groups and their permissions in line with `roles.ROLES`."""
    for name, (_label, permissions) in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        codenames = [permission.split(".")[1] for permission in permissions]
        group.permissions.set(Permission.objects.filter(codename__in=codenames))


def make_demo_logins() -> tuple[tuple[DemoLogin, ...], str]:
    """Make the demo log-ins and give them with their password, drawn once for this installation.

    Raises
    ------
    PermissionDenied
        When this is not a demonstration: a log-in with a printed password does not belong in a real site.
    """
    if not settings.DEMO:
        raise PermissionDenied("Demo log-ins exist only with KETEN_DEMO=1; set it on your own machine only.")
    password = home.secret("demo-password", length=9)
    with audit.changing() as changes:
        for login in DEMO_LOGINS:
            user, _created = User.objects.update_or_create(
                username=login.username, defaults={"name": login.name, "partner_id": login.partner}
            )
            if not user.check_password(password):
                user.set_password(password)
                user.save(update_fields=["password"])
            user.groups.set(Group.objects.filter(name=login.role))
        changes.sign("demo_log_ins", "users", even_when_none=False, request=None, by=None)
    return DEMO_LOGINS, password


def make_first_administrator(username: str, name: str, password: str, *, request: HttpRequest | None) -> User:
    """Make the account with which a site begins; who calls this sees to it that there is none yet."""
    with audit.changing() as changes:
        user = User(username=username, name=name)
        user.set_password(password)
        user.save()
        user.groups.set(Group.objects.filter(name="administrator"))
        changes.sign("first_administrator", username, request=request, by=user)
    return user


def recognise(claims: Mapping[str, Any], provider: Provider, *, request: HttpRequest | None) -> User:
    """Find the user an ID token is about, or make one, and give the roles and the partner that the provider says.

    Someone is known by issuer and subject only. A local account with the same name or address is never taken over.
    """
    with audit.changing() as changes:
        user, before, after = _brought_up_to_date(claims, provider)
        action = "account" if before == after else "roles"
        details = {"before": sorted(before), "after": sorted(after)}
        changes.sign(action, user.username, even_when_none=False, request=request, by=user, details=details)
    return user


def _brought_up_to_date(claims: Mapping[str, Any], provider: Provider) -> tuple[User, set[str], set[str]]:
    """Give who it is, with the roles of before and those of now."""
    name = str(claims.get("name") or claims.get("preferred_username") or "")[:100]
    partner = str(claims.get(provider.partner_claim) or "")
    known = Identity.objects.select_related("user").filter(issuer=provider.issuer, subject=claims["sub"]).first()
    if known is None:
        username = "oidc-" + sha256(f"{provider.issuer} {claims['sub']}".encode()).hexdigest()[:24]
        user = User(username=username)
        user.set_unusable_password()
        user.save()
        Identity.objects.create(user=user, issuer=provider.issuer, subject=claims["sub"])
    user = known.user if known is not None else user
    user.name = name or user.name or user.username
    user.partner = PartnerOrganisation.objects.filter(code=partner).first()
    user.save(update_fields=["name", "partner"])
    groups = _groups(claims.get(provider.roles_claim), provider)
    before = set(user.groups.values_list("name", flat=True))
    if before != groups:
        user.groups.set(Group.objects.filter(name__in=groups))
    return user, before, groups


def _groups(said: object, provider: Provider) -> set[str]:
    """Give our groups for what the provider says; a role that nobody mapped gives nothing."""
    roles = said if isinstance(said, list) else [said]
    return {provider.roles[role] for role in roles if isinstance(role, str) and provider.roles.get(role) in ROLES}


@transaction.atomic
def unlock(username: str, address: str, *, by: User | None) -> int:
    """Forget the failed log-ins of an account or an address, so that nobody waits any longer; give how many."""
    forgotten = 0
    if username:
        forgotten += AxesProxyHandler.reset_attempts(username=username)
    if address:
        forgotten += AxesProxyHandler.reset_attempts(ip_address=address)
    details = {"address": address, "forgotten": forgotten}
    audit.record("unlock_log_in", username or "address", request=None, by=by, details=details)
    return forgotten


def issue_token(user: User, *, scopes: Sequence[str], days: int, by: User | None) -> str:
    """Draw a token for a user and give it, once: only its digest is kept.

    Raises
    ------
    ValueError
        When a scope is not known or it would live longer than a year.
    """
    unknown = set(scopes) - set(tokens.SCOPES)
    if unknown or not scopes or not 1 <= days <= tokens.LONGEST_DAYS:
        raise ValueError(f"Choose scopes from {', '.join(tokens.SCOPES)}, and from 1 to {tokens.LONGEST_DAYS} days.")
    token = tokens.PREFIX + secrets.token_urlsafe(32)
    until = timezone.now() + timedelta(days=days)
    details = {"scopes": sorted(scopes), "until": until.isoformat()}
    with audit.changing() as changes:
        AccessToken.objects.create(user=user, digest=hash_of(token), scopes=sorted(scopes), until=until)
        changes.sign("issue_token", user.username, request=None, by=by, details=details)
    return token


def revoke_tokens(user: User, *, by: User | None) -> int:
    """End every token of a user; give how many there were."""
    with audit.changing() as changes:
        ended = AccessToken.objects.filter(user=user).delete()[0]
        changes.sign("revoke_tokens", user.username, request=None, by=by, details={"tokens": ended})
    return ended


def forget_failures(failed: QuerySet[Any]) -> int:
    """Forget failed attempts to log in; give how many there were."""
    return int(failed.delete()[0])
