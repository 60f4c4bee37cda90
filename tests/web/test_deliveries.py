# SPDX-License-Identifier: EUPL-1.2
"""Figures of partners by page and by API: one set of rules, one outcome, whole or not at all."""

from __future__ import annotations

import base64
import json
from datetime import date

import made_up_study
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from keten.observations.tables import TABLES
from keten_web.accounts.models import PartnerOrganisation, User
from keten_web.accounts.roles import ROLES, Permission
from keten_web.audit.models import Event
from keten_web.config.today import today
from keten_web.deliveries import actions, known, queries, rights, words
from keten_web.deliveries.models import DeliveredFigure, Delivery
from keten_web.deliveries.reading import File, RefusedError
from keten_web.record.errors import NotAllowedError
from keten_web.rounds.models import Closing, MonthRound
from keten_web.steering.models import SteeringDecision

JUNE = date(2023, 6, 30)
STOCK = b"reference_date,group,count\n2023-06-30,track_4,64000\n2023-06-30,track_1,3000\n"
CORRECTED = STOCK.replace(b"64000", b"64100")
WRONG = b"reference_date,group,count\n2023-06-31,track_4,-5\n2023-06-30,trak_1,veel\n"


@pytest.fixture
def planner(cast) -> User:
    return User.objects.get(username="partner_planner")


@pytest.fixture
def client(cast) -> Client:
    return cast["partner_planner"]


def send(client: Client, content: bytes, name: str = "stock.csv", **sent: str):
    file = {"file": SimpleUploadedFile(name, content), "language": "nl", **sent}
    return client.post(reverse("deliveries"), file)


def call(client: Client, path: str, content: bytes, name: str = "stock.csv"):
    client.get(reverse("deliveries"))
    body = json.dumps({"fileName": name, "content": base64.b64encode(content).decode(), "language": "nl"})
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def partners() -> QuerySet[DeliveredFigure]:
    """What partners delivered, without the published figures that every site begins with."""
    return DeliveredFigure.objects.filter(sender__isnull=False)


def stored() -> list[tuple[str, float | None]]:
    return [(row.key, row.value) for row in partners()]


def test_a_file_is_shown_with_what_it_changes_before_it_counts(client):
    address = send(client, STOCK).url
    page = client.get(address).content.decode()
    assert "64.000" in page
    assert "wacht op akkoord" in page
    assert stored() == []
    client.post(f"{address}/stap/akkoord")
    assert [value for _key, value in stored()] == [64000, 3000]
    assert "Deze cijfers tellen" in client.get(address).content.decode()


def test_a_delivered_figure_knows_what_it_is_and_where_it_came_from(planner):
    delivery = actions.accept(actions.deliver(File("stock.csv", STOCK), by=planner), by=planner)
    row = partners().get(key__contains="track_4")
    assert (row.table, row.column, row.unit, row.state) == ("stock", "count", "cases", "final")
    assert str(row.period_end) == "2023-06-30"
    assert (row.sender_id, row.received_at, row.delivery) == ("IND", delivery.received_at, delivery)
    assert row.known_on >= delivery.received_at.date()
    assert row.content["group"] == "track_4"
    assert bytes(delivery.file.content) == STOCK


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_stored(client):
    page = send(client, WRONG).content.decode()
    assert "<title>Fout: " in page
    for part in ("2023-06-31", "-5", "trak_1", "veel"):
        assert part in page, part
    assert not Delivery.objects.filter(sender__isnull=False).exists()


@pytest.mark.parametrize("wrong", [20, 21, 50])
def test_twenty_problems_stand_open_and_the_rest_is_one_step_away(wrong, client):
    lines = [f"2023-06-30,trak_{number},1" for number in range(100, 100 + wrong)]
    page = send(client, "\n".join(["reference_date,group,count", *lines]).encode()).content.decode()
    told = page[page.index("faults--summary") :].partition("</div>")[0]
    opened, _, behind = told.partition("<details>")
    assert (opened.count("<li>"), behind.count("<li>")) == (20, wrong - 20)
    assert all(f"trak_{number}" in told for number in range(100, 100 + wrong))
    assert not behind or f"en nog {wrong - 20}" in " ".join(behind.split())


