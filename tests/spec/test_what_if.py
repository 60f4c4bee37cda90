# SPDX-License-Identifier: EUPL-1.2
"""Choices on top of a base: what is possible, the scenario they become, and that its figures are those of a study."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.domain.errors import ScenarioError
from keten.parameters.load import load_chain
from keten.parameters.values import at
from keten.questions.compare import differences, read_study
from keten.questions.explain import steps_between
from keten.scenario.model import Switch
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.replicate import replicate
from keten.study.run import Settings, run_study
from keten.whatif.account import Account
from keten.whatif.chosen import as_toml, changes, in_base, problems_of, scenario_with
from keten.whatif.lever import levers_of
from keten.whatif.look import compare_runs, quick_look, ranges, simulate

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
ACCOUNT = Account("Analist", "Wat doet deze keuze?", "wat-als")
END = date(2023, 7, 31)


def base_of(name="most-likely"):
    """A scenario of the letter that ends after three months."""
    return prepare(read_scenario(LETTER / f"{name}.toml").model_copy(update={"horizon": END}))


@pytest.fixture(scope="module")
def base():
    return base_of()


@pytest.fixture(scope="module")
def simulated(base):
    return simulate(base, replications=2, seed=7)


def test_every_lever_says_how_it_stands_within_its_bounds_and_why_it_has_them(base):
    standing = in_base(base)
    for lever in levers_of(base):
        assert lever.words.nl
        assert lever.words.en
        assert len(lever.reason.nl) > 20
        assert len(lever.reason.en) > 20
        assert (
            lever.source.startswith("https://") or "aanname" in lever.reason.nl or lever.chooses or lever.unit.nl == "%"
        )
        if lever.chooses:
            assert standing[lever.id] in [option.value for option in lever.options]
        else:
            assert lever.low <= standing[lever.id] <= lever.high


STANDING = """
lever            penalty-forecast  penalty-forecast-struck-down  penalty-forecast-algerians-moldovans-first
baa              0                 0                             0
order            deadline          deadline                      deadline
overdue_share    70                70                            70
first            none              none                          first_track_4_dza_mda
horizon          0                 0                             28
extension        in_force          struck_down                   in_force
homes            80                80                            80
no_show          8                 8                             8
court_first      with_others       with_others                   with_others
"""


def test_levers_stand_as_the_base_has_them():
    heading, *rows = (line.split() for line in STANDING.strip().splitlines())
    for column, name in enumerate(heading[1:], start=1):
        standing = in_base(base_of(name))
        for row in rows:
            wanted = row[column]
            assert standing[row[0]] == (float(wanted) if wanted.isdigit() else wanted), (name, row[0])


def test_no_choice_is_the_base_itself(base):
    assert scenario_with(base, {}, ACCOUNT) == base.scenario
    assert scenario_with(base, in_base(base), ACCOUNT) == base.scenario


def test_everything_that_is_wrong_with_choices_is_said_at_once(base):
    wrong = {"inflow_2023": 900_000, "baa": "veel", "extension": "perhaps", "wishes": 3, "order": "lodged"}
    wrong |= {"overdue_share": 55}
    with pytest.raises(ScenarioError) as refusal:
        scenario_with(base, wrong, ACCOUNT)
    assert {problem.where for problem in refusal.value.problems} == set(wrong) - {"order"}
    assert all(problem.remedy for problem in refusal.value.problems)


def test_a_horizon_needs_a_group_with_priority(base):
    assert [problem.where for problem in problems_of(base, {"first": "none", "horizon": 14})] == ["horizon"]
    assert problems_of(base, {"first": "none"}) == []


def test_another_order_takes_the_division_of_the_hours_away():
    scenario = scenario_with(base_of("penalty-forecast"), {"order": "lodged"}, ACCOUNT)
    assert scenario.policies["decision_officers_track_4"].overdue_share is None


def test_terms_of_courts_no_longer_go_first_and_the_penalties_of_track_4_rise(base):
    without = scenario_with(base, {"court_first": "with_others"}, ACCOUNT)
    assert without.policies["decision_officers_track_4"].court_first is None
    assert scenario_with(prepare(without), {"court_first": "first"}, ACCOUNT).policies == {
        **base.scenario.policies,
        "decision_officers_track_4": base.scenario.policies["decision_officers_track_4"].model_copy(
            update={"court_first": Switch(value=True, owner="Analist", reason="Wat doet deze keuze?", source="wat-als")}
        ),
    }
    before, after = (
        sum(
            replicate(inputs, 7, number)
            .outcome.deadlines.filter(pl.col("track") == "track_4")["penalties_accrued_eur"]
            .sum()
            for number in range(2)
        )
        for inputs in (base, prepare(without))
    )
    assert after > before


def test_every_changed_value_carries_who_wants_it_and_why(base):
    scenario = scenario_with(base, {"baa": 0, "homes": 120, "inflow_2023": 60_000}, ACCOUNT)
    changed = [*scenario.capacity["baa_officers"], *scenario.capacity["municipal_homes"], scenario.inflow.years[2023]]
    assert {(row.owner, row.reason, row.source) for row in changed} == {("Analist", "Wat doet deze keuze?", "wat-als")}


def test_a_range_is_scaled_and_not_thrown_away(base):
    scenario = scenario_with(base, {"homes": 160}, ACCOUNT)
    before = at(load_chain().resource("municipal_homes").capacity, date(2023, 5, 1), name="homes")
    after = scenario.capacity["municipal_homes"][-1]
    assert (after.low, after.mode, after.high) == (2 * before.low, 2 * before.mode, 2 * before.high)


def test_what_changed_is_listed_in_words_in_both_languages(base):
    found = changes(base, {"baa": 0.0, "extension": "struck_down", "homes": 80.0})
    assert [(row.before.nl, row.after.nl) for row in found] == [
        ("100 % van het plan", "0 % van het plan"),
        ("geldt (15 maanden)", "sneuvelt (6 maanden)"),
    ]
    assert found[1].after.en == "struck down (6 months)"


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_lies_within_the_bounds_becomes_a_scenario_in_which_the_levers_stand_so(data, base):
    chosen = {}
    for lever in levers_of(base):
        if not data.draw(st.booleans(), label=lever.id):
            continue
        if lever.chooses:
            chosen[lever.id] = data.draw(st.sampled_from([option.value for option in lever.options]))
        else:
            steps = int((lever.high - lever.low) / lever.step)
            chosen[lever.id] = lever.low + lever.step * data.draw(st.integers(0, steps))
    if problems_of(base, chosen):
        return
    standing = in_base(prepare(scenario_with(base, chosen, ACCOUNT)))
    ignored = {"overdue_share"} if standing["order"] != "deadline" else set()
    ignored |= {"horizon"} if standing["first"] == "none" else set()
    for name, choice in chosen.items():
        if name not in ignored:
            assert standing[name] == pytest.approx(choice, abs=0.51 if name in ("baa", "court_hours") else 1e-6), name


def test_the_choices_can_be_explained_step_by_step(base):
    other = scenario_with(base, {"baa": 0, "homes": 120}, ACCOUNT)
    assert len(steps_between(base.scenario, other, load_chain())) == 2


def test_the_figures_are_those_of_a_study_to_the_last_digit(base, simulated, tmp_path):
    scenario = scenario_with(base, {"baa": 0, "extension": "struck_down", "regular_places": 40_000}, ACCOUNT)
    look = compare_runs(simulated, simulate(prepare(scenario), replications=2, seed=7))
    for inputs, name in ((base, "base"), (prepare(scenario), "variant")):
        run_study(inputs, Settings(seed=7, replications=2), tmp_path / name)
    studies = {name: read_study(tmp_path / name) for name in ("base", "variant")}
    key = ["measure", "replication", "period_end"]
    for mine, study in ((look.base, studies["base"]), (look.variant, studies["variant"])):
        assert mine.values.sort(key).equals(study.values.sort(key).cast(mine.values.schema))
    assert list(look.differences) == differences(studies["base"].values, studies["variant"].values)
    summary = json.loads((tmp_path / "variant" / "summary.json").read_text())["measures"]
    for measure, months in ranges(look.variant.values).items():
        for on, spread in months.items():
            written = summary[measure]["months"][f"{on:%Y-%m}"]
            assert {name: getattr(spread, name) for name in ("p10", "p50", "p90", "mean")} == pytest.approx(
                {name: written[name] for name in ("p10", "p50", "p90", "mean")}, abs=5e-7
            )


def test_the_same_choice_twice_differs_nowhere_and_touches_nobody(base, simulated):
    look = compare_runs(simulated, simulated)
    assert all(row.mean.mean == 0 for row in look.differences)
    assert not any(row.gains or row.pays for row in look.partners)
    assert look.newly_overloaded == ()


def test_partners_add_up_to_the_whole(base, simulated):
    look = compare_runs(simulated, simulate(prepare(scenario_with(base, {"baa": 0}, ACCOUNT)), replications=2, seed=7))
    total = look.total("cost.total")
    assert sum(row.cost_base for row in look.partners) == pytest.approx(total.base)
    assert sum(row.cost.mean for row in look.partners) == pytest.approx(total.mean.mean)
    last = look.base.cases.filter(pl.col("period_end") == END)
    assert sum(row.cases_base for row in look.partners) == pytest.approx(last["number"].sum() / 2)


def test_without_baa_there_is_less_production_and_more_stock_of_track_4(base):
    look = quick_look(base, scenario_with(base, {"baa": 0}, ACCOUNT), replications=4, seed=7)
    assert look.total("production.track_4").mean.high < 0
    assert look.at("stock.track_4", "2023-07").mean.low > 0
    assert look.at("stock.track_4", "1999-01") is None


def test_runs_that_are_no_pairs_are_not_compared(base, simulated):
    with pytest.raises(ScenarioError, match="no pairs"):
        compare_runs(simulated, simulate(base, replications=1, seed=7))


def test_the_file_that_is_written_opens_as_the_same_scenario(base, tmp_path):
    account = Account('Analist "A"', "Regel één\nregel twee", "wat-als")
    scenario = scenario_with(base, {"baa": 50, "inflow_2023": 60_000, "first": "none", "no_show": 4}, account)
    (tmp_path / "found.toml").write_text(as_toml(scenario))
    assert read_scenario(tmp_path / "found.toml") == scenario
