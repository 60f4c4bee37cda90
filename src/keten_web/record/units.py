# SPDX-License-Identifier: EUPL-1.2
"""The units of the record as a reader chooses them; what can be true of each stands in `keten.domain.bounds`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAMES: Mapping[str, Promise] = {
    "cases": pgettext_lazy("unit", "cases"),
    "persons": pgettext_lazy("unit", "people"),
    "applications": pgettext_lazy("unit", "applications"),
    "appointments": pgettext_lazy("unit", "appointments"),
    "notices": pgettext_lazy("unit", "notices of default"),
    "appeals": pgettext_lazy("unit", "appeals"),
    "files": pgettext_lazy("unit", "files"),
    "places": pgettext_lazy("unit", "places"),
    "share": _("share, from 0 to 1"),
    "ratio": pgettext_lazy("unit", "ratio"),
    "per 100 cases": _("per 100 cases"),
    "days": pgettext_lazy("unit", "days"),
    "working days": pgettext_lazy("unit", "working days"),
    "weeks": pgettext_lazy("unit", "weeks"),
    "months": pgettext_lazy("unit", "months"),
    "hours": pgettext_lazy("unit", "hours"),
    "hours per working day": pgettext_lazy("unit", "hours per working day"),
    "eur": pgettext_lazy("unit", "euros"),
}
