# SPDX-License-Identifier: EUPL-1.2
"""Work the penalty forecast of the letter out again, with each assumption switched, and write the figures in its page.

It takes some minutes and its figures change with the model, so it is no part of `make docs`: who changes the model
runs it, and reads the difference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.study.inputs import Inputs, read_inputs
from keten.study.interval import interval_of_mean
from keten.study.replicate import replicate
from tools.reference import ROOT, table

PAGE = ROOT / "docs" / "letter-2023.md"
EXAMPLES = ROOT / "examples" / "letter-2023"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
REPLICATIONS, SEED, WORKERS = 60, 7, 2
COUNTED = ("track_4", "subsequent")
"""The forecast speaks of track 4, subsequent applications and lateral inflow; lateral cases are in track 4."""
EARLY_2024 = date(2024, 1, 31)
END_OF_2024 = date(2024, 12, 31)
SCENARIOS = (
    ("penalty-forecast", "The letter's own assumptions"),
    ("penalty-forecast-carry-over", "With the appeals of 2022 that are still open"),
    ("penalty-forecast-baa", "With the project BAA"),
    ("penalty-forecast-unpredictable-order", "Order by lot instead of first in, first out"),
    ("penalty-forecast-struck-down", "The extension is struck down: six months"),
    ("penalty-forecast-other-shares", "50/50 instead of 70/30"),
    ("penalty-forecast-algerians-moldovans-first", "Algerians and Moldovans first, planned in four weeks"),
    ("penalty-forecast-more-notices", "As many notices and appeals as the parameters allow"),
    ("penalty-forecast-agreed-production", "The agreed 22,184 cases a year leave the stock"),
    ("penalty-forecast-personal-invitation", "Invitation in person from 1 July 2023"),
)


COLUMNS = {
    "penalties_accrued_eur": "penalties to end of 2024 (million euro)",
    "notices": "notices of default",
    "late_decision_appeals": "appeals for late decision",
    "overdue": "overdue, 31 January 2024",
    "stock": "stock of track 4, end of 2024",
}
"""What one replication says up to the end of 2024, for the tracks that the forecast counts, and its heading."""


def _one(question: tuple[str, int]) -> list[float]:
    name, replication = question
    outcome = replicate(_inputs(name), SEED, replication).outcome
    rows = outcome.deadlines.filter(pl.col("track").is_in(COUNTED))
    undecided = pl.col("stage").is_in([stage.id for stage in _inputs(name).chain.stages if stage.undecided])
    track_4 = pl.col("case_class").str.starts_with("first_track_4") | (pl.col("case_class") == "lateral")
    stock = outcome.ledger.filter(undecided & track_4 & (pl.col("period_end") == END_OF_2024))
    sums = rows.sum()
    return [
        sums["penalties_accrued_eur"].item() / 1e6,
        sums["notices"].item(),
        sums["late_decision_appeals"].item(),
        rows.filter(pl.col("period_end") == EARLY_2024)["overdue"].sum(),
        stock["closing"].sum(),
    ]


@cache
def _inputs(name: str) -> Inputs:
    """Prepare a scenario once per worker."""
    return read_inputs(EXAMPLES / f"{name}.toml")


def figures(replications: int = REPLICATIONS) -> dict[str, NDArray[np.float64]]:
    """Run every scenario: per scenario an array of replications by `COLUMNS`."""
    found = {}
    with ProcessPoolExecutor(WORKERS) as pool:
        for name, _ in SCENARIOS:
            print(f"{name} ...", file=sys.stderr, flush=True)
            questions = [(name, replication) for replication in range(replications)]
            found[name] = np.array(list(pool.map(_one, questions, chunksize=5)))
    return found


def _range(values: NDArray[np.float64]) -> str:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def _rows(found: dict[str, NDArray[np.float64]]) -> Iterator[Sequence[str]]:
    base = found[SCENARIOS[0][0]]
    for name, title in SCENARIOS:
        here = found[name]
        change = "" if here is base else _change(here[:, 0] - base[:, 0])
        ranges = [_range(column) for column in here.T]
        yield (f"{title} (`{name}.toml`)", ranges[0], change, *ranges[1:])


def _change(differences: NDArray[np.float64]) -> str:
    found = interval_of_mean(differences.tolist())
    return f"{found.mean:+,.1f} ± {found.half_width:,.1f}"


def render(found: dict[str, NDArray[np.float64]]) -> str:
    """Write the table of figures."""
    first, *others = COLUMNS.values()
    header = ("scenario", first, "difference with the first row (million euro, 95%)", *others)
    runs = len(found[SCENARIOS[0][0]])
    note = (
        f"Median and, in brackets, the range between 10% and 90% of {runs} replications with seed {SEED}, on common "
        "random numbers; for track 4, subsequent applications and lateral inflow, from 17 February 2023 on.\n\n"
    )
    return note + table(header, list(_rows(found)))


def write() -> None:
    """Put the figures in the page between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(before + BEGIN + "\n" + render(figures()) + "\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    write()
    print(Path(PAGE).relative_to(ROOT))
