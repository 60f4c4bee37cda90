# SPDX-License-Identifier: EUPL-1.2
"""What a scenario says that would change nothing: it is refused, so that nobody takes a figure for its effect.

Two kinds. A policy for a resource whose queue is not its own to order, or in which the choice leaves every case in its
place. And a change of days, or of years, that the study does not speak of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from keten.domain.errors import Problem
from keten.flow.network import track_group
from keten.parameters.chain import Chain, StageKind, matches
from keten.parameters.paths import Place, entry_places, first_server, ways_onward
from keten.scenario.model import HireChoice, Policy, Scenario

_ORDERED = ("order", "first", "horizon", "court_first")
"""What is said of a queue, and so by who bears it; the division of hours is said of whoever works on it."""


def without_effect(scenario: Scenario, chain: Chain, opening: Iterable[Place]) -> Iterator[Problem]:
    """Find what a scenario says that would change nothing.

    Parameters
    ----------
    chain
        The chain tables with the changes of the scenario.
    opening
        Places where the opening stock stands.
    """
    queues = _Queues(chain, opening)
    for name, policy in scenario.policies.items():
        yield from _idle_policy(name, policy, scenario.policies, queues)
    yield from _outside_the_days(scenario)


class _Queues:
    """Which cases wait for which resource: a queue is borne by the first resource that can do its work."""

    def __init__(self, chain: Chain, opening: Iterable[Place]) -> None:
        self.chain = chain
        self.borne: dict[str, list[Place]] = {}
        self.helped: dict[str, set[str]] = {}
        self.onward = ways_onward(chain, opening)
        places = [place for place in self.onward if chain.stage(place.stage).kind is StageKind.WORK]
        for place in sorted(places):
            bearer = first_server(chain, *place)
            if bearer is not None:
                self.borne.setdefault(bearer.id, []).append(place)
                for service in chain.services:
                    serves = service.stage == place.stage and matches(place.case_class, service.case_classes)
                    if serves and service.resource != bearer.id:
                        self.helped.setdefault(service.resource, set()).add(bearer.id)

    def classes(self, resource: str) -> list[str]:
        """Name the case classes that wait for a resource."""
        return sorted({place.case_class for place in self.borne.get(resource, ())})

    def are_entered_when_lodged(self, resource: str) -> bool:
        """Say whether all cases that wait for a resource enter the chain there, on the day they are lodged."""
        reached = {after for following in self.onward.values() for after in following}
        return all(place in entry_places(self.chain) and place not in reached for place in self.borne[resource])

    def knows_court_terms(self, resource: str) -> bool:
        """Say whether a court can set a term for cases that wait for a resource: undecided, with a decision period."""
        groups = {row.id: track_group(row) for row in self.chain.case_classes}
        return any(
            self.chain.stage(place.stage).undecided and groups[place.case_class] != "none"
            for place in self.borne.get(resource, ())
        )


def _idle_policy(name: str, policy: Policy, policies: Mapping[str, Policy], queues: _Queues) -> Iterator[Problem]:
    where = f"policies.{name}"
    if name not in queues.borne:
        yield from _of_who_bears_no_queue(name, policy, policies, queues)
        return
    if policy.court_first is not None and policy.court_first.value and not queues.knows_court_terms(name):
        what = f"courts set no terms for the cases that wait for {name}: these are decided, or have no decision period."
        yield Problem(f"{where}.court_first", what, "Leave it out.")
    if policy.order is not None and policy.order.value == "entered" and queues.are_entered_when_lodged(name):
        what = f"cases come to {name} on the day they are lodged, so this is the order “lodged”."
        yield Problem(f"{where}.order", what, 'Say "lodged", or leave it out.')
    waiting = queues.classes(name)
    for pattern in policy.first.value if policy.first else ():
        if not any(matches(row, (pattern,)) for row in waiting):
            what = f"no case of {pattern} ever waits for {name}."
            yield Problem(f"{where}.first", what, f"Name classes that do: {', '.join(waiting)}.")
    if policy.first and not (policy.horizon and policy.horizon.value) and _are_alone(name, policy, queues):
        what = (
            f"{' and '.join(policy.first.value)} name all cases of every queue of {name}, so none goes before another."
        )
        yield Problem(f"{where}.first", what, "Name a part of them, or give them a planning horizon.")


def _are_alone(name: str, policy: Policy, queues: _Queues) -> bool:
    """Say whether the classes that go first are all that wait, so that going first means nothing."""
    assert policy.first is not None
    return all(matches(row, policy.first.value) for row in queues.classes(name))


def _of_who_bears_no_queue(
    name: str, policy: Policy, policies: Mapping[str, Policy], queues: _Queues
) -> Iterator[Problem]:
    """Refuse what a resource without a queue of its own cannot decide."""
    bearers = sorted(queues.helped.get(name, ()))
    whose = " and ".join(bearers)
    divides = policy.overdue_share is not None and policy.overdue_share.share is not None
    by_deadline = [
        bearer for bearer in bearers if (rule := policies.get(bearer)) and rule.order and rule.order.value == "deadline"
    ]
    if divides and by_deadline:
        said = [part for part in _ORDERED if part != "order" and getattr(policy, part) is not None]
    else:
        said = [part for part in (*_ORDERED, "overdue_share") if getattr(policy, part) is not None]
    for part in said:
        if not bearers:
            what, remedy = f"no case waits in a queue for {name}.", "Leave it out, or change its capacity."
        elif part == "overdue_share":
            what = f"{name} works on the queue of {whose}, and that is not taken up by deadline."
            remedy = f'Set policies.{bearers[0]}.order to "deadline", or leave it out.'
        else:
            what = f"{name} helps with the queue of {whose}, and takes it up in the order of {whose}."
            remedy = f"Set policies.{bearers[0]}.{part} instead."
        yield Problem(f"policies.{name}.{part}", what, remedy)


# Days and years ------------------------------------------------------------------------------------------------------


class _Period(Protocol):
    @property
    def valid_from(self) -> date: ...

    @property
    def valid_until(self) -> date: ...


def _outside_the_days(scenario: Scenario) -> Iterator[Problem]:
    """Find the changes of which no day lies in the study; one of several that is for a longer study may stay."""
    spoken = f"{scenario.reference_date} (excluded) to {scenario.horizon}"
    what = f"nothing of it falls within the study, which speaks of {spoken}."
    remedy = "Choose days within the study, or leave it out."
    for where, rows in _periods_of(scenario):
        if rows and not any(_touches(scenario, row) for row in rows):
            yield Problem(where, what, remedy)
    for number, hire in enumerate(scenario.staff.hires):
        if not _comes_in_time(scenario, hire):
            yield Problem(f"staff.hires.{number}", what, remedy)
    years = scenario.inflow.years
    if years and not any(_speaks_of(scenario, year) for year in years):
        named = ", ".join(str(year) for year in years)
        speaks = f"the study speaks of {scenario.reference_date.year} to {scenario.horizon.year}, not of {named}."
        yield Problem("inflow.years", speaks, "Choose one of these years, or leave it out.")


def cut_off(scenario: Scenario, horizon: date) -> Scenario:
    """Give the scenario with an earlier horizon, without the changes of which no day is left."""
    short = scenario.model_copy(update={"horizon": horizon})
    staff = scenario.staff
    left = {
        table: tuple(row for row in getattr(staff, table) if _touches(short, row))
        for table in ("locations", "projects", "leave")
    }
    left["hires"] = tuple(hire for hire in staff.hires if _comes_in_time(short, hire))
    kept = {
        table: {
            name: rows for name, rows in getattr(scenario, table).items() if any(_touches(short, row) for row in rows)
        }
        for table in ("capacity", "no_show", "routes")
    }
    years = {year: total for year, total in scenario.inflow.years.items() if _speaks_of(short, year)}
    places = tuple(row for row in scenario.reception.regular_places if _touches(short, row))
    return short.model_copy(
        update={
            **kept,
            "inflow": scenario.inflow.model_copy(update={"years": years}),
            "staff": staff.model_copy(update=left),
            "reception": scenario.reception.model_copy(update={"regular_places": places}),
        }
    )


def _periods_of(scenario: Scenario) -> Iterator[tuple[str, Sequence[_Period]]]:
    """Give the dated changes of a scenario: together where one value changes, one by one where each stands alone."""
    yield from ((f"capacity.{name}", rows) for name, rows in scenario.capacity.items())
    yield from ((f"no_show.{name}", rows) for name, rows in scenario.no_show.items())
    yield from ((f"routes.{name}", rows) for name, rows in scenario.routes.items())
    yield "reception.regular_places", scenario.reception.regular_places
    for table in ("locations", "projects", "leave"):
        yield from ((f"staff.{table}.{number}", (row,)) for number, row in enumerate(getattr(scenario.staff, table)))


def _touches(scenario: Scenario, period: _Period) -> bool:
    return period.valid_from <= scenario.horizon and period.valid_until > scenario.reference_date


def _comes_in_time(scenario: Scenario, hire: HireChoice) -> bool:
    return hire.requested_on <= scenario.horizon and hire.until > scenario.reference_date


def _speaks_of(scenario: Scenario, year: int) -> bool:
    return scenario.reference_date.year <= year <= scenario.horizon.year
