# SPDX-License-Identifier: EUPL-1.2
"""What one may ask of several runs: differences and how sure they are, steps that add up, the least that does it."""

import json
import pickle
from dataclasses import replace
from datetime import date
from math import inf
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.cli import main
from keten.domain.errors import ScenarioError
from keten.domain.figures import Range
from keten.domain.student import student_quantile
from keten.domain.words import Reading
from keten.indicators import Tables
from keten.parameters.load import load_chain
from keten.parameters.values import Quantity
from keten.questions import charts
from keten.questions.compare import by_size, differences, pairing_problems
from keten.questions.explain import divide, steps_between
from keten.questions.seek import (
    Account,
    Lever,
    as_toml,
    found_scenario,
    growth,
    least_that,
    read_goal,
    read_lever,
    seek,
    shifted,
    turned,
)
from keten.questions.tornado import Pinned, Uncertain, name_of, pinned, ranked, uncertain_parameters
from keten.questions.waterbed import EXIT, extra_cases, long_enough, plus, term_end, waterbed
from keten.scenario.model import Scenario
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.interval import interval_of_mean
from keten.study.precision import BATCH, Precision, precision_of
from keten.study.replicate import replicate, spread_over_weeks
from keten.study.run import Settings, read_receipt, run_study, verify
from keten.study.sustain import Load, sustainability
from keten.study.variants import Variant, run_variants, tables_of
from keten.study.workers import workers_for

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
END = date(2023, 6, 30)
CHAIN = load_chain()


def short(name="most-likely"):
    """A scenario of the letter that ends after two months."""
    return read_scenario(LETTER / f"{name}.toml").model_copy(update={"horizon": END})


@pytest.fixture(scope="module")
def inputs():
    return prepare(short())


@pytest.fixture(scope="module")
def once(inputs):
    return tables_of(replicate(inputs, 7, 0))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The scenarios of the letter as files that end after two months."""
    folder = tmp_path_factory.mktemp("scenarios")
    for name in ("most-likely", "maximum"):
        text = (LETTER / f"{name}.toml").read_text().replace("horizon = 2024-12-31", f"horizon = {END}")
        (folder / f"{name}.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def folders(files):
    """The studies of those scenarios: the same three replications of each."""
    for name in ("most-likely", "maximum"):
        run_study(prepare(read_scenario(files / f"{name}.toml")), Settings(replications=3), files / name)
    return files / "most-likely", files / "maximum"


def answered(capsys, *words):
    """What a command prints as JSON."""
    with pytest.raises(SystemExit) as ended:
        main(["study", *(str(word) for word in words), "--workers", "1", "--json"])
    assert ended.value.code == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys, *words):
    """What a command says when it refuses a question."""
    with pytest.raises(SystemExit) as ended:
        main(["study", *(str(word) for word in words)])
    assert ended.value.code == 5
    return capsys.readouterr().err


def frame(text):
    """A table in text as measures: variant | replication | value, of the stock of track 4 at the end of June."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()[1:]]
    return pl.DataFrame(
        [("stock.track_4", "cases", int(number), END, float(value), name) for name, number, value in rows],
        schema=["measure", "unit", "replication", "period_end", "value", "variant"],
        orient="row",
    )


# How sure a mean is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("degrees", "value"), [(1, 12.7062), (2, 4.3027), (5, 2.5706), (9, 2.2622), (30, 2.0423), (199, 1.9720)]
)
def test_the_quantile_of_student_is_that_of_the_tables(degrees, value):
    assert student_quantile(0.975, degrees) == pytest.approx(value, abs=5e-5)
    assert student_quantile(0.025, degrees) == pytest.approx(-value, abs=5e-5)


def test_the_interval_of_a_mean():
    """Mean 4, standard deviation 2: half the interval is 4.3027 times 2 over the root of 3."""
    interval = interval_of_mean([2.0, 4.0, 6.0])
    assert interval.mean == 4
    assert interval.half_width == pytest.approx(4.30265 * 2 / 3**0.5, rel=1e-5)


def test_one_outcome_says_nothing_about_how_sure_it_is():
    assert interval_of_mean([5.0]).half_width == inf


# The same replications -----------------------------------------------------------------------------------------------


