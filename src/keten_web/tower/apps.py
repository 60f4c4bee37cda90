# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class TowerConfig(AppConfig):
    name = "keten_web.tower"
    label = "tower"
