# SPDX-License-Identifier: EUPL-1.2
"""Work out the answer of an inquiry, with what the core knows; in a worker, never in the site itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any

import polars as pl
from django.conf import settings

from keten.domain.errors import Problem, UsageError
from keten.domain.figures import Range
from keten.questions.compare import interval_document
from keten.questions.explain import Explanation, explain, runs_needed
from keten.questions.price import Commitment, by_group, document_of, price_of, weeks_of
from keten.questions.price import runs_at_most as runs_for_promise
from keten.questions.seek import Goal
from keten.questions.tornado import Bar, matters, name_of, tornado, uncertain_parameters
from keten.scenario.model import Scenario
from keten.study.inputs import Inputs, prepare
from keten.study.interval import interval_of_mean
from keten.study.results import Results, month_end
from keten.study.variants import Variant, run_variants
from keten.whatif.chosen import in_base, scenario_with
from keten.whatif.lever import levers_of
from keten.whatif.seek import runs_at_most, seek_choice
from keten.whatif.sharpen import grown, kept_numbers, key_of, steps_until
from keten_web.studies import queries as studies
from keten_web.tower import quick
from keten_web.tower.models import Inquiry, Kind

Tell = Callable[[int, int], None]
"""Is told how many runs are done, of how many."""

FULL = 100
"""Replications to which the what-if page sharpens by itself; those of a study that is made in the background."""


REPLICATIONS = {Kind.EXPLAIN: 20, Kind.RANK: 4, Kind.SEEK: 10, Kind.PROMISE: 6}
"""Replications of each of the many runs of a question: pairs on the same luck, so few tell much."""

MOST_BARS = 12
"""Assumptions that are shown; those below them do next to nothing."""

HORIZON, TOTAL = "horizon", "total"
FIGURES = (
    ("stock.track_4", HORIZON),
    ("overdue.track_4", HORIZON),
    ("production.track_4", TOTAL),
    ("withdrawn.track_4", TOTAL),
    ("remitted", TOTAL),
    ("oldest_tenth.track_4", HORIZON),
    ("penalties.paid", TOTAL),
    ("reception.occupancy", HORIZON),
    ("reception.emergency", HORIZON),
    ("permit_holders_waiting", HORIZON),
    ("stock.appeal", HORIZON),
    ("cost.total", TOTAL),
)
"""The figures of the what-if page: at the horizon, or added up until it."""


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
        return prepare(self.scenario, observations=self.base.observations)


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
    if inquiry.kind == Kind.SEEK and inquiry.answer:
        return "afterwards" in inquiry.answer  # an answer of before did not say how it goes on
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


# The change as steps -------------------------------------------------------------------------------------------------


def explain_steps(ground: Ground, tell: Tell) -> dict[str, Any]:
    """Divide what the choices do over the choices, for every figure of the page."""
    runs = REPLICATIONS[Kind.EXPLAIN] * runs_needed(ground.base.scenario, ground.scenario)
    found = explain(
        ground.base.scenario,
        ground.scenario,
        replications=REPLICATIONS[Kind.EXPLAIN],
        seed=ground.seed,
        progress=lambda done: tell(done, runs),
        observations=ground.base.observations,
    )
    figures = [_divided(found, measure, kind) for measure, kind in FIGURES]
    return {"replications": REPLICATIONS[Kind.EXPLAIN], "figures": [figure for figure in figures if figure]}


def _divided(found: Explanation, measure: str, kind: str) -> dict[str, Any] | None:
    rows = found.total.filter(pl.col("measure") == measure)
    if not rows.height:
        return None
    of_step = found.effects.filter(pl.col("measure") == measure)
    return {
        "measure": measure,
        "unit": rows["unit"][0],
        "base": fmean(_outcomes(found.base.filter(pl.col("measure") == measure), kind)),
        "total": _interval(_outcomes(rows, kind)),
        "steps": [
            {"id": name, "nl": words.nl, "en": words.en}
            | _interval(_outcomes(of_step.filter(pl.col("step") == name), kind))
            for name, words in found.names.items()
        ],
    }


def _outcomes(rows: pl.DataFrame, kind: str) -> list[float]:
    """Give an outcome per replication: at the horizon, or added up until it."""
    if kind == HORIZON:
        rows = rows.filter(pl.col("period_end") == pl.col("period_end").max())
    summed = rows.sort("replication", "period_end").group_by("replication", maintain_order=True)
    return [float(value) for value in summed.agg(pl.col("value").sum())["value"].to_list()]


def _interval(outcomes: list[float]) -> dict[str, float | None]:
    return interval_document(interval_of_mean(outcomes))


# Assumptions ranked --------------------------------------------------------------------------------------------------


def rank(ground: Ground, tell: Tell) -> dict[str, Any]:
    """Rank the uncertain parameters by what they do to a figure at the horizon, with the choices made."""
    measure, number = str(ground.question["measure"]), REPLICATIONS[Kind.RANK]
    inputs = ground.variant
    parameters = [row for row in uncertain_parameters(inputs, ground.seed) if matters(row, measure)]
    runs = number * (1 + 2 * len(parameters))
    found = tornado(
        inputs,
        measure=measure,
        month=f"{inputs.span.horizon:%Y-%m}",
        replications=number,
        seed=ground.seed,
        progress=lambda done: tell(done, runs),
    )
    return {
        "replications": number,
        "measure": measure,
        "unit": found.unit,
        "month": found.month,
        "central": found.central,
        "tried": len(found.bars),
        "bars": [_bar(bar, inputs) for bar in found.bars[:MOST_BARS]],
    }


def _bar(bar: Bar, inputs: Inputs) -> dict[str, Any]:
    words = name_of(bar.parameter.name, inputs.chain)
    return {
        "nl": words.nl,
        "en": words.en,
        "unit": bar.parameter.unit,
        "ends": [bar.parameter.low, bar.parameter.mode, bar.parameter.high],
        "low": interval_document(bar.low),
        "high": interval_document(bar.high),
    }


# What it takes -------------------------------------------------------------------------------------------------------


def seek(ground: Ground, tell: Tell) -> dict[str, Any]:
    """Find the least turn of a lever that meets a goal, on top of the choices."""
    asked, number = ground.question, REPLICATIONS[Kind.SEEK]
    goal = Goal(str(asked["measure"]), bool(asked["at_most"]), float(asked["value"]), str(asked["month"]))
    lever = next(row for row in levers_of(ground.base) if row.id == asked["lever"])
    standing = float({**in_base(ground.base), **ground.choices}[lever.id])
    runs = number * runs_at_most(lever, standing)
    found = seek_choice(
        ground.base,
        ground.choices,
        goal,
        lever.id,
        account=quick.account(),
        replications=number,
        seed=ground.seed,
        progress=lambda done: tell(min(done, runs), runs),
    )
    return {
        **asked,
        "replications": number,
        "standing": found.standing,
        "bound": found.bound,
        "found": found.found.value if found.found else None,
        "needless": found.is_needless,
        "monotone": found.monotone,
        "reached": _reached(found.answered.outcome),
        "afterwards": found.answered.afterwards.as_document(),
        "tried": [{"value": row.value, **_reached(row.outcome)} for row in found.tried],
    }


def _reached(outcome: Range) -> dict[str, float]:
    return {name: getattr(outcome, name) for name in ("p10", "p50", "p90", "mean")}


# The price of a promise ----------------------------------------------------------------------------------------------


def promise(ground: Ground, tell: Tell) -> dict[str, Any]:
    """Work out what a promise takes; without weeks it is to be as fast as the other group goes by itself."""
    asked, number = ground.question, REPLICATIONS[Kind.PROMISE]
    by, weeks = month_end(str(asked["by"])), asked["weeks"]
    runs = number * (runs_for_promise() + 1)
    if weeks is None:
        values = run_variants(
            [Variant("base", ground.base)],
            replications=number,
            seed=ground.seed,
            look=by_group,
            progress=lambda done: tell(done, runs),
        )
        weeks = max(0.1, round(fmean(weeks_of(values, str(asked["other"]), by)), 1))
    price = price_of(
        ground.base,
        Commitment(str(asked["group"]), float(weeks), by),
        replications=number,
        seed=ground.seed,
        progress=lambda done: tell(min(number + done, runs), runs),
    )
    return {**document_of(price), "replications": number}


_ANSWERS: Mapping[Kind, Callable[[Ground, Tell], dict[str, Any]]] = {
    Kind.SHARPEN: sharpen,
    Kind.EXPLAIN: explain_steps,
    Kind.RANK: rank,
    Kind.SEEK: seek,
    Kind.PROMISE: promise,
}
