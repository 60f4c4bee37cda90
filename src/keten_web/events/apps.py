# SPDX-License-Identifier: EUPL-1.2
import re

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from keten_web.config.provider import is_safe


class EventsConfig(AppConfig):
    name = "keten_web.events"
    label = "events"

    def ready(self) -> None:
        check(settings.OIN, settings.EVENT_ADDRESSES)
        from keten_web.events import watching

        watching.watch()


def check(number: str, addresses: list[str]) -> None:
    """Refuse to start with a number that is none, or an address where everybody can listen in.

    Raises
    ------
    ImproperlyConfigured
        With everything that is wrong.
    """
    problems = [
        f"{address} in KETEN_EVENT_ADDRESSES must be an https address." for address in addresses if not is_safe(address)
    ]
    if number and not re.fullmatch(r"[0-9]{20}", number):
        problems.append("KETEN_OIN must be the 20 digits of an organisation identification number.")
    if problems:
        raise ImproperlyConfigured(" ".join(problems))
