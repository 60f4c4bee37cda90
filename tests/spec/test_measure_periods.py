# SPDX-License-Identifier: EUPL-1.2
"""A half-year and a year have one value per replication, by what the measure is: a flow, a stock or a rate."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from keten.indicators.measure_words import LOAD, MEASURE_WORDS, OverPeriod, words_of
from keten.indicators.periods import by_period, whole_periods
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.replicate import replicate
from keten.study.variants import measures_of

EXPECTED = Path(__file__).parents[2] / "examples" / "letter-2023" / "own-expectation.toml"
REFERENCE = date(2023, 6, 30)
ENDS = [date(2023, month, day) for month, day in ((7, 31), (8, 31), (9, 30), (10, 31), (11, 30), (12, 31))]


@pytest.fixture(scope="module")
def inputs():
    return prepare(read_scenario(EXPECTED))


@pytest.fixture(scope="module")
def outcome(inputs):
    return replicate(inputs, 7, 0)


@pytest.fixture(scope="module")
def values(inputs, outcome):
    return measures_of(inputs, outcome)


def monthly(measure, values, ends=ENDS, unit="cases", replication=0):
    return pl.DataFrame(
        {
            "measure": [measure] * len(ends), "unit": [unit] * len(ends), "replication": [replication] * len(ends),
            "period_end": ends, "value": [float(value) for value in values],
        },
    )  # fmt: skip


def test_whole_half_years_and_years_only():
    every = [date(2023, 6, 30), *ENDS, *(date(2024, month, 28) for month in range(1, 13)), date(2025, 1, 31)]
    assert [name for name, _ in whole_periods(every)] == ["2023-H2", "2024-H1", "2024-H2", "2024"]


@pytest.mark.parametrize(("measure", "value"), [("production.track_4", 21), ("stock.track_4", 6)])
def test_a_flow_adds_up_and_a_stock_is_that_of_the_last_month(measure, value):
    found = by_period(monthly(measure, [1, 2, 3, 4, 5, 6]), REFERENCE)
    assert found.select("period", "value").rows() == [("2023-H2", value)]


def test_a_rate_is_the_share_of_the_whole_period_and_not_the_mean_of_the_months():
    """A hundred decisions in one month and none granted, one in the next and granted: one in a hundred and one."""
    decided = monthly("decisions.asylum", [100, 1, 0, 0, 0, 0])
    rate = monthly("grant_rate.decisions", [0, 1], ENDS[:2], unit="share")
    found = by_period(pl.concat([decided, rate]), REFERENCE).filter(pl.col("measure") == "grant_rate.decisions")
    assert found["value"].to_list() == [pytest.approx(1 / 101)]


def test_a_flow_of_which_a_month_is_unknown_has_no_period_and_each_replication_counts_for_itself():
    assert by_period(monthly("production.track_4", [1, 2, 3, 4, 5], ENDS[1:]), REFERENCE).is_empty()
    two = pl.concat([monthly("production.track_4", [1] * 6), monthly("production.track_4", [2] * 6, replication=1)])
    assert by_period(two, REFERENCE)["value"].to_list() == [6, 12]


def test_the_month_of_the_reference_date_is_no_part_of_a_period():
    ends = [date(2024, 6, 30), *(date(2024, month, 28) for month in range(7, 13))]
    found = by_period(monthly("stock.track_4", range(7), ends), date(2024, 6, 30))
    assert found.select("period", "value").rows() == [("2024-H2", 6)]


def test_every_measure_of_a_study_has_words_and_every_word_a_measure(values):
    found = {name for name in values["measure"].unique() if not name.startswith(LOAD)}
    assert found == set(MEASURE_WORDS)
    for name in values["measure"].unique():
        told = words_of(name)
        assert told.name.nl != told.name.en or name == "inflow.total"
        assert told.definition.nl.endswith(".")
        assert told.definition.en.endswith(".")
        assert told.weight in {"", *found}
        assert (told.over_period is OverPeriod.MEAN) or not told.weight


def test_parts_and_wholes_of_a_study_fit(values):
    """What is asked of parts holds in every month: asylum and family are all notices, and grants are decisions."""
    table = values.pivot("measure", index="period_end", values="value")
    for whole, parts in {
        "notices": ("notices.asylum", "notices.family_reunification"),
        "penalties.paid": ("penalties.paid.asylum", "penalties.paid.family_reunification"),
        "departures.demonstrable": ("departures.independent", "departures.forced"),
    }.items():
        known = table.drop_nulls([whole, *parts])
        assert known[whole].to_list() == pytest.approx((known[parts[0]] + known[parts[1]]).to_list())
    known = table.drop_nulls("grants.asylum")
    assert (known["grants.asylum"] <= known["decisions.asylum"]).all()
    assert (known["decisions.asylum"] <= known["handled.asylum"]).all()
    assert (known["production.track_4"] <= known["decisions.asylum"]).all()
    assert (table["over_15_months"] <= table["stock.track_4"]).all()
    stock = ("stock.track_1", "stock.track_2", "stock.track_4")
    assert (table["stock.asylum"] >= sum(table[name] for name in stock)).all()
    assert (known["inflow.first"] < known["inflow.total"]).all()


def test_grants_are_those_that_the_cases_themselves_were_given(outcome):
    """Of the decisions of track 2 one in sixty is a grant, of family reunification seven in ten by the routes."""
    counted = outcome.outcome.decisions.group_by("track").agg(pl.col("decisions", "grants").sum())
    taken = counted.filter(pl.col("decisions") > 0)
    share = {track: granted / decided for track, decided, granted in taken.iter_rows()}
    assert share["track_1"] == 0
    assert share["family_reunification"] == pytest.approx(0.7 / 0.95, abs=0.02)
    assert share["track_4"] > share["subsequent"] > share.get("track_2", 0)