def test_the_answer_does_not_depend_on_the_number_of_workers(inputs):
    variants = [Variant("as it is", inputs), Variant("central", inputs, Pinned())]
    alone = run_variants(variants, replications=5)
    with workers_for(2, runs=10) as workers:
        assert workers is not None
        together = run_variants(variants, replications=5, workers=workers)
    assert together.equals(alone)
    assert alone["variant"].unique(maintain_order=True).to_list() == ["as it is", "central"]


def test_variants_see_the_same_arrivals(inputs):
    (resource,) = (row for row in inputs.chain.resources if row.id == "court_sessions")
    more = resource.model_copy(update={"capacity": tuple(plus(part, 100) for part in resource.capacity)})
    resources = tuple(more if row.id == resource.id else row for row in inputs.chain.resources)
    other = replace(inputs, chain=inputs.chain.model_copy(update={"resources": resources}))
    found = run_variants([Variant("base", inputs), Variant("more judges", other)], replications=1)
    one, two = (found.filter(pl.col("variant") == name).drop("variant") for name in ("base", "more judges"))
    for name, changes in (("inflow.total", False), ("stock.track_2", False), ("stock.appeal", True)):
        rows = [part.filter(pl.col("measure") == name)["value"].to_list() for part in (one, two)]
        assert (rows[0] != rows[1]) is changes


def test_no_replications_is_no_question(inputs):
    with pytest.raises(ScenarioError, match="Ask for 1 or more"):
        run_variants([Variant("base", inputs)], replications=0)


# Compare -------------------------------------------------------------------------------------------------------------

PAIRS = """
    variant | replication | value
    base    | 0           | 100
    base    | 1           | 200
    base    | 2           | 300
    other   | 0           | 110
    other   | 1           | 211
    other   | 2           | 309
"""


def variant(values, name):
    return values.filter(pl.col("variant") == name).drop("variant")


def test_pairs_show_a_difference_that_means_alone_would_not():
    """The outcomes differ by 100, the pairs by 9 to 11."""
    values = frame(PAIRS)
    (row,) = differences(variant(values, "base"), variant(values, "other"))
    assert (row.base, row.other, row.mean.mean) == (200, 210, 10)
    assert (row.spread.p10, row.spread.p50, row.spread.p90) == (9, 10, 11)
    assert row.mean.low == pytest.approx(10 - 4.30265 / 3**0.5, rel=1e-5)
    assert row.distinguishable


def test_a_difference_that_may_be_zero_says_so_and_is_listed_last():
    values = frame(PAIRS.replace("| 309", "| 270"))
    (row,) = differences(variant(values, "base"), variant(values, "other"))
    assert not row.distinguishable
    sure = replace(row, measure="stock.appeal", mean=interval_of_mean([5.0, 5.0, 5.0]))
    assert [found.measure for found in by_size([row, sure])] == ["stock.appeal", "stock.track_4"]


def test_replications_that_are_no_pairs_are_refused_with_what_to_do():
    base = {"seed": 7, "replications": 20, "reference_date": "2023-04-30", "horizon": "2024-12-31"}
    other = {**base, "seed": 8, "replications": 10}
    problems = [str(problem) for problem in pairing_problems([Path("a"), Path("b")], [base, other])]
    assert len(problems) == 2
    assert "--seed 7" in problems[0]
    assert "--replications 20" in problems[1]


def test_compare_prints_every_measure_and_month(folders, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["study", "compare", *map(str, folders), "--json"])
    assert ended.value.code == 0
    found = json.loads(capsys.readouterr().out)
    (other,) = found["others"]
    assert found["month"] == "2023-06"
    june = other["measures"]["inflow.total"]["months"]["2023-06"]
    assert june["ci95_low"] <= june["mean"] <= june["ci95_high"]
    assert june["mean"] == pytest.approx(june["other_mean"] - june["base_mean"])
    assert set(other["measures"]["stock.track_4"]["months"]) == {"2023-04", "2023-05", "2023-06"}
    assert not other["measures"]["stock.family_reunification"]["months"]["2023-06"]["distinguishable_from_zero"]


def test_compare_says_which_differences_are_not_distinguishable_from_zero(folders, capsys):
    with pytest.raises(SystemExit):
        main(["study", "compare", *map(str, folders), "--month", "2023-05"])
    assert "Not distinguishable from zero" in capsys.readouterr().out


def test_compare_refuses_a_month_outside_the_studies(folders, capsys):
    assert "from 2023-04 to 2023-06" in refused(capsys, "compare", *folders, "--month", "2025-01")


