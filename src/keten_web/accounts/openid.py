# SPDX-License-Identifier: EUPL-1.2
"""Sign-on with the organisation's own accounts: OpenID Connect by the Dutch government profile.

Authorization code flow only, with PKCE (S256), `state` and `nonce`; this site proves who it is with a signed assertion
(`private_key_jwt`), so no secret is shared. Every check of the ID token is a function of its own. Tokens are read and
thrown away: they stand in no address, no session and no log.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from keten_web.config.opener import opened
from keten_web.config.provider import Provider, is_safe

ALGORITHMS = ("PS256", "ES256", "RS256")
LEEWAY = timedelta(seconds=30)
OLDEST = timedelta(minutes=10)
"""How long ago an ID token may have been issued: longer than anyone needs to log in."""
ASSERTION_LIVES = timedelta(minutes=1)
LARGEST_ANSWER = 1 << 20
Claims = Mapping[str, Any]


class SignOnError(Exception):
    """Signing on did not succeed; the text is for the audit trail, not for the visitor."""


# --- asking the provider ----------------------------------------------------------------------------------------------


def _ask(address: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    if not is_safe(address):
        raise SignOnError("The provider names an address that is not encrypted.")
    body = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(address, body, {"Accept": "application/json"})
    try:
        with opened(request) as answer:
            said = json.loads(answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            raise SignOnError(f"The provider refused with {error.code}.") from None
    except (OSError, HTTPException, ValueError) as error:
        raise SignOnError(f"The provider did not answer as it should ({type(error).__name__}).") from None
    if not isinstance(said, dict):
        raise SignOnError("The provider did not answer as it should.")
    return said


def _discover(provider: Provider) -> dict[str, Any]:
    said = _ask(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != provider.issuer:
        raise SignOnError("The provider says it is another issuer.")
    return said


@dataclass(frozen=True)
class Attempt:
    """One try to sign on, kept in the session of the visitor until the provider sends them back."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64))
    after: str = ""
    """Where the visitor wanted to go."""


def start(provider: Provider, attempt: Attempt, back: str) -> str:
    """Give the address at the provider to which the visitor is sent."""
    challenge = urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client,
        "redirect_uri": back,
        "scope": provider.scope,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "acr_values": " ".join(provider.acr),
    }
    endpoint = str(_discover(provider).get("authorization_endpoint", ""))
    if not is_safe(endpoint):
        raise SignOnError("The provider names an address that is not encrypted.")
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def finish(provider: Provider, attempt: Attempt, answer: Mapping[str, str], back: str, now: datetime) -> Claims:
    """Check what came back, fetch the ID token for it, check that, and give its claims.

    Raises
    ------
    SignOnError
        When anything is not as it should be.
    """
    if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        raise SignOnError("state: this answer does not belong to the question that this visitor asked.")
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise SignOnError("iss: this answer comes from another provider.")
    if "error" in answer or not answer.get("code"):
        raise SignOnError(f"The provider answered: {answer.get('error', 'no code')[:60]}.")
    about = _discover(provider)
    endpoint = str(about.get("token_endpoint", ""))
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": back,
        "code_verifier": attempt.verifier,
        "client_id": provider.client,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": _assertion(provider, endpoint, now),
    }
    token = _ask(endpoint, form).get("id_token")
    keys = _ask(str(about.get("jwks_uri", "")))
    return check(provider, str(token or ""), keys, nonce=attempt.nonce, now=now)


def _assertion(provider: Provider, endpoint: str, now: datetime) -> str:
    """Sign who we are (RFC 7523); used once."""
    algorithm = {"RSA": "PS256", "EC": "ES256"}.get(provider.key.key_type, "")
    header = {"alg": algorithm, **({"kid": provider.key.kid} if provider.key.kid else {})}
    claims = {
        "iss": provider.client,
        "sub": provider.client,
        "aud": endpoint,
        "jti": str(uuid4()),
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIVES).timestamp()),
    }
    return jwt.encode(header, claims, provider.key, algorithms=ALGORITHMS)


# --- checking the ID token --------------------------------------------------------------------------------------------


def check(provider: Provider, token: str, keys: Mapping[str, Any], *, nonce: str, now: datetime) -> Claims:
    """Check signature and claims of an ID token, and give the claims.

    Raises
    ------
    SignOnError
        With the name of the check that failed.
    """
    try:
        trusted = jwk.KeySet.import_key_set(_signing(keys))
        claims = jwt.decode(token, trusted, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignOnError(f"signature: the ID token is not signed by the provider ({type(error).__name__}).") from None
    for name, holds in CHECKS.items():
        if not holds(claims, provider, nonce, now):
            raise SignOnError(f"{name}: the ID token is refused.")
    return claims


def signing_keys(provider: Provider) -> dict[str, Any]:
    """Fetch the keys with which the provider signs."""
    return _signing(_ask(str(_discover(provider).get("jwks_uri", ""))))


def _signing(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {"keys": [key for key in keys["keys"] if key.get("use", "sig") == "sig"]}


def _is_for_us(claims: Claims, provider: Provider, _nonce: str, _now: datetime) -> bool:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    return provider.client in audiences and (party == provider.client if party or len(audiences) > 1 else True)


def _is_valid_still(claims: Claims, _provider: Provider, _nonce: str, now: datetime) -> bool:
    return _is_number(claims.get("exp")) and bool(claims["exp"] > (now - LEEWAY).timestamp())


def _is_fresh(claims: Claims, _provider: Provider, _nonce: str, now: datetime) -> bool:
    return _is_number(claims.get("iat")) and bool(
        (now - OLDEST).timestamp() <= claims["iat"] <= (now + LEEWAY).timestamp()
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _answers_this_attempt(claims: Claims, _provider: Provider, nonce: str, _now: datetime) -> bool:
    said = claims.get("nonce")
    return isinstance(said, str) and secrets.compare_digest(said.encode(), nonce.encode())


CHECKS: dict[str, Callable[[Claims, Provider, str, datetime], bool]] = {
    "iss": lambda claims, provider, _nonce, _now: claims.get("iss") == provider.issuer,
    "sub": lambda claims, _provider, _nonce, _now: isinstance(claims.get("sub"), str) and bool(claims["sub"]),
    "aud": _is_for_us,
    "exp": _is_valid_still,
    "iat": _is_fresh,
    "nonce": _answers_this_attempt,
    "acr": lambda claims, provider, _nonce, _now: claims.get("acr") in provider.acr,
}
"""Each claim with what it must be."""
