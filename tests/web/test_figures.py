# SPDX-License-Identifier: EUPL-1.2
"""What the dashboard makes of a study: which figure counts as now, what is judged, and what moves on the map."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from keten.domain.figures import Range
from keten.domain.words import SignalState
from keten.indicators.registry import find
from keten.parameters.load import load_chain
from keten.study.results import Observation, Outlook, Results
from keten_web.dashboard import chain_flows, figures, queries

ON = date(2023, 4, 30)
AHEAD = {date(2023, 5, 31): Range(0.10, 0.12, 0.14, 0.12)}
COMPUTED = {ON: Range(0.15, 0.15, 0.15, 0.15), **AHEAD}


def now(results: Results, *, observed: list[tuple[date, float]], months: dict[date, Range]) -> figures.IndicatorFigures:
    points = tuple(Observation(on, value, "https://example.org") for on, value in observed)
    outlook = Outlook("overdue_share", "share", months, points)
    return figures.read(find("overdue_share"), replace(results, indicators={"overdue_share": outlook}))


@pytest.mark.parametrize(
    ("observed", "months", "value", "kind", "state"),
    [
        ([(date(2023, 3, 31), 0.06)], COMPUTED, 0.06, "counted", SignalState.ATTENTION),
        ([(date(2022, 3, 31), 0.05)], COMPUTED, 0.15, "computed", SignalState.SIGNAL),
        ([(date(2022, 3, 31), 0.05)], AHEAD, 0.05, "counted", SignalState.UNKNOWN),
        ([(date(2023, 6, 30), 0.05)], COMPUTED, 0.15, "computed", SignalState.SIGNAL),
        ([], COMPUTED, 0.15, "computed", SignalState.SIGNAL),
        ([], AHEAD, 0.12, "forecast", SignalState.UNKNOWN),
    ],
    ids=["fresh count", "old count, computed", "old count only", "count after the date", "computed", "forecast only"],
)
def test_the_figure_of_now_is_the_best_known_one_and_only_a_fresh_one_is_judged(
    observed, months, value, kind, state, likely
):
    row = now(likely, observed=observed, months=months)
    assert row.now is not None
    assert (row.now.value, row.now.kind, row.state) == (value, kind, state)


def test_nothing_known_is_unknown(likely):
    row = now(likely, observed=[], months={})
    assert row.now is None
    assert row.state is SignalState.UNKNOWN
    assert row.horizon_state is SignalState.UNKNOWN


def test_the_states_of_the_overview_add_up_to_the_indicators_with_a_norm(likely):
    overview = queries.overview(likely)
    tiles = [tile for goal in overview.goals for tile in goal.tiles]
    assert sum(overview.states.values()) == sum(not tile.figures.is_key_figure for tile in tiles)
    assert len(overview.goals) == 4


def test_the_map_holds_every_case_of_the_ledger(likely):
    chain = load_chain()
    exits = {stage.id for stage in chain.stages if stage.kind == "exit"}
    month = likely.ledger.filter((pl.col("period_end") == ON) & (pl.col("replication") == 0))
    in_chain = month.filter(~pl.col("stage").is_in(exits))["closing"].sum()
    assert sum(group.stock for group in chain_flows.groups(likely.ledger, chain, ON, ())) == in_chain


def test_what_leaves_a_group_is_what_others_and_the_exits_receive(likely):
    chain = load_chain()
    moving = chain_flows.flows(likely.ledger, chain, date(2023, 5, 31))
    groups = chain_flows.groups(likely.ledger, chain, date(2023, 5, 31), moving)
    left = sum(group.outflow_week for group in groups)
    received = sum(flow.week for flow in moving if flow.source is not None)
    assert left == pytest.approx(received)
    assert {flow.destination for flow in moving if not flow.leaves} <= {group.id for group in groups}


def test_arrivals_from_outside_are_what_the_routes_do_not_explain(likely):
    chain = load_chain()
    moving = chain_flows.flows(likely.ledger, chain, date(2023, 5, 31))
    arrived = {flow.destination: flow.week for flow in moving if flow.source is None}
    assert arrived["supervision_check"] == pytest.approx(400 * 7 / 31)


def test_the_track_of_the_map_has_the_stock_of_the_measure(likely):
    groups = {group.id: group for group in chain_flows.groups(likely.ledger, load_chain(), ON, ())}
    assert groups["track_4"].stock == 33_555
    assert groups["track_1"].stock == likely.measures["stock.track_1"].at(ON).p50


def test_waiting_time_is_stock_divided_by_what_leaves(likely):
    chain = load_chain()
    groups = chain_flows.groups(likely.ledger, chain, ON, chain_flows.flows(likely.ledger, chain, date(2023, 5, 31)))
    detention = next(group for group in groups if group.id == "detention")
    assert detention.waiting_weeks == pytest.approx(detention.stock / detention.outflow_week)
    nothing = next(group for group in groups if group.stock == 0 and group.outflow_week == 0)
    assert nothing.waiting_weeks is None


def test_squares_have_the_area_of_their_stock(likely):
    drawing = queries.chain_map(likely, ON).drawing
    squares = {row.block.id: (row.block.stock, row.side) for row in drawing.blocks}
    (one_stock, one_side), (other_stock, other_side) = squares["track_4"], squares["awaiting_housing"]
    assert (one_side / other_side) ** 2 == pytest.approx(one_stock / other_stock, rel=0.01)


def test_blocks_of_a_column_do_not_overlap(likely):
    for on in (ON, likely.horizon):
        drawing = queries.chain_map(likely, on).drawing
        for lane in {row.block.lane for row in drawing.blocks}:
            column = sorted((row for row in drawing.blocks if row.block.lane == lane), key=lambda row: row.y)
            for above, below in zip(column, column[1:], strict=False):
                assert above.y + above.side < below.figure_y - 20
