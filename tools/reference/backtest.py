# SPDX-License-Identifier: EUPL-1.2
"""The tables of the backtest, inside the page about the quality of the model."""

from __future__ import annotations

from keten.questions.backtest import SETTINGS, backtest, error_rows, overdue_rows
from keten.study.workers import workers_for
from tools.reference import ROOT, table

PAGE = "docs/model-quality.md"
BEGIN, END = "<!-- backtest -->\n", "<!-- /backtest -->\n"
REPLICATIONS, WORKERS = 10, 2


def render() -> str:
    """Put the tables between their marks and leave the rest of the page as it is."""
    before, _, rest = (ROOT / PAGE).read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{_tables()}{END}{after}"


def _tables() -> str:
    with workers_for(WORKERS, REPLICATIONS * len(SETTINGS)) as workers:
        found = backtest(replications=REPLICATIONS, workers=workers)
    names = [f"{setting.knowledge}, from `{setting.opening}`" for setting in SETTINGS]
    errors = table(("day", "measure", "published", *names), error_rows(found))
    overdue = table(("month end", "measure", *names), overdue_rows(found))
    return (
        f"\nMedian of {REPLICATIONS} replications (seed 7) at the nearest month end, and its error:\n\n{errors}\n"
        f"{found.capacity_then.assumption} That is the capacity under `then`.\n\n"
        "Share of the stock past its deadline, by the model; nobody published it after 1 December 2021 (7%):\n\n"
        f"{overdue}\n"
    )
