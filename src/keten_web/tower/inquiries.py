# SPDX-License-Identifier: EUPL-1.2
"""Work out the answer of an inquiry, with what the core knows; in a worker, never in the site itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from keten.domain.errors import Problem, UsageError
from keten.study.inputs import Inputs, prepare
from keten.study.results import Results
from keten.study.scenario import Scenario
from keten.study.sharpen import grown, kept_numbers, key_of, steps_until
from keten.study.what_if import scenario_with
from keten_web.studies import queries as studies
from keten_web.tower import quick
from keten_web.tower.models import Inquiry, Kind

Tell = Callable[[int, int], None]
"""Is told how many runs are done, of how many."""

FULL = 100
"""Replications to which the what-if page sharpens by itself; those of a study that is made in the background."""


@dataclass(frozen=True)
class Ground:
    """What a question is about: a study, the choices on it, and what else was asked."""

    results: Results
    base: Inputs
    choices: Mapping[str, float | str]
    question: Mapping[str, Any]

    @property
    def seed(self) -> int:
        return quick.seed_of(self.results)

    @cached_property
    def scenario(self) -> Scenario:
        return scenario_with(self.base, self.choices, quick.account())

    @cached_property
    def variant(self) -> Inputs:
        return prepare(self.scenario)


def ground_of(inquiry: Inquiry) -> Ground:
    """Find what an inquiry is about.

    Raises
    ------
    UsageError
        When the study is not there any more, or was made again since.
    """
    try:
        results = studies.read(inquiry.base)
        base = quick.base_of(results)
    except OSError:
        results, base = None, None
    if results is None or base is None or results.receipt.get("output_hash") != inquiry.base_hash:
        remedy = "Ask the question again on the study that is there now."
        raise UsageError("The question", [Problem(inquiry.base, "is not the study it was asked about.", remedy)])
    return Ground(results, base, inquiry.choices, inquiry.question)


def answer(inquiry: Inquiry, tell: Tell) -> dict[str, Any]:
    """Work out an answer."""
    return _ANSWERS[Kind(inquiry.kind)](ground_of(inquiry), tell)


def is_remembered(inquiry: Inquiry) -> bool:
    """Say whether what an inquiry worked out is still there."""
    if inquiry.kind != Kind.SHARPEN or not inquiry.answer:
        return bool(inquiry.answer)
    number = inquiry.answer["replications"]
    return all(number in kept_numbers(settings.SIMULATIONS, key) for key in inquiry.answer["kept"])


def sharpen(ground: Ground, tell: Tell) -> dict[str, Any]:
    """Run base and choices to the full number, and keep every step so that the page can show it."""
    full = int(ground.question.get("replications", FULL))
    pair = (ground.base, ground.variant)
    keys = [key_of(inputs, ground.seed) for inputs in pair]
    done = [max([0, *(row for row in kept_numbers(settings.SIMULATIONS, key) if row <= full)]) for key in keys]
    tell(sum(done), 2 * full)

    def progress(position: int) -> Callable[[int], None]:
        def told(number: int) -> None:
            done[position] = max(done[position], number)
            tell(sum(done), 2 * full)

        return told

    for step in steps_until(full):
        for position, inputs in enumerate(pair):
            if step > done[position] or step == full:
                grown(
                    inputs,
                    seed=ground.seed,
                    replications=step,
                    folder=settings.SIMULATIONS,
                    progress=progress(position),
                )
    return {"replications": full, "kept": keys}


_ANSWERS: Mapping[Kind, Callable[[Ground, Tell], dict[str, Any]]] = {
    Kind.SHARPEN: sharpen,
}
