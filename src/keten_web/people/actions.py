# SPDX-License-Identifier: EUPL-1.2
"""Let somebody in, give another role or partner, hand over, end: each one transaction with one audit event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from keten_web.accounts import actions as accounts
from keten_web.accounts.models import PartnerOrganisation, User
from keten_web.accounts.queries import administrators
from keten_web.accounts.roles import Permission
from keten_web.audit import actions as audit
from keten_web.people import queries as open_tasks

LOCK = 0x6C617374  # the letters "last"


class RefusedError(Exception):
    """Nothing was done; says in the reader's language why, and what to do."""


@dataclass(frozen=True)
class Person:
    """Who somebody is here."""

    name: str
    role: str
    partner: PartnerOrganisation | None


def invite(username: str, person: Person, *, by: User, request: HttpRequest | None = None) -> User:
    """Make an account that has no password yet; the link to choose one is given by `invitation`."""
    _only_administrators(by)
    with audit.changing() as changes:
        user = User(username=username, name=person.name, partner=person.partner)
        user.set_unusable_password()
        user.save()
        user.groups.set(Group.objects.filter(name=person.role))
        details = {"role": person.role, "partner": _code(person.partner)}
        changes.sign("invite", username, request=request, by=by, details=details)
    return user


def invite_again(user: User, *, by: User, request: HttpRequest | None = None) -> None:
    """Take the password away, so that only a new link lets this person in; earlier links are then worth nothing."""
    _only_administrators(by)
    if by.pk == user.pk:
        raise RefusedError(_("You would lock yourself out. Ask another administrator."))
    with audit.changing() as changes:
        if not user.is_active:
            raise RefusedError(_("This account was ended. Open it again first."))
        user.set_unusable_password()
        user.save(update_fields=["password"])
        changes.sign("invite_again", user.username, request=request, by=by)


def accept(user: User, password: str, *, request: HttpRequest | None = None) -> None:
    """Choose a password with an invitation; the link is then worth nothing."""
    with audit.changing() as changes:
        user.set_password(password)
        user.save(update_fields=["password"])
        changes.sign("accept_invitation", user.username, request=request, by=user)


def change(user: User, person: Person, *, by: User, reason: str, request: HttpRequest | None = None) -> None:
    """Give somebody another name, role or partner; the same is no change and leaves no trace.

    Raises
    ------
    RefusedError
        When it would leave the site without an administrator, or when the organisation's own log-in decides it.
    """
    _only_administrators(by)
    if is_managed_elsewhere(user):
        raise RefusedError(_("Name, role and partner of this person come from the log-in of the organisation."))
    with _one_at_a_time(), audit.changing() as changes:
        before = {"role": sorted(user.groups.values_list("name", flat=True)), "partner": user.partner_id}
        user.name, user.partner = person.name, person.partner
        user.save(update_fields=["name", "partner"])
        if before["role"] != [person.role]:
            user.groups.set(Group.objects.filter(name=person.role))
        _somebody_is_left()
        details = {"before": before, "after": {"role": [person.role], "partner": _code(person.partner)}}
        changes.sign(
            "change_person",
            user.username,
            even_when_none=False,
            request=request,
            by=by,
            reason=reason.strip(),
            details=details,
        )


def end(user: User, *, to: User | None, by: User, reason: str, request: HttpRequest | None = None) -> int:
    """Let somebody in no longer, end the access of programs in that name, and hand over what is open.

    Returns
    -------
    How many open tasks went to somebody else.

    Raises
    ------
    RefusedError
        When it is the last administrator.
    """
    _only_administrators(by)
    with _one_at_a_time():
        handed = hand_over(user, to, by=by, reason=reason, request=request) if to else 0
        accounts.revoke_tokens(user, by=by)
        with audit.changing() as changes:
            user.is_active = False
            user.save(update_fields=["is_active"])
            _somebody_is_left()
            details = {"handed_over_to": to.username if to else "", "tasks": handed}
            changes.sign("end_account", user.username, request=request, by=by, reason=reason.strip(), details=details)
    return handed


def open_again(user: User, *, by: User, reason: str, request: HttpRequest | None = None) -> None:
    """Let somebody in again who was ended; the role and the partner are as they were."""
    _only_administrators(by)
    with audit.changing() as changes:
        user.is_active = True
        user.save(update_fields=["is_active"])
        changes.sign("open_account", user.username, even_when_none=False, request=request, by=by, reason=reason.strip())


def hand_over(user: User, to: User, *, by: User, reason: str, request: HttpRequest | None = None) -> int:
    """Put everything open that stands in one name in another name; gives how many."""
    _only_administrators(by)
    if not to.is_active or to.pk == user.pk:
        raise RefusedError(_("Choose somebody else, who may log in."))
    details = {"from": user.username, "to": to.username}
    count = 0
    with audit.written("hand_over", lambda: user.username, request=request, by=by, reason=reason, details=details):
        for _kind, rows in open_tasks.made_rows(user):
            count += rows.update(created_by=to)
        count += open_tasks.scenarios(user).update(author=to)
        count += open_tasks.deliveries(user).update(received_from=to)
    return count


def is_managed_elsewhere(user: User) -> bool:
    """Tell whether the log-in of the organisation decides name, role and partner, at every log-in again."""
    return settings.OPENID is not None and user.identities.filter(issuer=settings.OPENID.issuer).exists()


def _only_administrators(by: User) -> None:
    if not by.has_perm(Permission.MANAGE_USERS):
        raise PermissionDenied(_("Only the administrator of users may do this."))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let two administrators who end each other at the same moment not both succeed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def _somebody_is_left() -> None:
    """Refuse what leaves nobody who can let others in; stands inside the transaction, which is then undone."""
    if not administrators().exists():
        raise RefusedError(_("This is the last administrator. Give somebody else that role first."))


def _code(partner: PartnerOrganisation | None) -> str:
    return partner.code if partner else ""
