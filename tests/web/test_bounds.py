# SPDX-License-Identifier: EUPL-1.2
"""How often a log-in may fail and how much one may ask in a minute: refused in words, with when, and not for others."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone
from test_access import PAGES, address, patterns

from keten.domain.errors import UsageError
from keten_web.accounts import actions as account_actions
from keten_web.accounts import bounds, commands, patience
from keten_web.accounts.models import User
from keten_web.audit.models import Event
from keten_web.config import middleware
from keten_web.config import settings as configured
from keten_web.studies import actions as studies
from keten_web.studies.models import KeptScenario, Run, State

PASSWORD = "a long enough phrase"
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def someone(db) -> User:
    return User.objects.create_user(username="someone", password=PASSWORD, name="Iemand")


def log_in(username: str, password: str, origin: str = HERE, language: str = "nl"):
    client = Client(REMOTE_ADDR=origin)
    client.cookies["django_language"] = language
    return client.post(reverse("login"), {"username": username, "password": password})


class Clock:
    """Stands still until a test lets time pass: how fast the machine is decides nothing."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(timezone, "now", made.now)
    monkeypatch.setattr("axes.handlers.proxy.now", made.now)
    return made


def fail(times: int, username: str = "someone", origin: str = HERE) -> None:
    for _ in range(times):
        answer = log_in(username, "wrong", origin)
    assert answer.status_code in {200, 429}


# Logging in ----------------------------------------------------------------------------------------------------------


def test_the_wait_doubles_from_half_a_minute_to_a_quarter_of_an_hour():
    waits = [patience.wait_after(failures, 5).total_seconds() for failures in range(4, 13)]
    assert waits == [0, 30, 60, 120, 240, 480, 900, 900, 900]


@pytest.mark.parametrize(("language", "words"), [("nl", "Wacht 30 seconden"), ("en", "Wait 30 seconds")])
def test_after_five_failures_also_the_right_password_waits_and_the_page_says_how_long(language, words, someone, clock):
    fail(4)
    assert log_in("someone", "wrong").status_code == 429
    refused = log_in("someone", PASSWORD, language=language)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "30"
    assert words in refused.content.decode()
    clock.passes(30)
    assert log_in("someone", PASSWORD).status_code == 302


def test_four_failures_and_then_the_right_password_lets_one_in_and_begins_anew(someone, clock):
    for _ in range(2):
        fail(4)
        assert log_in("someone", PASSWORD).status_code == 302


def test_trying_while_one_waits_makes_the_wait_no_longer(someone, clock):
    fail(5)
    clock.passes(29)
    fail(10)
    clock.passes(1)
    assert log_in("someone", PASSWORD).status_code == 302


def test_each_further_failure_doubles_the_wait(someone, clock):
    fail(5)
    clock.passes(30)
    assert log_in("someone", "wrong")["Retry-After"] == "60"
    assert "1 minuut" in log_in("someone", PASSWORD).content.decode()


def test_forty_guesses_get_no_further_than_the_fifth(someone, clock):
    fail(40)
    assert AccessAttempt.objects.get().failures_since_start == 5


def test_the_wait_is_for_the_account_from_wherever_one_asks(someone, clock):
    fail(5)
    assert log_in("someone", PASSWORD, ELSEWHERE).status_code == 429


def test_an_address_that_guesses_at_many_accounts_waits_and_others_do_not(someone, clock):
    for number in range(20):
        fail(1, f"nobody-{number}")
    assert log_in("someone", PASSWORD).status_code == 429
    assert log_in("someone", PASSWORD, ELSEWHERE).status_code == 302


def test_logging_in_with_ones_own_account_does_not_help_to_guess_at_another(someone, db, clock):
    User.objects.create_user(username="attacker", password=PASSWORD)
    fail(4)
    assert log_in("attacker", PASSWORD).status_code == 302
    assert log_in("someone", "wrong").status_code == 429


def test_an_account_that_does_not_exist_waits_alike(db, clock):
    fail(4, "nobody")
    assert log_in("nobody", "wrong").status_code == 429


def test_what_was_typed_as_a_name_is_not_kept(db):
    fail(1, "my secret phrase")
    row = AccessAttempt.objects.get()
    assert "secret" not in f"{row.username} {row.get_data} {row.post_data}"


def test_a_wait_is_one_event_and_tries_during_it_are_none(someone, clock):
    fail(12)
    told = list(Event.objects.order_by("number").values_list("action", "subject", "result"))
    refused, waits = ("log_in", "someone", "refused"), ("wait_to_log_in", "someone", "locked")
    assert sorted(told) == sorted([refused] * 5 + [waits])
    assert Event.objects.get(action="wait_to_log_in").details == {"failures": 5}
    assert Event.objects.get(action="wait_to_log_in").origin == HERE