# Precision -----------------------------------------------------------------------------------------------------------


def test_more_replications_are_added_until_the_mean_is_precise():
    values = variant(frame(PAIRS), "base")
    reached = precision_of(values, Precision("stock.track_4", 0.5))
    assert reached.mean == 200
    wide, enough = Precision("stock.track_4", 0.01), Precision("stock.track_4", 0.99)
    assert wide.next_number(values, 3) == 3 + BATCH
    assert wide.next_number(values, 100) == 200
    assert wide.next_number(values, 1990) == 2000
    assert wide.next_number(values, 2000) == 2000
    assert enough.next_number(frame(PAIRS.replace("| 300", "| 210")), 3) == 3


def test_the_receipt_says_how_many_replications_it_took(inputs, tmp_path):
    precision = Precision("stock.family_reunification", 0.5, maximum=BATCH)
    run_study(inputs, Settings(replications=3, precision=precision), tmp_path / "precise")
    receipt = read_receipt(tmp_path / "precise")
    assert receipt["replications"] == 3
    assert receipt["precision"]["is_reached"]
    assert receipt["precision"]["reached"] < 0.5
    assert verify(tmp_path / "precise").holds


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--precision", "1.5"), "not between 0 and 1"),
        (("--precision", "0.01", "--maximum", "3"), "at least 20"),
        (("--precision", "0.01", "--of", "stock.trak_4"), "Did you mean stock.track_4?"),
    ],
)
def test_a_precision_that_makes_no_sense_is_refused(files, tmp_path, capsys, words, said):
    asked = ("run", files / "most-likely.toml", "--out", tmp_path / "out", "--replications", "1", *words)
    assert said in refused(capsys, *asked)
    assert not (tmp_path / "out").exists()


# Explain -------------------------------------------------------------------------------------------------------------

STEPS = """
    variant | replication | value
    base    | 0           | 1000
    base    | 1           | 1100
    inflow  | 0           | 1300
    inflow  | 1           | 1500
    order   | 0           | 990
    order   | 1           | 1101
    other   | 0           | 1250
    other   | 1           | 1503
"""


def test_the_steps_and_their_interaction_add_up_in_every_replication():
    total, effects = divide(frame(STEPS), ["inflow", "order"])
    by_step = {
        step: group.sort("replication")["value"].to_list()
        for (step,), group in effects.group_by("step", maintain_order=True)
    }
    assert by_step == {"inflow": [300, 400], "order": [-10, 1], "interaction": [-40, 2]}
    assert total["value"].to_list() == [250, 403]


@settings(max_examples=20)
@given(st.lists(st.integers(-10_000, 10_000), min_size=4, max_size=4))
def test_whatever_the_outcomes_nothing_is_left_unexplained(outcomes):
    names = ("base", "other", "inflow", "order")
    text = "\n".join(["x", *(f"{name} | 0 | {value}" for name, value in zip(names, outcomes, strict=True))])
    total, effects = divide(frame(text), ["inflow", "order"])
    assert effects["value"].sum() == total["value"].sum() == outcomes[1] - outcomes[0]


def changed(**parts):
    """The most likely scenario with other choices; each `value` gets an account."""
    account = {"owner": "Analyst", "reason": "To see what it does.", "source": "This test"}
    document = short().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for path, value in parts.items():
        place = document
        *way, last = path.split("__")
        for name in way:
            place = place.setdefault(name, {})
        place[last] = [{**row, **account} for row in value] if isinstance(value, list) else {"value": value, **account}
    return Scenario.model_validate(document)


def test_the_choices_that_differ_are_named_in_both_languages():
    other = changed(
        inflow__forecast="maximum",
        law__reading=Reading.COURTS.value,
        capacity__baa_officers=[{"from": "2023-05-01", "value": 0}],
    )
    words = {step.id: (step.words.nl, step.words.en) for step in steps_between(short(), other, CHAIN)}
    assert words == {
        "law.reading": (
            "Lezing van omstreden regels: die van de IND → die van de rechter",
            "Reading of contested rules: that of the IND → that of the courts",
        ),
        "inflow.forecast": (
            "Instroomscenario: meest waarschijnlijk → maximum",
            "Inflow scenario: most likely → maximum",
        ),
        "capacity.baa_officers": (
            "Capaciteit van medewerkers Bespoediging Afdoening Asiel (BAA): "
            "zoals in de tabellen → 0 uur per werkdag vanaf 1 mei 2023",
            "Capacity of officers of the project to speed up asylum decisions (BAA): "
            "as in the tables → 0 hours per working day from 1 May 2023",
        ),
    }


