# SPDX-License-Identifier: EUPL-1.2
"""Another way through the chain: shares of a case group, per period, that add up and lead somewhere."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from keten.domain.errors import ScenarioError
from keten.parameters.check import problems_of
from keten.parameters.load import load_chain
from keten.parameters.paths import Place, routes_from
from keten.parameters.values import at
from keten.questions.explain import steps_between
from keten.scenario.apply import apply, misfits
from keten.scenario.model import Scenario
from keten.scenario.read import read_scenario
from keten.scenario.reroute import Reroute
from keten.study.inputs import prepare
from keten.study.replicate import replicate
from keten.whatif.account import Account
from keten.whatif.chosen import changes, in_base, scenario_with
from keten.whatif.look import quick_look

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
ACCOUNT = Account("Analist", "Wat doet deze route?", "wat-als")
CHAIN = load_chain()
DZA_MDA = "first_track_4_dza_mda"


@pytest.fixture(scope="module")
def base():
    return prepare(read_scenario(LETTER).model_copy(update={"horizon": date(2023, 7, 31)}))


def rerouted(base, ways, stages="registration", classes=DZA_MDA, **period) -> Scenario:
    """Write ways as `stage share` or `stage>class share`, one per comma."""
    written = []
    for way in ways.split(","):
        to, share = way.split()
        stage, _, becomes = to.partition(">")
        written.append({"to": stage, "share": float(share)} | ({"becomes": becomes} if becomes else {}))
    row = ACCOUNT.beside({"stages": stages.split(), "case_classes": classes.split(), "ways": written})
    document = base.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return Scenario.model_validate({**document, "routes": {"other": [{**row, "from": "2023-06-01", **period}]}})


def shares(chain, stage, case_class, on):
    return {
        route.to: at(route.share, on, name="share").central for route in routes_from(chain, Place(stage, case_class))
    }


HALF = "simplified_procedure>first_track_2 0.49, registration_interview 0.49, withdrawn 0.02"


def test_a_way_that_is_not_in_the_tables_opens_for_this_class_in_this_period_only(base):
    chain = apply(rerouted(base, HALF, until="2023-07-01"), CHAIN)
    before = {"registration_interview": 0.98, "withdrawn": 0.02, "simplified_procedure": 0}
    after = {"registration_interview": 0.49, "withdrawn": 0.02, "simplified_procedure": 0.49}
    for on, wanted in ((date(2023, 5, 31), before), (date(2023, 6, 1), after), (date(2023, 7, 1), before)):
        assert shares(chain, "registration", DZA_MDA, on) == wanted
    for other in ("first_track_4_other", "first_track_1", "first_track_2"):
        assert shares(chain, "registration", other, date(2023, 6, 1)) == shares(
            CHAIN, "registration", other, date(2023, 6, 1)
        )
    assert problems_of(chain) == problems_of(CHAIN)


def test_a_way_that_is_not_named_is_closed_and_one_in_the_tables_keeps_its_outcome(base):
    ways = "awaiting_housing 0.9, departure_period 0.1"
    chain = apply(rerouted(base, ways, stages="decision_aa decision_va", classes="first_track_4_*"), CHAIN)
    for stage in ("decision_aa", "decision_va"):
        found = shares(chain, stage, "first_track_4_other", date(2023, 6, 1))
        assert found == {"awaiting_housing": 0.9, "departure_period": 0.1, "appeal": 0, "withdrawn": 0}
    outcomes = {route.to: route.outcome for route in routes_from(chain, Place("decision_aa", "first_track_4_other"))}
    assert outcomes["awaiting_housing"] == "grant"


WRONG = """
ways                                                              | stages        | classes     | said
withdrawn 0.5, registration_interview 0.4                         | registration  | @           | add up to 0.9 instead of 1
withdrawn 0.5, withdrawn 0.5                                      | registration  | @           | named twice
withdrawn 1.5, registration_interview -0.5                        | registration  | @           | less than or equal to 1
withdrawn 0.5, registration_intervieuw 0.5                        | registration  | @           | did you mean registration_interview?
simplified_procedure>first_trak_2 1                               | registration  | @           | did you mean first_track_2?
withdrawn 1                                                       | registratoin  | @           | did you mean registration?
withdrawn 1                                                       | registration  | first_trak  | no case class is named first_trak
withdrawn 1                                                       | simplified_procedure | @    | does not come in simplified_procedure
simplified_procedure 1                                            | registration  | @           | simplified_procedure
"""  # noqa: E501 - a table


@pytest.mark.parametrize("row", WRONG.strip().splitlines()[1:])
def test_a_reroute_that_cannot_be_is_refused_with_what_to_do(row, base):
    ways, stages, classes, said = (part.strip() for part in row.split("|"))
    with pytest.raises((ValidationError, ScenarioError), match=said.replace("?", r"\?")):
        prepare(rerouted(base, ways, stages, classes.replace("@", DZA_MDA)))


def test_every_misfit_has_a_remedy(base):
    wrong = rerouted(base, "nowhere 0.5, withdrawn 0.5", "registration", "first_trak")
    problems = list(misfits(wrong, CHAIN))
    assert len(problems) == 2
    assert all(problem.remedy and str(problem.where).startswith("routes.other.0") for problem in problems)


def test_a_period_must_have_days():
    row = ACCOUNT.beside(
        {"stages": ["registration"], "case_classes": [DZA_MDA], "ways": [{"to": "withdrawn", "share": 1}]}
    )
    with pytest.raises(ValidationError, match="from must lie before until"):
        Reroute.model_validate({**row, "from": "2023-06-01", "until": "2023-06-01"})


def test_no_case_is_lost_on_another_way(base):
    inputs = prepare(scenario_with(base, {"simplified": 60, "appeals": 70}, ACCOUNT))
    ledger = replicate(inputs, 7, 0).outcome.ledger
    for row in ledger.iter_rows(named=True):
        assert row["closing"] == row["opening"] + row["inflow"] - row["outflow"]
    moved = ledger.filter((pl.col("stage") == "simplified_procedure") & (pl.col("case_class") == "first_track_2"))
    usual = replicate(base, 7, 0).outcome.ledger.filter(
        (pl.col("stage") == "simplified_procedure") & (pl.col("case_class") == "first_track_2")
    )
    assert moved["inflow"].sum() > usual["inflow"].sum()


def test_the_levers_divide_those_who_go_on_and_leave_the_others_as_they_are(base):
    inputs = prepare(scenario_with(base, {"simplified": 50, "appeals": 80}, ACCOUNT))
    on = date(2023, 6, 1)
    assert shares(inputs.chain, "registration", DZA_MDA, on) == pytest.approx(
        {"registration_interview": 0.49, "withdrawn": 0.02, "simplified_procedure": 0.49}
    )
    assert shares(inputs.chain, "decision_aa", "first_track_4_other", on) == pytest.approx(
        {"awaiting_housing": 0.82, "appeal": 0.1, "departure_period": 0.07, "withdrawn": 0.01}
    )
    assert in_base(inputs)["simplified"] == pytest.approx(50)
    assert in_base(inputs)["appeals"] == pytest.approx(80)
    again = prepare(scenario_with(inputs, {"appeals": 100, "simplified": 0}, ACCOUNT))
    assert in_base(again)["appeals"] == pytest.approx(100)
    assert in_base(again)["simplified"] == 0


def test_a_measure_is_one_step_of_an_explanation_and_is_told_in_words(base):
    other = scenario_with(base, {"simplified": 50, "appeals": 80, "no_show": 4, "regular_places": 40_000}, ACCOUNT)
    steps = {step.id: step.words for step in steps_between(base.scenario, other, CHAIN)}
    assert len(steps) == 4
    assert steps["routes.simplified"].nl.startswith(
        "Andere route: Algerijnen en Moldaven naar de vereenvoudigde procedure: zoals in de tabellen → uit "
    )
    assert "49% to simplified procedure" in steps["routes.simplified"].en
    assert "more" in steps["routes.appeals"].en
    assert steps["no_show.detailed_interview"].nl.startswith("Niet verschenen bij ")
    assert "%" in steps["no_show.detailed_interview"].nl
    assert steps["reception.regular_places"].en.startswith("Regular reception places: as in the tables → ")


def test_what_the_levers_change_is_told_on_the_page(base):
    found = {change.lever.id: change.after.nl for change in changes(base, {"simplified": 50.0, "appeals": 80.0})}
    assert found == {"simplified": "50 % van wie na aanmelding verdergaat", "appeals": "80 % van nu"}


def test_fewer_appeals_leave_fewer_cases_with_the_courts(base):
    look = quick_look(base, scenario_with(base, {"appeals": 50}, ACCOUNT), replications=3, seed=7)
    assert look.at("stock.appeal", "2023-07").mean.high < 0
