# SPDX-License-Identifier: EUPL-1.2
"""The round of the month: closed, closed again, corrected, reopened, stopped, and with a step that fails."""

from __future__ import annotations

import errno
import json
import random
import shutil
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from keten.domain.errors import Problem, UsageError
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.run import Settings, run_study
from keten.whatif import month
from keten.whatif.ledger import hash_of_document
from keten_web.accounts.models import User
from keten_web.audit.models import Event
from keten_web.deliveries import actions as deliveries
from keten_web.deliveries.reading import File
from keten_web.foresight.actions import load_exercise
from keten_web.foresight.models import SteeringChoice
from keten_web.record.errors import InvalidError, NotAllowedError, ReasonMissingError
from keten_web.record.models import Record
from keten_web.rounds import actions, commands, moving, reporting, steps
from keten_web.rounds.models import Closing, MonthReport, MonthRound, RoundState
from keten_web.start import actions as start
from keten_web.steering.models import Actual, Signal
from keten_web.studies import queries as studies
from keten_web.studies.models import State

JUNE = date(2023, 6, 30)
EARLY, LATE = date(2023, 7, 3), date(2023, 7, 13)
"""Days between which more of June was published."""
LETTER = Path("examples/letter-2023/most-likely.toml")
BASE = "likely"


@pytest.fixture(scope="session")
def base_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real study of four months, small enough to be moved in a test; moved again it is the same for all tests."""
    folder = tmp_path_factory.mktemp("bases")
    scenario = read_scenario(LETTER).model_copy(update={"horizon": date(2023, 8, 31)})
    run_study(prepare(scenario), Settings(replications=2), folder / BASE)
    return folder


@pytest.fixture(autouse=True)
def demo(settings, letters_of_steering, db, base_study):
    settings.DEMO = True
    settings.STUDIES = base_study
    settings.FIRST_STUDY = BASE


@pytest.fixture
def director(cast) -> User:
    return User.objects.get(username="chain_director")


def closed(by: User, known_on: date | None = LATE, end: date = JUNE) -> Closing:
    closing = actions.close(end, by=by, known_on=known_on, queue=False)
    actions.carry_out(closing.pk)
    closing.refresh_from_db()
    return closing


def written() -> dict[str, int]:
    """Count the versions of everything the steps bring up to date."""
    rows = [*Signal.objects.all(), *Actual.objects.all()]
    return {f"{type(row).__name__}/{row.code}": row.version for row in rows if isinstance(row, Record)}


def test_a_month_is_closed_with_every_step_done(director):
    closing = closed(director)
    assert (closing.state, closing.done) == (State.DONE, closing.of)
    assert {name: told["state"] for name, told in closing.progress.items()} == {step.id: "done" for step in steps.STEPS}
    assert MonthRound.objects.get().state == RoundState.CLOSED
    assert closing.progress["studies"]["names"] == [moving.name_of(BASE, JUNE)]
    assert studies.choose(None, None).reference_date == JUNE, "the tiles show the study of the month"


def test_what_changed_is_divided_over_causes_that_add_up(director):
    rows = closed(director).outcome["steps"]["changed"]["changed"]
    assert {row["measure"] for row in rows} >= {"stock.track_4"}
    for row in rows:
        assert set(row["because"]) == {"inflow", "production", "rules", "corrections", "model", "rest"}
        assert row["before"] + sum(row["because"].values()) == pytest.approx(row["after"], abs=1e-4)
    here = next(row for row in rows if row["measure"] == "stock.track_4" and row["on"] == JUNE.isoformat())
    assert here["because"]["model"] == 0, "the same model ran both"
    assert here["because"]["inflow"] != 0, "the inflow of May and June was published"
    assert here["because"]["rest"] == pytest.approx(0, abs=1e-4), "at the new reference date everything is explained"
    later = next(row for row in rows if row["measure"] == "stock.track_4" and row["on"] > JUNE.isoformat())
    assert later["because"]["production"] not in {0, here["because"]["production"]}, "what it does later is measured"


def test_closing_again_reads_the_same_figures_and_changes_nothing(director):
    first, before = closed(director, EARLY), written()
    folder = moving.newest(BASE)
    made = (folder / "receipt.json").stat().st_mtime_ns
    again = closed(director, LATE)
    assert again.pk != first.pk
    assert (again.known_on, again.snapshot) == (first.known_on, first.snapshot)
    assert again.outcome["since_last_time"] == []
    assert written() == before
    assert (folder / "receipt.json").stat().st_mtime_ns == made, "a study that stands is not run again"


def test_a_correction_waits_until_the_month_is_reopened_and_is_then_told(director):
    first = closed(director, EARLY)
    reopened = actions.reopen(JUNE, by=director, reason="COA leverde later.", until=LATE)
    assert (reopened.reopened_by, reopened.reopened_until) == (director, LATE)
    again = closed(director, LATE)
    assert (again.known_on, again.snapshot != first.snapshot) == (LATE, True)
    moved = again.outcome["since_last_time"]
    assert moved
    assert all(row["before"] != row["after"] for row in moved)
    assert MonthRound.objects.get().state == RoundState.CLOSED


def test_what_comes_late_belongs_to_the_earlier_months_of_the_next_round(director):
    may = date(2023, 5, 31)
    closed(director, date(2023, 6, 2), may)
    june = closed(director, LATE)
    late = june.outcome["earlier_months"]
    assert late
    assert all(date.fromisoformat(row["on"]) <= may for row in late)
    with pytest.raises(InvalidError, match="2023-06"):
        actions.close(date(2023, 4, 30), by=director, queue=False)


def test_reopening_asks_a_reason_a_day_and_the_right(director, cast):
    with pytest.raises(NotAllowedError):
        actions.reopen(JUNE, by=director, reason="Nog open.", until=LATE)
    closed(director)
    with pytest.raises(ReasonMissingError):
        actions.reopen(JUNE, by=director, reason=" ", until=LATE)
    for until in (None, LATE - timedelta(days=1), LATE + timedelta(days=actions.LONGEST_REOPENING + 1)):
        with pytest.raises(InvalidError):
            actions.reopen(JUNE, by=director, reason="Later geleverd.", until=until)
    for role in ("partner_planner", "partner_reader", "board_member", "auditor", "administrator", "outsider"):
        somebody = User.objects.get(username=role)
        with pytest.raises(NotAllowedError):
            actions.reopen(JUNE, by=somebody, reason="Later geleverd.", until=LATE)
        with pytest.raises(NotAllowedError):
            actions.close(JUNE, by=somebody)
    assert MonthRound.objects.get().state == RoundState.CLOSED


def test_a_reopening_that_is_over_takes_no_new_figures(director):
    first = closed(director, EARLY)
    actions.reopen(JUNE, by=director, reason="Later geleverd.", until=LATE)
    MonthRound.objects.update(reopened_until=EARLY)
    assert closed(director, LATE).known_on == first.known_on


@pytest.mark.parametrize("failing", [step.id for step in steps.STEPS])
def test_a_step_that_fails_leaves_the_others_standing_and_is_done_later(failing, director, monkeypatch):
    def fail(_closing, _progress):
        Signal.objects.update(title="half")  # of a step that fails nothing stays
        raise UsageError("Figures", [Problem("COA", "the disk is full.", "Make room.")])

    def stay(_closing, _progress):
        return {"count": 1}

    broken = [
        steps.Step(one.id, one.label, fail if one.id == failing and not one.is_long else stay, one.remedy)
        if one.id != failing or not one.is_long
        else steps.Step(one.id, one.label, _full_disk, one.remedy, is_long=True)
        for one in steps.STEPS
    ]
    monkeypatch.setattr(steps, "STEPS", tuple(broken))
    closing = closed(director)
    assert closing.state == State.BROKEN_OFF
    states = {name: told["state"] for name, told in closing.progress.items()}
    assert states == {one.id: "failed" if one.id == failing else "done" for one in steps.STEPS}
    assert MonthRound.objects.get().state == RoundState.OPEN, "the month stays open"
    assert not Signal.objects.filter(title="half").exists()
    mended = [steps.Step(one.id, one.label, stay, one.remedy) for one in steps.STEPS]
    monkeypatch.setattr(steps, "STEPS", tuple(mended))
    again = closed(director)
    assert (again.pk, again.state) == (closing.pk, State.DONE)
    assert MonthRound.objects.get().state == RoundState.CLOSED


def _full_disk(_closing, _progress):
    raise OSError(28, "No space left on device")


class KilledError(BaseException):
    """Stands for the end of a worker: nothing catches it."""


@pytest.fixture
def quick(monkeypatch):
    """The long steps without what makes them long: they tell how far they are, and may be done again."""

    def move(base, _end, _known_on, progress):
        for done in range(1, 4):
            progress(done)
        return True

    monkeypatch.setattr(moving, "move", move)
    monkeypatch.setattr(month, "changed_since", lambda *_studies, **_told: ())


class Killer:
    """Ends the program before the n-th question to the database, as if its power went; then it is gone."""

    def __init__(self, at: int | None) -> None:
        self.at, self.asked = at, 0

    def __call__(self, execute, sql, params, many, context):
        self.asked += 1
        if self.asked == self.at:
            raise KilledError
        return execute(sql, params, many, context)


def outcome_of(end: date = JUNE) -> dict[str, object]:
    """Everything a closing leaves behind that has no moment in it."""
    row = MonthRound.objects.get(month_end=end)
    closing = row.closings.get()
    return {
        "state": (row.state, closing.state),
        "told": closing.outcome,
        "reports": list(row.reports.values_list("edition", "sha256")),
        "rows": written(),
    }


def test_killed_at_twenty_random_points_it_goes_on_and_ends_the_same(director, quick):
    def carried_out(at: int | None) -> tuple[dict[str, object], int]:
        """Close, killed on the way; then close again until it is done. What it did is undone afterwards."""
        before = transaction.savepoint()
        killer = Killer(at)
        pk = actions.close(JUNE, by=director, known_on=LATE, queue=False).pk
        with connection.execute_wrapper(killer):
            if at is None:
                actions.carry_out(pk)
            else:
                with pytest.raises(KilledError):
                    actions.carry_out(pk)
        assert (at is None) == (MonthRound.objects.get().state == RoundState.CLOSED), "killed before its end: open"
        if at is not None:
            closed(director)
        found = outcome_of()
        transaction.savepoint_rollback(before)
        return found, killer.asked

    whole, asked = carried_out(None)
    points = sorted(random.Random(7).sample(range(3, asked - 2), 20))
    for at in points:
        assert carried_out(at)[0] == whole, at


def test_a_full_disk_leaves_the_month_open_and_nothing_half(director, base_study, tmp_path, settings, monkeypatch):
    settings.STUDIES = shutil.copytree(base_study / BASE, tmp_path / "bases" / BASE).parent
    there = sorted(path.name for path in (tmp_path / "bases").iterdir())
    real, count = Path.write_bytes, []

    def full(path: Path, content: bytes) -> int:
        count.append(path)
        if len(count) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    closing = closed(director)
    assert closing.progress["studies"]["state"] == "failed"
    assert "No space left" in closing.progress["studies"]["problem"]
    assert closing.progress["signals"]["state"] == "done"
    assert MonthRound.objects.get().state == RoundState.OPEN
    assert sorted(path.name for path in (tmp_path / "bases").iterdir()) == there
    assert not MonthRound.objects.get().reports.exists()


def test_a_closing_that_is_stopped_goes_on_where_it_was(director):
    closing = actions.close(JUNE, by=director, known_on=LATE, queue=False)

    def stop(seen: Closing) -> None:
        if "signals" in seen.progress:
            actions.stop(seen, by=director)

    actions.carry_out(closing.pk, stop)
    closing.refresh_from_db()
    assert closing.state == State.CANCELLED
    assert set(closing.progress) >= {"actuals", "signals"}
    assert "changed" not in closing.progress
    assert closed(director).state == State.DONE


PLAN, WINTER, DECEMBER = "handled.track_4.annual_plan", date(2024, 1, 15), date(2023, 12, 31)


def delivered(name: str, text: str, by: str = "partner_planner") -> None:
    user = User.objects.get(username=by)
    deliveries.accept(deliveries.deliver(File(name, text.encode()), by=user), by=user)


def production(*counts: int, last: int = 12) -> str:
    """Lines of production under the annual plan, one per month up to a month of 2023."""
    months = range(last - len(counts) + 1, last + 1)
    rows = (
        f"2023-{month:02}-01,2023-{month:02}-{monthrange(2023, month)[1]},{PLAN},ALL,{count}"
        for month, count in zip(months, counts, strict=True)
    )
    return "\n".join(("period_start,period_end,group,nationality,decisions", *rows)) + "\n"


def of_agreement(code: str) -> Signal | None:
    return Signal.objects.filter(code__startswith=f"signaal-afspraak-{code}").first()


def test_a_broken_agreement_raises_a_signal_that_ends_when_it_is_kept(director):
    """The year's production of 22,184 is not reached with twelve months of 1,500; a correction of December does."""
    start.turn(WINTER, by=director)
    delivered("decisions.csv", production(*[1500] * 12))
    told = closed(director, WINTER, DECEMBER).progress["agreements"]
    signal = of_agreement("production_track_4_2023")
    assert signal is not None
    assert told["broken"] >= 1
    assert (signal.figure, signal.signal_value, signal.ended_on) == (18_000, 22_184, None)
    assert signal.agreement.code == "production_track_4_2023"
    assert closed(director, WINTER, DECEMBER).progress["agreements"] == told, "again it raises nothing more"
    assert Signal.objects.filter(code__startswith="signaal-afspraak-production_track_4_2023").count() == 1
    delivered("decisions.csv", production(6000))
    assert of_agreement("production_track_4_2023").ended_on is None, "a closed month does not see it yet"
    actions.reopen(DECEMBER, by=director, reason="IND telde december opnieuw.", until=WINTER)
    after = closed(director, WINTER, DECEMBER)
    assert after.progress["agreements"]["broken"] == told["broken"] - 1
    assert of_agreement("production_track_4_2023").ended_on == WINTER


