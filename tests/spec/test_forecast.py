# SPDX-License-Identifier: EUPL-1.2
"""From the scenarios of the forecast of 2023 to whole arrivals per day and case class."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from keten.domain.errors import DeliveryError, ScenarioError
from keten.forecast import (
    CASE_CLASSES,
    COUNTED_CLASSES,
    METHODS,
    OTHER_CLASSES,
    backtest_editions,
    backtest_naive,
    combine,
    make_plan,
    sample_arrivals,
    seasonality,
    shares,
    usual_seasonality,
)
from keten.forecast.assumptions import assumptions
from keten.forecast.backtest import median, median_error
from keten.forecast.draws import stream, triangular
from keten.forecast.methods import Question
from keten.forecast.plan import observed_part
from keten.observations import load_published
from keten.observations.store import figures, load_delivery
from keten.parameters.load import load_chain
from keten.parameters.values import Quantity

LETTER, REFERENCE, HORIZON = date(2023, 7, 13), date(2023, 4, 30), date(2024, 12, 31)
START = REFERENCE + timedelta(days=1)


@pytest.fixture(scope="module")
def published():
    return load_published()


@pytest.fixture(scope="module")
def season(published):
    return usual_seasonality(published, LETTER)


@pytest.fixture(scope="module")
def parts(published):
    return shares(published, LETTER)


def question(scenario="most_likely", **changes):
    return replace(Question(scenario, REFERENCE, LETTER, HORIZON), **changes)


def table(text):
    """Read a small table from text: a header, then rows, cells separated by bars."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


# ----------------------------------------------------------------------------------------------------------- totals


@pytest.mark.parametrize(
    "row",
    table("""
        scenario    | total_2023 | total_2024
        minimum     | 49000      | 45818
        medium      | 67000      | 62649
        maximum     | 77000      | 72000
        most-likely | 71000      | 66390
    """),
    ids=lambda row: row["scenario"],
)
def test_the_four_scenarios_of_the_letter(published, row):
    plan = make_plan(published, question(row["scenario"]))
    assert plan.definition == "mpp_inflow"
    assert [year.total.central for year in plan.years] == [int(row["total_2023"]), int(row["total_2024"])]
    for year in plan.years:
        low, high = year.total.bounds
        assert low < year.total.central < high
        assert year.total.assumption
        assert year.owner


def test_the_most_likely_number_has_an_owner_a_reason_and_a_source(published):
    rule = assumptions().scenarios.most_likely
    assert 70_000 < rule.central < 77_000
    assert "more than 70,000" in rule.assumption
    assert rule.note.startswith("https://")
    total = make_plan(published, question()).year(2023).total
    assert rule.assumption in total.assumption


def test_of_2024_only_the_maximum_was_published_and_the_plan_says_so(published):
    maximum = make_plan(published, question("maximum")).year(2024).total
    assert maximum.assumption.startswith("Published: 72,000 (https://nieuws.nl/")
    minimum = make_plan(published, question("minimum")).year(2024).total
    assert "Of 2024 only the maximum was reported" in minimum.assumption
    assert "49,000 times 72,000 / 77,000" in minimum.assumption


def test_the_range_of_a_total_comes_from_what_earlier_editions_missed(published):
    """Forecasts of 41,500 and 48,200 for 2022 missed 49,500 by 19% and 3%."""
    total = make_plan(published, question("medium")).year(2023).total
    miss = ((49_500 / 41_500 - 1) + (49_500 / 48_200 - 1)) / 2
    assert total.bounds == (round(67_000 * (1 - miss)), round(67_000 * (1 + miss)))
    later = make_plan(published, question("medium")).year(2024).total
    assert later.bounds[1] / later.central > total.bounds[1] / total.central


def test_what_already_came_in_is_taken_off(published):
    """January to April 2023: 12,505 persons by the IND; resettlement is added at the share of 2022."""
    observed, until = observed_part(published, 2023, REFERENCE)
    assert until == REFERENCE
    assert observed == sum(round(persons * 49_500 / 47_991) for persons in (3_006, 2_823, 3_325, 3_351))
    assert make_plan(published, question()).year(2023).observed == observed
    assert make_plan(published, question()).year(2024).observed == 0


def test_on_an_earlier_knowledge_date_less_had_been_seen(published):
    plan = make_plan(published, question(known_on=date(2023, 5, 10)))
    assert plan.year(2023).observed_until == date(2023, 3, 31)
    assert plan.year(2023).first_open_day == date(2023, 4, 1)


