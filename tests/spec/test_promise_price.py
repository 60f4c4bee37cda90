# SPDX-License-Identifier: EUPL-1.2
"""What a promise takes: the fewest people, in the usual order or with the group first, and who waits longer for it."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keten.cli import build
from keten.domain.errors import ScenarioError
from keten.questions.price import (
    MOST_TIMES,
    STEPS,
    Commitment,
    by_group,
    carrying_resource,
    document_of,
    last_stages,
    price_of,
    runs_at_most,
    weeks_of,
    with_priority,
)
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.variants import Variant, run_variants

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
BY = date(2023, 9, 30)


@pytest.fixture(scope="module")
def base():
    return prepare(read_scenario(LETTER).model_copy(update={"horizon": date(2023, 10, 31)}))


@pytest.fixture(scope="module")
def price(base):
    return price_of(base, Commitment("first_track_4_syr_yem", 30, BY), replications=2)


def weeks(base, case_class):
    values = run_variants([Variant("base", base)], replications=2, look=by_group)
    return weeks_of(values, case_class, BY)


def test_a_group_that_is_fast_enough_asks_for_nothing(base):
    reached = max(weeks(base, "first_track_2"))
    found = price_of(base, Commitment("first_track_2", reached + 1, BY), replications=2)
    assert found.by_manner("as_planned").is_kept
    assert found.by_manner("more_people").fte == 0


def test_as_planned_is_the_base_itself(price):
    planned = price.by_manner("as_planned")
    assert (planned.fte, planned.cost_eur, planned.chain_cost.mean) == (0, 0, 0)
    assert all(effect.stock.mean == 0 and effect.weeks == effect.weeks_base for effect in planned.groups)


def test_the_answer_is_the_fewest_people_that_keep_it(price, base):
    assert not price.by_manner("as_planned").is_kept
    for keeping in (price.by_manner("more_people"), price.by_manner("priority")):
        if keeping.is_kept:
            assert keeping.weeks.p50 <= 30
        else:
            assert keeping.fte == pytest.approx(MOST_TIMES * price.present_fte)
        assert keeping.hours_per_day == pytest.approx(keeping.fte * base.staff_values.hours_per_fte.central)


def test_priority_asks_no_more_people_than_the_usual_order(price):
    step = MOST_TIMES * price.present_fte / STEPS
    assert price.by_manner("priority").fte <= price.by_manner("more_people").fte + step


def test_priority_alone_makes_others_wait(base):
    first = with_priority(base, "first_track_4_syr_yem")
    runs = [run_variants([Variant("one", inputs)], replications=2, look=by_group) for inputs in (base, first)]
    mine, others = "first_track_4_syr_yem", "first_track_4_other"
    assert sum(weeks_of(runs[1], mine, BY)) < sum(weeks_of(runs[0], mine, BY))
    assert sum(weeks_of(runs[1], others, BY)) > sum(weeks_of(runs[0], others, BY))


def test_the_resource_is_the_one_that_does_most_of_the_work_on_the_way(price, base):
    assert price.resource == "decision_officers_track_4"
    assert carrying_resource(base, price.way) == (price.resource, price.hours_per_case)
    assert last_stages(base.chain, "first_track_2") == ("simplified_procedure",)


def test_who_is_recruited_now_is_independent_after_recruitment_and_training(price, base):
    months = base.staff_values.recruitment_months.central + base.staff_values.training_months.central
    assert (price.independent_on - date(2023, 5, 1)).days == pytest.approx(months * 365.25 / 12, abs=1)


def test_a_promise_shorter_than_the_law_allows_is_not_lawful(base):
    commitment = Commitment("first_track_4_syr_yem", 0.5, BY)
    found = price_of(base, commitment, replications=1)
    assert not found.is_lawful
    assert price_of(base, Commitment("first_track_2", 0.5, BY), replications=1).is_lawful


def test_a_progress_bar_is_never_passed(base):
    told = []
    price_of(base, Commitment("first_track_2", 0.1, BY), replications=1, progress=told.append)
    assert told == sorted(told)
    assert told[-1] <= runs_at_most()


WRONG = """
group                  weeks  by          said
first_track_4_othr     8      2023-09-30  first_track_4_other
first_track_4_other    0      2023-09-30  above zero
first_track_4_other    8      2031-09-30  Choose a month from 2023-07 to 2023-10
first_track_4_other    8      2023-05-31  Choose a month from 2023-07 to 2023-10
"""


@pytest.mark.parametrize("row", WRONG.strip().splitlines()[1:])
def test_what_cannot_be_promised_is_refused_with_what_to_do(row, base):
    group, number, by, said = row.split(maxsplit=3)
    with pytest.raises(ScenarioError, match=said):
        price_of(base, Commitment(group, float(number), date.fromisoformat(by)), replications=1)


def test_the_document_holds_no_number_that_json_does_not_know(price):
    text = json.dumps(document_of(price), allow_nan=False)
    assert [row["manner"] for row in json.loads(text)["ways"]] == ["as_planned", "more_people", "priority"]


def run(*arguments):
    return CliRunner().invoke(build(), ["study", "promise", *arguments])


def test_the_command_tells_the_same_as_the_core(tmp_path):
    (tmp_path / "short.toml").write_text(f'base = "{LETTER}"\nname = "short"\nhorizon = 2023-10-31\n')
    asked = [str(tmp_path / "short.toml"), "--group", "first_track_4_other", "--weeks", "40", "--by", "2023-09"]
    asked += ["--as-fast-as", "first_track_2", "--replications", "1", "--workers", "1"]
    told = json.loads(run(*asked, "--json").stdout)
    assert [row["kind"] for row in told["reasons"]] == ["interviews", "waiting", "requirement"]
    assert told["resource"] == "decision_officers_track_4"
    text = run(*asked).stdout
    assert "at least 6 days of waiting" in text
    assert "the group first, and people" in " ".join(text.split())
    assert run(*asked[:6], "--by", "soon").exit_code != 0
