# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

import keten
from keten.domain.errors import UsageError
from keten.indicators.observed import ObservedPoint, observed_measures, observed_series
from keten.indicators.registry import by_identifier
from keten.observations import Observations
from keten.parameters.load import load_chain
from keten.study.folder import read_receipt
from keten.study.results import Observation, Outlook, Results, list_studies, read_results
from keten_web.accounts.models import User
from keten_web.config.today import today
from keten_web.deliveries import known
from keten_web.deliveries.models import Delivery
from keten_web.deliveries.news import Resting
from keten_web.studies.models import Run, State

LOGGER = logging.getLogger(__name__)
OF_A_MONTH = "--"
"""Stands between the name of a base study and the month to whose end it was moved: `most-likely--2023-06`."""


@dataclass(frozen=True)
class StudyName:
    """A study that can be chosen."""

    name: str
    title: str


def title(results: Results) -> str:
    """Name a study as people do."""
    return results.title_en if get_language() == "en" else results.title_nl


def available() -> tuple[StudyName, ...]:
    """List the studies that can be shown, from the one with the least inflow to the one with the most."""
    every = [results for folder in list_studies(settings.STUDIES) if (results := _readable(folder.name))]
    return tuple(StudyName(row.name, title(row)) for row in sorted(every, key=lambda row: (_inflow(row), row.name)))


def measure_names() -> frozenset[str]:
    """Name every measure that any study on this site holds."""
    found = [results for folder in list_studies(settings.STUDIES) if (results := _readable(folder.name))]
    return frozenset(name for results in found for name in results.measures)


def _readable(name: str) -> Results | None:
    """Leave a damaged study out, and write down what is wrong with it."""
    try:
        return read(name)
    except UsageError as error:
        LOGGER.warning("%s", error)
        return None


def on_delivery(name: str) -> list[StudyName]:
    """List the studies of the site whose receipt names a delivery."""
    every = [results for folder in list_studies(settings.STUDIES) if (results := _readable(folder.name))]
    return [StudyName(row.name, title(row)) for row in every if name in row.receipt.get("deliveries", ())]


def runs_on_delivery(name: str, since: datetime) -> list[Run]:
    """List the studies that people asked for since a moment, and whose receipt names a delivery."""
    runs = Run.objects.filter(state=State.DONE, ended_at__gte=since).select_related("scenario").order_by("pk")
    return [run for run in runs if name in _deliveries_of(folder_of(run))]


def resting_on(delivery: Delivery, by: User, **_told: Any) -> list[Resting]:
    """Name the studies whose receipt names a delivery, as far as one may see them."""
    name = known.as_received(delivery).identifier
    found = [
        Resting(_("study"), study.title, f"{reverse('overview')}?scenario={study.name}") for study in on_delivery(name)
    ]
    runs = runs_on_delivery(name, delivery.decided_at) if delivery.decided_at else []
    mine = [run for run in runs if run.scenario.author_id == by.pk or _is_shared(run.scenario, by)]
    found += [
        Resting(_("study"), run.scenario.title, reverse("kept-scenario", args=(run.scenario_id,))) for run in mine
    ]
    if others := len(runs) - len(mine):
        found.append(
            Resting(_("studies"), ngettext("%(n)d of somebody else", "%(n)d of others", others) % {"n": others})
        )
    return found


def _is_shared(scenario: Any, by: User) -> bool:
    return bool(by.partner_id) and scenario.shared_with.filter(pk=by.partner_id).exists()


@lru_cache(maxsize=512)
def _deliveries_of(folder: Path) -> tuple[str, ...]:
    """Name the deliveries in the receipt of a study; none when it cannot be read. A study never changes."""
    try:
        return tuple(read_receipt(folder).get("deliveries", ()))
    except UsageError:
        return ()


def folder_of(run: Run) -> Path:
    """Give the folder of the study of a run."""
    return Path(settings.RUNS) / f"run-{run.pk}"


def _inflow(results: Results) -> float:
    inflow = results.measures.get("inflow.total")
    return sum(spread.mean for spread in inflow.months.values()) if inflow else 0.0


def read(name: str) -> Results:
    """Read a study; again only when it was written again."""
    folder = settings.STUDIES / name
    found = _read(folder, (folder / "receipt.json").stat().st_mtime_ns)
    figures = known.known_on(today())
    return found if figures.stream is None and "deliveries" not in found.receipt else _with_counted(found, figures)


@lru_cache(maxsize=64)
def _with_counted(results: Results, figures: Observations) -> Results:
    """Put what is counted as known now beside what a study foresees, in the place of what was known when it was run."""
    chain = load_chain()
    counted = observed_measures(figures, chain)
    return replace(
        results,
        measures={name: _beside(row, counted.get(name, ())) for name, row in results.measures.items()},
        indicators={
            name: _beside(row, observed_series(name, figures, chain) if name in by_identifier() else ())
            for name, row in results.indicators.items()
        },
    )


def _beside(outlook: Outlook, points: Iterable[ObservedPoint]) -> Outlook:
    counted = (
        Observation(row.on, row.value, row.source_url, row.definition_nl, row.definition_en, row.reported)
        for row in points
    )
    return replace(outlook, observed=tuple(sorted(counted, key=lambda row: row.on)))


def choose(asked: str | None, remembered: str | None) -> Results | None:
    """Read the study that is asked for, else the one looked at before, else the most likely one of the newest month.

    Raises
    ------
    Http404
        When the study that is asked for does not exist.
    """
    names = [study.name for study in available()]
    if asked is not None and asked not in names and (damage := _damage(asked)):
        raise Http404(damage)
    if asked is not None and asked not in names:
        raise Http404(_("There is no study called “%(name)s”.") % {"name": asked})
    if not names:
        return None
    moved = max((name for name in names if name.startswith(f"{settings.FIRST_STUDY}{OF_A_MONTH}")), default=None)
    wished = [name for name in (asked, remembered, moved, settings.FIRST_STUDY) if name in names]
    return read([*wished, *names][0])


def _damage(asked: str) -> str:
    """Say that a study is there but cannot be read, and why; empty when there is none of that name."""
    if asked not in {folder.name for folder in list_studies(settings.STUDIES)}:
        return ""
    try:
        read(asked)
    except UsageError as error:
        where = ", ".join(str(problem.where) for problem in error.problems)
        words = {"name": asked, "files": where}
        return _("The study “%(name)s” is damaged or of another version (%(files)s). Run it again.") % words
    return ""


@lru_cache(maxsize=32)
def _read(folder: Path, _written: int) -> Results:
    return read_results(folder)


def staleness(results: Results) -> str:
    """Name the version that made a study when it is not the version that runs; empty when they are the same."""
    made_by = str(results.receipt.get("code_version", ""))
    return "" if made_by in {"", keten.__version__} else made_by
