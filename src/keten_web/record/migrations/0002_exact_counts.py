# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="steering",
            options={
                "default_permissions": (),
                "managed": False,
                "permissions": [
                    ("view_record", "Can view the record"),
                    ("view_exact_counts", "Can view counts below ten"),
                    ("write_own", "Can write the rows of the own partner"),
                    ("steer_chain", "Can write the rows of the chain and call its bodies together"),
                    ("approve", "Can approve and decide for the own partner"),
                    ("view_audit", "Can view the audit trail"),
                    ("manage_users", "Can manage users"),
                ],
            },
        ),
    ]
