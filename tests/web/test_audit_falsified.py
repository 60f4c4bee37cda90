# SPDX-License-Identifier: EUPL-1.2
"""What someone who may do everything in the database can do to what was written, and that each of it is found.

Everything here is plain SQL, with the triggers of the database switched off where that hides more. `docs/audit.md`
lists the same cases by the same names, as what the check promises.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import signing
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction

from keten_web.accountability.kinds import REPORTS
from keten_web.accounts import actions as account_actions
from keten_web.accounts.models import Identity, PartnerOrganisation, User
from keten_web.audit import actions as audit
from keten_web.audit import covered, upgrades, verification
from keten_web.record import actions as record
from keten_web.steering.kinds import CHAIN_GOALS, SIGNALS
from keten_web.steering.models import ChainGoal
from keten_web.studies.models import KeptScenario, Run, Sharing

ROOT = Path(__file__).resolve().parents[2]
GOAL = "steering_chaingoal"
HISTORY = "steering_chaingoalevent"
WHY = "Zo afgesproken."
OFF, ON = (f"SET LOCAL session_replication_role = {role}" for role in ("replica", "origin"))


@pytest.fixture
def scene(cast) -> None:
    """A site in which people did things; all in one transaction, linked as if each action had ended."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    signing.no_figures()
    upgrades.seal_as_found("the site of a test")
    signing.figures()
    with audit.changing() as changes:
        director = User.objects.create(username="director", password="a hash", partner_id="IND")
        planner = User.objects.create(username="planner", password="another hash", partner_id="COA")
        director.groups.set(Group.objects.filter(name="chain_director"))
        planner.groups.set(Group.objects.filter(name="partner_planner"))
        Identity.objects.create(user=planner, issuer="https://example.org", subject="17")
        changes.sign("account", "users", request=None, by=None)
    director = User.objects.get(pk=director.pk)
    account_actions.issue_token(planner, scopes=["lezen"], days=30, by=None)
    for title in ("Een doel", "Een ander doel"):
        made = record.create(CHAIN_GOALS, {"title": title}, by=director)
        for version, text in ((1, "Langer"), (2, "Nog langer")):
            record.change(CHAIN_GOALS, made.code, {"text": text}, by=director, expected_version=version, reason=WHY)
    record.create(
        SIGNALS, {"title": "Een signaal", "indicator": "overdue_share", "raised_on": date(2023, 7, 1)}, by=director
    )
    record.create(REPORTS, {"title": "Rapport", "author": "Iemand", "published_on": date(2023, 7, 2)}, by=director)
    with audit.written("keep_scenario", lambda: "scenarios/1", request=None, by=director, reason=WHY):
        kept = KeptScenario.objects.create(
            title="Zonder BAA", reason=WHY, base="likely", document={"a": 1}, author=director, is_frozen=True
        )
        Sharing.objects.create(scenario=kept, partner=PartnerOrganisation.objects.get(code="COA"))
        Run.objects.create(scenario=kept, asked_by=director, replications=100, output_hash="a" * 64)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', false)")


def faults(noted: tuple[str, ...] = ()) -> list[str]:
    with connection.cursor() as cursor:
        return [f"{fault.row}: {fault.what}" for fault in verification.examine(cursor, noted).faults]


def behind_its_back(query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"{OFF}; {query}; {ON}")


ONE, OTHER = (f"(SELECT id FROM {GOAL} WHERE code = '{code}')" for code in ("een-doel", "een-ander-doel"))
FIRST, SECOND, LAST = (
    f"(SELECT pgh_id FROM {HISTORY} WHERE pgh_obj_id = {ONE} ORDER BY pgh_id OFFSET {at} LIMIT 1)" for at in range(3)
)
COLUMNS = f"(SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = '{HISTORY}'::regclass)"
CONTEXT = f"(SELECT pgh_context_id FROM {HISTORY} WHERE pgh_id = {LAST})"
USER = "(SELECT id FROM accounts_user WHERE username = '{}')"
DIRECTOR, PLANNER = USER.format("director"), USER.format("planner")
ROLE = "(SELECT id FROM auth_group WHERE name = '{}')"
AT_END = "(SELECT max(number) FROM audit_event)"
RELINK = """
DO $$
DECLARE
    link audit_event%ROWTYPE;
    before text := '';
BEGIN
    FOR link IN SELECT * FROM audit_event ORDER BY number LOOP
        link.previous := before;
        link.digest := audit_digest(link);
        UPDATE audit_event SET previous = link.previous, digest = link.digest WHERE id = link.id;
        before := link.digest;
    END LOOP;
    UPDATE audit_head SET number = (SELECT max(number) FROM audit_event), digest = before;
END $$
"""
"""Who owns the database can link the whole chain again: the digests need no key."""


