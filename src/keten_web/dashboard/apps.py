# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "keten_web.dashboard"
    label = "dashboard"
