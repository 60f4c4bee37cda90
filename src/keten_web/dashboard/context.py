# SPDX-License-Identifier: EUPL-1.2
"""What the frame around every page needs.

The frame reads these names and no others, and no page gives one of them (`tests/web/test_crawl.py`): a page that has a
name of its own for something can never change what the frame shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

import keten
from keten.study.results import Results
from keten_web.accounts.roles import Permission
from keten_web.accounts.views import THEME_COOKIE, THEMES
from keten_web.config.today import first_day, today
from keten_web.dashboard import navigation
from keten_web.studies import queries as studies


@dataclass(frozen=True)
class StudyOfThePage:
    """The study whose figures a page shows; `stale` is the version that made it, when that is not this one."""

    study: Results
    title: str
    stale: str


def _study(request: HttpRequest) -> StudyOfThePage | None:
    results = getattr(request, "study", None)
    return StudyOfThePage(results, studies.title(results), studies.staleness(results) or "") if results else None


def _address(request: HttpRequest) -> str:
    """Give the address of a page; without the host when that is the reason for an error page."""
    try:
        return request.build_absolute_uri()
    except DisallowedHost:
        return request.get_full_path()


def page(request: HttpRequest) -> dict[str, Any]:
    """Navigation, studies, theme: the same on every page, also on an error page."""
    theme = request.COOKIES.get(THEME_COOKIE, "system")
    user = getattr(request, "user", None)
    may_view = user is not None and user.is_authenticated and user.has_perm(Permission.VIEW_DASHBOARD)
    return {
        "theme": theme if theme in THEMES else "system",
        "themes": (
            (THEMES[0], "device-desktop", _("As the device")),
            (THEMES[1], "sun", _("Light")),
            (THEMES[2], "moon", _("Dark")),
        ),
        "languages": settings.LANGUAGES,
        "demo": settings.DEMO,
        "version": keten.__version__,
        "printed_on": timezone.localdate(),  # of the paper, also when the day of a demonstration was turned
        "site_day": today(),
        "may_turn": settings.DEMO and may_view and user.has_perm(Permission.STEER_CHAIN),
        "first_day": first_day(),
        "last_day": timezone.localdate(),
        "printed_from": _address(request),
        "may_view": may_view,
        "available_studies": studies.available() if may_view else (),
        "navigation": navigation.groups(request) if may_view else [],
        "frame": _study(request),
        "may_search": may_view and user.has_perm(Permission.VIEW_RECORD),
    }
