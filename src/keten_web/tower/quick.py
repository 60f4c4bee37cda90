# SPDX-License-Identifier: EUPL-1.2
"""The quick look, made in the web server: few replications, with everything of the base kept ready per program.

Where a worker has sharpened the same choices, its replications are shown instead.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.utils.translation import gettext_noop

from keten.questions.age import AgeOfStock, ages_of_stock
from keten.scenario.model import Scenario
from keten.study.folder import scenario_of as scenario_in
from keten.study.inputs import Inputs, prepare
from keten.study.results import Results
from keten.study.run import inputs_again
from keten.study.workers import Threads
from keten.whatif.account import Account, Choice
from keten.whatif.chosen import scenario_with
from keten.whatif.look import QuickLook, Simulated, compare_runs, simulate
from keten.whatif.sharpen import common_number, key_of, read_kept

REPLICATIONS = 4
"""Few enough to answer at once; the same as the first of the study, so that the full number only sharpens them."""

PAGE = gettext_noop("what-if page")
"""The source of what is chosen here."""

ASKED = ("Keten", "Asked on the what-if page; nobody has decided on it.")
Asked = tuple[tuple[str, Choice], ...]

_AT_ONCE = Threads(min(os.cpu_count() or 1, REPLICATIONS))
"""Somebody waits for the answer, so every core helps, also those that another process of the site left idle."""

_ONE_AT_A_TIME = Lock()


def account(owner: str = ASKED[0], reason: str = ASKED[1]) -> Account:
    """Say who asks and why; the source is the page itself."""
    return Account(owner, reason, PAGE)


def scenario_of(results: Results) -> Scenario | None:
    """Give the scenario a study was made of, from its receipt; None when the receipt does not hold it.

    Raises
    ------
    UsageError
        When this version cannot read it.
    """
    written = results.receipt.get("scenario")
    return scenario_in(results.folder, results.receipt) if isinstance(written, dict) else None


def seed_of(results: Results) -> int:
    return int(results.receipt.get("seed", 7))


def base_of(results: Results) -> Inputs | None:
    """Give the inputs of a study, prepared once; None when the receipt does not hold its scenario."""
    return _base(results.folder, _written(results)) if scenario_of(results) else None


def ages_of(results: Results) -> tuple[AgeOfStock, ...]:
    """Count the stock of a study by age on its reference date, once; nothing when its scenario is not there."""
    return _ages(results.folder, _written(results)) if scenario_of(results) else ()


@lru_cache(maxsize=8)
def _ages(folder: Path, written: int) -> tuple[AgeOfStock, ...]:
    return ages_of_stock(_base(folder, written))


def look(results: Results, asked: Asked, replications: int = REPLICATIONS) -> QuickLook:
    """Compare choices with the base of a study; only what was not asked before is run.

    Raises
    ------
    ScenarioError
        When the choices are impossible.
    """
    return _look(results.folder, _written(results), seed_of(results), asked, replications)


def _written(results: Results) -> int:
    return (results.folder / "receipt.json").stat().st_mtime_ns


@lru_cache(maxsize=8)
def _base(folder: Path, _written: int) -> Inputs:
    return inputs_again(folder)


def _base_run(folder: Path, written: int, seed: int, replications: int) -> Simulated:
    with _ONE_AT_A_TIME:  # who comes second waits and finds it ready, instead of doing it again
        return _simulated_base(folder, written, seed, replications)


@lru_cache(maxsize=8)
def _simulated_base(folder: Path, written: int, seed: int, replications: int) -> Simulated:
    return _run(_base(folder, written), seed, replications)


def _run(inputs: Inputs, seed: int, replications: int) -> Simulated:
    return simulate(inputs, replications=replications, seed=seed, workers=_AT_ONCE)


@lru_cache(maxsize=64)
def _look(folder: Path, written: int, seed: int, asked: Asked, replications: int) -> QuickLook:
    base = _base_run(folder, written, seed, replications)
    variant = _variant(folder, written, asked)
    if variant is base.inputs:
        return compare_runs(base, base)
    return compare_runs(base, _run(variant, seed, replications))


@lru_cache(maxsize=64)
def _variant(folder: Path, written: int, asked: Asked) -> Inputs:
    base = _base(folder, written)
    scenario = scenario_with(base, dict(asked), account())
    return base if scenario == base.scenario else prepare(scenario, observations=base.observations)


# Sharper -------------------------------------------------------------------------------------------------------------


def sharpest(results: Results, asked: Asked) -> QuickLook:
    """Compare choices with the base of a study, over the most replications that a worker has kept; else quickly.

    Raises
    ------
    ScenarioError
        When the choices are impossible.
    """
    number = sharpened_to(results, asked)
    found = (
        _sharp(results.folder, _written(results), seed_of(results), asked, number) if number > REPLICATIONS else None
    )
    return found or look(results, asked)


def sharpened_to(results: Results, asked: Asked) -> int:
    """Say with how many replications both the base and the choices are kept; none is zero."""
    return common_number(settings.SIMULATIONS, _keys(results.folder, _written(results), seed_of(results), asked))


@lru_cache(maxsize=256)
def _keys(folder: Path, written: int, seed: int, asked: Asked) -> tuple[str, ...]:
    return tuple(key_of(inputs, seed) for inputs in (_base(folder, written), _variant(folder, written, asked)))


@lru_cache(maxsize=32)
def _sharp(folder: Path, written: int, seed: int, asked: Asked, number: int) -> QuickLook | None:
    keys = _keys(folder, written, seed, asked)
    pair = (_base(folder, written), _variant(folder, written, asked))
    kept = [
        read_kept(settings.SIMULATIONS, key, inputs, seed=seed, replications=number)
        for key, inputs in zip(keys, pair, strict=True)
    ]
    return compare_runs(*kept) if all(kept) else None
