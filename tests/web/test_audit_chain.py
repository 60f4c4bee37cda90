# SPDX-License-Identifier: EUPL-1.2
"""The audit trail is one chain, whoever writes at the same time; what is done behind its back is found and named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import signing
from django.db import connection, connections, transaction

from keten_web.accounts.models import User
from keten_web.audit import actions, anchors, seals, verification
from keten_web.audit.models import Event, Head
from keten_web.config import database

CUT_OFF = (
    "DELETE FROM audit_event WHERE number = 5;"
    " UPDATE audit_head SET (number, digest) = (SELECT number, digest FROM audit_event WHERE number = 4)"
)
CLIENTS, EACH = 8, 25
BEHIND_ITS_BACK = "SET session_replication_role = replica; {}; SET session_replication_role = origin"
FILLED = "at, action, subject, result, reason, details, trace, fsc_transaction, signature, place, sealed"
SOURCES = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture
def trail(transactional_db) -> None:
    """Five events, each in a transaction of its own, with everything an event may hold; the first made an account."""
    signing.nothing_unsigned()
    someone = User(username="someone", name="Iemand")
    for number in range(1, 6):
        with actions.changing() as changes:
            someone.save()
            changes.sign(
                "change",
                f"kaders/{number}",
                request=None,
                by=someone if number % 2 else None,
                reason='Een "reden"\nmet é, € en \\ erin',
                details={"b": number, "a": [True, None, {"text": "ë\t"}]},
            )


def behind_its_back(query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BEHIND_ITS_BACK.format(query))


def key_of_the_site() -> str:
    return next(iter(seals.keys().values())).decode()


def faults(noted: tuple[str, ...] = ()) -> list[str]:
    return [f"{fault.row}: {fault.what}" for fault in verification.verify(noted).faults]


def test_a_trail_that_nobody_touched_holds(trail):
    verdict = verification.verify()
    assert verdict.holds
    assert verdict.events == 5
    assert verdict.head == str(Head.objects.get())


def test_each_row_holds_the_digest_of_the_row_before(trail):
    rows = list(Event.objects.order_by("number"))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.previous for row in rows] == ["", *(row.digest for row in rows[:-1])]


NOBODYS = "user someone: was put in behind the back of the application"
TAMPERED = {
    "a changed result": ("UPDATE audit_event SET result = 'refused' WHERE number = 2", ["event 2: was changed after"]),
    "a changed moment": (
        "UPDATE audit_event SET at = at - interval '1 day' WHERE number = 3",
        ["event 3: was changed after"],
    ),
    "another actor": ("UPDATE audit_event SET actor_id = NULL WHERE number = 1", ["event 1: was changed after"]),
    "changed details": ("UPDATE audit_event SET details = '{}' WHERE number = 5", ["event 5: was changed after"]),
    "a changed row with its digest made again": (
        "UPDATE audit_event SET reason = 'x' WHERE number = 4;"
        " UPDATE audit_event event SET digest = audit_digest(event) WHERE number = 4",
        ["event 4: was inserted or changed by something else"],
    ),
    "a deleted row": ("DELETE FROM audit_event WHERE number = 3", ["event 3: is missing: it was deleted."]),
    "several deleted rows": ("DELETE FROM audit_event WHERE number IN (2, 3)", ["events 2 to 3: are missing: 2 rows"]),
    "a deleted beginning": ("DELETE FROM audit_event WHERE number = 1", ["event 1: is missing", NOBODYS]),
    "a deleted end": ("DELETE FROM audit_event WHERE number = 5", ["event 5: is missing"]),
    "everything deleted": ("DELETE FROM audit_event", ["events 1 to 5: are missing: 5 rows", NOBODYS]),
    "a row put in between": (
        "UPDATE audit_event SET number = number + 1 WHERE number = 5;"
        f" INSERT INTO audit_event ({FILLED}, number, previous, digest)"
        f" SELECT {FILLED}, 5, digest, 'x' FROM audit_event WHERE number = 4",
        ["event 5: was changed after", "event 6: was changed after"],
    ),
    "a row without a place": (
        f"INSERT INTO audit_event ({FILLED}, previous, digest)"
        " VALUES (now(), 'approve', 'x', 'done', '', '{}', '', '', '', '', '[]', '', '')",
        ["event id "],
    ),
    "a changed head": ("UPDATE audit_head SET digest = 'x'", ["event 5: is not the last link"]),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_what_was_done_behind_its_back_is_named(case, trail):
    query, expected = TAMPERED[case]
    anchors.place().unlink()  # so that what the chain shows by itself is seen
    behind_its_back(query)
    found = faults()
    assert [fault for fault, start in zip(found, expected, strict=True) if not fault.startswith(start)] == []


def test_a_row_written_with_sql_takes_its_place_but_is_not_signed(trail):
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO audit_event ({FILLED}, previous, digest)"
            " VALUES (now(), 'approve', 'kaders/1', 'done', '', '{}', '', '', '', '', '[]', '', '')"
        )
    (found,) = verification.verify().faults
    assert found.row == "event 6"
    assert "by something else than this application" in found.what
    assert found.at.startswith(f"{Event.objects.get(number=6).at:%Y-%m-%dT%H:%M}")


def test_who_may_do_everything_in_the_database_is_caught_by_a_link_that_was_written_down(trail):
    noted = verification.verify().head
    behind_its_back(CUT_OFF)
    anchors.place().unlink()
    assert faults() == []
    assert faults((noted,)) == ["event 5: was written down and is gone: the end was cut off."]


def test_the_site_keeps_the_last_link_outside_the_database(trail):
    assert anchors.kept() == (verification.verify().head,)
    behind_its_back(CUT_OFF)
    assert faults() == ["event 5: was written down and is gone: the end was cut off."]
    actions.record("change", "kaders/6", request=None, by=None)  # goes on from link 4, and does not hide it
    assert faults() == ["event 5: is not the link that was written down: the chain was made again."]


def test_an_event_counts_when_its_link_cannot_be_kept(trail, settings, tmp_path, caplog):
    settings.AUDIT_HEAD = tmp_path / "no" / "such" / "folder"
    actions.record("change", "kaders/6", request=None, by=None)
    assert "could not be kept" in caplog.text
    assert faults() == []


def test_a_row_signed_with_another_key_asks_for_that_key(trail, monkeypatch):
    old = key_of_the_site()
    monkeypatch.setenv(seals.KEY, "a new key")
    assert len(faults()) == 5
    assert "which is not here: name it in KETEN_AUDIT_KEY" in faults()[0]
    monkeypatch.setenv(seals.KEY, f"a new key,{old}")
    actions.record("change", "kaders/6", request=None, by=None)
    assert faults() == []


def test_a_transaction_that_is_rolled_back_leaves_no_event_and_no_gap(trail):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.record("change", "kaders/6", request=None, by=None)
        raise ZeroDivisionError
    with transaction.atomic():
        actions.record("change", "kaders/7", request=None, by=None)
        actions.record("change", "kaders/8", request=None, by=None)
    assert faults() == []
    assert [row.subject for row in Event.objects.filter(number__gt=5).order_by("number")] == ["kaders/7", "kaders/8"]


def test_eight_clients_that_write_at_once_lose_nothing_and_give_one_chain(transactional_db):
    signing.nothing_unsigned()

    def client(name: int) -> None:
        try:
            for number in range(EACH):
                with actions.changing() as changes:
                    User.objects.create(username=f"user-{name}-{number}")
                    changes.sign("change", f"{name}/{number}", request=None, by=None)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    verdict = verification.verify()
    assert verdict.faults == ()
    assert verdict.events == CLIENTS * EACH == User.objects.count()
    for name in range(CLIENTS):  # and nobody's own events changed places
        own = Event.objects.filter(subject__startswith=f"{name}/").order_by("number").values_list("subject", flat=True)
        assert list(own) == [f"{name}/{number}" for number in range(EACH)]


IN_MID_ACTION = """
import sys
import django
django.setup()
from keten_web.accounts.models import User
from keten_web.audit import actions
with actions.changing() as changes:
    someone = User.objects.create(username="in-mid-action")
    changes.sign("create", "users/in-mid-action", request=None, by=someone)
    if sys.argv[1] == "before":
        print("written", flush=True)
        sys.stdin.read()
