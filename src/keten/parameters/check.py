# SPDX-License-Identifier: EUPL-1.2
"""Do the chain tables fit together? Finds everything that does not, and names two ways to repair each finding.

The checks run in an order that keeps the list readable: names first, then the rows by themselves, then the ways that
cases can take. A chain in which a name is unknown is not followed any further along that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import groupby, pairwise

from keten.domain.errors import Problem
from keten.parameters.chain import WITHDRAWN, Chain, Partner, Resource, Route, Stage, StageKind, matches
from keten.parameters.paths import Place, can_reach, routes_from, ways_onward
from keten.parameters.values import Quantity

TOLERANCE = 1e-6
"""How far shares may miss one; smaller than any share somebody would write down."""

Check = Callable[[Chain], Iterator[Problem]]


def problems_of(chain: Chain) -> list[Problem]:
    """Find everything in the chain tables that does not fit together.

    Returns
    -------
    One problem per finding, each with two ways to repair it; empty when the chain is consistent.
    """
    return [problem for check in CHECKS for problem in check(chain)]


def either(one: str, other: str) -> str:
    """Phrase two ways to repair a problem."""
    return f"Either {one}, or {other}."


def nearest(name: str, known: Iterable[str]) -> str:
    """Name the known name that looks most like `name`, or list what is known."""
    names = sorted(set(known))
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f" (did you mean {close[0]}?)"
    return f" (known: {', '.join(names)})" if names else " (none is known yet)"


# Names ---------------------------------------------------------------------------------------------------------------


def _duplicate_names(chain: Chain) -> Iterator[Problem]:
    tables = ("partners", "reception_groups", "stages", "case_classes", "resources", "handover_points")
    for table in tables:
        names = sorted(row.id for row in getattr(chain, table))
        for name, group in groupby(names):
            if (count := len(list(group))) > 1:
                yield Problem(
                    f"{table}.yaml",
                    f"{name} occurs {count} times; a name stands for one row.",
                    either("rename one of the rows", "remove the rows that repeat it"),
                )


def _unknown(where: str, kind: str, name: str, known: Iterable[str]) -> Iterator[Problem]:
    names = set(known)
    if name not in names:
        yield Problem(
            where,
            f"{kind} {name} does not exist{nearest(name, names)}.",
            either(f"correct the name {name}", f"add a row for {name} to the table of {kind} names"),
        )


def _unknown_names(chain: Chain) -> Iterator[Problem]:
    stages, partners = [row.id for row in chain.stages], [row.id for row in chain.partners]
    resources, groups = [row.id for row in chain.resources], [row.id for row in chain.reception_groups]
    for stage in chain.stages:
        yield from _unknown(f"stage {stage.id}", "partner", stage.partner, partners)
        if stage.reception:
            yield from _unknown(f"stage {stage.id}", "reception group", stage.reception.group, groups)
    for resource in chain.resources:
        yield from _unknown(f"resource {resource.id}", "partner", resource.partner, partners)
    for service in chain.services:
        where = f"service of {service.resource} in {service.stage}"
        yield from _unknown(where, "resource", service.resource, resources)
        yield from _unknown(where, "stage", service.stage, stages)
    for route in chain.routes:
        yield from _unknown(_route(route), "stage", route.stage, stages)
        yield from _unknown(_route(route), "stage", route.to, stages)
    for point in chain.handover_points:
        where = f"handover point {point.id}"
        for name in (*point.from_stages, *point.to_stages):
            yield from _unknown(where, "stage", name, stages)
        for name in (point.from_partner, point.to_partner):
            yield from _unknown(where, "partner", name, partners)
    for entry in chain.entries:
        yield from _unknown(f"entry of {entry.case_class}", "stage", entry.stage, stages)


def _unknown_case_classes(chain: Chain) -> Iterator[Problem]:
    classes = [row.id for row in chain.case_classes]
    named = [
        *((f"service of {row.resource} in {row.stage}", row.case_classes) for row in chain.services),
        *((_route(row), row.case_classes) for row in chain.routes),
        *((_route(row), (row.becomes,)) for row in chain.routes if row.becomes),
        *((f"entry in {row.stage}", (row.case_class,)) for row in chain.entries),
    ]
    for where, patterns in named:
        for pattern in patterns:
            if pattern != "*" and not any(matches(name, (pattern,)) for name in classes):
                yield from _unknown(where, "case class", pattern, classes)


# Rows by themselves --------------------------------------------------------------------------------------------------


def _steering_relations(chain: Chain) -> Iterator[Problem]:
    for partner in chain.partners:
        if not partner.relations:
            yield Problem(
                f"partner {partner.id}",
                "no steering relation; nobody knows who may approve its agreements.",
                either("add the relation with its start and source", "remove the partner"),
            )
        yield from _overlapping_relations(partner)
        yield from _overlapping_names(partner)


def _overlapping_relations(partner: Partner) -> Iterator[Problem]:
    ordered = sorted(partner.relations, key=lambda relation: relation.valid_from)
    for earlier, later in pairwise(ordered):
        if later.valid_from < earlier.valid_until:
            yield Problem(
                f"partner {partner.id}",
                f"two steering relations hold on {later.valid_from}.",
                either(f"end the earlier one on {later.valid_from}", f"start the later one on {earlier.valid_until}"),
            )


def _overlapping_names(partner: Partner) -> Iterator[Problem]:
    ordered = sorted(partner.earlier_names, key=lambda name: name.valid_from)
    for earlier, later in pairwise(ordered):
        if later.valid_from < earlier.valid_until:
            yield Problem(
                f"partner {partner.id}",
                f"it has two names on {later.valid_from}.",
                either(f"end the earlier one on {later.valid_from}", f"start the later one on {earlier.valid_until}"),
            )


def _stage_kinds(chain: Chain) -> Iterator[Problem]:
    for stage in chain.stages:
        where = f"stage {stage.id}"
        if stage.kind is StageKind.WAIT and not stage.delay:
            yield Problem(
                where,
                "people wait here, but for how long is missing.",
                either("give a delay in days", "make it a work stage with a resource that serves it"),
            )
        if stage.kind is not StageKind.WAIT and stage.delay:
            yield Problem(
                where,
                f"a delay is never used in a stage of kind {stage.kind}.",
                either("remove the delay", "make it a wait stage"),
            )
        if stage.kind is StageKind.EXIT and any(route.stage == stage.id for route in chain.routes):
            yield Problem(
                where,
                "cases leave the chain here, yet a route goes on from it.",
                either("remove the routes that start here", "make it a work or wait stage"),
            )


def _all_values(chain: Chain) -> Iterator[tuple[str, Sequence[Quantity], float, float]]:
    """Every dated value with where it stands and between which bounds it makes sense."""
    boundless = float("inf")
    for stage in chain.stages:
        yield f"stage {stage.id}, delay", stage.delay or (), 0, boundless
        yield f"stage {stage.id}, no_show", stage.no_show or (), 0, 0.99
        yield f"stage {stage.id}, interpreter_hours", stage.interpreter_hours or (), 0, boundless
        yield f"stage {stage.id}, reception", (stage.reception.share,) if stage.reception else (), 0, 1
    for row in chain.case_classes:
        yield f"case class {row.id}, withdrawal", row.withdrawal or (), 0, 0.99
    for resource in chain.resources:
        yield f"resource {resource.id}, capacity", resource.capacity, 0, boundless
    for service in chain.services:
        yield f"service of {service.resource} in {service.stage}, effort", service.effort, TOLERANCE, boundless
    for route in chain.routes:
        yield f"{_route(route)}, share", route.share, 0, 1


def _bounds_of_values(chain: Chain) -> Iterator[Problem]:
    for where, quantities, lowest, highest in _all_values(chain):
        for quantity in quantities:
            low, high = quantity.bounds
            if low < lowest:
                yield Problem(
                    where,
                    f"{low:g} {quantity.unit} is too low; the least that is possible is {lowest:g}.",
                    either("correct the number", "remove the row"),
                )
            if high > highest:
                yield Problem(
                    where,
                    f"{high:g} {quantity.unit} is too high; the most that is possible is {highest:g}.",
                    either("correct the number", "remove the row"),
                )


def _gaps_in_validity(chain: Chain) -> Iterator[Problem]:
    for where, quantities, _, _ in _all_values(chain):
        for earlier, later in pairwise(sorted(quantities, key=lambda quantity: quantity.valid_from)):
            if earlier.valid_until < later.valid_from:
                yield Problem(
                    where,
                    f"no value holds from {earlier.valid_until} until {later.valid_from}.",
                    either(
                        "add the value of that period with its source",
                        f"let a neighbour hold longer, until or from {later.valid_from}",
                    ),
                )


# Ways that cases can take --------------------------------------------------------------------------------------------


def _case_classes_without_entry(chain: Chain) -> Iterator[Problem]:
    seen = {place.case_class for place in ways_onward(chain)}
    for row in chain.case_classes:
        if row.id not in seen:
            yield Problem(
                f"case class {row.id}",
                "its cases enter nowhere.",
                either("add an entry for it", "remove the case class"),
            )


def _unreachable_stages(chain: Chain) -> Iterator[Problem]:
    seen = {place.stage for place in ways_onward(chain)}
    for stage in chain.stages:
        if stage.id not in seen:
            yield Problem(
                f"stage {stage.id}",
                "no case can ever come here.",
                either("add a route or an entry that leads to it", "remove the stage"),
            )


def _stages_by_place(chain: Chain) -> Iterator[tuple[Stage, list[str]]]:
    """Each stage that cases reach, with the case classes that reach it."""
    places = ways_onward(chain)
    for stage in chain.stages:
        if found := sorted(place.case_class for place in places if place.stage == stage.id):
            yield stage, found


def _unserved_work(chain: Chain) -> Iterator[Problem]:
    for stage, case_classes in _stages_by_place(chain):
        if stage.kind is not StageKind.WORK:
            continue
        served = [row.case_classes for row in chain.services if row.stage == stage.id]
        if left := [name for name in case_classes if not any(matches(name, patterns) for patterns in served)]:
            yield Problem(
                f"stage {stage.id}",
                f"no resource does the work for {', '.join(left)}.",
                either("add a service with the effort of one case", "lead these cases past the stage with a route"),
            )


def _idle_resources(chain: Chain) -> Iterator[Problem]:
    busy = {service.resource for service in chain.services}
    for resource in chain.resources:
        if resource.id not in busy:
            yield _idle(resource)


def _idle(resource: Resource) -> Problem:
    return Problem(
        f"resource {resource.id}",
        "it does the work of no stage.",
        either("add a service that says which work it does", "remove the resource"),
    )


def _shares(chain: Chain) -> Iterator[Problem]:
    for stage, case_classes in _stages_by_place(chain):
        if stage.kind is StageKind.EXIT:
            continue
        findings = [(_share_finding(routes_from(chain, Place(stage.id, name))), name) for name in case_classes]
        for what, group in groupby(sorted(pair for pair in findings if pair[0]), key=lambda pair: pair[0]):
            names = ", ".join(name for _, name in group)
            yield Problem(
                f"stage {stage.id}, routes of {names}",
                what,
                either("correct the shares", "add the route that is missing (or remove the one too many)"),
            )


def _share_finding(routes: Sequence[Route]) -> str:
    """Say what is wrong with the shares of these routes on the first day that they are wrong; empty when nothing is."""
    if not routes:
        return "no route leaves the stage."
    for day in _days_of_change(routes):
        valid = [(route.to, _value_on(route.share, day)) for route in routes]
        known = [share for _, share in valid if share is not None]
        when = f" from {day} on" if day > date.min else ""
        if known and abs(sum(known) - 1) > TOLERANCE:
            return f"the shares add up to {sum(known):.4g}, not to 1{when}."
        if known and len(known) < len(valid):
            silent = ", ".join(to for to, share in valid if share is None)
            return f"the route to {silent} has no share{when or ' at first'}, while the others have; write 0 if none."
    return ""


def _days_of_change(routes: Sequence[Route]) -> list[date]:
    starts = {quantity.valid_from for route in routes for quantity in route.share}
    ends = {quantity.valid_until for route in routes for quantity in route.share}
    return sorted(day for day in starts | ends if day < date.max)


def _value_on(quantities: Sequence[Quantity], day: date) -> float | None:
    return next((row.central for row in quantities if row.valid_from <= day < row.valid_until), None)


def _traps(chain: Chain) -> Iterator[Problem]:
    onward = ways_onward(chain)
    exits = {stage.id for stage in chain.stages if stage.kind is StageKind.EXIT}
    known = {stage.id for stage in chain.stages}
    free = can_reach([place for place in onward if place.stage in exits], onward)
    for stage, case_classes in _stages_by_place(chain):
        trapped = [name for name in case_classes if Place(stage.id, name) not in free]
        leads_on = any(after.stage in known for name in trapped for after in onward[Place(stage.id, name)])
        if trapped and leads_on:  # a stage that no route leaves is reported with its shares
            yield Problem(
                f"stage {stage.id}",
                f"{', '.join(trapped)} can never leave the chain from here.",
                either("add a route that leads to an exit", "end the loop by sending these cases elsewhere"),
            )


def _unconnected_handovers(chain: Chain) -> Iterator[Problem]:
    connected = {(route.stage, route.to) for route in chain.routes}
    for point in chain.handover_points:
        starts = [name for name in point.from_stages if not _any_pair(connected, [name], point.to_stages)]
        ends = [name for name in point.to_stages if not _any_pair(connected, point.from_stages, [name])]
        for name in starts:
            yield _unconnected(point.id, f"no route goes from {name} to {' or '.join(point.to_stages)}")
        for name in ends:
            yield _unconnected(point.id, f"no route goes to {name} from {' or '.join(point.from_stages)}")


def _withdrawals_without_exit(chain: Chain) -> Iterator[Problem]:
    """Who withdraws while waiting must have somewhere to go."""
    withdrawing = [row.id for row in chain.case_classes if row.withdrawal]
    if withdrawing and not any(stage.id == WITHDRAWN and stage.kind is StageKind.EXIT for stage in chain.stages):
        yield Problem(
            f"case class {withdrawing[0]}, withdrawal",
            f"cases are withdrawn while they wait, and there is no exit named {WITHDRAWN}.",
            either(f"add the exit {WITHDRAWN} to stages.yaml", "leave the withdrawal out"),
        )


def _any_pair(connected: set[tuple[str, str]], starts: Iterable[str], ends: Iterable[str]) -> bool:
    ends = tuple(ends)
    return any((start, end) in connected for start in starts for end in ends)


def _unconnected(point: str, what: str) -> Problem:
    return Problem(
        f"handover point {point}",
        f"{what}.",
        either("add the route", "take the stage out of the handover point"),
    )


def _route(route: Route) -> str:
    return f"route {route.stage} -> {route.to}"


CHECKS: tuple[Check, ...] = (
    _duplicate_names,
    _unknown_names,
    _unknown_case_classes,
    _steering_relations,
    _stage_kinds,
    _withdrawals_without_exit,
    _bounds_of_values,
    _gaps_in_validity,
    _case_classes_without_entry,
    _unreachable_stages,
    _unserved_work,
    _idle_resources,
    _shares,
    _traps,
    _unconnected_handovers,
)
"""All checks, in the order in which their findings are listed."""
