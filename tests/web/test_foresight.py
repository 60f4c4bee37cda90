# SPDX-License-Identifier: EUPL-1.2
"""The ledger of choices, signals ahead and receipts: who lays down, what is kept, and that a figure comes out again."""

from __future__ import annotations

import html
import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.run import Settings, run_study
from keten.whatif.ledger import Verdict, prediction_of
from keten_web.accounts.models import User
from keten_web.events.models import OutboxEvent
from keten_web.foresight import actions, looking, queries
from keten_web.foresight.kinds import CHOICES
from keten_web.foresight.models import SignalForecast, SteeringChoice
from keten_web.record import actions as record
from keten_web.record.errors import InvalidError
from keten_web.steering import letters
from keten_web.steering.models import Signal
from keten_web.studies import queries as studies
from keten_web.words import wording

LETTER = Path(__file__).resolve().parents[2] / "examples" / "letter-2023"
REPLICATIONS = 4


@pytest.fixture(scope="session")
def real_study(tmp_path_factory) -> Path:
    """A real study of four replications until the end of September 2023."""
    folder = tmp_path_factory.mktemp("real") / "letter"
    scenario = read_scenario(LETTER / "most-likely.toml").model_copy(update={"horizon": date(2023, 9, 30)})
    run_study(prepare(scenario), Settings(seed=7, replications=REPLICATIONS), folder)
    return folder


@pytest.fixture
def real(settings, real_study, tmp_path) -> None:
    """The site with that one study."""
    settings.STUDIES = tmp_path / "studies"
    settings.STUDIES.mkdir()
    shutil.copytree(real_study, settings.STUDIES / "letter")
    settings.FIRST_STUDY = "letter"
    settings.DEMO = True


def person(role: str, partner: str) -> Client:
    user = User.objects.create(username=f"{role}-{partner}", name=role, partner_id=partner)
    user.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(user)
    return client


LEVERS = {"base": "letter", "baa": "0"}
SAID = {"title": "Zonder BAA", "text": "Om te leren wat het doet.", "chosen_on": "2023-05-01", "is_exercise": "on"}


# The ledger ----------------------------------------------------------------------------------------------------------


def test_a_choice_is_laid_down_with_its_prediction_beside_doing_nothing(real, cast):
    client = cast["partner_planner"]
    asked = client.get(reverse("choice-lay-down"), LEVERS).content.decode()
    assert 'name="baa" value="0"' in asked
    answer = client.post(reverse("choice-lay-down"), {**LEVERS, **SAID})
    row = SteeringChoice.objects.get()
    assert answer.url == row.get_absolute_url()
    prediction = prediction_of(row.prediction)
    assert prediction.at("stock.track_4", date(2023, 9, 30)).effect > 0
    assert (prediction.seed, row.partner_id, row.state) == (7, "IND", "predicted")
    page = client.get(answer.url).content.decode()
    assert "zojuist nageteld: dezelfde." in page
    assert "niet gepubliceerd" in page


def test_the_what_if_page_and_the_lay_down_page_agree_to_the_last_digit(real, cast):
    cast["partner_planner"].post(reverse("choice-lay-down"), {**LEVERS, **SAID})
    prediction = prediction_of(SteeringChoice.objects.get().prediction)
    from keten_web.tower import quick

    look = quick.look(studies.read("letter"), (("baa", 0.0),), prediction.replications)
    found = look.at("stock.track_4", "2023-09")
    row = prediction.at("stock.track_4", date(2023, 9, 30))
    assert (row.effect, row.low, row.high) == tuple(
        round(x, 6) for x in (found.mean.mean, found.mean.low, found.mean.high)
    )


@pytest.mark.parametrize("missing", ["title", "text", "chosen_on"])
def test_who_and_why_are_asked_and_nothing_is_kept_without(missing, real, cast):
    answer = cast["partner_planner"].post(reverse("choice-lay-down"), {**LEVERS, **SAID, missing: ""})
    assert answer.status_code == 200
    assert not SteeringChoice.objects.exists()


def test_a_choice_that_changes_nothing_or_is_impossible_is_not_laid_down(real, cast):
    client = cast["partner_planner"]
    assert "Er verschilt nog niets" in client.get(reverse("choice-lay-down"), {"base": "letter"}).content.decode()
    assert client.post(reverse("choice-lay-down"), {"base": "letter", "baa": "900", **SAID}).url == reverse("what-if")
    assert not SteeringChoice.objects.exists()


def test_a_reader_lays_nothing_down(real, cast):
    for role in ("partner_reader", "outsider"):
        assert cast[role].post(reverse("choice-lay-down"), {**LEVERS, **SAID}).status_code == 403


def test_a_choice_without_prediction_is_refused_with_the_way_to_make_one(real, cast):
    user = User.objects.get(username="partner_planner")
    with pytest.raises(InvalidError, match="Wat als"):
        record.create(CHOICES, {"title": "Zomaar", "chosen_on": date(2023, 5, 1)}, by=user)


