# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: F401, F811 - fixtures are imported, and then asked for by their name
"""Scenarios are part of the record: every step has an event, a version and a why, and what is frozen stays.

| step             | event              | stands in the history as                |
|------------------|--------------------|-----------------------------------------|
| keep             | keep_scenario      | Bewaard als scenario                    |
| copy             | copy_scenario      | Kopie van scenario N (of the copy)      |
| deel             | share_scenario     | Gedeeld met COA                         |
| deling-intrekken | unshare_scenario   | Deling met COA ingetrokken              |
| bevries          | freeze_scenario    | Bevroren                                |
| weg              | take_away_scenario | (the page is gone, its versions are not)|
| reken            | ask_study          | under the studies                       |
| stop             | cancel_study       | under the studies                       |
| opnieuw          | retry_study        | under the studies                       |
"""

from __future__ import annotations

import pytest
import signing
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from test_api import Caller, problem
from test_studies_kept import act, kept, see, tiny_study

from keten_web.accounts import tokens
from keten_web.accounts.actions import issue_token
from keten_web.accounts.models import User
from keten_web.audit import histories
from keten_web.audit.models import Event
from keten_web.studies import actions
from keten_web.studies import queries as study_queries
from keten_web.studies.models import KeptScenario, Run, Sharing, State


@pytest.fixture(autouse=True)
def signed_figures(db) -> None:
    signing.figures()


def events() -> list[tuple[str, str, str]]:
    asked = Event.objects.filter(subject__startswith="scenarios/").order_by("pk")
    return [(event.action, event.subject, event.reason) for event in asked]


def unsigned() -> list[str]:
    """What `keten db verify-audit` says of versions that no event knows."""
    with connection.cursor() as cursor:
        return [f"{row.row} {row.what}" for row in histories.outside(cursor)[1]]


def versions(model, **of):
    kept_versions = model._meta.get_field("events").related_model.objects.filter(**of).order_by("pgh_id")
    return [version.pgh_label for version in kept_versions]


# --- every step is signed ---------------------------------------------------------------------------------------------


def test_what_is_kept_and_asked_for_is_signed_with_its_reason(kept, cast):
    subject = f"scenarios/{kept.pk}"
    assert events() == [
        ("keep_scenario", subject, "Wat kost stoppen?"),
        ("ask_study", subject, "Wat kost stoppen?"),
    ]
    assert {event.actor.username for event in Event.objects.filter(subject=subject)} == {"partner_planner"}
    assert versions(KeptScenario, pgh_obj=kept.pk) == ["insert"]
    assert unsigned() == []


def test_every_step_is_one_event_and_no_version_is_without_one(kept, cast):
    planner, subject = cast["partner_planner"], f"scenarios/{kept.pk}"
    act(planner, kept, "deel", deel="COA", why="Zij voeren het uit.")
    act(planner, kept, "deling-intrekken", **{"deling-intrekken": "COA"}, why="Toch niet.")
    act(planner, kept, "reken", why="Met de nieuwe cijfers.")
    act(planner, kept, "kopie", why="Om op verder te gaan.")
    act(planner, kept, "bevries", why="Zo lag het op tafel.")
    copy = KeptScenario.objects.get(copied_from=kept.pk)
    act(planner, copy, "weg", why="Niet nodig.")
    assert events()[2:] == [
        ("share_scenario", subject, "Zij voeren het uit."),
        ("unshare_scenario", subject, "Toch niet."),
        ("ask_study", subject, "Met de nieuwe cijfers."),
        ("copy_scenario", f"scenarios/{copy.pk}", "Om op verder te gaan."),
        ("freeze_scenario", subject, "Zo lag het op tafel."),
        ("take_away_scenario", f"scenarios/{copy.pk}", "Niet nodig."),
    ]
    assert versions(KeptScenario, pgh_obj=kept.pk) == ["insert", "update"]
    assert versions(Sharing, scenario=kept.pk) == ["insert", "delete"]
    assert unsigned() == []


def test_who_stops_a_run_and_asks_for_it_again_is_signed_once(kept, cast):
    """What is stopped already is not stopped again, and a run that waits needs no second try."""
    planner, run = cast["partner_planner"], kept.runs.get()
    for step in ("opnieuw", "stop", "stop", "opnieuw"):
        planner.post(reverse("run-step", kwargs={"pk": run.pk, "step": step}))
    subject = f"scenarios/{kept.pk}"
    assert events()[2:] == [("cancel_study", subject, ""), ("retry_study", subject, "")]
    assert [event.details for event in Event.objects.filter(action="retry_study")] == [{"run": run.pk}]


