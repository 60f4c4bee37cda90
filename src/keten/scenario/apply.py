# SPDX-License-Identifier: EUPL-1.2
"""What a scenario makes of the chain tables, and what in it does not fit them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keten.domain.errors import Problem, ScenarioError
from keten.parameters.chain import Chain, matches
from keten.parameters.check import either, nearest
from keten.parameters.values import Quantity
from keten.scenario import reroute
from keten.scenario.changed import outside
from keten.scenario.model import Dated, Scenario


def apply(scenario: Scenario, chain: Chain) -> Chain:
    """Make the changes of a scenario in the chain tables.

    Raises
    ------
    ScenarioError
        When the scenario names a resource or a case class that the chain does not have.
    """
    problems = list(misfits(scenario, chain))
    if problems:
        raise ScenarioError(scenario.name, problems)
    resources = tuple(
        resource.model_copy(update={"capacity": changed(resource.capacity, scenario.capacity.get(resource.id, ()))})
        for resource in chain.resources
    )
    stages = tuple(
        stage.model_copy(update={"no_show": changed(stage.no_show, scenario.no_show[stage.id])})
        if stage.no_show and stage.id in scenario.no_show
        else stage
        for stage in chain.stages
    )
    changed_chain = chain.model_copy(update={"resources": resources, "stages": stages})
    return reroute.rerouted(changed_chain, scenario.routes)


def misfits(scenario: Scenario, chain: Chain) -> Iterator[Problem]:
    """Find every name in a scenario that the chain does not have, and people where it has none."""
    known = [resource.id for resource in chain.resources]
    named = [(f"capacity.{name}", name) for name in scenario.capacity]
    named += [(f"policies.{name}", name) for name in scenario.policies]
    for where, name in [*named, *scenario.staff.resources()]:
        if name not in known:
            yield Problem(
                where,
                f"the chain has no such resource{nearest(name, known)}.",
                either("use a resource of `keten chain show resources`", "add it to resources.yaml"),
            )
    counted = {resource.id: resource.unit for resource in chain.resources}
    for where, name in scenario.staff.resources():
        if counted.get(name, "hours") != "hours":
            remedy = f"Change its capacity instead: [[capacity.{name}]]."
            yield Problem(where, f"{name} is counted in {counted[name]}, not in hours of people.", remedy)
    met = [stage.id for stage in chain.stages if stage.no_show]
    for name in scenario.no_show:
        if name not in met:
            yield Problem(
                f"no_show.{name}",
                f"the chain has no such stage with appointments{nearest(name, met)}.",
                f"Use one of {', '.join(met)}.",
            )
    yield from reroute.misfits(scenario.routes, chain)
    classes = [row.id for row in chain.case_classes]
    for name, policy in scenario.policies.items():
        for pattern in policy.first.value if policy.first else ():
            if not any(matches(row, (pattern,)) for row in classes):
                yield Problem(
                    f"policies.{name}.first",
                    f"no case class is named {pattern}{nearest(pattern, classes)}.",
                    either("use a class of `keten chain show case-classes`", "add it to case_classes.yaml"),
                )


def changed(quantities: Sequence[Quantity], changes: Sequence[Dated]) -> tuple[Quantity, ...]:
    """Cut the changed periods out of some dated values and put the changes in their place."""
    kept = list(quantities)
    for change in changes:
        kept = [part for quantity in kept for part in outside(quantity, change.valid_from, change.valid_until)]
    added = [
        change.as_quantity(quantities[0].unit, valid_from=change.valid_from, valid_until=change.valid_until)
        for change in changes
    ]
    return tuple(sorted([*kept, *added], key=lambda quantity: quantity.valid_from))
