# SPDX-License-Identifier: EUPL-1.2
"""What a month costs, per partner and budget line, worked out by hand on a few rows."""

from datetime import date

import polars as pl
import pytest

from keten.costs import UnitCost, cost_table, load_unit_costs
from keten.domain.errors import ParameterError

MAY, JUNE = date(2023, 5, 31), date(2023, 6, 30)
APRIL = date(2023, 4, 30)


def frame(*rows, **columns):
    return pl.DataFrame(
        [(0, *row) for row in rows], schema={"replication": pl.Int32, "period_end": pl.Date, **columns}, orient="row"
    )


TABLES = {
    "resources": frame(
        (MAY, "judges", 100.0),
        (MAY, "officers_a", 10.0),
        (MAY, "officers_b", 30.0),
        (JUNE, "judges", 0.0),
        resource=pl.String,
        hours_used=pl.Float64,
    ),
    "places": frame(
        (APRIL, "regular", 999), (MAY, "regular", 100), (MAY, "emergency", 20), kind=pl.String, persons=pl.Int64
    ),
    "interviews": frame((MAY, "interview", 60.0), stage=pl.String, interpreter_hours=pl.Float64),
    "deadlines": frame(
        (MAY, "track_4", 1500.0, 2),
        (MAY, "track_2", 250.5, 1),
        track=pl.String,
        penalties_paid_eur=pl.Float64,
        judgments=pl.Int64,
    ),
}


def line(name, driver, of, rate, partner="IND"):
    return UnitCost.model_validate(
        {
            "budget_line": name,
            "nl": name,
            "en": name,
            "partner": partner,
            "driver": driver,
            "of": of,
            "cost": {"value": rate, "unit": "eur", "assumption": "test"},
        }
    )


def cost(*lines):
    found = cost_table(lines, choose=lambda _name, quantity: quantity.central, **TABLES)
    return {(row["budget_line"], row["period_end"]): row["cost_eur"] for row in found.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("driver", "of", "rate", "in_may"),
    [
        ("hours_used", ["judges"], 110, 11_000),
        ("hours_used", ["officers_*"], 69, 40 * 69),
        ("persons_days", ["*"], 30, 120 * 31 * 30),
        ("persons_days", ["emergency"], 70, 20 * 31 * 70),
        ("interpreter_hours", ["*"], 60, 3600),
        ("eur_paid", ["*"], 1, 1750.5),
        ("judgments", ["track_4"], 418.5, 837),
    ],
)
def test_a_budget_line_is_a_quantity_times_a_rate(driver, of, rate, in_may):
    assert cost(line("line", driver, of, rate))["line", MAY] == in_may


def test_the_reference_date_itself_costs_nothing():
    assert ("reception", APRIL) not in cost(line("reception", "persons_days", ["*"], 30))


def test_an_hour_may_count_on_two_lines_and_a_month_without_work_costs_zero():
    found = cost(line("courts", "hours_used", ["judges"], 110), line("everything", "hours_used", ["*"], 1))
    assert found == {("courts", MAY): 11_000, ("courts", JUNE): 0, ("everything", MAY): 140, ("everything", JUNE): 0}


def test_every_packaged_line_says_where_its_rate_comes_from():
    for row in load_unit_costs():
        assert row.cost.source or row.cost.assumption


def test_a_line_with_an_unknown_driver_is_refused_by_name(tmp_path):
    file = tmp_path / "unit_costs.yaml"
    file.write_text(
        "- {budget_line: a, nl: a, en: a, partner: IND, driver: wishes, of: ['*'],"
        " cost: {value: 1, unit: eur, assumption: test}}\n"
    )
    with pytest.raises(ParameterError, match="driver"):
        load_unit_costs(file)
