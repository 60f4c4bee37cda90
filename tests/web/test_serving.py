# SPDX-License-Identifier: EUPL-1.2
"""The programs around the site: the strict default, what the server sends, and that nothing stays behind."""

from __future__ import annotations

import re
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message

import pytest
import served_site
from served_site import Site


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def ask(site: Site, path: str, headers: dict[str, str] | None = None) -> tuple[int, Message, str]:
    request = urllib.request.Request(site.url + path, headers=headers or {})
    try:
        with urllib.request.build_opener(StayHere).open(request) as response:
            return response.status, response.headers, response.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


@pytest.fixture(scope="module")
def strict(studies) -> Iterator[Site]:
    """A site as it is without any setting."""
    with served_site.site(studies, demo=False) as site:
        site.serve()
        yield site


def test_django_finds_nothing_to_warn_of(strict):
    checked = strict.run("-m", "django", "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr


def test_a_demo_log_in_is_refused_in_a_real_site(strict):
    refused = strict.run("-m", "keten_web", "demo")
    assert refused.returncode == 1
    assert "Demo log-ins exist only with KETEN_DEMO=1" in refused.stderr


def test_no_change_of_the_models_is_without_its_migration(strict):
    script = (
        "from keten_web.config import database\n"
        "with database.running():\n"
        "    import django; django.setup()\n"
        "    from django.core.management import call_command\n"
        "    call_command('makemigrations', check=True, dry_run=True)\n"
    )
    assert strict.run("-c", script).returncode == 0


def test_secrets_are_readable_by_their_owner_only(strict):
    assert stat.S_IMODE((strict.home / "secret-key").stat().st_mode) == 0o600


def test_a_page_is_only_given_over_an_encrypted_connection(strict):
    status, headers, _ = ask(strict, "/inloggen")
    assert status == 301
    assert headers["Location"].startswith("https://")


def test_a_stranger_cannot_claim_that_the_connection_is_encrypted(strict):
    status, _, _ = ask(strict, "/inloggen", {"X-Forwarded-Proto": "https"})
    assert status == 301


def test_machines_may_ask_whether_it_runs(strict):
    assert ask(strict, "/healthz")[0] == 200
    assert ask(strict, "/readyz")[0] == 200


def test_another_host_name_is_refused(strict):
    assert ask(strict, "/healthz", {"Host": "elsewhere.example"})[0] == 400


@pytest.fixture
def demonstration(filled_site: Site) -> Site:
    return filled_site


def test_every_answer_is_guarded(demonstration):
    _, headers, _ = ask(demonstration, "/inloggen")
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "HttpOnly" in headers["Set-Cookie"]


def test_static_files_carry_the_hash_of_their_content_and_may_be_kept(demonstration):
    page = ask(demonstration, "/inloggen")[2]
    sheet = re.search(r'href="(/static/keten_web/site\.[0-9a-f]{12}\.css)"', page)
    assert sheet is not None
    status, headers, _ = ask(demonstration, sheet[1])
    assert status == 200
    assert "immutable" in headers["Cache-Control"]


def test_where_to_report_a_vulnerability_has_not_expired(demonstration):
    text = ask(demonstration, "/.well-known/security.txt")[2]
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"].startswith(("mailto:", "https://"))
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)


def test_demo_log_ins_are_printed_and_stay_the_same(demonstration):
    assert demonstration.password in demonstration.told
    assert "ketenregisseur" in demonstration.told
    assert demonstration.run("-m", "keten_web", "demo").stdout == demonstration.told


@pytest.mark.parametrize("end", [served_site.Site.stop, served_site.Site.interrupt])
def test_it_ends_when_asked_and_leaves_no_database_running(studies, end):
    with served_site.site(studies, demo=True) as site:
        site.serve()
        assert (site.home / "postgres" / "postmaster.pid").exists()
        assert end(site) == 0
        assert not (site.home / "postgres" / "postmaster.pid").exists()
        assert not list(site.home.glob("keten-*"))
