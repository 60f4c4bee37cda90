# SPDX-License-Identifier: EUPL-1.2
"""What does it take? The least turn of a what-if lever, within what is possible; the answer is a set of choices."""

from datetime import date
from pathlib import Path

import pytest

from keten.domain.errors import ScenarioError
from keten.questions.seek import Goal
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.whatif.account import Account
from keten.whatif.chosen import scenario_with
from keten.whatif.lever import levers_by_id
from keten.whatif.look import simulate
from keten.whatif.seek import lever_problems, runs_at_most, seek_choice, values_between

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
ACCOUNT = Account("Analist", "Wat is er nodig?", "wat-als")
HOMES = levers_by_id()["homes"]


@pytest.fixture(scope="module")
def base():
    return prepare(read_scenario(LETTER).model_copy(update={"horizon": date(2023, 7, 31)}))


def waiting(base, homes):
    inputs = prepare(scenario_with(base, {"homes": homes}, ACCOUNT))
    values = simulate(inputs, replications=2, seed=7).values
    rows = values.filter((values["measure"] == "permit_holders_waiting") & (values["period_end"] == date(2023, 7, 31)))
    return sorted(rows["value"].to_list())


def sought(base, value, lever="homes", **choices):
    goal = Goal("permit_holders_waiting", True, value, "2023-07")
    return seek_choice(base, choices, goal, lever, account=ACCOUNT, replications=2, seed=7, statistic="mean")


@pytest.mark.parametrize(("standing", "bound", "values"), [(80, 95, [80, 85, 90, 95]), (80, 68, [80, 75, 70, 68])])
def test_a_lever_is_tried_from_where_it_stands_to_its_bound(standing, bound, values):
    assert values_between(HOMES, standing, bound) == values


def test_the_answer_is_the_least_turn_that_does_it_and_one_step_less_does_not(base):
    middle = sum(waiting(base, 120)) / 2
    answer = sought(base, middle)
    assert answer.found.value <= 120
    assert answer.monotone
    assert answer.bound == HOMES.high
    assert sum(waiting(base, answer.found.value)) / 2 <= middle
    assert sum(waiting(base, answer.found.value - HOMES.step)) / 2 > middle
    assert len(answer.tried) <= runs_at_most(HOMES, 80)


def test_a_goal_that_is_met_already_asks_for_nothing(base):
    answer = sought(base, 1e6)
    assert answer.is_needless
    assert [row.value for row in answer.tried] == [80]


def test_what_no_turn_can_do_is_said_with_what_the_furthest_reaches(base):
    answer = sought(base, 0)
    assert answer.found is None
    assert answer.at_bound.value == HOMES.high
    assert answer.at_bound.reached("mean") > 0


def test_the_bound_that_helps_may_be_the_lower_one(base):
    answer = sought(base, 0, lever="inflow_2023")
    assert answer.bound == min(row.value for row in answer.tried)


def test_what_is_wrong_with_a_question_is_said_at_once(base):
    goal = Goal("wishes", True, 0, "2031-01")
    assert [row.where for row in lever_problems(base, "order", goal, ["stock.track_4"])] == [
        "lever",
        "measure",
        "month",
    ]
    with pytest.raises(ScenarioError):
        sought(base, 0, lever="order")
    with pytest.raises(ScenarioError):
        seek_choice(base, {}, goal, "homes", account=ACCOUNT, replications=1, seed=7)