@pytest.mark.parametrize(("username", "origin"), [("someone", None), (None, HERE)])
def test_an_administrator_ends_the_wait_and_that_is_an_event(username, origin, someone, capsys, clock):
    fail(5)
    commands.unlock(argparse.Namespace(username=username, address=origin))
    assert capsys.readouterr().out == f"{username or origin} may log in at once.\n"
    assert log_in("someone", PASSWORD).status_code == 302
    assert Event.objects.filter(action="unlock_log_in", details__forgotten=1).count() == 1


def test_unlocking_nobody_is_refused(db):
    with pytest.raises(UsageError, match="Give one of them"):
        commands.unlock(argparse.Namespace(username=None, address=None))


@pytest.mark.parametrize(
    ("asked_from", "counted"),
    [("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8::1:2:3:4", "2001:db8::"), ("", None)],
)
def test_the_network_counts_of_an_address_of_which_one_has_as_many_as_one_likes(asked_from, counted):
    assert patience.address_of(RequestFactory().get("/", REMOTE_ADDR=asked_from)) == counted


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        ((), "203.0.113.9", HERE),
        ((HERE,), "203.0.113.9", "203.0.113.9"),
        ((HERE,), "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ((HERE, "203.0.113.9"), "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        ((HERE,), HERE, HERE),
        ((HERE,), "", HERE),
    ],
)
def test_only_what_our_proxy_saw_is_believed_of_where_one_asks_from(proxies, forwarded, expected, settings):
    settings.TRUSTED_PROXIES = frozenset(proxies)
    seen = []
    asked = RequestFactory().get("/", REMOTE_ADDR=HERE, headers={"X-Forwarded-For": forwarded})
    middleware.trust_configured_proxies(lambda request: seen.append(request.META["REMOTE_ADDR"]))(asked)
    assert seen == [expected]


# In a minute ---------------------------------------------------------------------------------------------------------


def test_every_page_that_makes_a_file_is_bounded(cast):
    """The list of addresses is the site's own; what is sent as a file and not bounded is found here."""
    files = {
        name
        for name in PAGES
        if "attachment" in cast["chain_director"].get(address(name)).headers.get("Content-Disposition", "")
    }
    assert files
    assert files - set(bounds.BOUNDED) == set()


def test_every_bounded_address_is_there():
    assert set(bounds.BOUNDED) - {pattern.name for pattern in patterns(get_resolver())} == set()


@pytest.mark.parametrize(("language", "words"), [("nl", "Dit was te veel"), ("en", "This was too much")])
def test_too_many_files_in_a_minute_are_refused_in_words_and_others_get_theirs(language, words, cast, settings, clock):
    settings.EXPORTS_PER_MINUTE = 2
    where = reverse("record-export", kwargs={"kind": "ketendoelen", "form": "csv"})
    client = cast["partner_reader"]
    client.cookies["django_language"] = language
    assert [client.get(where).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get(where)
    assert words in refused.content.decode()
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert cast["auditor"].get(where).status_code == 200
    clock.passes(60)
    assert client.get(where).status_code == 200


def test_too_many_questions_in_a_minute_are_refused_and_nothing_is_asked(cast, settings, clock):
    settings.QUESTIONS_PER_MINUTE = 1
    where = reverse("inquiry-ask", kwargs={"kind": "sharpen"})
    client = cast["chain_director"]
    assert client.post(where).status_code == 302
    assert client.post(where).status_code == 429


@pytest.mark.parametrize("by", ["token", "session"])
def test_too_many_requests_of_a_program_are_a_problem_that_says_when(by, cast, settings, clock):
    settings.API_REQUESTS_PER_MINUTE = 2
    user = User.objects.get(username="chain_director")
    client, headers = cast["chain_director"], {}
    if by == "token":
        client = Client()
        headers = {"Authorization": f"Bearer {account_actions.issue_token(user, scopes=['lezen'], days=1, by=None)}"}
    answers = [client.get("/api/v1/ketendoelen", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert answers[-1].json()["status"] == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert cast["partner_reader"].get("/api/v1/ketendoelen").status_code == 200


def test_nobody_fills_the_queue_of_studies(cast, settings):
    settings.STUDIES_WAITING = 2
    planner = User.objects.get(username="partner_planner")
    kept = KeptScenario.objects.create(title="Vol", reason="Een test.", base="likely", author=planner, document={})
    Run.objects.bulk_create(
        Run(scenario=kept, asked_by=planner, replications=1, state=state) for state in (State.WAITING, State.RUNNING)
    )
    refused = cast["partner_planner"].post(reverse("scenario-step", kwargs={"pk": kept.pk, "step": "reken"}))
    assert refused.status_code == 429
    assert "2 studies" in refused.content.decode()
    assert Run.objects.count() == 2
    with pytest.raises(bounds.TooMuchError):
        studies.ask(kept, planner)


@pytest.mark.parametrize("told", ["-1", "five", "1.5", "٣"])
def test_a_bound_that_is_no_number_is_told_at_once(told, monkeypatch):
    monkeypatch.setenv("KETEN_LOGIN_TRIES", told)
    with pytest.raises(configured.ImproperlyConfigured, match="KETEN_LOGIN_TRIES"):
        configured._number("KETEN_LOGIN_TRIES", 5)
