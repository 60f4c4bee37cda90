# SPDX-License-Identifier: EUPL-1.2
"""Scenarios that are kept: whose they are, who sees them, and what becomes of their studies."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.results import read_results
from keten.study.run import Settings, run_study
from keten_web.accounts.models import User
from keten_web.studies import actions
from keten_web.studies import queries as study_queries
from keten_web.studies.models import KeptScenario, Run, State

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"


@pytest.fixture(scope="session")
def tiny_study(tmp_path_factory) -> Path:
    """A real study of one month and one replication."""
    folder = tmp_path_factory.mktemp("tiny") / "tiny"
    scenario = read_scenario(LETTER).model_copy(update={"horizon": date(2023, 5, 31)})
    run_study(prepare(scenario), Settings(seed=7, replications=1), folder)
    return folder


@pytest.fixture
def kept(cast, settings, tiny_study, tmp_path) -> KeptScenario:
    """What the planner kept from the what-if page."""
    settings.STUDIES, settings.FIRST_STUDY, settings.RUNS = tiny_study.parent, "tiny", tmp_path / "runs"
    sent = {"base": "tiny", "title": "Zonder BAA", "reason": "Wat kost stoppen?", "baa": "0"}
    response = cast["partner_planner"].post(reverse("scenario-keep"), sent)
    made = KeptScenario.objects.get()
    assert response.url == reverse("kept-scenario", kwargs={"pk": made.pk})
    return made


def act(client, kept, step, **sent):
    return client.post(reverse("scenario-step", kwargs={"pk": kept.pk, "step": step}), sent)


def see(client, kept):
    return client.get(reverse("kept-scenario", kwargs={"pk": kept.pk}))


def test_what_is_kept_has_an_author_a_partner_and_a_reason_for_every_value(kept, cast):
    assert (kept.author.username, kept.partner_id, kept.choices) == ("partner_planner", "IND", {"baa": 0})
    changed = kept.document["capacity"]["baa_officers"][0]
    assert (changed["owner"], changed["reason"]) == ("partner_planner", "Wat kost stoppen?")
    page = see(cast["partner_planner"], kept).content.decode()
    assert "Zonder BAA" in page
    assert "Wat kost stoppen?" in page
    assert kept.runs.get().state == State.WAITING


def test_every_value_is_told_in_words_with_how_it_is_set_and_by_whom(kept, cast):
    page = see(cast["partner_planner"], kept).content.decode()
    assert "Capaciteit van medewerkers Bespoediging Afdoening Asiel (BAA)" in page
    assert "0 uur per werkdag vanaf 1 mei 2023" in page
    assert "pagina Wat als" in page
    assert "capacity.baa_officers" not in page


def test_of_a_scenario_that_this_version_cannot_read_who_and_why_still_stand(kept, cast):
    KeptScenario.objects.filter(pk=kept.pk).update(document={**kept.document, "policies": {"track_4": 3}})
    page = see(cast["partner_planner"], kept).content.decode()
    assert "capacity.baa_officers.1" in page
    assert "Wat kost stoppen?" in page


def test_nobody_else_sees_it_until_it_is_shared_with_their_partner(kept, cast):
    User.objects.filter(username="partner_reader").update(partner_id="COA")
    assert see(cast["partner_reader"], kept).status_code == 404
    act(cast["partner_planner"], kept, "deel", deel="COA")
    assert see(cast["partner_reader"], kept).status_code == 200


def test_who_may_not_write_keeps_nothing(kept, cast):
    sent = {"base": "tiny", "title": "Niets", "reason": "Mag niet", "baa": "0"}
    assert cast["partner_reader"].post(reverse("scenario-keep"), sent).status_code == 403
    assert KeptScenario.objects.count() == 1


@pytest.mark.parametrize("missing", [{"title": ""}, {"reason": "kort"}, {"baa": "veel"}])
def test_without_a_name_a_reason_or_possible_choices_nothing_is_kept(missing, kept, cast):
    sent = {"base": "tiny", "title": "Nog een", "reason": "Een goede reden", "baa": "0", **missing}
    response = cast["partner_planner"].post(reverse("scenario-keep"), sent, follow=True)
    assert "niets bewaard" in response.content.decode()
    assert KeptScenario.objects.count() == 1


def test_a_frozen_scenario_cannot_be_taken_away_and_a_copy_can(kept, cast):
    planner = cast["partner_planner"]
    act(planner, kept, "bevries")
    assert act(planner, kept, "weg").status_code == 403
    act(planner, kept, "kopie")
    copy = KeptScenario.objects.get(copied_from=kept)
    assert not copy.is_frozen
    act(planner, copy, "weg")
    assert list(KeptScenario.objects.all()) == [kept]


def test_a_run_ends_once_with_the_figures_of_the_core_and_holds_when_it_is_verified(kept, cast, tmp_path):
    run = kept.runs.get()
    Run.objects.filter(pk=run.pk).update(replications=1)
    actions.carry_out(run.pk)
    actions.carry_out(run.pk)  # a job that comes twice changes nothing
    run.refresh_from_db()
    assert (run.state, run.finished, run.attempts) == (State.DONE, 1, 1)
    assert read_results(study_queries.folder_of(run)).receipt["output_hash"] == run.output_hash
    planner = cast["partner_planner"]
    address = reverse("run-step", kwargs={"pk": run.pk, "step": "controleer"})
    assert "tot de laatste byte gelijk" in planner.post(address, follow=True).content.decode()
    (study_queries.folder_of(run) / "summary.json").write_text(
        (study_queries.folder_of(run) / "summary.json").read_text() + " "
    )
    assert "summary.json" in planner.post(address, follow=True).content.decode()


def test_a_cancelled_run_is_left_alone_until_it_is_asked_for_again(kept, cast):
    run, planner = kept.runs.get(), cast["partner_planner"]
    Run.objects.filter(pk=run.pk).update(replications=1)
    planner.post(reverse("run-step", kwargs={"pk": run.pk, "step": "stop"}))
    actions.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.CANCELLED, 0)
    planner.post(reverse("run-step", kwargs={"pk": run.pk, "step": "opnieuw"}))
    run.refresh_from_db()
    assert run.state == State.WAITING


def test_a_run_that_is_cancelled_while_busy_stops_and_leaves_no_folder(kept):
    run = kept.runs.get()
    Run.objects.filter(pk=run.pk).update(replications=2)
    actions.carry_out(run.pk, tell=lambda busy: actions.cancel(busy, busy.asked_by))
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not study_queries.folder_of(run).exists()


def test_scenarios_stand_side_by_side(kept, cast):
    page = cast["partner_planner"].get(reverse("scenario-compare"), {"with": kept.pk}).content.decode()
    assert "Zonder BAA" in page