def test_the_files_of_what_was_taken_away_go_when_the_step_is_stored(
    kept, cast, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.RUNS = tmp_path
    folder = study_queries.folder_of(kept.runs.get())
    folder.mkdir()
    (folder / "receipt.json").write_text("{}")
    with django_capture_on_commit_callbacks(execute=True):
        act(cast["partner_planner"], kept, "weg", why="Niet nodig.")
    assert not folder.exists()


def test_the_history_of_what_was_taken_away_stays(kept, cast):
    number, planner = kept.pk, cast["partner_planner"]
    act(planner, kept, "deel", deel="COA")
    act(planner, kept, "weg", why="Vervangen door een beter scenario.")
    assert not KeptScenario.objects.exists()
    assert not Run.objects.exists()
    assert versions(KeptScenario, pgh_obj=number) == ["insert", "delete"]
    assert versions(Sharing, scenario=number) == ["insert", "delete"]
    assert unsigned() == []


@pytest.mark.parametrize("step", ["deel", "deling-intrekken", "bevries"])
def test_what_changes_nothing_leaves_no_trace(step, kept, cast):
    planner, partner = cast["partner_planner"], {step: "COA"}
    if step != "deling-intrekken":
        act(planner, kept, step, **partner)
    before = events()
    assert act(planner, kept, step, **partner).status_code == 302
    assert events() == before


def test_a_step_that_fails_leaves_neither_version_nor_event(kept, cast, monkeypatch):
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    before = events()
    monkeypatch.setattr("keten_web.audit.actions.record", breaks)
    with pytest.raises(ZeroDivisionError):
        act(cast["partner_planner"], kept, "bevries")
    kept.refresh_from_db()
    assert (kept.is_frozen, events()) == (False, before)
    assert versions(KeptScenario, pgh_obj=kept.pk) == ["insert"]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("UPDATE studies_keptscenario SET title = 'Mooier'", "behind the back of the application (update)"),
        ("INSERT INTO studies_sharing (scenario_id, partner_id, made_at) SELECT id, 'DJI', now()"
         " FROM studies_keptscenario", "behind the back of the application (insert)"),
    ],
)  # fmt: skip
def test_what_is_changed_with_sql_is_named(query, what, kept):
    with connection.cursor() as cursor:
        cursor.execute(query)
    (found,) = unsigned()
    assert what in found


# --- frozen -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE studies_keptscenario SET title = 'Mooier'",
        "UPDATE studies_keptscenario SET is_frozen = false",
        "UPDATE studies_keptscenario SET document = '{}'",
        "DELETE FROM studies_keptscenario",
        "UPDATE studies_keptscenarioevent SET title = 'Mooier'",
        "DELETE FROM studies_keptscenarioevent",
        "DELETE FROM studies_sharingevent",
    ],
)
def test_plain_sql_cannot_change_what_is_frozen_nor_its_history(query, kept, cast):
    act(cast["partner_planner"], kept, "deel", deel="COA")
    act(cast["partner_planner"], kept, "bevries")
    Run.objects.all().delete()
    refused = pytest.raises(DatabaseError, match="Cannot update or delete rows")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)
    kept.refresh_from_db()
    assert (kept.title, kept.is_frozen) == ("Zonder BAA", True)


def test_what_is_frozen_can_still_be_shared_copied_and_studied(kept, cast):
    planner = cast["partner_planner"]
    act(planner, kept, "bevries")
    act(planner, kept, "deel", deel="COA")
    act(planner, kept, "kopie")
    act(planner, kept, "reken")
    assert (kept.sharings.count(), KeptScenario.objects.count(), kept.runs.count()) == (1, 2, 2)


def test_a_frozen_copy_stays_when_what_it_was_copied_from_is_taken_away(kept, cast):
    planner = cast["partner_planner"]
    act(planner, kept, "kopie")
    copy = KeptScenario.objects.get(copied_from=kept.pk)
    act(planner, copy, "bevries")
    act(planner, kept, "weg")
    assert f"Kopie van scenario {kept.pk}" in see(planner, copy).content.decode()


# --- sharing and its page ---------------------------------------------------------------------------------------------


def test_who_it_was_shared_with_no_longer_sees_it(kept, cast):
    User.objects.filter(username="partner_reader").update(partner_id="COA")
    planner, reader = cast["partner_planner"], cast["partner_reader"]
    act(planner, kept, "deel", deel="COA")
    assert "Gedeeld met: COA" in see(reader, kept).content.decode()
    act(planner, kept, "deling-intrekken", **{"deling-intrekken": "COA"})
    assert see(reader, kept).status_code == 404


def test_only_the_author_shares_freezes_and_takes_away(kept, cast):
    director = cast["chain_director"]
    User.objects.filter(username="chain_director").update(partner_id="COA")
    act(cast["partner_planner"], kept, "deel", deel="COA")
    for step in ("deel", "deling-intrekken", "bevries", "weg"):
        assert act(director, kept, step, **{step: "COA"}).status_code == 403, step
    assert (kept.sharings.count(), KeptScenario.objects.get().is_frozen) == (1, False)