def test_a_scenario_file_can_replace_a_total_with_owner_and_reason(published):
    own = Quantity(
        low=50_000, mode=55_000, high=61_000, unit="persons", assumption="Border measures from January 2024."
    )
    for method in METHODS:
        plan = make_plan(published, question(totals={2024: own}, owner="planning desk"), method=method)
        assert plan.year(2024).total == own
        assert plan.year(2024).owner == "planning desk"


@pytest.mark.parametrize(
    ("scenario", "method", "problem"),
    [
        ("maximal", "mpp_scenario", "Did you mean maximum?"),
        ("worst", "mpp_scenario", "Choose from minimum, medium, maximum, most_likely"),
        (
            "medium",
            "crystal_ball",
            "'crystal_ball' is not a forecast method. Choose from mpp_scenario, own_expectation, seasonal_naive.",
        ),
    ],
)
def test_an_unknown_scenario_or_method_is_refused(published, scenario, method, problem):
    with pytest.raises(ScenarioError, match=problem.replace("?", r"\?")):
        make_plan(published, question(scenario), method=method)


def test_a_year_that_nobody_forecast_asks_for_a_total(published):
    with pytest.raises(ScenarioError, match="year 2026: edition mpp-2023-04 gives no total for it"):
        make_plan(published, question("maximum", until=date(2026, 12, 31)))
    with pytest.raises(ScenarioError, match="year 2030: the plan has no total for it"):
        make_plan(published, question("maximum")).year(2030)


def test_before_the_edition_was_published_every_total_must_be_given(published):
    """The penalty forecast of the letter looks from 16 February 2023, before the scenarios of April were made."""
    early = {"known_on": date(2023, 2, 16), "reference_date": date(2023, 2, 16)}
    with pytest.raises(ScenarioError, match="year 2023: edition mpp-2022-09 gives no total for it"):
        make_plan(published, question(**early))
    own = Quantity(value=50_650, unit="persons", assumption="Edition of September 2022.")
    plan = make_plan(published, question(totals={2023: own, 2024: own}, owner="planning desk", **early))
    assert [year.total.central for year in plan.years] == [50_650, 50_650]
    parts, season = shares(published, date(2023, 2, 16)), usual_seasonality(published, date(2023, 2, 16))
    assert "Used only on knowledge dates before 22 May 2023" in parts.dza_mda.assumption
    assert "Used only on knowledge dates before the end of April 2023" in parts.syr_yem.assumption
    arrivals = sample_arrivals(
        plan=plan, seasonality=season, shares=parts, start=date(2023, 2, 17), end=HORIZON, seed=7, replication=0
    )
    assert arrivals.counts.shape[0] == 684


EDITION = """edition,made_on,period_start,period_end,scenario,measure,definition,value,unit
mpp-2023-09,2023-09-29,2023-01-01,2023-12-31,medium,inflow,mpp_inflow,52000,persons
mpp-2023-09,2023-09-29,2023-01-01,2023-12-31,maximum,inflow,mpp_inflow,58000,persons
mpp-2023-09,2023-09-29,2024-01-01,2024-12-31,maximum,inflow,mpp_inflow,60000,persons
"""


def test_a_delivered_edition_is_used_from_its_receipt_on_and_the_old_one_stays_to_compare(tmp_path):
    """What the newest edition does not say, as the minimum and 2025, comes from the one before it."""
    (tmp_path / "forecasts.csv").write_text(EDITION)
    received = datetime(2023, 10, 2, 9, tzinfo=UTC)
    load_delivery(tmp_path / "forecasts.csv", store=tmp_path / "kept", delivered_by="MINISTRY", received_at=received)
    known = figures(tmp_path / "kept")
    later = {"known_on": date(2023, 10, 2), "reference_date": date(2023, 8, 31), "until": date(2025, 12, 31)}
    before = {**later, "known_on": date(2023, 10, 1)}

    def totals(scenario: str, **how: object) -> list[float]:
        return [year.total.central for year in make_plan(known, question(scenario, **how)).years]

    assert totals("maximum", **later) == [58_000, 60_000, 76_000]
    assert totals("medium", **later)[:2] == [52_000, round(52_000 * 60 / 58)]
    assert totals("most_likely", **later)[0] == 55_000
    assert totals("minimum", **later)[0] == 49_000
    assert totals("maximum", **before) == totals("maximum", **later, edition="mpp-2023-04") == [77_000, 72_000, 76_000]


