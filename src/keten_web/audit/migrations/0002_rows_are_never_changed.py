# SPDX-License-Identifier: EUPL-1.2
"""The database itself refuses to change or delete an audit row, whatever program asks it."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_rows_are_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are never changed or deleted';
END $$;
CREATE TRIGGER audit_rows_are_never_changed BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_rows_are_never_changed();
"""
ALLOW = """
DROP TRIGGER audit_rows_are_never_changed ON audit_event;
DROP FUNCTION audit_rows_are_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
