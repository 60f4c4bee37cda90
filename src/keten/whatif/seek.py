# SPDX-License-Identifier: EUPL-1.2
"""What would it take? The least turn of one what-if lever that meets a goal, found by halving.

The answer is a set of choices again, so it opens on the what-if page and as a scenario like any other. The lever is
turned from how it stands towards the bound that helps, never beyond what is possible in reality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log2

from keten.domain.errors import Problem, ScenarioError
from keten.questions.afterwards import Statistic
from keten.questions.seek import Goal, Tried, least_that, try_out
from keten.study.inputs import Inputs, prepare
from keten.study.replicate import Progress
from keten.study.variants import month_asked
from keten.study.work import Workers
from keten.whatif.account import Account, Choice, Choices
from keten.whatif.chosen import in_base, scenario_with
from keten.whatif.lever import Lever, levers_of


@dataclass(frozen=True)
class Turned:
    """What was found: every value tried, and the first that meets the goal; None when nothing does.

    `standing` is how the lever stood; `bound` is the end that helps most.
    """

    goal: Goal
    lever: Lever
    statistic: Statistic
    standing: float
    bound: float
    tried: tuple[Tried, ...]
    found: Tried | None

    @property
    def is_needless(self) -> bool:
        """True when the goal is met without turning the lever."""
        return self.found is not None and self.found.value == self.standing

    @property
    def monotone(self) -> bool:
        """True when, among the values tried, turning further never made the measure worse."""
        onward = sorted(self.tried, key=lambda row: row.value, reverse=self.bound < self.standing)
        reached = [row.reached(self.statistic) for row in onward]
        rises = all(later >= earlier for earlier, later in pairwise(reached))
        falls = all(later <= earlier for earlier, later in pairwise(reached))
        return falls if self.goal.at_most else rises

    @property
    def at_bound(self) -> Tried:
        """What the furthest turn came to; where the lever stands when no turn helps."""
        return next(row for row in self.tried if row.value == self.bound)

    @property
    def answered(self) -> Tried:
        """What the answer speaks of: the least that meets the goal, else what is reached at the bound."""
        return self.found or self.at_bound


def values_between(lever: Lever, standing: float, bound: float) -> list[float]:
    """List every value from where a lever stands to a bound, in its steps; both ends are in it."""
    step = lever.step if bound >= standing else -lever.step
    count = int(abs(bound - standing) / lever.step)
    values = [round(standing + number * step, 9) for number in range(count + 1)]
    return values if values[-1] == bound else [*values, bound]


def runs_at_most(lever: Lever, standing: float) -> int:
    """Count the values that are tried at most, for a progress bar."""
    longest = max(len(values_between(lever, standing, bound)) for bound in (lever.low, lever.high))
    return 3 + ceil(log2(max(2, longest)))


def lever_problems(base: Inputs, name: str, goal: Goal, measures: Sequence[str]) -> list[Problem]:
    """Say what is wrong with a lever or a goal."""
    numbers = [lever.id for lever in levers_of(base) if not lever.chooses]
    problems = []
    if name not in numbers:
        problems.append(Problem("lever", f"{name} is no lever with a number.", f"Choose from: {', '.join(numbers)}."))
    if goal.measure not in measures:
        problems.append(Problem("measure", f"there is no {goal.measure}.", f"Choose from: {', '.join(measures)}."))
    months = sorted({f"{base.span.day(int(day)):%Y-%m}" for day in base.calendar.month_end})
    return [*problems, *month_asked("month", goal.month, months)]


def seek_choice(
    base: Inputs,
    choices: Choices,
    goal: Goal,
    name: str,
    *,
    account: Account,
    replications: int,
    seed: int,
    statistic: Statistic = "p50",
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
) -> Turned:
    """Find the least turn of a lever, on top of choices, that meets a goal.

    Parameters
    ----------
    progress
        Is told how many replications are done.

    Raises
    ------
    ScenarioError
        When there is no such lever, or the month is outside the study.
    """
    lever = next((row for row in levers_of(base) if row.id == name and not row.chooses), None)
    if lever is None:
        raise ScenarioError("The question", lever_problems(base, name, goal, [goal.measure]))
    standing = float({**in_base(base), **choices}[name])
    tried: dict[float, Tried] = {}

    def reached(value: float) -> float:
        if value not in tried:
            changed: dict[str, Choice] = {**choices, name: value}
            before = replications * len(tried)
            tried[value] = try_out(
                value,
                prepare(scenario_with(base, changed, account), observations=base.observations),
                goal,
                statistic,
                replications=replications,
                seed=seed,
                workers=workers,
                progress=lambda done: progress(before + done),
            )
        return tried[value].reached(statistic)

    def met(value: float) -> bool:
        return goal.is_met(reached(value))

    found, bound = standing, standing
    if not met(standing):
        best = min if goal.at_most else max
        bound = best((lever.low, lever.high), key=reached)
        values = values_between(lever, standing, bound)
        position = least_that(lambda number: met(values[number]), len(values))
        found = standing if position is None else values[position]
    ordered = tuple(tried[value] for value in sorted(tried))
    return Turned(goal, lever, statistic, standing, bound, ordered, tried[found] if met(found) else None)
