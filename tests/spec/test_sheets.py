# SPDX-License-Identifier: EUPL-1.2
"""How one table is added up per month."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from keten.indicators.sheets import Sheet
from keten.indicators.sums import ledger_sum
from keten.indicators.tables import Tables

MAY, JUNE = date(2023, 5, 31), date(2023, 6, 30)


@pytest.fixture
def sheet():
    return Sheet(
        pl.DataFrame(
            {
                "replication": [1, 0, 0, 0],
                "period_end": [MAY, JUNE, MAY, MAY],
                "stage": ["hearing", "hearing", "decision", None],
                "closing": [7, 3, 10, 5],
                "hours": [0.1, None, 0.2, 0.3],
            }
        )
    )


def test_months_are_those_the_table_speaks_of_in_order(sheet):
    assert sheet.months.rows() == [(0, MAY), (0, JUNE), (1, MAY)]


def test_a_month_from_before_1970_is_a_month_too():
    rows = {"replication": [0, 0], "period_end": [MAY, date(1951, 7, 31)], "closing": [1, 2]}
    assert Sheet(pl.DataFrame(rows)).months["period_end"].to_list() == [date(1951, 7, 31), MAY]


def test_a_column_is_added_over_the_chosen_rows_of_each_month(sheet):
    sums, rows = sheet.per_month("closing", sheet.everything)
    assert (sums.tolist(), rows.tolist()) == ([15.0, 3.0, 7.0], [2, 1, 1])
    sums, rows = sheet.per_month("closing", sheet.among("stage", ["hearing"]))
    assert (sums.tolist(), rows.tolist()) == ([0.0, 3.0, 7.0], [0, 1, 1])


def test_with_an_empty_cell_among_the_terms_the_sum_is_unknown(sheet):
    sums, _ = sheet.per_month("hours", sheet.everything)
    assert np.isnan(sums).tolist() == [False, True, False]
    assert sums[0] == 0.5


def test_an_empty_text_is_chosen_by_no_name(sheet):
    assert sheet.among("stage", ["", "decision"]).tolist() == [False, False, True, False]
    assert sheet.where(pl.col("stage") != "decision").tolist() == [True, True, False, False]


def test_the_order_of_the_rows_does_not_change_the_last_bit_of_a_sum():
    terms = [1e9 + 0.1, 1e-3, 0.3, 2e8 + 0.7, 0.007]
    days = [MAY] * len(terms)
    sums = {
        Sheet(pl.DataFrame({"replication": 0, "period_end": days, "hours": order})).per_month(
            "hours", np.ones(len(terms), dtype=np.bool_)
        )[0][0]
        for order in (terms, terms[::-1], sorted(terms))
    }
    assert len(sums) == 1


def test_an_empty_flow_of_one_stage_does_not_hide_the_flows_of_the_others():
    rows = {
        "replication": [0, 0],
        "period_end": [MAY, MAY],
        "stage": ["a", "b"],
        "case_class": ["first", "first"],
        "opening": [4, 4],
        "inflow": [5, None],
        "outflow": [4, 2],
        "closing": [5, 6],
        "overdue": [0, 0],
    }
    published = Tables(ledger=pl.DataFrame(rows))
    assert ledger_sum(published, "inflow", ["a"]).rows() == [(0, MAY, 5.0)]
    assert ledger_sum(published, "inflow", ["a", "b"]).is_empty()
    assert ledger_sum(published, "outflow", ["a", "b"]).rows() == [(0, MAY, 6.0)]


def test_a_table_without_rows_has_no_months():
    empty = Sheet(pl.DataFrame(schema={"replication": pl.Int64, "period_end": pl.Date, "stage": pl.String}))
    assert empty.months.is_empty()
    assert empty.among("stage", ["hearing"]).tolist() == []
