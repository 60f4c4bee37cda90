# SPDX-License-Identifier: EUPL-1.2
"""Who may see what. The list of pages comes from the addresses themselves, so that none is forgotten."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from keten.observations import load_published
from keten.observations.tables import TABLES
from keten_web.accounts.roles import ROLES, Permission
from keten_web.rounds.models import Closing, MonthReport, MonthRound
from keten_web.steering.models import ChainGoal

PUBLIC = {"login", "language", "theme", "accessibility", "alive", "ready", "security"}
ONLY_POST = {
    "language",
    "theme",
    "logout",
    "scenario-keep",
    "scenario-step",
    "run-step",
    "inquiry-ask",
    "inquiry-stop",
    "promise-price",
    "signals-ahead",
    "delivery-step",
    "month-round-close",
    "month-round-stop",
    "month-round-reopen",
    "study-again",
    "turn-day",
    "audit-check",
    "user-step",
}
OFF_UNLESS_CONFIGURED = {"sign-on", "signed-on", "first-day", "invitation"}
"""Sign-on elsewhere, of which `test_oidc` knows all, and the doors with a one-time key: `test_first_day`."""

OF_THE_API = {"api-openapi", "api-nothing"}
"""The description, which is public, and every other address under `/api/`; see `test_api`."""

ANSWERS_A_FORM = {"clock", "clock-life", "deliveries", "user-invite"}
"""Pages that are asked by POST, and keep nothing or ask a right of their own (`test_deliveries`)."""

OF_A_PARTNER = sum(not load_published().table(name).is_empty() for name in TABLES) + 1
"""The first delivery that a partner made: those before it came with Keten, one per table, and have no page."""

GOAL = {"kind": "ketendoelen", "code": "goal_procedure"}
ARGUMENTS = {
    **{name: {"kind": GOAL["kind"]} for name in ("record-list", "record-new", "record-import")},
    **{name: GOAL for name in ("record-detail", "record-history", "record-edit", "record-withdraw")},
    "record-move": {"kind": "kaderregels", "code": "framework_2024-production_baa", "step": "overnemen"},
    "record-export": {"kind": GOAL["kind"], "form": "csv"},
    "indicator": {"identifier": "overdue_share"},
    "indicator-file": {"identifier": "overdue_share", "form": "csv"},
    "kept-scenario": {"pk": 1},
    "scenario-step": {"pk": 1, "step": "kopie"},
    "run-step": {"pk": 1, "step": "stop"},
    "tower-partner": {"code": "IND"},
    "tower-location": {"resource": "decision_officers_track_4", "location": "national"},
    "inquiry": {"pk": 1},
    "inquiry-ask": {"kind": "sharpen"},
    "inquiry-stop": {"pk": 1},
    "stock-file": {"identifier": "stock.track_4", "form": "csv"},
    "chain-map-file": {"form": "csv"},
    "what-if-file": {"form": "csv"},
    "delivery": {"pk": OF_A_PARTNER},
    "delivery-file": {"pk": OF_A_PARTNER},
    "delivery-export": {"pk": OF_A_PARTNER, "form": "csv"},
    "delivery-step": {"pk": OF_A_PARTNER, "step": "akkoord"},
    "delivery-withdraw": {"pk": OF_A_PARTNER},
    **{f"month-round-{what}": {"month": "2023-06"} for what in ("of", "close", "stop", "reopen")},
    "month-report": {"month": "2023-06"},
    "month-report-edition": {"month": "2023-06", "edition": 1},
    "audit-file": {"form": "csv"},
    "user": {"pk": 1},
    "user-step": {"pk": 1, "step": "beeindigen"},
}


def patterns(resolver: URLResolver) -> list[URLPattern]:
    """Every address but those of the API, which `test_api_access` takes from its own description."""
    found: list[URLPattern] = []
    for part in resolver.url_patterns:
        if getattr(part, "app_name", None) == "ninja":
            continue
        found += patterns(part) if isinstance(part, URLResolver) else [part]
    return found


NOT_HERE = OFF_UNLESS_CONFIGURED | OF_THE_API
NAMES = sorted(pattern.name for pattern in patterns(get_resolver()) if pattern.name not in NOT_HERE)
PAGES = [name for name in NAMES if name not in ONLY_POST]
PRIVATE = [name for name in PAGES if name not in PUBLIC]
WRITTEN = {"record-new", "record-import", "record-edit", "record-withdraw", "record-move", "choice-lay-down"}
"""Pages that write; who may is tested for every kind in `test_record_access`."""

OF_SOMEBODY = {"user", "kept-scenario", "inquiry", "delivery", "delivery-file", "delivery-export", "delivery-withdraw"}
"""Pages that only its maker sees, and with whom it was shared; see `test_studies_kept`, `test_tower_inquiries` and
`test_deliveries`; an account is seen by the administrator of users, see `test_first_day`."""

READ = [name for name in PRIVATE if name not in WRITTEN | OF_SOMEBODY]
NEEDS = {
    "deliveries": Permission.VIEW_EXACT_COUNTS,
    "audit": Permission.VIEW_AUDIT,
    "audit-file": Permission.VIEW_AUDIT,
    "users": Permission.MANAGE_USERS,
    "user-invite": Permission.MANAGE_USERS,
}
"""Pages that not every role may see: figures as they were delivered (`test_small_counts`), the trail, the accounts."""


@pytest.fixture
def rows(cast) -> None:
    """What the pages of the record are about."""
    ChainGoal.objects.create(code=GOAL["code"], title="Voorbeeld", partner_id="MINISTRY")
    day = date(2023, 7, 3)
    closing = Closing.objects.create(round=MonthRound.objects.create(month_end=date(2023, 6, 30)), known_on=day)
    MonthReport.objects.create(
        round=closing.round, closing=closing, edition=1, known_on=day, written_at=timezone.now(), content={"nl": []}
    )


def address(name: str) -> str:
    return reverse(name, kwargs=ARGUMENTS.get(name))


@pytest.mark.parametrize("name", PRIVATE)
def test_who_is_not_logged_in_is_asked_to(name, cast):
    response = cast["anonymous"].get(address(name))
    assert response.status_code == 302
    assert response.url == f"{reverse('login')}?next={address(name)}"


@pytest.mark.parametrize("name", sorted(PUBLIC & set(PAGES)))
def test_a_public_page_needs_no_log_in(name, cast):
    assert cast["anonymous"].get(address(name)).status_code == 200


@pytest.mark.parametrize("name", PRIVATE)
def test_without_a_role_one_sees_nothing_and_is_told_what_to_do(name, cast):
    response = cast["outsider"].get(address(name))
    assert response.status_code == 403
    assert "Vraag de gebruikersbeheerder" in response.content.decode()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", READ)
def test_every_role_sees_every_page_but_those_of_another_role(name, role, cast, rows):
    response = cast[role].get(address(name))
    may = name not in NEEDS or NEEDS[name] in ROLES[role][1]
    assert response.status_code == (200 if may else 403)
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", sorted(ONLY_POST))
def test_what_changes_something_is_not_a_link(name, cast):
    assert cast["partner_reader"].get(address(name)).status_code == 405


@pytest.mark.parametrize("name", [name for name in READ if name not in ANSWERS_A_FORM])
def test_reading_changes_nothing_so_posting_is_refused(name, cast):
    assert cast["partner_reader"].post(address(name)).status_code == 405


def test_logging_out_ends_the_session(reader):
    reader.post(reverse("logout"))
    assert reader.get(reverse("overview")).status_code == 302


def test_a_form_without_its_token_is_refused(cast):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "Er is niets gewijzigd" in response.content.decode()


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_a_choice_never_leads_off_the_site(target, cast):
    response = cast["anonymous"].post(reverse("language"), {"language": "en", "next": target})
    assert response.url == reverse("overview")
