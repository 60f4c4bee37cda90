# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "keten_web.rounds"
    label = "rounds"

    def ready(self) -> None:
        """Say which months were closed on the figures of a delivery."""
        from keten_web.deliveries.news import resting
        from keten_web.rounds import queries

        resting.connect(queries.resting_on, dispatch_uid="rounds.resting")
