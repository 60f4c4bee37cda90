# SPDX-License-Identifier: EUPL-1.2
"""An event signs its place and every row that was changed; triggers note what is changed.

The triggers themselves are made after the migrations, on every table that is there (`audit.covered`). Rows that were
there before are sealed as they are found by `keten db migrate`, and the chain says so.
"""

from django.db import migrations, models

NOTE = r"""
CREATE FUNCTION audit_note_change() RETURNS trigger LANGUAGE plpgsql
    SET TimeZone = 'UTC' SET extra_float_digits = 1 AS $$
DECLARE
    noted text := current_setting('keten.changes', true);
    left_out text[] := TG_ARGV[2:];
    gone jsonb;
    now_there jsonb;
    before text;
    after text;
BEGIN
    IF coalesce(noted, '') = '' THEN
        RETURN NULL;  -- nobody is at work who signs: the row stays without an event, and that shows
    END IF;
    IF TG_OP <> 'INSERT' THEN
        gone := to_jsonb(OLD);
        before := audit_row_digest(gone, left_out, TG_ARGV[1] = 'permission');
    END IF;
    IF TG_OP <> 'DELETE' THEN
        now_there := to_jsonb(NEW);
        after := audit_row_digest(now_there, left_out, TG_ARGV[1] = 'permission');
    END IF;
    IF gone ->> TG_ARGV[0] <> now_there ->> TG_ARGV[0] THEN
        noted := noted || json_build_array(TG_TABLE_NAME, gone ->> TG_ARGV[0], before, NULL)::text || chr(10);
        before := NULL;
    END IF;
    IF before IS DISTINCT FROM after THEN
        noted := noted || json_build_array(
            TG_TABLE_NAME, coalesce(now_there, gone) ->> TG_ARGV[0], before, after
        )::text || chr(10);
    END IF;
    PERFORM set_config('keten.changes', noted, true);
    RETURN NULL;
END $$;

CREATE FUNCTION audit_row_digest(content jsonb, left_out text[], is_permission boolean) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    content := content - left_out;
    IF is_permission THEN
        content := content || jsonb_build_object('means', (
            SELECT concat(type.app_label, '.', named.codename) FROM auth_permission named
            JOIN django_content_type type ON type.id = named.content_type_id
            WHERE named.id = (content ->> 'permission_id')::bigint
        ));
    END IF;
    RETURN encode(sha256(convert_to(content::text, 'UTF8')), 'hex');
END $$;
"""
FORGET = """
DO $$
DECLARE
    covered text;
BEGIN
    FOR covered IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'audit_note_change' LOOP
        EXECUTE format('DROP TRIGGER audit_note_change ON %s', covered);
    END LOOP;
END $$;
DROP FUNCTION audit_note_change();
DROP FUNCTION audit_row_digest(jsonb, text[], boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_a_chain_of_digests")]

    operations = [
        migrations.AddField("event", "place", models.CharField(default="", max_length=160)),
        migrations.AddField("event", "sealed", models.JSONField(default=list)),
        migrations.RunSQL(NOTE, FORGET),
    ]