def test_a_later_delivery_of_the_same_sender_holds_and_the_first_stays(planner):
    for content in (STOCK, CORRECTED):
        actions.accept(actions.deliver(File("stock.csv", content), by=planner), by=planner)
    first, second = partners().filter(key__contains="track_4")
    assert (first.value, second.value, second.replaces) == (64000, 64100, first)


def test_the_very_same_file_is_not_taken_twice(planner):
    actions.deliver(File("stock.csv", STOCK), by=planner)
    with pytest.raises(RefusedError):
        actions.deliver(File("stock.csv", STOCK), by=planner)


def test_what_was_left_out_never_counts_and_is_decided_once(client):
    address = send(client, STOCK).url
    client.post(f"{address}/stap/laten-vallen")
    assert client.post(f"{address}/stap/akkoord").status_code == 403
    assert stored() == []


@pytest.mark.parametrize("model", [DeliveredFigure, Delivery.file.related.related_model])
def test_the_database_lets_nobody_change_what_was_delivered(model, planner):
    actions.accept(actions.deliver(File("stock.csv", STOCK), by=planner), by=planner)
    change = {"value": 1} if model is DeliveredFigure else {"content": b"x"}
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        model.objects.update(**change)


# --- by program -------------------------------------------------------------------------------------------------------


def test_a_program_gets_the_same_outcome(client):
    answer = call(client, "leveringen", STOCK)
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "accepted"
    assert [value for _key, value in stored()] == [64000, 3000]
    assert client.get(answer["Location"]).json()["table"] == "stock"


def test_a_program_may_check_and_then_nothing_is_stored(client):
    answer = call(client, "leveringscontroles", STOCK)
    assert answer.status_code == 200, answer.content
    assert [row["after"] for row in answer.json()["changes"]] == [64000, 3000]
    assert not Delivery.objects.filter(sender__isnull=False).exists()


@pytest.mark.parametrize("path", ["leveringen", "leveringscontroles"])
def test_a_program_is_told_the_same_problems_as_a_person(path, client):
    answer = call(client, path, WRONG)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    page = send(client, WRONG).content.decode()
    told = [row["detail"] for row in answer.json()["errors"]]
    assert len(told) >= 4
    assert page.count("<li>") >= len(told)
    assert not Delivery.objects.filter(sender__isnull=False).exists()


def test_what_is_no_base64_is_refused(client):
    body = json.dumps({"fileName": "stock.csv", "content": "abc"})
    assert client.post("/api/v1/leveringen", body, content_type="application/json").status_code == 400


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_only_who_plans_delivers_by_page_and_by_program(role, cast):
    may = Permission.WRITE_OWN in ROLES[role][1]
    assert send(cast[role], STOCK).status_code == (302 if may else 403)
    assert call(cast[role], "leveringen", CORRECTED).status_code == (201 if may else 403)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_delivered_by_the_partner_whose_figures_it_holds(name, cast, planner):
    owner = rights.owner_of(name)
    for partner in PartnerOrganisation.objects.values_list("code", flat=True):
        planner.partner_id = partner
        assert rights.may_deliver(planner, name) == (owner in (None, partner)), partner


def test_another_partner_neither_delivers_nor_sees_nor_accepts_it(client, planner):
    address = send(client, STOCK).url
    User.objects.filter(pk=planner.pk).update(partner_id="COA")
    assert client.get(address).status_code == 404
    assert client.post(f"{address}/stap/akkoord").status_code == 404
    with pytest.raises(NotAllowedError):
        actions.deliver(File("stock.csv", CORRECTED), by=User.objects.get(pk=planner.pk))


def test_figures_about_another_partner_are_refused(planner):
    staff = b"period_start,period_end,partner,measure,value,unit\n2023-01-01,2023-01-31,COA,fte,10,fte\n"
    with pytest.raises(RefusedError) as refusal:
        actions.deliver(File("staff.csv", staff), by=planner)
    assert "COA" in str(refusal.value.problems[0])


def test_exact_figures_are_seen_by_the_sender_and_by_who_steers_or_audits(cast, client):
    address = send(client, STOCK).url
    User.objects.exclude(username="partner_planner").update(partner_id="COA")
    seen = {role: cast[role].get(address).status_code for role in ROLES}
    assert {role for role, status in seen.items() if status == 200} == {"chain_director", "auditor", "partner_planner"}