def test_staff_is_told_by_name_amount_and_day():
    hire = {"resource": "decision_officers_track_4", "fte": 1000, "requested_on": "2023-05-01"}
    (step,) = steps_between(short(), changed(staff__hires=[hire]), CHAIN)
    assert step.words.nl == (
        "Werving en inhuur: geen → hoor- en beslismedewerkers spoor 4, 1.000 fte, gevraagd op 1 mei 2023"
    )
    assert step.words.en.endswith("none → decision officers track 4, 1,000 FTE, requested on 1 May 2023")


def test_a_step_makes_one_choice_and_leaves_the_others():
    other = changed(inflow__forecast="maximum", law__reading=Reading.COURTS.value)
    steps = {step.id: step.scenario for step in steps_between(short(), other, CHAIN)}
    assert steps["inflow.forecast"].inflow.forecast.value == "maximum"
    assert steps["inflow.forecast"].law.reading.value is Reading.AUTHORITY


def test_a_division_of_the_hours_goes_with_the_order_it_needs():
    officers = "policies__decision_officers_track_4"
    base = changed(**{f"{officers}__order": "lodged", f"{officers}__overdue_share": "none"})
    other = changed(**{f"{officers}__order": "deadline", f"{officers}__overdue_share": 0.7})
    (step,) = steps_between(base, other, CHAIN)
    assert step.id == f"{officers.replace('__', '.')}.order"


def test_a_division_that_is_taken_away_is_told_as_none():
    other = changed(policies__decision_officers_track_4__overdue_share="none")
    (step,) = steps_between(short(), other, CHAIN)
    assert step.words.nl.endswith("70% → geen verdeling")
    assert step.words.en.endswith("70% → no division")


def test_the_same_choice_for_another_reason_is_no_step():
    other = changed(inflow__forecast="most_likely")
    assert other != short()
    assert steps_between(short(), other, CHAIN) == ()


def test_scenarios_that_end_on_other_days_are_not_explained():
    with pytest.raises(ScenarioError, match="same horizon"):
        steps_between(short(), read_scenario(LETTER / "maximum.toml"), CHAIN)


def test_explain_divides_the_change_and_draws_it(folders, tmp_path, capsys):
    chart = tmp_path / "steps.svg"
    found = answered(capsys, "explain", *folders, "--replications", "2", "--chart", chart)
    assert [step["id"] for step in found["steps"]] == ["inflow.forecast", "interaction"]
    for number, change in enumerate(found["change_per_replication"]):
        assert sum(step["per_replication"][number] for step in found["steps"]) == change
    assert "Inflow scenario: most likely" in chart.read_text()


def test_explain_refuses_an_unknown_measure(folders, capsys):
    words = ("explain", *folders, "--replications", "1", "--of", "stock.trak_4", "--workers", "1")
    assert "Did you mean stock.track_4?" in refused(capsys, *words)


# Seek ----------------------------------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.integers(0, 70))
def test_halving_finds_the_first_that_does(count, first):
    tried = []

    def met(position):
        tried.append(position)
        return position >= first

    assert least_that(met, count) == (first if first < count else None)
    assert len(tried) <= 2 + count.bit_length()


def test_extra_capacity_grows_by_at_most_so_much_per_month():
    steps = growth(date(2023, 5, 1), date(2024, 12, 31), 250, 100)
    assert list(steps) == [
        (date(2023, 5, 1), date(2023, 6, 1), 100),
        (date(2023, 6, 1), date(2023, 7, 1), 200),
        (date(2023, 7, 1), date.max, 250),
    ]
    assert list(growth(date(2023, 5, 1), date(2024, 12, 31), 250, None)) == [(date(2023, 5, 1), date.max, 250)]


def test_a_project_that_starts_later_starts_all_its_steps_later(inputs):
    later = turned(inputs, Lever("start", "baa_officers", 0, 60, 7), 31).chain.resource("baa_officers").capacity
    then = inputs.chain.resource("baa_officers").capacity
    assert [part.value for part in later] == [part.value for part in then]
    assert later[1].valid_from == date(2023, 6, 1)
    assert later[0].valid_from == date.min
    assert list(shifted(then, later[1].valid_from - then[1].valid_from)) == list(later)