def test_past_the_turn_of_the_year_an_edition_still_says_what_it_said(published):
    moved = {"known_on": date(2023, 7, 13), "reference_date": date(2024, 1, 31)}
    assert make_plan(published, question("minimum", **moved)).year(2024).total.central == round(49_000 * 72 / 77)


def test_2025_follows_the_maximum_too(published):
    plan = make_plan(published, question("medium", until=date(2025, 12, 31)))
    assert plan.year(2025).total.central == round(67_000 * 76_000 / 77_000)


def test_flows_outside_the_count_have_their_own_definitions(published):
    flows = {flow.case_class: flow for flow in make_plan(published, question()).other_flows}
    assert tuple(flows) == OTHER_CLASSES
    assert flows["family_reunification"].definition == "family_reunification_applications"
    assert flows["family_reunification"].total.bounds[0] == 13_980
    assert flows["supervision"].definition == "supervision_inflow"
    assert (flows["supervision"].total.bounds, flows["supervision"].total.central) == ((4_640, 6_910), 6_030)
    assert all(flow.total.assumption for flow in flows.values())


def test_seasonal_naive_repeats_the_last_twelve_months(published):
    plan = make_plan(published, question("anything"), method="seasonal_naive")
    assert plan.year(2023).total.central == plan.year(2024).total.central
    # Eight months of 2022 and four of 2023, with resettlement.
    persons = (3_522, 3_757, 4_386, 4_897, 5_374, 4_756, 4_584, 3_243, 3_006, 2_823, 3_325, 3_351)
    assert plan.year(2024).total.central == sum(round(count * 49_500 / 47_991) for count in persons)


def test_seasonal_naive_needs_twelve_months(published):
    with pytest.raises(ScenarioError, match="of twelve months are known"):
        make_plan(
            published, question(known_on=date(2018, 6, 1), reference_date=date(2018, 5, 1)), method="seasonal_naive"
        )


# ----------------------------------------------------------------------------------------------------------- season


def test_the_season_comes_from_fully_observed_years_without_2020(season):
    assert season.years == (2018, 2019, 2022)
    assert np.mean(season.factors) == pytest.approx(1)
    assert int(np.argmax(season.factors)) + 1 == 9
    assert int(np.argmin(season.factors)) + 1 == 2
    assert "2020" in season.note
    assert "ind_asylum_inflow" in season.note


def test_one_definition_gives_its_own_season(published):
    cbs = seasonality(published, "cbs_asylum_inflow", LETTER, application_type="first")
    ind = seasonality(published, "ind_asylum_inflow", LETTER)
    assert (cbs.years, ind.years) == ((2018, 2019), (2022,))
    assert ind.month_concentration == assumptions().months.concentration_otherwise.central
    assert combine(cbs, ind).years == (2018, 2019, 2022)
    assert cbs.quarter_concentration < cbs.month_concentration


def test_years_of_one_shape_do_not_scatter(published):
    ind = seasonality(published, "ind_asylum_inflow", LETTER)
    assert combine(ind, ind).month_concentration == assumptions().months.concentration_otherwise.central


def test_the_season_on_an_earlier_day_uses_what_was_known(published):
    assert usual_seasonality(published, date(2020, 12, 31)).years == (2018, 2019)
    with pytest.raises(DeliveryError, match="no year has all its months"):
        usual_seasonality(published, date(2018, 1, 1))


# ----------------------------------------------------------------------------------------------------------- shares


def test_shares_come_from_the_last_published_figures(parts):
    syria_and_yemen = (2_245 + 550, 4_595 + 680, 4_185 + 675, 1_555 + 495)
    first = (7_325, 11_015, 10_745, 6_910)
    assert parts.syr_yem.central == pytest.approx(sum(syria_and_yemen) / sum(first))
    assert parts.syr_yem.bounds == pytest.approx((2_050 / 6_910, 5_275 / 11_015))
    family = (3_165, 3_650, 1_545, 1_895)
    assert parts.following_family_member.central == pytest.approx(sum(family) / (sum(family) + sum(first)))
    assert parts.resettled.central == pytest.approx(1 - 47_991 / 49_500)
    assert parts.dza_mda.bounds[0] > 1_206 / 35_535


def test_shares_add_up_to_one_and_every_share_has_an_origin(parts):
    assert parts.central().sum() == pytest.approx(1)
    for draw in range(50):
        drawn = parts.draw(stream(1, draw, "shares"))
        assert drawn.sum() == pytest.approx(1)
        assert (drawn >= 0).all()
    for quantity in vars(parts).values():
        assert quantity.source or quantity.assumption


