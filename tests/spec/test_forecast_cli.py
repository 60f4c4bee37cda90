# SPDX-License-Identifier: EUPL-1.2
"""The forecast on the command line."""

import json

import pytest

from keten.cli import main
from keten.forecast import CASE_CLASSES


def run(capsys, *arguments):
    """Run the command line; give its exit code, its output and its errors."""
    with pytest.raises(SystemExit) as end:
        main(["forecast", *arguments])
    printed = capsys.readouterr()
    return end.value.code, printed.out, printed.err


def test_run_gives_every_month_to_the_horizon_with_its_origin(capsys):
    code, out, _ = run(capsys, "run", "--replications", "5", "--json")
    document = json.loads(out)
    assert code == 0
    assert list(document["months"]) == [f"2023-{month:02}" for month in range(5, 13)] + [
        f"2024-{month:02}" for month in range(1, 13)
    ]
    assert tuple(document["case_classes"]) == CASE_CLASSES
    assert document["definition"] == "mpp_inflow"
    assert [year["total"] for year in document["years"]] == [71_000, 66_390]
    assert document["years"][0]["observed_until"] == "2023-04-30"
    assert all(year["assumption"] and year["owner"] for year in document["years"])
    may = document["months"]["2023-05"]
    assert 0 < may["p10"] <= may["p50"] <= may["p90"]


def test_the_same_seed_gives_the_same_answer_and_another_seed_another(capsys):
    answers = [run(capsys, "run", "--replications", "3", "--seed", seed, "--json")[1] for seed in ("7", "7", "8")]
    assert answers[0] == answers[1] != answers[2]


def test_run_prints_tables(capsys):
    code, out, _ = run(capsys, "run", "--scenario", "minimum", "--replications", "3", "--method", "mpp_scenario")
    assert code == 0
    assert "2023: 49,000" in out
    assert "first_track_4_syr_yem" in out


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("--scenario", "mediun"), 5, "Did you mean medium?"),
        (("--until", "2023-04-30"), 2, "Choose a later last day."),
        (("--replications", "0"), 2, "--replications"),
        (("--until", "2026-12-31"), 5, "edition mpp-2023-04 gives no total for it"),
    ],
)
def test_a_wrong_question_is_refused(capsys, arguments, code, problem):
    found, out, err = run(capsys, "run", *arguments)
    assert (found, out) == (code, "")
    assert problem in err


def test_backtest_prints_the_errors_of_the_editions_and_the_baseline(capsys):
    code, out, _ = run(capsys, "backtest")
    assert code == 0
    assert "mpp-2022-02" in out
    assert "Seasonal naive, 37 quarters" in out
    document = json.loads(run(capsys, "backtest", "--json")[1])
    assert document["seasonal_naive"]["quarters"] == 37
    assert {row["definition"] for row in document["editions"]} == {
        "ind_asylum_inflow", "ind_first_applications", "mpp_inflow"
    }  # fmt: skip


def test_backtest_before_anything_was_known_is_empty(capsys):
    document = json.loads(run(capsys, "backtest", "--known-on", "2010-01-01", "--json")[1])
    assert document["editions"] == []
    assert document["seasonal_naive"]["mean_absolute_error"] is None
    assert run(capsys, "backtest", "--known-on", "2010-01-01")[0] == 0