def test_the_goal_reads_as_it_is_written():
    goal, problems = read_goal("overdue.track_4 <= 0 by 2024-06")
    assert problems == []
    assert str(goal) == "overdue.track_4 <= 0 by 2024-06"
    assert goal.is_met(0)
    assert not goal.is_met(1)


@pytest.mark.parametrize(
    ("lever", "bounds", "said"),
    [
        ("capacity.court_sesions", "0:400", "Did you mean capacity.court_sessions?"),
        ("hours.court_sessions", "0:400", "Choose one of: capacity, start"),
        ("capacity.court_sessions", "400:0", "Give the lower bound first"),
        ("capacity.court_sessions", "0", "Write two of them, 0:2000"),
        ("capacity.court_sessions", "-500:0", "Start at -220 or more"),
        ("start.court_sessions", "2023-05-01:2023-08-01", "it is always the same"),
    ],
)
def test_a_lever_that_cannot_be_turned_is_refused(inputs, lever, bounds, said):
    _, problems = read_lever(lever, bounds, inputs)
    assert said in " ".join(str(problem) for problem in problems)


def test_bounds_in_fte_are_hours_of_so_many_people(inputs):
    lever, problems = read_lever("capacity.court_sessions", "0:20", inputs, step=2, per_month=4, factor=5.4)
    assert problems == []
    assert (lever.high, lever.step, lever.per_month) == (108, 10.8, 21.6)


@pytest.fixture(scope="module")
def sought(inputs):
    """The least extra hours of the courts that bring the appeals below 5,700 at the end of June."""
    goal, _ = read_goal("stock.appeal <= 5700 by 2023-06")
    lever, _ = read_lever("capacity.court_sessions", "0:400", inputs, step=50, per_month=200)
    return seek(inputs, goal, lever, replications=1)


def test_what_was_found_is_the_least_that_meets_the_target(sought):
    met = {row.value: row.outcome.p50 <= 5700 for row in sought.tried}
    assert met[sought.found.value]
    assert met == {value: value >= sought.found.value for value in met}
    assert sought.monotone


def test_an_answer_says_how_it_goes_on_after_the_date():
    """Seen from May the goal is met; June is after it, and the load says whether it lasts."""
    inputs = prepare(short())
    goal, _ = read_goal("stock.appeal <= 5700 by 2023-05")
    lever, _ = read_lever("capacity.court_sessions", "0:400", inputs, step=400)
    told = seek(inputs, goal, lever, replications=2).answered.afterwards
    values = run_variants([Variant("as it is", inputs)], replications=2)
    june = values.filter((pl.col("measure") == "stock.appeal") & (pl.col("period_end") == END))["value"].to_list()
    assert (told.at_horizon.month, told.worst.month) == ("2023-06", "2023-06")
    assert told.at_horizon.outcome.mean == pytest.approx(sum(june) / 2)
    assert (told.missed_from == "2023-06") == (told.at_horizon.outcome.p50 > 5700)
    tables = [tables_of(replicate(inputs, 7, number)) for number in range(2)]
    loads = [next(row for row in sustainability(one, inputs).loads if row.resource == "court_sessions").load.mean
             for one in tables]  # fmt: skip
    (load,) = (row.load.mean for row in told.loads if row.resource == "court_sessions")
    assert load == pytest.approx(sum(loads) / 2)
    assert told.is_sustained == all(row.load.p50 <= 1 for row in told.loads)
    assert "2023-06" in told.words.nl
    assert "2023-06" in told.words.en


def test_an_answer_at_the_end_of_the_study_says_that_only_the_load_tells_how_it_goes_on(sought):
    told = sought.found.afterwards
    assert told.at_horizon is None
    assert "The study ends with 2023-06" in told.words.en
    assert told.as_document()["loads"]["court_sessions"]["p50"] > 0


def test_what_was_found_opens_as_an_ordinary_scenario_and_does_the_same(sought, inputs, files):
    account = Account("Courts", "The norm for appeals.", "This test")
    found = found_scenario(short(), inputs, sought, account)
    path = files / "found.toml"
    path.write_text(as_toml(found, "court_sessions", "most-likely.toml"))
    opened = read_scenario(path)
    assert {period.owner for period in opened.capacity["court_sessions"]} == {"Courts"}
    stock = run_variants([Variant("opened", prepare(opened))], replications=1)
    june = stock.filter((pl.col("measure") == "stock.appeal") & (pl.col("period_end") == END))["value"].to_list()
    assert june == [sought.found.outcome.p50]


