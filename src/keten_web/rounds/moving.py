# SPDX-License-Identifier: EUPL-1.2
"""The base studies, each moved to the end of a month: a study of its own beside the ones of before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils.translation import override

import keten
from keten.domain.errors import KetenError, UsageError
from keten.scenario.model import Scenario
from keten.study.folder import read_receipt, scenario_of
from keten.study.inputs import Inputs, moved, prepare
from keten.study.receipt import input_hashes
from keten.study.results import list_studies
from keten.study.run import Settings, run_study
from keten_web.deliveries import known
from keten_web.studies import queries
from keten_web.words import wording

OF_A_MONTH = re.compile(rf"^(?P<base>.+){queries.OF_A_MONTH}(?P<month>\d{{4}}-\d{{2}})$")
"""Name of a base study that was moved: `letter-2023-most-likely--2023-06`."""


def name_of(base: str, end: date) -> str:
    return f"{base}{queries.OF_A_MONTH}{end:%Y-%m}"


def bases() -> list[Path]:
    """List the studies that are moved every month: those that are not such a moved one."""
    return [folder for folder in list_studies(settings.STUDIES) if not OF_A_MONTH.match(folder.name)]


def newest(base: str, before: date | None = None) -> Path | None:
    """Give the newest study of a base, moved ones first; with `before` one that starts before that day."""
    found = [
        (match["month"], folder)
        for folder in list_studies(settings.STUDIES)
        if (match := OF_A_MONTH.match(folder.name)) and match["base"] == base
        if before is None or match["month"] < f"{before:%Y-%m}"
    ]
    original = Path(settings.STUDIES) / base
    there = original if original in list_studies(settings.STUDIES) else None
    return max(found)[1] if found else there


def replications(folder: Path) -> int:
    """Say how many replications a study has; 0 when it cannot be read."""
    try:
        return int(read_receipt(folder)["replications"])
    except UsageError:
        return 0


def move(base: Path, end: date, known_on: date, progress: Callable[[int], None]) -> bool | None:
    """Run a base study from the end of a month, on the figures of a day.

    Returns
    -------
    True when it was run, False when it stood there already, None when the base does not reach beyond the month or
    starts no earlier than its end: it then stays as it is.

    Raises
    ------
    KetenError
        When it cannot be run; then nothing was written.
    """
    receipt = read_receipt(base)
    scenario = scenario_of(base, receipt)
    if not scenario.reference_date < end < scenario.horizon:
        return None
    folder = Path(settings.STUDIES) / name_of(base.name, end)
    asked = Settings(seed=int(receipt["seed"]), replications=int(receipt["replications"]))
    then = moved(scenario, end, max(known_on, scenario.law.figures_date))
    inputs = prepare(_titled(then, end), observations=known.known_on(then.law.figures_date))
    if _stands(folder, inputs, asked):
        progress(asked.replications)
        return False
    run_study(inputs, asked, folder, progress)
    return True


def _titled(scenario: Scenario, end: date) -> Scenario:
    """Say in the title from which day it starts, in both languages."""
    return scenario.model_copy(update={"title": scenario.title.model_copy(update=dict(_titles(scenario, end)))})


def _titles(scenario: Scenario, end: date) -> Iterator[tuple[str, str]]:
    for language, said in (("nl", "vanaf"), ("en", "from")):
        with override(language):
            yield language, f"{getattr(scenario.title, language)}, {said} {wording.day(end)}"


def _stands(folder: Path, inputs: Inputs, asked: Settings) -> bool:
    """Tell whether a study stands there that would come out the same."""
    try:
        receipt = read_receipt(folder)
    except KetenError:
        return False
    same = (receipt.get("seed"), receipt.get("replications"), receipt.get("code_version"), receipt.get("inputs"))
    return same == (asked.seed, asked.replications, keten.__version__, input_hashes(inputs))
