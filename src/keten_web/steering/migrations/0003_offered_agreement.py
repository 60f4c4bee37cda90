# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models

STATES = [("draft", "draft"), ("offered", "offered"), ("agreed", "agreed"), ("ended", "ended")]


class Migration(migrations.Migration):
    dependencies = [("steering", "0002_units")]

    operations = [
        migrations.AlterField(
            model_name=name,
            name="state",
            field=models.CharField(choices=STATES, default="draft", max_length=30, verbose_name="state"),
        )
        for name in ("performanceagreement", "performanceagreementevent")
    ]