def test_a_target_out_of_reach_says_what_is_reached_at_the_bound(files, tmp_path, capsys):
    found = answered(
        capsys,
        *("seek", files / "most-likely.toml", "--target", "stock.appeal <= 10 by 2023-06"),
        *("--lever", "capacity.court_sessions", "--bounds", "0:100", "--replications", "1"),
        *("--out", tmp_path / "none.toml"),
    )
    assert not found["met"]
    assert found["at_bound"]["value"] == 100
    assert "wordt binnen de grenzen niet gehaald" in found["says"]["nl"]
    assert "cannot be met within the bounds" in found["says"]["en"]
    assert found["at_bound"]["afterwards"]["says"]["en"] in found["says"]["en"]
    assert found["at_bound"]["afterwards"]["sustained"] in (True, False)
    assert not (tmp_path / "none.toml").exists()


def test_all_that_is_wrong_with_a_question_is_said_at_once(files, capsys):
    said = refused(
        capsys,
        *("seek", files / "most-likely.toml", "--target", "stock.apeal <= 10 by 2025-06"),
        *("--lever", "capacity.court_sesions", "--bounds", "0:100"),
    )
    assert "Did you mean stock.appeal?" in said
    assert "from 2023-04 to 2023-06" in said
    assert "Did you mean capacity.court_sessions?" in said


# Can this go on? -----------------------------------------------------------------------------------------------------


def test_load_is_above_one_where_the_queue_grows(once, inputs):
    loads = {row.resource: row.load.p50 for row in sustainability(once, inputs).loads}
    queue = once.ledger.filter(pl.col("stage") == "appeal")
    appeals = queue.select(pl.col("inflow").sum() - pl.col("outflow").sum()).item()
    hours = once.resources.filter(pl.col("resource") == "court_sessions")
    used, there = hours["hours_used"].sum(), hours["hours_available"].sum()
    assert loads["court_sessions"] == pytest.approx((used + 10 * appeals) / there)
    assert (loads["court_sessions"] > 1) == (appeals > 0)


def test_the_sustainable_stock_is_throughput_times_the_norm(once, inputs):
    """Little: at so many decisions a day, a case waits as long as the norm allows."""
    found = {row.group: row for row in sustainability(once, inputs).groups}
    decided = once.decisions.filter(pl.col("track") == "track_4")["decisions"].sum()
    track_4 = found["track_4"]
    assert track_4.sustainable_stock.p50 == pytest.approx(decided / inputs.span.days * track_4.norm_days)
    assert track_4.norm_days == (date(2024, 9, 30) - END).days  # fifteen months for who applies on 30 June 2023
    assert found["awaiting_housing"].norm_days == 70


def test_relief_is_what_brings_the_stock_down_by_the_horizon(once, inputs):
    housing = {row.group: row for row in sustainability(once, inputs).groups}["awaiting_housing"]
    too_many = housing.stock.p50 - housing.sustainable_stock.p50
    assert housing.relief["municipal_homes"].p50 == pytest.approx(too_many / inputs.working_day.sum())


def test_a_stock_at_its_sustainable_level_needs_no_relief(once, inputs):
    quiet = Tables(
        ledger=once.ledger.with_columns(closing=pl.lit(0), inflow=pl.lit(0), outflow=pl.lit(0)),
        resources=once.resources,
        decisions=once.decisions,
        complete=True,
    )
    assert all(not row.relief for row in sustainability(quiet, inputs).groups)


@pytest.mark.parametrize(
    ("low", "middle", "nl", "en"),
    [
        (1.05, 1.2, "de voorraad groeit zonder grens", "the stock grows without limit"),
        (0.9, 1.2, "de voorraad groeit in de meeste uitkomsten", "the stock grows in most outcomes"),
    ],
)
def test_a_load_that_stays_above_one_says_so_in_words(low, middle, nl, en):
    load = Load("court_sessions", "Rechtbanken", "Courts", Range(low, middle, 1.4, middle))
    assert nl in load.sentence["nl"]
    assert en in load.sentence["en"]
    assert "1,20 keer" in load.sentence["nl"]


def test_a_load_below_one_says_nothing():
    assert Load("court_sessions", "Rechtbanken", "Courts", Range(0.8, 0.9, 1.1, 0.9)).sentence is None


