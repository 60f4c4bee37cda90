# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class SteeringConfig(AppConfig):
    name = "keten_web.steering"
    label = "steering"

    def ready(self) -> None:
        """Let an agreement be judged on what was delivered as soon as it counts."""
        from keten_web.deliveries.news import figures_changed, resting
        from keten_web.steering import following, queries

        figures_changed.connect(following.follow, dispatch_uid="steering.actuals")
        resting.connect(queries.resting_on, dispatch_uid="steering.resting")
