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
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from test_studies_kept import act, kept, see, tiny_study

from keten_web.accounts.models import User
from keten_web.audit import histories
from keten_web.audit.models import Event
from keten_web.studies import actions
from keten_web.studies.models import KeptScenario, Run, Sharing


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
    for file in actions.folder_of(run).iterdir():
        file.unlink()
    assert see(cast["partner_planner"], kept).status_code == 200
