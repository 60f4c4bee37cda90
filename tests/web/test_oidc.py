# SPDX-License-Identifier: EUPL-1.2
"""Sign-on with an account of one's own organisation: every check has an example in which it says no."""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import fake_provider
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from fake_provider import ACR, CLIENT, FakeProvider
from joserfc import jwk

from keten_web.accounts import actions
from keten_web.accounts.models import Identity, User
from keten_web.audit.models import Event
from keten_web.config import provider as provider_settings

HOUR = 3600


@pytest.fixture(scope="module")
def client_key() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(2048)


@pytest.fixture(scope="module")
def other_key() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture(scope="module")
def running_provider(client_key) -> Iterator[FakeProvider]:
    with fake_provider.running(client_key) as provider:
        yield provider


@pytest.fixture
def provider(running_provider, client_key, settings, db) -> Iterator[FakeProvider]:
    """A provider that keeps to the profile, and a site that is configured for it."""
    actions.synchronise_partners()
    actions.synchronise_roles()
    roles = {"keten-planner": "partner_planner", "keten-regie": "chain_director"}
    settings.OPENID = provider_settings.Provider(running_provider.address, CLIENT, client_key, (ACR,), roles)
    yield running_provider
    running_provider.lies, running_provider.header, running_provider.discovery = {}, {}, {}
    running_provider.signing_key = running_provider.token_answer = None
    running_provider.codes, running_provider.asked = {}, []


def sign_on(client: Client, provider: FakeProvider, *, after: str = "", change: Callable[[str], str] = str) -> object:
    """Follow the browser: to the provider, and back at an address that `change` may spoil."""
    start = client.get(reverse("sign-on"), {"next": after} if after else {})
    assert start.status_code == 302
    return client.get(change(provider.authorize(start.url)))


def test_who_is_vouched_for_is_logged_in_with_role_and_partner(provider):
    client = Client()
    response = sign_on(client, provider)
    assert (response.status_code, response.url) == (302, reverse("overview"))
    user = User.objects.get()
    assert (user.name, user.partner_id, user.has_usable_password()) == ("Planner", "COA", False)
    assert [group.name for group in user.groups.all()] == ["partner_planner"]
    assert client.get(reverse("overview")).status_code == 200
    assert [event.action for event in Event.objects.order_by("id")] == ["roles", "log_in"]


def test_the_same_person_is_the_same_user_and_follows_the_provider(provider):
    sign_on(Client(), provider)
    provider.lies = {"name": "Regisseur", "roles": ["keten-regie"], "partner": "MINISTRY"}
    sign_on(Client(), provider)
    user = User.objects.get()
    assert (user.name, user.partner_id) == ("Regisseur", "MINISTRY")
    assert [group.name for group in user.groups.all()] == ["chain_director"]
    assert Event.objects.filter(action="roles").last().details == {
        "before": ["partner_planner"],
        "after": ["chain_director"],
    }


def test_a_role_that_nobody_mapped_gives_nothing(provider):
    provider.lies = {"roles": ["administrator", "chain_director"], "partner": "NOBODY"}
    sign_on(Client(), provider)
    user = User.objects.get()
    assert (user.groups.count(), user.partner_id) == (0, None)


def test_a_local_account_with_the_same_name_is_never_taken_over(provider):
    local = User.objects.create_user("person-1", password="a long enough phrase", name="Planner")
    sign_on(Client(), provider)
    assert Identity.objects.get().user != local
    assert User.objects.count() == 2


def test_one_comes_back_where_one_was_going(provider):
    assert sign_on(Client(), provider, after=reverse("stock")).url == reverse("stock")
    assert sign_on(Client(), provider, after="https://elsewhere.example/").url == reverse("overview")


def refusal(response: object) -> str:
    """Nobody was logged in, the visitor is told so, and why stands in the audit trail."""
    assert response.status_code == 403
    assert "u bent niet ingelogd" in response.content.decode()
    assert "_auth_user_id" not in response.client.session
    assert not User.objects.exists()
    return Event.objects.get(action="log_in", result="refused").reason


