# SPDX-License-Identifier: EUPL-1.2
"""Reading what a study wrote."""

from __future__ import annotations

import shutil
from datetime import date

import made_up_study
import polars as pl
import pytest

from keten.domain.errors import UsageError
from keten.study.results import list_studies, month_end, read_results, stock_flow


def test_a_study_is_read_with_its_months_in_order(likely):
    assert likely.name == "likely"
    assert likely.reference_date == date(2023, 4, 30)
    assert likely.month_ends == tuple(made_up_study.month_ends())
    assert likely.measures["stock.track_4"].at(date(2023, 4, 30)).p50 == 33_555


def test_a_month_of_which_nothing_is_known_has_no_range(studies, tmp_path):
    folder = shutil.copytree(studies / "likely", tmp_path / "copy")
    path = folder / "indicators.json"
    path.write_text(
        '{"indicators": [{"id": "x", "unit": "cases", "observed": [],'
        ' "months": {"2023-04": {"p10": null, "p50": null, "p90": null, "mean": null},'
        ' "2023-05": {"p10": 1, "p50": 2, "p90": 3, "mean": 2}}}]}'
    )
    assert list(read_results(folder).indicators["x"].months) == [date(2023, 5, 31)]


def test_only_whole_studies_are_listed(studies, tmp_path):
    folder = shutil.copytree(studies, tmp_path / "studies")
    (folder / "high" / "receipt.json").unlink()
    (folder / "notes").mkdir()
    assert [found.name for found in list_studies(folder)] == ["likely", "low"]
    assert list_studies(tmp_path / "nowhere") == ()


def test_every_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError) as refusal:
        read_results(tmp_path)
    assert [problem.where for problem in refusal.value.problems] == [
        "summary.json",
        "receipt.json",
        "indicators.json",
        "ledger.parquet",
    ]


def test_a_file_of_another_shape_is_refused(studies, tmp_path):
    folder = shutil.copytree(studies / "likely", tmp_path / "copy")
    (folder / "summary.json").write_text('{"scenario": "x"}')
    with pytest.raises(UsageError, match="not as promised"):
        read_results(folder)


@pytest.mark.parametrize(
    ("month", "last"), [("2023-04", (2023, 4, 30)), ("2024-02", (2024, 2, 29)), ("2023-12", (2023, 12, 31))]
)
def test_a_month_is_its_last_day(month, last):
    assert month_end(month) == date(*last)


def test_a_replication_without_cases_in_a_stage_counts_as_zero():
    on = date(2023, 5, 31)
    rows = [
        (0, on, "appeal", "x", 0, 9, 0, 9, 0),
        (1, on, "other", "x", 0, 1, 0, 1, 0),
        (2, on, "other", "x", 0, 1, 0, 1, 0),
    ]
    columns = ["replication", "period_end", "stage", "case_class", "opening", "inflow", "outflow", "closing", "overdue"]
    found = stock_flow(pl.DataFrame(rows, schema=columns, orient="row"), on, by=("stage",))
    assert dict(found.select("stage", "closing").iter_rows()) == {"appeal": 0, "other": 1}
