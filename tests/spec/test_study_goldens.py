# SPDX-License-Identifier: EUPL-1.2
"""What the scenarios that ship come to does not change without someone seeing which figure moved, and by how much."""

from tools.goldens import as_table, differences, kept, read_table, report, simulated

RENEW = "Is it meant? Then write the tables again with `python3 tools/dev.py goldens`, and say why in the changelog."


def test_no_golden_result_has_moved():
    moved = list(differences(kept(), simulated()))
    assert not moved, f"\n{report(moved)}\n{RENEW}"


# How a difference is told --------------------------------------------------------------------------------------------


def figures(text):
    return read_table(text.replace(" ", "").lstrip("\n"))


BEFORE = figures("""
measure,       unit,    2023-06, 2023-12
stock.track_4, cases,   38000,   50000
notices,       notices, 695,     883
cost.total,    eur,     ,        1.5e+08
""")
AFTER = figures("""
measure,       unit,    2023-06, 2023-12
stock.track_4, cases,   38000,   51000
notices,       notices, 695,     442
cost.total,    eur,     2e+07,   1.5e+08
""")


def test_the_report_names_measure_month_old_new_and_percent_the_largest_first():
    told = report(list(differences({"maximum": BEFORE}, {"maximum": AFTER})))
    assert [line.split() for line in told.splitlines()] == [
        ["scenario", "measure", "month", "old", "new", "percent"],
        ["maximum", "cost.total", "2023-06", "-", "2e+07"],
        ["maximum", "notices", "2023-12", "883", "442", "-49.94%"],
        ["maximum", "stock.track_4", "2023-12", "50,000", "51,000", "+2.00%"],
        ["3", "golden", "results", "moved."],
    ]


def test_a_scenario_that_comes_or_goes_is_told_too():
    gone = list(differences({"maximum": BEFORE}, {}))
    assert {(row.old is None, row.new is None) for row in gone} == {(False, True)}
    assert len(gone) == len(BEFORE)


def test_nothing_moved_is_told_as_that():
    assert report(list(differences({"maximum": BEFORE}, {"maximum": BEFORE}))) == "Every golden result is what it was."


def test_a_table_reads_back_as_it_was_written():
    assert read_table(as_table(BEFORE)) == BEFORE