def test_every_table_has_a_name_on_the_screen():
    assert set(TABLES) <= set(words.TABLES)


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
def test_what_changes_is_taken_out_and_the_file_comes_back_as_it_was(form, client):
    address = send(client, STOCK).url
    assert client.get(f"{address}/verschillen.{form}").status_code == 200
    assert client.get(f"{address}/bestand").content == STOCK


# --- as files come ----------------------------------------------------------------------------------------------------

DOTS = b"period_start;period_end;period_type;definition;application_type;nationality;count\n"
INFLOW = DOTS + b"1-7-2023;31-7-2023;month;%s;total;ALL;5.120\n"


def inflow() -> bytes:
    definition = next(column for column in TABLES["inflow"].columns if column.name == "definition").values[0]
    return INFLOW % definition.encode()


@pytest.mark.parametrize("path", ["leveringscontroles", "leveringen"])
def test_numbers_and_days_are_read_as_the_language_of_the_file_writes_them(path, client):
    answer = call(client, path, inflow(), "inflow.csv")
    assert answer.status_code in {200, 201}, answer.content
    body = {"fileName": "inflow.csv", "content": base64.b64encode(inflow()).decode(), "language": "en"}
    asked_back = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    assert asked_back.status_code == 400
    if path == "leveringen":
        row = partners().get()
        assert (row.value, str(row.period_start), str(row.period_end)) == (5120, "2023-07-01", "2023-07-31")


def test_a_suppressed_figure_is_kept_without_a_value_by_the_recipe_that_knows_the_sign(client):
    content = STOCK.replace(b"64000", b"x").replace(b"track_1,3000", b"track_1,:")
    assert "faults--summary" in send(client, content).content.decode()
    address = send(client, content, recipe="statistical-signs").url
    client.post(f"{address}/stap/akkoord")
    assert {row.value for row in partners()} == {None}
    assert {row.state for row in partners()} <= {"suppressed", "unknown"}


# --- taken back, and corrected ----------------------------------------------------------------------------------------


def accepted(planner: User, content: bytes, **more) -> Delivery:
    return actions.accept(actions.deliver(File("stock.csv", content), by=planner, **more), by=planner)


def track_4() -> list[float]:
    rows = known.known_on(today()).stock.filter(pl.col("group") == "track_4", pl.col("reference_date") == JUNE)
    return rows.filter(pl.col("source_type") == "delivery")["count"].to_list()


def test_what_is_withdrawn_is_read_by_nobody_and_what_it_replaced_holds_again(planner, client):
    accepted(planner, STOCK)
    second = accepted(planner, CORRECTED)
    assert track_4() == [64100]
    page = client.get(f"/gegevens/{second.pk}/intrekken").content.decode()
    assert "Wat op deze cijfers rust" in page
    client.post(f"/gegevens/{second.pk}/intrekken", {"reason": "Verkeerde maand geteld."})
    assert track_4() == [64000]
    page = client.get(f"/gegevens/{second.pk}").content.decode()
    assert "Verkeerde maand geteld." in page
    assert "64.100" in page
    assert client.get(f"/gegevens/{second.pk}/bestand").content == CORRECTED
    assert Event.objects.filter(action="withdraw_delivery", reason="Verkeerde maand geteld.").exists()


def test_nothing_is_withdrawn_without_a_reason_nor_twice_nor_by_another(planner, client, cast):
    delivery = accepted(planner, STOCK)
    address = f"/gegevens/{delivery.pk}/intrekken"
    assert "<title>Fout: " in client.post(address, {"reason": " "}).content.decode()
    for role in ("chain_director", "auditor"):
        User.objects.filter(username=role).update(partner_id="COA")
        assert cast[role].post(address, {"reason": "Weg ermee."}).status_code == 403
    assert track_4() == [64000]
    client.post(address, {"reason": "Dubbel."})
    assert client.post(address, {"reason": "Nog eens."}).status_code == 403
    assert Delivery.objects.get(sender__isnull=False).withdrawn_because == "Dubbel."


def test_the_same_file_may_be_delivered_again_after_it_was_withdrawn(planner):
    actions.withdraw(accepted(planner, STOCK), by=planner, reason="Te vroeg.")
    assert track_4() == []
    accepted(planner, STOCK)
    assert track_4() == [64000]