def test_a_choice_is_judged_also_when_nobody_asked_for_the_closing(director, quick):
    """The exercise was judged on the figures of its day; when more is counted, the site looks back by itself."""
    load_exercise()
    row = SteeringChoice.objects.get()
    assert 40_000 not in {one["actual"] for one in row.judgement["splits"]}
    start.turn(date(2023, 8, 15), by=director)
    delivered("stock.csv", "reference_date,group,count\n2023-06-30,track_4,40000\n")
    closing = actions.close(JUNE, by=None, known_on=date(2023, 8, 15), queue=False)
    actions.carry_out(closing.pk)
    closing.refresh_from_db()
    assert closing.progress["choices"] == {"state": "done", "count": 1, "left": []}
    row.refresh_from_db()
    assert 40_000 in {one["actual"] for one in row.judgement["splits"]}
    assert hash_of_document(row.judgement) == row.judgement_hash


def test_the_report_of_a_month_stays_as_it_was_written(cast, director):
    first = closed(director, EARLY)
    address = reverse("month-report", args=("2023-06",))
    client = cast["chain_director"]
    before = client.get(address).content.decode()
    assert "Editie 1" in before
    assert "3 juli 2023" in before
    report = MonthReport.objects.get()
    assert report.sha256 == reporting.digest(report.content)
    assert (report.closing, report.snapshot) == (first, first.snapshot)
    Signal.objects.update(title="Later anders")
    closed(director, LATE)
    assert MonthReport.objects.count() == 2, "a closed month that says something else is another edition"
    assert "Later anders" not in client.get(reverse("month-report-edition", args=("2023-06", 1))).content.decode()
    assert "Later anders" in client.get(address).content.decode()
    client.cookies["django_language"] = "en"
    assert "Edition 1" in client.get(reverse("month-report-edition", args=("2023-06", 1))).content.decode()
    assert client.get(reverse("month-report-edition", args=("2023-06", 9))).status_code == 404
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthReport.objects.update(content={})


