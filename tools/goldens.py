# SPDX-License-Identifier: EUPL-1.2
"""Golden results: what the scenarios that ship come to, in small tables under version control.

A change of code, parameters or observations that moves a figure shows as a difference in these tables, and is reviewed
as one: which measure, which month, from what to what. `python3 tools/dev.py goldens` prints the differences and writes
the tables again.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from keten.domain.figures import quantile
from keten.questions.waterbed import term_end
from keten.scenario.effect import cut_off
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.variants import Variant, run_variants
from keten.study.workers import workers_for

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ROOT / "examples" / "letter-2023"
TABLES = ROOT / "tests" / "spec" / "data" / "golden"
MONTHS = (2, 8, 14)
"""Months after the reference date at which the measures are kept."""
REPLICATIONS, SEED, WORKERS = 8, 7, 2
DIGITS = 6

Figures = dict[tuple[str, str, str], float]
"""Median by measure, unit and month (`2023-12`)."""


class Difference(NamedTuple):
    """A figure that moved; None where it was not there, or is no longer."""

    scenario: str
    measure: str
    month: str
    old: float | None
    new: float | None

    @property
    def percent(self) -> float | None:
        """By how much of what it was."""
        return None if self.new is None or not self.old else 100 * (self.new - self.old) / abs(self.old)


def simulated() -> dict[str, Figures]:
    """Run every scenario that ships and give its medians, by its file name."""
    found: dict[str, Figures] = {}
    ends: dict[str, list[date]] = {}
    variants = []
    for path in sorted(SCENARIOS.glob("*.toml")):
        scenario = read_scenario(path)
        ends[path.stem] = [term_end(scenario.reference_date, months) for months in MONTHS]
        horizon = min(scenario.horizon, ends[path.stem][-1])
        variants.append(Variant(path.stem, prepare(cut_off(scenario, horizon))))
    with workers_for(WORKERS, REPLICATIONS * len(variants)) as workers:
        values = run_variants(variants, replications=REPLICATIONS, seed=SEED, workers=workers)
    groups = values.group_by("variant", "measure", "unit", "period_end", maintain_order=True)
    for (variant, measure, unit, end), rows in groups:
        if end in ends[str(variant)]:
            known = [value for value in rows["value"].to_list() if value is not None]
            figures = found.setdefault(str(variant), {})
            figures[str(measure), str(unit), f"{end:%Y-%m}"] = _rounded(quantile(known, 50))
    return found


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def kept() -> dict[str, Figures]:
    """Read the tables."""
    return {path.stem: read_table(path.read_text(encoding="utf-8")) for path in sorted(TABLES.glob("*.csv"))}


def as_table(figures: Figures) -> str:
    """Write a table: a row per measure, a column per month."""
    months = sorted({month for _, _, month in figures})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["measure", "unit", *months])
    for measure, unit in sorted({(measure, unit) for measure, unit, _ in figures}):
        cells = (figures.get((measure, unit, month)) for month in months)
        writer.writerow([measure, unit, *("" if value is None else f"{value:.{DIGITS}g}" for value in cells)])
    return text.getvalue()


def read_table(text: str) -> Figures:
    """Read what `as_table` wrote."""
    header, *rows = csv.reader(text.splitlines())
    return {
        (row[0], row[1], month): float(cell)
        for row in rows
        for month, cell in zip(header[2:], row[2:], strict=True)
        if cell
    }


def differences(old: Mapping[str, Figures], new: Mapping[str, Figures]) -> Iterator[Difference]:
    """Give every figure that is not what it was."""
    for scenario in sorted(old.keys() | new.keys()):
        before, after = old.get(scenario, {}), new.get(scenario, {})
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                measure, _unit, month = key
                yield Difference(scenario, measure, month, before.get(key), after.get(key))


def report(found: list[Difference]) -> str:
    """Write the differences as a table, the largest share first within each scenario."""
    if not found:
        return "Every golden result is what it was."
    ordered = sorted(found, key=lambda row: (row.scenario, -abs(row.percent or float("inf")), row.measure, row.month))
    lines = [("scenario", "measure", "month", "old", "new", "percent")]
    for row in ordered:
        percent = "" if row.percent is None else f"{row.percent:+.2f}%"
        lines.append((row.scenario, row.measure, row.month, _cell(row.old), _cell(row.new), percent))
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    body = "\n".join(
        "  ".join(cell.ljust(width) if column < 3 else cell.rjust(width) for column, (cell, width) in enumerate(cells))
        for cells in (list(zip(line, widths, strict=True)) for line in lines)
    )
    return f"{body}\n{len(found)} golden results moved."


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:,.{DIGITS}g}"


def renew() -> None:
    """Print what moved and write the tables again."""
    new = simulated()
    print(report(list(differences(kept(), new))))
    TABLES.mkdir(parents=True, exist_ok=True)
    for path in TABLES.glob("*.csv"):
        if path.stem not in new:
            path.unlink()
    for name, figures in new.items():
        (TABLES / f"{name}.csv").write_text(as_table(figures), encoding="utf-8")


if __name__ == "__main__":
    renew()
    sys.exit(0)