@pytest.mark.parametrize("sent", [{}, {"deel": "nergens"}])
def test_sharing_with_nobody_that_is_known_is_not_here(sent, kept, cast):
    assert act(cast["partner_planner"], kept, "deel", **sent).status_code == 404


def test_the_page_shows_when_who_what_and_why(kept, cast):
    planner = cast["partner_planner"]
    act(planner, kept, "deel", deel="COA", why="Zij voeren het uit.")
    act(planner, kept, "bevries", why="Zo lag het op tafel.")
    page = see(planner, kept).content.decode()
    told = page[page.index('id="history"') :]
    for row in (
        ["Bevroren", "Zo lag het op tafel.", "Bewaard als scenario"],
        ["Gedeeld met COA", "Zij voeren het uit."],
    ):
        assert [told.index(word) for word in row] == sorted(told.index(word) for word in row)
    assert told.count("partner_planner (IND)") == 3


def test_the_page_says_what_was_changed_outside_this_site(kept, cast):
    KeptScenario.objects.update(title="Mooier")
    assert "Buiten deze site om gewijzigd" in see(cast["partner_planner"], kept).content.decode()


def test_the_history_costs_a_page_the_same_number_of_queries_however_long_it_is(
    kept, cast, django_assert_max_num_queries
):
    planner = cast["partner_planner"]
    for partner in ("COA", "DJI", "DTV"):
        act(planner, kept, "deel", deel=partner)
    with django_assert_max_num_queries(14):
        see(planner, kept)


def test_a_study_whose_folder_is_gone_leaves_its_figures_empty(kept, cast):
    run = kept.runs.get()
    Run.objects.filter(pk=run.pk).update(replications=1)
    actions.carry_out(run.pk)
    for file in study_queries.folder_of(run).iterdir():
        file.unlink()
    assert see(cast["partner_planner"], kept).status_code == 200


# --- programs ---------------------------------------------------------------------------------------------------------

SCENARIOS = "/api/v1/scenarios"


def program(username: str) -> Caller:
    return Caller(issue_token(User.objects.get(username=username), scopes=tokens.SCOPES, days=1, by=None))


def address(kept: KeptScenario) -> str:
    return f"{SCENARIOS}/{kept.pk}"


@pytest.fixture
def call(kept) -> Caller:
    """A program of the planner who kept the scenario."""
    return program("partner_planner")


SENT = {"title": "Zonder BAA", "reason": "Wat kost stoppen?", "base": "tiny", "choices": {"baa": 0}}


def test_a_program_reads_in_the_list_and_in_full_what_stands_on_the_page(kept, call):
    listed = call("get", f"{SCENARIOS}?pageSize=1").json()
    assert (listed["count"], listed["page"], listed["pageSize"]) == (1, 1, 1)
    response = call("get", address(kept))
    told = response.json()
    assert {name: told[name] for name in listed["results"][0]} == listed["results"][0]
    assert (told["title"], told["author"], told["partner"], told["isFrozen"]) == (
        "Zonder BAA", "partner_planner", "IND", False,
    )  # fmt: skip
    assert (told["choices"], told["document"]) == ({"baa": 0}, kept.document)
    (run,) = told["runs"]
    assert (run["state"], run["replications"], run["outputHash"], run["endedAt"]) == ("waiting", 100, "", None)
    assert response["ETag"]


def test_the_etag_changes_with_every_step_and_every_study(kept, call):
    tags = [call("get", address(kept))["ETag"]]
    tags.append(call("post", f"{address(kept)}/stappen", {"step": "deel", "partner": "COA"})["ETag"])
    Run.objects.update(state=State.DONE, output_hash="0" * 64)
    tags.append(call("get", address(kept))["ETag"])
    assert len(set(tags)) == 3
    assert call("get", address(kept))["ETag"] == tags[-1]


def test_a_program_keeps_what_the_page_keeps(kept, call):
    response = call("post", SCENARIOS, SENT)
    made = KeptScenario.objects.get(pk=response.json()["id"])
    assert (response.status_code, response["Location"]) == (201, address(made))
    assert (made.document, made.choices, made.author, made.base) == (kept.document, kept.choices, kept.author, "tiny")
    assert made.runs.count() == 0  # a program asks for a study itself
    assert events()[-1] == ("keep_scenario", f"scenarios/{made.pk}", "Wat kost stoppen?")