print("written", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(("moment", "left"), [("before", 0), ("after", 1)])
def test_a_process_that_is_killed_leaves_all_or_nothing(moment, left, transactional_db, tmp_path):
    signing.nothing_unsigned()
    options = connection.settings_dict
    address = f"postgresql://{options['USER']}@/{options['NAME']}?host={options['HOST']}&port={options['PORT'] or 5432}"
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCES),
        "DJANGO_SETTINGS_MODULE": "keten_web.config.settings",
        database.URL: address,
        "KETEN_HOME": str(tmp_path),
        seals.KEY: key_of_the_site(),
    }
    command = [sys.executable, "-c", IN_MID_ACTION, moment]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout.readline() == "written\n"
        program.kill()
    _wait_until_the_server_noticed(options["NAME"])
    assert User.objects.filter(username="in-mid-action").count() == Event.objects.count() == left
    assert faults() == []


def _wait_until_the_server_noticed(name: str) -> None:
    """Ask for the lock that an open transaction on users would hold: given once that transaction is gone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_user, audit_head IN ACCESS EXCLUSIVE MODE")


def test_the_command_names_the_row_and_ends_with_a_code(trail, capsys):
    from keten_web.backups import commands

    behind_its_back("UPDATE audit_event SET result = 'refused' WHERE number = 2")
    with pytest.raises(commands.AuditError) as refused:
        commands.verify_audit(_chosen(json=True, head=[]))
    assert refused.value.exit_code == 1
    assert "event 2 (" in str(refused.value)
    said = json.loads(capsys.readouterr().out)
    assert said["holds"] is False
    assert [fault["row"] for fault in said["faults"]] == ["event 2"]


def test_a_link_that_is_none_is_wrong_usage():
    from keten_web.backups import commands

    with pytest.raises(commands.UsageError, match="two: is not a link"):
        commands.verify_audit(_chosen(json=False, head=["two"]))


def _chosen(**options: object) -> object:
    import argparse

    return argparse.Namespace(**options)


def test_the_core_hands_the_command_over(tmp_path):
    command = [sys.executable, "-m", "keten", "db", "verify-audit", "--head", "nothing", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "KETEN_HOME": str(tmp_path), database.URL: "dbname=none"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "nothing: is not a link of the audit trail." in answer.stderr