def test_shares_that_leave_no_room_for_others_are_still_shares(parts):
    crowded = Quantity(
        value=0.97, unit="share of first applications", assumption="Nearly everyone from four countries."
    )
    by_class = dict(zip(COUNTED_CLASSES, replace(parts, syr_yem=crowded).central(), strict=True))
    assert by_class["first_track_4_other"] == 0
    assert sum(by_class.values()) == pytest.approx(1)
    assert min(by_class.values()) >= 0


def test_shares_need_published_figures(published):
    with pytest.raises(DeliveryError, match="nothing was published yet"):
        shares(published, date(2010, 1, 1))


# --------------------------------------------------------------------------------------------------------- arrivals


@pytest.fixture(scope="module")
def plan(published):
    return make_plan(published, question())


def draw(plan, season, parts, *, start=START, end=HORIZON, seed=7, replication=0):
    return sample_arrivals(
        plan=plan, seasonality=season, shares=parts, start=start, end=end, seed=seed, replication=replication
    )


def test_arrivals_are_whole_counts_per_day_and_case_class(plan, season, parts):
    arrivals = draw(plan, season, parts)
    assert arrivals.counts.shape == (611, len(CASE_CLASSES))
    assert arrivals.counts.dtype == np.int32
    assert arrivals.counts.min() >= 0
    assert arrivals.days[0] == START.toordinal()
    assert arrivals.days[-1] == HORIZON.toordinal()
    assert {row.id for row in load_chain().case_classes} == set(arrivals.case_classes)


def test_the_calendar_year_adds_up_to_the_drawn_total(plan, season, parts):
    arrivals = draw(plan, season, parts)
    in_2023 = arrivals.days <= date(2023, 12, 31).toordinal()
    first, second = arrivals.drawn
    assert arrivals.counted()[in_2023].sum() + first.observed == first.total
    assert arrivals.counted()[~in_2023].sum() == second.total


def test_the_middle_of_many_samples_is_the_scenario(plan, season, parts):
    totals = [draw(plan, season, parts, replication=number).drawn[0].total for number in range(200)]
    assert np.mean(totals) == pytest.approx(71_000, rel=0.02)
    assert min(totals) >= 63_000
    assert max(totals) <= 79_000


def test_weekends_are_quieter_except_for_supervision(plan, season, parts):
    samples = [draw(plan, season, parts, replication=number) for number in range(20)]
    weekend = (samples[0].days - 1) % 7 >= 5
    for case_class, ratio in (("first_track_4_other", 0.4), ("family_reunification", 0.4), ("supervision", 1.0)):
        daily = np.mean([sample.of(case_class) for sample in samples], axis=0)
        assert daily[weekend].mean() / daily[~weekend].mean() == pytest.approx(ratio, rel=0.15)


def test_a_later_start_leaves_the_earlier_days_out_and_changes_nothing_else(plan, season, parts):
    whole = draw(plan, season, parts)
    tail = draw(plan, season, parts, start=date(2023, 7, 1), end=date(2024, 3, 31))
    begin = date(2023, 7, 1).toordinal() - START.toordinal()
    assert (whole.counts[begin : begin + len(tail.days)] == tail.counts).all()


def test_a_total_below_what_came_in_is_lifted_to_it(published, season, parts):
    own = Quantity(value=5_000, unit="persons", assumption="Fewer than had come already.")
    plan = make_plan(published, question(totals={2023: own}, owner="planning desk"))
    arrivals = sample_arrivals(
        plan=plan, seasonality=season, shares=parts, start=START, end=date(2023, 12, 31), seed=7, replication=0
    )
    assert arrivals.drawn[0].total == plan.year(2023).observed
    assert arrivals.counted().sum() == 0


def test_a_year_that_is_fully_observed_has_no_arrivals_left(published, season, parts):
    plan = make_plan(published, question())
    closed = replace(plan.year(2023), observed=71_000, observed_until=date(2023, 12, 31))
    plan = replace(plan, years=(closed, plan.year(2024)))
    arrivals = sample_arrivals(
        plan=plan, seasonality=season, shares=parts, start=date(2024, 1, 1), end=HORIZON, seed=7, replication=0
    )
    assert arrivals.counted().sum() == arrivals.drawn[0].total