def swapped(table: str, key: str, one: str, other: str) -> str:
    """Two rows that change keys."""
    return (
        f"CREATE TEMP TABLE two AS SELECT {one} AS a, {other} AS b;"
        f" UPDATE {table} SET {key} = -1 FROM two WHERE {key} = a;"
        f" UPDATE {table} SET {key} = a FROM two WHERE {key} = b;"
        f" UPDATE {table} SET {key} = b FROM two WHERE {key} = -1"
    )


def copied(table: str, changes: str, where: str) -> str:
    """A row put in that is another one but for some columns."""
    return (
        f"CREATE TEMP TABLE copied AS SELECT * FROM {table} WHERE {where}; UPDATE copied SET {changes};"
        f" INSERT INTO {table} SELECT * FROM copied"
    )


FALSIFIED = {
    # the record and its history
    "a record is changed": (f"UPDATE {GOAL} SET title = 'x' WHERE id = {ONE}", "chain goal .*een-doel"),
    "a record is deleted": (f"DELETE FROM {GOAL} WHERE id = {ONE}", "chain goal een-doel"),
    "a record is deleted with its whole history": (
        f"CREATE TEMP TABLE it AS SELECT {ONE} AS id; DELETE FROM {HISTORY} WHERE pgh_obj_id = (SELECT id FROM it);"
        f" DELETE FROM {GOAL} WHERE id = (SELECT id FROM it)",
        "chain goal [0-9]+: is gone: event [0-9]+ .change ketendoelen/een-doel",
    ),
    "a record and its last version are changed alike": (
        f"UPDATE {HISTORY} SET text = 'x' WHERE pgh_id = {LAST}; UPDATE {GOAL} SET text = 'x' WHERE id = {ONE}",
        "een-doel: its version [0-9]+ is not as it was",
    ),
    "a record and all its versions are changed alike": (
        f"UPDATE {HISTORY} SET title = 'x' WHERE pgh_obj_id = {ONE}; UPDATE {GOAL} SET title = 'x' WHERE id = {ONE}",
        "een-doel: its version [0-9]+ is not as it was",
    ),
    "a record is put in with a version that borrows the context of an event": (
        copied(GOAL, "id = 999999, code = 'nieuw-doel'", f"id = {ONE}")
        + "; DROP TABLE copied; "
        + copied(HISTORY, "pgh_id = 99999, pgh_obj_id = 999999, id = 999999, code = 'nieuw-doel'", f"pgh_id = {FIRST}"),
        "chain goal nieuw-doel: was ",
    ),
    "a change borrows the context of another event": (
        f"INSERT INTO {HISTORY} (SELECT * FROM {HISTORY} WHERE false);"
        f" {ON}; SELECT set_config('pghistory.context_id', {CONTEXT}::text, true),"
        " set_config('pghistory.context_metadata', '{}', true);"
        f" UPDATE {GOAL} SET text = 'x' WHERE id = {ONE}; SELECT set_config('pghistory.context_id', '', true)",
        "een-doel: was changed behind the back of the application .update",
    ),
    "a record is changed with the triggers on": (
        f"{ON}; UPDATE {GOAL} SET text = 'x' WHERE id = {ONE}",
        "een-doel: was changed behind the back of the application .update.: no audit event",
    ),
    "who did it is rewritten": (
        f"UPDATE pghistory_context SET metadata = jsonb_set(metadata, '{{user}}', '7') WHERE id = {CONTEXT}",
        "context .*: is not as it was",
    ),
    "why it was done is rewritten": (
        f"UPDATE pghistory_context SET metadata = jsonb_set(metadata, '{{reason}}', '\"x\"') WHERE id = {CONTEXT}",
        "context .*: is not as it was",
    ),
    "when it was done is rewritten": (
        f"UPDATE pghistory_context SET created_at = created_at - interval '1 day' WHERE id = {CONTEXT}",
        "context .*: is not as it was",
    ),
    "who and why are deleted": (f"DELETE FROM pghistory_context WHERE id = {CONTEXT}", "context .*: is gone"),
    "who and why are put in": (
        copied("pghistory_context", "id = gen_random_uuid()", f"id = {CONTEXT}"), "context .*: was put in",
    ),
    "a version gets the context of another one": (
        f"UPDATE {HISTORY} SET pgh_context_id = (SELECT pgh_context_id FROM {HISTORY} WHERE pgh_id = {FIRST})"
        f" WHERE pgh_id = {SECOND}",
        "een-doel: its version [0-9]+ is not as it was",
    ),
    "an older version is changed": (
        f"UPDATE {HISTORY} SET title = 'x' WHERE pgh_id = {FIRST}", "een-doel: its version [0-9]+ is not as",
    ),
    "an older version is removed": (
        f"DELETE FROM {HISTORY} WHERE pgh_id = {SECOND}", "chain goal .*: its version [0-9]+ is gone",
    ),
    "an older version gets another day": (
        f"UPDATE {HISTORY} SET pgh_created_at = pgh_created_at - interval '1 day' WHERE pgh_id = {FIRST}",
        "een-doel: its version [0-9]+ is not as it was",
    ),
    "two versions change places": (
        swapped(HISTORY, "pgh_id", FIRST, SECOND), "een-doel: its version [0-9]+ is not as it was",
    ),
    "two versions change content": (
        f"CREATE TEMP TABLE two AS SELECT {FIRST} AS a, {SECOND} AS b;"
        f" UPDATE {HISTORY} this SET text = that.text, version = that.version FROM {HISTORY} that, two"
        " WHERE (this.pgh_id, that.pgh_id) IN ((a, b), (b, a))",
        "een-doel: its version [0-9]+ is not as it was",
    ),
    "the last version is removed and the record set back": (
        f"CREATE TEMP TABLE it AS SELECT {LAST} AS last, {SECOND} AS back; UPDATE {GOAL} goal SET text = old.text,"
        f" version = old.version, changed_at = old.changed_at FROM {HISTORY} old, it WHERE old.pgh_id = back"
        f" AND goal.id = old.pgh_obj_id; DELETE FROM {HISTORY} USING it WHERE pgh_id = last",
        "chain goal .*: its version [0-9]+ is gone",
    ),
    "a version is put in the history": (
        copied(HISTORY, "pgh_id = -5", f"pgh_id = {FIRST}"), "een-doel: was changed behind the back of the application",
    ),
    "a version goes to another record": (
        f"UPDATE {HISTORY} SET pgh_obj_id = {OTHER} WHERE pgh_id = {FIRST}", "its version [0-9]+ is not as it was",
    ),
    "two records change places": (swapped(GOAL, "id", ONE, OTHER), "chain goal een-(ander-)?doel: was changed"),
    "the history of a table is emptied": (f"TRUNCATE {HISTORY}", "chain goal .*: its version [0-9]+ is gone"),
    "a record is put in a table beside, that is read with it": (
        f"CREATE TABLE beside () INHERITS ({GOAL}); INSERT INTO beside SELECT * FROM {GOAL} WHERE id = {ONE};"
        " UPDATE beside SET id = 999999, code = 'nieuw-doel'",
        "chain goal nieuw-doel: was ",
    ),
    # accounts and rights
    "a role is given": (
        "INSERT INTO accounts_user_groups (user_id, group_id)"
        f" VALUES ({PLANNER}, {ROLE.format('chain_director')})",
        "row of accounts_user_groups [0-9]+: was put in",
    ),
    "a role is given with the triggers on": (
        f"{ON}; INSERT INTO accounts_user_groups (user_id, group_id)"
        f" VALUES ({PLANNER}, {ROLE.format('chain_director')})",
        "row of accounts_user_groups [0-9]+: was put in",
    ),
    "a role is taken": (
        f"DELETE FROM accounts_user_groups WHERE user_id = {DIRECTOR}", "row of accounts_user_groups [0-9]+: is gone",
    ),
    "a role goes to somebody else": (
        f"UPDATE accounts_user_groups SET user_id = {PLANNER} WHERE user_id = {DIRECTOR}",
        "row of accounts_user_groups [0-9]+: is not as it was",
    ),
    "a role may do more": (
        f"INSERT INTO auth_group_permissions (group_id, permission_id) SELECT {ROLE.format('partner_reader')}, id"
        " FROM auth_permission WHERE codename = 'steer_chain'",
        "row of auth_group_permissions [0-9]+: was put in",
    ),
    "a permission comes to mean another": (
        "UPDATE auth_permission SET codename = 'x' WHERE codename = 'write_own';"
        " UPDATE auth_permission SET codename = 'write_own' WHERE codename = 'steer_chain';"
        " UPDATE auth_permission SET codename = 'steer_chain' WHERE codename = 'x'",
        "row of auth_group_permissions [0-9]+: is not as it was",
    ),
    "a user gets a permission directly": (
        f"INSERT INTO accounts_user_user_permissions (user_id, permission_id) SELECT {PLANNER}, id"
        " FROM auth_permission WHERE codename = 'steer_chain'",
        "row of accounts_user_user_permissions [0-9]+: was put in",
    ),
    "two roles change names": (
        "UPDATE auth_group SET name = 'x' WHERE name = 'partner_reader';"
        " UPDATE auth_group SET name = 'partner_reader' WHERE name = 'chain_director';"
        " UPDATE auth_group SET name = 'chain_director' WHERE name = 'x'",
        "group chain_director: is not as it was",
    ),
    "a user is made superuser": (
        f"UPDATE accounts_user SET is_superuser = true WHERE id = {PLANNER}", "user planner: is not as it was",
    ),
    "a user goes to another partner": (
        f"UPDATE accounts_user SET partner_id = 'IND' WHERE id = {PLANNER}", "user planner: is not as it was",
    ),
    "a password is replaced": (
        f"UPDATE accounts_user SET password = 'x' WHERE id = {PLANNER}", "user planner: is not as it was",
    ),
    "an account is closed or opened": (
        f"UPDATE accounts_user SET is_active = false WHERE id = {PLANNER}", "user planner: is not as it was",
    ),
    "an account is added": (
        copied("accounts_user", "id = 999999, username = 'nobody'", f"id = {PLANNER}"), "user nobody: was put in",
    ),
    "an identity goes to another account": (
        f"UPDATE accounts_identity SET user_id = {DIRECTOR}", "identity 17: is not as it was",
    ),
    "a partner gets another name": (
        "UPDATE accounts_partnerorganisation SET nl = 'x' WHERE code = 'IND'", "partner organisation IND: is not as",
    ),
    "a token is added": (
        copied("accounts_accesstoken", "id = 999999, digest = 'x'", "true"),
        "access token 999999: was put",
    ),
    "a token lives longer": (
        "UPDATE accounts_accesstoken SET until = until + interval '1 year'", "access token [0-9]+: is not as it was",
    ),
    "a token may do more": (
        "UPDATE accounts_accesstoken SET scopes = '[\"lezen\", \"schrijven\"]'",
        "access token [0-9]+: is not as it was",
    ),
    "a token goes to somebody else": (
        f"UPDATE accounts_accesstoken SET user_id = {DIRECTOR}", "access token [0-9]+: is not as it was",
    ),
    "a token is removed": ("DELETE FROM accounts_accesstoken", "access token [0-9]+: is gone"),
    # events, scenarios and runs
    "an event of the outbox is changed": (
        "UPDATE events_outboxevent SET content = content || '{\"on\": \"2020-01-01\"}' WHERE subject ~ 'sig'",
        "outbox event signalen/een-signaal: is not as it was",
    ),
    "an event of the outbox is removed": (
        "DELETE FROM events_outboxevent WHERE subject ~ 'sig'",
        "outbox event .*is gone",
    ),
    "an event of the outbox is added": (
        copied("events_outboxevent", "sequence = 999999, identifier = gen_random_uuid()", "subject ~ 'signaal'"),
        "outbox event signalen/een-signaal: was put in",
    ),
    "events of the outbox change places": (
        swapped("events_outboxevent", "sequence", "(SELECT min(sequence) FROM events_outboxevent)",
                "(SELECT max(sequence) FROM events_outboxevent)"),
        "outbox event .*: is not as it was",
    ),
    "a frozen scenario is changed": ("UPDATE studies_keptscenario SET document = '{}'", "scenario [0-9]+: was changed"),
    "a scenario is shared with somebody": (
        copied("studies_sharing", "id = 999999, partner_id = 'IND'", "true"), "sharing of a scenario 999999: was",
    ),
    "the outcome of a study is replaced": ("UPDATE studies_run SET output_hash = 'b'", "run [0-9]+: is not as it was"),
    # the chain itself
    "a row of the chain is changed": ("UPDATE audit_event SET reason = 'x' WHERE number = 5", "event 5: was changed"),
    "a row of the chain is changed and linked again": (
        f"UPDATE audit_event SET reason = 'x' WHERE number = 5; {RELINK}",
        "event 5: was inserted or changed by something",
    ),
    "what a row of the chain vouches for is changed": (
        f"UPDATE audit_event SET sealed = '[]' WHERE number = 5; {RELINK}",
        "event 5: was inserted or changed by something",
    ),
    "a row of the chain is removed": ("DELETE FROM audit_event WHERE number = 5", "event 5: is missing"),
    "a row of the chain is removed and the rest counted and linked again": (
        "DELETE FROM audit_event WHERE number = 5; UPDATE audit_event SET number = -number WHERE number > 5;"
        f" UPDATE audit_event SET number = -number - 1 WHERE number < 0; {RELINK}",
        "event 5: stands elsewhere than where it was written",
    ),
    "rows of the chain change places and are linked again": (
        swapped("audit_event", "number", "4", "5") + f"; {RELINK}",
        "event 4: stands elsewhere than where it was written",
    ),
    "the last two rows of the chain change places and are linked again": (
        swapped("audit_event", "number", AT_END, f"({AT_END} - 1)") + f"; {RELINK}",
        "event [0-9]+: stands elsewhere than",
    ),
    "a signed row is copied under a new number": (
        copied("audit_event", f"id = 999999, number = {AT_END} + 1", "number = 5") + f"; {RELINK}",
        "event [0-9]+: is a copy of the row with id",
    ),
    "a signed row is copied with its id": (
        "ALTER TABLE audit_event DROP CONSTRAINT audit_event_pkey; "
        + copied("audit_event", f"number = {AT_END} + 1", "number = 5")
        + f"; UPDATE audit_event SET previous = (SELECT digest FROM audit_event WHERE number = {AT_END} - 1)"
        f" WHERE number = {AT_END}; UPDATE audit_event SET digest = audit_digest(audit_event) WHERE number = {AT_END};"
        " UPDATE audit_head SET (number, digest) ="
        " (SELECT number, digest FROM audit_event ORDER BY number DESC LIMIT 1)",
        "event [0-9]+: is a copy of another row",
    ),
    "the end of the chain is cut off and what it did is left": (
        f"DELETE FROM audit_event WHERE number = {AT_END}; {RELINK}", "scenario [0-9]+: was",
    ),
    "the last link is set back": ("UPDATE audit_head SET number = 5", "is not the last link that the database kept"),
    # what the database itself does
    "a trigger is switched off": (
        f"ALTER TABLE {GOAL} DISABLE TRIGGER audit_note_change",
        "the functions and triggers",
    ),
    "a trigger is removed": (f"DROP TRIGGER audit_note_change ON {GOAL}", "the functions and triggers"),
    "a function is replaced": (
        "CREATE OR REPLACE FUNCTION audit_note_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "the functions and triggers",
    ),
    "a rule is added": (f"CREATE RULE nothing AS ON UPDATE TO {GOAL} DO INSTEAD NOTHING", "the functions and triggers"),
}  # fmt: skip