NOW = int(time.time())
FALSE_CLAIMS = {
    "iss, another issuer": ({"iss": "https://elsewhere.example"}, "iss"),
    "iss, none": ({"iss": None}, "iss"),
    "sub, none": ({"sub": None}, "sub"),
    "aud, for another site": ({"aud": "another"}, "aud"),
    "aud, for others too and not authorised for us": ({"aud": [CLIENT, "another"]}, "aud"),
    "aud, authorised for another": ({"azp": "another"}, "aud"),
    "exp, expired": ({"exp": NOW - HOUR}, "exp"),
    "exp, none": ({"exp": None}, "exp"),
    "exp, no number": ({"exp": "tomorrow"}, "exp"),
    "iat, long ago": ({"iat": NOW - HOUR}, "iat"),
    "iat, in the future": ({"iat": NOW + HOUR, "exp": NOW + 2 * HOUR}, "iat"),
    "iat, none": ({"iat": None}, "iat"),
    "nonce, of another attempt": ({"nonce": "another"}, "nonce"),
    "nonce, none": ({"nonce": None}, "nonce"),
    "acr, too weak": ({"acr": "urn:etoegang:core:assurance-class:loa2"}, "acr"),
    "acr, none": ({"acr": None}, "acr"),
}


@pytest.mark.parametrize("case", FALSE_CLAIMS)
def test_each_claim_of_the_id_token_is_checked(case, provider):
    provider.lies, check = FALSE_CLAIMS[case]
    assert refusal(sign_on(Client(), provider)).startswith(f"{check}:")


def test_a_token_signed_with_another_key_is_refused(provider, other_key):
    provider.signing_key = other_key
    assert refusal(sign_on(Client(), provider)).startswith("signature:")


def test_a_token_without_signature_is_refused(provider):
    provider.token_answer = {"id_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwZXJzb24tMSJ9."}
    assert refusal(sign_on(Client(), provider)).startswith("signature:")


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(provider):
    content = b".".join(map(encoded, (b'{"alg":"HS256","kid":"one"}', b'{"sub":"person-1"}')))
    signature = hmac.new(provider.key.as_pem(private=False), content, hashlib.sha256).digest()
    provider.token_answer = {"id_token": (content + b"." + encoded(signature)).decode()}
    assert refusal(sign_on(Client(), provider)).startswith("signature:")


def encoded(part: bytes) -> bytes:
    return urlsafe_b64encode(part).rstrip(b"=")


def test_an_answer_without_a_token_is_refused(provider):
    provider.token_answer = {"access_token": "x"}
    assert refusal(sign_on(Client(), provider)).startswith("signature:")


def test_an_answer_with_another_state_is_refused_before_anything_is_asked(provider):
    response = sign_on(Client(), provider, change=lambda url: url.replace("state=", "state=x"))
    assert refusal(response).startswith("state:")
    assert "/token" not in provider.asked


def test_an_answer_that_nobody_asked_for_is_refused(provider):
    start = Client().get(reverse("sign-on"))
    assert refusal(Client().get(provider.authorize(start.url))).startswith("state:")


def test_an_answer_counts_once(provider):
    client = Client()
    start = client.get(reverse("sign-on"))
    back = provider.authorize(start.url)
    client.get(back)
    client.post(reverse("logout"))
    assert client.get(back).status_code == 403


def test_an_answer_of_another_provider_is_refused(provider):
    response = sign_on(Client(), provider, change=lambda url: url.replace("&iss=", "&iss=https://elsewhere.example/"))
    assert refusal(response).startswith("iss:")


def test_who_says_no_at_the_provider_is_not_logged_in(provider):
    response = sign_on(Client(), provider, change=lambda url: url.replace("code=", "error=access_denied&x="))
    assert "access_denied" in refusal(response)


def test_a_code_of_somebody_else_is_of_no_use(provider):
    """PKCE: the provider gives the token only to who asked for the code."""
    other = Client().get(reverse("sign-on"))
    stolen = dict(parse_qsl(urlsplit(provider.authorize(other.url)).query))["code"]
    response = sign_on(Client(), provider, change=lambda url: url.replace("code=code-1", f"code={stolen}"))
    assert "400" in refusal(response)


