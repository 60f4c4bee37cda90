# SPDX-License-Identifier: EUPL-1.2
"""A provider of identities on the loopback of this machine, which keeps to the profile unless it is told to lie."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwk, jwt

CLIENT = "keten"
ACR = "urn:etoegang:core:assurance-class:loa3"
ALGORITHMS = ["PS256", "RS256", "ES256", "HS256", "none"]


@dataclass
class FakeProvider:
    """Knows one person; `lies` changes claims (None leaves one out), `header` the header of the ID token."""

    client_key: jwk.RSAKey
    key: jwk.RSAKey = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    address: str = ""
    lies: dict[str, Any] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    signing_key: Any = None
    discovery: dict[str, Any] = field(default_factory=dict)
    token_answer: dict[str, Any] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    assertions: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> str:
        """What a person does who says yes: give the address to which the browser goes back."""
        self.asked.append(address)
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert asked["acr_values"] == ACR
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}&iss={self.address}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Exchange a code, once, for who proves to be our client and to have asked for it."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or not self._is_client(form) or not self._asked_for_it(form, asked):
            return 400, {"error": "invalid_grant"}
        return 200, self.token_answer or {
            "token_type": "Bearer",
            "access_token": "a-secret",
            "id_token": self.sign(asked),
        }

    def _is_client(self, form: dict[str, str]) -> bool:
        claims = jwt.decode(form["client_assertion"], self.client_key, algorithms=["PS256"]).claims
        is_new = claims["jti"] not in self.assertions
        self.assertions.add(claims["jti"])
        return (
            is_new
            and form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            and (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT, CLIENT, f"{self.address}/token")
            and claims["exp"] > time.time()
            and "client_secret" not in form
        )

    def _asked_for_it(self, form: dict[str, str], asked: dict[str, str]) -> bool:
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        return challenge == asked["code_challenge"] and form["redirect_uri"] == asked["redirect_uri"]

    def sign(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        truth = {
            "iss": self.address,
            "sub": "person-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "acr": ACR,
            "name": "Planner",
            "partner": "COA",
            "roles": ["keten-planner", "something-else"],
        }
        claims = {name: value for name, value in {**truth, **self.lies}.items() if value is not None}
        header = {"alg": "PS256", "kid": "one", **self.header}
        return jwt.encode(header, claims, self.signing_key or self.key, algorithms=ALGORITHMS)

    def access_token(self) -> str:
        """Sign an access token for the API (RFC 9068); `lies`, `header` and `signing_key` spoil it."""
        now = int(time.time())
        truth = {
            "iss": self.address,
            "sub": "person-1",
            "aud": CLIENT,
            "client_id": "planning-system",
            "iat": now,
            "exp": now + 300,
            "jti": f"token-{now}",
            "scope": "lezen schrijven",
        }
        claims = {name: value for name, value in {**truth, **self.lies}.items() if value is not None}
        header = {"alg": "PS256", "kid": "one", "typ": "at+jwt", **self.header}
        return jwt.encode(header, claims, self.signing_key or self.key, algorithms=ALGORITHMS)

    def answer(self, path: str, form: dict[str, str] | None) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            own = {"issuer": self.address, "authorization_endpoint": f"{self.address}/authorize"}
            more = {"token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys"}
            return 200, {**own, **more, **self.discovery}
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if path == "/token" and form is not None:
            return self.token(form)
        return 404, {}


@contextmanager
def running(client_key: jwk.RSAKey) -> Iterator[FakeProvider]:
    """Run it until the block ends."""
    provider = FakeProvider(client_key)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._give(*provider.answer(self.path, None))

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._give(*provider.answer(self.path, dict(parse_qsl(text))))

        def _give(self, code: int, said: dict[str, Any]) -> None:
            provider.asked.append(self.path)
            body = json.dumps(said).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
