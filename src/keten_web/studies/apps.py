# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class StudiesConfig(AppConfig):
    name = "keten_web.studies"
    label = "studies"

    def ready(self) -> None:
        """Say which studies were made on the figures of a delivery."""
        from keten_web.deliveries.news import resting
        from keten_web.studies import queries

        resting.connect(queries.resting_on, dispatch_uid="studies.resting")