@pytest.mark.parametrize(
    ("discovery", "why"),
    [
        ({"issuer": "https://elsewhere.example"}, "another issuer"),
        ({"authorization_endpoint": "http://elsewhere.example/authorize"}, "not encrypted"),
    ],
)
def test_a_provider_that_is_not_what_was_configured_is_not_gone_to(discovery, why, provider):
    provider.discovery = discovery
    assert why in refusal(Client().get(reverse("sign-on")))


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri"])
def test_nothing_is_asked_at_an_address_that_is_not_encrypted(name, provider):
    provider.discovery = {name: "http://elsewhere.example/x"}
    assert "not encrypted" in refusal(sign_on(Client(), provider))


def test_a_provider_that_does_not_answer_is_told_as_such(provider, settings):
    settings.OPENID = provider_settings.Provider("http://127.0.0.1:9", CLIENT, settings.OPENID.key, (ACR,), {})
    assert "did not answer" in refusal(Client().get(reverse("sign-on")))


def test_a_closed_account_stays_closed(provider):
    sign_on(Client(), provider)
    User.objects.update(is_active=False)
    assert sign_on(Client(), provider).status_code == 403


def test_no_token_stands_in_an_address_a_session_or_the_trail(provider):
    client = Client()
    response = sign_on(client, provider)
    kept = [
        *provider.asked,
        response.url,
        str(dict(client.session)),
        *(str(row.details) for row in Event.objects.all()),
    ]
    assert not [text for text in kept if "eyJ" in text or "a-secret" in text]
    assert provider_settings.PREFIX not in str(kept)


def test_who_we_are_is_proven_anew_each_time(provider):
    sign_on(Client(), provider)
    sign_on(Client(), provider)
    assert len(provider.assertions) >= 2


def test_the_button_is_there_only_when_it_is_configured(provider, settings):
    page = Client().get(reverse("login")).content.decode()
    assert reverse("sign-on") in page
    settings.OPENID = None
    page = Client().get(reverse("login")).content.decode()
    assert reverse("sign-on") not in page
    assert Client().get(reverse("sign-on")).status_code == Client().get(reverse("signed-on")).status_code == 404


def test_a_password_still_works_beside_it(provider):
    User.objects.create_user("local", password="a long enough phrase")
    response = Client().post(reverse("login"), {"username": "local", "password": "a long enough phrase"})
    assert response.status_code == 302


def environment(key_file: str, **changes: str) -> dict[str, str]:
    given = {
        "KETEN_OIDC_ISSUER": "https://login.example",
        "KETEN_OIDC_CLIENT_ID": CLIENT,
        "KETEN_OIDC_KEY_FILE": key_file,
        "KETEN_OIDC_ACR": f"{ACR}, urn:etoegang:core:assurance-class:loa4",
        "KETEN_OIDC_ROLES": "planner=partner_planner, regie=chain_director",
    }
    return {**given, **changes}


def test_it_is_off_without_settings_and_complete_with_them(client_key, tmp_path):
    assert provider_settings.from_environment({"KETEN_HOME": "x"}) is None
    key_file = tmp_path / "key.pem"
    key_file.write_bytes(client_key.as_pem(private=True))
    provider = provider_settings.from_environment(environment(str(key_file)))
    assert provider.acr == (ACR, "urn:etoegang:core:assurance-class:loa4")
    assert provider.roles == {"planner": "partner_planner", "regie": "chain_director"}


def test_half_a_configuration_is_refused_with_everything_that_is_missing(tmp_path, client_key):
    with pytest.raises(ImproperlyConfigured) as refused:
        provider_settings.from_environment({"KETEN_OIDC_ISSUER": "http://login.example", "KETEN_OIDC_ROLES": "planner"})
    for name in ("CLIENT_ID", "KEY_FILE", "ACR"):
        assert f"KETEN_OIDC_{name} is missing." in str(refused.value)
    assert "must be an https address" in str(refused.value)
    assert "NAME=GROUP" in str(refused.value)
    public = tmp_path / "public.pem"
    public.write_bytes(client_key.as_pem(private=False))
    with pytest.raises(ImproperlyConfigured, match="holds no private"):
        provider_settings.from_environment(environment(str(public)))
