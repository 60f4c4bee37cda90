# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "keten_web.audit"
    label = "audit"

    def ready(self) -> None:
        from keten_web.audit import logins  # noqa: F401 - connects the signals
