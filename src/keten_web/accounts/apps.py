# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "keten_web.accounts"
    label = "accounts"

    def ready(self) -> None:
        from keten_web.accounts import logins  # noqa: F401 - connects the signals
