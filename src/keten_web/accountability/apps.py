# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "keten_web.accountability"
    label = "accountability"
