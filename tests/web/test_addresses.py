# SPDX-License-Identifier: EUPL-1.2
"""No address, form or body makes the site break: every address of the site, every parameter that it asks for.

The addresses come from the site itself, the parameters from what each page asks for when it is opened.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
import walking
from django.contrib.auth.models import Group
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from walking import undone

from keten_web.accounts.models import User
from keten_web.api import BASE, document
from keten_web.config import addresses
from keten_web.record.kinds import by_slug
from keten_web.site.api import api

REFUSED_AT_THE_DOOR = ("\x00", "9" * 5000, "x" * 20_000, "a\x1fb")
SAID = re.compile("teken dat daar niet kan staan|langer dan|cijfers; verbeter")
ODD = ("-1", "nan", "1e309", "9" * 30, "2023-02-30", "9999-12-31", "[]", "٣", "²", "x" * 3000, "%s", "\ufffd")
LONE_SURROGATE = "%ED%A0%80"
CODES = {"kind": "signalen", "form": "csv", "step": "geen-actie", "identifier": "stock_track_4", "pk": "1"}
ODD_PARTS = ("nergens", "9" * 30, "x" * 500, "%00", LONE_SURROGATE, "..%2f..", "%25s")


def patterns(resolver: Any = None, before: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give every address of the site as a form with blanks, and the names of the blanks."""
    for found in (resolver or get_resolver()).url_patterns:
        route = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from patterns(found, route)
        elif isinstance(found, URLPattern) and not route.startswith("^"):
            names = tuple(found.pattern.converters)
            for name in names:
                route = _blank(route, name)
            yield "/" + route.replace("^", "").replace("$", ""), names


def _blank(route: str, name: str) -> str:
    start = next(at for at in (route.find(f":{name}>"), route.find(f"<{name}>")) if at >= 0)
    return f"{route[: route.rfind('<', 0, start + 1)]}{{{name}}}{route[route.index('>', start) + 1 :]}"


SITE = [(route, names) for route, names in patterns() if not route.startswith("/api/")]


@pytest.fixture
def anybody(cast) -> Client:
    """Somebody with every role, so that no page stops at the permission."""
    walking.load_demo()
    user = User.objects.create(username="alles", name="Alles", partner_id="IND")
    user.groups.set(Group.objects.all())
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def known(names: tuple[str, ...]) -> dict[str, str]:
    code = by_slug(CODES["kind"]).model.objects.earliest("pk").code
    return {name: {**CODES, "code": code}.get(name, "x") for name in names}


@pytest.fixture
def asked(monkeypatch) -> set[str]:
    """Fill itself with the names of the parameters that a page asks for."""
    names: set[str] = set()
    for method in ("get", "getlist", "__getitem__", "__contains__"):
        kept = getattr(QueryDict, method)

        def noting(self: Any, name: str, *more: Any, _kept: Any = kept) -> Any:
            names.add(name)
            return _kept(self, name, *more)

        monkeypatch.setattr(QueryDict, method, noting)
    return names