def test_a_month_that_is_partly_observed_counts_for_its_open_days(published, season, parts):
    plan = make_plan(published, question())
    halfway = replace(plan.year(2023), observed_until=date(2023, 12, 16))
    plan = replace(plan, years=(halfway, plan.year(2024)))
    arrivals = sample_arrivals(
        plan=plan,
        seasonality=season,
        shares=parts,
        start=date(2023, 12, 17),
        end=date(2023, 12, 31),
        seed=7,
        replication=0,
    )
    assert arrivals.counted().sum() == arrivals.drawn[0].total - arrivals.drawn[0].observed


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        (date(2023, 4, 30), HORIZON, "lies in the part that was observed"),
        (date(2024, 5, 1), date(2024, 4, 30), "before it starts"),
        (START, date(2025, 1, 1), "the plan has no total for it"),
    ],
)
def test_an_impossible_period_is_refused(plan, season, parts, start, end, problem):
    with pytest.raises(ScenarioError, match=problem):
        draw(plan, season, parts, start=start, end=end)


def test_a_plan_without_the_other_flows_is_refused(published, season, parts):
    plan = replace(make_plan(published, question()), other_flows=())
    with pytest.raises(ScenarioError, match="they are not lateral, family_reunification, supervision"):
        sample_arrivals(plan=plan, seasonality=season, shares=parts, start=START, end=HORIZON, seed=7, replication=0)


@pytest.mark.parametrize(("uniform", "value"), [(0.0, 10.0), (0.5, 20.0), (1.0, 30.0), (0.125, 15.0), (0.875, 25.0)])
def test_the_triangular_draw(uniform, value):
    assert triangular(uniform, 10, 20, 30) == pytest.approx(value)
    assert triangular(uniform, 20, 20, 20) == 20


# --------------------------------------------------------------------------------------------------------- backtest


@pytest.mark.parametrize(
    "row",
    table("""
        edition     | year | scenario | forecast | actual | error | naive
        budget-2016 | 2016 | medium   | 26000    | 31642  | -18%  | -
        mpp-2015-11 | 2016 | maximum  | 93600    | 31642  | +196% | 58880
        budget-2018 | 2018 | medium   | 37000    | 30380  | +22%  | 31642
        mpp-2021-09 | 2022 | medium   | 34370    | 49500  | -31%  | -
        mpp-2022-02 | 2022 | medium   | 41500    | 49500  | -16%  | 37771
        mpp-2022-09 | 2022 | medium   | 48200    | 49500  | -3%   | 37771
        mpp-2022-09 | 2022 | maximum  | 55700    | 49500  | +13%  | 37771
    """),
    ids=lambda row: f"{row['edition']} {row['scenario']} {row['year']}",
)
def test_every_edition_against_what_happened(published, row):
    errors = {(error.edition, error.year, error.scenario): error for error in backtest_editions(published)}
    error = errors[(row["edition"], int(row["year"]), row["scenario"])]
    assert (error.forecast, error.actual) == (int(row["forecast"]), int(row["actual"]))
    assert f"{error.relative_error:+.0%}" == row["error"]
    assert error.naive == (None if row["naive"] == "-" else int(row["naive"]))
    assert (error.naive_relative_error is None) == (error.naive is None)


def test_a_forecast_of_a_year_that_is_not_over_is_not_judged(published):
    assert all(error.year < 2023 for error in backtest_editions(published))


def test_the_baseline_is_judged_on_every_quarter_with_one_a_year_before(published):
    errors = backtest_naive(published)
    assert len(errors) == 37
    assert all(error.forecast > 0 and error.actual > 0 for error in errors)
    first_quarter = next(error for error in errors if error.quarter == date(2023, 1, 1))
    assert (first_quarter.forecast, first_quarter.actual) == (6_450, 6_910)


def test_an_error_that_cannot_be_known_yet_is_not_used(published):
    editions = assumptions().scenarios.spread.year_in_progress.editions
    assert median_error(published, editions) == pytest.approx(0.11, abs=0.005)
    assert median_error(published.known_on(date(2022, 12, 31)), editions) is None
    early = make_plan(published, question("medium", known_on=date(2023, 5, 10))).year(2023).total
    assert early.bounds == (round(67_000 * 0.89), round(67_000 * 1.11))


@pytest.mark.parametrize(("values", "middle"), [([3], 3), ([1, 9], 5), ([9, 1, 4], 4)])
def test_the_median(values, middle):
    assert median(values) == middle
