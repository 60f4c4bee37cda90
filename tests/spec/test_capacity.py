# SPDX-License-Identifier: EUPL-1.2
"""People as hours: when a hire counts, what a project takes, and that every hour is promised once."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from keten.capacity import (
    AtLocation,
    Hire,
    Project,
    StaffPlan,
    double_promises,
    load_staff_values,
    per_location,
    place_table,
    promised_beyond,
    staff_hours,
)
from keten.capacity.values import StaffValues
from keten.domain.errors import ParameterError, ScenarioError
from keten.parameters.values import Quantity
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.replicate import replicate

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
START = date(2023, 5, 1)
DATES = [START + timedelta(days=number) for number in range(730)]
WEEKDAY = np.array([day.weekday() < 5 for day in DATES])


def value(number, unit="-"):
    return {"value": number, "unit": unit, "assumption": "test"}


VALUES = StaffValues.model_validate(
    {
        "hours_per_fte": value(5),
        "recruitment_months": value(4),
        "training_months": value(6),
        "training_productivity": value(0.2),
        "attrition_per_year": value(0.1),
        "external_start_months": value(1),
        "external_productivity": value(0.6),
    }
)


def central(_name, quantity):
    return quantity.central


def hours(plan, present=100.0):
    """Hours per day of two resources with the same present staff: a and b."""
    capacity = np.vstack([present * WEEKDAY, present * WEEKDAY])
    return staff_hours(plan, VALUES, resources=["a", "b"], dates=DATES, capacity=capacity, choose=central)


def on(row, day):
    while not WEEKDAY[(day - START).days]:
        day += timedelta(days=1)
    return row[(day - START).days]


def test_a_recruit_counts_after_the_lead_time_a_little_in_training_and_then_fully():
    """10 fte asked on 1 May 2023: at work from 31 August (4 months of 30.44 days), trained 6 months later."""
    a, b = hours(StaffPlan(hires=(Hire("a", 10, START),)))
    assert on(a, date(2023, 8, 30)) == 100
    assert on(a, date(2023, 9, 4)) == pytest.approx(100 + 10 * 5 * 0.2, rel=0.01)
    assert on(a, date(2024, 3, 4)) == pytest.approx(100 + 10 * 5 * 0.95, rel=0.01)
    assert (b == 100 * WEEKDAY).all()


def test_ten_per_cent_of_the_recruits_is_gone_after_a_year():
    a, _ = hours(StaffPlan(hires=(Hire("a", 10, START),)))
    started = START + timedelta(days=122)
    assert on(a, started + timedelta(days=366)) == pytest.approx(100 + 50 * 0.9, rel=0.01)


def test_external_hire_starts_sooner_and_ends_with_its_contract():
    a, _ = hours(StaffPlan(hires=(Hire("a", 10, START, "external", date(2023, 12, 31)),)))
    assert on(a, date(2023, 6, 2)) == 100 + 10 * 5 * 0.6
    assert on(a, date(2024, 1, 2)) == 100


def test_a_project_moves_hours_and_makes_none():
    plan = StaffPlan(projects=(Project("BAA", "a", "b", 8, date(2023, 6, 1), date(2023, 9, 1)),))
    a, b = hours(plan)
    assert on(a, date(2023, 6, 1)) == 60
    assert on(b, date(2023, 6, 1)) == 140
    assert on(a, date(2023, 9, 1)) == 100
    assert (a + b == 200 * WEEKDAY).all()


def test_nobody_works_at_the_weekend_whatever_the_plan():
    a, b = hours(StaffPlan(hires=(Hire("a", 10, START, "external"),), projects=(Project("p", "a", "b", 5, START),)))
    assert (a[~WEEKDAY] == 0).all()
    assert (b[~WEEKDAY] == 0).all()


def test_extra_leave_takes_its_share():
    a, _ = hours(StaffPlan(leave={"a": ((date(2023, 7, 10), date(2023, 8, 21), 0.3),)}))
    assert on(a, date(2023, 7, 10)) == pytest.approx(70)
    assert on(a, date(2023, 8, 21)) == 100


def test_people_who_are_promised_twice_are_found_and_named():
    """100 hours a day are 20 fte of 5 hours; two projects of 12 draw 24."""
    plan = StaffPlan(
        projects=(
            Project("BAA", "a", "b", 12, date(2023, 6, 1)),
            Project("catch-up", "a", "b", 12, date(2023, 10, 2)),
        )
    )
    capacity = np.vstack([100 * WEEKDAY, 100 * WEEKDAY])
    (problem,) = double_promises(plan, VALUES, resources=["a", "b"], dates=DATES, capacity=capacity)
    assert "BAA and catch-up together draw 24 fte from 2023-10-02" in str(problem.what)
    assert "there are 20" in str(problem.what)


def test_the_packaged_values_load():
    assert load_staff_values().training_months.central == 9


PROMISED = """
[[staff.projects]]
name = "{name}"
lender = "decision_officers_track_4"
borrower = "baa_officers"
fte = {fte}
from = 2023-05-01
owner = "IND"
reason = "The project takes trained officers from track 4."
source = "https://zoek.officielebekendmakingen.nl/kst-19637-3156.html"
"""


def test_a_scenario_that_orders_more_people_than_exist_is_refused_with_the_remedy(tmp_path):
    path = tmp_path / "twice.toml"
    text = (LETTER / "most-likely.toml").read_text()
    path.write_text(text + PROMISED.format(name="BAA", fte=100) + PROMISED.format(name="catch-up", fte=100))
    with pytest.raises(ScenarioError, match="BAA and catch-up together draw 200 fte"):
        prepare(read_scenario(path))


def test_a_wrong_parameter_file_is_refused_with_every_problem(tmp_path):
    path = tmp_path / "staff.yaml"
    path.write_text("hours_per_fte: {value: 5, unit: hours}\ntraining_month: {value: 9, unit: months, assumption: x}\n")
    with pytest.raises(ParameterError) as refused:
        load_staff_values(path)
    assert "a number has a source or an assumption" in str(refused.value)
    assert "training_month: Extra inputs are not permitted" in str(refused.value)
    assert len(refused.value.problems) >= 7


def test_a_parameter_file_that_is_no_yaml_is_refused(tmp_path):
    path = tmp_path / "staff.yaml"
    path.write_text("hours_per_fte: [")
    with pytest.raises(ParameterError, match="cannot be read"):
        load_staff_values(path)


# Locations and places ------------------------------------------------------------------------------------------------

NATION = pl.DataFrame(
    {
        "replication": [0, 0],
        "period_end": [date(2023, 5, 31), date(2023, 5, 31)],
        "resource": ["a", "b"],
        "location": ["national", "national"],
        "hours_available": [2300.0, 2300.0],
        "hours_used": [2000.0, 1000.0],
    }
)
MAY = DATES[:31]
MAY_HOURS = 100.0 * np.vstack([WEEKDAY[:31], WEEKDAY[:31]])


def test_locations_and_the_rest_add_up_to_the_nation():
    """Of 100 hours a day Budel has 30 and Zevenaar 50; 20 are the rest. Resource b is not divided."""
    locations = [AtLocation("Budel", "a", 30, START), AtLocation("Zevenaar", "a", 50, START)]
    found = per_location(NATION, locations, names=["a", "b"], dates=MAY, capacity=MAY_HOURS)
    of_a = found.filter(pl.col("resource") == "a")
    used = dict(of_a.select("location", "hours_used").iter_rows())
    assert used == pytest.approx({"Budel": 600, "Zevenaar": 1000, "rest": 400})
    assert of_a["hours_available"].sum() == pytest.approx(2300)
    assert found.filter(pl.col("resource") == "b").equals(NATION.filter(pl.col("resource") == "b"))


def test_a_location_that_opens_halfway_has_half_of_the_month():
    locations = [AtLocation("Budel", "a", 50, MAY[15], MAY[15] + timedelta(days=365))]
    found = per_location(NATION, locations, names=["a", "b"], dates=MAY, capacity=MAY_HOURS)
    share = WEEKDAY[15:31].sum() / WEEKDAY[:31].sum() / 2
    there = found.filter(pl.col("location") == "Budel")["hours_available"].item()
    assert there == pytest.approx(2300 * share)


def test_locations_that_hold_more_than_the_nation_are_named():
    locations = [AtLocation("Budel", "a", 60, START), AtLocation("Zevenaar", "a", 50, START)]
    (problem,) = promised_beyond(locations, resources=["a", "b"], dates=MAY, capacity=MAY_HOURS)
    assert "Budel and Zevenaar" in str(problem.what)
    assert "110" in str(problem.what)


def test_who_does_not_fit_in_a_regular_place_has_an_emergency_place():
    reception = pl.DataFrame(
        {
            "replication": [0, 0, 0],
            "period_end": [date(2023, 5, 31), date(2023, 5, 31), date(2023, 6, 30)],
            "group": ["AZC", "POL", "AZC"],
            "persons": [900, 300, 700],
        }
    )
    places = [Quantity(value=1000, unit="places", assumption="test")]
    found = place_table(reception, places, choose=central).sort("period_end", "kind")
    assert found["persons"].to_list() == [200, 1000, 0, 700]


def test_a_scenario_divides_hours_and_misses_fewer_appointments(tmp_path):
    """Two months of the letter with one location, and with nobody missed from the first day."""
    text = f"""