def test_the_same_request_twice_keeps_one(kept, call):
    first, second = (call("post", SCENARIOS, SENT, Idempotency_Key="k1") for _ in range(2))
    assert (first.content, second["Idempotency-Replayed"]) == (second.content, "true")
    assert KeptScenario.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"choices": {"baa": -1, "nergens": 1, "extension": "misschien"}},
         ["/choices/baa", "/choices/extension", "/choices/nergens"]),
        ({"choices": {"baa": "veel"}}, ["/choices/baa"]),
        ({"choices": {"overdue_share": 50, "order": "lodged"}}, ["/choices/overdue_share"]),
        ({"choices": {"a/b": 1}}, ["/choices/a~1b"]),
        ({"base": "nergens"}, ["/base"]),
        ({"title": "   ", "reason": "      "}, ["/reason", "/title"]),
    ],
)  # fmt: skip
def test_everything_that_is_impossible_is_named_at_once_and_nothing_is_kept(change, names, kept, call):
    told = problem(call("post", SCENARIOS, {**SENT, **change}), 400)
    assert sorted(row["name"] for row in told["errors"]) == names
    assert all(row["detail"] for row in told["errors"])
    assert KeptScenario.objects.count() == 1


@pytest.mark.parametrize("choices", [{"baa": True}, {"baa": None}, {"baa": [1]}, "baa=0"])
def test_a_choice_is_a_number_or_a_word(choices, kept, call):
    problem(call("post", SCENARIOS, {**SENT, "choices": choices}), 400)


def test_a_program_takes_every_step(kept, call):
    steps = f"{address(kept)}/stappen"
    shared = call("post", steps, {"step": "deel", "partner": "COA", "reason": "Zij voeren het uit."})
    assert (shared.status_code, shared.json()["sharedWith"]) == (201, ["COA"])
    assert call("post", steps, {"step": "deling-intrekken", "partner": "COA"}).json()["sharedWith"] == []
    assert len(call("post", steps, {"step": "reken"}).json()["runs"]) == 2
    copy = call("post", steps, {"step": "kopie"})
    assert copy.json()["copiedFrom"] == kept.pk
    assert call("post", steps, {"step": "bevries"}).json()["isFrozen"] is True
    problem(call("post", steps, {"step": "weg"}), 403)
    gone = call("post", f"{copy['Location']}/stappen", {"step": "weg", "reason": "Niet nodig."})
    assert (gone.status_code, gone.content) == (204, b"")
    problem(call("get", copy["Location"]), 404)
    assert unsigned() == []
    assert ("share_scenario", f"scenarios/{kept.pk}", "Zij voeren het uit.") in events()


@pytest.mark.parametrize("sent", [{}, {"partner": "nergens"}])
def test_sharing_asks_a_partner_that_is_known(sent, kept, call):
    told = problem(call("post", f"{address(kept)}/stappen", {"step": "deel", **sent}), 400)
    assert [row["name"] for row in told["errors"]] == ["/partner"]


def test_a_step_on_something_else_than_was_read_is_refused(kept, call):
    tag = call("get", address(kept))["ETag"]
    step = {"step": "bevries"}
    Run.objects.update(state=State.DONE)
    assert call("post", f"{address(kept)}/stappen", step, If_Match=tag).status_code == 412
    tag = call("get", address(kept))["ETag"]
    assert call("post", f"{address(kept)}/stappen", step, If_Match=tag).status_code == 201


def test_nobody_else_finds_it_until_it_is_shared_with_their_partner(kept, call):
    User.objects.filter(username__in=("partner_reader", "chain_director")).update(partner_id="COA")
    reader, director = program("partner_reader"), program("chain_director")
    assert reader("get", SCENARIOS).json()["count"] == 0
    problem(reader("get", address(kept)), 404)
    problem(director("post", f"{address(kept)}/stappen", {"step": "weg"}), 404)
    call("post", f"{address(kept)}/stappen", {"step": "deel", "partner": "COA"})
    assert reader("get", SCENARIOS).json()["count"] == 1
    assert reader("get", address(kept)).status_code == 200
    problem(director("post", f"{address(kept)}/stappen", {"step": "weg"}), 403)


def test_who_may_not_write_reads_only(kept, call):
    reader = program("partner_reader")
    problem(reader("post", SCENARIOS, SENT), 403)
    User.objects.filter(username="partner_reader").update(partner_id="COA")
    call("post", f"{address(kept)}/stappen", {"step": "deel", "partner": "COA"})
    problem(reader("post", f"{address(kept)}/stappen", {"step": "kopie"}), 403)


def test_the_list_costs_the_same_number_of_queries_however_long_it_is(kept, call, django_assert_max_num_queries):
    for partner in ("COA", "DJI"):
        call("post", f"{address(kept)}/stappen", {"step": "deel", "partner": partner})
        call("post", f"{address(kept)}/stappen", {"step": "kopie"})
    with django_assert_max_num_queries(9):
        assert call("get", SCENARIOS).json()["count"] == 3
