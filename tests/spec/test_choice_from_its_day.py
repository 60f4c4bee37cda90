# SPDX-License-Identifier: EUPL-1.2
"""A choice of a day counts from that day: before it the ledger is that of doing nothing, row for row."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.domain.errors import ScenarioError
from keten.study.choices import Happened, actuals_after, as_of, predict, prediction_of
from keten.study.from_day import DATED, first_day, from_day, undated
from keten.study.inputs import prepare
from keten.study.replicate import replicate
from keten.study.scenario import HireChoice, Scenario, StaffChoices, read_scenario
from keten.study.what_if import Account, in_base, levers_of, scenario_with

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
ACCOUNT = Account("Analist", "De keuze, of niets doen.", "oefening")
FIRST, HORIZON = date(2023, 5, 1), date(2023, 10, 31)


@cache
def base():
    return prepare(read_scenario(LETTER / "most-likely.toml").model_copy(update={"horizon": HORIZON}))


@cache
def with_levers(*levers):
    return scenario_with(base(), dict(levers), ACCOUNT)


@cache
def tables(inputs):
    outcome = replicate(inputs, 7, 0)
    found = {"ledger": outcome.outcome.ledger, "resources": outcome.outcome.resources, "costs": outcome.costs}
    return {name: happened_in(frame) for name, frame in found.items()}


def happened_in(frame):
    """Leave out the rows of nothing but zeros: a place that is entered in October only has them from April on."""
    counts = [name for name, kind in frame.schema.items() if kind.is_numeric() and name != "replication"]
    return frame.filter(pl.any_horizontal(pl.col(counts).fill_null(0) != 0))


def first_month_that_differs(scenario):
    """Give the first month end of which any row of ledger, resources or costs is not that of the twin."""
    found, beside = tables(prepare(scenario)), tables(base())
    differ = [
        pl.concat([frame, beside[name]]).filter(pl.concat([frame, beside[name]]).is_unique())["period_end"].min()
        for name, frame in found.items()
    ]
    return min((day for day in differ if day is not None), default=None)


# Day of the choice, lever, value, and the first month whose ledger may differ from that of doing nothing.
MONTHS = """
2023-05-01  baa             0      2023-05
2023-04-01  baa             0      2023-05
2023-07-20  baa             0      2023-07
2023-08-01  baa             0      2023-08
2023-07-20  court_hours     125    2023-07
2023-07-20  no_show         20     2023-07
2023-07-20  simplified      60     2023-07
2023-07-20  appeals         50     2023-07
2023-07-20  regular_places  30000  2023-07
2023-07-20  homes           160    2023-07
2023-07-20  external_track_4 100   2023-07
2023-06-15  hires_track_4   100    2023-06
2023-10-31  homes           160    2023-10
"""


@pytest.mark.parametrize("line", MONTHS.strip().splitlines())
def test_before_the_month_of_the_choice_the_ledger_is_that_of_doing_nothing(line):
    day, lever, value, month = line.split()
    scenario = as_of(with_levers((lever, float(value))), base().scenario, date.fromisoformat(day))
    found = first_month_that_differs(scenario)
    assert found is None or f"{found:%Y-%m}" >= month
    assert found is not None or lever in ("appeals", "hires_track_4")  # what is felt only after the horizon
    if lever in ("baa", "homes", "regular_places"):
        assert f"{found:%Y-%m}" == month  # these work at once


def test_every_lever_is_in_the_table_or_refused_for_a_later_day():
    """A lever that is made later gets a line, or has no day and says so."""
    told = {line.split()[1] for line in MONTHS.strip().splitlines()}
    later = date(2023, 7, 20)
    for lever in levers_of(base()):
        if lever.id in told:
            continue
        standing = in_base(base())[lever.id]
        other = next(
            option
            for option in ([row.value for row in lever.options] if lever.chooses else [lever.low, lever.high])
            if option != standing
        )
        beside = (("order", "deadline"),) if lever.id == "overdue_share" else ()
        scenario = with_levers(*beside, (lever.id, other))
        assert from_day(scenario, base().scenario, FIRST) == scenario
        with pytest.raises(ScenarioError, match="no day of its own"):
            from_day(scenario, base().scenario, later)


def test_every_part_of_a_scenario_has_days_or_is_refused():
    """A part that is added to scenarios later is refused for a later day until somebody moves its days."""
    others = {"name", "title", "description", "reference_date", "horizon", "law", "inflow", "policies"}
    assert set(Scenario.model_fields) == others | {"late_decisions"} | set(DATED)


# Days, without a run


@given(
    day=st.dates(FIRST - timedelta(days=90), HORIZON),
    lever=st.sampled_from([("baa", 40.0), ("homes", 160.0), ("simplified", 30.0), ("no_show", 20.0)]),
)
@settings(max_examples=60, deadline=None)
def test_on_every_day_before_the_choice_the_tables_are_those_of_the_twin_and_after_it_those_of_the_choice(day, lever):
    chosen, twin = with_levers(lever), base().scenario
    dated = from_day(chosen, twin, day)
    start = first_day(chosen, day)
    for on in {FIRST, start - timedelta(days=1), start, HORIZON} - {FIRST - timedelta(days=1)}:
        assert said_on(dated, on) == said_on(chosen if on >= start else twin, on)


def said_on(scenario, on):
    parts = [rows for part in ("capacity", "no_show", "routes") for rows in sorted(getattr(scenario, part).items())]
    parts.append(("places", scenario.reception.regular_places))
    return [
        (name, row.model_dump(exclude={"valid_from", "valid_until"}))
        for name, rows in parts
        for row in rows
        if row.valid_from <= on < row.valid_until
    ]


def hire(fte, on, **more):
    content = {"resource": "decision_officers_track_4", "fte": fte, "requested_on": on}
    return HireChoice.model_validate(
        {**content, "owner": "Analist", "reason": "Een proef.", "source": "oefening", **more}
    )


HIRES = """
before  chosen  requested before the day  requested on the day  ended on the day
0       10      0                         10                    0
5       12      5                         7                     0
12      5       5                         0                     7
5       5       5                         0                     0
"""


@pytest.mark.parametrize("line", HIRES.strip().splitlines()[1:])
def test_nobody_is_let_go_to_be_hired_again(line):
    before, after, stay, added, ended = map(float, line.split())
    day = date(2023, 7, 20)
    twin, chosen = (
        base().scenario.model_copy(update={"staff": StaffChoices(hires=tuple(rows))})
        for rows in ([hire(before, FIRST)] if before else [], [hire(after, date(2023, 5, 2))])
    )
    rows = from_day(chosen, twin, day).staff.hires if before != after else twin.staff.hires
    assert sum(row.fte for row in rows if row.requested_on < day and row.until > day) == pytest.approx(stay)
    assert sum(row.fte for row in rows if row.requested_on == day) == pytest.approx(added)
    assert sum(row.fte for row in rows if row.until == day) == pytest.approx(ended)


def test_a_start_of_its_own_that_is_later_stays():
    chosen = base().scenario.model_copy(update={"staff": StaffChoices(hires=(hire(5, date(2023, 9, 1)),))})
    (row,) = from_day(chosen, base().scenario, date(2023, 7, 20)).staff.hires
    assert row.requested_on == date(2023, 9, 1)


# What cannot be predicted


def test_a_day_after_the_horizon_is_refused_with_what_to_do():
    with pytest.raises(ScenarioError, match="horizon reaches over 2023-11-01"):
        predict(with_levers(("baa", 0.0)), base().scenario, replications=1, seed=7, chosen_on=date(2023, 11, 1))


def test_what_has_no_day_is_named_in_both_languages():
    (words,) = undated(with_levers(("order", "entered")), base().scenario, date(2023, 7, 20))[:1]
    assert (words.nl[:9], words.en[:5]) == ("Volgorde ", "Order")
    assert undated(with_levers(("inflow_2023", 60_000.0)), base().scenario, date(2023, 7, 20))
    assert not undated(with_levers(("inflow_2023", 60_000.0)), base().scenario, FIRST)


def test_a_choice_that_is_over_before_its_day_is_refused():
    twin = base().scenario
    chosen = with_levers(("homes", 160.0))
    over = chosen.capacity["municipal_homes"][0].model_copy(update={"valid_until": date(2023, 6, 1)})
    chosen = chosen.model_copy(update={"capacity": {**twin.capacity, "municipal_homes": (over,)}})
    with pytest.raises(ScenarioError, match="nothing of it works on or after 2023-07-20"):
        as_of(chosen, twin, date(2023, 7, 20))


# What is kept of it


def test_the_prediction_keeps_the_day_and_is_judged_on_figures_since_then_only():
    from keten.observations import load_published

    day = date(2023, 7, 20)
    found = predict(with_levers(("baa", 0.0)), base().scenario, replications=2, seed=7, chosen_on=day)
    assert found.counts_from == day
    assert prediction_of(found.as_document()) == found
    assert {row.effect for row in found.rows if row.period_end < date(2023, 7, 31)} == {0}
    assert found.at("stock.track_4", date(2023, 9, 30)).effect > 0
    known = Happened(load_published().known_on(date(2024, 6, 1)), date(2024, 6, 1))
    actuals = actuals_after(found, known)
    assert actuals == ()  # the figures of June say nothing about a choice of July
    of_june = actuals_after(replace(found, chosen_on=date(2023, 6, 15)), known)
    assert {row.on for row in of_june} == {date(2023, 6, 30)}
