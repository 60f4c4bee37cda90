# SPDX-License-Identifier: EUPL-1.2
"""What takes longer than somebody waits: it is asked once, answered by a worker, and stops when nobody wants it."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from keten.study.compare import differences, read_study
from keten.study.inputs import prepare
from keten.study.run import Settings, run_study
from keten.study.scenario import read_scenario
from keten_web.studies.models import State
from keten_web.tower import actions, inquiries, quick
from keten_web.tower.models import Inquiry, Kind

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
FULL = 6


@pytest.fixture(scope="session")
def asked_study(tmp_path_factory) -> Path:
    """A real study of two months and four replications."""
    folder = tmp_path_factory.mktemp("asked") / "asked"
    scenario = read_scenario(LETTER).model_copy(update={"horizon": date(2023, 6, 30)})
    run_study(prepare(scenario), Settings(seed=7, replications=quick.REPLICATIONS), folder)
    return folder


@pytest.fixture
def real(settings, asked_study: Path, tmp_path: Path, monkeypatch) -> Path:
    settings.STUDIES, settings.FIRST_STUDY = asked_study.parent, asked_study.name
    settings.SIMULATIONS = tmp_path / "simulations"
    monkeypatch.setattr(inquiries, "FULL", FULL)  # a hundred takes too long for a test
    return asked_study


def ask(client, kind="sharpen", **sent):
    response = client.post(
        reverse("inquiry-ask", kwargs={"kind": kind}), {"base": "asked", **sent}, headers={"Accept": "application/json"}
    )
    assert response.status_code == 201
    return Inquiry.objects.get(pk=int(response.json()["address"].rsplit("/", 1)[1]))


def progress(client, inquiry):
    return client.get(reverse("inquiry", kwargs={"pk": inquiry.pk})).json()


def page_of(client, name, query):
    return client.get(reverse(name) + query).content.decode()


def test_the_page_opens_with_a_quick_look_and_says_so(reader, real):
    page = page_of(reader, "what-if", "?baa=0")
    assert "Snelle blik:" in page
    assert "4 van de 6 herhalingen" in page
    assert 'data-replications="4"' in page


def test_a_sharpened_answer_has_the_figures_of_a_study_to_the_last_digit(reader, real, tmp_path):
    inquiry = ask(reader, baa="0")
    actions.carry_out(inquiry.pk)
    assert progress(reader, inquiry)["replications"] == FULL
    page = page_of(reader, "what-if", "?baa=0")
    assert f"Verscherpt tot {FULL} herhalingen" in page
    assert f'data-replications="{FULL}"' in page
    rows = list(csv.DictReader(io.StringIO(page_of(reader, "what-if-csv", "?baa=0"))))
    (tmp_path / "chosen.toml").write_text(page_of(reader, "what-if-toml", "?baa=0"))
    base = read_scenario(LETTER).model_copy(update={"horizon": date(2023, 6, 30)})
    for scenario, name in ((base, "base"), (read_scenario(tmp_path / "chosen.toml"), "chosen")):
        run_study(prepare(scenario), Settings(seed=7, replications=FULL), tmp_path / name)
    studies = [read_study(tmp_path / name).values for name in ("base", "chosen")]
    found = [(row.measure, repr(row.mean.mean), repr(row.mean.low)) for row in differences(*studies)]
    assert [(row["measure"], row["difference"], row["ci95_low"]) for row in rows] == found


def test_figures_come_in_between_as_steps(reader, real, monkeypatch):
    monkeypatch.setattr(inquiries, "FULL", 14)
    inquiry, seen = ask(reader, baa="0"), []
    actions.carry_out(inquiry.pk, tell=lambda _busy: seen.append(progress(reader, inquiry)["replications"]))
    assert sorted(set(seen)) == [4, 12]
    assert progress(reader, inquiry)["replications"] == 14


def test_the_same_question_twice_is_one_inquiry_and_ends_once(reader, real):
    one, two = ask(reader, baa="0"), ask(reader, baa="0")
    assert one == two
    for _ in range(2):
        actions.carry_out(one.pk)
    one.refresh_from_db()
    assert (one.state, one.finished, one.attempts) == (State.DONE, 1, 1)
    assert ask(reader, baa="0").state == State.DONE


def test_the_next_choice_of_the_same_person_stops_the_one_before(cast, real):
    first = ask(cast["partner_reader"], baa="0")
    elsewhere = ask(cast["partner_planner"], baa="0")
    second = ask(cast["partner_reader"], baa="50")
    for inquiry in (first, elsewhere, second):
        inquiry.refresh_from_db()
    assert (first.state, elsewhere.state, second.state) == (State.CANCELLED, State.WAITING, State.WAITING)
    actions.carry_out(first.pk)
    first.refresh_from_db()
    assert (first.state, first.attempts) == (State.CANCELLED, 0)


def test_sharpening_stops_when_nobody_looks_any_more_and_goes_on_where_it_was(reader, real):
    inquiry = ask(reader, baa="0")

    def leave(busy):
        if busy.done >= FULL:
            Inquiry.objects.filter(pk=busy.pk).update(looked_at=timezone.now() - 2 * actions.PATIENCE)

    actions.carry_out(inquiry.pk, tell=leave)
    inquiry.refresh_from_db()
    assert inquiry.state == State.CANCELLED
    kept = inquiry.done
    told = []
    actions.carry_out(ask(reader, baa="0").pk, tell=lambda busy: told.append(busy.done))
    inquiry.refresh_from_db()
    assert inquiry.state == State.DONE
    assert told[1] >= kept - FULL  # the base was kept, so only the choices are run again


def test_what_nobody_looked_at_for_a_while_is_not_begun(reader, real):
    inquiry = ask(reader, baa="0")
    Inquiry.objects.filter(pk=inquiry.pk).update(looked_at=timezone.now() - timedelta(minutes=5))
    actions.carry_out(inquiry.pk)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.done) == (State.CANCELLED, 0)


def test_one_stops_an_inquiry_oneself(reader, real):
    inquiry = ask(reader, baa="0")
    response = reader.post(reverse("inquiry-stop", kwargs={"pk": inquiry.pk}))
    assert response.url.startswith(reverse("what-if"))
    assert progress(reader, inquiry)["state"] == State.CANCELLED


def test_a_study_that_was_made_again_since_is_not_answered_with_old_figures(reader, real):
    inquiry = ask(reader, baa="0")
    Inquiry.objects.filter(pk=inquiry.pk).update(base_hash="another")
    actions.carry_out(inquiry.pk)
    inquiry.refresh_from_db()
    assert inquiry.state == State.BROKEN_OFF
    assert "is not the study it was asked about" in inquiry.problem


def test_an_inquiry_is_seen_by_who_asked_it_only(cast, real):
    inquiry = ask(cast["partner_planner"], baa="0")
    address = reverse("inquiry", kwargs={"pk": inquiry.pk})
    assert cast["partner_reader"].get(address).status_code == 404
    assert cast["outsider"].get(address).status_code == 403
    assert cast["partner_reader"].post(reverse("inquiry-stop", kwargs={"pk": inquiry.pk})).status_code == 404


@pytest.mark.parametrize("sent", [{"base": "asked", "baa": "veel"}, {"base": "elsewhere"}])
def test_what_cannot_be_is_not_asked(sent, reader, real):
    assert reader.post(reverse("inquiry-ask", kwargs={"kind": "sharpen"}), sent).status_code == 404
    assert reader.post(reverse("inquiry-ask", kwargs={"kind": "wish"}), {"base": "asked"}).status_code == 404
    assert not Inquiry.objects.exists()


def test_without_a_script_one_comes_back_to_the_page(reader, real):
    response = reader.post(reverse("inquiry-ask", kwargs={"kind": "sharpen"}), {"base": "asked", "baa": "0"})
    page = reader.get(response.url.split("#")[0]).content.decode()
    assert "wacht op de computer" in page
    assert "Kijk opnieuw" in page


def test_old_questions_of_one_person_are_forgotten(reader, real, monkeypatch):
    monkeypatch.setattr(actions, "MOST_PER_USER", 2)
    for share in (0, 10, 20):
        last = ask(reader, baa=str(share))
    assert Inquiry.objects.count() == 2
    assert Inquiry.objects.filter(pk=last.pk, kind=Kind.SHARPEN).exists()
