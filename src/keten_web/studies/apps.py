# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class StudiesConfig(AppConfig):
    name = "keten_web.studies"
    label = "studies"
