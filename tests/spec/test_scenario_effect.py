# SPDX-License-Identifier: EUPL-1.2
"""Every change that a scenario accepts moves the tables of a run, or is refused in words; for all that can change."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from keten.domain.errors import ScenarioError
from keten.flow.tables import Outcome
from keten.parameters.load import load_chain
from keten.parameters.opening_stock import load_opening_stock
from keten.parameters.paths import Place
from keten.scenario.apply import apply
from keten.scenario.effect import cut_off, without_effect
from keten.scenario.model import Capacity, Policy
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.replicate import replicate
from keten.whatif.account import Account
from keten.whatif.chosen import in_base, scenario_with
from keten.whatif.lever import levers_of

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
ACCOUNT = {"owner": "Analyst", "reason": "To see what moves.", "source": "a test of Keten"}
CHAIN = load_chain()
RESOURCES = [row.id for row in CHAIN.resources]
CLASSES = [row.id for row in CHAIN.case_classes]
BASE = cut_off(read_scenario(LETTER / "most-likely.toml"), date(2024, 6, 30)).model_copy(update={"policies": {}})


def choice(value):
    return {"value": value, **ACCOUNT}


def capacity(value):
    return (Capacity.model_validate({"value": value, "from": date(2023, 1, 1), **ACCOUNT}),)


def short_of(resource):
    """The base with too little of one resource, so that there is a queue in which an order means something."""
    plenty = {name: capacity(20_000) for name in RESOURCES if name != "baa_officers"}
    little = CHAIN.resource(resource).capacity[-1].central * 0.4
    return BASE.model_copy(update={"capacity": {**plenty, resource: capacity(little)}})


def with_policy(scenario, resource, **parts):
    old = scenario.policies.get(resource, Policy()).model_dump(exclude_none=True)
    return scenario.model_copy(update={"policies": {**scenario.policies, resource: Policy.model_validate(old | parts)}})


def with_mixed_deadlines(inputs):
    """The same inputs with deadlines that follow neither the order of lodging nor the class: half near, half far."""
    days, classes = inputs.deadline_of.shape
    first = np.arange(inputs.first_lodged, inputs.first_lodged + days)[:, np.newaxis]
    later = (np.arange(days)[:, np.newaxis] * 7919 + np.arange(classes) * 104_729) % 400
    mixed = first + np.where(later < 200, later // 10, later)  # none before its lodging, which no law can do
    return replace(inputs, deadline_of=mixed.astype(np.int64))


@cache
def ledger_of(scenario_json):
    from keten.scenario.model import Scenario

    inputs = with_mixed_deadlines(prepare(Scenario.model_validate_json(scenario_json)))
    return replicate(inputs, 7, 0).outcome.ledger


def moves(before, after):
    """Whether the ledger moves; None when the change is refused."""
    try:
        changed = ledger_of(after.model_dump_json(by_alias=True))
    except ScenarioError as refused:
        assert all(problem.what and problem.remedy for problem in refused.problems)
        return None
    return not changed.equals(ledger_of(before.model_dump_json(by_alias=True)))


def is_accepted(scenario):
    places = [Place(place.stage, place.case_class) for group in load_opening_stock() for place in group.places]
    return not list(without_effect(scenario, apply(scenario, CHAIN), places))


def policies_of(resource):
    """Every part of a policy beside the same without it."""
    base = short_of(resource)
    for order in ("deadline", "entered", "unpredictable"):
        yield f"order {order}", base, with_policy(base, resource, order=choice(order))
    by_deadline = with_policy(base, resource, order=choice("deadline"))
    yield "overdue_share", by_deadline, with_policy(by_deadline, resource, overdue_share=choice(0.3))
    # One class stands for the others: which of them wait for a resource is asked of all, below.
    for name in [name for name in CLASSES if is_accepted(with_policy(base, resource, first=choice([name])))][:1]:
        first = with_policy(base, resource, first=choice([name]))
        yield f"first {name}", base, first
        yield f"horizon {name}", first, with_policy(first, resource, horizon=choice(40))
    yield "court_first", base, with_policy(base, resource, court_first=choice(True))


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_part_of_a_policy_moves_the_ledger_or_is_refused(resource):
    found = {name: moves(before, after) for name, before, after in policies_of(resource)}
    assert [name for name, moved in found.items() if moved is False] == []


@pytest.mark.parametrize("resource", RESOURCES)
def test_only_cases_that_wait_for_a_resource_can_go_first_there(resource):
    """Held against the queues of the kernel, which knows them by itself."""
    inputs = prepare(BASE)
    network, position = inputs.layout.network(), RESOURCES.index(resource)
    waits = {
        name
        for column, name in enumerate(CLASSES)
        for queue in network.queue_of[:, column]
        if queue < len(network.queue_resource) and network.queue_resource[queue] == position
    }
    horizon = choice(20)  # with which also the only class of a queue may be named
    accepted = {
        name for name in CLASSES if is_accepted(with_policy(BASE, resource, first=choice([name]), horizon=horizon))
    }
    assert accepted == waits


def test_a_policy_for_who_only_helps_is_refused_with_whose_queue_it_is():
    with pytest.raises(ScenarioError) as refused:
        prepare(with_policy(BASE, "baa_officers", order=choice("entered")))
    assert "takes it up in the order of decision_officers_track_4" in str(refused.value)
    assert "Set policies.decision_officers_track_4.order instead" in str(refused.value)


def test_who_only_helps_may_divide_its_own_hours_where_the_queue_goes_by_deadline():
    base = with_policy(BASE, "decision_officers_track_4", order=choice("deadline"))
    divided = with_policy(base, "baa_officers", order=choice("deadline"), overdue_share=choice(0.1))
    assert moves(base, divided)
    with pytest.raises(ScenarioError, match="is not taken up by deadline"):
        prepare(with_policy(BASE, "baa_officers", order=choice("deadline"), overdue_share=choice(0.1)))


def tables_of(scenario):
    done = replicate(prepare(scenario), 7, 0)
    return [*(getattr(done.outcome, name) for name in Outcome.__dataclass_fields__), done.places, done.costs]


@cache
def base_tables(horizon=BASE.horizon):
    return tables_of(BASE.model_copy(update={"horizon": horizon}))


def tables_move(scenario):
    before = base_tables(scenario.horizon)
    return any(not one.equals(other) for one, other in zip(before, tables_of(scenario), strict=True))


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_capacity_moves_the_tables(resource):
    half = CHAIN.resource(resource).capacity[-1].central / 2
    assert tables_move(BASE.model_copy(update={"capacity": {resource: capacity(half)}}))


@pytest.mark.parametrize("lever", [lever.id for lever in levers_of(prepare(BASE))])
def test_every_lever_moves_the_tables(lever):
    # Who is recruited is at work some nine months later.
    base = prepare(BASE.model_copy(update={"horizon": date(2024, 4, 30)}) if lever == "hires_track_4" else BASE)
    (row,) = (row for row in levers_of(base) if row.id == lever)
    standing = in_base(base)
    others = [option.value for option in row.options] if row.chooses else [row.low, row.high]
    beside = {"overdue_share": {"order": "deadline"}, "horizon": {"first": "first_track_4_dza_mda"}}.get(lever, {})
    changed = [scenario_with(base, {**beside, lever: value}, Account("Analyst", "To see it move.", "a test of Keten"))
               for value in others if value != standing[lever]]  # fmt: skip
    assert any(map(tables_move, changed))


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("capacity.court_sessions", {"capacity": {"court_sessions": [{"value": 9, "from": date(2031, 1, 1)}]}}),
        ("inflow.years", {"inflow": {"years": {"2032": {"value": 9}}}}),
        ("reception.regular_places", {"reception": {"regular_places": [{"value": 9, "from": date(2031, 1, 1)}]}}),
        ("staff.leave.0", {"staff": {"leave": [{"resource": "court_sessions", "share": 0.1,
                                                "from": date(2021, 1, 1), "until": date(2022, 1, 1)}]}}),
        ("staff.hires.0", {"staff": {"hires": [{"resource": "court_sessions", "fte": 1,
                                                "requested_on": date(2031, 1, 1)}]}}),
    ],
)  # fmt: skip
def test_what_falls_outside_the_days_of_a_study_is_refused(where, change):
    def accounted(part):
        if isinstance(part, dict):
            inside = {key: accounted(value) for key, value in part.items()}
            return inside | ACCOUNT if {"value", "share", "fte"} & set(part) else inside
        return [accounted(row) for row in part] if isinstance(part, list) else part

    document = BASE.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for table, value in accounted(change).items():
        document[table] = {**document.get(table, {}), **value}
    scenario = type(BASE).model_validate(document)
    with pytest.raises(ScenarioError) as refused:
        prepare(scenario)
    assert [problem.where for problem in refused.value.problems] == [where]


def test_the_load_of_who_only_helps_is_how_full_its_hours_are():
    resources = next(table for table in base_tables() if "hours_asked" in table.columns)
    baa = resources.filter(pl.col("resource") == "baa_officers")
    assert (baa["hours_used"] > 0).any()
    assert baa["hours_asked"].equals(baa["hours_used"], check_names=False)
