# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "keten_web.deliveries"
    label = "deliveries"
