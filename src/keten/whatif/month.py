# SPDX-License-Identifier: EUPL-1.2
"""What an expectation became in a month, and why: the study of before beside the one that starts a month later.

The distance between the two is divided in a fixed order, as the outcome of a choice is (`keten.whatif.ledger`): the
study of before is run again by the model of now, then with figures as they are known now, then with the inflow as it
was, then under the rules as they are known now. What then still differs at the new reference date is what was handled
otherwise than expected: production. What that does later is measured too: the study of now is run once more from the
stock that was expected for its first day, in the place of the stock that is known. All over the same replications, so
that the parts add up; what they leave is the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import partial
from math import fsum
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.domain.errors import Problem, ScenarioError
from keten.observations import Observations
from keten.parameters.opening_stock import OpeningGroup, load_opening_stock
from keten.parameters.values import Quantity
from keten.questions.compare import Study
from keten.scenario.model import Scenario
from keten.study.inputs import Inputs, moved, prepare
from keten.study.replicate import Progress
from keten.study.variants import Variant, of_variant, run_variants
from keten.study.work import Workers
from keten.whatif.ledger import DECIMALS, arrivals_as_they_were, with_rules

MEASURES = ("stock.track_4", "overdue.track_4", "stock.family_reunification", "reception.occupancy")
"""What the round of the month is about: quantities of which a count can stand beside an expectation."""
REPLICATIONS = 12
"""Of each run at most: enough to say which way a cause pulls, few enough to wait for."""


class Because(StrEnum):
    """Why an expectation changed, as it is told; `PRODUCTION` is what was handled otherwise than expected."""

    INFLOW = "inflow"
    PRODUCTION = "production"
    RULES = "rules"
    CORRECTIONS = "corrections"
    MODEL = "model"
    REST = "rest"


OPENED_AS_EXPECTED = "opened_as_expected"
EXPECTED_COUNTS = {
    "track_1": "stock.track_1",
    "track_2": "stock.track_2",
    "track_4": "stock.track_4",
    "family_reunification": "stock.family_reunification",
    "appeal": "stock.appeal",
    "permit_holders": "permit_holders_waiting",
}
"""Group of the opening stock -> the measure that says how many were expected in it."""
RUN_AGAIN = (Because.MODEL, Because.CORRECTIONS, Because.INFLOW, Because.RULES)
"""The causes that a run of the study of before shows, in the order in which each is added to the ones before it."""


@dataclass(frozen=True)
class Change:
    """One measure at one month end: expected before, expected now, and the causes that add up to the difference."""

    measure: str
    unit: str
    on: date
    before: float
    after: float
    because: Mapping[Because, float]

    def as_document(self) -> dict[str, Any]:
        """Write out in full, for keeping."""
        parts = {cause.value: self.because[cause] for cause in Because}
        return {
            "measure": self.measure,
            "unit": self.unit,
            "on": self.on.isoformat(),
            "before": self.before,
            "after": self.after,
            "because": parts,
        }


def runs_needed() -> int:
    """Count the replications that `changed_since` runs, for a progress bar."""
    return (len(RUN_AGAIN) + 1) * REPLICATIONS


def changed_since(
    before: Study,
    after: Study,
    *,
    known_on: date,
    figures: Observations,
    figures_before: Observations,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
) -> tuple[Change, ...]:
    """Divide what an expectation became over its causes, at the new reference date and at every later year end.

    Parameters
    ----------
    before, after
        The same scenario from an earlier and from a later reference date, run with one seed.
    known_on
        Day as of which figures and law are known now.
    figures, figures_before
        The figures as known then, and as known when the study of before was made.

    Raises
    ------
    ScenarioError
        When the later study does not start later, or they were run with different seeds.
    """
    _check_pair(before, after)
    start = after.scenario.reference_date
    number = min(REPLICATIONS, *(int(study.receipt["replications"]) for study in (before, after)))
    run = partial(run_variants, replications=number, seed=int(before.receipt["seed"]), workers=workers)
    again = [Variant(cause.value, made) for cause, made in _again(before.scenario, known_on, figures, figures_before)]
    values = run(again, progress=progress)
    expected = of_variant(values, Because.RULES.value).filter(pl.col("period_end") == start)
    opened = Variant(OPENED_AS_EXPECTED, _opened_as_expected(after.scenario, figures, expected))
    first = partial(_means, most=number)
    runs = {cause: first(of_variant(values, cause.value)) for cause in RUN_AGAIN}
    from_expected = first(run([opened], progress=lambda done: progress(len(again) * number + done)))
    return tuple(_changes(first(before.values), runs, from_expected, first(after.values), start))


def _opened_as_expected(after: Scenario, figures: Observations, expected: pl.DataFrame) -> Inputs:
    """Prepare the study of now from the stock that was expected for its first day, group by group."""
    counts = {measure: value for measure, value in expected.group_by("measure").agg(pl.col("value").mean()).iter_rows()}
    groups = [_as_expected(group, counts.get(EXPECTED_COUNTS.get(group.id, ""))) for group in load_opening_stock()]
    return prepare(after, observations=figures, opening_groups=groups)


def _as_expected(group: OpeningGroup, count: float | None) -> OpeningGroup:
    if count is None:
        return group
    unit = "persons" if group.id == "permit_holders" else "cases"
    assumed = Quantity(value=round(count), unit=unit, assumption="What the study of before expected for this day.")
    changed = {"id": f"expected_{group.id}", "observed": None, "count": assumed}  # a delivered count is not asked for
    return group.model_copy(update=changed)


def _check_pair(before: Study, after: Study) -> None:
    problems = []
    if after.scenario.reference_date <= before.scenario.reference_date:
        remedy = "Give the study of an earlier month first."
        problems.append(Problem("reference_date", "of the second study is not later than of the first.", remedy))
    if before.receipt["seed"] != after.receipt["seed"]:
        problems.append(Problem("seed", "differs between the studies.", "Run both with the same seed."))
    if problems:
        raise ScenarioError("What changed in a month", problems)


def _again(
    before: Scenario, known_on: date, figures: Observations, figures_before: Observations
) -> Iterator[tuple[Because, Inputs]]:
    """Prepare the study of before again, each time with one thing more as it is known now."""
    yield Because.MODEL, prepare(before, observations=figures_before)
    corrected = moved(before, None, max(known_on, before.law.figures_date))
    inputs = prepare(corrected, observations=figures)
    yield Because.CORRECTIONS, inputs
    arrivals = arrivals_as_they_were(inputs, figures)
    yield Because.INFLOW, _with_arrivals(inputs, arrivals)
    yield Because.RULES, _with_arrivals(prepare(with_rules(corrected, known_on), observations=figures), arrivals)


def _with_arrivals(inputs: Inputs, arrivals: NDArray[np.int32] | None) -> Inputs:
    return replace(inputs, known_arrivals=arrivals)


Means = Mapping[tuple[str, str, date], float]


def _means(values: pl.DataFrame, *, most: int) -> Means:
    """Average each measure at each month end over the first replications, the same for every run."""
    mine = values.filter(pl.col("measure").is_in(MEASURES) & (pl.col("replication") < most))
    rows = mine.sort("replication").group_by("measure", "unit", "period_end").agg(pl.col("value").mean())
    return {(measure, unit, on): value for measure, unit, on, value in rows.iter_rows()}


def _changes(
    before: Means, runs: Mapping[Because, Means], from_expected: Means, after: Means, start: date
) -> Iterator[Change]:
    last = max((on for _measure, _unit, on in after), default=start)
    for measure, unit, on in sorted(after, key=lambda row: (MEASURES.index(row[0]), row[2])):
        told = on in (start, last) or (on.month == 12 and on > start)
        steps = [before, *(runs[cause] for cause in RUN_AGAIN)]
        if not told or any((measure, unit, on) not in step for step in steps):
            continue
        levels = [step[measure, unit, on] for step in steps]
        parts = {
            cause: round(later - earlier, DECIMALS)
            for cause, earlier, later in zip(RUN_AGAIN, levels, levels[1:], strict=False)
        }
        base = runs[Because.RULES] if on == start else from_expected
        handled = after[measure, unit, on] - base.get((measure, unit, on), after[measure, unit, on])
        parts[Because.PRODUCTION] = round(handled, DECIMALS)
        was, becomes = round(levels[0], DECIMALS), round(after[measure, unit, on], DECIMALS)
        parts[Because.REST] = round(becomes - was - fsum(parts.values()), DECIMALS)
        yield Change(measure, unit, on, was, becomes, parts)
