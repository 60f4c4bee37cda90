# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RecordConfig(AppConfig):
    name = "keten_web.record"
    label = "record"

    def ready(self) -> None:
        """Let every app declare its kinds, in `kinds.py`, and what their forms offer, in `offered.py`."""
        autodiscover_modules("kinds")
        autodiscover_modules("offered")
