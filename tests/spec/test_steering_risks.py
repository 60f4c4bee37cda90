# SPDX-License-Identifier: EUPL-1.2
"""How large a chain risk is, what covers it, and how much time meetings take."""

from datetime import date

import pytest
from indicator_tables import written

from keten.domain.figures import Range
from keten.domain.words import Direction
from keten.steering.bodies import GovernanceBody, GovernanceLevel
from keten.steering.meeting_load import Load, Meeting, agreed_hours_per_year, bodies_per_level, meeting_load
from keten.steering.risks import (
    Basis,
    ChainRisk,
    Cover,
    Impact,
    ModelStatement,
    Probability,
    RiskLevel,
    assess,
    level,
    probability_of_crossing,
    share_that_crosses,
    uncovered,
)

LOWER, HIGHER = Direction.LOWER_IS_BETTER, Direction.HIGHER_IS_BETTER
STOCK = Range(p10=30_000, p50=36_000, p90=44_000, mean=36_500)


def test_the_probability_of_crossing_lies_between_the_known_quantiles():
    table = """
        value | should be low | should be high
        29000 | 0.9 1.0       | 0.0 0.1
        30000 | 0.5 0.9       | 0.0 0.1
        33000 | 0.5 0.9       | 0.1 0.5
        36000 | 0.1 0.5       | 0.1 0.5
        40000 | 0.1 0.5       | 0.5 0.9
        44000 | 0.0 0.1       | 0.5 0.9
        50000 | 0.0 0.1       | 0.9 1.0
    """
    for row in written(table):
        for column, direction in (("should be low", LOWER), ("should be high", HIGHER)):
            low, high = map(float, row[column].split())
            assert probability_of_crossing(STOCK, float(row["value"]), direction) == Probability(low, high), row


def test_replications_are_counted():
    assert share_that_crosses([1, 2, 3, 4], 2, LOWER) == Probability(0.5, 0.5)
    assert share_that_crosses([1, 2, 3, 4], 2, HIGHER) == Probability(0.25, 0.25)
    with pytest.raises(ValueError, match="no outcomes"):
        share_that_crosses([], 2, LOWER)


def test_the_level_follows_from_probability_and_impact():
    table = """
        probability | small  | serious | severe
        0.05        | low    | low     | medium
        0.10        | low    | medium  | high
        0.50        | medium | high    | high
    """
    for row in written(table):
        chance = float(row["probability"])
        for impact in Impact:
            assert level(Probability(chance, chance), impact) == RiskLevel(row[impact]), row


def test_a_risk_about_a_model_output_is_computed_from_the_month_in_which_crossing_is_most_likely():
    statement = ModelStatement("stock.track_4", 40_000, LOWER, "2023-06", "2023-12")
    risk = ChainRisk("rising_stock", Impact.SERIOUS, statement)
    calm = Range(p10=30_000, p50=33_000, p90=36_000, mean=33_000)
    found = assess(risk, [("2023-05", Range(99_999, 99_999, 99_999, 99_999)), ("2023-06", calm), ("2023-09", STOCK)])
    assert (found.level, found.basis, found.month) == (RiskLevel.MEDIUM, Basis.COMPUTED, "2023-09")
    assert found.probability == Probability(0.1, 0.5)


def test_a_risk_nobody_computed_is_unknown_and_never_low():
    statement = ModelStatement("stock.track_4", 40_000, LOWER, "2023-06", "2023-12")
    for months in (None, [], [("2023-01", STOCK)]):
        assert assess(ChainRisk("x", Impact.SMALL, statement), months).level is RiskLevel.UNKNOWN


def test_elsewhere_people_type_the_level():
    found = assess(ChainRisk("labour_market", Impact.SERIOUS, typed_level=RiskLevel.HIGH), None)
    assert (found.level, found.basis, found.probability) == (RiskLevel.HIGH, Basis.TYPED, None)


def test_uncovered_risks_are_those_that_no_agreement_in_force_covers():
    one, two = ChainRisk("one", Impact.SMALL), ChainRisk("two", Impact.SMALL)
    covers = [Cover("a", ("one",)), Cover("b", ("two",), date(2023, 1, 1), date(2024, 1, 1))]
    assert uncovered([one, two], covers, on=date(2023, 6, 1)) == ()
    assert uncovered([one, two], covers, on=date(2024, 1, 1)) == (two,)


def test_meeting_load_per_body_partner_and_month():
    meetings = [
        Meeting("executive", date(2023, 5, 10), 120, (("IND", 1), ("COA", 1), ("DTV", 1)), preparation_minutes=60),
        Meeting("planning", date(2023, 5, 17), 30, (("IND", 2), ("COA", 1))),
        Meeting("planning", date(2023, 6, 14), 30, (("IND", 2), ("COA", 1))),
        Meeting("planning", date(2024, 6, 14), 30, (("IND", 2), ("COA", 1))),
    ]
    load = meeting_load(meetings, first=date(2023, 1, 1), last=date(2023, 12, 31))
    assert load.total == Load(3, 9, 12.0)
    assert load.per_body == {"executive": Load(1, 3, 9.0), "planning": Load(2, 6, 3.0)}
    assert load.per_partner == {"COA": Load(3, 3, 4.0), "DTV": Load(1, 1, 3.0), "IND": Load(3, 5, 5.0)}
    assert load.per_month == {"2023-05": Load(2, 6, 10.5), "2023-06": Load(1, 3, 1.5)}


def test_the_rhythm_of_a_body_costs_hours_and_what_is_not_known_is_not_guessed():
    body = GovernanceBody(
        "executive", GovernanceLevel.EXECUTIVE, seats=(("IND", 1), ("COA", 2)), meetings_per_year=6, minutes=120
    )
    assert agreed_hours_per_year(body) == 36
    assert agreed_hours_per_year(GovernanceBody("tactical", GovernanceLevel.TACTICAL)) is None
    assert bodies_per_level([body])[GovernanceLevel.EXECUTIVE] == 1
