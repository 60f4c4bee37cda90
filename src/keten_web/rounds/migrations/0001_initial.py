# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month_end', models.DateField(unique=True, verbose_name='month')),
                ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed'), ('reopened', 'reopened')], default='open', max_length=10, verbose_name='state')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed at')),
                ('reopened_until', models.DateField(null=True, verbose_name='reopened until')),
                ('reopened_because', models.TextField(blank=True, verbose_name='reason of reopening')),
                ('reopened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reopened by')),
            ],
            options={
                'verbose_name': 'month round',
                'verbose_name_plural': 'month rounds',
                'ordering': ('-month_end',),
            },
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('known_on', models.DateField(verbose_name='figures as known on')),
                ('deliveries', models.PositiveIntegerField(default=0)),
                ('decided_until', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('cancelled', 'cancelled'), ('broken_off', 'broken off')], default='waiting', max_length=12)),
                ('done', models.PositiveIntegerField(default=0)),
                ('of', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('progress', models.JSONField(default=dict)),
                ('ended_at', models.DateTimeField(null=True)),
                ('snapshot', models.CharField(blank=True, max_length=64, verbose_name='hash of the figures')),
                ('figures', models.JSONField(default=dict)),
                ('outcome', models.JSONField(default=dict)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='rounds.monthround')),
            ],
            options={
                'verbose_name': 'closing of a month',
                'verbose_name_plural': 'closings of months',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='MonthRoundEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('month_end', models.DateField(verbose_name='month')),
                ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed'), ('reopened', 'reopened')], default='open', max_length=10, verbose_name='state')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed at')),
                ('reopened_until', models.DateField(null=True, verbose_name='reopened until')),
                ('reopened_because', models.TextField(blank=True, verbose_name='reason of reopening')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='rounds.monthround')),
                ('reopened_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reopened by')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthround',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_monthroundevent" ("closed_at", "id", "month_end", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_because", "reopened_by_id", "reopened_until", "state") VALUES (NEW."closed_at", NEW."id", NEW."month_end", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reopened_because", NEW."reopened_by_id", NEW."reopened_until", NEW."state"); RETURN NULL;', hash='d1879b9b1d1bb4e2694796f1e761d9d22c5f768d', operation='INSERT', pgid='pgtrigger_insert_insert_efe73', table='rounds_monthround', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthround',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "rounds_monthroundevent" ("closed_at", "id", "month_end", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_because", "reopened_by_id", "reopened_until", "state") VALUES (NEW."closed_at", NEW."id", NEW."month_end", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reopened_because", NEW."reopened_by_id", NEW."reopened_until", NEW."state"); RETURN NULL;', hash='f6cf28cf0eb6668210d6913c88079e6e0eda512f', operation='UPDATE', pgid='pgtrigger_update_update_94b24', table='rounds_monthround', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthround',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_monthroundevent" ("closed_at", "id", "month_end", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_because", "reopened_by_id", "reopened_until", "state") VALUES (OLD."closed_at", OLD."id", OLD."month_end", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reopened_because", OLD."reopened_by_id", OLD."reopened_until", OLD."state"); RETURN NULL;', hash='d9f285ff3a37b7d76dc9a35596041cbaa54ada9f', operation='DELETE', pgid='pgtrigger_delete_delete_5894f', table='rounds_monthround', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'running'))), fields=('round',), name='one_open_closing_per_month'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthroundevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cdbf0c9c26dd1fd2d1854751975650cac31f3cdc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_81bc8', table='rounds_monthroundevent', when='BEFORE')),
        ),
    ]
