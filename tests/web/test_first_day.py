# SPDX-License-Identifier: EUPL-1.2
"""The first day without a demonstration: the first administrator, the users, the audit page, and the one clock."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from keten_web.accounts import actions as accounts
from keten_web.accounts.models import PartnerOrganisation, User
from keten_web.accounts.queries import administrators
from keten_web.audit import actions as audit
from keten_web.audit import checks, queries, verification
from keten_web.audit.models import Event
from keten_web.config import home
from keten_web.config.today import today
from keten_web.deliveries import actions as deliveries
from keten_web.people import actions
from keten_web.people import queries as open_tasks
from keten_web.people.actions import Person, RefusedError
from keten_web.start import actions as start
from keten_web.start import queries as first_day
from keten_web.studies.models import KeptScenario

PASSWORD = "een-lang-en-vreemd-woord-7"
FIRST = {"username": "jansen", "name": "J. Jansen", "password": PASSWORD, "again": PASSWORD, "starting_set": "empty"}


@pytest.fixture
def empty_site(db, tmp_path, monkeypatch) -> Client:
    monkeypatch.setenv("KETEN_HOME", str(tmp_path))
    if not Group.objects.exists():
        accounts.synchronise_partners()
        accounts.synchronise_roles()
        deliveries.seed()
    return Client()


def user(name: str) -> User:
    return User.objects.get(username=name)


def unsigned(name: str) -> list[str]:
    """Name the rows of that name that no event vouches for."""
    with connection.cursor() as cursor:
        return [fault.row for fault in verification.examine(cursor).faults if name in fault.row]


# --- the first administrator ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["", "geraden", "é"])
def test_the_first_day_is_no_open_door(given, empty_site):
    first_day.key()
    assert empty_site.get(reverse("first-day"), {"sleutel": given}).status_code == 403
    assert empty_site.post(reverse("first-day"), {**FIRST, "sleutel": given}).status_code == 403
    assert not User.objects.exists()


def test_who_has_the_key_makes_the_first_administrator_and_the_door_closes(empty_site):
    address = first_day.address("http://127.0.0.1:8000")
    assert empty_site.get(address).status_code == 200
    key = first_day.key()
    refused = empty_site.post(reverse("first-day"), {**FIRST, "sleutel": key, "again": "anders"})
    assert "Dit is een ander wachtwoord" in refused.content.decode()
    done = empty_site.post(reverse("first-day"), {**FIRST, "sleutel": key})
    assert done.url == reverse("users")
    assert empty_site.get(done.url).status_code == 200, "and is logged in"
    assert [one.username for one in administrators()] == ["jansen"]
    assert Client().get(address).status_code == 404
    assert Client().post(reverse("first-day"), {**FIRST, "username": "tweede", "sleutel": key}).status_code == 404
    assert first_day.address("http://127.0.0.1:8000") is None
    assert Event.objects.filter(action="first_administrator", subject="jansen").exists()
    assert unsigned("jansen") == []


def test_the_key_is_gone_once_it_was_used(empty_site, django_capture_on_commit_callbacks):
    first_day.key()
    with django_capture_on_commit_callbacks(execute=True):
        start.begin(start.Account("jansen", "J.", PASSWORD), "empty", request=None)
    assert not (home.folder() / first_day.KEY).exists()
    with pytest.raises(PermissionDenied):
        start.begin(start.Account("tweede", "T.", PASSWORD), "empty", request=None)


def test_the_letters_can_be_the_starting_set_without_the_demonstration(empty_site, settings):
    assert not settings.DEMO
    start.begin(start.Account("jansen", "J.", PASSWORD), "letters", request=None)
    from keten_web.steering.models import PerformanceAgreement

    assert PerformanceAgreement.objects.exists()
    assert User.objects.count() == 1, "and no demo log-ins"
    assert start.load("letters", by=None) == start.load("letters", by=None) > 100
    assert unsigned("afspra") == unsigned("jansen") == []


# --- users ------------------------------------------------------------------------------------------------------------


def test_somebody_is_invited_with_a_link_that_works_once(cast):
    sent = {"username": "de.vries", "name": "A. de Vries", "role": "partner_planner", "partner": "COA"}
    shown = cast["administrator"].post(reverse("user-invite"), sent).content.decode()
    link = re.search(r"/uitnodiging/[^<\s]+", shown)[0]
    visitor = Client()
    assert "A. de Vries" in visitor.get(link).content.decode()
    assert visitor.post(link, {"password": PASSWORD, "again": PASSWORD}).url == reverse("overview")
    assert visitor.get(reverse("overview")).status_code == 200
    assert Client().get(link).status_code == 404, "a used link is worth nothing"
    assert user("de.vries").check_password(PASSWORD)


def test_an_invitation_ends_with_time_with_a_newer_one_and_with_the_account(cast, settings):
    by = user("administrator")
    made = actions.invite("nieuw", Person("Nieuw", "auditor", None), by=by)
    from django.contrib.auth.tokens import default_token_generator

    def link() -> str:
        return reverse("invitation", args=(made.pk, default_token_generator.make_token(made)))

    old = link()
    assert Client().get(old).status_code == 200
    actions.invite_again(made, by=by)
    assert Client().get(old).status_code == 404
    made.refresh_from_db()
    assert Client().get(link()).status_code == 200
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(link()).status_code == 404
    settings.PASSWORD_RESET_TIMEOUT = 60
    newest = link()
    actions.end(made, to=None, by=by, reason="Vergissing.")
    assert Client().get(newest).status_code == 404


@pytest.mark.parametrize("field", ["username", "name", "role", "partner"])
def test_an_invitation_without_what_it_needs_is_refused_at_the_field(field, cast):
    sent = {"username": "de.vries", "name": "A. de Vries", "role": "partner_planner", "partner": "COA"}
    response = cast["administrator"].post(reverse("user-invite"), {**sent, field: ""})
    assert response.context["form"].errors.keys() == {field}
    assert not User.objects.filter(username="de.vries").exists()


def test_the_last_administrator_cannot_be_ended_nor_changed_into_something_else(cast):
    by = user("administrator")
    with pytest.raises(RefusedError, match="laatste beheerder"):
        actions.end(by, to=None, by=by, reason="Weg.")
    by = user("administrator")
    with pytest.raises(RefusedError, match="laatste beheerder"):
        actions.change(by, Person("X", "auditor", None), by=by, reason="Anders.")
    by.refresh_from_db()
    assert by.is_active and by.name == "administrator"
    page = cast["administrator"].post(reverse("user-step", args=(by.pk, "beeindigen")), {"reason": "Weg."})
    assert "laatste beheerder" in page.content.decode()
    second = actions.invite("tweede", Person("T", "administrator", None), by=by)
    actions.end(by, to=None, by=second, reason="Nu wel.")
    assert [one.username for one in administrators()] == ["tweede"]


def test_another_role_is_given_with_a_reason_and_works_at_once(cast):
    reader, planner = user("partner_reader"), cast["partner_reader"]
    assert planner.get(reverse("deliveries")).status_code == 403
    sent = {"name": "Lezer", "role": "partner_planner", "partner": "COA"}
    address = reverse("user", args=(reader.pk,))
    assert cast["administrator"].post(address, sent).status_code == 200, "a reason is needed"
    assert cast["administrator"].post(address, {**sent, "reason": "Werkt nu als planner."}).status_code == 302
    assert planner.get(reverse("deliveries")).status_code == 200
    event = Event.objects.get(action="change_person")
    assert (event.subject, event.reason) == ("partner_reader", "Werkt nu als planner.")


def test_who_is_ended_is_out_and_the_open_tasks_go_to_somebody_else(cast, letters_filled):
    planner, director = user("partner_planner"), user("chain_director")
    going = cast["partner_planner"]
    assert going.get(reverse("overview")).status_code == 200
    kind, rows = next((kind, rows) for kind, rows in open_tasks.made_rows(planner) if kind.slug == "besluiten")
    kind.model.objects.filter(pk=kind.model.objects.first().pk).update(created_by=planner, state="draft")
    with audit.changing() as changes:
        KeptScenario.objects.create(
            title="Meer gehoor", reason="x", base="likely", document={}, author=planner, partner_id="IND"
        )
        changes.sign("keep_scenario", "x", request=None, by=planner)
    names = {task.name for task in open_tasks.mine(planner)}
    assert "Meer gehoor" in names and len(names) == 2
    shown = cast["administrator"].get(reverse("user", args=(planner.pk,))).content.decode()
    assert all(name in shown for name in names)
    sent = {"to": director.pk, "reason": "Gaat met pensioen."}
    address = reverse("user-step", args=(planner.pk, "beeindigen"))
    assert cast["administrator"].post(address, sent).status_code == 302
    assert {task.name for task in open_tasks.mine(director)} >= names
    assert open_tasks.mine(planner) == []
    assert going.get(reverse("overview")).status_code == 302
    event = Event.objects.get(action="hand_over")
    assert (event.reason, event.details["to"]) == ("Gaat met pensioen.", "chain_director")
    assert cast["administrator"].get(reverse("user", args=(planner.pk,))).status_code == 200


@pytest.fixture
def letters_filled(cast) -> None:
    from keten_web.steering.letters import load_letters

    load_letters()


def test_only_the_administrator_does_any_of_it(cast):
    someone = user("partner_reader")
    doings = (
        lambda by: actions.invite("x", Person("X", "auditor", None), by=by),
        lambda by: actions.invite_again(someone, by=by),
        lambda by: actions.change(someone, Person("X", "administrator", None), by=by, reason="x"),
        lambda by: actions.end(someone, to=None, by=by, reason="x"),
        lambda by: actions.open_again(someone, by=by, reason="x"),
        lambda by: actions.hand_over(someone, user("auditor"), by=by, reason="x"),
    )
    for role in cast:
        if role in {"anonymous", "administrator"}:
            continue
        for do in doings:
            with pytest.raises(PermissionDenied):
                do(user(role))
        assert cast[role].get(reverse("user", args=(someone.pk,))).status_code == 403
        assert cast[role].post(reverse("user-step", args=(someone.pk, "beeindigen"))).status_code == 403


def test_what_the_organisation_decides_is_not_changed_here(cast, settings):
    from types import SimpleNamespace

    from keten_web.accounts.models import Identity

    reader = user("partner_reader")
    with audit.changing() as changes:
        Identity.objects.create(user=reader, issuer="https://elders.example", subject="7")
        changes.sign("account", "x", request=None, by=None)
    settings.OPENID = SimpleNamespace(issuer="https://elders.example", name="Elders")
    shown = cast["administrator"].get(reverse("user", args=(reader.pk,))).content.decode()
    assert "komen van het inloggen bij de organisatie" in shown
    with pytest.raises(RefusedError):
        actions.change(reader, Person("X", "auditor", None), by=user("administrator"), reason="x")
    actions.end(reader, to=None, by=user("administrator"), reason="Uit dienst.")
    reader.refresh_from_db()
    assert not reader.is_active


# --- the audit page ---------------------------------------------------------------------------------------------------


def test_the_auditor_finds_who_did_what_when_and_why(cast):
    by = user("administrator")
    actions.change(user("outsider"), Person("O", "auditor", None), by=by, reason="Doet de jaarcontrole.")
    auditor = cast["auditor"]
    for asked, is_there in (
        ({}, True),
        ({"wie": "administrator"}, True),
        ({"wie": "auditor"}, False),
        ({"wie": "-"}, False),
        ({"wat": "change_person"}, True),
        ({"wat": "log_out"}, False),
        ({"rij": "outs"}, True),
        ({"rij": "elders"}, False),
        ({"tot": "2020-01-01"}, False),
        ({"vanaf": timezone.localdate().isoformat(), "tot": timezone.localdate().isoformat()}, True),
    ):
        said = auditor.get(reverse("audit"), asked)
        assert ("Doet de jaarcontrole." in said.content.decode()) == is_there, asked
        file = auditor.get(reverse("audit-file", args=("csv",)), asked)
        assert ("Doet de jaarcontrole." in file.content.decode()) == is_there, asked
    assert Event.objects.filter(action="export", actor=user("auditor")).count() == 10


@pytest.mark.parametrize("asked", [{"vanaf": "31-12"}, {"tot": "x"}, {"vanaf": "2023-02-01", "tot": "2023-01-01"}])
def test_a_period_that_is_none_is_told_and_shows_nothing(asked, cast):
    page = cast["auditor"].get(reverse("audit"), asked)
    assert page.status_code == 200 and 'role="alert"' in page.content.decode()
    assert page.context["lines"] == []
    assert cast["auditor"].get(reverse("audit-file", args=("ods",)), asked).status_code == 302


def test_paging_shows_every_event_once(cast):
    for number in range(queries.PAGE + 5):
        audit.record("export", f"proef/{number}", request=None, by=None)
    seen, before = [], None
    while True:
        asked = {"wat": "export", **({"voor": before} if before else {})}
        page = cast["auditor"].get(reverse("audit"), asked).context
        seen += [line.event.subject for line in page["lines"]]
        if (before := page["more"]) is None:
            break
    assert sorted(seen) == sorted(f"proef/{number}" for number in range(queries.PAGE + 5))


def test_more_than_a_file_holds_is_refused_and_never_cut(cast, monkeypatch):
    monkeypatch.setitem(queries.MOST_IN_A_FILE, "csv", 3)
    for number in range(4):
        audit.record("export", f"proef/{number}", request=None, by=None)
    asked = {"wat": "export"}
    refused = cast["auditor"].get(reverse("audit-file", args=("csv",)), asked, follow=True)
    assert "Kies een kortere periode" in refused.content.decode()


def test_the_check_is_asked_once_done_by_the_worker_and_told(cast, monkeypatch):
    auditor = cast["auditor"]
    auditor.post(reverse("audit-check"))
    assert queries.checked().is_busy
    auditor.post(reverse("audit-check"))
    assert Event.objects.filter(action=queries.ASK_CHECK).count() == 1
    verdicts = [
        verification.Verdict(3, 4, "3:ab", ()),
        verification.Verdict(3, 4, "3:ab", (verification.Fault("user outsider", "after now", "is not as signed."),)),
    ]
    monkeypatch.setattr(verification, "verify", lambda: verdicts.pop(0))
    checks.carry_out()
    assert not queries.checked().is_busy
    assert "alles is zoals het is geschreven" in auditor.get(reverse("audit")).content.decode()
    checks.carry_out()
    shown = auditor.get(reverse("audit")).content.decode()
    assert "niet zoals" in shown and "outsider" in shown


# --- the one clock ----------------------------------------------------------------------------------------------------


def test_a_real_site_has_the_real_day_and_nobody_turns_it(cast, settings):
    assert not settings.DEMO and today() == timezone.localdate()
    assert cast["chain_director"].post(reverse("turn-day"), {"day": "2023-09-01"}).status_code == 403


def test_in_a_demonstration_the_director_turns_the_day_for_everybody(cast, settings):
    settings.DEMO = True
    assert today() == date(2023, 7, 13)
    director = cast["chain_director"]
    assert "13 juli 2023" in cast["partner_reader"].get(reverse("overview")).content.decode()
    for role in ("partner_reader", "administrator", "board_member"):
        assert cast[role].post(reverse("turn-day"), {"day": "2023-09-01"}).status_code == 403
    for wrong in ("", "1 september", "2007-01-01", "2199-01-01"):
        assert director.post(reverse("turn-day"), {"day": wrong}).status_code == 400
    assert today() == date(2023, 7, 13)
    assert director.post(reverse("turn-day"), {"day": "2023-09-01", "next": "/signalen"}).status_code == 302
    assert today() == date(2023, 9, 1)
    for name in ("overview", "steering-cycle", "clock", "signals"):
        assert "1 september 2023" in cast["partner_reader"].get(reverse(name)).content.decode(), name
    assert Event.objects.get(action="turn_day").details == {"day": "2023-09-01", "before": "2023-07-13"}


def test_nothing_else_in_the_site_asks_what_day_it_is():
    """Who needs the day asks `config.today`; whatever asks the machine has a reason that stands here."""
    reasons = {
        "config/today.py": "the clock itself",
        "dashboard/context.py": "the day of a print, and the last day a demonstration can be turned to",
        "start/actions.py": "the last day a demonstration can be turned to",
    }
    top = Path(start.__file__).parents[1]
    asks = re.compile(r"localdate\(|date\.today\(|datetime\.now\(|now\(\)\.date\(|localtime\(\)")
    found = {str(path.relative_to(top)) for path in top.rglob("*.py") if asks.search(path.read_text(encoding="utf-8"))}
    assert found == set(reasons)


def test_a_partner_keeps_its_name_of_the_day(cast, settings):
    settings.DEMO = True
    assert str(PartnerOrganisation.objects.get(code="MINISTRY"))
