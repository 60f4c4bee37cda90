# SPDX-License-Identifier: EUPL-1.2
"""What takes longer than somebody waits: it is asked once, answered by a worker, and stops when nobody wants it."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import polars as pl
import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from keten.questions.compare import differences, read_study
from keten.questions.explain import explain
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.run import Settings, run_study
from keten.whatif.chosen import scenario_with
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
    file = reader.get(reverse("what-if-file", kwargs={"form": "csv"}) + "?baa=0").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file), delimiter=";"))
    (tmp_path / "chosen.toml").write_text(page_of(reader, "what-if-toml", "?baa=0"))
    base = read_scenario(LETTER).model_copy(update={"horizon": date(2023, 6, 30)})
    for scenario, name in ((base, "base"), (read_scenario(tmp_path / "chosen.toml"), "chosen")):
        run_study(prepare(scenario), Settings(seed=7, replications=FULL), tmp_path / name)
    studies = [read_study(tmp_path / name).values for name in ("base", "chosen")]
    found = [(row.mean.mean, row.mean.low) for row in differences(*studies)]
    written = [(row["Verschil"], row["95%-interval van"]) for row in rows]
    assert [tuple(float(cell.replace(",", ".")) for cell in row) for row in written] == found


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


def test_a_question_with_a_button_goes_before_the_sharpening_of_the_same_person(reader, real):
    sharpening = ask(reader, baa="0")
    question = ask(reader, "explain", baa="0")
    sharpening.refresh_from_db()
    assert (sharpening.state, question.state) == (State.CANCELLED, State.WAITING)
    assert ask(reader, baa="0").state == State.WAITING  # the page asks for it again
    question.refresh_from_db()
    assert question.state == State.WAITING
    jobs = ProcrastinateJob.objects.filter(queue_name="studies").order_by("-priority")
    assert jobs.first().args == {"inquiry": question.pk}


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
    response = reader.post(reverse("inquiry-ask", kwargs={"kind": "sharpen"}), sent)
    assert response.status_code == 404 or "er is niets gevraagd" in reader.get(response.url).content.decode()
    assert reader.post(reverse("inquiry-ask", kwargs={"kind": "wish"}), {"base": "asked"}).status_code == 404
    assert not Inquiry.objects.exists()


def test_without_a_script_one_comes_back_to_the_page(reader, real):
    response = reader.post(reverse("inquiry-ask", kwargs={"kind": "sharpen"}), {"base": "asked", "baa": "0"})
    page = reader.get(response.url.split("#")[0]).content.decode()
    assert "wacht op de computer" in page
    assert "Kijk opnieuw" in page


def test_who_waits_reads_how_many_questions_go_first(cast, real):
    """Sharpening does not count: it makes way."""
    ask(cast["partner_reader"], baa="10")
    ask(cast["partner_reader"], kind="explain", baa="0")
    mine = ask(cast["partner_planner"], kind="explain", baa="0")
    assert progress(cast["partner_planner"], mine)["says"] == "Wacht op de computer; eerst nog 1 vraag."
    Inquiry.objects.exclude(pk=mine.pk).update(state=State.DONE)
    assert progress(cast["partner_planner"], mine)["says"] == "Wacht op de computer."


def test_old_questions_of_one_person_are_forgotten(reader, real, monkeypatch):
    monkeypatch.setattr(actions, "MOST_PER_USER", 2)
    for share in (0, 10, 20):
        last = ask(reader, baa=str(share))
    assert Inquiry.objects.count() == 2
    assert Inquiry.objects.filter(pk=last.pk, kind=Kind.SHARPEN).exists()


# Steps, assumptions, and what it takes -------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch) -> None:
    monkeypatch.setattr(inquiries, "REPLICATIONS", {Kind.EXPLAIN: 2, Kind.RANK: 1, Kind.SEEK: 2})


def test_the_steps_on_the_page_are_those_of_the_core_and_add_up(reader, real, few):
    inquiry = ask(reader, "explain", baa="0", homes="120")
    assert "Wacht op de computer" in page_of(reader, "what-if", "?baa=0&homes=120")
    actions.carry_out(inquiry.pk)
    inquiry.refresh_from_db()
    assert inquiry.done == inquiry.of == 2 * 4
    base = prepare(read_scenario(LETTER).model_copy(update={"horizon": date(2023, 6, 30)}))
    other = scenario_with(base, {"baa": 0, "homes": 120}, quick.account())
    found = explain(base.scenario, other, replications=2, seed=7)
    rows = found.effects.filter((pl.col("measure") == "stock.track_4") & (pl.col("period_end") == date(2023, 6, 30)))
    told = next(row for row in inquiry.answer["figures"] if row["measure"] == "stock.track_4")
    for step in told["steps"]:
        assert step["mean"] == pytest.approx(rows.filter(pl.col("step") == step["id"])["value"].mean())
    for figure in inquiry.answer["figures"]:
        assert sum(step["mean"] for step in figure["steps"]) == pytest.approx(figure["total"]["mean"])
    page = page_of(reader, "what-if", "?baa=0&homes=120")
    assert "Voorraad spoor 4: de verandering in stappen" in page
    assert "Alle keuzes samen" in page


def test_assumptions_are_ranked_by_what_they_do(reader, real, few):
    inquiry = ask(reader, "rank", measure="permit_holders_waiting", baa="0")
    actions.carry_out(inquiry.pk)
    inquiry.refresh_from_db()
    widths = [abs(row["high"]["mean"] - row["low"]["mean"]) for row in inquiry.answer["bars"]]
    assert widths[0] == max(widths)
    page = page_of(reader, "what-if", "?baa=0")
    assert "Vergunninghouders die op een woning wachten in juni 2023: welke aanname het zwaarst weegt" in page
    assert inquiry.answer["bars"][0]["nl"] in page


def seek(reader, **sent):
    inquiry = ask(reader, "seek", month="2023-06", lever="homes", measure="permit_holders_waiting", **sent)
    actions.carry_out(inquiry.pk)
    inquiry.refresh_from_db()
    return inquiry.answer, page_of(reader, "what-if", "")


def test_what_it_takes_opens_as_an_ordinary_what_if(reader, real, few):
    most, least = (seek(reader, value=value)[0]["reached"]["p50"] for value in ("999999", "0"))
    halfway = (most + least) // 2
    answer, page = seek(reader, value=str(halfway))
    assert 80 < answer["found"] < 170
    assert answer["reached"]["p50"] <= halfway
    assert ("vol te houden" in page) and ("eindigt met die maand" in page or "Daarna:" in page)
    address = re.search(r'href="(\?[^"]*homes=[^"]*)#answer"', page).group(1).replace("&amp;", "&")
    assert "Wat u veranderde" in reader.get(reverse("what-if") + address).content.decode()


def test_what_cannot_be_reached_is_said_with_what_is(reader, real, few):
    answer, page = seek(reader, value="0")
    assert answer["found"] is None
    assert "Met deze knop alleen lukt het niet" in page
    assert "170 personen per werkdag" in page


def test_what_is_reached_already_asks_for_nothing(reader, real, few):
    answer, page = seek(reader, value="999999")
    assert answer["needless"]
    assert "niets extra nodig" in page


NONSENSE = """
kind | sent
seek | value=veel&month=2023-06&lever=homes&measure=stock.track_4
seek | value=nan&month=2023-06&lever=homes&measure=stock.track_4
seek | value=1&month=2031-06&lever=homes&measure=stock.track_4
seek | value=1&month=2023-06&lever=order&measure=stock.track_4
seek | value=1&month=2023-06&lever=homes&measure=wishes
rank | measure=wishes
"""


@pytest.mark.parametrize("row", NONSENSE.strip().splitlines()[1:])
def test_a_question_that_makes_no_sense_is_not_asked(row, reader, real):
    kind, sent = (part.strip() for part in row.split("|"))
    response = reader.post(
        reverse("inquiry-ask", kwargs={"kind": kind}), {"base": "asked", **dict(parse_qsl(sent))}, follow=True
    )
    assert "er is niets gevraagd" in response.content.decode()
    assert not Inquiry.objects.exists()
