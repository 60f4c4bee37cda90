# SPDX-License-Identifier: EUPL-1.2
"""What a partner delivers in the site is what every page, agreement and study of the site reads, without restart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from keten.observations import load_published, stock_on
from keten.observations.tables import TABLES
from keten.scenario.read import read_scenario
from keten.study.folder import read_receipt
from keten.study.run import figures_of
from keten_web.accounts.models import User
from keten_web.deliveries import actions as deliveries
from keten_web.deliveries import known
from keten_web.deliveries.models import DeliveredFigure, Delivery
from keten_web.deliveries.models import State as DeliveryState
from keten_web.steering import evidence, models
from keten_web.studies import actions as studies
from keten_web.studies import queries as study_queries
from keten_web.studies.models import State

DAY, BEFORE = date(2023, 7, 13), date(2023, 7, 12)
"""The day of the demonstration, and the day before it."""
LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
APRIL = date(2023, 4, 30)
STOCK = b"reference_date,group,count\n2023-04-30,track_4,40123\n"
NO_STOCK = b"reference_date,group,count\n2023-04-30,track_4,onbekend\n"
PLAN = "handled.track_4.annual_plan"
PRODUCTION = (
    "period_start,period_end,group,nationality,decisions\n"
    "2023-04-01,2023-04-30,track_4,ALL,1717\n"
    f"2023-04-01,2023-04-30,{PLAN},ALL,1501\n"
).encode()


@pytest.fixture
def client(letters_of_steering, cast, settings, tmp_path) -> Client:
    settings.DEMO = True
    settings.RUNS = tmp_path / "runs"
    return cast["partner_planner"]


def deliver(client: Client, content: bytes, name: str) -> str:
    """Deliver through the page and accept; gives the address of the delivery."""
    address = client.post(reverse("deliveries"), {"file": SimpleUploadedFile(name, content), "language": "nl"}).url
    client.post(f"{address}/stap/akkoord")
    return address


def run_by_the_worker(kept) -> Path:
    run = studies.ask(kept, User.objects.get(username="partner_planner"), replications=1)
    studies.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == State.DONE, run.problem
    return study_queries.folder_of(run)


@pytest.fixture
def kept(client):
    """A short study of the letter, from the figures of its own day."""
    document = read_scenario(LETTER).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    document["horizon"] = "2023-06-30"
    scenario = studies.as_scenario(document, "kort")
    return studies.keep(
        studies.Asked("Kort", "Proef", "likely", scenario, {}), User.objects.get(username="partner_planner")
    )


def opening_of(folder: Path) -> float:
    return next(row["value"] for row in read_receipt(folder)["opening_stock"] if row["name"] == "opening.track_4")


def test_a_delivered_figure_stands_on_its_tile(client):
    assert "1.717" not in client.get("/indicatoren/production_track_4").content.decode()
    deliver(client, PRODUCTION, "decisions.csv")
    assert "1.717" in client.get("/indicatoren/production_track_4").content.decode()
    assert "1.717" in client.get("/").content.decode()


def test_a_delivered_figure_is_what_an_agreement_is_judged_on(client):
    row = models.PerformanceAgreement.objects.get(code="production_track_4_2023")
    assert "1.501" not in client.get(row.get_absolute_url()).content.decode()
    deliver(client, PRODUCTION, "decisions.csv")
    assert [found.value for found in row.actuals.all()] == [1501]
    assert "1.501" in client.get(row.get_absolute_url()).content.decode()


def test_a_study_of_the_worker_opens_with_a_delivered_stock_and_says_from_which_snapshot(client, kept):
    before = run_by_the_worker(kept)
    assert opening_of(before) == 33_555
    deliver(client, STOCK, "stock.csv")
    after = run_by_the_worker(kept)
    assert opening_of(after) == 40_123
    receipt = read_receipt(after)
    assert receipt["snapshot"] == known.known_on(DAY).fingerprint() != read_receipt(before)["snapshot"]
    deliver(client, STOCK.replace(b"40123", b"41000"), "stock.csv")  # what comes later changes no study that was run
    assert figures_of(after, receipt).fingerprint() == receipt["snapshot"]
    assert studies.verify(after).holds


def test_who_knows_an_earlier_day_does_not_see_what_came_later(client):
    deliver(client, STOCK, "stock.csv")
    assert stock_on(known.known_on(DAY), APRIL, "track_4").count == 40_123
    assert known.known_on(BEFORE).fingerprint() == load_published().known_on(BEFORE).fingerprint()
    assert evidence.known("production_track_4", BEFORE) == ()


def test_a_correction_holds_from_its_acceptance_on(client):
    deliver(client, PRODUCTION, "decisions.csv")
    deliver(client, PRODUCTION.replace(b"1501", b"1499"), "decisions.csv")
    row = models.PerformanceAgreement.objects.get(code="production_track_4_2023")
    assert [found.value for found in row.actuals.filter(is_withdrawn=False)] == [1499]


def test_what_was_not_accepted_is_nowhere(client):
    client.post(reverse("deliveries"), {"file": SimpleUploadedFile("stock.csv", STOCK), "language": "nl"})
    assert known.known_on(DAY).fingerprint() == load_published().known_on(DAY).fingerprint()


def test_the_same_answer_is_kept_until_something_comes_in(client, django_assert_num_queries):
    deliver(client, STOCK, "stock.csv")
    first = known.known_on(DAY)
    with django_assert_num_queries(1):
        assert known.known_on(DAY) is first
    deliver(client, PRODUCTION, "decisions.csv")
    assert known.known_on(DAY) is not first


def test_the_published_figures_are_rows_of_the_database_like_any_other(client):
    """The seeding alone reads what ships; done again it changes nothing, and each row has its source and first day."""
    ships = load_published()
    assert known.published().fingerprint() == ships.fingerprint()
    rows = Delivery.objects.filter(state=DeliveryState.PACKAGED)
    assert {row.table: row.rows for row in rows} == {
        name: ships.table(name).height for name in TABLES if ships.table(name).height
    }
    figures = DeliveredFigure.objects.filter(delivery__in=rows)
    assert set(figures.filter(table="stock").values_list("known_on", flat=True)) == set(ships.stock["published"])
    count = figures.count()
    assert deliveries.seed() == 0
    assert figures.count() == count
    assert "inflow.csv" not in client.get(reverse("deliveries")).content.decode()


def test_a_version_that_ships_other_figures_puts_them_in_the_place_of_the_earlier(client, monkeypatch):
    other = load_published().stock.with_columns(count=pl.col("count") + 1)
    monkeypatch.setattr(deliveries, "load_published", lambda: replace(load_published(), stock=other))
    before = stock_on(known.known_on(DAY), APRIL, "track_4").count
    assert deliveries.seed() == other.height
    assert stock_on(known.known_on(DAY), APRIL, "track_4").count == before + 1
    assert Delivery.objects.filter(table="stock", state=DeliveryState.DROPPED).count() == 1