def test_show_always_tells_load_sustainable_stock_and_relief(folders, capsys):
    with pytest.raises(SystemExit):
        main(["study", "show", str(folders[0])])
    printed = capsys.readouterr().out
    assert "Needed to keep the stock level, in the last 2 months" in printed
    assert "relief per working day" in printed
    assert "grows without limit" in printed
    assert set(json.loads((folders[0] / "summary.json").read_text())["sustainability"]) == {
        "months", "loads", "closed", "stocks",
    }  # fmt: skip


# Waterbed ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bed(inputs):
    return waterbed(inputs, replications=1, terms=(1, 2))


def test_capacity_moves_cases_and_makes_none(bed):
    rows = bed.deltas.filter(~pl.col("nudge").str.starts_with("arrivals"))
    sums = rows.group_by("nudge", "months", "replication").agg(pl.col("delta").sum())
    assert (sums["delta"] == 0).all()
    assert rows["delta"].abs().max() > 0


def test_arrivals_add_exactly_the_cases_that_came(bed, inputs):
    for nudge in bed.nudges:
        if nudge.kind == "arrivals":
            case_class = nudge.id.removeprefix("arrivals:")
            for months in bed.terms:
                rows = bed.deltas.filter((pl.col("nudge") == nudge.id) & (pl.col("months") == months))
                came = extra_cases(nudge.inputs, case_class, term_end(inputs.span.reference_date, months))
                assert rows.group_by("replication").agg(pl.col("delta").sum())["delta"].to_list() == [came]
                assert bed.total(nudge.id, months) == came / bed.scale


def test_every_resource_and_every_entry_has_a_row_and_every_partner_a_column(bed, inputs):
    assert len(bed.nudges) == len(CHAIN.resources) + len(CHAIN.entries)
    assert {"IND", "COA", "COURTS", "DTV"} < set(bed.columns)
    assert f"{EXIT}housed" in bed.columns
    assert set(bed.row("fte:court_sessions", 2)) == set(bed.columns)


def test_more_judges_take_appeals_from_the_courts(bed):
    assert bed.row("fte:court_sessions", 2)["COURTS"].mean < 0


def test_a_case_a_week_is_spread_over_the_weeks():
    assert spread_over_weeks(1, 14).tolist() == [0] * 6 + [1] + [0] * 6 + [1]
    assert spread_over_weeks(10, 70).sum() == 100


def test_the_horizon_is_moved_to_the_last_term():
    assert long_enough(short()).horizon == date(2025, 4, 30)
    assert long_enough(short(), (1,)).horizon == END


def test_the_matrix_is_written_as_a_file_and_drawn(files, tmp_path, capsys):
    out, chart = tmp_path / "bed.json", tmp_path / "bed.svg"
    asked = ("waterbed", files / "most-likely.toml", "--after", "1", "--replications", "1")
    found = answered(capsys, *asked, "--out", out, "--chart", chart)
    assert json.loads(out.read_text()) == found
    assert found["hours_per_fte"]["origin"]
    totals = {row["id"]: row["total"] for row in found["rows"]}
    assert totals["fte:court_sessions"] == 0
    assert totals["arrivals:subsequent"] > 0
    assert "+1 FTE: Court sessions" in chart.read_text()


def test_a_waterbed_before_it_starts_is_refused(files, capsys):
    assert "Give 1 or more" in refused(capsys, "waterbed", files / "most-likely.toml", "--after", "0")


def test_a_waterbed_needs_its_last_term_and_a_nudge(inputs):
    with pytest.raises(ScenarioError) as error:
        waterbed(inputs, replications=1, scale=0)
    assert len(error.value.problems) == 2


# Tornado -------------------------------------------------------------------------------------------------------------


def ranged(low, mode, high):
    return Quantity(low=low, mode=mode, high=high, unit="hours", assumption="test")


def test_one_parameter_is_pinned_and_the_others_are_central():
    chooser = pickle.loads(pickle.dumps(Pinned("capacity/judges", "high")))
    assert chooser("capacity/judges", ranged(1, 2, 5)) == 5
    assert chooser("capacity/officers", ranged(1, 2, 5)) == 2
    assert Pinned("capacity/judges", "low")("capacity/judges", ranged(1, 2, 5)) == 1