def test_looking_back_divides_the_outcome_and_asks_no_more_than_was_published(real, cast):
    client = cast["partner_planner"]
    client.post(reverse("choice-lay-down"), {**LEVERS, **SAID})
    row = SteeringChoice.objects.get()
    address = reverse("record-move", args=(CHOICES, row.code, "terugkijken"))
    assert client.post(address, {"expected_version": row.version}).status_code == 302
    row.refresh_from_db()
    judgement = queries.judged(row)
    assert row.state == "judged"
    assert all(split.adds_up for split in judgement.splits)
    assert {split.measure for split in judgement.splits} == {"stock.track_4", "reception.occupancy"}
    page = client.get(row.get_absolute_url()).content.decode()
    assert "36.870" in page
    assert "Instroom anders dan voorzien" in page


def test_hours_that_cannot_be_read_or_belong_to_nobody_are_refused(real, cast):
    actions.load_exercise()
    row = SteeringChoice.objects.get()
    for lines, words in (["baa_officers veel"], "regel"), (["nobody 2023-05-01 2023-07-01 1 https://x"], "nobody"):
        row.worked = lines
        try:
            from keten_web.foresight import steps

            told = " ".join([*row.problems().values(), *steps.obstacles_to_judging(row, None)])
        except ValueError:
            told = " ".join(row.problems().values())
        assert words in told


def test_the_exercise_of_the_letter_is_in_the_ledger_with_its_decision(cast, settings):
    settings.DEMO = True
    letters.load_letters()
    for _again in range(2):
        actions.load_exercise()
    row = SteeringChoice.objects.get()
    assert row.decision.code == "start_baa"
    assert queries.judged(row).verdict is Verdict.DROWNED
    (line,) = queries.choices()
    page = cast["partner_reader"].get(reverse("choices")).content.decode()
    assert line.verdict in page
    assert "Staatssecretaris van Justitie en Veiligheid" in page


def test_what_is_printed_adds_up_too(cast, settings):
    settings.DEMO = True
    actions.load_exercise()

    def number(text: str) -> int:
        return int(text.replace(".", "").replace("\N{MINUS SIGN}", "-").replace("+", "") or 0)

    row = SteeringChoice.objects.get()
    for split in queries.choice(row, None)["splits"]:
        assert number(split.without) + sum(number(line.amount) for line in split.lines) == number(split.actual)


def test_a_changed_prediction_is_seen_and_cannot_be_judged(real, cast):
    from keten_web.foresight import steps

    actions.load_exercise()
    row = SteeringChoice.objects.get()
    row.prediction["rows"][0]["effect"][0] += 1
    assert not queries.choice(row, None)["hash_holds"]
    assert len(steps.obstacles_to_judging(row, None)) == 1


# Signals ahead -------------------------------------------------------------------------------------------------------


def test_what_the_study_foresees_is_raised_as_a_signal_with_its_receipt_and_told(real, cast):
    letters.load_letters()
    number = actions.look_ahead(studies.read("letter"))
    forecasts = list(SignalForecast.objects.all())
    assert len(forecasts) == number > 0
    for forecast in forecasts:
        assert forecast.probability >= 0.5
        assert forecast.receipt["seed"] == 7
        assert forecast.signal.code.startswith("signaal-vooruit-")
        assert forecast.crossing_on > forecast.looked_on
        assert OutboxEvent.objects.filter(subject=f"signalen/{forecast.signal.code}").count() == 1


def test_looking_again_raises_nothing_twice(real, cast):
    letters.load_letters()
    for _again in range(3):
        actions.look_ahead(studies.read("letter"))
    codes = [forecast.signal_id for forecast in SignalForecast.objects.all()]
    assert len(codes) == len(set(codes))
    assert OutboxEvent.objects.filter(subject__contains="signaal-vooruit").count() == len(codes)


def test_a_signal_ahead_ends_only_below_the_dead_band(real, cast, monkeypatch):
    letters.load_letters()
    results = studies.read("letter")
    actions.look_ahead(results)
    forecast = SignalForecast.objects.first()
    real_paths = looking._paths

    def quiet(identifier, found):
        paths = real_paths(identifier, found)
        return [[(on, None) for on, _value in path] for path in paths] if identifier == forecast.indicator else paths

    monkeypatch.setattr(looking, "_paths", quiet)
    actions.look_ahead(results)
    assert Signal.objects.get(pk=forecast.signal_id).ended_on is not None
    monkeypatch.setattr(looking, "_paths", real_paths)
    actions.look_ahead(results)
    assert SignalForecast.objects.filter(indicator=forecast.indicator, signal__ended_on=None).count() == 1


def test_the_signals_page_and_the_tower_mark_it_as_foreseen_with_the_last_day(real, cast):
    letters.load_letters()
    actions.look_ahead(studies.read("letter"))
    for address in (reverse("signals"), reverse("tower")):
        page = cast["partner_reader"].get(address).content.decode()
        assert "Voorzien:" in page, address
        assert "Te laat na" in page, address
        assert "kans" in page, address