def walk() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give every address but the one that leaves the site: that would end the walk."""
    return ((route, names) for route, names in SITE if route != "/uitloggen")


def test_every_parameter_of_every_page_takes_whatever_comes(anybody, asked):
    faults, tried = [], 0
    for route, names in walk():
        address = route.format(**known(names))
        asked.clear()
        with undone():
            anybody.get(address)
            wanted = sorted(asked - {"csrfmiddlewaretoken"})
            for value in REFUSED_AT_THE_DOOR:
                response = anybody.get(f"{address}?{urlencode(dict.fromkeys(wanted or ['x'], value))}")
                if response.status_code != 400 or not SAID.search(unescape(response.content.decode())):
                    faults.append(f"{address} let {value[:9]!r} in: {response.status_code}")
            for name in wanted:
                for value in ODD:
                    response = anybody.get(f"{address}?{urlencode({name: value})}")
                    tried += 1
                    if response.status_code >= 500:
                        faults.append(f"{address}?{name}={value[:30]} answered {response.status_code}")
                response = anybody.get(f"{address}?{name}={LONE_SURROGATE}")
                if response.status_code >= 500:
                    faults.append(f"{address}?{name}=lone surrogate answered {response.status_code}")
    assert faults == []
    assert tried > 400


def test_every_part_of_every_address_takes_whatever_comes(anybody):
    faults = []
    for route, names in walk():
        for name in names:
            for odd in ODD_PARTS:
                address = route.format(**{**known(names), name: odd})
                for method in ("get", "post"):
                    with undone():
                        response = getattr(anybody, method)(address)
                    if response.status_code >= 500:
                        faults.append(f"{method} {address[:120]} answered {response.status_code}")
    assert faults == []


@pytest.mark.parametrize(("language", "said"), [("nl", "Op dit adres staat geen pagina"), ("en", "There is no page")])
def test_who_opens_the_address_of_a_button_is_told_so_in_words(anybody, settings, language, said):
    anybody.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    told = set()
    for route, names in SITE:
        response = anybody.get(route.format(**known(names)))
        if response.status_code == 405:
            told.add(route)
            page = unescape(response.content.decode())
            assert said in page, route
            assert f'<html lang="{language}"' in page, route
            assert response["Content-Type"].startswith("text/html"), route
            assert "POST" in response["Allow"], route
            onward = response.context["onward"] or "/"
            assert anybody.get(onward).status_code == 200, (route, onward)
    assert {"/signalen/vooruit", "/studies/opnieuw", "/taal", "/uitloggen"} <= told
    program = anybody.delete(f"{BASE}/{CODES['kind']}")
    assert (program.status_code, program["Content-Type"]) == (405, "application/problem+json")


def test_every_form_takes_whatever_comes(anybody, asked):
    faults, tried = [], 0
    for route, names in walk():
        address = route.format(**known(names))
        asked.clear()
        with undone():
            if anybody.post(address).status_code == 405:
                continue
            wanted = sorted(asked - {"csrfmiddlewaretoken"})
        for value in ("", *REFUSED_AT_THE_DOOR, *ODD):
            with undone():
                response = anybody.post(address, dict.fromkeys(wanted, value))
                tried += 1
            if response.status_code >= 500:
                faults.append(f"post {address} with {value[:20]!r} answered {response.status_code}")
    assert faults == []
    assert tried > 200


BODIES = (
    b"",
    b"[]",
    b"null",
    b'"x"',
    b'{"choices": {"\\ud800": 1}}',
    b'{"title": "\\ud800", "reason": "\\udfff", "step": "\\ud83d", "values": {"verdict": "\\ud800"}}',
    b'{"title": NaN, "choices": {"a": Infinity}}',
    b'{"choices": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"choices": {"a": ' + b"9" * 5000 + b"}}",
    b'{"choices": {"a": ' + b"9" * 400 + b'}, "title": "\\u0000", "base": "\\u0000", "reason": "\\u0000"}',
    b"\xff\xfe",
)


def test_every_operation_of_the_api_takes_whatever_body_comes(anybody):
    described = document.openapi(api, RequestFactory().get("/", HTTP_HOST="127.0.0.1"))["paths"]
    row = by_slug("signalen").model.objects.earliest("pk")
    faults, tried = [], 0
    for path, methods in described.items():
        for method in {"post", "patch"} & set(methods):
            address = BASE + path.replace("{code}", row.code).replace("{id}", "1")
            for body in BODIES:
                with undone():
                    response = getattr(anybody, method)(
                        address, data=body, content_type="application/json", headers={"If-Match": f'"{row.version}"'}
                    )
                tried += 1
                if response.status_code >= 500:
                    faults.append(f"{method} {address} {body[:40]!r} answered {response.status_code}")
                elif response.status_code >= 400 and not json.loads(response.content)["detail"]:
                    faults.append(f"{method} {address} {body[:40]!r} said nothing")
    assert faults == []
    assert tried > 400


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/bewijs?keuze=%00", "In “keuze” staat een teken dat daar niet kan staan; haal het weg."),
        ("/zoeken?zoek=" + "9" * 5000, "Het getal in “zoek” heeft meer dan 40 cijfers; verbeter het."),
        ("/zoeken?zoek=" + "x" * 5000, "“zoek” is langer dan 4000 tekens; maak het korter."),
        ("/signalen/%00", "In het adres staat een teken dat daar niet kan staan."),
    ],
)
def test_the_door_says_what_is_wrong_and_where(address, said, anybody):
    response = anybody.get(address)
    assert (response.status_code, said in unescape(response.content.decode())) == (400, True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        (str(2**63 - 1), 2**63 - 1),
        (str(2**63), None),
        ("9" * 5000, None),
        ("٣", None),
        ("²", None),
        ("", None),
        (None, None),
        ("-1", None),
    ],
)
def test_the_number_of_a_row_is_read_or_it_is_none(text, number):
    assert addresses.key(text) == number


def test_a_step_on_what_somebody_took_away_meanwhile_says_so(anybody, likely, monkeypatch):
    from keten_web.scenarios import queries as kept
    from keten_web.studies import actions as studies
    from keten_web.studies.models import KeptScenario

    user = User.objects.get(username="alles")
    for step in studies.STEPS:
        made = KeptScenario.objects.create(
            title="Weg", reason="Een test.", base=likely.name, document={}, choices={}, author=user, partner_id="IND"
        )
        with undone():
            gone = KeptScenario.objects.get(pk=made.pk)
            KeptScenario.objects.filter(pk=made.pk).delete()
            monkeypatch.setattr(kept, "find", lambda _pk, _user, found=gone: found)
            response = anybody.post(reverse("scenario-step", kwargs={"pk": gone.pk, "step": step}), {step: "COA"})
        assert response.status_code == 404, step
