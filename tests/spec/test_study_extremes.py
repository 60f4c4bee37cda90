# SPDX-License-Identifier: EUPL-1.2
"""Studies at the edge of what can be: nobody comes, nobody works, nothing lies there, nothing is granted."""

import json
import math
from datetime import date
from pathlib import Path

import pytest

from keten.domain.errors import ScenarioError
from keten.domain.figures import Range
from keten.parameters.load import load_chain
from keten.parameters.opening_stock import load_opening_stock
from keten.questions.compare import comparison_document, read_studies
from keten.scenario.model import Capacity, Number, Reroute
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.results import read_results
from keten.study.run import Settings, run_study
from keten.whatif.account import Account
from keten.whatif.chosen import scenario_with
from keten.whatif.lever import levers_of

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
ACCOUNT = {"owner": "Analyst", "reason": "To try the edge.", "source": "a test of Keten"}
SHORT = date(2023, 7, 31)
ALWAYS = date(2023, 1, 1)


def scenario(**changes):
    base = read_scenario(LETTER / "most-likely.toml")
    return base.model_copy(update={"horizon": SHORT, **changes})


def inflow_of(this_year):
    """The scenario with so many persons in the year that has begun, and nobody in the next."""
    totals = {2023: Number(value=this_year, **ACCOUNT), 2024: Number(value=0, **ACCOUNT)}
    inflow = read_scenario(LETTER / "most-likely.toml").inflow.model_copy(update={"years": totals})
    return scenario(inflow=inflow)


def nobody_comes():
    """Nobody comes any more: the total of the year is what came in already."""
    return inflow_of(prepare(scenario()).plan.year(2023).observed)


def nobody_works():
    closed = (Capacity.model_validate({"value": 0, "from": ALWAYS, **ACCOUNT}),)
    return scenario(capacity={resource.id: closed for resource in load_chain().resources})


def nothing_is_granted():
    """Whoever has a decision period and can be granted something is rejected instead."""
    chain = load_chain()
    found = {}
    for number, route in enumerate(chain.routes):
        ways = [
            other for other in chain.routes if (other.stage, other.case_classes) == (route.stage, route.case_classes)
        ]
        kept = [other for other in ways if other.outcome.value != "grant"]
        if route.outcome.value == "grant" and kept:
            total = sum(other.share[0].central for other in kept)
            change = {
                "stages": [route.stage], "case_classes": list(route.case_classes), "from": ALWAYS, **ACCOUNT,
                "ways": [
                    {"to": other.to, "becomes": other.becomes, "outcome": other.outcome,
                     "share": other.share[0].central / total}
                    for other in kept
                ],
            }  # fmt: skip
            found[f"no_grants_{number}"] = (Reroute.model_validate(change),)
    return scenario(routes=found)


def until(day):
    return scenario(horizon=day)


EMPTY = tuple(
    group.model_copy(
        update={"observed": None, "count": group.places[0].share.model_copy(update={"value": 0.0, "unit": "cases"}),
                "waited": group.places[0].share.model_copy(update={"value": 30.0, "unit": "days"})}
    )
    for group in load_opening_stock()
)  # fmt: skip
"""The opening stock with nobody in it."""

EDGES = {
    "nobody comes": (nobody_comes, None),
    "nobody works": (nobody_works, None),
    "nothing lies there": (scenario, EMPTY),
    "nothing lies there and nobody comes": (nobody_comes, EMPTY),
    "nothing is granted": (nothing_is_granted, None),
    "one day": (lambda: until(date(2023, 5, 1)), None),
    "no month is complete": (lambda: until(date(2023, 5, 30)), None),
}


@pytest.fixture(scope="module", params=EDGES, ids=lambda name: name.replace(" ", "-"))
def study(request, tmp_path_factory):
    """A study at an edge, of one replication and of three."""
    make, groups = EDGES[request.param]
    inputs = prepare(make(), opening_groups=groups)
    folder = tmp_path_factory.mktemp("edge")
    for replications in (1, 3):
        run_study(inputs, Settings(replications=replications), folder / f"of-{replications}")
    return folder


def numbers_in(part):
    if isinstance(part, dict | list):
        for inside in part.values() if isinstance(part, dict) else part:
            yield from numbers_in(inside)
    elif isinstance(part, float):
        yield part


@pytest.mark.parametrize("replications", [1, 3])
def test_every_figure_of_a_study_at_an_edge_is_a_number_or_absent(study, replications):
    folder = study / f"of-{replications}"
    for name in ("summary.json", "indicators.json", "receipt.json"):
        content = json.loads((folder / name).read_text())
        assert all(math.isfinite(number) for number in numbers_in(content)), name
    summary = json.loads((folder / "summary.json").read_text())
    told = summary["sustainability"]
    assert set(told["loads"]) | set(told["closed"]) == {row.id for row in load_chain().resources}
    assert not set(told["loads"]) & set(told["closed"])
    results = read_results(folder)
    assert results.measures["stock.track_4"].months
    for outlook in results.measures.values():
        assert all(isinstance(spread, Range) for spread in outlook.months.values())


def test_a_study_at_an_edge_compares_with_itself(study):
    folder = study / "of-3"
    (other,) = comparison_document(read_studies([folder, folder]))["others"]
    changes = [row["mean"] for measure in other["measures"].values() for row in measure["months"].values()]
    assert changes
    assert set(changes) == {0.0}


@pytest.mark.parametrize("less", [1, "all"])
def test_a_total_below_what_came_in_already_is_refused_with_the_least_that_can_be(less):
    observed = prepare(scenario()).plan.year(2023).observed
    assert observed > 0
    with pytest.raises(ScenarioError) as refusal:
        prepare(inflow_of(0 if less == "all" else observed - less))
    (problem,) = refusal.value.problems
    assert problem.where == "inflow.years.2023"
    assert f"{observed:,} persons came in already" in str(problem.what)
    assert f"Give {observed} or more" in str(problem.remedy)


def test_nobody_may_come_in_a_year_of_which_nothing_is_known():
    year = prepare(nobody_comes().model_copy(update={"horizon": date(2024, 3, 31)})).plan.year(2024)
    assert (year.observed, year.total.central) == (0, 0)


def test_what_can_be_turned_on_the_page_never_goes_below_what_came_in():
    base = prepare(scenario())
    lever = next(row for row in levers_of(base) if row.id == "inflow_2023")
    account = Account("Analyst", "To try the edge.", "a test of Keten")
    assert prepare(scenario_with(base, {lever.id: lever.low}, account)).plan.year(2023).observed <= lever.low