def test_a_changed_definition_breaks_the_series_and_leaves_the_past_alone(cast, director, quick):
    head = "reference_date,group,count,counted\n"
    old, new = "zaken zonder besluit", "zaken zonder besluit en zonder intrekking"
    start.turn(date(2023, 8, 15), by=director)
    delivered("stock.csv", f"{head}2023-06-30,track_4,34000,{old}\n")
    june = closed(director, date(2023, 8, 15))
    start.turn(date(2023, 9, 15), by=director)
    delivered("stock.csv", f"{head}2023-07-31,track_4,31000,{new}\n2023-06-30,track_4,30500,{new}\n")
    july = closed(director, date(2023, 9, 15), date(2023, 7, 31))
    assert june.outcome["definitions"]["stock.track_4"]["2023-06-30"] == old
    moved = next(row for row in july.outcome["earlier_months"] if row["name"] == "stock.track_4")
    assert (moved["before"], moved["after"], moved["redefined"]) == (34000, 30500, True)
    start.turn(date(2023, 10, 15), by=director)
    delivered("stock.csv", f"{head}2023-08-31,track_4,31500,{old}\n")
    august = closed(director, date(2023, 10, 15), date(2023, 8, 31))
    assert {row["measure"] for row in august.outcome["breaks"]} >= {"stock.track_4"}
    counted = next(row for row in august.outcome["counted"] if row["measure"] == "stock.track_4")
    assert counted["is_broken"]
    page = cast["chain_director"].get(reverse("month-round-of", args=("2023-08",))).content.decode()
    assert "Reeks onderbroken" in page
    assert "niet vergeleken met ervoor" in page
    assert june.figures["stock.track_4"]["2023-06-30"] == 34000, "what was closed keeps its figure"