def test_what_went_through_the_application_holds(scene):
    assert faults() == []


@pytest.mark.parametrize("case", FALSIFIED)
def test_a_falsification_is_found(case, scene):
    query, expected = FALSIFIED[case]
    behind_its_back(query)
    found = faults()
    assert [fault for fault in found if re.search(expected, fault)], found


REFUSED = {
    "an audit row is changed": "UPDATE audit_event SET reason = 'x'",
    "an audit row is deleted": "DELETE FROM audit_event WHERE number = 5",
    "a version is changed with the triggers on": f"UPDATE {HISTORY} SET title = 'x'",
    "a version is deleted with the triggers on": f"DELETE FROM {HISTORY}",
    "a frozen scenario is changed with the triggers on": "UPDATE studies_keptscenario SET title = 'x'",
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_falsification_is_refused(case, scene):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REFUSED[case])
    assert faults() == []


def test_a_falsification_stays_found_when_an_action_goes_on_with_it(scene):
    """Someone changes the row in good faith after that; then its last event has signed it as it stands."""
    behind_its_back(
        f"UPDATE {GOAL} SET title = 'x' WHERE id = {ONE}; UPDATE {HISTORY} SET title = 'x' WHERE pgh_id = {LAST}"
    )
    director = User.objects.get(username="director")
    record.change(CHAIN_GOALS, "een-doel", {"text": "Weer"}, by=director, expected_version=3, reason=WHY)
    assert [fault for fault in faults() if re.search("een-doel: .*before event [0-9]+, which changed it again", fault)]


