# SPDX-License-Identifier: EUPL-1.2
"""What would it take? The least of a lever that meets a target, found by halving, over the same replications.

A lever is extra capacity of a resource, or the start of what is planned for it. The answer opens as an ordinary
scenario. Halving is right only when more of the lever never makes the measure worse; every value that was tried is in
the answer, with the remark whether they bear that out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from keten.domain.errors import Problem, ScenarioError
from keten.domain.figures import Range
from keten.domain.language import Words
from keten.parameters.chain import Chain
from keten.parameters.values import Quantity
from keten.questions.afterwards import Afterwards, Statistic, afterwards, measures_and_loads, outcome_in
from keten.scenario.model import Capacity, Scenario
from keten.study.inputs import Inputs
from keten.study.replicate import Progress
from keten.study.results import month_end
from keten.study.variants import Variant, known_name, month_asked, run_variants
from keten.study.work import Workers

_GOAL = re.compile(r"^\s*(\S+)\s*(<=|>=)\s*(-?\d{1,15}(?:\.\d{1,9})?)\s+by\s+(\d{4}-\d{2})\s*$")
_LEVERS = ("capacity", "start")
MOST_VALUES = 100_000
"""Values of a lever at most: nobody can tell apart what lies closer together."""


@dataclass(frozen=True)
class Goal:
    """A measure that must be at most, or at least, a value at the end of a month; for instance overdue.track_4 <= 0."""

    measure: str
    at_most: bool
    value: float
    month: str

    def is_met(self, reached: float) -> bool:
        """Say whether an outcome meets the goal."""
        return reached <= self.value if self.at_most else reached >= self.value

    def __str__(self) -> str:
        return f"{self.measure} {'<=' if self.at_most else '>='} {self.value:g} by {self.month}"


@dataclass(frozen=True)
class Lever:
    """What is turned: `capacity` (extra per day) or `start` (days by which what is planned starts later) of a resource.

    Parameters
    ----------
    low, high
        Bounds: extra capacity in the unit of the resource per day, or days later than planned (negative: earlier).
    step
        The answer is found to this step.
    per_month
        By how much extra capacity can grow per month, in the unit of the resource; None when there is no such limit.
    """

    kind: Literal["capacity", "start"]
    resource: str
    low: float
    high: float
    step: float
    per_month: float | None = None

    @property
    def values(self) -> list[float]:
        """Every value that can be tried, in the direction of more effect: more capacity, or an earlier start."""
        count = round((self.high - self.low) / self.step)
        rising = [min(self.low + number * self.step, self.high) for number in range(count + 1)]
        if rising[-1] < self.high:
            rising.append(self.high)
        return rising if self.kind == "capacity" else rising[::-1]


@dataclass(frozen=True)
class Tried:
    """A value of the lever with what the measure came to, and how it goes on afterwards."""

    value: float
    outcome: Range
    afterwards: Afterwards

    def reached(self, statistic: Statistic) -> float:
        """Give the outcome that is held against the goal."""
        return float(getattr(self.outcome, statistic))


@dataclass(frozen=True)
class Answer:
    """What was found: the least that meets the goal, or what is reached at the bound when nothing does.

    `monotone` is true when more of the lever never made the measure worse, among the values tried.
    """

    goal: Goal
    lever: Lever
    statistic: Statistic
    tried: tuple[Tried, ...]
    found: Tried | None

    @property
    def monotone(self) -> bool:
        """True when the values tried bear out that more of the lever never makes the measure worse."""
        order = {value: position for position, value in enumerate(self.lever.values)}
        reached = [row.reached(self.statistic) for row in sorted(self.tried, key=lambda row: order[row.value])]
        if self.goal.at_most:
            return all(later <= earlier for earlier, later in pairwise(reached))
        return all(later >= earlier for earlier, later in pairwise(reached))

    @property
    def at_bound(self) -> Tried:
        """What the most that is allowed came to."""
        most = self.lever.values[-1]
        return next(row for row in self.tried if row.value == most)

    @property
    def answered(self) -> Tried:
        """What the answer speaks of: the least that meets the goal, else what is reached at the bound."""
        return self.found or self.at_bound


# The question --------------------------------------------------------------------------------------------------------


def read_goal(text: str) -> tuple[Goal | None, list[Problem]]:
    """Read a goal such as `overdue.track_4 <= 0 by 2024-06`."""
    found = _GOAL.match(text)
    if found is None:
        remedy = 'Write a measure, <= or >=, a number and a month: "overdue.track_4 <= 0 by 2024-06".'
        return None, [Problem("--target", f"{text!r} is not a target.", remedy)]
    measure, sign, value, month = found.groups()
    return Goal(measure, sign == "<=", float(value), month), []


def read_lever(
    lever: str,
    bounds: str,
    inputs: Inputs,
    *,
    step: float | None = None,
    per_month: float | None = None,
    factor: float = 1.0,
) -> tuple[Lever | None, list[Problem]]:
    """Read a lever such as `capacity.decision_officers_track_4` with bounds such as `0:2000`.

    The bounds of a start are two days, `2023-03-01:2023-09-01`. Bounds, step and growth of capacity are multiplied by
    `factor`, for instance the hours of one FTE.
    """
    kind, _, resource = lever.partition(".")
    problems = known_name("--lever", kind, _LEVERS, "kind of lever")
    if not problems:
        known = [f"{kind}.{row.id}" for row in inputs.chain.resources]
        problems = known_name("--lever", lever, known, "lever")
    if problems:
        return None, problems
    parse = (lambda text: factor * float(text)) if kind == "capacity" else _days_later(inputs, resource)
    try:
        low, high = (parse(part) for part in bounds.split(":"))
    except ValueError as error:
        example = "0:2000" if kind == "capacity" else "2023-03-01:2023-09-01"
        return None, [Problem("--bounds", f"{bounds!r} are no bounds ({error}).", f"Write two of them, {example}.")]
    grows = None if per_month is None else factor * per_month
    if not all(isfinite(number) for number in (low, high, step or 0.0, per_month or 0.0)):
        remedy = "Write numbers that can be counted, as 0:2000."
        return None, [Problem("--bounds, --step, --per-month", "one of them is endless or no number.", remedy)]
    usual = max((high - low) / 100, 1e-9) if kind == "capacity" else 7.0
    by = usual if step is None else step * (factor if kind == "capacity" else 1.0)
    problems = list(_impossible(kind, inputs, resource, low, high, by, grows))
    if problems:
        return None, problems
    return Lever("capacity" if kind == "capacity" else "start", resource, low, high, by, grows), []


def _days_later(inputs: Inputs, resource: str) -> Callable[[str], float]:
    start = planned_start(inputs.chain, resource)
    return lambda text: float((date.fromisoformat(text) - start).days) if start else 0.0


def planned_start(chain: Chain, resource: str) -> date | None:
    """Find the day on which a project starts: the first day on which its capacity changes from what it was."""
    starts = sorted(row.valid_from for row in chain.resource(resource).capacity if row.valid_from > date.min)
    return starts[0] if starts else None


def _impossible(
    kind: str, inputs: Inputs, resource: str, low: float, high: float, step: float, per_month: float | None
) -> Iterator[Problem]:
    if kind == "start" and planned_start(inputs.chain, resource) is None:
        remedy = "Choose a resource with a start, such as start.baa_officers, or the lever capacity."
        yield Problem("--lever", f"the capacity of {resource} does not start on a day: it is always the same.", remedy)
    elif low >= high:
        yield Problem("--bounds", f"{low:g} does not lie below {high:g}.", "Give the lower bound first.")
    if step <= 0:
        yield Problem("--step", f"{step:g} is no step.", "Give a step above zero.")
    if per_month is not None and (per_month <= 0 or kind == "start"):
        yield Problem("--per-month", f"{per_month:g} does not go with {kind}.", "Give capacity a growth above zero.")
    if step > 0 and (high - low) / step > MOST_VALUES:
        yield Problem("--step", f"{step:g} makes more than {MOST_VALUES:,} values to try.", "Give a larger step.")
    least = min(quantity.bounds[0] for quantity in inputs.chain.resource(resource).capacity)
    if kind == "capacity" and least + low < 0:
        yield Problem("--bounds", f"{low:g} takes more than there is ({least:g}).", f"Start at {-least:g} or more.")


def goal_problems(goal: Goal, inputs: Inputs, measures: Sequence[str]) -> list[Problem]:
    """Say what is wrong with a goal: an unknown measure, or a month outside the study."""
    months = [f"{day:%Y-%m}" for day in month_ends(inputs)]
    return [
        *known_name("--target", goal.measure, measures, "measure"),
        *month_asked("--target", goal.month, months),
    ]


def month_ends(inputs: Inputs) -> list[date]:
    """List the month ends a study speaks of, the reference date first."""
    return [inputs.span.reference_date, *(inputs.span.day(int(day)) for day in inputs.calendar.month_end)]


# The search ----------------------------------------------------------------------------------------------------------


def seek(
    inputs: Inputs,
    goal: Goal,
    lever: Lever,
    *,
    statistic: Statistic = "p50",
    replications: int,
    seed: int = 7,
    workers: Workers | None = None,
    tell: Callable[[Tried], None] = lambda _tried: None,
) -> Answer:
    """Find the least of the lever that meets the goal, by halving between the bounds.

    Parameters
    ----------
    tell
        Is told every value as it has been tried.
    """
    values = lever.values
    tried: dict[int, Tried] = {}

    def met(position: int) -> bool:
        if position not in tried:
            variant = turned(inputs, lever, values[position])
            tried[position] = try_out(
                values[position], variant, goal, statistic, replications=replications, seed=seed, workers=workers
            )
            tell(tried[position])
        return goal.is_met(tried[position].reached(statistic))

    position = least_that(met, len(values))
    found = None if position is None else tried[position]
    return Answer(goal, lever, statistic, tuple(row for _, row in sorted(tried.items())), found)


def least_that(met: Callable[[int], bool], count: int) -> int | None:
    """Find the first of `count` positions for which `met` holds, when it holds from there on; None when for none."""
    if met(0):
        return 0
    low, high = 0, count - 1
    if not met(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if met(middle) else (middle, high)
    return high


def try_out(
    value: float,
    inputs: Inputs,
    goal: Goal,
    statistic: Statistic,
    *,
    replications: int,
    seed: int,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
) -> Tried:
    """Run the inputs in which a lever has a value, and see what comes of the goal: then, and afterwards.

    Raises
    ------
    ScenarioError
        When the measure is not known in that month.
    """
    values = run_variants(
        [Variant("tried", inputs)],
        replications=replications,
        seed=seed,
        workers=workers,
        progress=progress,
        look=measures_and_loads,
    )
    outcome = outcome_in(values, goal.measure, goal.month)
    if outcome is None:
        remedy = "Choose another measure or month; flows are not known on the reference date."
        raise ScenarioError("The target", [Problem(goal.measure, f"is not known in {goal.month}.", remedy)])
    return Tried(value, outcome, afterwards(values, inputs, goal, statistic))


def turned(inputs: Inputs, lever: Lever, value: float) -> Inputs:
    """Turn the lever: the same inputs with other capacity, and the scenario that says so."""
    resource = inputs.chain.resource(lever.resource)
    if lever.kind == "capacity":
        periods = tuple(raised(resource.capacity, inputs, lever, value))
    else:
        periods = tuple(shifted(resource.capacity, timedelta(days=round(value))))
    changed = resource.model_copy(update={"capacity": periods})
    resources = tuple(changed if row.id == resource.id else row for row in inputs.chain.resources)
    return replace(inputs, chain=inputs.chain.model_copy(update={"resources": resources}))


def raised(periods: Sequence[Quantity], inputs: Inputs, lever: Lever, extra: float) -> Iterator[Quantity]:
    """Raise the capacity from the first day on, by so much per month at most until all of it is there."""
    first = inputs.span.day(0)
    for start, end, more in growth(first, inputs.span.horizon, extra, lever.per_month):
        for period in periods:
            since, until = max(period.valid_from, start), min(period.valid_until, end)
            if since < until:
                yield _moved(period, since, until, more)


def growth(first: date, last: date, extra: float, per_month: float | None) -> Iterator[tuple[date, date, float]]:
    """List the steps in which extra capacity grows: from, until (exclusive), how much is there.

    The first part is there on the first day, the next on the first day of the next month.
    """
    start, there = first, extra if per_month is None else min(per_month, extra)
    while abs(extra - there) > 1e-9 and start <= last:
        end = month_end(f"{start:%Y-%m}") + timedelta(days=1)
        yield start, end, there
        start, there = end, min(there + (per_month or 0.0), extra)
    yield start, date.max, there


def shifted(periods: Sequence[Quantity], later: timedelta) -> Iterator[Quantity]:
    """Move every change of capacity by the same number of days."""
    for period in periods:
        since = period.valid_from if period.valid_from == date.min else period.valid_from + later
        until = period.valid_until if period.valid_until == date.max else period.valid_until + later
        yield period.model_copy(update={"valid_from": since, "valid_until": until})


def _moved(period: Quantity, since: date, until: date, more: float) -> Quantity:
    parts = {
        name: None if part is None else round(part + more, 6)
        for name, part in (("value", period.value), ("low", period.low), ("mode", period.mode), ("high", period.high))
    }
    return period.model_copy(update={"valid_from": since, "valid_until": until, **parts})


# The answer as a scenario --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """Who asks for the found scenario, why, and where the value comes from."""

    owner: str
    reason: str
    source: str


def found_scenario(scenario: Scenario, inputs: Inputs, answer: Answer, account: Account) -> Scenario:
    """Write the answer as a scenario: the one it was sought in, with the capacity that was found.

    Raises
    ------
    ValueError
        When nothing was found.
    """
    if answer.found is None:
        raise ValueError("Nothing was found, so there is no scenario to write.")
    resource = turned(inputs, answer.lever, answer.found.value).chain.resource(answer.lever.resource)
    first = inputs.span.day(0)
    periods = tuple(
        Capacity.model_validate(
            {name: getattr(period, name) for name in ("value", "low", "mode", "high")}
            | {"from": max(period.valid_from, first), "until": period.valid_until}
            | {"owner": account.owner, "reason": account.reason, "source": account.source}
        )
        for period in resource.capacity
        if period.valid_until > first
    )
    title = title_of(scenario, answer)
    return scenario.model_copy(
        update={
            "name": f"{scenario.name}-sought",
            "title": scenario.title.model_copy(update={"nl": title.nl, "en": title.en}),
            "capacity": {**scenario.capacity, answer.lever.resource: periods},
        }
    )


def title_of(scenario: Scenario, answer: Answer) -> Words:
    """Name the found scenario after what it reaches."""
    sign = "hoogstens" if answer.goal.at_most else "minstens"
    return Words(
        nl=f"{scenario.title.nl}, met {answer.goal.measure} {sign} {answer.goal.value:g} in {answer.goal.month}",
        en=f"{scenario.title.en}, with {answer.goal}",
    )


def as_toml(scenario: Scenario, resource: str, base: str) -> str:
    """Write the found scenario as a file on top of its base."""
    lines = [
        "# SPDX-License-Identifier: EUPL-1.2",
        "# Found with `keten study seek`; opens like any other scenario.",
        f"base = {_toml(base)}",
        f"name = {_toml(scenario.name)}",
        f"title = {{ nl = {_toml(scenario.title.nl)}, en = {_toml(scenario.title.en)} }}",
    ]
    for period in scenario.capacity[resource]:
        fields: dict[str, Any] = {
            "from": period.valid_from,
            "until": None if period.valid_until == date.max else period.valid_until,
            **{name: getattr(period, name) for name in ("value", "low", "mode", "high", "owner", "reason", "source")},
        }
        lines += ["", f"[[capacity.{resource}]]"]
        lines += [f"{name} = {_toml(value)}" for name, value in fields.items() if value is not None]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
        return f'"{escaped}"'
    if isinstance(value, date):
        return value.isoformat()
    return repr(value)


def relative_base(scenario: Path, out: Path) -> str:
    """Give the path from the file that is written to the scenario it stands on."""
    return Path(os.path.relpath(scenario.resolve(), out.resolve().parent)).as_posix()
