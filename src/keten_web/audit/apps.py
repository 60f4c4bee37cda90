# SPDX-License-Identifier: EUPL-1.2
from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "keten_web.audit"
    label = "audit"

    def ready(self) -> None:
        from keten_web.audit.queries import turned_day
        from keten_web.config import today

        today.read_by(turned_day)
        post_migrate.connect(_cover, sender=self, dispatch_uid="audit.cover")


def _cover(**_: Any) -> None:
    """Every table that was made is covered from here on."""
    from keten_web.audit import covered

    with connection.cursor() as cursor:
        covered.install(cursor)
