# SPDX-License-Identifier: EUPL-1.2
"""What happened is told once, in order, in the form of the Dutch profile, and never without having happened."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from keten_web import events
from keten_web.accounts.models import User
from keten_web.events import actions, apps, queries
from keten_web.events.facts import FACTS, known
from keten_web.events.models import OutboxEvent, Subscriber
from keten_web.record import actions as record
from keten_web.steering.kinds import DECISIONS, SIGNALS
from keten_web.steering.models import Signal, SteeringDecision

SCHEMA = json.loads((Path(events.__file__).parent / "cloudevent.schema.json").read_text())
SIGNAL, DECISION, REPORT = (fact.type for fact in FACTS)


@pytest.fixture
def director(cast) -> User:
    return User.objects.get(username="chain_director")


def raise_signal(by: User, title: str = "Te late beslissingen") -> Signal:
    values = {"title": title, "indicator": "overdue_share", "raised_on": date(2023, 6, 30)}
    return record.create(SIGNALS, values, by=by)


def told() -> list[dict[str, Any]]:
    return [queries.as_told(event) for event in queries.after(0, 1000)]


def test_a_raised_signal_is_told_with_what_it_is_about(director):
    signal = raise_signal(director)
    (event,) = told()
    assert (event["type"], event["subject"]) == (SIGNAL, f"signalen/{signal.code}")
    assert event["source"] == "urn:nld:oin:00000000000000000000:systeem:keten"
    assert event["data"] == {
        "kind": "signalen",
        "code": signal.code,
        "title": "Te late beslissingen",
        "partner": "IND",
        "state": "raised",
        "on": "2023-06-30",
    }


def test_a_decision_is_told_when_it_is_taken_and_not_before(director):
    decision = record.create(DECISIONS, {"title": "Meer gehoren"}, by=director)
    assert told() == []
    SteeringDecision.objects.filter(pk=decision.pk).update(state="taken", taken_on=date(2023, 7, 1))
    SteeringDecision.objects.get(pk=decision.pk).save()
    assert [event["type"] for event in told()] == [DECISION]


def test_every_fact_of_an_installed_kind_is_told_in_the_form_of_the_profile(director):
    """A row of every kind of which a fact is told, as the database accepts it."""
    raise_signal(director)
    record.create(DECISIONS, {"title": "Meer gehoren", "state": "taken", "taken_on": date(2023, 7, 1)}, by=director)
    for fact, model in known():
        if fact.type == REPORT:
            model.objects.create(code="rapport", title="Rapport", partner_id="IND", published_on=date(2023, 9, 1))
    assert {event["type"] for event in told()} == {fact.type for fact, _model in known()}
    for event in told():
        jsonschema.validate(event, SCHEMA, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize(
    "change",
    [
        {"source": "urn:nld:oin:123:systeem:keten"},
        {"type": "signaal"},
        {"specversion": "0.3"},
        {"time": "2023-06-30T12:00:00+02:00"},
        {"id": 7},
        {"person": "iemand"},
    ],
)
def test_the_schema_refuses_what_is_not_of_the_profile(change, director):
    raise_signal(director)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**told()[0], **change}, SCHEMA)


def test_no_type_names_an_organisation(cast):
    from keten_web.accounts.models import PartnerOrganisation

    codes = {code.lower() for code in PartnerOrganisation.objects.values_list("code", flat=True)}
    assert not [fact.type for fact in FACTS if codes & set(fact.type.replace("-", ".").split("."))]


def test_a_fact_is_told_once_however_often_its_row_changes(director):
    signal = raise_signal(director)
    record.change(SIGNALS, signal.code, {"title": "Anders"}, by=director, expected_version=1, reason="Beter.")
    assert len(told()) == 1


def test_the_same_fact_has_the_same_id_when_it_is_told_again(director):
    raise_signal(director)
    before = told()[0]["id"]
    OutboxEvent.objects.all().delete()
    assert actions.catch_up() == 1
    assert told()[0]["id"] == before


def test_what_did_not_happen_is_not_told(director):
    with suppress(ZeroDivisionError), transaction.atomic():
        raise_signal(director)
        raise ZeroDivisionError
    assert told() == []


def test_what_happened_behind_the_back_of_the_application_is_told_later(director):
    Signal.objects.bulk_create(
        [Signal(code="buitenom", title="Buitenom", partner_id="IND", indicator="x", raised_on=date(2023, 6, 30))]
    )
    assert told() == []
    assert (actions.catch_up(), actions.catch_up()) == (1, 0)
    assert told()[0]["subject"] == "signalen/buitenom"


def test_the_number_of_the_organisation_comes_from_the_settings(director, settings):
    settings.OIN = "12345678901234567890"
    raise_signal(director)
    assert told()[0]["source"] == "urn:nld:oin:12345678901234567890:systeem:keten"


def test_a_wrong_setting_stops_the_start_with_everything_that_is_wrong():
    with pytest.raises(ImproperlyConfigured) as refused:
        apps.check("123", ["http://elsewhere.example/"])
    assert "20 digits" in str(refused.value)
    assert "must be an https address" in str(refused.value)
    apps.check("", [])
    apps.check("12345678901234567890", ["https://elsewhere.example/", "http://127.0.0.1:8000/"])


# --- fetched ----------------------------------------------------------------------------------------------------------


def test_who_would_rather_fetch_reads_on_where_one_was(director, cast):
    for number in range(3):
        raise_signal(director, f"Signaal {number}")
    reader = cast["partner_reader"]
    first = reader.get("/api/v1/gebeurtenissen?limit=2").json()
    rest = reader.get(f"/api/v1/gebeurtenissen?after={first['last']}").json()
    assert [event["data"]["title"] for event in (*first["results"], *rest["results"])] == [
        "Signaal 0",
        "Signaal 1",
        "Signaal 2",
    ]
    nothing = reader.get(f"/api/v1/gebeurtenissen?after={rest['last']}").json()
    assert nothing == {"results": [], "last": rest["last"]}
    for event in first["results"]:
        jsonschema.validate(event, SCHEMA)


# --- told -------------------------------------------------------------------------------------------------------------


@dataclass
class Receiver:
    """Listens on this machine; answers as `code` says, and keeps what it heard."""

    code: int = 200
    heard: list[dict[str, Any]] = field(default_factory=list)
    media_types: set[str] = field(default_factory=set)
    address: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listening = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            listening.media_types.add(self.headers["Content-Type"])
            if listening.code < 300:
                listening.heard.append(event)
            self.send_response(listening.code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listening.address = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield listening
        finally:
            server.shutdown()
            thread.join()


def titles(receiver: Receiver) -> list[str]:
    return [event["data"]["title"] for event in receiver.heard]


def test_every_address_is_told_everything_once_and_in_order(director, receiver):
    for number in range(3):
        raise_signal(director, f"Signaal {number}")
    assert [row.delivered for row in actions.deliver([receiver.address])] == [3]
    assert [row.delivered for row in actions.deliver([receiver.address])] == [0]
    raise_signal(director, "Signaal 3")
    actions.deliver([receiver.address])
    assert titles(receiver) == ["Signaal 0", "Signaal 1", "Signaal 2", "Signaal 3"]
    assert receiver.media_types == {actions.MEDIA_TYPE}


@pytest.mark.parametrize("code", [302, 400, 404, 500, 503])
def test_what_an_address_refuses_is_told_again_and_nothing_overtakes_it(code, director, receiver):
    for number in range(2):
        raise_signal(director, f"Signaal {number}")
    receiver.code = code
    (row,) = actions.deliver([receiver.address])
    assert (row.delivered, row.problem) == (0, f"answered {code}")
    receiver.code = 200
    (row,) = actions.deliver([receiver.address])
    assert "tried again at" in row.problem  # not yet: it is given time
    Subscriber.objects.update(try_again_at=timezone.now())
    actions.deliver([receiver.address])
    assert titles(receiver) == ["Signaal 0", "Signaal 1"]
    subscriber = Subscriber.objects.get()
    assert (subscriber.attempts, subscriber.try_again_at, subscriber.problem) == (0, None, "")


def test_the_pause_doubles_up_to_a_limit(director):
    raise_signal(director)
    pauses = []
    for _ in range(12):
        Subscriber.objects.update(try_again_at=None)
        before = timezone.now()
        actions.deliver(["http://127.0.0.1:9/"])
        pauses.append(round((Subscriber.objects.get().try_again_at - before) / timedelta(minutes=1)))
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == 6 * 60


def test_one_address_that_is_silent_does_not_keep_the_others_waiting(director, receiver):
    raise_signal(director)
    silent, heard = actions.deliver(["http://127.0.0.1:9/", receiver.address])
    assert "did not answer" in silent.problem
    assert heard.delivered == 1
