# SPDX-License-Identifier: EUPL-1.2
"""What a study promises: the letter's stocks as starting point, whole folders, and receipts that hold."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from keten.cli import main
from keten.domain.errors import ScenarioError, UsageError
from keten.domain.ledger import DEADLINES, DECISIONS, EVENTS, LEDGER, RECEPTION, RESOURCES
from keten.observations import load_published
from keten.parameters.load import load_chain
from keten.scenario.apply import apply
from keten.scenario.read import read_scenario
from keten.study.calibrate import RESOURCE, calibrate
from keten.study.inputs import prepare
from keten.study.replicate import replicate
from keten.study.run import Settings, read_receipt, run_study, verify

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
SCENARIOS = ("minimum", "medium", "maximum", "most-likely")


@pytest.fixture(scope="module")
def inputs():
    return prepare(read_scenario(LETTER / "most-likely.toml"))


@pytest.fixture(scope="module")
def folder(inputs, tmp_path_factory):
    out = tmp_path_factory.mktemp("study") / "most-likely"
    run_study(inputs, Settings(replications=6, workers=1, with_events=True), out)
    return out


def edited(tmp_path, old, new, name="most-likely.toml"):
    """A copy of a scenario of the letter with one piece of text replaced."""
    text = (LETTER / name).read_text()
    assert old in text
    path = tmp_path / name
    path.write_text(text.replace(old, new))
    return path


# The letter's figures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "stock"), [("stock.track_4", 33_555), ("stock.track_1", 3_650), ("stock.track_2", 125)]
)
def test_the_path_starts_at_the_stock_of_the_letter_on_30_april_2023(folder, measure, stock):
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["measures"][measure]["months"]["2023-04"] == {
        "p10": stock,
        "p50": stock,
        "p90": stock,
        "mean": stock,
    }


def test_the_ages_of_the_stock_are_the_published_ones(inputs):
    """About 3,000 wait longer than 15 months and 14,000 six to fifteen months (spring 2023)."""
    stock, chain = inputs.opening.stock, inputs.chain
    stages = [index for index, stage in enumerate(chain.stages) if stage.undecided]
    classes = [index for index, row in enumerate(chain.case_classes) if row.id.startswith("first_track_4")]
    chosen = pl.Series(stock.stage).is_in(stages) & pl.Series(stock.case_class).is_in(classes)
    days = pl.Series(date(2023, 4, 30).toordinal() - stock.lodged).filter(chosen)
    assert len(days) == 33_555
    assert abs((days > 456).sum() - 3_000) < 60
    assert abs(((days > 183) & (days <= 456)).sum() - 14_000) < 120


def test_the_capacity_of_track_4_is_what_the_stock_identity_says():
    """The packaged parameter equals the calibration: opening + inflow - closing, never printed production."""
    found = calibrate(load_chain(), load_published(), date(2023, 7, 13))
    (capacity,) = load_chain().resource(RESOURCE).capacity
    assert capacity.bounds == found.capacity.bounds
    assert capacity.central == found.capacity.central
    assert found.first_applications.opening == 12_590
    assert found.first_applications.closing == 33_555 + 3_650 + 125


def test_the_receipt_says_on_what_the_outflow_rests(folder):
    receipt = read_receipt(folder)
    assert "stock identity" in receipt["calibration"]
    assert "not on printed production" in receipt["calibration"]
    assert {row["name"]: row["value"] for row in receipt["opening_stock"]}["opening.track_4"] == 33_555


@pytest.mark.parametrize(("name", "total"), [("minimum", 49_000), ("medium", 67_000), ("maximum", 77_000)])
def test_the_scenarios_of_the_letter_have_its_totals(name, total):
    plan = prepare(read_scenario(LETTER / f"{name}.toml")).plan
    assert plan.definition == "mpp_inflow"
    assert plan.year(2023).total.central == total


def test_the_most_likely_scenario_lies_just_above_seventy_thousand(inputs):
    assert 70_000 < inputs.plan.year(2023).total.central < 72_000


# Tables --------------------------------------------------------------------------------------------------------------


def test_no_case_is_lost_in_any_row(folder):
    ledger = pl.read_parquet(folder / "ledger.parquet")
    assert (ledger["opening"] + ledger["inflow"] - ledger["outflow"] == ledger["closing"]).all()
    assert (ledger["closing"] >= 0).all()
    assert (ledger["overdue"] <= ledger["closing"]).all()


@pytest.mark.parametrize(
    "table", [LEDGER, DEADLINES, DECISIONS, RECEPTION, RESOURCES, EVENTS], ids=lambda row: row.name
)
def test_every_file_has_the_declared_columns(folder, table):
    frame = pl.read_parquet(folder / f"{table.name}.parquet")
    assert set(table.column_names) <= set(frame.columns)
    if table.key:
        assert frame.select(table.key).is_duplicated().sum() == 0


def test_the_months_run_from_the_reference_date_to_the_horizon(folder):
    months = pl.read_parquet(folder / "ledger.parquet")["period_end"].unique().sort()
    assert months[0] == date(2023, 4, 30)
    assert months[-1] == date(2024, 12, 31)
    assert len(months) == 21


def test_the_summary_holds_the_measures_others_rely_on(folder):
    measures = json.loads((folder / "summary.json").read_text())["measures"]
    asked = [
        "inflow.total",
        "stock.track_1",
        "stock.track_2",
        "stock.track_4",
        "stock.family_reunification",
        "stock.appeal",
        "overdue.track_4",
        "production.track_4",
        "lead_time.track_4",
        "share_in_time.track_4",
        "notices",
        "late_decision_appeals",
        "penalties.accrued",
        "penalties.paid",
        "reception.occupancy",
        "permit_holders_waiting",
        "departures.independent",
        "departures.forced",
        "departures.unsupervised",
        "cost.total",
        "load.decision_officers_track_4",
    ]
    assert set(asked) <= set(measures)
    for months in (measures[name]["months"] for name in asked):
        for values in months.values():
            assert values["p10"] <= values["p50"] <= values["p90"]


def test_the_overdue_of_the_two_tables_is_the_same(folder):
    ledger = pl.read_parquet(folder / "ledger.parquet").filter(pl.col("period_end") > date(2023, 4, 30))
    deadlines = pl.read_parquet(folder / "deadlines.parquet")
    assert ledger["overdue"].sum() == deadlines["overdue"].sum()


def test_events_hand_cases_from_partner_to_partner(folder):
    events = pl.read_parquet(folder / "events.parquet")
    decided = events.filter(
        (pl.col("stage") == "appeal") & (pl.col("event") == "enter") & pl.col("from_partner").is_not_null()
    )
    assert decided["from_partner"].unique().to_list() == ["IND"]
    assert decided["to_partner"].unique().to_list() == ["COURTS"]


# Law in the flow -----------------------------------------------------------------------------------------------------


def test_struck_down_the_extension_puts_many_more_cases_past_their_deadline(inputs, tmp_path):
    """Under the reading of the courts after 8 May 2025 the period is six months again."""
    later = edited(tmp_path, "known_on = { value = 2023-07-13", "known_on = { value = 2025-07-01")
    text = later.read_text().replace('reading = { value = "authority"', 'reading = { value = "courts"')
    later.write_text(text)
    struck = prepare(read_scenario(later))
    lodged = date(2022, 6, 1).toordinal() - inputs.first_lodged
    column = [row.id for row in inputs.chain.case_classes].index("first_track_4_other")
    assert date.fromordinal(int(inputs.deadline_of[lodged, column])) == date(2023, 9, 1)
    assert date.fromordinal(int(struck.deadline_of[lodged, column])) == date(2022, 12, 1)


# Reproducible --------------------------------------------------------------------------------------------------------


def test_a_study_can_be_made_again_to_the_last_byte(folder):
    verdict = verify(folder)
    assert verdict.holds
    assert verdict.changed_inputs == ()


def test_the_result_does_not_depend_on_the_number_of_workers(inputs, folder, tmp_path):
    run_study(inputs, Settings(replications=6, workers=2, with_events=True), tmp_path / "two")
    assert read_receipt(tmp_path / "two")["output_hash"] == read_receipt(folder)["output_hash"]


def test_a_replication_does_not_depend_on_how_many_there_are(inputs, folder):
    alone = replicate(inputs, 7, 3).outcome.ledger
    together = pl.read_parquet(folder / "ledger.parquet").filter(pl.col("replication") == 3)
    assert alone.equals(together)


def test_a_changed_file_is_found(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    summary = (copy / "summary.json").read_text()
    (copy / "summary.json").write_text(summary.replace("33555", "33554"))
    verdict = verify(copy)
    assert verdict.tampered_files == ("summary.json",)
    assert verdict.different_files == ()
    assert not verdict.holds


def test_another_seed_gives_another_outcome(inputs):
    assert not replicate(inputs, 7, 0).outcome.ledger.equals(replicate(inputs, 8, 0).outcome.ledger)


# Refusals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('owner = "IND", reason', 'owner = "IND", raeson', "Every changed value carries owner, reason and source"),
        ("horizon = 2024-12-31", "horizon = 2023-01-01", "must lie after reference_date"),
        ('value = "deadline"', 'value = "last"', "policies.decision_officers_track_4.order.value"),
        ('value = "most_likely"', 'value = "likely"', "inflow.forecast.value"),
        ('definition = "mpp_inflow"', 'definition = "ind_asylum_inflow"', "inflow.definition"),
        ("[law]", "[laws]", "Check the spelling"),
        ("reference_date = 2023-04-30", "reference_date = = 3", "it is not TOML"),
    ],
)
def test_a_scenario_that_is_wrong_is_refused_with_what_to_do(tmp_path, old, new, what):
    with pytest.raises(ScenarioError) as refused:
        read_scenario(edited(tmp_path, old, new))
    assert what in str(refused.value)


def test_all_problems_of_a_scenario_are_listed_at_once(tmp_path):
    path = edited(tmp_path, 'reason = "The letter', 'raeson = "The letter')
    with pytest.raises(ScenarioError) as refused:
        read_scenario(path)
    assert len(refused.value.problems) > 4


def test_an_unknown_resource_or_case_class_is_named_with_the_nearest(tmp_path):
    path = edited(tmp_path, "[policies.decision_officers_track_4]", "[policies.decision_oficers_track_4]")
    path.write_text(path.read_text().replace("first_track_4_dza_mda", "first_track_4_dza"))
    with pytest.raises(ScenarioError) as refused:
        apply(read_scenario(path), load_chain())
    assert "did you mean decision_officers_track_4" in str(refused.value)
    assert "did you mean first_track_4_dza_mda" in str(refused.value)


CLOSED = """
[[capacity.baa_officers]]
from = 2023-05-01
value = {value}
owner = "Analyst"
reason = "The chain without the project."
source = "https://zoek.officielebekendmakingen.nl/kst-19637-3156.html"
"""


def test_capacity_below_zero_is_refused(tmp_path):
    path = tmp_path / "closed.toml"
    path.write_text((LETTER / "most-likely.toml").read_text() + CLOSED.format(value=-1))
    with pytest.raises(ScenarioError, match="capacity cannot be negative"):
        read_scenario(path)


def test_without_the_project_fewer_cases_are_decided(inputs, tmp_path):
    path = tmp_path / "closed.toml"
    path.write_text((LETTER / "most-likely.toml").read_text() + CLOSED.format(value=0))
    without = prepare(read_scenario(path))
    made = replicate(inputs, 7, 0).outcome.decisions["decisions"].sum()
    assert replicate(without, 7, 0).outcome.decisions["decisions"].sum() < made - 5_000


def test_a_reference_date_on_which_nobody_counted_is_refused_with_the_known_dates(tmp_path):
    path = edited(tmp_path, "reference_date = 2023-04-30", "reference_date = 2022-06-15")
    with pytest.raises(ScenarioError) as refused:
        prepare(read_scenario(path))
    assert "stock of track_4 on 2022-06-15" in str(refused.value)
    assert "2023-04-30" in str(refused.value)


def test_a_day_without_a_count_is_bridged_as_the_group_says(tmp_path):
    """16 February 2023: tracks 1 and 2 on a straight line from 1 January, track 4 taken back from 30 April."""
    opening = prepare(
        read_scenario(edited(tmp_path, "reference_date = 2023-04-30", "reference_date = 2023-02-16"))
    ).opening
    counts = {figure.name: figure.value for figure in opening.figures}
    assert counts["opening.track_1"] == round(4050 - 400 * 46 / 119)
    assert counts["opening.track_2"] == round(270 - 145 * 46 / 119)
    assert 29_000 < counts["opening.track_4"] < 33_555
    assert len(opening.stock.lodged) == sum(map(round, counts.values()))


def test_a_scenario_that_does_not_exist_names_those_that_do():
    with pytest.raises(ScenarioError, match=r"most-likely\.toml"):
        read_scenario(LETTER / "likely.toml")


def test_scenarios_that_name_each_other_as_base_are_refused(tmp_path):
    (tmp_path / "a.toml").write_text('base = "b.toml"\n')
    (tmp_path / "b.toml").write_text('base = "a.toml"\n')
    with pytest.raises(ScenarioError, match="each other"):
        read_scenario(tmp_path / "a.toml")


def test_no_replications_is_no_study(inputs, tmp_path):
    with pytest.raises(UsageError, match="at least 1"):
        run_study(inputs, Settings(replications=0), tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(inputs, tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(UsageError, match="cannot be written"):
        run_study(inputs, Settings(replications=1), tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_refused_scenario_has_its_exit_code_and_writes_nothing(tmp_path, capsys):
    path = edited(tmp_path, "horizon = 2024-12-31", "horizon = 2023-01-01")
    with pytest.raises(SystemExit) as ended:
        main(["study", "run", str(path), "--out", str(tmp_path / "out")])
    assert ended.value.code == 5
    assert not (tmp_path / "out").exists()
    assert "must lie after" in capsys.readouterr().err


# Command line --------------------------------------------------------------------------------------------------------


def test_show_prints_the_summary_as_json_and_nothing_else(folder, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["study", "show", str(folder), "--json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["scenario"] == "letter-2023-most-likely"


def test_show_puts_published_figures_beside_the_model(folder, capsys):
    with pytest.raises(SystemExit):
        main(["study", "show", str(folder)])
    printed = capsys.readouterr().out
    assert "36,870" in printed
    assert "33,555" in printed
