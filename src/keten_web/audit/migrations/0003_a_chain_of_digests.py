# SPDX-License-Identifier: EUPL-1.2
"""Every row holds the digest of the row before and its own; the database links them when a transaction ends."""

import django.utils.timezone
from django.db import migrations, models

LINK = r"""
CREATE FUNCTION audit_digest(event audit_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        event.number, event.previous, event.signature, event.id,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), event.actor_id, event.action,
        event.subject, event.result, event.reason, event.details::text, host(event.origin), event.trace,
        event.fsc_transaction, event.context
    )::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION audit_take_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head audit_head%ROWTYPE;
    event audit_event%ROWTYPE;
BEGIN
    INSERT INTO audit_head (id, number, digest)
        SELECT 1, coalesce(max(number), 0), coalesce((SELECT digest FROM audit_event WHERE number IS NOT NULL
                                                      ORDER BY number DESC LIMIT 1), '')
        FROM audit_event WHERE NOT EXISTS (SELECT 1 FROM audit_head)
        ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT head FROM audit_head FOR UPDATE;  -- from here to the end of the transaction one at a time
    SELECT * INTO STRICT event FROM audit_event WHERE id = NEW.id;
    event.number := head.number + 1;
    event.previous := head.digest;
    event.digest := audit_digest(event);
    UPDATE audit_event SET number = event.number, previous = event.previous, digest = event.digest WHERE id = event.id;
    UPDATE audit_head SET number = event.number, digest = event.digest;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_take_place AFTER INSERT ON audit_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_take_place();

CREATE OR REPLACE FUNCTION audit_rows_are_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    links text[] := ARRAY['number', 'previous', 'digest'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.digest = '' AND to_jsonb(NEW) - links = to_jsonb(OLD) - links THEN
        RETURN NEW;  -- takes its place in the chain; only the transaction that wrote the row can see it so
    END IF;
    RAISE EXCEPTION 'audit rows are never changed or deleted';
END $$;
"""
UNLINK = """
DROP TRIGGER audit_take_place ON audit_event;
DROP FUNCTION audit_take_place();
DROP FUNCTION audit_digest(audit_event);
CREATE OR REPLACE FUNCTION audit_rows_are_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are never changed or deleted';
END $$;
"""


def sign_and_link_what_is_there(apps, schema_editor):
    """Rows of before the chain are signed as they are found, and linked in the order in which they were written."""
    from keten_web.audit import actions, seals

    rows = apps.get_model("audit", "Event").objects.order_by("id")
    if not rows.exists():
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_rows_are_never_changed")
        for event in rows:
            rows.filter(id=event.id).update(signature=seals.sign(actions.signed_content(event)))
        cursor.execute("INSERT INTO audit_head (id, number, digest) VALUES (1, 0, '')")
        cursor.execute(
            """
            DO $$
            DECLARE
                head audit_head%ROWTYPE;
                event audit_event%ROWTYPE;
            BEGIN
                SELECT * INTO STRICT head FROM audit_head;
                FOR event IN SELECT * FROM audit_event ORDER BY id LOOP
                    event.number := head.number + 1;
                    event.previous := head.digest;
                    event.digest := audit_digest(event);
                    UPDATE audit_event SET number = event.number, previous = event.previous, digest = event.digest
                        WHERE id = event.id;
                    head.number := event.number;
                    head.digest := event.digest;
                END LOOP;
                UPDATE audit_head SET number = head.number, digest = head.digest;
            END $$
            """
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_rows_are_never_changed")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_rows_are_never_changed")]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.AlterField(
            "event", "at", models.DateTimeField(default=django.utils.timezone.now), preserve_default=False
        ),
        migrations.AddField("event", "reason", models.TextField(default="")),
        migrations.AddField("event", "details", models.JSONField(default=dict)),
        migrations.AddField("event", "fsc_transaction", models.CharField(default="", max_length=60)),
        migrations.AddField("event", "context", models.UUIDField(null=True)),
        migrations.AddField("event", "signature", models.CharField(default="", max_length=80)),
        migrations.AddField("event", "number", models.BigIntegerField(null=True, unique=True)),
        migrations.AddField("event", "previous", models.CharField(default="", max_length=64)),
        migrations.AddField("event", "digest", models.CharField(default="", max_length=64)),
        migrations.AddIndex("event", models.Index(fields=["context"], name="audit_event_context_idx")),
        migrations.AddIndex("event", models.Index(fields=["action", "at"], name="audit_event_action_at_idx")),
        migrations.RunSQL(LINK, UNLINK),
        migrations.RunPython(sign_and_link_what_is_there, migrations.RunPython.noop),
    ]