def test_a_month_that_is_not_over_or_no_month_is_refused(director):
    for end in (date(2023, 7, 31), date(2023, 6, 29)):
        with pytest.raises(InvalidError):
            actions.close(end, by=director)
    assert not MonthRound.objects.exists()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_shows_the_round_in_both_languages(language, cast, director):
    client = cast["chain_director"]
    client.cookies["django_language"] = language
    words = {"nl": ("Maandronde", "sluit"), "en": ("Month round", "close it")}[language]
    page = client.get(reverse("month-round")).content.decode()
    for word in words:
        assert word in page
    closed(director)
    page = client.get(reverse("month-round-of", args=("2023-06",))).content.decode()
    assert {"nl": "Instroom", "en": "Inflow"}[language] in page
    assert {"nl": "Deze maand heropenen", "en": "Reopen this month"}[language] in page
    reader = cast["partner_reader"]
    assert "/heropenen" not in reader.get(reverse("month-round")).content.decode()
    assert reader.post(reverse("month-round-close", args=("2023-06",))).status_code == 403


def test_the_page_closes_stops_and_reopens(cast, director):
    client = cast["chain_director"]
    client.post(reverse("month-round-close", args=("2023-06",)))
    closing = Closing.objects.get()
    assert closing.state == State.WAITING
    assert "/stoppen" in client.get(reverse("month-round")).content.decode()
    client.post(reverse("month-round-stop", args=("2023-06",)))
    closed(director)
    wrong = client.post(reverse("month-round-reopen", args=("2023-06",)), {"reason": "", "until": "2023-07-20"})
    assert wrong.status_code == 400
    sent = {"reason": "COA leverde later.", "until": "2023-07-20"}
    client.post(reverse("month-round-reopen", args=("2023-06",)), sent)
    assert MonthRound.objects.get().state == RoundState.REOPENED
    done = set(Event.objects.values_list("action", flat=True))
    assert {"ask_closing", "stop_closing", "retry_closing", "end_closing", "reopen_month"} <= done
    assert client.get("/maandronde/2023-13").status_code == 404


def test_the_command_tells_what_was_promised(director):
    told = commands.document(closed(director))
    assert told["reference_date"] == "2023-06-30"
    assert {"known_on", "snapshot", "missing", "actuals", "signals", "studies", "changed"} <= set(told)
    json.dumps(told, allow_nan=False)
