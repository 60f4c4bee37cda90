# SPDX-License-Identifier: EUPL-1.2
"""The whole database in one file, and back: all of it or nothing, and the audit trail still holds."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from keten.domain.errors import DeliveryError, UsageError
from keten_web.accounts.models import User
from keten_web.audit import verification
from keten_web.audit.models import Event
from keten_web.backups import actions, manifest
from keten_web.record import actions as record
from keten_web.steering.kinds import CHAIN_GOALS
from keten_web.steering.models import ChainGoal

NAME = "keten_backup_test"
REASON = "Zo afgesproken."


@pytest.fixture(scope="module")
def own_database(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A database of its own beside that of the other tests: restoring replaces all of it."""
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
            cursor.execute(f"CREATE DATABASE {NAME}")
        connection.close()
        connection.settings_dict["NAME"] = NAME
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {NAME}")


@pytest.fixture(scope="module")
def filled(own_database, tmp_path_factory) -> Path:
    """A backup of a database in which people did things."""
    actions.migrate()
    director = User.objects.create_user(
        "regisseur", password="a long enough phrase", name="Regisseur", partner_id="IND"
    )
    director.groups.set(director.groups.model.objects.filter(name="chain_director"))
    Client().force_login(director)
    goal = record.create(CHAIN_GOALS, {"title": 'Een "goede"\tprocedure\nmet \\ é €'}, by=director)
    record.change(CHAIN_GOALS, goal.code, {"text": "Langer"}, by=director, expected_version=1, reason=REASON)
    file = tmp_path_factory.mktemp("backups") / "keten.zip"
    actions.backup(file)
    return file


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


def test_after_restoring_everything_works_on(filled):
    actions.restore(filled, replace=True)
    director = User.objects.get(username="regisseur")
    assert director.check_password("a long enough phrase")
    goal = ChainGoal.objects.get()
    assert goal.title == 'Een "goede"\tprocedure\nmet \\ é €'
    record.change(CHAIN_GOALS, goal.code, {"text": "Nog langer"}, by=director, expected_version=2, reason=REASON)
    record.create(CHAIN_GOALS, {"title": "Nog een"}, by=director)
    assert goal.event_model().objects.count() == 4  # its history is kept on, and numbers go on where they were
    assert verification.verify().faults == ()


def test_an_empty_database_takes_a_backup_without_more_words(filled):
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    actions.restore(filled)
    assert User.objects.get().username == "regisseur"


def test_a_database_that_only_has_its_shape_is_empty_too(filled):
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    actions.migrate()
    actions.restore(filled)
    assert User.objects.get().username == "regisseur"


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


def test_rows_that_point_at_nothing_are_refused_and_nothing_is_half_restored(filled, tmp_path):
    """A file that is whole by its own words, but whose rows cannot be right."""
    told = json.loads(changed_manifest(filled))
    for table in told["tables"]:
        if table["name"] == "accounts_user":
            table |= {"rows": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    text = json.dumps(told).encode()
    file = rewritten(filled, {manifest.MANIFEST: text, "tables/accounts_user.copy": b""}, tmp_path)
    assert "foreign key" in refused(file, Exception)


def test_a_backup_is_never_overwritten(filled):
    with pytest.raises(UsageError, match="exists already"):
        actions.backup(filled)


def test_a_file_that_is_not_there_is_told(tmp_path, own_database):
    with pytest.raises(DeliveryError, match="is not there"):
        actions.restore(tmp_path / "nothing.zip")
