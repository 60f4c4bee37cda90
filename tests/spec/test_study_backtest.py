# SPDX-License-Identifier: EUPL-1.2
"""The backtest uses what was published, gives the inflow as it was, and knows under `then` nothing of later."""

from datetime import date

import numpy as np
import pytest

from keten.observations import load_published
from keten.parameters.load import load_chain
from keten.questions.backtest import (
    END,
    PUBLISHED_BY,
    REFERENCE,
    SETTINGS,
    Compared,
    Point,
    Setting,
    backtest,
    divided_stock,
    error_rows,
    inputs_of,
    opening_groups,
    outflow_then,
    published_points,
    realised_arrivals,
    shares_for,
)

OBSERVATIONS = load_published().known_on(PUBLISHED_BY)
CHAIN = load_chain()
THEN, TODAY = (Setting("first_applications", knowledge) for knowledge in ("then", "today"))
AT_START = ("overdue_share.track_4", REFERENCE)


@pytest.fixture(scope="module")
def found():
    return backtest(replications=1)


@pytest.fixture(scope="module")
def then():
    return inputs_of(THEN)


@pytest.fixture(scope="module")
def today():
    return inputs_of(TODAY)


# What was published --------------------------------------------------------------------------------------------------


def test_the_model_stands_beside_every_published_stock_of_the_period_that_counts_the_same():
    """The 29,460 of 31 August 2022 counts persons as Eurostat does, so it is not compared."""
    stocks = [(point.on, point.measure, point.value) for point in published_points(OBSERVATIONS) if point.value > 1]
    assert stocks == [
        (date(2023, 5, 23), "stock.asylum", 40_000),
        (date(2023, 1, 1), "stock.track_1", 4_050),
        (date(2023, 4, 30), "stock.track_1", 3_650),
        (date(2023, 1, 1), "stock.track_2", 270),
        (date(2023, 4, 30), "stock.track_2", 125),
        (date(2023, 4, 30), "stock.track_4", 33_555),
        (date(2023, 6, 30), "stock.track_4", 36_870),
    ]


@pytest.mark.parametrize(
    ("day", "month_end"),
    [
        (date(2023, 1, 1), date(2022, 12, 31)),
        (date(2023, 4, 30), date(2023, 4, 30)),
        (date(2023, 5, 23), date(2023, 5, 31)),
        (date(2022, 2, 10), date(2022, 1, 31)),
    ],
)
def test_a_figure_is_compared_at_the_nearest_month_end(day, month_end):
    assert Point(day, "stock.track_4", "cases", 1, "").month_end == month_end


def test_an_error_is_a_share_of_what_was_published():
    point = Point(END, "stock.track_4", "cases", 200.0, "")
    assert Compared(point, THEN, 140.0, 150.0, 160.0).relative_error == -0.25


# The start -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("knowledge", ["then", "today"])
def test_the_division_of_the_stock_adds_up_to_what_was_counted(knowledge):
    stock = divided_stock(12_590, shares_for(knowledge, OBSERVATIONS), OBSERVATIONS)
    assert sum(stock.values()) == 12_590
    counted = {
        group.id: group.count.central for group in opening_groups(stock) if group.id in (*stock, "track_4_overdue")
    }
    assert sum(counted.values()) == 12_590
    assert counted["track_4_overdue"] == round(0.07 * stock["track_4"])


def test_the_opening_stock_of_the_run_is_that_of_the_start():
    inputs = inputs_of(Setting("asylum", "today"))
    figures = {figure.name.removeprefix("opening."): figure.value for figure in inputs.opening.figures}
    asylum = ("track_1", "track_2", "track_4", "track_4_overdue", "subsequent")
    assert inputs.span.reference_date == date(2021, 12, 31)
    assert sum(figures[name] for name in asylum) == 20_400


# The inflow as it was ------------------------------------------------------------------------------------------------


def test_the_arrivals_are_the_published_ones_in_whole_cases():
    """First applications and subsequent ones of December 2022: 2,595 and 149."""
    arrivals = realised_arrivals(CHAIN, shares_for("today", OBSERVATIONS), OBSERVATIONS)
    assert arrivals.shape == ((END - REFERENCE).days, len(CHAIN.case_classes))
    assert (arrivals >= 0).all()
    names = [row.id for row in CHAIN.case_classes]
    first = [column for column, name in enumerate(names) if name.startswith("first_track")]
    begin = (date(2022, 12, 1) - REFERENCE).days - 1
    december = arrivals[begin : begin + 31]
    assert abs(int(december[:, first].sum()) - 2_595) <= len(first)
    assert abs(int(december[:, names.index("subsequent")].sum()) - 149) <= 1


def test_both_kinds_of_knowledge_get_the_same_number_of_arrivals(then, today):
    """They differ in the division over the tracks only."""
    assert then.known_arrivals is not None
    assert np.abs(then.known_arrivals.sum(axis=1) - today.known_arrivals.sum(axis=1)).max() <= len(CHAIN.case_classes)
    assert abs(int(then.known_arrivals.sum()) - int(today.known_arrivals.sum())) <= len(CHAIN.case_classes)


# What could be known -------------------------------------------------------------------------------------------------


def test_the_outflow_known_at_the_start_is_that_of_before_it():
    outflow = outflow_then(CHAIN, shares_for("then", OBSERVATIONS), OBSERVATIONS)
    assert (outflow.start, outflow.end) == (date(2020, 3, 1), date(2021, 12, 1))
    assert outflow.opening == 13_000
    assert outflow.outflow > 0


def test_under_then_nothing_of_later_is_known(then):
    """No project that started in 2023, no extended period of 27 September 2022, and no capacity that changes."""
    assert then.scenario.law.known_on.value == date(2022, 1, 1)
    assert [quantity.bounds for quantity in then.chain.resource("baa_officers").capacity] == [(0.0, 0.0)]
    assert all(len(resource.capacity) == 1 for resource in then.chain.resources)
    column = [row.id for row in then.chain.case_classes].index("first_track_4_other")
    lodged = date(2022, 4, 15).toordinal() - then.first_lodged
    assert date.fromordinal(int(then.deadline_of[lodged, column])) < date(2022, 11, 1)


def test_under_today_the_extended_period_is_known(today):
    column = [row.id for row in today.chain.case_classes].index("first_track_4_other")
    lodged = date(2022, 4, 15).toordinal() - today.first_lodged
    assert date.fromordinal(int(today.deadline_of[lodged, column])) == date(2023, 7, 15)


# The answer ----------------------------------------------------------------------------------------------------------


def test_every_setting_has_every_point_and_the_rows_end_with_the_errors_of_all(found):
    rows = error_rows(found)
    assert len(rows) == len(published_points(OBSERVATIONS)) + 2
    assert all(len(row) == 3 + len(SETTINGS) for row in rows)
    assert rows[-2][1] == "mean absolute error of the stocks"


def test_the_model_starts_where_the_published_share_past_the_period_was(found):
    start = {setting.name: share for setting, name, day, share in found.overdue if (name, day) == AT_START}
    assert len(start) == len(SETTINGS)
    assert all(share == pytest.approx(0.07, abs=0.001) for share in start.values())