def test_a_correction_goes_before_what_it_corrects_and_leaves_a_later_one_alone(planner):
    first = accepted(planner, STOCK)
    accepted(planner, CORRECTED)
    corrected = accepted(planner, STOCK.replace(b"64000", b"63900"), corrects=first)
    assert track_4() == [63900]
    actions.withdraw(corrected, by=planner, reason="Toch niet.")
    assert track_4() == [64100]


def test_a_correction_names_a_delivery_of_the_same_table_that_counts(planner):
    waiting = actions.deliver(File("stock.csv", STOCK), by=planner)
    with pytest.raises(NotAllowedError):
        accepted(planner, CORRECTED, corrects=waiting)
    first = actions.accept(waiting, by=planner)
    with pytest.raises(RefusedError, match="corrects"):
        actions.deliver(File("inflow.csv", inflow(), language="nl"), by=planner, corrects=first)


def test_what_rests_on_a_delivery_is_named_before_it_is_taken_back(planner, client, settings):
    delivery = accepted(planner, STOCK)
    figure = {"source": f"urn:sha256:{delivery.sha256}", "value": 1, "on": "2023-06-30"}
    SteeringDecision.objects.create(
        code="besluit", title="Meer mensen", partner_id="IND", evidence={"figures": [figure]}, state="taken"
    )
    of_june = MonthRound.objects.create(month_end=JUNE)
    Closing.objects.create(
        round=of_june, known_on=today(), state="done", deliveries=1, decided_until=delivery.decided_at
    )
    page = client.get(f"/gegevens/{delivery.pk}/intrekken").content.decode()
    assert "Meer mensen" in page
    assert "juni 2023" in page


def test_a_study_that_names_a_delivery_rests_on_it(planner, settings, tmp_path):
    delivery = accepted(planner, STOCK)
    settings.STUDIES = tmp_path / "studies"
    made_up_study.write(settings.STUDIES / "oud", scenario="oud")
    made_up_study.write(settings.STUDIES / "nieuw", scenario="nieuw")
    receipt = settings.STUDIES / "nieuw" / "receipt.json"
    told = json.loads(receipt.read_text()) | {"deliveries": [known.as_received(delivery).identifier]}
    receipt.write_text(json.dumps(told))
    (found,) = queries.what_rests_on(delivery, planner)
    assert "nieuw" in found.address


NOTICES = b"""period_start,period_end,measure,value,unit
2023-06-01,2023-06-30,notices_of_default,1200,notices
"""


def test_who_gave_figures_does_not_let_them_count_where_a_second_reader_is_agreed(planner, client, cast):
    delivery = actions.deliver(File("penalties.csv", NOTICES), by=planner)
    page = client.get(f"/gegevens/{delivery.pk}").content.decode()
    assert "Akkoord" not in page
    assert "wie leverde, kan dat niet" in page
    assert "zodra een planner van IND akkoord geeft" in page
    assert client.post(f"/gegevens/{delivery.pk}/stap/akkoord").status_code == 403
    assert not partners().exists()
    second = User.objects.create(username="second", name="second", partner_id="IND")
    second.groups.set(planner.groups.all())
    other = Client()
    other.force_login(second)
    assert "Akkoord" in other.get(f"/gegevens/{delivery.pk}").content.decode()
    other.post(f"/gegevens/{delivery.pk}/stap/akkoord")
    assert [row.value for row in partners()] == [1200]


def test_by_api_figures_wait_where_a_second_reader_is_agreed(client):
    answer = call(client, "leveringen", NOTICES, "penalties.csv")
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    assert not partners().exists()


def test_a_jump_is_asked_about_and_what_cannot_be_is_refused(planner, client):
    accepted(planner, STOCK.replace(b"2023-06-30", b"2023-05-31"))
    told = call(client, "leveringscontroles", STOCK.replace(b"64000", b"9000")).json()["notes"]
    assert any("minder dan de maand ervoor" in note for note in told), told
    more_than_all = (
        b"period_start,period_end,period_type,definition,application_type,nationality,count\n"
        b"2023-06-01,2023-06-30,month,ind_asylum_inflow,total,ALL,3000\n"
        b"2023-06-01,2023-06-30,month,ind_asylum_inflow,first,ALL,3500\n"
    )
    refused = call(client, "leveringscontroles", more_than_all, "inflow.csv")
    assert refused.status_code == 400
    assert "3.500" in refused.content.decode() or "3500" in refused.content.decode()
