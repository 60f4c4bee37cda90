# SPDX-License-Identifier: EUPL-1.2
"""Other ways through the chain: which share of a case group goes where from a stage, in a period.

A reroute names all ways out of a stage for some case classes. A way that is not named is closed for them in that
period; a way that the chain tables do not have is added, as long as every case can still leave the chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from keten.domain.errors import Problem
from keten.parameters.chain import Chain, Outcome, Route, matches
from keten.parameters.check import TOLERANCE, nearest, problems_of
from keten.parameters.paths import Place, routes_from
from keten.parameters.values import Quantity, Row
from keten.scenario.changed import MOST_ROWS, Accounted, NamedDay, Real, holding_together, outside

UNIT = "share of cases"


class Way(Row):
    """A way out of a stage: where it goes, what the case becomes, and which share of the cases takes it.

    `outcome` is that of the chain tables when they have this way, and `onward` when they do not.
    """

    to: str
    share: Real = Field(ge=0, le=1)
    becomes: str | None = None
    outcome: Outcome | None = None

    def is_along(self, route: Route) -> bool:
        """Say whether a route of the chain tables is this way."""
        same_outcome = self.outcome in (None, route.outcome)
        return (route.to, route.becomes) == (self.to, self.becomes) and same_outcome


class Reroute(Accounted):
    """All ways out of some stages for some case classes, from one day until another; the shares add up to one."""

    stages: tuple[str, ...] = Field(min_length=1, max_length=MOST_ROWS)
    case_classes: tuple[str, ...] = Field(min_length=1, max_length=MOST_ROWS)
    valid_from: NamedDay = Field(alias="from")
    valid_until: NamedDay = Field(default=date.max, alias="until")
    ways: tuple[Way, ...] = Field(min_length=1, max_length=MOST_ROWS)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.valid_from >= self.valid_until:
            raise ValueError("from must lie before until")
        total = sum(way.share for way in self.ways)
        if abs(total - 1) > TOLERANCE:
            raise ValueError(
                f"the shares add up to {total:.6g} instead of 1; name every way out of the stage, also those that stay "
                "as they were"
            )
        named = [(way.to, way.becomes, way.outcome) for way in self.ways]
        if len(set(named)) < len(named):
            raise ValueError("a way is named twice; add its shares up")
        return self

    def places(self, chain: Chain) -> list[Place]:
        """List the places it speaks of: its stages with every class that one of its patterns means."""
        classes = [row.id for row in chain.case_classes if matches(row.id, self.case_classes)]
        return [Place(stage, case_class) for stage in self.stages for case_class in classes]


Reroutes = Mapping[str, Sequence[Reroute]]
"""Reroutes by the name of the measure."""


def rerouted(chain: Chain, measures: Reroutes) -> Chain:
    """Make reroutes in the chain tables."""
    routes = list(chain.routes)
    names = [row.id for row in chain.case_classes]
    for changes in measures.values():
        for change in changes:
            for place in change.places(chain):
                routes = list(_rerouted(routes, place, change, names))
    return chain.model_copy(update={"routes": tuple(routes)})


def _rerouted(routes: Sequence[Route], place: Place, change: Reroute, names: Sequence[str]) -> Iterator[Route]:
    """Take a class out of the routes of its stage, and put routes of its own in their place and order."""
    open_ways = list(change.ways)
    for route in routes:
        if route.stage != place.stage or not matches(place.case_class, route.case_classes):
            yield route
            continue
        others = tuple(name for name in names if name != place.case_class and matches(name, route.case_classes))
        if others:
            yield route.model_copy(update={"case_classes": others})
        way = next((way for way in open_ways if way.is_along(route)), None)
        if way is not None:
            open_ways.remove(way)
        share = _within(route.share, change, way.share if way else 0.0)
        yield route.model_copy(update={"case_classes": (place.case_class,), "share": share})
    for way in open_ways:
        yield Route(
            stage=place.stage,
            case_classes=(place.case_class,),
            to=way.to,
            becomes=way.becomes,
            outcome=way.outcome or Outcome.ONWARD,
            share=_within((_CLOSED,), change, way.share),
        )


_CLOSED = Quantity(value=0.0, unit=UNIT, assumption="The chain tables do not have this way.")


def _within(quantities: Sequence[Quantity], change: Reroute, share: float) -> tuple[Quantity, ...]:
    """Put a share in the place of what held in the period of the change."""
    kept = [part for row in quantities for part in outside(row, change.valid_from, change.valid_until)]
    said = f"{change.owner}: {change.reason} ({change.source})"
    new = Quantity.model_validate(
        {"value": share, "unit": UNIT, "from": change.valid_from, "until": change.valid_until, "assumption": said}
    )
    return tuple(sorted([*kept, new], key=lambda row: row.valid_from))


# What does not fit ---------------------------------------------------------------------------------------------------


def misfits(measures: Reroutes, chain: Chain) -> Iterator[Problem]:
    """Find what reroutes name that the chain does not have, and cases that could not go on any more."""
    found = [problem for name, changes in measures.items() for problem in _unknown(name, changes, chain)]
    for name, changes in measures.items():
        found += _twice(name, changes, chain)
    yield from found
    if measures and not found:
        before = {(problem.where, problem.what) for problem in problems_of(chain)}
        for problem in problems_of(rerouted(chain, measures)):
            if (problem.where, problem.what) not in before:
                remedy = "Choose a way that the chain has for these cases: see `keten chain show routes`."
                yield Problem(f"routes: {problem.where}", problem.what, remedy)


def _twice(name: str, changes: Sequence[Reroute], chain: Chain) -> list[Problem]:
    """Find rows of one measure that send the same cases out of the same stage on one day."""
    spoken = [set(change.places(chain)) for change in changes]
    told = holding_together(changes, lambda one, other: bool(spoken[one] & spoken[other]))
    remedy = "For one stage and case class one row holds on a day."
    return [Problem(f"routes.{name}", f"{said}.", remedy) for said in told]


def _unknown(name: str, changes: Sequence[Reroute], chain: Chain) -> Iterator[Problem]:
    stages, classes = [row.id for row in chain.stages], [row.id for row in chain.case_classes]
    for number, change in enumerate(changes):
        where = f"routes.{name}.{number}"
        named = [("stages", stage, stages, "stages") for stage in change.stages]
        named += [("ways.to", way.to, stages, "stages") for way in change.ways]
        named += [("ways.becomes", way.becomes, classes, "case-classes") for way in change.ways if way.becomes]
        for part, said, known, table in named:
            if said not in known:
                what = f"the chain has no {said}{nearest(said, known)}."
                yield Problem(f"{where}.{part}", what, f"Use one of `keten chain show {table}`.")
        for pattern in change.case_classes:
            if not any(matches(row, (pattern,)) for row in classes):
                what = f"no case class is named {pattern}{nearest(pattern, classes)}."
                yield Problem(f"{where}.case_classes", what, "Use a class of `keten chain show case-classes`.")
        for place in change.places(chain):
            if place.stage in stages and not routes_from(chain, place):
                what = f"{place.case_class} does not come in {place.stage}."
                yield Problem(f"{where}.stages", what, "Name only stages that these cases come in.")
