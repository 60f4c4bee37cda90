# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class ForesightConfig(AppConfig):
    name = "keten_web.foresight"
    label = "foresight"
