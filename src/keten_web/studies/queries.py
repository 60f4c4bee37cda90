# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import keten
from keten.study.results import Results, list_studies, read_results

PREFERRED = "most-likely"
_SCENARIO_NAMES = {
    "minimum": gettext_lazy("Minimum (49,000)"),
    "medium": gettext_lazy("Medium (67,000)"),
    "maximum": gettext_lazy("Maximum (77,000)"),
    "most-likely": gettext_lazy("Most likely (just above 70,000)"),
}


@dataclass(frozen=True)
class StudyName:
    """A study that can be chosen."""

    name: str
    title: str


def title(name: str) -> str:
    """Name a study as people do; the scenarios of the letter have names of their own."""
    scenario = next((key for key in _SCENARIO_NAMES if name.endswith(key)), None)
    return str(_SCENARIO_NAMES[scenario]) if scenario else name.replace("-", " ").replace("_", " ")


def available() -> tuple[StudyName, ...]:
    """List the studies that can be shown; the scenarios of the letter from low to high."""
    order = list(_SCENARIO_NAMES)
    names = [folder.name for folder in list_studies(settings.STUDIES)]
    rank = {name: next((n for n, key in enumerate(order) if name.endswith(key)), len(order)) for name in names}
    return tuple(StudyName(name, title(name)) for name in sorted(names, key=lambda name: (rank[name], name)))


def choose(asked: str | None, remembered: str | None) -> Results | None:
    """Read the study that is asked for, else the one looked at before, else the most likely one.

    Raises
    ------
    Http404
        When the study that is asked for does not exist.
    """
    names = [study.name for study in available()]
    if asked is not None and asked not in names:
        raise Http404(_("There is no study called “%(name)s”.") % {"name": asked})
    if not names:
        return None
    preferred = next((name for name in names if name.endswith(PREFERRED)), names[0])
    name = asked or (remembered if remembered in names else preferred)
    folder = settings.STUDIES / name
    return _read(folder, (folder / "receipt.json").stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(folder: Path, _written: int) -> Results:
    return read_results(folder)


def staleness(results: Results) -> str:
    """Name the version that made a study when it is not the version that runs; empty when they are the same."""
    made_by = str(results.receipt.get("code_version", ""))
    return "" if made_by in {"", keten.__version__} else made_by