base = "{LETTER / "most-likely.toml"}"
name = "small"
horizon = 2023-06-30
[[staff.locations]]
name = "Budel"
resource = "decision_officers_track_4"
hours_per_day = 100
owner = "Analyst"
reason = "An example of a location."
source = "test"
[[no_show.detailed_interview]]
value = 0.0
from = 2023-05-01
owner = "Analyst"
reason = "Nobody misses an interview."
source = "test"
"""
    file = tmp_path / "small.toml"
    file.write_text(text)
    found = replicate(prepare(read_scenario(file)), 7, 0)
    track_4 = found.outcome.resources.filter(pl.col("resource") == "decision_officers_track_4")
    assert set(track_4["location"]) == {"Budel", "rest"}
    base = replicate(prepare(read_scenario(LETTER / "most-likely.toml")), 7, 0).outcome
    national = base.resources.filter(
        (pl.col("resource") == "decision_officers_track_4") & (pl.col("period_end") <= date(2023, 6, 30))
    )
    assert track_4["hours_available"].sum() == pytest.approx(national["hours_available"].sum())
    interviews = found.outcome.interviews.filter(pl.col("stage") == "detailed_interview")
    assert interviews["appointments"].sum() > 0
    assert interviews["missed"].sum() == 0
    missed = base.interviews.filter(pl.col("stage") == "detailed_interview")["missed"].sum()
    assert missed > 0