def test_nobody_can_let_an_action_sign_what_it_did_not_do(scene):
    behind_its_back(f"UPDATE {GOAL} SET title = 'x' WHERE id = {OTHER}")
    listed = f'["{GOAL}", "{ChainGoal.objects.get(title="x").pk}", null, "{"0" * 64}"]\n'
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('keten.changes', %s, false)", [listed])  # as for every session of a user
    director = User.objects.get(username="director")
    record.change(CHAIN_GOALS, "een-doel", {"text": "Weer"}, by=director, expected_version=3, reason=WHY)
    assert [fault for fault in faults() if "een-ander-doel" in fault]


def test_the_end_cut_off_with_all_it_did_is_found_by_a_link_that_was_kept(scene):
    with connection.cursor() as cursor:
        head = verification.examine(cursor).head
    last = f"FROM audit_event WHERE number = {AT_END}"
    gone = ("run", "sharing", "keptscenario", "sharingevent", "keptscenarioevent")
    behind_its_back(
        "; ".join(f"DELETE FROM studies_{table}" for table in gone)
        + f"; DELETE FROM pghistory_context WHERE id = (SELECT context {last}); DELETE {last}; {RELINK}"
    )
    assert faults() == []
    assert "is gone: the end was cut off" in faults((head,))[0]


def test_every_table_is_covered_or_left_out_with_a_reason(db):
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        noting = covered.noting(cursor)
    assert {table for table in tables if covered.reason_left_out(table) is None} == noting
    own = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("keten_web.")}
    passing = {"accounts_usage", "api_givenanswer", "events_subscriber", "tower_inquiry"}
    assert own & tables - noting == {"audit_event", "audit_head", *passing}
    for left_out in covered.LEFT_OUT:
        assert any(table.startswith(left_out) for table in tables)


@pytest.mark.parametrize("table", sorted(covered.COLUMNS_LEFT_OUT))
def test_columns_that_are_left_out_are_there(table, db):
    with connection.cursor() as cursor:
        there = {column.split()[0] for column in covered.columns(cursor)[table]}
        assert set(covered.COLUMNS_LEFT_OUT[table]) <= there


def test_the_document_lists_what_is_tested():
    document = (ROOT / "docs" / "audit.md").read_text()
    named = set(re.findall(r"^- (.+?)\.?$", document.split("## What it promises\n")[1].split("\n## ")[0], re.MULTILINE))
    assert named == {*FALSIFIED, *REFUSED}
