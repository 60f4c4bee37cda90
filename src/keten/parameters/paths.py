# SPDX-License-Identifier: EUPL-1.2
"""Where cases can come in the chain tables: the places, and the ways from one place to the next.

A place is a stage together with a case class. The ways out of a stage differ between classes, so questions such as
"can every case leave the chain?" are questions about places.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from keten.parameters.chain import Chain, Resource, Route, StageKind, matches


class Place(NamedTuple):
    """A case class in a stage."""

    stage: str
    case_class: str


def routes_from(chain: Chain, place: Place) -> tuple[Route, ...]:
    """All routes that leave the place, in the order of the table."""
    return tuple(
        route for route in chain.routes if route.stage == place.stage and matches(place.case_class, route.case_classes)
    )


def next_places(chain: Chain, place: Place) -> frozenset[Place]:
    """Places one route further."""
    return frozenset(Place(route.to, route.becomes or place.case_class) for route in routes_from(chain, place))


def first_server(chain: Chain, stage: str, case_class: str) -> Resource | None:
    """Find the resource that bears the queue of a stage: the first in the table that can do the work."""
    if chain.stage(stage).kind is not StageKind.WORK:
        return None
    for resource in chain.resources:
        for service in chain.services:
            if (service.resource, service.stage) == (resource.id, stage) and matches(case_class, service.case_classes):
                return resource
    return None


def entry_places(chain: Chain) -> frozenset[Place]:
    """Places where cases enter the chain."""
    return frozenset(
        Place(entry.stage, row.id)
        for entry in chain.entries
        for row in chain.case_classes
        if matches(row.id, (entry.case_class,))
    )


def ways_onward(chain: Chain, opening: Iterable[Place] = ()) -> dict[Place, frozenset[Place]]:
    """Every place that cases can reach from an entry or from the opening stock, with the places that follow it."""
    found: dict[Place, frozenset[Place]] = {}
    waiting = deque([*entry_places(chain), *opening])
    while waiting:
        place = waiting.popleft()
        if place not in found:
            found[place] = next_places(chain, place)
            waiting.extend(found[place])
    return found


def can_reach(goals: Iterable[Place], onward: Mapping[Place, Set[Place]]) -> frozenset[Place]:
    """Places from which at least one of the goals can be reached, the goals themselves included."""
    before: dict[Place, set[Place]] = {}
    for place, following in onward.items():
        for after in following:
            before.setdefault(after, set()).add(place)
    found: set[Place] = set()
    waiting = list(goals)
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting.extend(before.get(place, ()))
    return frozenset(found)
