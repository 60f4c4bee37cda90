# SPDX-License-Identifier: EUPL-1.2
"""What the page of the auditor asks stays fast, however long the trail is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_every_row_is_sealed")]

    operations = [
        migrations.AddIndex("event", models.Index(fields=["actor", "-id"], name="audit_event_actor_idx")),
        migrations.AddIndex("event", models.Index(fields=["action", "-id"], name="audit_event_action_idx")),
        migrations.AddIndex("event", models.Index(fields=["at"], name="audit_event_at_idx")),
        migrations.AddIndex(
            "event",
            models.Index(fields=["subject"], name="audit_event_subject_idx", opclasses=("varchar_pattern_ops",)),
        ),
    ]
