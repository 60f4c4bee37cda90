# SPDX-License-Identifier: EUPL-1.2
"""Access tokens of programs: drawn here for a user, or a signed one (RFC 9068) of the organisation's own provider."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from keten.domain.digest import hash_of
from keten_web.accounts import openid, queries
from keten_web.accounts.models import User
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


def read(token: str) -> Found | None:
    """Say whose token this is; None when it is not valid (any more)."""
    if token.startswith(PREFIX):
        kept = queries.token_with(hash_of(token), timezone.now())
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
    known = queries.identity(provider.issuer, read.claims["sub"])
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
