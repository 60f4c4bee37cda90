# SPDX-License-Identifier: EUPL-1.2
"""Who vouches for users by OpenID Connect, as the environment says it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from joserfc import jwk
from joserfc.errors import JoseError

PREFIX = "KETEN_OIDC_"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Provider:
    """Who vouches for users, and how this site is known there."""

    issuer: str
    client: str
    key: jwk.Key
    acr: tuple[str, ...]
    roles: Mapping[str, str]
    """What the provider calls a role -> our group."""
    scope: str = "openid profile"
    roles_claim: str = "roles"
    partner_claim: str = "partner"
    name: str = ""


def from_environment(environment: Mapping[str, str]) -> Provider | None:
    """Read the provider from the environment; None when sign-on is not configured.

    Raises
    ------
    ImproperlyConfigured
        With everything that is missing or wrong.
    """
    given = {
        name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX) and value
    }
    if not given:
        return None
    problems = [
        f"{PREFIX}{name} is missing."
        for name in ("ISSUER", "CLIENT_ID", "KEY_FILE", "ACR", "ROLES")
        if name not in given
    ]
    issuer = given.get("ISSUER", "")
    if issuer and not is_safe(issuer):
        problems.append(f"{PREFIX}ISSUER must be an https address.")
    roles = dict(part.partition("=")[::2] for part in _listed(given.get("ROLES", "")))
    if not all(roles.values()):
        problems.append(f"{PREFIX}ROLES is a list of NAME=GROUP, separated by commas.")
    key = _private_key(Path(given["KEY_FILE"])) if "KEY_FILE" in given else None
    if "KEY_FILE" in given and key is None:
        problems.append(f"{PREFIX}KEY_FILE holds no private RSA or EC key in PEM or JWK form.")
    if problems or key is None:
        raise ImproperlyConfigured(" ".join(problems))
    return Provider(
        issuer=issuer,
        client=given["CLIENT_ID"],
        key=key,
        acr=tuple(_listed(given["ACR"])),
        roles=roles,
        scope=given.get("SCOPE", Provider.scope),
        roles_claim=given.get("ROLES_CLAIM", Provider.roles_claim),
        partner_claim=given.get("PARTNER_CLAIM", Provider.partner_claim),
        name=given.get("NAME", Provider.name),
    )


def _private_key(path: Path) -> jwk.Key | None:
    for import_key in (jwk.RSAKey.import_key, jwk.ECKey.import_key):
        try:
            text = path.read_text()
            key = import_key(json.loads(text) if text.lstrip().startswith("{") else text)
        except (OSError, JoseError, ValueError, TypeError):
            continue
        if key.is_private:
            return key
    return None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def is_safe(address: str) -> bool:
    """Tell whether an address is encrypted, or never leaves this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
