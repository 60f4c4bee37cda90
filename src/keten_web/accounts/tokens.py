# SPDX-License-Identifier: EUPL-1.2
"""Access tokens of programs: drawn here for a user, or a signed one (RFC 9068) of the organisation's own provider."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from keten.domain.digest import hash_of
from keten_web.accounts import openid
from keten_web.accounts.models import AccessToken, Identity, User
from keten_web.audit import actions as audit
from keten_web.config.provider import Provider

SCOPES = ("lezen", "schrijven")
PREFIX = "keten_"
LONGEST_DAYS = 365
KEYS_LIVE_SECONDS = 300
TYPES = frozenset({"at+jwt", "application/at+jwt"})


@dataclass(frozen=True)
class Found:
    """Whose token it is, and what it may be used for."""

    user: User
    scopes: frozenset[str]


def issue(user: User, *, scopes: Sequence[str], days: int, by: User | None) -> str:
    """Draw a token for a user and give it, once: only its digest is kept.

    Raises
    ------
    ValueError
        When a scope is not known or it would live longer than a year.
    """
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes or not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"Choose scopes from {', '.join(SCOPES)}, and from 1 to {LONGEST_DAYS} days.")
    token = PREFIX + secrets.token_urlsafe(32)
    until = timezone.now() + timedelta(days=days)
    details = {"scopes": sorted(scopes), "until": until.isoformat()}
    with audit.changing() as changes:
        AccessToken.objects.create(user=user, digest=hash_of(token), scopes=sorted(scopes), until=until)
        changes.sign("issue_token", user.username, request=None, by=by, details=details)
    return token


def revoke_all(user: User, *, by: User | None) -> int:
    """End every token of a user; give how many there were."""
    with audit.changing() as changes:
        ended = AccessToken.objects.filter(user=user).delete()[0]
        changes.sign("revoke_tokens", user.username, request=None, by=by, details={"tokens": ended})
    return ended


def read(token: str) -> Found | None:
    """Say whose token this is; None when it is not valid (any more)."""
    if token.startswith(PREFIX):
        kept = (
            AccessToken.objects.select_related("user").filter(digest=hash_of(token), until__gt=timezone.now()).first()
        )
        return Found(kept.user, frozenset(kept.scopes)) if kept is not None and kept.user.is_active else None
    return _of_provider(settings.OPENID, token) if settings.OPENID is not None and token else None


_KEYS: dict[str, tuple[float, Mapping[str, Any]]] = {}
"""Keys of the provider, kept for a few minutes: a program asks often."""


def _of_provider(provider: Provider, token: str) -> Found | None:
    try:
        read = jwt.decode(token, jwk.KeySet.import_key_set(_keys(provider)), algorithms=openid.ALGORITHMS)
    except (JoseError, ValueError, KeyError, TypeError, openid.SignOnError):
        return None
    if str(read.header.get("typ", "")).lower() not in TYPES or not all(_checks(read.claims, provider)):
        return None
    known = Identity.objects.select_related("user").filter(issuer=provider.issuer, subject=read.claims["sub"]).first()
    if known is None or not known.user.is_active:
        return None
    return Found(known.user, frozenset(str(read.claims.get("scope", "")).split()) & frozenset(SCOPES))


def _checks(claims: openid.Claims, provider: Provider) -> Iterator[bool]:
    """Give the answer of each check of a claim that RFC 9068 asks to be there."""
    now = timezone.now()
    for name in ("iss", "sub", "aud", "exp"):
        yield openid.CHECKS[name](claims, provider, "", now)
    issued = claims.get("iat")
    yield (
        isinstance(issued, int | float) and not isinstance(issued, bool) and issued <= (now + openid.LEEWAY).timestamp()
    )
    for name in ("client_id", "jti"):
        yield isinstance(claims.get(name), str) and bool(claims[name])


def _keys(provider: Provider) -> Any:
    fetched, keys = _KEYS.get(provider.issuer, (0.0, {}))
    if time.monotonic() - fetched > KEYS_LIVE_SECONDS or not keys:
        keys = openid.signing_keys(provider)
        _KEYS[provider.issuer] = (time.monotonic(), keys)
    return keys