def test_a_foreseen_figure_is_written_as_a_forecast_of_its_own_month(real, cast):
    letters.load_letters()
    actions.look_ahead(studies.read("letter"))
    forecast = SignalForecast.objects.select_related("signal").get(signal__indicator="production_track_4")
    page = cast["partner_reader"].get(forecast.signal.get_absolute_url()).content.decode()
    assert f"prognose voor {wording.month(forecast.crossing_on)}" in page
    assert f"circa {wording.plain(forecast.signal.figure, 'cases')}" in page
    assert forecast.signal.figure == int(float(f"{forecast.signal.figure:.3g}"))
    assert "Selection" not in page


def test_only_who_steers_the_chain_looks_ahead(real, cast):
    letters.load_letters()
    words = "Kijk vooruit met de studie die openstaat"
    assert words not in cast["partner_planner"].get(reverse("signals")).content.decode()
    assert words in cast["chain_director"].get(reverse("signals")).content.decode()
    assert cast["partner_planner"].post(reverse("signals-ahead")).status_code == 403
    assert cast["chain_director"].post(reverse("signals-ahead")).url == reverse("signals")
    assert SignalForecast.objects.exists()


# Receipts ------------------------------------------------------------------------------------------------------------


def compared(page: str) -> tuple[bool, bool]:
    return "gelijk tot op het laatste cijfer" in page, "niet gelijk" in page


@pytest.mark.parametrize(
    "figure",
    [
        "stock.track_4",
        "overdue_share",
        "oldest_tenth.track_4",
        "held.IND",
        "spent.COA",
        "stage.appeal",
        "load.court_sessions",
    ],
)
def test_a_figure_of_a_study_comes_out_again(figure, real, cast):
    page = cast["partner_reader"].get(reverse("figure-receipt"), {"figure": figure, "reken": "ja"}).content.decode()
    assert compared(page) == (True, False)
    assert "13 juli 2023" in page
    assert re.search(r"<b><data [^>]*>(circa )?(€\s)?[\d.,]+", page), "the figure itself stands at the head"


@pytest.mark.parametrize("figure", ["stock.track_4", "held.IND", "lead_time_track_4"])
def test_the_code_of_a_receipt_prints_the_figures_that_were_kept(figure, real, cast, settings, monkeypatch, capsys):
    page = cast["partner_reader"].get(reverse("figure-receipt"), {"figure": figure, "reken": "ja"}).content.decode()
    code = html.unescape(re.search(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)[1])
    monkeypatch.chdir(settings.STUDIES)
    exec(code[code.index("import json") :], {})
    printed = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    assert printed
    assert all(f">{wording.to_the_last_digit(value)}</td>" in page for value in printed)


def test_a_what_if_figure_comes_out_again(real, cast):
    for figure in ("stock.track_4", "penalties.paid", "held.IND", "spent.COA"):
        sent = {"figure": figure, "reken": "ja", "baa": "0"}
        page = cast["partner_reader"].get(reverse("figure-receipt"), sent).content.decode()
        assert compared(page) == (True, False)
        assert "--with baa=0" in page


def test_a_figure_of_a_choice_comes_out_again(real, cast):
    cast["partner_planner"].post(reverse("choice-lay-down"), {**LEVERS, **SAID})
    row = SteeringChoice.objects.get()
    sent = {"keuze": row.code, "figure": "stock.track_4", "on": "2023-09-30", "reken": "ja"}
    assert compared(cast["partner_reader"].get(reverse("figure-receipt"), sent).content.decode()) == (True, False)


def test_a_figure_that_was_changed_afterwards_is_found_out(real, cast, settings):
    import polars as pl

    file = settings.STUDIES / "letter" / "ledger.parquet"
    rows = pl.read_parquet(file)
    rows.with_columns(pl.col("closing") + 1).write_parquet(file)
    page = cast["partner_reader"].get(reverse("figure-receipt"), {"reken": "ja"}).content.decode()
    assert compared(page) == (False, True)


def test_a_receipt_of_another_model_says_which_inputs_changed(real, cast, settings):
    file = settings.STUDIES / "letter" / "receipt.json"
    receipt = json.loads(file.read_text())
    receipt["inputs"]["code"] = "een ander"
    file.write_text(json.dumps(receipt))
    page = cast["partner_reader"].get(reverse("figure-receipt")).content.decode()
    assert "veranderd" in page


@pytest.mark.parametrize(
    "sent", [{"figure": "no.such"}, {"on": "2031-01-31"}, {"on": "gisteren"}, {"keuze": "nergens", "on": "2023-09-30"}]
)
def test_a_receipt_of_nothing_is_not_found(sent, real, cast):
    assert cast["partner_reader"].get(reverse("figure-receipt"), sent).status_code == 404


def test_a_study_without_its_scenario_says_that_it_cannot_be_done_again(cast):
    page = cast["partner_reader"].get(reverse("figure-receipt"), {"reken": "ja"}).content.decode()
    assert "kan dus niet opnieuw worden gedaan" in page


def test_without_any_study_there_is_nothing_to_look_at(cast, settings, tmp_path):
    settings.STUDIES = tmp_path
    assert cast["partner_reader"].get(reverse("figure-receipt")).status_code == 404
    assert cast["chain_director"].post(reverse("signals-ahead")).status_code == 404
    assert cast["partner_planner"].get(reverse("choice-lay-down")).status_code == 200
