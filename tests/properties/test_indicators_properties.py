# SPDX-License-Identifier: EUPL-1.2
"""What holds for indicators, summaries and small counts, whatever the figures are."""

import re
from datetime import date
from pathlib import Path
from statistics import median

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import keten
from keten.domain.bounds import UNITS
from keten.domain.figures import quantile, summarise
from keten.domain.ledger import LEDGER
from keten.domain.words import SignalState
from keten.indicators import Tables, find, indicators, signal_state
from keten.indicators.disclosure import NotShown, is_small, protected
from keten.indicators.measures import measures
from keten.indicators.selections import track_classes, undecided_stages
from keten.indicators.summary import summarise_replications
from keten.indicators.tables import INDEX
from keten.parameters.load import load_chain

CHAIN = load_chain()
SOURCE = Path(keten.__file__).parents[1]
MONTHS = (date(2023, 4, 30), date(2023, 5, 31), date(2023, 6, 30))
COUNTS = st.integers(0, 100_000)
WITH_NORM = st.sampled_from([row for row in indicators() if row.rule is not None])

LEDGER_ROWS = st.dictionaries(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(MONTHS),
        st.sampled_from([stage.id for stage in CHAIN.stages]),
        st.sampled_from([row.id for row in CHAIN.case_classes]),
    ),
    st.tuples(*[st.integers(0, 500)] * 5),
    min_size=1,
    max_size=60,
)


def ledger(rows):
    columns = {"replication": pl.Int64, "period_end": pl.Date, "stage": pl.String, "case_class": pl.String}
    figures = dict.fromkeys(LEDGER.column_names[4:], pl.Int64)
    return pl.DataFrame([(*key, *values) for key, values in rows.items()], schema={**columns, **figures}, orient="row")


@given(LEDGER_ROWS)
def test_the_stock_of_track_4_is_the_sum_a_child_would_take(rows):
    stages, classes = undecided_stages(CHAIN), track_classes(CHAIN, 4)
    expected = {key[:2]: 0 for key in rows}
    for (replication, month, stage, case_class), figures in rows.items():
        if stage in stages and case_class in classes:
            expected[replication, month] += figures[3]
    found = measures(Tables(ledger=ledger(rows), complete=True), CHAIN).filter(measure="stock.track_4")
    assert {(row[0], row[1]): row[2] for row in found.select(*INDEX, "value").iter_rows()} == expected


@given(LEDGER_ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rows, random):
    shuffled = list(rows.items())
    random.shuffle(shuffled)
    one, other = (measures(Tables(ledger=ledger(dict(given)), complete=True), CHAIN) for given in (rows, shuffled))
    assert one.rows() == other.rows()


@given(st.lists(st.lists(st.integers(-1000, 1000), min_size=1, max_size=25), min_size=1, max_size=4))
def test_summaries_over_replications_are_those_of_the_scalar_rule(months):
    values = pl.DataFrame(
        [(month, float(value)) for month, outcomes in enumerate(months) for value in outcomes],
        schema={"month": pl.Int64, "value": pl.Float64},
        orient="row",
    )
    for row, outcomes in zip(summarise_replications(values, ["month"]).iter_rows(named=True), months, strict=True):
        scalar = summarise(outcomes)
        assert (row["p10"], row["p50"], row["p90"]) == (scalar.p10, scalar.p50, scalar.p90)
        assert row["mean"] == pytest.approx(scalar.mean)
        assert row["outcomes"] == len(outcomes)


@given(st.lists(st.none(), min_size=1, max_size=5), st.lists(st.floats(-1e6, 1e6), max_size=5))
def test_unknown_outcomes_do_not_weigh_in_a_range(unknown, known):
    values = pl.DataFrame({"month": 1, "value": pl.Series([*unknown, *known], dtype=pl.Float64)})
    row = summarise_replications(values, ["month"]).row(0, named=True)
    assert row["outcomes"] == len(known)
    assert row["p50"] == (summarise(known).p50 if known else None)


@given(WITH_NORM, st.lists(st.none() | st.floats(0, 60_000), max_size=6), st.floats(0, 60_000), st.floats(0, 60_000))
def test_a_better_value_never_has_a_worse_state(indicator, history, one, other):
    order = [SignalState.ON_COURSE, SignalState.ATTENTION, SignalState.SIGNAL]
    better, worse = sorted((one, other), reverse=indicator.direction == "higher_is_better")
    states = [signal_state(indicator, value, history, on=MONTHS[-1]) for value in (better, worse)]
    assert order.index(states[0]) <= order.index(states[1])


@given(st.sampled_from(indicators()), st.lists(st.none() | st.floats(0, 60_000), max_size=6))
def test_missing_data_are_never_on_course(indicator, history):
    assert signal_state(indicator, None, history, on=MONTHS[-1]) is SignalState.UNKNOWN


@given(st.floats(0, 1))
def test_without_a_past_the_dead_band_plays_no_part(value):
    indicator = find("share_decided_in_time")
    assert (signal_state(indicator, value, on=MONTHS[-1]) is SignalState.SIGNAL) == (round(0.9 - value, 9) > 0)


FIGURES = st.dictionaries(st.sampled_from(("value", "cases", "missed")), st.none() | st.integers(0, 30), min_size=1)


@given(FIGURES, st.randoms())
def test_protected_figures_are_the_same_whatever_the_small_counts_are(figures, random):
    bounds = dict.fromkeys(figures, UNITS["cases"])
    other = {
        name: random.randint(1, 9) if is_small(value, UNITS["cases"]) else value for name, value in figures.items()
    }
    found = protected(figures, bounds)
    assert list(map(id, found.values())) == list(map(id, protected(other, bounds).values()))
    if found != figures:
        assert not any(value for value in found.values() if not isinstance(value, NotShown))


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=60))
def test_a_median_has_as_many_outcomes_below_as_above_it(outcomes):
    # The median of the library of Python is an oracle that knows nothing of our ranks.
    assert quantile(outcomes, 50) == median(outcomes)
    assert min(outcomes) <= quantile(outcomes, 10) <= quantile(outcomes, 50) <= quantile(outcomes, 90) <= max(outcomes)
    # Mirrored outcomes have mirrored quantiles: the low end is taken as the high end is.
    assert quantile([-outcome for outcome in outcomes], 10) == -quantile(outcomes, 90)


READS_BETWEEN_RANKS = {
    "keten/forecast/ensemble/spread.py": "at 1% of forty misses stands no rank: a distribution is fitted to them",
    "keten/forecast/ensemble/rolling.py": "judges a forecast at the levels of `spread`",
    "keten/forecast/quarter_paths.py": "gives a forecast at the levels of `spread`",
    "keten/observations/due.py": "shares of a first figure, no count that occurred",
}
"""What takes quantiles otherwise, with why: none of it is an outcome of a study."""


def test_nobody_takes_a_quantile_by_another_rule():
    one_rule = {SOURCE / "keten/domain/figures.py", SOURCE / "keten/indicators/summary.py"}
    otherwise = {SOURCE / path for path in READS_BETWEEN_RANKS}
    other = re.compile(r"np\.(nan)?(quantile|percentile|median)\(|\.quantile\(|median_low|statistics import .*median")
    found = {path for path in SOURCE.rglob("*.py") if other.search(path.read_text(encoding="utf-8"))}
    assert found - one_rule == otherwise