def test_every_range_of_the_parameters_is_found(inputs):
    names = {row.name for row in uncertain_parameters(inputs, 7)}
    assert {"capacity/decision_officers_track_4", "effort/court_sessions/appeal", "late/notice_share"} < names
    assert {"inflow/total", "inflow_share/track_1", "unit_cost/reception_care"} < names
    assert "effort/registration_officers/registration" not in names  # one value, no range
    for name in names:
        assert name_of(name, CHAIN).nl != name


def test_the_inflow_is_pinned_for_every_year(inputs):
    low, middle = (pinned(inputs, name, "low").inputs.plan.years for name in ("inflow/total", ""))
    for pinned_year, central_year, year in zip(low, middle, inputs.plan.years, strict=True):
        assert pinned_year.total.central == year.total.bounds[0]
        assert central_year.total.central == year.total.central


OUTCOMES = """
    variant      | replication | value
    central      | 0           | 1000
    central      | 1           | 1200
    hours@low    | 0           | 1010
    hours@low    | 1           | 1208
    hours@high   | 0           | 995
    hours@high   | 1           | 1197
    inflow@low   | 0           | 900
    inflow@low   | 1           | 1100
    inflow@high  | 0           | 1050
    inflow@high  | 1           | 1250
"""


def test_the_parameter_with_the_largest_effect_comes_first():
    parameters = [Uncertain("hours", "hours", 1, 2, 3), Uncertain("inflow", "persons", 1, 2, 3)]
    found = ranked(frame(OUTCOMES), parameters, "stock.track_4", "2023-06")
    effects = [(bar.parameter.name, bar.low.mean, bar.high.mean, bar.width) for bar in found.bars]
    assert found.central == 1100
    assert effects == [("inflow", -100, 50, 150), ("hours", 9, -4, 13)]


def test_fewer_hours_leave_more_cases(files, tmp_path, capsys):
    chart = tmp_path / "tornado.svg"
    found = answered(
        capsys, "tornado", files / "most-likely.toml", "--at", "2023-05", "--replications", "1", "--chart", chart
    )
    effects = {row["id"]: (row["effect_at_low"]["mean"], row["effect_at_high"]["mean"]) for row in found["parameters"]}
    low, high = effects["capacity/decision_officers_track_4"]
    assert low > 0 > high
    assert not any(name.startswith("unit_cost") for name in effects)
    widths = [row["width"] for row in found["parameters"]]
    assert widths == sorted(widths, reverse=True)
    assert "total inflow" in chart.read_text()


def test_a_tornado_of_what_is_not_there_is_refused(files, capsys):
    said = refused(
        capsys, "tornado", files / "most-likely.toml", "--of", "stock.trak_4", "--at", "2030-01", "--workers", "1"
    )
    assert "Did you mean stock.track_4?" in said
    assert "2023-06" in said


# Pictures ------------------------------------------------------------------------------------------------------------


def test_the_last_bar_of_a_waterfall_is_where_the_steps_end():
    spec = charts.waterfall("Stock", "cases", ("base", 100.0), [("inflow", 30.0), ("order", -10.0)], "other")
    bars = [(row["name"], row["start"], row["end"]) for row in spec["data"]["values"]]
    assert bars == [("base", 0, 100), ("inflow", 100, 130), ("order", 130, 120), ("other", 0, 120)]


def test_charts_are_drawn_as_svg(tmp_path):
    specs = {
        "tornado": charts.tornado("Stock", "cases", 100.0, [("inflow", 80.0, 130.0)]),
        "bed": charts.heat_map("Waterbed", "cases", [("3 months", "+1 FTE", "IND", -2.0)]),
    }
    for name, spec in specs.items():
        charts.write_svg(spec, tmp_path / f"{name}.svg")
        assert "<svg" in (tmp_path / f"{name}.svg").read_text()


@pytest.mark.parametrize("bounds", ["nan:10", "0:inf", "-inf:0", "0:1e999"])
def test_bounds_that_are_no_numbers_are_refused(bounds):
    found, problems = read_lever("capacity.court_sessions", bounds, prepare(read_scenario(LETTER / "most-likely.toml")))
    assert found is None
    assert "no number" in problems[0].what


@pytest.mark.parametrize(
    "text", ["stock.appeal <= 1.2.3 by 2024-06", "stock.appeal <= . by 2024-06", "x <= nan by 2024-06"]
)
def test_a_target_that_is_no_number_is_no_target(text):
    assert read_goal(text)[0] is None
