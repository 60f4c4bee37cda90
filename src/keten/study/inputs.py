# SPDX-License-Identifier: EUPL-1.2
"""Everything a run needs, put together once from scenario, parameters and observations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from keten.capacity import (
    AtLocation,
    StaffPlan,
    StaffValues,
    double_promises,
    load_reception_places,
    load_staff_values,
    promised_beyond,
)
from keten.costs import UnitCost, load_unit_costs
from keten.deadlines import Law, deadline_days, load_law
from keten.deadlines.calendar import closed_days
from keten.domain.errors import Problem, ScenarioError
from keten.domain.words import Reading
from keten.flow.cases import Intake, monthly_calendar
from keten.flow.kernel import Calendar
from keten.flow.late_decisions import Practice
from keten.flow.network import Layout, QueueRule, Span, capacity_per_day
from keten.forecast import Plan, Seasonality, Shares, YearPlan, make_plan, shares, usual_seasonality
from keten.forecast.methods import Question
from keten.observations import Observations
from keten.observations.store import figures, read_store
from keten.parameters.chain import Chain
from keten.parameters.late_decisions import load_late_decisions
from keten.parameters.load import load_chain
from keten.parameters.opening_stock import OpeningGroup, load_opening_stock
from keten.parameters.paths import Place
from keten.parameters.values import Quantity
from keten.scenario.apply import apply, changed, misfits
from keten.scenario.effect import without_effect
from keten.scenario.model import Scenario
from keten.scenario.read import as_scenario, read_scenario, readable_part
from keten.study.opening import Opening, reconstruct

Days = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Inputs:
    """All inputs of a study; picklable, so that every worker gets the same. Equal to nothing but itself."""

    scenario: Scenario
    chain: Chain
    span: Span
    calendar: Calendar
    working_day: NDArray[np.bool_]
    rules: dict[str, QueueRule]
    opening: Opening
    plan: Plan
    seasonality: Seasonality
    shares: Shares
    law: Law
    known_on: date
    """Day on which the figures are taken as known; the law has its own day, in the scenario."""
    reading: Reading
    first_lodged: int
    deadline_of: Days
    practice: Practice
    unit_costs: tuple[UnitCost, ...]
    staff: StaffPlan
    staff_values: StaffValues
    locations: tuple[AtLocation, ...]
    regular_places: tuple[Quantity, ...]
    extra_per_week: Mapping[str, int] = field(default_factory=dict)
    """Cases per week that arrive on top of the forecast, by case class: the question "what if one more came"."""
    observations: Observations | None = None
    """The figures that were used, where others were given than those that ship; None for those, of `known_on`."""
    known_arrivals: NDArray[np.int32] | None = None
    """Arrivals by day and case class as they were, in the place of a forecast; for a look back. What is not known is
    -1, and is drawn."""

    @property
    def figures(self) -> Observations:
        """The figures that are known on the knowledge date of the study."""
        return self.observations or figures().known_on(self.known_on)

    @cached_property
    def layout(self) -> Layout:
        """The chain as far as no number has to be chosen, worked out once for all replications."""
        return Layout(self.chain, self.span, rules=self.rules, opening=self.opening.stock.places(self.chain))

    @cached_property
    def intake(self) -> Intake:
        """The cases as far as no number has to be drawn, worked out once for all replications."""
        return Intake(self.chain, self.span, self.opening.stock, self.deadlines)

    @property
    def calibration_note(self) -> str:
        """Say on what the outflow of track 4 rests; printed in every receipt."""
        return " ".join(
            quantity.assumption or quantity.note or str(quantity.source)
            for quantity in self.chain.resource("decision_officers_track_4").capacity
        )

    def deadlines(self, lodged: Days, case_class: Days) -> Days:
        """Decision deadlines (ordinal days) under the law of the scenario; 0 for classes without decision period."""
        return self.deadline_of[lodged - self.first_lodged, case_class]


def _deadline_table(chain: Chain, law: Law, scenario: Scenario, first: int, last: int) -> Days:
    """Work out the deadline by day of lodging and case class once; it depends on nothing else."""
    days = np.arange(first, last + 1)
    table = np.zeros((len(days), len(chain.case_classes)), dtype=np.int64)
    for column, row in enumerate(chain.case_classes):
        if row.application_type is not None:
            table[:, column] = deadline_days(
                days,
                law.type_code(row.application_type.value),
                law=law,
                known_on=scenario.law.known_on.value,
                reading=scenario.law.reading.value,
            )
    return table


def prepare(
    scenario: Scenario,
    *,
    chain: Chain | None = None,
    observations: Observations | None = None,
    law: Law | None = None,
    opening_groups: Sequence[OpeningGroup] | None = None,
) -> Inputs:
    """Put the inputs of a scenario together; the packaged parameters and published figures where none are given.

    Only what was known on the knowledge date of the scenario is used.

    Raises
    ------
    ScenarioError
        When the scenario does not fit the chain or the observations.
    """
    law = law or load_law()
    base = chain or load_chain()
    known_on = scenario.law.figures_date
    known = (observations or figures()).known_on(known_on)
    span = Span(scenario.reference_date, scenario.horizon)
    working_day = _working_day(span, law)
    staff_values = load_staff_values()
    groups = load_opening_stock() if opening_groups is None else opening_groups
    problems: list[Problem] = list(_misfits(scenario, base, span, working_day, staff_values))
    if not problems:
        places = (Place(place.stage, place.case_class) for group in groups for place in group.places)
        problems += without_effect(scenario, apply(scenario, base), places)
    with _collected(problems):
        opening = reconstruct(base, tuple(groups), known, reference_date=scenario.reference_date, known_on=known_on)
    with _collected(problems):
        plan = _plan(scenario, known)
    if problems:
        raise ScenarioError(scenario.name, problems)
    chain = apply(scenario, base)
    first_lodged = int(opening.stock.lodged.min(initial=span.day(0).toordinal()))
    return Inputs(
        scenario=scenario,
        chain=chain,
        span=span,
        calendar=monthly_calendar(span),
        working_day=working_day,
        rules={name: policy.as_rule() for name, policy in scenario.policies.items()},
        opening=opening,
        plan=plan,
        seasonality=usual_seasonality(known, known_on),
        shares=shares(known, known_on),
        law=law,
        known_on=known_on,
        reading=scenario.law.reading.value,
        first_lodged=first_lodged,
        deadline_of=_deadline_table(chain, law, scenario, first_lodged, span.horizon.toordinal()),
        practice=_practice(scenario, law),
        unit_costs=load_unit_costs(),
        staff=scenario.staff.as_plan(),
        staff_values=staff_values,
        locations=tuple(choice.as_location() for choice in scenario.staff.locations),
        observations=None if _ships(known) else known,
        regular_places=changed(load_reception_places().regular_places, scenario.reception.regular_places),
    )


def _ships(known: Observations) -> bool:
    """Tell whether figures are those that ship, whoever kept them: a study then need not keep them again."""
    if known.stream is not None or known.known_on_day is None:
        return False
    return known.fingerprint() == figures().known_on(known.known_on_day).fingerprint()


@contextmanager
def _collected(problems: list[Problem]) -> Iterator[None]:
    """Keep the problems of a refusal, so that all that is wrong is told at once."""
    try:
        yield
    except ScenarioError as refusal:
        problems += refusal.problems


def _working_day(span: Span, law: Law) -> NDArray[np.bool_]:
    closed = closed_days(law)
    return np.array([closed.move(day) == day for day in span.dates])


def _misfits(
    scenario: Scenario, chain: Chain, span: Span, working_day: NDArray[np.bool_], values: StaffValues
) -> Iterator[Problem]:
    """Find what the scenario names that the chain does not have, and the people it promises twice."""
    found = list(misfits(scenario, chain))
    yield from found
    if not found:
        changed_chain = apply(scenario, chain)
        names = [resource.id for resource in changed_chain.resources]
        capacity = capacity_per_day(changed_chain, span, working_day)
        plan, locations = scenario.staff.as_plan(), [choice.as_location() for choice in scenario.staff.locations]
        yield from double_promises(plan, values, resources=names, dates=span.dates, capacity=capacity)
        yield from promised_beyond(locations, resources=names, dates=span.dates, capacity=capacity)


def read_inputs(
    path: Path, *, store: Path | None = None, reference_date: date | None = None, known_on: date | None = None
) -> Inputs:
    """Read a scenario file and put its inputs together.

    Parameters
    ----------
    store
        Folder of deliveries whose figures are known too.
    reference_date
        Day on which the study starts, in the place of that of the scenario.
    known_on
        Day on which figures are taken as known. With a store and without this day: all that the store holds.

    Raises
    ------
    ScenarioError
        With every problem: of the file, and of the part of it that can be read also how it fits the chain.
    """
    try:
        scenario = read_scenario(path)
    except ScenarioError as refusal:
        part = readable_part(path)
        if part is None:
            raise
        law, span = load_law(), Span(part.reference_date, part.horizon)
        more = _misfits(part, load_chain(), span, _working_day(span, law), load_staff_values())
        raise ScenarioError(refusal.subject, [*refusal.problems, *more]) from None
    observations = read_store(store) if store is not None else None
    if known_on is None and observations is not None and observations.stream is not None:
        known_on = max((one.received_at.date() for one, _ in observations.stream.parts), default=None)
        known_on = max(known_on, scenario.law.figures_date) if known_on is not None else None
    return prepare(moved(scenario, reference_date, known_on), observations=observations)


def moved(scenario: Scenario, reference_date: date | None, known_on: date | None) -> Scenario:
    """Let a scenario start on another day, or from figures as known on another day.

    Raises
    ------
    ScenarioError
        When the scenario does not hold then, for instance because its horizon lies before the day.
    """
    document = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if reference_date is not None:
        document["reference_date"] = reference_date.isoformat()
    if known_on is not None:
        document["law"]["figures_known_on"] = document["law"]["known_on"] | {
            "value": known_on.isoformat(),
            "reason": "Asked with the run: figures as known on this day.",
        }
    return scenario if reference_date is None and known_on is None else as_scenario(document, scenario.name)


def _practice(scenario: Scenario, law: Law) -> Practice:
    choices = scenario.late_decisions
    return Practice(
        law=law,
        parameters=choices.changes(load_late_decisions()),
        known_on=scenario.law.figures_date,
        reading=scenario.law.reading.value,
        carry_over=choices.carry_over is None or choices.carry_over.value,
    )


def _plan(scenario: Scenario, known: Observations) -> Plan:
    forecast = scenario.inflow.forecast
    question = Question(
        scenario=forecast.value,
        reference_date=scenario.reference_date,
        known_on=scenario.law.figures_date,
        until=scenario.horizon,
        totals={year: number.as_quantity("persons") for year, number in scenario.inflow.years.items()},
        owner=forecast.owner,
    )
    plan = make_plan(known, question)
    problems = [problem for year in plan.years if year.year in question.totals for problem in _below_observed(year)]
    if problems:
        raise ScenarioError(scenario.name, problems)
    return plan


def _below_observed(year: YearPlan) -> Iterator[Problem]:
    """Refuse a total of a year that is lower than what came in already: a part is never more than the whole."""
    least = year.total.bounds[0]
    if least < year.observed:
        came = f"{year.observed:,} persons came in already, from 1 January up to and including {year.observed_until}"
        yield Problem(
            f"inflow.years.{year.year}",
            f"a total of {least:,.10g} cannot be: {came}.",
            f"Give {year.observed} or more; with {year.observed} nobody comes in the rest of the year.",
        )
