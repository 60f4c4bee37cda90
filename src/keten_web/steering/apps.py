# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class SteeringConfig(AppConfig):
    name = "keten_web.steering"
    label = "steering"
