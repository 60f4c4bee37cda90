# SPDX-License-Identifier: EUPL-1.2
"""A program with an access token of the organisation's provider (RFC 9068): each check has an example that fails."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import fake_provider
import pytest
from django.test import Client
from fake_provider import ACR, CLIENT, FakeProvider
from joserfc import jwk

from keten_web.accounts import tokens
from keten_web.accounts.models import Identity, User
from keten_web.config.provider import Provider

GOALS = "/api/v1/ketendoelen"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def other_key() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture(scope="module")
def running_provider() -> Iterator[FakeProvider]:
    with fake_provider.running(jwk.RSAKey.generate_key(2048)) as provider:
        yield provider


@pytest.fixture
def provider(running_provider, cast, settings) -> Iterator[FakeProvider]:
    """A provider that vouches for the chain director."""
    settings.OPENID = Provider(running_provider.address, CLIENT, running_provider.client_key, (ACR,), {})
    director = User.objects.get(username="chain_director")
    Identity.objects.create(user=director, issuer=running_provider.address, subject="person-1")
    tokens._KEYS.clear()
    yield running_provider
    running_provider.lies, running_provider.header, running_provider.signing_key = {}, {}, None


def _from_now(later: timedelta) -> int:
    return int(time.time() + later.total_seconds())


def ask(token: str, method: str = "get") -> Any:
    client = Client(headers={"Authorization": f"Bearer {token}"})
    if method == "get":
        return client.get(GOALS)
    return client.post(GOALS, {"title": "Een doel"}, content_type="application/json")


def test_who_the_provider_vouches_for_reads_and_writes(provider):
    assert ask(provider.access_token()).status_code == 200
    assert ask(provider.access_token(), "post").status_code == 201


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://elders.example"},
        {"iss": None},
        {"sub": "person-2"},
        {"sub": ""},
        {"sub": None},
        {"aud": "another-api"},
        {"aud": [CLIENT, "another-api"]},
        {"aud": None},
        {"exp": -HOUR},
        {"exp": "tomorrow"},
        {"exp": None},
        {"iat": HOUR},
        {"iat": True},
        {"iat": None},
        {"client_id": None},
        {"client_id": ""},
        {"jti": None},
        {"jti": 7},
    ],
    ids=str,
)
def test_each_claim_is_checked(lie, provider):
    provider.lies = {claim: _from_now(value) if isinstance(value, timedelta) else value for claim, value in lie.items()}
    response = ask(provider.access_token())
    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


@pytest.mark.parametrize("kind", ["JWT", "id+jwt", ""])
def test_a_token_of_another_kind_is_refused(kind, provider):
    """An ID token is signed by the same provider, and is no key to the API."""
    provider.header = {"typ": kind}
    assert ask(provider.access_token()).status_code == 401


@pytest.mark.parametrize("kind", ["AT+JWT", "application/at+jwt"])
def test_the_kind_is_read_as_a_media_type(kind, provider):
    provider.header = {"typ": kind}
    assert ask(provider.access_token()).status_code == 200


def test_a_token_signed_with_another_key_is_refused(provider, other_key):
    provider.signing_key = other_key
    assert ask(provider.access_token()).status_code == 401


def forged(token: str, algorithm: str, key: bytes | None) -> str:
    """Keep what a true token says, and sign it in another way."""
    header = encoded(json.dumps({"alg": algorithm, "kid": "one", "typ": "at+jwt"}).encode())
    content = f"{header}.{token.split('.')[1]}"
    signature = encoded(hmac.new(key, content.encode(), hashlib.sha256).digest()) if key else ""
    return f"{content}.{signature}"


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def test_a_token_without_signature_is_refused(provider):
    assert ask(forged(provider.access_token(), "none", None)).status_code == 401


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(provider):
    public = provider.key.as_pem(private=False)
    assert ask(forged(provider.access_token(), "HS256", public)).status_code == 401


@pytest.mark.parametrize(("scope", "read", "write"), [("lezen", 200, 403), ("schrijven", 403, 201), (None, 403, 403)])
def test_the_scope_is_that_of_the_endpoint(scope, read, write, provider):
    provider.lies = {"scope": scope}
    assert ask(provider.access_token()).status_code == read
    assert ask(provider.access_token(), "post").status_code == write


def test_a_closed_account_stays_closed(provider):
    User.objects.filter(username="chain_director").update(is_active=False)
    assert ask(provider.access_token()).status_code == 401


def test_without_a_provider_no_signed_token_counts(provider, settings):
    token = provider.access_token()
    settings.OPENID = None
    assert ask(token).status_code == 401


def test_the_keys_are_fetched_once_and_not_for_every_call(provider):
    provider.asked.clear()
    for _ in range(3):
        ask(provider.access_token())
    assert provider.asked.count("/keys") == 1


def test_a_provider_that_does_not_answer_lets_nobody_in(provider, settings):
    token = provider.access_token()
    settings.OPENID = Provider("http://127.0.0.1:9", CLIENT, provider.client_key, (ACR,), {})
    assert ask(token).status_code == 401
