# SPDX-License-Identifier: EUPL-1.2
"""The ensemble of quarters: what it says, how far it may miss, and how good it was at rolling origins."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from keten.domain.errors import ScenarioError
from keten.forecast import make_plan, sample_arrivals, shares, usual_seasonality
from keten.forecast.assumptions import assumptions
from keten.forecast.ensemble import (
    ENSEMBLE,
    LEVELS,
    SUMS,
    VOICES,
    WITH_EDITION,
    QuarterHistory,
    draw_paths,
    forecast_quarters,
    interval_score,
    quarter_after,
    quarter_history,
    roll,
    skill,
)
from keten.forecast.ensemble.edition import edition_says
from keten.forecast.ensemble.score import inside
from keten.forecast.ensemble.spread import offsets, unit_t
from keten.forecast.methods import Question
from keten.forecast.methods.own_expectation import quarter_paths
from keten.observations import load_published
from keten.parameters.values import Quantity

LETTER, HALF_YEAR, HORIZON = date(2023, 7, 13), date(2023, 6, 30), date(2024, 12, 31)
SEASON = (400, 800, 1600, 3200)


@pytest.fixture(scope="module")
def known():
    return load_published().known_on(LETTER)


@pytest.fixture(scope="module")
def judged(known):
    return roll(known, date(2015, 10, 1), date(2022, 10, 1), methods=(ENSEMBLE, WITH_EDITION))


def asked(until=HALF_YEAR, **changes):
    return replace(Question("own_expectation", until, LETTER, HORIZON), **changes)


# ------------------------------------------------------------------------------------------------------- the voices


def test_what_is_always_the_same_is_said_again_by_every_voice():
    logs = np.log(np.full(24, 5000.0))
    for voice in VOICES.values():
        assert np.exp(voice(logs, 8)) == pytest.approx(np.full(8, 5000.0))


def test_last_year_repeats_the_quarters_and_the_mean_forgets_them():
    logs = np.log(np.array(SEASON * 3, dtype=float))
    assert np.exp(VOICES["last_year"](logs, 6)) == pytest.approx([*SEASON, 400, 800])
    assert np.exp(VOICES["last_four_quarters"](logs, 2)) == pytest.approx([1500, 1500])


def test_a_season_is_kept_for_half():
    """With quarters that differ by a factor two each, half a season is a factor of the square root of two."""
    said = VOICES["level"](np.log(np.array(SEASON * 6, dtype=float)), 4)
    assert np.diff(said[:4]) == pytest.approx(np.full(3, np.log(2) / 2), abs=1e-9)


def test_a_peak_returns_by_the_declared_share_and_a_level_does_not():
    """Between two same quarters of the year, four apart, the season falls out: only the return is left."""
    logs = np.log(np.array([4000.0] * 23 + [16000.0]))
    kept = assumptions().ensemble.return_kept.central
    level, back = VOICES["level"](logs, 12), VOICES["returning_level"](logs, 12)
    assert level[4:] == pytest.approx(level[:8])
    steps = back[4:] - back[:8]
    assert (steps < 0).all()
    assert steps[1:] / steps[:-1] == pytest.approx(np.full(7, kept))


def test_no_voice_sees_what_comes_later(known):
    """What is said at an origin is the same whether or not later quarters are known."""
    whole = quarter_history(known)
    before = whole.up_to(date(2019, 10, 1))
    assert before.counts == whole.counts[: len(before)]
    cut = replace(whole, counts=(*before.counts, *(1 for _ in whole.counts[len(before) :]))).up_to(date(2019, 10, 1))
    assert (forecast_quarters(before, 8).logs == forecast_quarters(cut, 8).logs).all()


# -------------------------------------------------------------------------------------------------------- the spread


def test_the_t_distribution_is_that_of_the_tables():
    """Any table of t with five degrees of freedom prints 1.476 at 0.9, 2.015 at 0.95 and 3.365 at 0.99."""
    scaled = unit_t(5) / np.sqrt(3 / 5)
    told = dict(zip(np.round(LEVELS, 3).tolist(), scaled.tolist(), strict=True))
    assert [told[0.5], told[0.9], told[0.95], told[0.99]] == pytest.approx([0, 1.4759, 2.0150, 3.3649], abs=1e-3)


def test_who_never_missed_is_surer_than_who_did(known):
    rules = assumptions().ensemble
    calm = np.log(np.full(40, 3000.0))
    wild = quarter_history(known).logs
    for ahead in (1, 4, 8):
        assert np.ptp(offsets("last_year", calm, ahead)) < np.ptp(offsets("last_year", wild, ahead))
    assert np.ptp(offsets("last_year", calm[:4], 8)) > np.ptp(offsets("last_year", calm[:4], 1))
    assert offsets("last_year", calm[:4], 1) == pytest.approx(rules.start_spread.central * unit_t(5))


def test_quarters_beyond_the_last_that_was_judged_have_its_spread(known):
    logs = quarter_history(known).logs
    assert (offsets("level", logs, 12) == offsets("level", logs, 8)).all()


def test_paths_have_the_quantiles_of_the_quarters_and_hang_together(known):
    forecast = forecast_quarters(quarter_history(known), 8)
    paths = draw_paths(forecast, np.random.default_rng(3), 20_000)
    middle = [place for place, level in enumerate(LEVELS) if 0.1 <= level <= 0.9]
    drawn = np.quantile(paths, LEVELS[middle], axis=0).T
    assert drawn == pytest.approx(forecast.persons[:, middle], rel=0.04)
    neighbours = np.corrcoef(np.log(paths[:, 0]), np.log(paths[:, 1]))[0, 1]
    assert neighbours == pytest.approx(assumptions().ensemble.neighbour_correlation.central, abs=0.03)


# -------------------------------------------------------------------------------------------------------- the scores


def test_a_sure_and_right_forecast_scores_nothing_and_a_wrong_one_its_distance():
    assert interval_score(np.full(len(LEVELS), 100.0), 100.0) == 0
    assert interval_score(np.full(len(LEVELS), 100.0), 160.0) == pytest.approx(60)
    assert inside(np.linspace(0, 100, 23), 50, 0.5)
    assert not inside(np.linspace(0, 100, 23), 99, 0.8)


@pytest.mark.parametrize("method", [ENSEMBLE, WITH_EDITION])
def test_it_beats_last_year_and_its_bands_hold(judged, method):
    """What was promised of the ensemble, on quarters it never saw: one to eight ahead, and sums of them."""
    own = [row for row in judged if row.method == method]
    single, sums = [row for row in own if row.quarters == 1], [row for row in own if row.quarters > 1]
    late = [row for row in single if row.origin >= "2017-10"]
    assert len(single) == 204
    assert {(row.ahead, row.quarters) for row in sums} == set(SUMS)
    assert skill(single).ratio_to_seasonal_naive <= 0.78
    assert skill(late).ratio_to_seasonal_naive <= 0.9
    assert 0.75 <= skill(single).coverage_80 <= 0.85
    assert 0.75 <= skill(sums).coverage_80 <= 0.85
    assert abs(skill(single).bias) < 0.05


def test_it_does_not_hold_where_the_documents_say_that_it_does_not(judged):
    """Origins of 2021 saw the peak of 2022 come too low: honest limits are told as they are."""
    peak = [row for row in judged if row.method == ENSEMBLE and row.quarters == 1 and row.origin.startswith("2021")]
    assert skill(peak).coverage_80 < 0.6
    assert skill(peak).bias > 0.2


# ----------------------------------------------------------------------------------------------- the own expectation


def test_the_history_is_unbroken_and_needs_a_year():
    assert quarter_after(date(2022, 10, 1), 1) == date(2023, 1, 1)
    assert quarter_after(date(2022, 1, 1), -5) == date(2020, 10, 1)
    with pytest.raises(ScenarioError, match="3 quarters in a row"):
        forecast_quarters(QuarterHistory(date(2022, 1, 1), (1, 2, 3)), 4)


def test_an_edition_speaks_of_its_years_only_and_is_unsure_by_its_misses(known):
    said = edition_says(known, quarter_history(known), 11)
    assert said is not None
    year = np.isnan(said).all(axis=1)
    assert year.tolist() == [False] * 3 + [True] * 8
    assert np.exp(said[0, 11]) == pytest.approx(np.exp(said[2, 11]))
    assert said[0, -3] - said[0, 11] > 0.3


def test_months_that_were_seen_narrow_their_quarter_and_move_what_follows(known):
    blind, half, whole = (quarter_paths(known, asked(day)) for day in (date(2023, 3, 31), date(2023, 5, 31), HALF_YEAR))
    assert [paths.first for paths in (blind, half, whole)] == [date(2023, 4, 1)] * 2 + [date(2023, 7, 1)]
    width = [np.ptp(np.quantile(np.log(paths.persons[:, 0]), [0.1, 0.9])) for paths in (blind, half)]
    assert width[1] < width[0] / 2
    assert (half.persons[:, 0] * 1.5 > half.seen).all()
    assert whole.seen == 0


def test_what_is_drawn_adds_up_and_is_whole(known):
    """The year is what was observed and what its quarters hold; every day is a whole number of persons."""
    plan = make_plan(known, asked())
    assert plan.scenario == "own_expectation"
    assert [year.year for year in plan.years] == [2023, 2024]
    season, parts = usual_seasonality(known, LETTER), shares(known, LETTER)
    start = date(2023, 7, 1)
    for number in range(5):
        drawn = sample_arrivals(
            plan=plan, seasonality=season, shares=parts, start=start, end=HORIZON, seed=7, replication=number
        )
        assert (drawn.counts >= 0).all()
        assert drawn.counted().sum() == sum(year.total - year.observed for year in drawn.drawn)


def test_the_band_of_the_draws_is_that_of_the_paths(known):
    plan = make_plan(known, asked())
    season, parts = usual_seasonality(known, LETTER), shares(known, LETTER)
    totals = [
        sample_arrivals(
            plan=plan, seasonality=season, shares=parts, start=date(2023, 7, 1), end=HORIZON, seed=7, replication=number
        ).drawn[1].total
        for number in range(300)
    ]  # fmt: skip
    told = plan.year(2024).total
    assert np.quantile(totals, [0.1, 0.5, 0.9]) == pytest.approx(
        [*told.bounds[:1], told.central, told.bounds[1]], rel=0.15
    )


def test_a_total_that_is_given_replaces_the_paths_of_its_year(known):
    given = Quantity(value=60_000, unit="persons", assumption="A planner asks what sixty thousand would mean.")
    plan = make_plan(known, asked(totals={2024: given}, owner="Planner"))
    assert [year.drawn_by_quarter for year in plan.years] == [True, False]
    drawn = sample_arrivals(
        plan=plan, seasonality=usual_seasonality(known, LETTER), shares=shares(known, LETTER),
        start=date(2023, 7, 1), end=HORIZON, seed=7, replication=0,
    )  # fmt: skip
    assert drawn.drawn[1].total == 60_000
