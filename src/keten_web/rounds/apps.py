# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "keten_web.rounds"
    label = "rounds"
