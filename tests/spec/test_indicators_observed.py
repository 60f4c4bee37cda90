# SPDX-License-Identifier: EUPL-1.2
"""Indicators computed from, or carried over from, published figures."""

from datetime import date

import pytest

from keten.domain.errors import UsageError
from keten.indicators import compute_all, find, indicators, signal_state
from keten.indicators.observed import observed_measure, observed_series, observed_tables
from keten.observations.known import load_published
from keten.parameters.load import load_chain

CHAIN = load_chain()
PUBLISHED = load_published()
LETTER = date(2023, 7, 13)


def values(points):
    return {str(point.on): pytest.approx(point.value) for point in points}


def test_the_stock_of_the_letter_comes_back_as_it_was_printed():
    stock = {track: observed_measure(f"stock.track_{track}", PUBLISHED, CHAIN) for track in (1, 2, 4)}
    assert values(stock[4]) == {"2020-03-01": 13_000, "2023-04-30": 33_555, "2023-06-30": 36_870}
    assert values(stock[1])["2023-04-30"] == 3_650
    assert values(stock[2])["2023-04-30"] == 125
    assert {point.source_url for point in stock[4] if point.on == date(2023, 4, 30)} == {
        "https://zoek.officielebekendmakingen.nl/kst-19637-3156.html"
    }


def test_departures_are_computed_by_the_formula_of_the_indicator():
    points = observed_series("demonstrable_departure_share", PUBLISHED, CHAIN)
    assert values(points)["2022-12-31"] == (2_450 + 1_850) / (2_450 + 1_850 + 4_310)
    assert not any(point.reported for point in points)


@pytest.mark.parametrize(
    ("identifier", "on", "value"),
    [
        ("share_decided_in_time", "2022-04-30", 0.33),
        ("share_decided_in_time", "2022-10-31", 0.15),
        ("overdue_share", "2021-12-01", 0.07),
        ("lead_time_track_4", "2023-02-03", 9 * 365.25 / 12 / 7),
        ("dublin_transfer_share", "2016-12-31", 0.148),
    ],
)
def test_a_share_that_was_printed_is_carried_and_marked_as_reported(identifier, on, value):
    points = observed_series(identifier, PUBLISHED, CHAIN)
    assert values(points)[on] == value
    assert all(point.reported and point.definition_nl and point.definition_en for point in points)


def test_the_number_of_permit_holders_alone_does_not_tell_the_occupancy():
    waiting = values(observed_series("permit_holders_waiting", PUBLISHED, CHAIN))
    occupancy = values(observed_series("reception_occupancy", PUBLISHED, CHAIN))
    assert waiting["2021-11-30"] == 11_500
    assert "2021-11-30" not in occupancy
    assert occupancy["2023-01-02"] == 51_701


def test_notices_of_a_year_are_not_mistaken_for_those_of_december():
    assert values(observed_measure("notices", PUBLISHED, CHAIN))["2022-12-31"] == 1_731


def test_what_was_not_published_is_unknown():
    assert observed_series("production_track_4", PUBLISHED, CHAIN) == ()
    assert observed_measure("penalties.accrued", PUBLISHED, CHAIN) == ()
    on_reference_date = compute_all(observed_tables(PUBLISHED, CHAIN), CHAIN).filter(period_end=date(2023, 4, 30))
    overdue = on_reference_date.filter(indicator="overdue_share")["value"].item()
    assert signal_state(find("overdue_share"), overdue, on=LETTER) == "unknown"


def test_nobody_knows_a_figure_before_it_was_published():
    before = observed_measure("stock.track_4", PUBLISHED.known_on(date(2023, 7, 12)), CHAIN)
    assert values(before) == {"2020-03-01": 13_000}


@pytest.mark.parametrize("row", indicators(), ids=lambda row: row.id)
def test_every_observed_value_has_an_address_and_a_day_of_publication(row):
    for point in observed_series(row.id, PUBLISHED, CHAIN):
        assert point.source_url.startswith("http")
        assert point.published <= LETTER


def test_an_unknown_indicator_is_refused():
    with pytest.raises(UsageError, match="is not an indicator"):
        observed_series("stock", PUBLISHED, CHAIN)
