# SPDX-License-Identifier: EUPL-1.2
"""What the environment says, and whom the site believes."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from keten_web.config import database, home, messages
from keten_web.config.middleware import trust_configured_proxies


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql:///keten?host=/run/pg", {"NAME": "keten", "HOST": "/run/pg"}),
        (
            "postgresql://keten:s%40crit@db.example:5433/chain?sslmode=verify-full",
            {
                "NAME": "chain",
                "USER": "keten",
                "PASSWORD": "s@crit",
                "HOST": "db.example",
                "PORT": "5433",
                "OPTIONS": {"sslmode": "verify-full"},
            },
        ),
        ("host=db.example dbname=chain", {"NAME": "chain", "HOST": "db.example"}),
    ],
)
def test_the_address_of_the_database_may_have_every_form_of_libpq(url, expected):
    found = database.settings(url)
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert {name: found.get(name) for name in expected} == expected


def test_a_database_of_ones_own_is_used_and_not_started(monkeypatch):
    monkeypatch.setenv(database.URL, "postgresql://db.example/chain")
    with database.running() as url:
        assert url == "postgresql://db.example/chain"


@pytest.mark.parametrize(("address", "believed"), [("10.0.0.7", True), ("192.0.2.1", False)])
def test_a_proxy_is_believed_only_when_it_was_named(address, believed, settings):
    settings.TRUSTED_PROXIES = frozenset({"10.0.0.7"})

    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(request.is_secure()))

    request = RequestFactory().get("/", REMOTE_ADDR=address, HTTP_X_FORWARDED_PROTO="https")
    assert trust_configured_proxies(answer)(request).content.decode() == str(believed)


def test_a_secret_is_drawn_once_per_home(monkeypatch, tmp_path):
    monkeypatch.setenv("KETEN_HOME", str(tmp_path / "one"))
    first = home.secret("key", length=32)
    assert home.secret("key", length=32) == first
    monkeypatch.setenv("KETEN_HOME", str(tmp_path / "other"))
    assert home.secret("key", length=32) != first


def test_programs_that_ask_a_secret_at_once_get_the_same(monkeypatch, tmp_path):
    monkeypatch.setenv("KETEN_HOME", str(tmp_path))
    together = Barrier(8)

    def asked(_number: int) -> str:
        together.wait()
        return home.secret("key", length=32)

    with ThreadPoolExecutor(8) as programs:
        assert len(set(programs.map(asked, range(8)))) == 1
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.iterdir()] == [("key", 0o600)]


def test_translations_are_compiled_only_when_they_changed():
    messages.compile_all()
    assert messages.compile_all() == []
