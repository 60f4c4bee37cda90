# SPDX-License-Identifier: EUPL-1.2
"""The change between two scenarios as named steps that add up.

Every choice in which the scenarios differ is made alone on the base, over the same replications. What the choices do
together beyond the sum of what they do alone is one last step, the interaction. So the steps add up to the whole
change, replication by replication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from keten.domain.errors import Problem, ScenarioError
from keten.domain.language import Words
from keten.observations import Observations
from keten.parameters.chain import Chain
from keten.parameters.load import load_chain
from keten.scenario.model import Scenario
from keten.scenario.words import Choices, change_in_words, choices_of, value_of
from keten.study.folder import read_receipt, scenario_of
from keten.study.inputs import prepare
from keten.study.replicate import Progress
from keten.study.variants import KEY, Variant, of_variant, paired, run_variants
from keten.study.work import Workers

BASE, OTHER, INTERACTION = "base", "other", "interaction"

_MUST_AGREE = ("reference_date", "horizon")


@dataclass(frozen=True)
class Step:
    """One choice in which two scenarios differ, and the base with this choice alone."""

    id: str
    words: Words
    scenario: Scenario


@dataclass(frozen=True)
class Explanation:
    """The steps between two scenarios, and per step, measure, replication and month its effect.

    `effects` has the columns step, measure, unit, replication, period_end, value; the steps of a replication add up to
    `total`, which has the same columns without step. `base` holds the measures of the base.
    """

    steps: tuple[Step, ...]
    base: pl.DataFrame
    total: pl.DataFrame
    effects: pl.DataFrame

    @property
    def names(self) -> dict[str, Words]:
        """Name of every step, the interaction last."""
        together = Words(
            nl="wisselwerking: samen meer of minder dan los", en="interaction: together more or less than alone"
        )
        return {step.id: step.words for step in self.steps} | {INTERACTION: together}


def pairing_of(folders: Sequence[Path]) -> tuple[Scenario, Scenario, Mapping[str, Any]]:
    """Read the scenarios of two studies from their receipts, and the receipt of the base.

    Raises
    ------
    UsageError
        When a folder holds no complete study.
    ScenarioError
        When there are not two.
    """
    if len(folders) != 2:
        remedy = "Give the base and the other."
        raise ScenarioError("The explanation", [Problem("folders", f"{len(folders)} instead of two.", remedy)])
    receipts = [read_receipt(folder) for folder in folders]
    base, other = (scenario_of(folder, receipt) for folder, receipt in zip(folders, receipts, strict=True))
    return base, other, receipts[0]


def explain(
    base: Scenario,
    other: Scenario,
    *,
    replications: int,
    seed: int,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
    observations: Observations | None = None,
) -> Explanation:
    """Run the base, the other and every step between them, and divide the change over the steps.

    Raises
    ------
    ScenarioError
        When the scenarios do not speak of the same days, or a choice cannot be made alone.
    """
    steps = steps_between(base, other, load_chain())
    scenarios = [(BASE, base), (OTHER, other), *((step.id, step.scenario) for step in steps)]
    variants = [Variant(name, prepare(scenario, observations=observations)) for name, scenario in scenarios]
    values = run_variants(variants, replications=replications, seed=seed, workers=workers, progress=progress)
    total, effects = divide(values, [step.id for step in steps])
    return Explanation(steps, of_variant(values, BASE), total, effects)


def runs_needed(base: Scenario, other: Scenario) -> int:
    """Count the variants that an explanation runs, for a progress bar."""
    return 2 + len(steps_between(base, other, load_chain()))


def divide(values: pl.DataFrame, steps: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Divide the change from `base` to `other` over the steps; what is left is the interaction.

    Parameters
    ----------
    values
        variant, measure, unit, replication, period_end, value; variants `base`, `other` and every step.

    Returns
    -------
    The whole change per measure, replication and month, and the same by step, the interaction included. Only where
    every variant knows the measure.
    """
    before = of_variant(values, BASE)
    total = paired(before, of_variant(values, OTHER))
    effects = {step: paired(before, of_variant(values, step)) for step in steps}
    for effect in effects.values():
        total = total.join(effect.select(KEY), on=KEY, how="semi")
    known = [
        effect.join(total.select(KEY), on=KEY, how="semi").select(pl.lit(step).alias("step"), *KEY, "value")
        for step, effect in effects.items()
    ]
    alone = pl.concat([total.select(*KEY, value=-pl.col("value")), *(effect.select(*KEY, "value") for effect in known)])
    rest = alone.group_by(KEY).agg(value=0.0 - pl.col("value").sum()).sort(KEY)
    return total.sort(KEY), pl.concat([*known, rest.select(pl.lit(INTERACTION).alias("step"), *KEY, "value")])


# Choices -------------------------------------------------------------------------------------------------------------


def steps_between(base: Scenario, other: Scenario, chain: Chain) -> tuple[Step, ...]:
    """List the choices in which two scenarios differ, each made alone on the base.

    Raises
    ------
    ScenarioError
        When the scenarios do not speak of the same days, or a choice cannot be made alone.
    """
    both = {name: (getattr(base, name), getattr(other, name)) for name in _MUST_AGREE}
    problems = [
        Problem(name, f"{old} and {new} differ.", f"Give both scenarios the same {name}.")
        for name, (old, new) in both.items()
        if old != new
    ]
    if problems:
        raise ScenarioError("The explanation", problems)
    return tuple(_steps(base, choices_of(base), choices_of(other), chain))


def _steps(base: Scenario, old: Choices, new: Choices, chain: Chain) -> Iterator[Step]:
    for paths in _changed(old, new):
        document = deepcopy(base.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        for path in paths:
            _put(document, path, new.get(path))
        said = [change_in_words(path, value_of(old.get(path)), value_of(new.get(path)), chain) for path in paths]
        words = Words(nl="; ".join(word.nl for word in said), en="; ".join(word.en for word in said))
        yield Step(".".join(paths[0]), words, _checked(document, ".".join(paths[0])))


def _changed(old: Choices, new: Choices) -> list[list[tuple[str, ...]]]:
    """List the paths that differ; a division of the hours goes with the order that it needs."""
    differ = [path for path in {**old, **new} if value_of(old.get(path)) != value_of(new.get(path))]
    groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for path in differ:
        needs = (*path[:-1], "order") if path[-1] == "overdue_share" else path
        groups.setdefault(needs if needs in differ else path, []).append(path)
    return list(groups.values())


def _put(document: dict[str, Any], path: tuple[str, ...], choice: Any) -> None:
    for name in path[:-1]:
        document = document.setdefault(name, {})
    if choice is None:
        document.pop(path[-1], None)
    else:
        document[path[-1]] = choice


def _checked(document: dict[str, Any], step: str) -> Scenario:
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        remedy = "Make a scenario in between that changes it together with what it needs, and explain in two parts."
        raise ScenarioError(
            "The explanation",
            [
                Problem(step, f"cannot be changed alone: {detail['msg'].removeprefix('Value error, ')}.", remedy)
                for detail in error.errors()
            ],
        ) from None
